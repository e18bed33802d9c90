"""A started process of a sandbox, watched until it ends, with all that it starts."""

import asyncio
import contextlib
import os
import signal
import subprocess
from collections.abc import Callable
from typing import ClassVar, Final

from gatewright.functions.sandbox.cgroups import Group
from gatewright.functions.sandbox.process_tree import ProcessTree

_SIGNAL_BASE: Final = 128
_LIKELY_SIGNALS: Final = frozenset(
    {
        signal.SIGQUIT,
        signal.SIGILL,
        signal.SIGTRAP,
        signal.SIGABRT,
        signal.SIGBUS,
        signal.SIGFPE,
        signal.SIGKILL,
        signal.SIGSEGV,
        signal.SIGPIPE,
        signal.SIGTERM,
        signal.SIGXCPU,
        signal.SIGXFSZ,
        signal.SIGSYS,
    }
)


def exit_status(status: int) -> int:
    """Return the status of the function's process, negative for a signal.

    bwrap ends with 128 and the signal's number when its child was killed. 128, 129 and 130 are statuses with which
    programs end by themselves: AWS's client for Node.js does so after an error that nobody caught (129).
    """
    if status - _SIGNAL_BASE in _LIKELY_SIGNALS:
        return _SIGNAL_BASE - status
    return status


class Child:
    """A process that leads a session, and below it the sandbox."""

    PROGRAM_DEPTH: ClassVar[int] = 2
    """bwrap stays outside, to wait; its child is the first process of the sandbox; the program is a child of that."""

    __slots__ = ("_child", "_group", "_loop", "_on_exit", "_pidfd", "_tree", "exited", "is_ended_by_us")

    def __init__(
        self,
        child: "subprocess.Popen[bytes]",
        group: Group | None,
        memory_bytes: int,
        on_exit: Callable[[int], None],
    ) -> None:
        """Watch it; `memory_bytes` is what it may have. Raises `OSError` when there is no descriptor left for that."""
        self._child = child
        self._group = group
        self._on_exit = on_exit
        self._loop = asyncio.get_running_loop()
        try:
            self._pidfd = os.pidfd_open(child.pid)
        except OSError:
            child.kill()
            child.wait()
            raise
        self._tree = ProcessTree(child.pid, memory_bytes)
        self.exited = asyncio.Event()
        self.is_ended_by_us = False
        self._loop.add_reader(self._pidfd, self._exited)

    @property
    def pid(self) -> int:
        """Return the process id on the host."""
        return self._child.pid

    def kill(self) -> None:
        """End it. What it is the parent of ends with it, since the sandbox's first process asks the kernel for that."""
        self.is_ended_by_us = True
        # Only before it is reaped: until then nobody else can have its number.
        if self._child.returncode is None:
            if self._group is not None:
                self._group.set_frozen(False)
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._child.pid, signal.SIGKILL)

    def terminate(self) -> None:
        """Ask the function's process to end: the first one below the sandbox's own."""
        if self._child.returncode is None:
            pid = self._tree.descendant(self.PROGRAM_DEPTH)
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid if pid is not None else self._child.pid, signal.SIGTERM)

    def freeze(self) -> None:
        """Stop everything in the sandbox."""
        if self._group is None or not self._group.set_frozen(True):
            self._tree.signal_all(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let everything run on."""
        if self._group is None or not self._group.set_frozen(False):
            self._tree.signal_all(signal.SIGCONT)

    def memory_bytes(self) -> int:
        """Return the memory that counts against MemorySize."""
        return self._tree.used_bytes() if self._group is None else self._group.used_bytes()

    def peak_memory_bytes(self) -> int:
        """Return the most that it was so far."""
        return self._tree.tree_peak_bytes() if self._group is None else self._group.peak_bytes()

    def _exited(self) -> None:
        self._loop.remove_reader(self._pidfd)
        self.kill()  # what it left in its process group
        os.close(self._pidfd)
        self._tree.close()
        self.exited.set()
        self._on_exit(self._status())

    def _status(self) -> int:
        return exit_status(self._child.wait())
