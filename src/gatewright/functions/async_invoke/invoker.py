"""Accepts events and sees to it that they are run: the lanes of the queue, their beginning and their end."""

import asyncio
import functools
import logging
from concurrent.futures import ThreadPoolExecutor
from typing import Final

from gatewright.base.clock import Clock
from gatewright.base.event_queue import EventQueue, NewItem, QueueChange
from gatewright.base.ids import Ids
from gatewright.functions import error_types
from gatewright.functions.async_invoke.attempt import Attempts, EventInvoker, Resolve, handling_of
from gatewright.functions.async_invoke.commits import Commits
from gatewright.functions.async_invoke.delivery import Deliveries
from gatewright.functions.async_invoke.encoding import DELIVERY_LANE, new_event
from gatewright.functions.async_invoke.lane import Lane, Works
from gatewright.functions.async_invoke.lineage import extend
from gatewright.functions.async_invoke.places import Places
from gatewright.functions.async_invoke.types import AsyncEvent, Handling, Outbox
from gatewright.functions.errors import ServiceUnavailable, TooManyRequests
from gatewright.functions.settings import FunctionLimits
from gatewright.snapshot.types import QualifiedFunction

_logger = logging.getLogger(__name__)

_THREADS: Final = 3
"""One writes, since a store has one writer; the others read."""
_DELIVERIES: Final = 8
_DELIVERIES_PER_DESTINATION: Final = 4
_CLOSE_SECONDS: Final = 0.5
_MOST_WAITING_BYTES: Final = 256 << 20
"""Of events that wait for a disk to take them."""


class AsyncInvoker:
    """The asynchronous invocations of a node. Made and used on one event loop.

    `start` begins to run what is in the queue, `stop` begins nothing new, `close` ends. Between `stop` and `close`,
    what runs may come to its end; what does not stays in the queue.
    """

    def __init__(
        self,
        queue: EventQueue,
        functions: EventInvoker,
        resolve: Resolve,
        outbox: Outbox,
        limits: FunctionLimits,
        clock: Clock,
        ids: Ids,
    ) -> None:
        self._queue = queue
        self._resolve = resolve
        self._limits = limits
        self._clock = clock
        self._ids = ids
        self._executor = ThreadPoolExecutor(_THREADS, thread_name_prefix="async-invoke")
        self._commits = Commits(queue, self._executor, self._added)
        scale = limits.async_time_scale
        self._attempts = Attempts(functions, resolve, clock, ids, self._executor, scale)
        deliveries = Deliveries(outbox, clock, scale)
        works = functools.partial(
            Works,
            queue=queue,
            executor=self._executor,
            commits=self._commits,
            clock=clock,
            removed=self._removed,
            time_scale=scale,
        )
        self._event_works = works(
            places=Places(limits.async_concurrency), run=self._attempts.run, limit=self._concurrency
        )
        self._delivery_works = works(
            places=Places(_DELIVERIES), run=deliveries.run, limit=lambda _: _DELIVERIES_PER_DESTINATION
        )
        self._lanes: dict[str, Lane] = {}
        self._loops: dict[str, asyncio.Task[None]] = {}
        self._queued_bytes = 0
        self._is_running = False

    async def submit(
        self, target: QualifiedFunction, event: bytes, *, request_id: str, trace_header: str | None = None
    ) -> None:
        """Keep an event (JSON) for a function; it is durable on return, and runs at least once.

        Raises `TooManyRequests` when the queue is full, `ServiceUnavailable` while the node is stopping.
        """
        if not self._is_running:
            raise ServiceUnavailable("The node is stopping.")
        waiting = self._commits.waiting_bytes
        if waiting > _MOST_WAITING_BYTES or self._queued_bytes + waiting > self._limits.async_queue_mb << 20:
            raise TooManyRequests(error_types.CALLER_RATE_LIMIT)
        now = self._clock.now()
        arn = target.version.arn
        function = self._resolve(arn)
        header = trace_header or f"Root={self._ids.trace_root(now)};Sampled=0"
        accepted = AsyncEvent(
            request_id,
            arn,
            target.qualifier,
            now,
            Handling() if function is None else handling_of(target),
            extend(header, arn).trace_header,
        )
        await self._commits.apply(QueueChange(added=(new_event(accepted, event, now),)))

    async def start(self) -> None:
        """Run what is in the queue, from now on."""
        loop = asyncio.get_running_loop()
        lanes = await loop.run_in_executor(self._executor, self._queue.lanes)
        self._is_running = True
        for lane in lanes:
            self._queued_bytes += lane.size_bytes
            self._notice(lane.lane, 0.0)
        if lanes:
            _logger.info("%d events and records wait in the queue", sum(lane.items for lane in lanes))

    def stop(self) -> None:
        """Begin nothing new. What runs goes on."""
        self._is_running = False
        self._attempts.is_stopping = True
        for loop in self._loops.values():
            loop.cancel()

    async def close(self) -> None:
        """End, soon. What has not come to its end stays in the queue."""
        self.stop()
        if tasks := {task for lane in self._lanes.values() for task in lane.tasks}:
            _, running = await asyncio.wait(tasks, timeout=_CLOSE_SECONDS)
            for task in running:
                task.cancel()
        if tasks := {*tasks, *self._loops.values()}:
            await asyncio.wait(tasks)
        await self._commits.flush()
        self._executor.shutdown()

    def _added(self, item: NewItem) -> None:
        self._queued_bytes += item.size_bytes
        self._notice(item.lane, item.due)

    def _removed(self, size_bytes: int) -> None:
        self._queued_bytes -= size_bytes

    def _notice(self, name: str, due: float) -> None:
        if not self._is_running:
            return
        lane = self._lanes.get(name)
        if lane is None:
            works = self._delivery_works if name.startswith(DELIVERY_LANE) else self._event_works
            lane = self._lanes[name] = Lane(name, works)
            self._loops[name] = asyncio.create_task(self._run(lane))
        lane.notice(due)

    async def _run(self, lane: Lane) -> None:
        await lane.run()
        # Nothing may happen in between: whatever is added from now on finds no lane and makes one.
        del self._lanes[lane.name], self._loops[lane.name]

    def _concurrency(self, function_arn: str) -> int:
        """Return how many events of a function may run at once: not all that the account has."""
        function = self._resolve(function_arn)
        reserved = None if function is None else function.reserved_concurrency
        limit = min(self._limits.async_concurrency, self._limits.account_concurrency // 2)
        return max(1, limit if reserved is None else min(limit, reserved))
