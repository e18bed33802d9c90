"""A plain child process: no isolation beyond what the node's own user has.

It ends when the node ends, however that happens: `setpriv --pdeathsig` (util-linux) has the kernel kill it. The kernel
watches the thread that started it, which is why `spawn` belongs on the event loop's thread. It is a session of its own,
so that one signal reaches what it starts, unless that starts a session in turn. Its `/tmp` is the machine's.
"""

import asyncio
import contextlib
import os
import resource
import signal
import socket
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Final

from gatewright.functions.sandbox.entrypoint import entrypoint_problem
from gatewright.functions.sandbox.process_tree import ProcessTree
from gatewright.functions.sandbox.types import (
    CORE_LIMIT,
    EntrypointError,
    IsolationReport,
    ProcessSpec,
    SandboxError,
    SandboxSpec,
)

_LOOPBACK: Final = "127.0.0.1"
_DESCRIPTOR_LIMIT: Final = (1024, 1024)
"""Of each process ("Lambda quotas", file descriptors); the node's own limit is higher and would be inherited."""


class PlainProcess:
    """A running child."""

    __slots__ = ("_child", "_loop", "_on_exit", "_pidfd", "_tree")

    def __init__(self, child: "subprocess.Popen[bytes]", memory_bytes: int, on_exit: Callable[[int], None]) -> None:
        self._child = child
        self._on_exit = on_exit
        self._loop = asyncio.get_running_loop()
        self._pidfd = os.pidfd_open(child.pid)
        self._tree = ProcessTree(child.pid, memory_bytes)
        self._loop.add_reader(self._pidfd, self._exited)

    @property
    def pid(self) -> int:
        """Return the process id, which is also that of its session and group."""
        return self._child.pid

    def kill(self) -> None:
        """End the whole process group."""
        self._signal(signal.SIGKILL)

    def terminate(self) -> None:
        """Ask the process itself to end."""
        if self._child.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self._child.pid, signal.SIGTERM)

    def freeze(self) -> None:
        """Stop the whole process group."""
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Continue the whole process group."""
        self._signal(signal.SIGCONT)

    def memory_bytes(self) -> int:
        """Return the resident memory of the process and its descendants."""
        return self._tree.used_bytes()

    def peak_memory_bytes(self) -> int:
        """Return the high-water mark of the process itself."""
        return self._tree.peak_bytes()

    def _signal(self, number: signal.Signals) -> None:
        # Only before the child is reaped: until then nobody else can have its number.
        if self._child.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._child.pid, number)

    def _exited(self) -> None:
        self._loop.remove_reader(self._pidfd)
        self.kill()  # what it started and left behind
        os.close(self._pidfd)
        self._tree.close()
        self._on_exit(self._child.wait())


class PlainSandbox:
    """The place of a plain child process: the host's own file system and network."""

    def __init__(self, spec: SandboxSpec, prefix: tuple[str, ...]) -> None:
        self._spec = spec
        self._prefix = prefix
        self._runtime_api = socket.create_server((_LOOPBACK, 0))
        self._process: PlainProcess | None = None

    @property
    def task_root(self) -> str:
        """Return the path on the host: nothing is mounted elsewhere."""
        return str(self._spec.task_root)

    @property
    def opt_root(self) -> str:
        """Return the path on the host; that of nothing is `/opt`, which may be anything."""
        return str(self._spec.opt_root or "/opt")

    @property
    def runtime_api(self) -> socket.socket:
        """Return a socket on a port of the kernel's choice."""
        return self._runtime_api

    @property
    def endpoint(self) -> socket.socket | None:
        """Return None: the node's own listener is reachable."""
        return None

    def tcp_socket(self) -> socket.socket:
        """Return a socket of the host's network."""
        return socket.socket(socket.AF_INET, socket.SOCK_STREAM)

    def spawn(self, spec: ProcessSpec, on_exit: Callable[[int], None]) -> PlainProcess:
        """Start a child without a copy of this process's memory (vfork), so that a large node forks as fast."""
        task_root = self._spec.task_root
        problem = _entrypoint_problem(spec.argv[0], self._spec)
        if problem is not None:
            raise EntrypointError(problem)
        try:
            child = subprocess.Popen(
                [*self._prefix, *spec.argv],
                cwd=task_root,
                env=dict(spec.environment),
                stdin=subprocess.DEVNULL,
                stdout=spec.output_fd,
                stderr=spec.output_fd,
                pass_fds=spec.inherited_fds,
                start_new_session=True,
            )
        except (OSError, ValueError) as error:
            raise SandboxError(f"cannot start {spec.argv[0]}: {error}") from error
        data_limit = (self._spec.data_limit_bytes, self._spec.data_limit_bytes)
        with contextlib.suppress(OSError):  # it may have ended already
            resource.prlimit(child.pid, resource.RLIMIT_DATA, data_limit)
            resource.prlimit(child.pid, resource.RLIMIT_CORE, (CORE_LIMIT, CORE_LIMIT))
            resource.prlimit(child.pid, resource.RLIMIT_NOFILE, _DESCRIPTOR_LIMIT)
        try:
            self._process = PlainProcess(child, self._spec.memory_bytes, on_exit)
        except OSError as error:  # no descriptor left to watch it by
            child.kill()
            child.wait()
            raise SandboxError(f"cannot watch {spec.argv[0]}: {error}") from error
        return self._process

    async def close(self) -> None:
        """End the process and close the socket."""
        if self._process is not None:
            self._process.kill()
        self._runtime_api.close()


class PlainIsolation:
    """Tier D: no isolation."""

    __slots__ = ("prefix",)

    def __init__(self, setpriv: Path | None = None) -> None:
        self.prefix = () if setpriv is None else (str(setpriv), "--pdeathsig", "KILL", "--")
        """What each process is started with, so that it ends with this one."""

    @property
    def report(self) -> IsolationReport:
        """Return that nothing is kept apart."""
        warning = "functions run as plain processes of the node's own user: run only code that you trust"
        return IsolationReport("D", "shared", "watchdog", (warning,))

    async def open(self, spec: SandboxSpec) -> PlainSandbox:
        """Make the place of one environment. Raises `SandboxError`."""
        try:
            return PlainSandbox(spec, self.prefix)
        except OSError as error:
            raise SandboxError(f"no port for the Runtime API: {error}") from error

    async def close(self) -> None:
        """Nothing is held."""


def _entrypoint_problem(program: str, spec: SandboxSpec) -> str | None:
    """Return Lambda's sentence when a program cannot run, in the names that code and layers have on Lambda."""
    if spec.opt_root is not None and program.startswith(f"{spec.opt_root}/"):
        return entrypoint_problem(f"./{Path(program).relative_to(spec.opt_root)}", spec.opt_root, "/opt")
    return entrypoint_problem(program, spec.task_root)
