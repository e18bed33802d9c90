"""When to start one more environment for invocations that wait.

Lambda starts one for every concurrent request. On a machine with few CPUs that would start 64 processes for 64 requests
of a millisecond each, and all would be slower for it. So one is started at once only for a function whose invocations
are known to take longer than a start does, or of which nothing is known yet. For shorter ones it is started when the
first in the queue has waited as long as a start takes: whoever waits loses at most as much again as an earlier start
would have cost (the ski rental problem), and nobody waits behind an invocation that runs long.
"""

from typing import Final

_LEAST_SECONDS: Final = 0.005
_MOST_SECONDS: Final = 0.1
_FIRST_SECONDS: Final = 0.03
_WEIGHT: Final = 0.2
"""Of the newest value in a moving average."""


class Patience:
    """What is known of one function's starts and invocations."""

    __slots__ = ("seconds", "typical_ms")

    def __init__(self) -> None:
        self.seconds = _FIRST_SECONDS
        """How long a start takes, within reason."""
        self.typical_ms: float | None = None
        """How long an invocation takes; None until one has ended."""

    def is_over(self, waited_seconds: float) -> bool:
        """Return whether an environment is due, after the first in the queue has waited so long."""
        if self.typical_ms is None or self.typical_ms > self.seconds * 1000:
            return True
        return waited_seconds > self.seconds

    def learn_start(self, seconds: float) -> None:
        """Take the duration of a start into account."""
        average = self.seconds + (seconds - self.seconds) * _WEIGHT
        self.seconds = min(max(average, _LEAST_SECONDS), _MOST_SECONDS)

    def learn_invocation(self, duration_ms: float) -> None:
        """Take the duration of an invocation into account."""
        typical = self.typical_ms
        self.typical_ms = duration_ms if typical is None else typical + (duration_ms - typical) * _WEIGHT
