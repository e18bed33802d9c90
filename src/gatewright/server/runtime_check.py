"""What CreateFunction is told of a runtime, and what the log says when another version stands in for it."""

import logging
import threading

from gatewright.functions.runtimes.table import RuntimeDirectory

_log = logging.getLogger(__name__)


class RuntimeCheck:
    """Answers `Node.runtime_problem`. A stand-in is warned of once for each runtime."""

    def __init__(self, runtimes: RuntimeDirectory) -> None:
        self._runtimes = runtimes
        self._warned: set[str] = set()
        self._lock = threading.Lock()

    def problem(self, runtime: str) -> str | None:
        """Return why this machine cannot run a runtime, or None."""
        problem = self._runtimes.problem(runtime)
        warning = self._runtimes.warning(runtime) if problem is None else None
        if warning is not None:
            with self._lock:
                is_new = runtime not in self._warned
                self._warned.add(runtime)
            if is_new:
                _log.warning("%s", warning)
        return problem
