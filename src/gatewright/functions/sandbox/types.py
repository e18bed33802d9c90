"""The seam between an execution environment and the sandbox that its process runs in."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from gatewright.base.errors import GatewrightError


@dataclass(frozen=True, slots=True)
class ProcessSpec:
    """One process to start."""

    argv: tuple[str, ...]
    environment: Mapping[str, str]
    """All of its environment variables; nothing of the node's own is passed on."""
    task_root: Path
    """The unpacked deployment package on the host; the working directory."""
    readable_paths: tuple[Path, ...]
    """What else of the host the process must be able to read."""
    inherited_fds: tuple[int, ...]
    """Descriptors that stay open in the process under the same numbers."""
    output_fd: int
    """Becomes its standard output and standard error."""
    data_limit_bytes: int
    """RLIMIT_DATA."""


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
    """Starts processes."""

    def visible_task_root(self, task_root: Path) -> str:
        """Return the path under which a process in this sandbox sees its `task_root`."""
        ...

    def spawn(self, spec: ProcessSpec, on_exit: Callable[[int], None]) -> Process:
        """Start a process; returns within a millisecond or so. Raises `SandboxError` or `EntrypointError`.

        Call it on the event loop's thread. `on_exit` is called there once with the exit status, negative for a signal.
        """
        ...
