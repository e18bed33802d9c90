"""The JSON paths of parameter mapping: member names, subscripts and wildcards below a root.

"Transform API requests and responses for HTTP APIs": recursive descent (`..`) and filter expressions (`?(…)`) are not
supported, so they are refused when a path is compiled.
"""

import re
from dataclasses import dataclass

_STEP = re.compile(
    r"\.(?P<name>[^.\[\]'\"()?*\s]+)"
    r"|\[(?P<index>-?\d{1,9})\]"
    r"|\['(?P<single>[^']*)'\]"
    r'|\["(?P<double>[^"]*)"\]'
    r"|(?P<wildcard>\.\*|\[\*\])"
)


class JsonPathError(ValueError):
    """A path that is malformed or uses what is not supported."""


class _Missing:
    """What a path selects when there is nothing; None is a JSON null."""


MISSING = _Missing()


@dataclass(frozen=True, slots=True)
class JsonPath:
    """A compiled path. A step is a member name, a subscript, or None for the wildcard."""

    steps: tuple[str | int | None, ...]

    def select(self, root: object) -> object:
        """Return what the path selects, `MISSING` for nothing; with a wildcard, a list of all that it selects."""
        return _select(root, self.steps)


def compile_json_path(text: str) -> JsonPath:
    """Compile the part of a path after its root, such as `.pets[0].name`. Raises `JsonPathError`."""
    steps: list[str | int | None] = []
    position = 0
    while position < len(text):
        match = _STEP.match(text, position)
        if match is None:
            raise JsonPathError(f"unsupported or malformed JSON path at {text[position:]!r}")
        if match["wildcard"]:
            steps.append(None)
        elif match["index"]:
            steps.append(int(match["index"]))
        else:
            steps.append(match["name"] or match["single"] or match["double"] or "")
        position = match.end()
    return JsonPath(tuple(steps))


def _select(value: object, steps: tuple[str | int | None, ...]) -> object:
    for position, step in enumerate(steps):
        if step is None:
            children = value if isinstance(value, list) else value.values() if isinstance(value, dict) else ()
            found = [_select(child, steps[position + 1 :]) for child in children]
            return [child for child in found if child is not MISSING]
        if isinstance(step, int):
            if not isinstance(value, list) or not -len(value) <= step < len(value):
                return MISSING
            value = value[step]
        else:
            if not isinstance(value, dict) or step not in value:
                return MISSING
            value = value[step]
    return value
