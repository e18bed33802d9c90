"""The seam between execution environments and what keeps their processes apart.

Isolation      one for the node, chosen at start: its tier, and what network functions have
└── Sandbox    one for each environment: a user, limits, a view of the file system and network; then its processes
    └── Process
"""

import socket
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

from gatewright.base.errors import GatewrightError

CORE_LIMIT: Final = 1
"""RLIMIT_CORE of every process. With 0 the kernel still runs the program that `core_pattern` may name, as the machine's
root, for each process that crashes; 1 is what it takes for "not this one" (fs/coredump.c)."""


@dataclass(frozen=True, slots=True)
class SandboxSpec:
    """What a sandbox is made for."""

    task_root: Path
    """The unpacked deployment package on the host."""
    opt_root: Path | None
    """The merged layers on the host; None without layers."""
    memory_bytes: int
    """MemorySize. What uses more is killed."""
    ephemeral_storage_bytes: int
    """Size of `/tmp`."""
    data_limit_bytes: int
    """RLIMIT_DATA of each process, behind the limit above."""


@dataclass(frozen=True, slots=True)
class ProcessSpec:
    """One process to start."""

    argv: tuple[str, ...]
    environment: Mapping[str, str]
    """All of its environment variables; nothing of the node's own is passed on."""
    readable_paths: tuple[Path, ...]
    """What of the host the process must be able to read besides the code and the layers."""
    inherited_fds: tuple[int, ...]
    """Descriptors that stay open in the process under the same numbers."""
    output_fd: int
    """Becomes its standard output and standard error."""
    links: tuple[tuple[str, Path], ...] = ()
    """Symbolic links, where there is a file system of its own to have them: their place and what they lead to."""


class SandboxError(GatewrightError):
    """A process could not be started; the text says why."""


class EntrypointError(SandboxError):
    """The program itself cannot be run: the function is to blame, not the sandbox. The text is Lambda's."""


class Process(Protocol):
    """A started process with everything that it starts in turn."""

    @property
    def pid(self) -> int:
        """Return its process id on the host."""
        ...

    def kill(self) -> None:
        """End it and all that it started, at once. Harmless when it ended already."""
        ...

    def terminate(self) -> None:
        """Send SIGTERM to it. Harmless when it ended already."""
        ...

    def freeze(self) -> None:
        """Stop it from running until `thaw`."""
        ...

    def thaw(self) -> None:
        """Let it run on."""
        ...

    def memory_bytes(self) -> int:
        """Return the resident memory of it and what it started; 0 when it ended."""
        ...

    def peak_memory_bytes(self) -> int:
        """Return the most resident memory that it had so far; 0 when it ended."""
        ...


class Sandbox(Protocol):
    """The place of one environment."""

    @property
    def task_root(self) -> str:
        """Return the path under which its processes see the deployment package: the working directory."""
        ...

    @property
    def opt_root(self) -> str:
        """Return the path under which its processes see the layers, `/opt` where the sandbox can have it."""
        ...

    @property
    def runtime_api(self) -> socket.socket:
        """Return the listening socket of the Runtime API, bound to an address that its processes reach.

        It belongs to the sandbox, which closes it; nobody else's processes reach it where the tier has networks.
        """
        ...

    @property
    def endpoint(self) -> socket.socket | None:
        """Return the listening socket by which its processes reach the node's AWS endpoint.

        None when they share the host's network and reach the node's own listener.
        """
        ...

    def tcp_socket(self) -> socket.socket:
        """Return a TCP socket in the network of its processes that is connected to nothing; the caller closes it.

        Where the tier has networks there are few of them. Raises `OSError` when there is none left.
        """
        ...

    def spawn(self, spec: ProcessSpec, on_exit: Callable[[int], None]) -> Process:
        """Start its process; returns within a few milliseconds. Raises `SandboxError` or `EntrypointError`.

        Call it once, on the event loop's thread. `on_exit` is called there once with the exit status, negative for a
        signal.
        """
        ...

    async def close(self) -> None:
        """End what is left of it and give everything back. Harmless when done before."""
        ...


@dataclass(frozen=True, slots=True)
class IsolationReport:
    """What holds functions apart on this node, as the log and `/_gatewright/health` say it."""

    tier: str
    """`A`, `B`, `C` or `D`; see `docs/concepts/isolation.md`."""
    network: str
    """`outbound`, `none` or `shared`."""
    memory: str
    """`cgroup2`, `cgroup1` or `watchdog`."""
    warnings: tuple[str, ...] = ()
    """One sentence for each thing that is weaker than it should be in production."""


class Isolation(Protocol):
    """How this node keeps environments apart."""

    @property
    def report(self) -> IsolationReport:
        """Return what was found at start."""
        ...

    async def open(self, spec: SandboxSpec) -> Sandbox:
        """Make the place of one environment. Raises `SandboxError`."""
        ...

    async def close(self) -> None:
        """Give back what is not any sandbox's own. Every sandbox is closed before."""
        ...
