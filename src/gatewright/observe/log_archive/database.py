"""The SQLite file of an archive: one writing connection, a pool of reading ones, write-ahead log.

Source: "Write-Ahead Logging", "PRAGMA synchronous" (SQLite documentation): with `FULL` a commit is on the disk when it
returns. A node that forgets does without.
"""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from gatewright.base.errors import SettingsError

_BUSY_SECONDS: Final = 30.0
_IDLE_READERS: Final = 4
_JOURNAL_BYTES: Final = 8 * 1024 * 1024
"""What is left of the write-ahead log after a large transaction."""
_VERSION: Final = 1
_AFTER_EVERY_NAME: Final = "\U0010ffff"
_SCHEMA: Final = (
    """
    CREATE TABLE groups (
        id INTEGER PRIMARY KEY AUTOINCREMENT, account TEXT NOT NULL, region TEXT NOT NULL, name TEXT NOT NULL,
        created_ms INTEGER NOT NULL, retention_days INTEGER, kms_key_id TEXT, class TEXT NOT NULL,
        is_protected INTEGER NOT NULL, tags TEXT NOT NULL, stored_bytes INTEGER NOT NULL DEFAULT 0
    )
    """,
    "CREATE UNIQUE INDEX groups_name ON groups (account, region, name)",
    """
    CREATE TABLE streams (
        id INTEGER PRIMARY KEY AUTOINCREMENT, group_id INTEGER NOT NULL, name TEXT NOT NULL,
        created_ms INTEGER NOT NULL, first_ms INTEGER, last_ms INTEGER, ingested_ms INTEGER
    )
    """,
    "CREATE UNIQUE INDEX streams_name ON streams (group_id, name)",
    """
    CREATE TABLE chunks (
        id INTEGER PRIMARY KEY AUTOINCREMENT, group_id INTEGER NOT NULL, stream_id INTEGER NOT NULL,
        first_ms INTEGER NOT NULL, ingested_ms INTEGER NOT NULL, size INTEGER NOT NULL, data BLOB NOT NULL
    )
    """,
    "CREATE INDEX chunks_group ON chunks (group_id, first_ms, id)",
    "CREATE INDEX chunks_stream ON chunks (stream_id, first_ms, id)",
)


def name_range(prefix: str) -> tuple[str, str]:
    """Return the first name with a prefix, and one that comes after all of them."""
    return prefix, prefix + _AFTER_EVERY_NAME


class Database:
    """Safe to use from several threads."""

    def __init__(self, path: Path, *, is_durable: bool) -> None:
        """Open or create the file. Raises `SettingsError` when it cannot be used."""
        self._path = path
        self._lock = threading.Lock()
        self._idle: list[sqlite3.Connection] = []
        self._is_closed = False
        try:
            self._writer = _connect(path)
            # First, so that a node that forgets does not wait for the disk when the file is made either.
            self._writer.execute(f"PRAGMA synchronous = {'FULL' if is_durable else 'OFF'}")
            self._writer.execute("PRAGMA journal_mode = WAL")
            self._writer.execute(f"PRAGMA journal_size_limit = {_JOURNAL_BYTES}")
            # Some builds overwrite what is deleted with zeros, which is as much to write as events were.
            self._writer.execute("PRAGMA secure_delete = FAST")
            self._make_tables()
        except sqlite3.Error as error:
            raise SettingsError(f"the logs in {path} cannot be used: {error}") from error

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """Open a transaction: durable when the block ends, undone when it raises. One runs at a time."""
        with self._lock:
            self._writer.execute("BEGIN IMMEDIATE")
            try:
                yield self._writer
                self._writer.execute("COMMIT")
            except BaseException:
                with suppress(sqlite3.Error):
                    self._writer.rollback()
                raise

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """Lend a connection that sees one state for the length of the block."""
        try:
            connection = self._idle.pop()
        except IndexError:
            connection = _connect(self._path)
        try:
            connection.execute("BEGIN")
            yield connection
        finally:
            with suppress(sqlite3.Error):
                connection.rollback()
            if self._is_closed or len(self._idle) >= _IDLE_READERS:
                connection.close()
            else:
                self._idle.append(connection)

    def close(self) -> None:
        """Release the file. Everything acknowledged stays."""
        with self._lock:
            self._is_closed = True
            while self._idle:
                self._idle.pop().close()
            self._writer.close()

    def _make_tables(self) -> None:
        version: int = self._writer.execute("PRAGMA user_version").fetchone()[0]
        if version > _VERSION:
            raise SettingsError(f"the logs in {self._path} were written by a newer gatewright")
        if version == 0:
            self._writer.execute("BEGIN IMMEDIATE")
            for statement in _SCHEMA:
                self._writer.execute(statement)
            self._writer.execute(f"PRAGMA user_version = {_VERSION}")
            self._writer.execute("COMMIT")


def _connect(path: Path) -> sqlite3.Connection:
    # In autocommit mode we begin and end transactions ourselves; the pool hands connections from thread to thread.
    return sqlite3.connect(path, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False)
