"""How a function is started: asked for once a revision, in a worker thread, since it may run interpreters."""

import asyncio
from typing import Protocol

from gatewright.functions.errors import RuntimeUnusable
from gatewright.functions.runtimes.types import Code, Launch
from gatewright.snapshot.types import FunctionVersion


class Runtimes(Protocol):
    """Which runtimes there are; asked in worker threads."""

    def problem(self, runtime: str) -> str | None:
        """Return why functions of `runtime` cannot run here, or None."""
        ...

    def launch(self, function: FunctionVersion, code: Code) -> Launch:
        """Say what to start for a function. Raises `LaunchRefused`."""
        ...


class Launching:
    """The answer for one revision, once it is known."""

    __slots__ = ("_function", "_launch", "_runtimes")

    def __init__(self, runtimes: Runtimes, function: FunctionVersion) -> None:
        self._runtimes = runtimes
        self._function = function
        self._launch: Launch | None = None

    async def launch(self, code: Code) -> Launch:
        """Return what to start. Raises `RuntimeUnusable` and `LaunchRefused`; a refusal is asked for anew."""
        if self._launch is None:
            self._launch = await asyncio.to_thread(self._ask, code)
        return self._launch

    def _ask(self, code: Code) -> Launch:
        problem = self._runtimes.problem(self._function.runtime)
        if problem is not None:
            raise RuntimeUnusable(problem)
        return self._runtimes.launch(self._function, code)
