"""The two time formats that AWS puts into events, logs and documents.

Sources: `$context.requestTime` ("CLF-formatted request time") in "Customize HTTP API access logs"; ISO 8601 in UTC for
the timestamps of documents.
"""

from datetime import UTC, datetime
from functools import lru_cache

# Not strftime's %b: that one follows the locale.
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def format_clf(seconds: float) -> str:
    """Return a time since the epoch as `12/Mar/2020:19:03:58 +0000` (Common Log Format, always in UTC)."""
    return _clf_of_second(int(seconds))


@lru_cache(4)  # requests come many to a second
def _clf_of_second(second: int) -> str:
    time = datetime.fromtimestamp(second, UTC)
    month = _MONTHS[time.month - 1]
    return f"{time.day:02}/{month}/{time.year}:{time.hour:02}:{time.minute:02}:{time.second:02} +0000"


def format_iso(seconds: float) -> str:
    """Return a time since the epoch as `2020-03-12T19:03:58.123Z`."""
    milliseconds = int(seconds * 1000)
    time = datetime.fromtimestamp(milliseconds // 1000, UTC)
    return f"{time:%Y-%m-%dT%H:%M:%S}.{milliseconds % 1000:03}Z"


def parse_iso(text: str) -> float:
    """Return an ISO 8601 time as seconds since the epoch; without an offset it is UTC. Raises `ValueError`."""
    time = datetime.fromisoformat(text)
    if time.tzinfo is None:
        time = time.replace(tzinfo=UTC)
    return time.timestamp()


class ClfClock:
    """Formats times as CLF and remembers the last second: requests come many to a second."""

    __slots__ = ("_second", "_text")

    def __init__(self) -> None:
        self._second = -1
        self._text = ""

    def format(self, seconds: float) -> str:
        """Return what `format_clf` returns."""
        second = int(seconds)
        if second != self._second:
            self._text = format_clf(second)
            self._second = second
        return self._text
