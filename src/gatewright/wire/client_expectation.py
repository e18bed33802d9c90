"""What a connection waits for, and until when."""

import asyncio
from collections.abc import Callable


class Expectation:
    """One thing that must happen in time, replaced by the next one when it has.

    Nearly every expectation is met long before its time. So the timer is left running and moved only when it fires;
    setting and clearing an expectation costs no call to the loop.
    """

    __slots__ = ("_complaint", "_deadline", "_expires_at", "_loop", "_on_expired", "_timer")

    def __init__(self, loop: asyncio.AbstractEventLoop, on_expired: Callable[[str], None]) -> None:
        self._loop = loop
        self._on_expired = on_expired
        self._timer: asyncio.TimerHandle | None = None
        self._expires_at: float | None = None
        self._deadline: float | None = None
        self._complaint = ""

    def begin(self, deadline: float | None) -> None:
        """Set the loop time that no expectation until `clear` may outlast."""
        self._deadline = deadline

    def set(self, seconds: float | None, complaint: str) -> None:
        """Expect something within `seconds`, or only within the deadline; `complaint` says what is missing then."""
        expires_at = self._deadline
        if seconds is not None:
            until = self._loop.time() + seconds
            expires_at = until if expires_at is None or until < expires_at else expires_at
        self._expires_at = expires_at
        self._complaint = complaint
        if expires_at is not None and (self._timer is None or self._timer.when() > expires_at):
            if self._timer is not None:
                self._timer.cancel()
            self._timer = self._loop.call_at(expires_at, self._on_timer)

    def clear(self) -> None:
        """Expect nothing."""
        self._expires_at = self._deadline = None

    def cancel(self) -> None:
        """Expect nothing ever again."""
        self.clear()
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _on_timer(self) -> None:
        self._timer = None
        if self._expires_at is None:
            return
        if self._loop.time() < self._expires_at:
            self._timer = self._loop.call_at(self._expires_at, self._on_timer)
            return
        self._on_expired(self._complaint)
