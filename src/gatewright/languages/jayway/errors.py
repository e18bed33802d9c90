"""What can be wrong with a path, with what it selects, and with a payload."""


class PathError(ValueError):
    """A text that is no path."""


class PathLimitError(ValueError):
    """A path that takes more steps through a document than are allowed."""


class PayloadError(ValueError):
    """A payload that begins like JSON and is none."""
