"""Control groups, version 2: one hierarchy, of which the node needs a part that is its own.

A group that has processes cannot give controllers to groups below it. So a node that is alone in its group, as a
service of systemd with `Delegate=yes` is, moves into the group `node` below; otherwise root uses the top of the
hierarchy.
"""

import contextlib
import os
from pathlib import Path
from typing import Final

from gatewright.functions.sandbox.cgroups import (
    VCPU_MEMORY_BYTES,
    GroupDirectories,
    GroupLimits,
    process_limit,
    read_number,
    read_table,
    remove_groups,
    remove_groups_now,
    write_file,
)

_WEIGHT_PER_VCPU: Final = 100
_WEIGHTS: Final = (1, 10_000)
_NODE: Final = "node"


class Group2:
    """One environment's group."""

    __slots__ = ("_events_fd", "_limits", "_path", "_peak_fd", "_stat_fd", "_usage_fd")

    def __init__(self, path: Path, controllers: frozenset[str], limits: GroupLimits) -> None:
        """Make it. Raises `OSError`."""
        self._path = path
        self._limits = limits
        path.mkdir()
        write_file(path / "memory.max", str(limits.total_bytes))
        write_file(path / "memory.oom.group", "1")
        with contextlib.suppress(OSError):  # a kernel without swap
            write_file(path / "memory.swap.max", "0")
        if "cpu" in controllers:
            least, most = _WEIGHTS
            weight = limits.memory_bytes * _WEIGHT_PER_VCPU // VCPU_MEMORY_BYTES
            write_file(path / "cpu.weight", str(min(max(weight, least), most)))
        if "pids" in controllers:
            write_file(path / "pids.max", process_limit())
        self._usage_fd, self._stat_fd, self._events_fd = (
            os.open(path / name, os.O_RDONLY | os.O_CLOEXEC)
            for name in ("memory.current", "memory.stat", "memory.events")
        )
        try:
            self._peak_fd = os.open(path / "memory.peak", os.O_RDONLY | os.O_CLOEXEC)
        except OSError:  # Linux before 5.19
            self._peak_fd = os.dup(self._usage_fd)

    @property
    def join_files(self) -> tuple[str, ...]:
        """Return `cgroup.procs`."""
        return (str(self._path / "cgroup.procs"),)

    def used_bytes(self) -> int:
        """Return anonymous and kernel memory, and files in memory beyond what `/tmp` may hold."""
        usage = read_number(self._usage_fd)
        if read_table(self._events_fd).get(b"oom_kill"):
            return self._limits.total_bytes
        if usage <= self._limits.memory_bytes:
            return usage
        return usage - self._file_bytes()

    def peak_bytes(self) -> int:
        """Return the high-water mark without the files that are in memory now."""
        return max(read_number(self._peak_fd) - self._file_bytes(), 0)

    def set_frozen(self, is_frozen: bool) -> bool:
        """Write to `cgroup.freeze`."""
        with contextlib.suppress(OSError):  # the group is gone
            write_file(self._path / "cgroup.freeze", "1" if is_frozen else "0")
        return True

    async def remove(self) -> bool:
        """Kill what is left and remove the group."""
        self._close_files()
        return await remove_groups([self._path])

    def discard(self) -> None:
        """Do the same, waiting in this thread. Raises `OSError`."""
        self._close_files()
        remove_groups_now([self._path])

    def _close_files(self) -> None:
        for fd in (self._usage_fd, self._peak_fd, self._stat_fd, self._events_fd):
            if fd >= 0:
                os.close(fd)
        self._usage_fd = self._peak_fd = self._stat_fd = self._events_fd = -1

    def _file_bytes(self) -> int:
        table = read_table(self._stat_fd)
        return table.get(b"file", 0) - max(table.get(b"shmem", 0) - self._limits.storage_bytes, 0)


class Groups2:
    """The node's group."""

    __slots__ = ("_controllers", "_directories")

    def __init__(self, parent: Path, name: str) -> None:
        """Make it below `parent`. Raises `OSError` when its groups would have no memory controller."""
        _give_controllers(parent)
        self._directories = GroupDirectories((parent,), name)
        try:
            _give_controllers(self._directories.paths[0])
            given = (self._directories.paths[0] / "cgroup.subtree_control").read_text()
        except OSError:
            self._directories.close()
            raise
        self._controllers = frozenset(given.split())

    @property
    def kind(self) -> str:
        """Return the version."""
        return "cgroup2"

    def create(self, name: str, limits: GroupLimits) -> Group2:
        """Make the group of an environment. Raises `OSError`."""
        return Group2(self._directories.paths[0] / name, self._controllers, limits)

    def close(self) -> None:
        """Remove the node's group."""
        self._directories.close()


def _give_controllers(group: Path) -> None:
    """Let the groups below have the memory controller, and those for CPU and processes if there are any."""
    there = (group / "cgroup.controllers").read_text().split()
    given = (group / "cgroup.subtree_control").read_text().split()
    if "memory" not in there:
        raise OSError(f"{group} has no memory controller")
    missing = [f"+{name}" for name in ("memory", "cpu", "pids") if name in there and name not in given]
    if not missing:
        return
    own = str(os.getpid())
    if (group / "cgroup.procs").read_text().split() == [own]:
        leaf = group / _NODE
        leaf.mkdir(exist_ok=True)
        write_file(leaf / "cgroup.procs", own)
    write_file(group / "cgroup.subtree_control", " ".join(missing))
