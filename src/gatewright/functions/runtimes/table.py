"""The runtimes by identifier. A new one is one module (or one line here).

Source of the identifiers: "Lambda runtimes", AWS Lambda Developer Guide.
"""

from collections.abc import Mapping
from pathlib import Path

from gatewright.functions.runtimes.types import Launch, Runtime
from gatewright.snapshot.types import FunctionVersion


class RuntimeDirectory:
    """Answers for every runtime identifier of Lambda whether and how it runs here.

    The first question about a runtime may run its interpreter once (tens of milliseconds): ask from a worker thread.
    """

    def __init__(self, runtimes: Mapping[str, Runtime]) -> None:
        self._runtimes = runtimes

    def problem(self, runtime: str) -> str | None:
        """Return one sentence that says why functions of `runtime` cannot run here, or None when they can."""
        found = self._runtimes.get(runtime)
        if found is None:
            return f"The runtime {runtime} is not one that gatewright runs; it runs {', '.join(self._runtimes)}."
        return found.problem()

    def warning(self, runtime: str) -> str | None:
        """Return one sentence when another version than the wanted one is used, or None."""
        found = self._runtimes.get(runtime)
        return None if found is None else found.warning()

    def launch(self, function: FunctionVersion, task_root: Path) -> Launch:
        """Say what to start for a function of a runtime without a problem. Raises `LaunchRefused`."""
        return self._runtimes[function.runtime].launch(function, task_root)
