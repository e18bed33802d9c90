"""Memory and CPU time of processes, out of /proc (Linux)."""

import contextlib
import os
import re
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Memory:
    """What a process, or several, hold. PSS counts a shared page in parts."""

    rss_mib: float
    pss_mib: float


def memory_of(pid: int) -> Memory:
    """Return the memory of one process."""
    rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
    return Memory(*(_kib(rollup, field) / 1024 for field in ("Rss", "Pss")))


def memory_of_tree(pid: int) -> Memory:
    """Return the memory of a process and all its descendants, added up."""
    parts = [memory_of(one) for one in (pid, *_descendants(pid))]
    return Memory(sum(part.rss_mib for part in parts), sum(part.pss_mib for part in parts))


@dataclass(frozen=True, slots=True)
class CpuTime:
    """Seconds of CPU that a process has used, and its living descendants by id."""

    own: float
    descendants: dict[int, float]

    def since(self, earlier: "CpuTime") -> tuple[float, float]:
        """Return the seconds used between two readings: by the process, and by descendants that lived all along."""
        both = self.descendants.keys() & earlier.descendants.keys()
        return self.own - earlier.own, sum(self.descendants[pid] - earlier.descendants[pid] for pid in both)


def cpu_time(pid: int) -> CpuTime:
    """Return the CPU time of a process and its descendants so far."""
    used = {}
    for descendant in _descendants(pid):
        with contextlib.suppress(OSError):  # it has just ended
            used[descendant] = _cpu_seconds(descendant)
    return CpuTime(_cpu_seconds(pid), used)


def _cpu_seconds(pid: int) -> float:
    # proc(5): after the name in parentheses, utime and stime are the 12th and 13th fields.
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _descendants(pid: int) -> list[int]:
    found: list[int] = []
    with contextlib.suppress(OSError):  # it has just ended
        for children in Path(f"/proc/{pid}/task").glob("*/children"):
            for child in children.read_text().split():
                found += [int(child), *_descendants(int(child))]
    return found


def _kib(rollup: str, field: str) -> int:
    match = re.search(rf"^{field}:\s+(\d+) kB", rollup, re.MULTILINE)
    return int(match[1]) if match else 0
