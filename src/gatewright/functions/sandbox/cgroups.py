"""Control groups: memory, CPU share and number of processes of an environment, kept by the kernel.

A node has one group, `gatewright-{random}`, below the one that it was started in; each environment has a group in it.
The node holds a lock on its group's directory, so that the next node can tell what a killed one left, and remove it.
Source: cgroups(7), and the kernel's "Control Group v2" and "Memory Resource Controller" (v1).
"""

import asyncio
import contextlib
import fcntl
import os
import signal
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

GROUP_PREFIX: Final = "gatewright-"
VCPU_MEMORY_BYTES: Final = 1769 << 20
"""The memory with which a function has the share of one CPU ("Configure Lambda function memory")."""
PROCESSES: Final = 1024
"""Processes and threads of one environment ("Lambda quotas")."""
_OWN_PROCESSES: Final = 8
"""What the sandbox itself needs of them."""
_YOUNG_SECONDS: Final = 2.0
"""A group as new as that may not be locked yet by the node that made it."""
_EMPTY_ATTEMPTS: Final = 2000
_EMPTY_SECONDS: Final = 0.001


@dataclass(frozen=True, slots=True)
class GroupLimits:
    """What the processes of one environment may have together."""

    memory_bytes: int
    """MemorySize."""
    storage_bytes: int
    """Files in `/tmp` lie in memory, and are no part of MemorySize."""

    @property
    def total_bytes(self) -> int:
        """What the kernel lets them have: it does not tell memory from files in memory."""
        return self.memory_bytes + self.storage_bytes


class Group(Protocol):
    """The control group of one environment."""

    @property
    def join_files(self) -> tuple[str, ...]:
        """Return the files into which a process with one thread writes `0` to be in the group."""
        ...

    def used_bytes(self) -> int:
        """Return the memory that counts against MemorySize, or more than that when the kernel had to kill for it."""
        ...

    def peak_bytes(self) -> int:
        """Return the most that was used so far, as near as the kernel tells."""
        ...

    def set_frozen(self, is_frozen: bool) -> bool:
        """Stop or continue every process; return whether that is possible."""
        ...

    async def remove(self) -> bool:
        """Kill what is left and remove the group. Return False when that took too long."""
        ...

    def discard(self) -> None:
        """Do the same, waiting in this thread. Raises `OSError`."""
        ...


class Groups(Protocol):
    """The control group of the node."""

    @property
    def kind(self) -> str:
        """Return `cgroup2` or `cgroup1`."""
        ...

    def create(self, name: str, limits: GroupLimits) -> Group:
        """Make the group of an environment. Raises `OSError`."""
        ...

    def close(self) -> None:
        """Remove the node's group, which is empty."""
        ...


class GroupDirectories:
    """One directory of the same name in each hierarchy: one in v2, one for each controller in v1."""

    __slots__ = ("_lock_fds", "paths")

    def __init__(self, parents: tuple[Path, ...], name: str) -> None:
        """Make and lock them. Raises `OSError`."""
        self.paths: list[Path] = []
        self._lock_fds: list[int] = []
        try:
            for parent in parents:
                path = parent / name
                path.mkdir()
                self.paths.append(path)
                self._lock_fds.append(_locked(path))
        except OSError:
            self.close()
            raise

    def close(self) -> None:
        """Remove them."""
        for path in self.paths:
            with contextlib.suppress(OSError):
                path.rmdir()
        for fd in self._lock_fds:
            os.close(fd)
        self.paths = []
        self._lock_fds = []


def remove_abandoned(parent: Path, now: float | None = None) -> None:
    """Kill and remove what nodes left that are gone. What cannot be removed yet is left to the next node."""
    now = time.time() if now is None else now
    for path in _directories(parent):
        if path.name.startswith(GROUP_PREFIX) and now - path.stat().st_ctime > _YOUNG_SECONDS:
            with contextlib.suppress(OSError):
                fd = _locked(path)
                try:
                    for group in [*_directories(path), path]:
                        kill_all(group)
                    for group in [*_directories(path), path]:
                        group.rmdir()
                finally:
                    os.close(fd)


def kill_all(group: Path) -> bool:
    """Send SIGKILL to the processes of one group; return whether there were any."""
    try:
        pids = (group / "cgroup.procs").read_text().split()
    except OSError:  # the group is gone
        return False
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(int(pid), signal.SIGKILL)
    return bool(pids)


async def remove_groups(paths: list[Path], attempts: int = _EMPTY_ATTEMPTS) -> bool:
    """Kill what is in the groups and remove them; return False when that took too long."""
    for _ in range(attempts):
        paths = _try_to_remove(paths)
        if not paths:
            return True
        await asyncio.sleep(_EMPTY_SECONDS)
    return False


def remove_groups_now(paths: list[Path], attempts: int = _EMPTY_ATTEMPTS) -> None:
    """Do the same in a thread that may wait. Raises `OSError` when it took too long."""
    for _ in range(attempts):
        paths = _try_to_remove(paths)
        if not paths:
            return
        time.sleep(_EMPTY_SECONDS)
    raise OSError(f"processes in {paths[0]} do not end")


def _try_to_remove(paths: list[Path]) -> list[Path]:
    """Return those that are not empty yet; what is in them was killed."""
    left: list[Path] = []
    for path in paths:
        try:
            path.rmdir()
        except FileNotFoundError:
            continue
        except OSError:
            kill_all(path)
            left.append(path)
    return left


def process_limit() -> str:
    """Return the limit of processes for the file `pids.max`."""
    return str(PROCESSES + _OWN_PROCESSES)


def write_file(path: Path, text: str) -> None:
    """Write a control file, which must be there."""
    fd = os.open(path, os.O_WRONLY | os.O_CLOEXEC)
    try:
        os.write(fd, text.encode())
    finally:
        os.close(fd)


def read_number(fd: int) -> int:
    """Return the number that an open control file has now; 0 when the group is gone."""
    try:
        return int(os.pread(fd, 32, 0))
    except (OSError, ValueError):
        return 0


def read_table(fd: int) -> dict[bytes, int]:
    """Return the lines `name number` of an open control file; none when the group is gone."""
    try:
        fields = os.pread(fd, 8192, 0).split()
    except OSError:
        return {}
    return {name: int(value) for name, value in zip(fields[::2], fields[1::2], strict=False)}


def _locked(path: Path) -> int:
    fd = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(fd)
        raise
    return fd


def _directories(path: Path) -> Iterator[Path]:
    with contextlib.suppress(OSError):
        yield from [entry for entry in path.iterdir() if entry.is_dir()]
