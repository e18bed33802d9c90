"""The event source mappings of a node: one task for each that is enabled."""

import asyncio
import contextlib
from collections.abc import Callable, Mapping
from typing import Final

from gatewright.base.clock import Clock
from gatewright.functions.errors import FunctionGone
from gatewright.functions.event_sources.queue_client import CompileFilter, QueueClient
from gatewright.functions.event_sources.sqs import QueuePoller
from gatewright.functions.invocation import InvocationResult
from gatewright.functions.invoke import Functions
from gatewright.snapshot.types import Function
from gatewright.snapshot.types.event_source import QueueMapping

_FINISH_SECONDS: Final = 30.0


class Pollers:
    """Starts and ends what reads for functions, as mappings come and go. Used on one event loop."""

    def __init__(
        self,
        functions: Functions,
        resolve: Callable[[str], Function | None],
        client: QueueClient,
        clock: Clock,
        compile_filter: CompileFilter,
    ) -> None:
        """`resolve` finds a function by its unqualified ARN, as it is now."""
        self._functions = functions
        self._resolve = resolve
        self._client = client
        self._clock = clock
        self._compile_filter = compile_filter
        self._running: dict[str, tuple[QueuePoller, asyncio.Task[None]]] = {}
        self._batches: set[asyncio.Task[None]] = set()

    def swap(self, mappings: Mapping[str, QueueMapping]) -> None:
        """Read what these say from now on. A mapping that is the same goes on."""
        for uuid, (poller, task) in list(self._running.items()):
            if mappings.get(uuid) != poller.mapping:
                del self._running[uuid]
                self._end(poller, task)
        for uuid, mapping in mappings.items():
            if uuid not in self._running:
                poller = QueuePoller(mapping, self._client, self._invoke, self._clock, self._compile_filter)
                self._running[uuid] = poller, asyncio.get_running_loop().create_task(poller.run())

    async def close(self) -> None:
        """Read no more, and let functions finish what they have."""
        tasks = [task for _, task in self._running.values()]
        for poller, task in self._running.values():
            self._end(poller, task)
        self._running.clear()
        for task in tasks:
            with contextlib.suppress(asyncio.CancelledError):
                await task
        if self._batches:
            await asyncio.wait(self._batches, timeout=_FINISH_SECONDS)

    def _end(self, poller: QueuePoller, task: asyncio.Task[None]) -> None:
        task.cancel()
        for batch in poller.batches:
            self._batches.add(batch)
            batch.add_done_callback(self._batches.discard)

    async def _invoke(self, mapping: QueueMapping, event: bytes) -> InvocationResult:
        function = self._resolve(mapping.function_arn)
        target = None if function is None else function.qualified.get(mapping.qualifier)
        if target is None:
            raise FunctionGone(f"Function not found: {mapping.function_arn}:{mapping.qualifier}")
        return await self._functions.invoke(target, event)
