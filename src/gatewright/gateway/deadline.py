"""A time limit that many requests share, for less than what `asyncio.timeout` costs each of them.

All waits of one `Deadline` last equally long, so the order in which they began is the order in which they end: one
timer, set for the first of them, is enough. It means what `asyncio.timeout` means: the task is cancelled, and the
cancellation becomes `TimeoutError` where the limit was set, unless somebody else cancelled the task as well.
"""

import asyncio
from collections.abc import Awaitable
from typing import Any, TypeVar

T = TypeVar("T")


class Deadline:
    """Limits how long something may be awaited. Used on one event loop."""

    __slots__ = ("_ends", "_expired", "_loop", "_seconds", "_timer")

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        # Asked once: until Python 3.12 every question for the running loop is a system call (getpid).
        self._loop: asyncio.AbstractEventLoop | None = None
        # Tasks that wait, in the order in which their time ends: a dict keeps the order and forgets at once.
        self._ends: dict[asyncio.Task[Any], float] = {}
        self._expired: set[asyncio.Task[Any]] = set()
        self._timer: asyncio.TimerHandle | None = None

    async def wait(self, awaitable: Awaitable[T]) -> T:
        """Return what the awaitable returns. Raises `TimeoutError` when that takes too long."""
        loop = self._loop
        if loop is None:
            self._loop = loop = asyncio.get_running_loop()
        task = asyncio.current_task(loop)
        if task is None:
            raise RuntimeError("a deadline belongs to a task on its event loop")
        cancelling = task.cancelling()
        self._ends[task] = loop.time() + self._seconds
        if self._timer is None:
            self._timer = loop.call_later(self._seconds, self._expire)
        try:
            return await awaitable
        except asyncio.CancelledError:
            if task in self._expired and task.uncancel() <= cancelling:
                raise TimeoutError from None
            raise
        finally:
            self._ends.pop(task, None)
            self._expired.discard(task)

    def _expire(self) -> None:
        loop = asyncio.get_running_loop()
        now = loop.time()
        self._timer = None
        while self._ends:
            task, end = next(iter(self._ends.items()))
            if end > now:
                self._timer = loop.call_at(end, self._expire)
                return
            del self._ends[task]
            self._expired.add(task)
            task.cancel()
