"""Changes to the queue, made durable together: while one commit runs, those that follow collect for the next."""

import asyncio
import logging
from collections import deque
from collections.abc import Callable
from concurrent.futures import Executor
from typing import Final

from gatewright.base.event_queue import EventQueue, NewItem, QueueChange

_logger = logging.getLogger(__name__)

_MOST_CHANGES: Final = 512
_MOST_BYTES: Final = 16 << 20


class Commits:
    """Writes to a queue from the event loop; the blocking part runs in a thread, one commit at a time."""

    def __init__(self, queue: EventQueue, executor: Executor, committed: Callable[[NewItem], None]) -> None:
        """`committed` is told of every item that was added, once it is durable."""
        self._queue = queue
        self._executor = executor
        self._committed = committed
        self._waiting: deque[tuple[QueueChange, asyncio.Future[None]]] = deque()
        self._writing: asyncio.Task[None] | None = None
        self.waiting_bytes = 0
        """Of items that were added and are not durable yet."""

    async def apply(self, change: QueueChange) -> None:
        """Make a change; it is durable on return. Raises what the queue raises, when nothing of it was made.

        Cancelling whoever waits does not undo the change.
        """
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((change, future))
        self.waiting_bytes += _size(change)
        if self._writing is None:
            self._writing = asyncio.create_task(self._write())
        await future

    async def flush(self) -> None:
        """Wait until nothing is being written."""
        if self._writing is not None:
            await asyncio.wait([self._writing])

    async def _write(self) -> None:
        loop = asyncio.get_running_loop()
        while self._waiting:
            batch = self._next_batch()
            changes = [change for change, _ in batch]
            try:
                await loop.run_in_executor(self._executor, self._queue.apply, changes)
            except Exception as error:  # noqa: BLE001 — it is raised where the changes were made
                _logger.error("%d changes to the queue cannot be kept: %s", len(batch), error)
                for change, future in batch:
                    self.waiting_bytes -= _size(change)
                    if not future.done():
                        future.set_exception(error)
                continue
            for change, future in batch:
                self.waiting_bytes -= _size(change)
                for item in change.added:
                    self._committed(item)
                if not future.done():
                    future.set_result(None)
        self._writing = None

    def _next_batch(self) -> list[tuple[QueueChange, "asyncio.Future[None]"]]:
        batch = [self._waiting.popleft()]
        size = _size(batch[0][0])
        while self._waiting and len(batch) < _MOST_CHANGES and size < _MOST_BYTES:
            batch.append(self._waiting.popleft())
            size += _size(batch[-1][0])
        return batch


def _size(change: QueueChange) -> int:
    return sum(item.size_bytes for item in change.added)
