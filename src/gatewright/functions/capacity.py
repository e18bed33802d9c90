"""How much of everything this node has under way, over all functions."""

import asyncio
import contextlib
from collections.abc import Callable

from gatewright.functions.settings import FunctionSettings


class Capacity:
    """Counts environments and invocations. Pools take and give back; what is taken here limits all of them."""

    __slots__ = (
        "_drained",
        "_evict_idle",
        "_max_environments",
        "_parallel_starts",
        "cpu_count",
        "environments",
        "invocations",
        "starting",
    )

    def __init__(self, settings: FunctionSettings, cpu_count: int, evict_idle: Callable[[], bool]) -> None:
        self._max_environments = settings.max_environments
        self._parallel_starts = settings.parallel_starts or 2 * cpu_count
        self._evict_idle = evict_idle
        self._drained = asyncio.Event()
        self.cpu_count = cpu_count
        self.environments = 0
        self.invocations = 0
        """Under way or waiting for an environment."""
        self.starting = 0

    def is_full(self) -> bool:
        """Return whether there is no place left."""
        return self.environments >= self._max_environments

    def can_start(self) -> bool:
        """Return whether one more may start now. If the node is full, an idle environment makes room."""
        if self.starting >= self._parallel_starts:
            return False
        return not self.is_full() or self._evict_idle()

    def can_provision(self) -> bool:
        """Return whether one more may start now for which nobody waits. INIT may take it minutes: half stays free."""
        return self.starting < (self._parallel_starts + 1) // 2 and self.can_start()

    def invocation_ended(self) -> None:
        """Give back what an invocation took."""
        self.invocations -= 1
        if not self.invocations:
            self._drained.set()

    async def drain(self, seconds: float) -> None:
        """Wait until no invocation is under way, at most `seconds`."""
        if self.invocations:
            self._drained.clear()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._drained.wait(), seconds)
