"""Time as a dependency: pass a `Clock`, so that tests can move it."""

import time
from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """Where the time comes from."""

    def now(self) -> float:
        """Return seconds since the epoch."""
        ...

    def monotonic(self) -> float:
        """Return seconds that never run backwards."""
        ...


class SystemClock:
    """The machine's own clocks, with no frame of ours in between: a request asks for the time ten times."""

    now = staticmethod(time.time)
    monotonic = staticmethod(time.monotonic)


def utc(seconds: float) -> datetime:
    """Return a time since the epoch as an aware datetime in UTC."""
    return datetime.fromtimestamp(seconds, UTC)
