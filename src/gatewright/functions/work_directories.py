"""Directories of a node that keeps nothing: unpacked code, the runtimes' own files.

They do not lie in /tmp, which functions have for themselves. A node holds a lock on each, so that the next one can tell
what a killed one left, and remove it.
"""

import contextlib
import fcntl
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

_PREFIX: Final = "gatewright-"
_USUAL: Final = Path("/tmp")  # noqa: S108 — mkdtemp makes the names
_OUTSIDE: Final = Path("/var/tmp")  # noqa: S108
_YOUNG_SECONDS: Final = 10.0
"""A directory as new as that may not be locked yet by the node that made it."""


@contextlib.contextmanager
def work_directory(name: str, place: Path | None = None) -> Iterator[Path]:
    """Make a directory of this node's own for the length of a block, and remove what dead nodes left beside it."""
    parent = place or _place()
    remove_abandoned(parent)
    path = Path(tempfile.mkdtemp(prefix=f"{_PREFIX}{name}-", dir=parent))
    lock = _locked(path)
    try:
        yield path
    finally:
        remove_directory(path)
        os.close(lock)


def _place() -> Path:
    """Return TMPDIR if that is set, else /var/tmp."""
    chosen = Path(tempfile.gettempdir())
    return _OUTSIDE if chosen == _USUAL and os.access(_OUTSIDE, os.W_OK | os.X_OK) else chosen


def remove_abandoned(parent: Path, now: float | None = None) -> None:
    """Remove the directories of nodes that are gone. Those of other users cannot be locked or removed, and stay."""
    now = time.time() if now is None else now
    for path in parent.glob(f"{_PREFIX}*"):
        with contextlib.suppress(OSError):
            status = path.lstat()
            if status.st_uid != os.geteuid() or now - status.st_ctime < _YOUNG_SECONDS:
                continue
            lock = _locked(path)
            try:
                remove_directory(path)
            finally:
                os.close(lock)


def remove_directory(path: Path) -> None:
    """Remove a directory of ours, packages with their read-only folders included."""
    for folder, _, _ in os.walk(path):
        with contextlib.suppress(OSError):
            os.chmod(folder, 0o700)
    shutil.rmtree(path, ignore_errors=True)


def _locked(path: Path) -> int:
    fd = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(fd)
        raise
    return fd
