"""SHUTDOWN: the time that runtime and extensions have to end by themselves.

Source: "Understanding the Lambda execution environment lifecycle", Shutdown phase: none without extensions, 500 ms with
internal ones, 2,000 ms with external ones, of which the runtime may take 300 ms (500 ms with internal ones).
"""

import asyncio
from collections.abc import Callable
from typing import Final, Protocol

from gatewright.base.clock import Clock
from gatewright.functions.extensions.extensions import Extensions

_INTERNAL_SECONDS: Final = 0.5
_EXTERNAL_SECONDS: Final = 2.0
_RUNTIME_SECONDS: Final = 0.3


class Processes(Protocol):
    """Those of the environment."""

    @property
    def runtime_is_running(self) -> bool:
        """Return whether the runtime was started and has not ended."""
        ...

    @property
    def changed(self) -> asyncio.Event:
        """Return what is set when one of them ends."""
        ...

    def terminate_runtime(self) -> None:
        """Send SIGTERM to the runtime."""
        ...

    def kill_runtime(self) -> None:
        """End the runtime alone."""
        ...


async def shut_down(reason: str, extensions: Extensions, processes: Processes, clock: Clock) -> None:
    """Have everything end that will; what is left afterwards is to be killed. `reason` is Lambda's word."""
    registry = extensions.registry
    now = asyncio.get_running_loop().time()
    until = now + (_EXTERNAL_SECONDS if registry.has_external else _INTERNAL_SECONDS)
    deadline_ms = int((clock.now() + until - now) * 1000)
    if processes.runtime_is_running:
        processes.terminate_runtime()
        runtime_seconds = _INTERNAL_SECONDS if registry.has_internal else _RUNTIME_SECONDS
        await _wait(lambda: not processes.runtime_is_running, processes.changed, now + runtime_seconds)
        if processes.runtime_is_running:
            processes.kill_runtime()
    extensions.telemetry.flush()
    told = extensions.shut_down(reason, deadline_ms)
    await _wait(lambda: all(extension.has_exited for extension in told), processes.changed, until)


async def _wait(is_so: Callable[[], bool], changed: asyncio.Event, until: float) -> None:
    try:
        async with asyncio.timeout_at(until):
            while not is_so():
                changed.clear()
                await changed.wait()
    except TimeoutError:
        pass
