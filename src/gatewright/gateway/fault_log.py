"""Why requests failed, at a bounded rate: a client must not be able to fill the log."""

import logging

from gatewright.base.clock import Clock
from gatewright.gateway.throttle import TokenBucket

_LINES_PER_SECOND = 5.0
_LINES_AT_ONCE = 50


class FaultLog:
    """Writes the reasons of errors that the client does not see."""

    __slots__ = ("_bucket", "_log", "_skipped")

    def __init__(self, log: logging.Logger, clock: Clock) -> None:
        self._log = log
        self._bucket = TokenBucket(_LINES_PER_SECOND, _LINES_AT_ONCE, clock.monotonic)
        self._skipped = 0

    def write(self, request_id: str, what: str, reason: str) -> None:
        """Write one line, or count it when there are too many."""
        if not self._bucket.take():
            self._skipped += 1
            return
        if self._skipped:
            self._log.warning("%d further failed requests were not logged", self._skipped)
            self._skipped = 0
        self._log.warning("%s %s: %s", request_id, what, reason)
