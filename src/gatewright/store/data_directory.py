"""Opening a store: the data directory, its lock, and what can be wrong with them.

DIR/lock                 held by the node that uses the directory
DIR/gatewright.sqlite3   documents and change feed (and SQLite's -wal and -shm files)
DIR/blobs/               content by hash
"""

import fcntl
import os
import sqlite3
from contextlib import suppress
from pathlib import Path

from gatewright.base.errors import SettingsError
from gatewright.store.blobs import FileBlobs
from gatewright.store.memory import MemoryStore
from gatewright.store.sqlite import SqliteStore
from gatewright.store.types import Store

# Only the owner may look inside: environment variables of functions hold secrets.
_DIRECTORY_MODE = 0o700


class DirectoryLock:
    """Keeps other nodes out of a data directory for as long as it is held, and no longer than the process lives."""

    def __init__(self, path: Path) -> None:
        """Take the lock. Raises `SettingsError` when another process has it, OSError when the disk refuses."""
        # Files opened by Python are not inherited across exec, so a function's process never holds the lock.
        self._handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(self._handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            os.ftruncate(self._handle, 0)
            os.pwrite(self._handle, f"{os.getpid()}\n".encode(), 0)
        except BlockingIOError:
            owner = os.pread(self._handle, 20, 0).decode("ascii", "replace").strip()
            os.close(self._handle)
            raise SettingsError(f"it is in use by another gatewright (process {owner or 'unknown'})") from None
        except BaseException:
            os.close(self._handle)
            raise

    def release(self) -> None:
        """Let others in. The file stays: removing it would let two nodes lock two files of one name."""
        with suppress(OSError):
            os.close(self._handle)


class DirectoryStore(SqliteStore):
    """A SQLite store that holds the lock of its directory."""

    def __init__(self, directory: Path, lock: DirectoryLock) -> None:
        super().__init__(directory / "gatewright.sqlite3", FileBlobs(directory / "blobs"))
        self._lock: DirectoryLock | None = lock

    def close(self) -> None:
        """Release files and lock. Everything acknowledged stays."""
        super().close()
        if self._lock is not None:
            self._lock.release()
            self._lock = None


def open_store(data_dir: Path | None) -> Store:
    """Open the store of a data directory, creating it where needed; None keeps everything in memory.

    Raises `SettingsError` with one line when the directory cannot be used.
    """
    if data_dir is None:
        return MemoryStore()
    try:
        data_dir.mkdir(mode=_DIRECTORY_MODE, parents=True, exist_ok=True)
        lock = DirectoryLock(data_dir / "lock")
        try:
            return DirectoryStore(data_dir, lock)
        except BaseException:
            lock.release()
            raise
    except FileExistsError as error:
        raise SettingsError(f"the data directory {data_dir} cannot be used: it is a file") from error
    except OSError as error:
        raise SettingsError(f"the data directory {data_dir} cannot be used: {error.strerror}") from error
    except sqlite3.Error as error:
        raise SettingsError(f"the data directory {data_dir} cannot be used: its database: {error}") from error
    except SettingsError as error:
        raise SettingsError(f"the data directory {data_dir} cannot be used: {error}") from error
