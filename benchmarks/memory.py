"""Resident and proportional memory of processes, out of /proc (Linux)."""

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


def _descendants(pid: int) -> list[int]:
    found = []
    for children in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in children.read_text().split():
            found += [int(child), *_descendants(int(child))]
    return found


def _kib(rollup: str, field: str) -> int:
    match = re.search(rf"^{field}:\s+(\d+) kB", rollup, re.MULTILINE)
    return int(match[1]) if match else 0
