"""Where log lines are kept: a file per log group in the data directory, or a bounded tail in memory."""

import hashlib
import re
import threading
from collections import deque
from pathlib import Path
from typing import Protocol

FILE_BYTES = 10 * 1024 * 1024
OLD_FILES = 3
TAIL_BYTES = 1024 * 1024
_USUAL_GROUP = re.compile(r"/aws/lambda/[A-Za-z0-9_-]{1,140}")


class KeptLogs(Protocol):
    """Keeps lines by log group. `append` is called from one thread, `tail` from any."""

    def append(self, group: str, content: bytes) -> None:
        """Keep whole lines. Raises OSError when they cannot be kept."""
        ...

    def tail(self, group: str) -> bytes:
        """Return the last lines of a group, at most 1 MiB of them; nothing for an unknown group."""
        ...


class LogFiles:
    """Every log group has at most four files of 10 MiB; the newest is the one without a number."""

    def __init__(self, folder: Path, file_bytes: int = FILE_BYTES) -> None:
        self._folder = folder
        self._file_bytes = file_bytes

    def append(self, group: str, content: bytes) -> None:
        """Keep whole lines. Raises OSError when they cannot be kept."""
        path = self._path(group)
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.exists() and path.stat().st_size + len(content) > self._file_bytes:
            _rotate(path)
        with path.open("ab") as file:
            file.write(content)

    def tail(self, group: str) -> bytes:
        """Return the last lines of a group's newest file."""
        try:
            with self._path(group).open("rb") as file:
                size = file.seek(0, 2)
                start = file.seek(max(0, size - TAIL_BYTES))
                content = file.read()
        except (OSError, ValueError):  # ValueError: a name with a NUL
            return b""
        return content if start == 0 else content.partition(b"\n")[2]

    def _path(self, group: str) -> Path:
        """Return a file of the group's own, whatever its name: no name leaves the folder or is another's."""
        name = group.strip("/").replace("/", ".")
        if _USUAL_GROUP.fullmatch(group) is None:
            name = f"{name[:200]}-{hashlib.sha256(group.encode()).hexdigest()[:16]}"
        return self._folder / f"{name}.log"


def _rotate(path: Path) -> None:
    """Move `x.log` to `x.log.1` and so on; the oldest goes."""
    for number in range(OLD_FILES, 0, -1):
        older = path.with_name(f"{path.name}.{number}")
        newer = path if number == 1 else path.with_name(f"{path.name}.{number - 1}")
        if newer.exists():
            newer.replace(older)


class LogTails:
    """Every log group has its last 1 MiB of lines."""

    def __init__(self, tail_bytes: int = TAIL_BYTES) -> None:
        self._tail_bytes = tail_bytes
        self._lock = threading.Lock()
        self._tails: dict[str, deque[bytes]] = {}
        self._sizes: dict[str, int] = {}

    def append(self, group: str, content: bytes) -> None:
        """Keep whole lines, and forget the oldest beyond the limit."""
        with self._lock:
            tail = self._tails.setdefault(group, deque())
            tail.append(content)
            size = self._sizes.get(group, 0) + len(content)
            while size > self._tail_bytes:
                oldest = tail.popleft()
                excess, size = size - self._tail_bytes, size - len(oldest)
                # Of a part that is too old only in part, its newer lines stay.
                kept = oldest[excess:].partition(b"\n")[2]
                if kept:
                    tail.appendleft(kept)
                    size += len(kept)
            self._sizes[group] = size

    def tail(self, group: str) -> bytes:
        """Return the lines that are kept."""
        with self._lock:
            return b"".join(self._tails.get(group, ()))
