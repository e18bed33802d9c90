"""Starting the processes of external extensions before the runtime, and what follows when one of them ends."""

import asyncio
import dataclasses
import os
from pathlib import Path
from typing import Final, Protocol

from gatewright.functions import error_types
from gatewright.functions import failure as failures
from gatewright.functions.extensions.extensions import Extensions
from gatewright.functions.extensions.external import Launcher, external_extensions, launch_problem
from gatewright.functions.extensions.registry import MAX_EXTENSIONS
from gatewright.functions.journal import Journal
from gatewright.functions.log_stream import OutputPipe
from gatewright.functions.runtimes.types import Launch, LaunchRefused
from gatewright.functions.sandbox.types import Process, ProcessSpec, Sandbox

_HEARD_SECONDS: Final = 0.02
"""When a runtime has ended, what it said last is in a socket of ours already; this is when it was read."""


class RuntimeEnd(Protocol):
    """Who is told that the runtime ended, though other processes of the environment go on."""

    def __call__(self, status: int) -> None:
        """`status` is negative for a signal."""
        ...


class ExternalProcesses:
    """Those of one environment that has external extensions. There is none without."""

    __slots__ = (
        "_extensions",
        "_journal",
        "_launcher",
        "_lines",
        "_on_runtime_end",
        "_output",
        "changed",
        "runtime_is_running",
    )

    def __init__(
        self, names: tuple[str, ...], extensions: Extensions, journal: Journal, on_runtime_end: RuntimeEnd
    ) -> None:
        self._extensions = extensions
        self._journal = journal
        self._on_runtime_end = on_runtime_end
        self._launcher = Launcher(names, self)
        self._lines = journal.stream.beside()
        self._output = OutputPipe(self._lines, self._flush)
        self._output.tap = self._printed
        self.runtime_is_running = False
        self.changed = asyncio.Event()
        """Set when a process ended."""

    @classmethod
    def of(
        cls, opt_root: Path | None, extensions: Extensions, journal: Journal, on_runtime_end: RuntimeEnd
    ) -> "ExternalProcesses | None":
        """Return what the layers ask for; None without external extensions. Raises `LaunchRefused`."""
        names = external_extensions(opt_root)
        if opt_root is None or not names:
            return None
        if len(names) > MAX_EXTENSIONS:
            extensions.refuse(names[MAX_EXTENSIONS], "TooManyExtensions")
            raise LaunchRefused(error_types.EXTENSION_LAUNCH_ERROR, "ErrTooManyExtensions")
        for name in names:
            problem = launch_problem(opt_root, name)
            if problem is not None:
                reason = "PermissionDenied" if problem.endswith("permission denied") else "UnknownError"
                extensions.refuse(name, reason)
                raise LaunchRefused(error_types.EXTENSION_LAUNCH_ERROR, problem)
        extensions.expect(names)
        return cls(names, extensions, journal, on_runtime_end)

    def open(self) -> None:
        """Make the pipes. Raises `OSError`; call `close` also then."""
        self._output.open()
        os.fchmod(self._output.write_fd, 0o666)  # it is opened by its path, perhaps as another user
        self._launcher.open()

    def around(self, spec: ProcessSpec, sandbox: Sandbox, launch: Launch) -> ProcessSpec:
        """Return what to start instead of the runtime alone."""
        output = self._output.write_fd
        argv = self._launcher.argv(spec.argv, sandbox.opt_root, output, spec.environment, launch.environment)
        inherited_fds = (*spec.inherited_fds, *self._launcher.inherited_fds(), output)
        return dataclasses.replace(spec, argv=argv, inherited_fds=inherited_fds)

    def spawned(self) -> None:
        """Give up this process's copies of what it passed on."""
        self._launcher.spawned()
        self._output.close_write_end()

    def proceed(self) -> None:
        """Start the runtime if every extension has registered."""
        if not self.runtime_is_running and self._extensions.registry.are_registered:
            self.runtime_is_running = True
            self._launcher.start_runtime()

    def terminate_runtime(self) -> None:
        """Send SIGTERM to the runtime."""
        self._launcher.terminate_runtime()

    def kill_runtime(self) -> None:
        """End the runtime alone."""
        self._launcher.kill_runtime()

    def close(self) -> None:
        """Close every pipe, when the processes are gone."""
        self._launcher.close()
        self._output.close()
        self._flush()

    def extension_exited(self, index: int, status: int) -> None:
        """An extension ended."""
        self._output.drain()
        self._extensions.exited(index, failures.extension_exited(status))
        self.changed.set()

    def runtime_exited(self, status: int) -> None:
        """The runtime ended."""
        self.runtime_is_running = False
        self.changed.set()
        asyncio.get_running_loop().call_later(_HEARD_SECONDS, self._on_runtime_end, status)

    def _flush(self) -> None:
        self._lines.flush(self._journal.clock.now())

    def _printed(self, octets: bytes) -> None:
        self._extensions.telemetry.output("extension", octets)


class RuntimeAlone:
    """A runtime whose extensions are all internal: it is the process of the sandbox."""

    __slots__ = ("_process", "changed", "runtime_is_running")

    def __init__(self, process: Process) -> None:
        self._process = process
        self.runtime_is_running = True
        self.changed = asyncio.Event()

    def ended(self) -> None:
        """The process is gone."""
        self.runtime_is_running = False
        self.changed.set()

    def terminate_runtime(self) -> None:
        """Send SIGTERM to it."""
        self._process.terminate()

    def kill_runtime(self) -> None:
        """End it."""
        self._process.kill()
