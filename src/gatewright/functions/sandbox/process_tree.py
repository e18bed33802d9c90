"""What /proc says about the memory of a process and its descendants. See proc(5).

The files that are read all the time stay open: a pread then costs 2 µs.
"""

import contextlib
import os
import signal
from collections.abc import Iterator
from typing import Final

_PAGE_BYTES: Final = os.sysconf("SC_PAGE_SIZE")
_MEASURED_EXACTLY: Final = 64
_TREE_EVERY: Final = 4
"""Children that other threads than the main one started are looked for at every fourth measurement only."""


class ProcessTree:
    """Measures one process and what it started. The process is a child that was not reaped: its number is its own."""

    __slots__ = ("_children_fd", "_exact_above_bytes", "_measured", "_other_threads_bytes", "_pid", "_statm_fd")

    def __init__(self, pid: int, exact_above_bytes: int) -> None:
        """Where the processes seem to have more than `exact_above_bytes`, it is measured what they really have."""
        self._pid = pid
        self._exact_above_bytes = exact_above_bytes
        self._measured = 0
        self._other_threads_bytes = 0
        self._statm_fd = _open(f"/proc/{pid}/statm")
        self._children_fd = _open(f"/proc/{pid}/task/{pid}/children")

    def used_bytes(self) -> int:
        """Return the memory of the whole tree; 0 when the process ended.

        What processes share counts for each of them, as forks share nearly everything, unless the sum is so large that
        it matters: to take what is shared apart costs fifty times as much.
        """
        resident = self._resident_bytes()
        if resident <= self._exact_above_bytes:
            return resident
        return _proportional_bytes(list(_descendants(self._pid))) or resident

    def _resident_bytes(self) -> int:
        own = _resident(_pread(self._statm_fd))
        children = _pread(self._children_fd)
        if self._statm_fd >= 0 and self._measured % _TREE_EVERY == 0:
            self._other_threads_bytes = sum(map(_resident_of, self._children_of_other_threads()))
        self._measured += 1
        return own + sum(_tree_bytes(int(pid)) for pid in children.split()) + self._other_threads_bytes

    def peak_bytes(self) -> int:
        """Return VmHWM of the process; 0 when it ended."""
        return _high_water_bytes(self._pid) if self._statm_fd >= 0 else 0

    def tree_peak_bytes(self) -> int:
        """Return the sum of the high-water marks of all processes that there are now."""
        return sum(_high_water_bytes(pid) for pid in _descendants(self._pid)) if self._statm_fd >= 0 else 0

    def descendant(self, depth: int) -> int | None:
        """Return the first child's first child and so on; None when there is none."""
        pid = self._pid
        for _ in range(depth):
            children = _children(pid, pid)
            if not children:
                return None
            pid = children[0]
        return pid

    def signal_all(self, number: signal.Signals) -> None:
        """Send a signal to every process below this one."""
        if self._statm_fd < 0:
            return
        for pid in list(_descendants(self._pid))[1:]:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, number)

    def close(self) -> None:
        """Close the files."""
        for fd in (self._statm_fd, self._children_fd):
            if fd >= 0:
                os.close(fd)
        self._statm_fd = self._children_fd = -1

    def _children_of_other_threads(self) -> Iterator[int]:
        for thread in _threads(self._pid):
            if thread != self._pid:
                for child in _children(self._pid, thread):
                    yield from _descendants(child)


def _open(path: str) -> int:
    try:
        return os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return -1  # it ended already, or the kernel has no such file


def _pread(fd: int) -> bytes:
    try:
        return os.pread(fd, 8192, 0)
    except OSError:  # the process ended
        return b""


def _resident(statm: bytes) -> int:
    fields = statm.split(None, 2)
    return int(fields[1]) * _PAGE_BYTES if len(fields) == 3 else 0


def _read(path: str) -> bytes:
    with contextlib.suppress(OSError), open(path, "rb") as file:
        return file.read()
    return b""


def _high_water_bytes(pid: int) -> int:
    status = _read(f"/proc/{pid}/status")
    start = status.find(b"VmHWM:")
    return int(status[start + 6 : status.find(b"kB", start)]) * 1024 if start >= 0 else 0


def _resident_of(pid: int) -> int:
    return _resident(_read(f"/proc/{pid}/statm"))


def _proportional_bytes(pids: list[int]) -> int:
    """Return what processes have, each with its part of what it shares (Pss); 0 when that cannot be read.

    Of very many, those that are measured stand for all: a fork bomb must not keep the node busy with it.
    """
    measured = pids[:_MEASURED_EXACTLY]
    total = 0
    for pid in measured:
        rollup = _read(f"/proc/{pid}/smaps_rollup")
        start = rollup.find(b"\nPss:")
        total += int(rollup[start + 5 : rollup.find(b"kB", start)]) * 1024 if start >= 0 else 0
    return total * len(pids) // len(measured)


def _threads(pid: int) -> list[int]:
    try:
        return [int(name) for name in os.listdir(f"/proc/{pid}/task")]
    except OSError:
        return []


def _children(pid: int, thread: int) -> list[int]:
    return [int(child) for child in _read(f"/proc/{pid}/task/{thread}/children").split()]


def _descendants(pid: int) -> Iterator[int]:
    """Yield a process and all below it. A tree that grows while it is read is read as far as it got."""
    pending = [pid]
    while pending:
        process = pending.pop()
        yield process
        for thread in _threads(process):
            pending += _children(process, thread)


def _tree_bytes(pid: int) -> int:
    return sum(map(_resident_of, _descendants(pid)))
