"""Control groups, version 1: a hierarchy for each controller. Of these, only memory must be there."""

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

CONTROLLERS: Final[tuple[str, ...]] = ("memory", "cpu", "pids", "freezer")
_SHARES_PER_VCPU: Final = 1024
_LEAST_SHARES: Final = 2


class Group1:
    """One environment's groups."""

    __slots__ = ("_limits", "_oom_fd", "_paths", "_peak_fd", "_stat_fd", "_usage_fd")

    def __init__(self, paths: dict[str, Path], limits: GroupLimits) -> None:
        """Make them. Raises `OSError`."""
        self._paths = paths
        self._limits = limits
        for path in paths.values():
            path.mkdir()
        memory = paths["memory"]
        write_file(memory / "memory.limit_in_bytes", str(limits.total_bytes))
        with contextlib.suppress(OSError):  # a kernel that does not count swap
            write_file(memory / "memory.memsw.limit_in_bytes", str(limits.total_bytes))
        # What sockets hold is counted apart, and only where it has a limit: 480 connections to oneself held 2.2 GB of
        # a machine, whose TCP has a limit for everybody together (measured; tcp_mem in tcp(7)).
        with contextlib.suppress(OSError):  # a kernel that does not count it
            write_file(memory / "memory.kmem.tcp.limit_in_bytes", str(limits.memory_bytes))
        if "cpu" in paths:
            shares = limits.memory_bytes * _SHARES_PER_VCPU // VCPU_MEMORY_BYTES
            write_file(paths["cpu"] / "cpu.shares", str(max(shares, _LEAST_SHARES)))
        if "pids" in paths:
            write_file(paths["pids"] / "pids.max", process_limit())
        self._usage_fd, self._peak_fd, self._stat_fd, self._oom_fd = (
            os.open(memory / name, os.O_RDONLY | os.O_CLOEXEC)
            for name in ("memory.usage_in_bytes", "memory.max_usage_in_bytes", "memory.stat", "memory.oom_control")
        )

    @property
    def join_files(self) -> tuple[str, ...]:
        """Return the `tasks` files.

        Through these a thread may move itself without the lock that `cgroup.procs` takes: that one waits for all CPUs
        to pass through the scheduler, measured as 7 to 15 ms on an idle machine.
        """
        return tuple(str(path / "tasks") for path in self._paths.values())

    def used_bytes(self) -> int:
        """Return anonymous and kernel memory, and files in memory beyond what `/tmp` may hold."""
        usage = read_number(self._usage_fd)
        if read_table(self._oom_fd).get(b"oom_kill"):
            return self._limits.total_bytes
        if usage <= self._limits.memory_bytes:  # nearly always; the large table costs ten times as much to read
            return usage
        return usage - self._file_bytes()

    def peak_bytes(self) -> int:
        """Return the high-water mark without the files that are in memory now."""
        return max(read_number(self._peak_fd) - self._file_bytes(), 0)

    def set_frozen(self, is_frozen: bool) -> bool:
        """Write to the freezer, where there is one."""
        if "freezer" not in self._paths:
            return False
        with contextlib.suppress(OSError):  # the group is gone
            write_file(self._paths["freezer"] / "freezer.state", "FROZEN" if is_frozen else "THAWED")
        return True

    async def remove(self) -> bool:
        """Kill what is left and remove the groups."""
        self._close_files()
        self.set_frozen(False)  # what is frozen does not die
        return await remove_groups(list(self._paths.values()))

    def discard(self) -> None:
        """Do the same, waiting in this thread. Raises `OSError`."""
        self._close_files()
        remove_groups_now(list(self._paths.values()))

    def _close_files(self) -> None:
        for fd in (self._usage_fd, self._peak_fd, self._stat_fd, self._oom_fd):
            if fd >= 0:
                os.close(fd)
        self._usage_fd = self._peak_fd = self._stat_fd = self._oom_fd = -1

    def _file_bytes(self) -> int:
        table = read_table(self._stat_fd)
        in_memory = table.get(b"total_shmem", 0)
        return table.get(b"total_cache", 0) - max(in_memory - self._limits.storage_bytes, 0)


class Groups1:
    """The node's groups."""

    __slots__ = ("_directories", "_names")

    def __init__(self, parents: dict[str, Path], name: str) -> None:
        """`parents` are directories by controller. Raises `OSError`."""
        self._names = tuple(parents)
        self._directories = GroupDirectories(tuple(parents.values()), name)
        if "cpu" in parents:
            # All environments together are worth as much as the CPUs: one task's worth would starve them beside the
            # node when it is busy.
            with contextlib.suppress(OSError):
                shares = _SHARES_PER_VCPU * (os.cpu_count() or 1)
                write_file(self._paths()["cpu"] / "cpu.shares", str(shares))

    @property
    def kind(self) -> str:
        """Return the version."""
        return "cgroup1"

    def create(self, name: str, limits: GroupLimits) -> Group1:
        """Make the groups of an environment. Raises `OSError`."""
        return Group1({controller: path / name for controller, path in self._paths().items()}, limits)

    def close(self) -> None:
        """Remove the node's groups."""
        self._directories.close()

    def _paths(self) -> dict[str, Path]:
        return dict(zip(self._names, self._directories.paths, strict=True))
