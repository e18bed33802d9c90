"""The runtimes by identifier. A new one is one module (or one line here).

Source of the identifiers: "Lambda runtimes", AWS Lambda Developer Guide.
"""

from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType

from gatewright.functions.runtimes.discovery import SearchPlaces
from gatewright.functions.runtimes.exec_wrapper import wrapped
from gatewright.functions.runtimes.java.runtime import JavaRuntime
from gatewright.functions.runtimes.node.runtime import NodeRuntime
from gatewright.functions.runtimes.provided import ProvidedRuntime
from gatewright.functions.runtimes.python.runtime import PythonRuntime
from gatewright.functions.runtimes.types import Code, Launch, LaunchRefused, Runtime
from gatewright.snapshot.types import FunctionVersion

RUNTIMES: Mapping[str, Callable[[SearchPlaces, Path], Runtime]] = MappingProxyType(
    {
        "python3.8": lambda places, cache: PythonRuntime(8, places, cache),
        "python3.9": lambda places, cache: PythonRuntime(9, places, cache),
        "python3.10": lambda places, cache: PythonRuntime(10, places, cache),
        "python3.11": lambda places, cache: PythonRuntime(11, places, cache),
        "python3.12": lambda places, cache: PythonRuntime(12, places, cache),
        "python3.13": lambda places, cache: PythonRuntime(13, places, cache),
        "python3.14": lambda places, cache: PythonRuntime(14, places, cache),
        "nodejs16.x": lambda places, cache: NodeRuntime(16, places),
        "nodejs18.x": lambda places, cache: NodeRuntime(18, places),
        "nodejs20.x": lambda places, cache: NodeRuntime(20, places),
        "nodejs22.x": lambda places, cache: NodeRuntime(22, places),
        "nodejs24.x": lambda places, cache: NodeRuntime(24, places),
        "java8.al2": lambda places, cache: JavaRuntime("java8.al2", 8, places, cache),
        "java8.al2023": lambda places, cache: JavaRuntime("java8.al2023", 8, places, cache),
        "java11": lambda places, cache: JavaRuntime("java11", 11, places, cache),
        "java11.al2023": lambda places, cache: JavaRuntime("java11.al2023", 11, places, cache),
        "java17": lambda places, cache: JavaRuntime("java17", 17, places, cache),
        "java17.al2023": lambda places, cache: JavaRuntime("java17.al2023", 17, places, cache),
        "java21": lambda places, cache: JavaRuntime("java21", 21, places, cache),
        "java25": lambda places, cache: JavaRuntime("java25", 25, places, cache),
        "provided.al2": lambda places, cache: ProvidedRuntime("provided.al2"),
        "provided.al2023": lambda places, cache: ProvidedRuntime("provided.al2023"),
    }
)


class RuntimeDirectory:
    """Answers for every runtime identifier of Lambda whether and how it runs here.

    The first question about a runtime runs its interpreter once (tens of milliseconds; more the first time ever, when
    bytecode is written): ask from a worker thread. Safe from several threads.
    """

    def __init__(self, places: SearchPlaces, cache: Path) -> None:
        """`cache` is a directory that only gatewright may write. Nothing is looked for yet."""
        self._runtimes = {identifier: make(places, cache) for identifier, make in RUNTIMES.items()}

    def problem(self, runtime: str) -> str | None:
        """Return one sentence that says why functions of `runtime` cannot run here, or None when they can."""
        found = self._runtimes.get(runtime)
        if found is None:
            return f"gatewright does not run the runtime {runtime}; it runs {', '.join(self._runtimes)}."
        return found.problem()

    def warning(self, runtime: str) -> str | None:
        """Return one sentence when another version than the wanted one is used, or None."""
        found = self._runtimes.get(runtime)
        return None if found is None else found.warning()

    def launch(self, function: FunctionVersion, code: Code) -> Launch:
        """Say what to start for a function. Raises `LaunchRefused`."""
        problem = self.problem(function.runtime)
        if problem is not None:
            raise LaunchRefused("Runtime.InvalidEntrypoint", problem)
        return wrapped(self._runtimes[function.runtime].launch(function, code), function)
