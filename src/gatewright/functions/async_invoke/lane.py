"""One lane of the queue at work: items are taken as they are due, and no more at once than seem to do good.

An event's payload is read when its turn has come; until then it is on the disk, and a number here. How many run at once
follows what the function does: short invocations keep few environments busy, and more of them would only make others
wait; long ones are given more.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable
from concurrent.futures import Executor
from dataclasses import dataclass
from typing import Final

from gatewright.base.clock import Clock
from gatewright.base.event_queue import EventQueue, Postponement, QueueChange, QueuedItem
from gatewright.functions.async_invoke.commits import Commits
from gatewright.functions.async_invoke.places import Places

_logger = logging.getLogger(__name__)

_LOOK_ITEMS: Final = 64
_FIRST_LIMIT: Final = 4
_SHORT_SECONDS: Final = 0.005
"""Work that is done within this is given no more company: it would wait for a CPU."""
_WAIT_SECONDS: Final = 0.05
"""What an item may wait for its environment, beyond the time that its work takes, before fewer are run at once: a
synchronous invocation of the function would wait behind it."""
_STUCK_SECONDS: Final = 0.5
"""When nothing came to its end for so long, twice as much is run."""
_FIRST_PAUSE_SECONDS: Final = 0.1
_LONGEST_PAUSE_SECONDS: Final = 5.0
_LONGEST_SLEEP_SECONDS: Final = 60.0
"""The times of items are times of day: after a jump of the clock, no lane waits longer than this to notice."""
_MOST_TAKEN: Final = 256
"""Items whose outcome is not durable yet: a disk that takes nothing must not let the lane run on."""
_DISK_RETRY_SECONDS: Final = 0.25


@dataclass(frozen=True, slots=True)
class Step:
    """What became of an item."""

    change: QueueChange | None
    """None leaves the item in the queue as it is: the node is stopping."""
    is_setback: bool = False
    """Whether the target cannot take more for now."""
    work_seconds: float | None = None
    """How long the work itself took, without waiting for a place to do it; None when that is all there was."""


@dataclass(frozen=True, slots=True)
class Works:
    """What all lanes of a kind share."""

    queue: EventQueue
    executor: Executor
    commits: Commits
    clock: Clock
    places: Places
    run: Callable[[QueuedItem], Awaitable[Step]]
    limit: Callable[[str], int]
    """How many of a lane may run at once at most."""
    removed: Callable[[int], None]
    """Told how many octets an item had that left the queue."""
    time_scale: float


class Lane:
    """Runs the items of a lane until there are none."""

    def __init__(self, name: str, works: Works) -> None:
        self.name = name
        self._works = works
        self._due: deque[int] = deque()
        """Sequences that are due, in order."""
        self._next_due: float | None = None
        """When something is due next, of what was not due at the last look."""
        self._taken: set[int] = set()
        """Those that run, or whose outcome is not durable yet."""
        self._running = 0
        self._tasks: set[asyncio.Task[None]] = set()
        self._limit = _FIRST_LIMIT
        self._setbacks = 0
        self._paused_until = 0.0
        self._news = asyncio.Event()
        self._room = asyncio.Event()

    @property
    def tasks(self) -> "frozenset[asyncio.Task[None]]":
        """Return the tasks of items that run, or whose outcome is being written."""
        return frozenset(self._tasks)

    def notice(self, due: float) -> None:
        """Take note of an item that was added or postponed."""
        self._next_due = due if self._next_due is None else min(due, self._next_due)
        self._news.set()

    async def run(self) -> None:
        """Run items; returns when nothing is left of the lane, without waiting once more."""
        while True:
            try:
                if not self._due:
                    self._news.clear()
                    await self._look()
                if self._due:
                    await self._start_some()
                elif self._next_due is not None or self._taken:
                    await self._sleep()
                elif not self._news.is_set():
                    return
            except Exception as error:  # noqa: BLE001 — the top of a task; whatever the disk says, the items are there
                _logger.error("%s: the queue cannot be read, trying again: %s", self.name, error)
                self._due.clear()
                await asyncio.sleep(_DISK_RETRY_SECONDS)

    async def _look(self) -> None:
        works = self._works
        limit = _LOOK_ITEMS + len(self._taken)
        loop = asyncio.get_running_loop()
        found = await loop.run_in_executor(works.executor, works.queue.look, self.name, limit)
        now = works.clock.now()
        self._next_due = None
        for sequence, due in found:
            if sequence in self._taken:
                continue
            if due > now:
                self._next_due = due
                return
            self._due.append(sequence)

    async def _sleep(self) -> None:
        """Wait for news, or until something is due."""
        seconds = _LONGEST_SLEEP_SECONDS
        if self._next_due is not None:
            seconds = min(max(self._next_due - self._works.clock.now(), 0.0), seconds)
        await _wait(self._news, seconds)

    async def _start_some(self) -> None:
        """Start at least one item, and as many more as there are places for at once."""
        works = self._works
        await self._wait_for_room()
        await works.places.take()
        sequences = [self._due.popleft()]
        due: list[QueuedItem] = []
        try:
            while self._due and len(sequences) < self._cap() - self._running and works.places.is_free:
                await works.places.take()
                sequences.append(self._due.popleft())
            self._taken.update(sequences)
            loop = asyncio.get_running_loop()
            items = await loop.run_in_executor(works.executor, works.queue.read, sequences)
            now = works.clock.now()
            due = [item for item in items if item.due <= now]  # those that are gone or wait again were done meanwhile
        finally:
            self._taken.difference_update(sequences)
            self._taken.update(item.sequence for item in due)
            for _ in range(len(sequences) - len(due)):
                works.places.give_back()
        for item in due:
            self._running += 1
            task = asyncio.create_task(self._run(item))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    def _cap(self) -> int:
        return max(1, min(self._limit, self._works.limit(self.name), self._works.places.share))

    async def _wait_for_room(self) -> None:
        monotonic = self._works.clock.monotonic
        if (pause := self._paused_until - monotonic()) > 0:
            await asyncio.sleep(pause)
        while self._running >= self._cap() or len(self._taken) >= _MOST_TAKEN:
            self._room.clear()
            if not await _wait(self._room, _STUCK_SECONDS):
                self._limit = min(self._limit * 2, self._works.limit(self.name))

    async def _run(self, item: QueuedItem) -> None:
        works = self._works
        began = works.clock.monotonic()
        step = Step(None)
        try:
            step = await works.run(item)
        except Exception:
            _logger.exception("%s: an item cannot be worked on; it stays until the next start of the node", self.name)
        finally:
            self._running -= 1
            works.places.give_back()
            self._room.set()
        if step.is_setback:
            self._learn_setback()
        else:
            self._learn_success(works.clock.monotonic() - began, step.work_seconds)
        if step.change is not None:
            await self._commit(item, step.change)

    async def _commit(self, item: QueuedItem, change: QueueChange) -> None:
        """Make the outcome durable, however often it takes: until then the item is not run again."""
        works = self._works
        while True:
            try:
                await works.commits.apply(change)
                break
            except Exception as error:  # noqa: BLE001 — the top of a task; whatever the disk says, the item is kept
                _logger.error("%s: the outcome of an item cannot be kept, trying again: %s", self.name, error)
                await asyncio.sleep(_DISK_RETRY_SECONDS)
        self._taken.discard(item.sequence)
        self._room.set()
        if change.removed:
            works.removed(item.size_bytes)
        for later in change.postponed:
            self.notice(later.due)
        if not self._taken:
            self._news.set()

    def _learn_success(self, seconds: float, work_seconds: float | None) -> None:
        self._setbacks = 0
        work = seconds if work_seconds is None else work_seconds
        is_worth_more = work > _SHORT_SECONDS and seconds - work <= max(work, _WAIT_SECONDS)
        if is_worth_more or self._limit < _FIRST_LIMIT:
            self._limit = min(self._limit + 1, self._works.limit(self.name))
        elif self._limit > _FIRST_LIMIT:
            self._limit -= 1

    def _learn_setback(self) -> None:
        """Pause: what waits behind would fare no better."""
        self._setbacks += 1
        self._limit = max(1, self._limit // 2)
        pause = min(_FIRST_PAUSE_SECONDS * 2 ** min(self._setbacks - 1, 16), _LONGEST_PAUSE_SECONDS)
        self._paused_until = self._works.clock.monotonic() + pause * min(self._works.time_scale, 1.0)


def postpone(item: QueuedItem, due: float, header: bytes) -> QueueChange:
    """Return the change that has an item wait."""
    return QueueChange(postponed=(Postponement(item.sequence, due, header),))


async def _wait(event: asyncio.Event, seconds: float) -> bool:
    """Wait for an event; return whether it came in time."""
    try:
        async with asyncio.timeout(seconds):
            await event.wait()
    except TimeoutError:
        return False
    return True
