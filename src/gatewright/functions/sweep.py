"""Looks at all environments now and then: time-outs, memory, queues, idleness. One timer for the whole node.

A timer for every invocation would cost more than the invocation's other book-keeping; a look at a thousand deadlines
costs 50 µs. While nothing works and nobody waits, the sweep only wakes to retire what is idle.
"""

import asyncio
import logging
from collections.abc import Callable, Iterable
from typing import Final

from gatewright.base.clock import Clock
from gatewright.functions import failure as failures
from gatewright.functions.environment import KILLED, ExecutionEnvironment
from gatewright.functions.pool import Pool
from gatewright.functions.states import WORKING, State

_logger = logging.getLogger(__name__)

FAST_SECONDS: Final = 0.02
"""How much later than its deadline an invocation may be ended."""
SLOW_SECONDS: Final = 1.0
_MIB: Final = 1 << 20


class Sweep:
    """The timer and what it does."""

    __slots__ = ("_clock", "_handle", "_memory_check_seconds", "_next_memory_check", "_pools", "is_fast")

    def __init__(self, clock: Clock, memory_check_ms: int, pools: Callable[[], Iterable[Pool]]) -> None:
        self._clock = clock
        self._memory_check_seconds = memory_check_ms / 1000
        self._next_memory_check = 0.0
        self._pools = pools
        self._handle: asyncio.TimerHandle | None = None
        self.is_fast = False

    def hurry(self) -> None:
        """Look often from now on, until nothing works."""
        self.is_fast = True
        self._schedule(FAST_SECONDS)

    def stop(self) -> None:
        """Look no more."""
        if self._handle is not None:
            self._handle.cancel()
            self._handle = None
        self.is_fast = False

    def _schedule(self, seconds: float) -> None:
        if self._handle is not None:
            self._handle.cancel()
        self._handle = asyncio.get_running_loop().call_later(seconds, self._run)

    def _run(self) -> None:
        self._handle = None
        pools = list(self._pools())
        try:
            self.is_fast = self.look(pools)
        except Exception:
            _logger.exception("the sweep over the execution environments failed")
        if self.is_fast or any(pool.environments or pool.kept for pool in pools):
            self._schedule(FAST_SECONDS if self.is_fast else SLOW_SECONDS)

    def look(self, pools: Iterable[Pool]) -> bool:
        """Look at everything once; return whether something works or waits."""
        now = self._clock.monotonic()
        checks_memory = now >= self._next_memory_check
        if checks_memory:
            self._next_memory_check = now + self._memory_check_seconds
        is_active = False
        for pool in pools:
            for environment in tuple(pool.environments):
                if environment.state in WORKING:
                    is_active = True
                    _check(environment, now, checks_memory=checks_memory)
            is_active = is_active or bool(pool.waiting)
            pool.look(now)
        return is_active


def _check(environment: ExecutionEnvironment, now: float, *, checks_memory: bool) -> None:
    if now >= environment.deadline:
        environment.end(State.FAILED, failures.timed_out(environment.limit_seconds))
        return
    if checks_memory and environment.measure_memory() > environment.function.memory_size_mb * _MIB:
        environment.end(State.FAILED, KILLED)  # as Lambda does it; the function itself is not asked
    elif environment.invocation is not None:
        environment.journal.show_progress(environment.invocation, now)
