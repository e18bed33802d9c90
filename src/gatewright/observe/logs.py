"""Where the log lines of functions go."""

from typing import Protocol

from gatewright.observe.log_archive.types import GroupKey


class LogSink(Protocol):
    """Takes whole log lines; must return at once (it runs on the event loop)."""

    def write(self, group: GroupKey, stream: str, timestamp_ms: int, lines: bytes) -> None:
        """Take one or more lines, each ending in a line feed, of one log stream."""
        ...
