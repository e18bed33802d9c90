"""The store on SQLite: one writing connection, a pool of reading ones, write-ahead log, every commit synced.

Source: "Write-Ahead Logging" and "PRAGMA synchronous" (SQLite documentation): with WAL and `synchronous=FULL` a commit
is on the disk when it returns, and readers keep the state they began with while a writer goes on.
"""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from gatewright.base.errors import SettingsError
from gatewright.base.event_queue import EventQueue
from gatewright.store import encoding
from gatewright.store.errors import StoreClosed, StoreError, StoreUnavailable
from gatewright.store.queue import SqliteQueue
from gatewright.store.schema import migrate
from gatewright.store.types import Blobs, Change, Document, Key, Reader, Writer, is_followed

_IDLE_READERS = 8
_SCAN_PAGE = 500
_BUSY_TIMEOUT_SECONDS = 30.0


class SqliteReader:
    """A view inside a transaction of one connection."""

    __slots__ = ("_connection", "_revision")

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection: sqlite3.Connection | None = connection
        # The first statement that reads fixes the state which the transaction sees.
        self._revision: int = connection.execute("SELECT value FROM state WHERE name = 'revision'").fetchone()[0]

    @property
    def revision(self) -> int:
        """Return the revision that this view shows."""
        return self._revision

    @property
    def connection(self) -> sqlite3.Connection:
        """Return the connection. Raises `StoreClosed` after the block."""
        if self._connection is None:
            raise StoreClosed("This view of the store is closed")
        return self._connection

    def close(self) -> None:
        """Make the view unusable: its transaction has ended."""
        self._connection = None

    def get(self, key: Key) -> Document | None:
        """Return a document, or None."""
        row = self.connection.execute(
            "SELECT body FROM documents WHERE service = ? AND kind = ? AND account = ? AND region = ? AND id = ?",
            (key.service, key.kind, key.account, key.region, key.id),
        ).fetchone()
        return None if row is None else encoding.decode(row[0])

    def list(
        self,
        account: str,
        region: str,
        service: str,
        kind: str,
        *,
        prefix: str = "",
        after: str = "",
        limit: int | None = None,
    ) -> list[tuple[str, Document]]:
        """Return (id, document) pairs whose id starts with `prefix` and is greater than `after`, in id order."""
        # A range rather than LIKE: it uses the index, and no character of an id is special.
        rows = self.connection.execute(
            "SELECT id, body FROM documents WHERE service = ? AND kind = ? AND account = ? AND region = ?"
            " AND id > ? AND id >= ? AND id < ? ORDER BY id LIMIT ?",
            (
                *(service, kind, account, region),
                *(after, prefix, _end_of_prefix(prefix)),
                -1 if limit is None else limit,
            ),
        ).fetchall()
        return [(identifier, encoding.decode(body)) for identifier, body in rows]

    def scan(self, service: str, kind: str) -> Iterator[tuple[Key, Document]]:
        """Yield every document of a kind, in all accounts and regions, in key order."""
        last = ("", "", "")
        while True:
            rows = self.connection.execute(
                "SELECT account, region, id, body FROM documents WHERE service = ? AND kind = ?"
                " AND (account, region, id) > (?, ?, ?) ORDER BY account, region, id LIMIT ?",
                (service, kind, *last, _SCAN_PAGE),
            ).fetchall()
            for account, region, identifier, body in rows:
                yield Key(account, region, service, kind, identifier), encoding.decode(body)
            if len(rows) < _SCAN_PAGE:
                return
            last = rows[-1][:3]


class SqliteWriter(SqliteReader):
    """The view of a write transaction. `changes` are its lines for the feed."""

    __slots__ = ("changes",)

    def __init__(self, connection: sqlite3.Connection) -> None:
        super().__init__(connection)
        self.changes: dict[Key, bool] = {}

    def put(self, key: Key, document: Document) -> None:
        """Create or replace a document."""
        self.connection.execute(
            "INSERT INTO documents (service, kind, account, region, id, body) VALUES (?, ?, ?, ?, ?, ?)"
            " ON CONFLICT (service, kind, account, region, id) DO UPDATE SET body = excluded.body",
            (key.service, key.kind, key.account, key.region, key.id, encoding.encode(document)),
        )
        self.changes[key] = False

    def delete(self, key: Key) -> bool:
        """Delete a document; False when there was none."""
        cursor = self.connection.execute(
            "DELETE FROM documents WHERE service = ? AND kind = ? AND account = ? AND region = ? AND id = ?",
            (key.service, key.kind, key.account, key.region, key.id),
        )
        if cursor.rowcount == 0:
            return False
        self.changes[key] = True
        return True

    def append_changes(self) -> None:
        """Advance the revision and write the feed's lines, if anything changed that is followed."""
        lines = [(key, is_deleted) for key, is_deleted in self.changes.items() if is_followed(key)]
        if not lines:
            return
        revision = self._revision + 1
        self.connection.execute("UPDATE state SET value = ? WHERE name = 'revision'", (revision,))
        self.connection.executemany(
            "INSERT INTO changes (revision, service, kind, account, region, id, is_deleted)"
            " VALUES (?, ?, ?, ?, ?, ?, ?)",
            [
                (revision, key.service, key.kind, key.account, key.region, key.id, is_deleted)
                for key, is_deleted in lines
            ],
        )


class SqliteStore:
    """Documents in a SQLite file, blobs wherever `blobs` keeps them. Safe to use from several threads."""

    def __init__(self, path: Path, blobs: Blobs) -> None:
        """Open or create the file and bring its schema up to date. Raises sqlite3.Error and `SettingsError`."""
        self._path = path
        self._blobs = blobs
        self._guard = threading.Lock()
        self._idle: list[sqlite3.Connection] = []
        self._is_closed = False
        self._write_lock = threading.Lock()
        self._writing_thread: int | None = None
        self._queue = SqliteQueue(self._reading, self._writing)
        self._writer = _connect(path)
        try:
            mode = self._writer.execute("PRAGMA journal_mode = WAL").fetchone()[0]
            if mode != "wal":
                raise SettingsError("its file system cannot hold a write-ahead log")
            self._writer.execute("PRAGMA synchronous = FULL")
            migrate(self._writer)
        except BaseException:
            self._writer.close()
            raise

    @property
    def blobs(self) -> Blobs:
        """Return the blobs."""
        return self._blobs

    @property
    def queue(self) -> EventQueue:
        """Return the queue."""
        return self._queue

    @contextmanager
    def read(self) -> Iterator[Reader]:
        """Open a consistent view."""
        with self._reading() as connection:
            connection.execute("BEGIN")
            view = SqliteReader(connection)
            try:
                yield view
            finally:
                view.close()

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection]:
        """Lend a reading connection; a transaction that is open at the end of the block is ended."""
        connection = self._take_reader()
        try:
            with _translated():
                try:
                    yield connection
                finally:
                    connection.rollback()
        finally:
            self._give_back(connection)

    @contextmanager
    def write(self) -> Iterator[Writer]:
        """Open a transaction: durable when the block ends, undone when it raises. One runs at a time."""
        with self._writing() as connection:
            view = SqliteWriter(connection)
            try:
                yield view
                view.append_changes()
            finally:
                view.close()

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        if self._writing_thread == threading.get_ident():
            raise StoreError("This thread already writes: a transaction cannot open another")
        with self._write_lock:
            self._refuse_closed()
            self._writing_thread = threading.get_ident()
            try:
                with _translated(), self._transaction() as connection:
                    yield connection
            finally:
                self._writing_thread = None

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        self._writer.execute("BEGIN IMMEDIATE")
        try:
            yield self._writer
            self._writer.execute("COMMIT")
        except BaseException:
            # A statement that failed for want of space has rolled back by itself; a second time does no harm.
            with suppress(sqlite3.Error):
                self._writer.rollback()
            raise

    def revision(self) -> int:
        """Return the last committed revision."""
        with self.read() as view:
            return view.revision

    def changes(self, after: int, limit: int = 1000) -> list[Change]:
        """Return the feed's lines of revisions beyond `after`, whole revisions only, oldest first.

        `limit` bounds the lines, but a first revision that is larger is returned whole: a follower always gets on.
        """
        connection = self._take_reader()
        try:
            with _translated():
                rows = connection.execute(
                    "SELECT revision, account, region, service, kind, id, is_deleted FROM changes WHERE revision > ?"
                    " AND revision <= coalesce("
                    # The last revision that fits whole: the one before the revision of the first line too many …
                    "  max((SELECT revision - 1 FROM changes WHERE revision > ? ORDER BY revision LIMIT 1 OFFSET ?),"
                    # … but at least the first one.
                    "  (SELECT min(revision) FROM changes WHERE revision > ?)), (SELECT max(revision) FROM changes))"
                    " ORDER BY sequence",
                    (after, after, max(limit, 1), after),
                ).fetchall()
        finally:
            self._give_back(connection)
        return [Change(revision, Key(*key), bool(is_deleted)) for revision, *key, is_deleted in rows]

    def close(self) -> None:
        """Release files, after the transaction that may be running. Everything acknowledged stays."""
        with self._write_lock:
            with self._guard:
                self._is_closed = True
                idle, self._idle = self._idle, []
            for connection in idle:
                connection.close()
            self._writer.close()

    def _refuse_closed(self) -> None:
        if self._is_closed:
            raise StoreClosed("The store is closed")

    def _take_reader(self) -> sqlite3.Connection:
        with self._guard:
            self._refuse_closed()
            if self._idle:
                return self._idle.pop()
        with _translated():
            connection = _connect(self._path)
            connection.execute("PRAGMA query_only = ON")
            return connection

    def _give_back(self, connection: sqlite3.Connection) -> None:
        with self._guard:
            if not self._is_closed and len(self._idle) < _IDLE_READERS:
                self._idle.append(connection)
                return
        connection.close()


def _end_of_prefix(prefix: str) -> str | bytes:
    """Return the first string beyond all that start with `prefix`, or an empty blob: it sorts after every text."""
    stem = prefix.rstrip("\U0010ffff")
    if not stem:
        return b""
    following = ord(stem[-1]) + 1
    # Surrogates are no characters: U+D7FF is followed by U+E000.
    return stem[:-1] + chr(0xE000 if 0xD800 <= following <= 0xDFFF else following)


def _connect(path: Path) -> sqlite3.Connection:
    # Transactions are ours to begin (isolation_level None); the locks above see to one thread at a time.
    return sqlite3.connect(path, timeout=_BUSY_TIMEOUT_SECONDS, isolation_level=None, check_same_thread=False)


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        raise StoreUnavailable(f"The store cannot be used: {error}") from error
