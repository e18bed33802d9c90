"""Control groups: what is written where. The files here are plain ones; integration tests use real groups."""

import fcntl
import os
from pathlib import Path
from typing import ClassVar

import pytest

from gatewright.functions.sandbox import cgroups
from gatewright.functions.sandbox.cgroup1 import Group1
from gatewright.functions.sandbox.cgroup2 import Group2
from gatewright.functions.sandbox.cgroup_search import find_groups, group_directories, own_groups
from gatewright.functions.sandbox.cgroups import GroupLimits, read_number, read_table

MIB = 1 << 20
LIMITS = GroupLimits(256 * MIB, 512 * MIB)

HYBRID_MOUNTS = """\
25 21 0:22 / /sys/fs/cgroup rw shared:2 - tmpfs tmpfs rw,mode=755
26 25 0:23 / /sys/fs/cgroup/memory rw,relatime shared:3 - cgroup cgroup rw,memory
27 25 0:24 / /sys/fs/cgroup/cpu,cpuacct rw,relatime shared:4 - cgroup cgroup rw,cpu,cpuacct
28 25 0:25 / /sys/fs/cgroup/pids rw,relatime - cgroup cgroup rw,pids
29 25 0:26 / /sys/fs/cgroup/devices rw,relatime - cgroup cgroup rw,devices
30 25 0:27 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw
"""
HYBRID_OWN = "8:pids:/\n4:memory:/jobs/7\n2:cpu,cpuacct:/jobs\n1:name=systemd:/\n0::/\n"
CONTAINER_MOUNTS = "700 690 0:30 /docker/abc /sys/fs/cgroup/memory ro,nosuid - cgroup cgroup rw,memory\n"
CONTAINER_OWN = "4:memory:/docker/abc\n"
SERVICE_MOUNTS = "25 21 0:22 / /sys/fs/cgroup rw shared:2 - cgroup2 cgroup2 rw,nsdelegate\n"
SERVICE_OWN = "0::/system.slice/gatewright.service\n"


def directories(mounts: str, own: str) -> dict[str, str]:
    return {name: str(path) for name, path in group_directories(mounts, own_groups(own)).items()}


def test_where_ones_own_groups_are() -> None:
    assert directories(HYBRID_MOUNTS, HYBRID_OWN) == {
        "memory": "/sys/fs/cgroup/memory/jobs/7",
        "cpu": "/sys/fs/cgroup/cpu,cpuacct/jobs",
        "pids": "/sys/fs/cgroup/pids",
        "": "/sys/fs/cgroup/unified",
    }
    assert directories(CONTAINER_MOUNTS, CONTAINER_OWN) == {"memory": "/sys/fs/cgroup/memory"}
    assert directories(SERVICE_MOUNTS, SERVICE_OWN) == {"": "/sys/fs/cgroup/system.slice/gatewright.service"}


def test_where_the_top_is() -> None:
    assert group_directories(SERVICE_MOUNTS, {}) == {"": Path("/sys/fs/cgroup")}


def test_a_machine_without_control_groups(tmp_path: Path) -> None:
    assert find_groups(tmp_path) is None
    (tmp_path / "mountinfo").write_text("21 1 8:1 / / rw - ext4 /dev/root rw\n")
    (tmp_path / "cgroup").write_text("0::/\n")
    assert find_groups(tmp_path) is None


def prepare(path: Path, files: dict[str, str]) -> None:
    for name, content in files.items():
        (path / name).write_text(content)


class MakingFiles(type(Path())):  # type: ignore[misc]
    """A directory that is filled by being made, as the kernel does it."""

    files: ClassVar[dict[str, str]]

    def mkdir(self, mode: int = 0o777, parents: bool = False, exist_ok: bool = False) -> None:
        super().mkdir(mode, parents, exist_ok)
        prepare(self, self.files)


class MemoryFiles1(MakingFiles):
    files: ClassVar = {
        "memory.limit_in_bytes": "",
        "memory.memsw.limit_in_bytes": "",
        "memory.kmem.tcp.limit_in_bytes": "",
        "memory.usage_in_bytes": "1000\n",
        "memory.max_usage_in_bytes": "9000\n",
        "memory.stat": "cache 1\ntotal_cache 2000\ntotal_shmem 500\n",
        "memory.oom_control": "oom_kill_disable 0\nunder_oom 0\noom_kill 0\n",
    }


class CpuFiles1(MakingFiles):
    files: ClassVar = {"cpu.shares": ""}


class PidsFiles1(MakingFiles):
    files: ClassVar = {"pids.max": ""}


class Files2(MakingFiles):
    files: ClassVar = {
        "memory.max": "",
        "memory.oom.group": "",
        "memory.swap.max": "",
        "cpu.weight": "",
        "pids.max": "",
        "memory.current": "1000\n",
        "memory.peak": "9000\n",
        "memory.stat": "anon 7\nfile 2000\nshmem 500\n",
        "memory.events": "low 0\noom 0\noom_kill 0\n",
    }


@pytest.fixture
def group1(tmp_path: Path) -> Group1:
    return Group1(
        {"memory": MemoryFiles1(tmp_path / "m"), "cpu": CpuFiles1(tmp_path / "c"), "pids": PidsFiles1(tmp_path / "p")},
        LIMITS,
    )


def test_limits_of_version_1(group1: Group1, tmp_path: Path) -> None:
    assert (tmp_path / "m" / "memory.limit_in_bytes").read_text() == str(768 * MIB)
    assert (tmp_path / "m" / "memory.memsw.limit_in_bytes").read_text() == str(768 * MIB)
    assert (tmp_path / "m" / "memory.kmem.tcp.limit_in_bytes").read_text() == str(256 * MIB)
    assert (tmp_path / "c" / "cpu.shares").read_text() == str(256 * 1024 // 1769)
    assert int((tmp_path / "p" / "pids.max").read_text()) >= 1024
    assert group1.join_files == tuple(str(tmp_path / name / "tasks") for name in ("m", "c", "p"))


def test_limits_of_version_2(tmp_path: Path) -> None:
    path = Files2(tmp_path / "g")
    group = Group2(path, frozenset({"memory", "cpu", "pids"}), LIMITS)
    assert (path / "memory.max").read_text() == str(768 * MIB)
    assert (path / "memory.oom.group").read_text() == "1"
    assert (path / "memory.swap.max").read_text() == "0"
    assert (path / "cpu.weight").read_text() == str(256 * 100 // 1769)
    assert group.join_files == (str(path / "cgroup.procs"),)


@pytest.mark.parametrize("version", [1, 2])
def test_what_counts_as_memory(tmp_path: Path, version: int) -> None:
    """Files in /tmp do not, up to the size of /tmp; caches do not; what the kernel killed for does."""
    if version == 1:
        path: Path = MemoryFiles1(tmp_path / "g")
        group: Group1 | Group2 = Group1({"memory": path}, LIMITS)
        usage, stat, oom = "memory.usage_in_bytes", "memory.stat", "memory.oom_control"
        table = "total_cache {} \ntotal_shmem {}\n"
    else:
        path = Files2(tmp_path / "g")
        group = Group2(path, frozenset(), LIMITS)
        usage, stat, oom = "memory.current", "memory.stat", "memory.events"
        table = "file {}\nshmem {}\n"
    assert group.used_bytes() == 1000
    assert group.peak_bytes() == 7000
    (path / usage).write_text(f"{700 * MIB}\n")
    (path / stat).write_text(table.format(500 * MIB, 480 * MIB))
    assert group.used_bytes() == 200 * MIB
    (path / stat).write_text(table.format(620 * MIB, 600 * MIB))  # 88 MiB more than /tmp can hold: in /dev/shm
    assert group.used_bytes() == (700 - 620 + 88) * MIB
    (path / oom).write_text("under_oom 0\noom_kill 1\n")
    assert group.used_bytes() > LIMITS.memory_bytes


def test_numbers_of_a_group_that_is_gone(tmp_path: Path) -> None:
    assert read_number(-1) == 0
    assert read_table(-1) == {}


def test_what_a_dead_node_left_is_removed_and_what_a_living_one_has_is_not(tmp_path: Path) -> None:
    dead, living, other = (tmp_path / name for name in ("gatewright-d", "gatewright-l", "shell"))
    for path in (dead, living, other):
        (path / "0").mkdir(parents=True)
    held = os.open(living, os.O_RDONLY)
    fcntl.flock(held, fcntl.LOCK_EX)
    made_at = dead.stat().st_ctime
    try:
        cgroups.remove_abandoned(tmp_path, now=made_at + 1)  # a node may just be about to lock it
        assert dead.exists()
        cgroups.remove_abandoned(tmp_path, now=made_at + 5)
        assert sorted(path.name for path in tmp_path.iterdir()) == ["gatewright-l", "shell"]
    finally:
        os.close(held)


async def test_a_group_that_does_not_empty(tmp_path: Path) -> None:
    busy = tmp_path / "busy"
    (busy / "below").mkdir(parents=True)
    assert await cgroups.remove_groups([busy], attempts=3) is False
    with pytest.raises(OSError, match="do not end"):
        cgroups.remove_groups_now([busy], attempts=3)
