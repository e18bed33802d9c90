"""An archive of logs: groups, streams and events in a SQLite file of its own, beside the store.

It is written by many and read by few: events go in by the chunk, and are taken apart when somebody looks. Groups live
here, too, so that the first line of a function makes its group in the same transaction.
"""

import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from gatewright.observe.log_archive.chunks import SPAN_MS
from gatewright.observe.log_archive.database import Database, name_range
from gatewright.observe.log_archive.groups import Groups, group_id_of
from gatewright.observe.log_archive.known import KnownIds
from gatewright.observe.log_archive.reading import Range, read_backward, read_forward
from gatewright.observe.log_archive.streams import Streams, find_stream_id, stream_id_of
from gatewright.observe.log_archive.types import GroupKey, LogEvent, Position
from gatewright.observe.log_archive.writing import EventWriter

DAY_MS: Final = 86_400_000
_TRIM_CHUNKS: Final = 64
"""So many go in one transaction, which others wait for."""
_KEPT_SHARE: Final = 0.95
"""What is left after an archive that is too large was made smaller."""


class LogArchive:
    """Safe to use from several threads."""

    def __init__(
        self,
        path: Path,
        *,
        is_durable: bool = True,
        kept_bytes: int = 1 << 30,
        before_reading: Callable[[], None] = lambda: None,
    ) -> None:
        """Open or create the file. Raises `SettingsError` when it cannot be used.

        Of more than `kept_bytes`, the oldest chunks go. `before_reading` brings in what waits to be written.
        """
        self._database = Database(path, is_durable=is_durable)
        self._kept_bytes = kept_bytes
        self._before_reading = before_reading
        known = KnownIds()
        self._known = known
        self.groups = Groups(self._database, known)
        self.streams = Streams(self._database, known)
        self.events = EventWriter(self._database, known)

    def catch_up(self) -> None:
        """Bring in what waits to be written."""
        self._before_reading()

    @contextmanager
    def reading(self, key: GroupKey) -> Iterator["GroupReader"]:
        """Read a group, as it is now. Raises `GroupMissing`."""
        with self._database.reading() as connection:
            yield GroupReader(connection, group_id_of(connection, key))

    def delete_outdated(self, now_ms: int) -> None:
        """Delete the events that are older than their groups keep them."""
        with self._database.writing() as connection:
            groups = connection.execute("SELECT id, retention_days FROM groups WHERE retention_days > 0").fetchall()
            for group_id, days in groups:
                where = (group_id, now_ms - days * DAY_MS - SPAN_MS)
                row = connection.execute(
                    "SELECT coalesce(sum(size), 0) FROM chunks WHERE group_id = ? AND first_ms < ?", where
                ).fetchone()
                connection.execute("DELETE FROM chunks WHERE group_id = ? AND first_ms < ?", where)
                connection.execute("UPDATE groups SET stored_bytes = stored_bytes - ? WHERE id = ?", (row[0], group_id))

    def delete_excess(self) -> None:
        """Delete the chunks that were written first, when there is more than is kept."""
        with self._database.reading() as connection:
            total = _total(connection)
        if total <= self._kept_bytes:
            return
        while total > self._kept_bytes * _KEPT_SHARE:
            with self._database.writing() as connection:
                oldest = connection.execute(
                    "SELECT id, group_id, size FROM chunks ORDER BY id LIMIT ?", (_TRIM_CHUNKS,)
                ).fetchall()
                if not oldest:
                    return
                excess = list(_first_of(oldest, total - self._kept_bytes * _KEPT_SHARE))
                connection.execute("DELETE FROM chunks WHERE id <= ?", (excess[-1][0],))
                connection.executemany(
                    "UPDATE groups SET stored_bytes = stored_bytes - ? WHERE id = ?",
                    [(size, group_id) for _, group_id, size in excess],
                )
                total = _total(connection)

    def close(self) -> None:
        """Release the file. Everything acknowledged stays."""
        self._database.close()


class GroupReader:
    """Reads one group, in one state of it."""

    def __init__(self, connection: sqlite3.Connection, group_id: int) -> None:
        self._connection = connection
        self._group_id = group_id

    def stream(self, name: str) -> int:
        """Return the id of a stream. Raises `StreamMissing`."""
        return stream_id_of(self._connection, self._group_id, name)

    def streams_named(self, names: list[str]) -> frozenset[int]:
        """Return the ids of those streams that are there."""
        found = (find_stream_id(self._connection, self._group_id, name) for name in names)
        return frozenset(stream_id for stream_id in found if stream_id is not None)

    def streams_with(self, prefix: str) -> frozenset[int]:
        """Return the ids of the streams whose names begin with a prefix."""
        rows = self._connection.execute(
            "SELECT id FROM streams WHERE group_id = ? AND name >= ? AND name < ?",
            (self._group_id, *name_range(prefix)),
        )
        return frozenset(stream_id for (stream_id,) in rows)

    def forward(
        self, streams: frozenset[int] | None, start_ms: int | None, end_ms: int | None, after: Position | None = None
    ) -> Iterator[LogEvent]:
        """Yield events from the oldest to the newest, both times included, only those beyond the position."""
        return read_forward(self._connection, self._range(streams, start_ms, end_ms), after)

    def backward(
        self, streams: frozenset[int] | None, start_ms: int | None, end_ms: int | None, before: Position | None = None
    ) -> Iterator[LogEvent]:
        """Yield events from the newest to the oldest, both times included, only those before the position."""
        return read_backward(self._connection, self._range(streams, start_ms, end_ms), before)

    def _range(self, streams: frozenset[int] | None, start_ms: int | None, end_ms: int | None) -> Range:
        wanted = Range(self._group_id, streams)
        return Range(
            self._group_id,
            streams,
            wanted.start_ms if start_ms is None else start_ms,
            wanted.end_ms if end_ms is None else min(end_ms, wanted.end_ms),
        )


def _total(connection: sqlite3.Connection) -> int:
    return int(connection.execute("SELECT coalesce(sum(stored_bytes), 0) FROM groups").fetchone()[0])


def _first_of(chunks: Iterable[tuple[int, int, int]], size: float) -> Iterator[tuple[int, int, int]]:
    """Yield the first ones (id, group, size) until they have a size."""
    for chunk in chunks:
        yield chunk
        size -= chunk[2]
        if size <= 0:
            return
