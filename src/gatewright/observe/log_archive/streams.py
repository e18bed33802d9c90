"""The log streams of an archive."""

import sqlite3
from typing import Final

from gatewright.observe.log_archive.database import Database, name_range
from gatewright.observe.log_archive.groups import group_id_of
from gatewright.observe.log_archive.known import KnownIds
from gatewright.observe.log_archive.types import GroupKey, LogStream, StreamExists, StreamMissing

_COLUMNS: Final = "name, created_ms, first_ms, last_ms, ingested_ms"


class Streams:
    """Safe to use from several threads; what a call changed is durable when it returns."""

    def __init__(self, database: Database, known: KnownIds) -> None:
        self._database = database
        self._known = known

    def create(self, key: GroupKey, name: str, now_ms: int) -> None:
        """Keep a new stream. Raises `GroupMissing`, `StreamExists`."""
        with self._database.writing() as connection:
            group_id = group_id_of(connection, key)
            if find_stream_id(connection, group_id, name) is not None:
                raise StreamExists(name)
            insert_stream(connection, group_id, name, now_ms)

    def delete(self, key: GroupKey, name: str) -> None:
        """Delete a stream with its events. Raises `GroupMissing`, `StreamMissing`."""
        with self._database.writing() as connection:
            group_id = group_id_of(connection, key)
            stream_id = stream_id_of(connection, group_id, name)
            connection.execute(
                "UPDATE groups SET stored_bytes = stored_bytes"
                " - (SELECT coalesce(sum(size), 0) FROM chunks WHERE stream_id = ?) WHERE id = ?",
                (stream_id, group_id),
            )
            connection.execute("DELETE FROM chunks WHERE stream_id = ?", (stream_id,))
            connection.execute("DELETE FROM streams WHERE id = ?", (stream_id,))
            self._known.clear()

    def by_name(
        self, key: GroupKey, *, prefix: str = "", after: str = "", is_descending: bool = False, limit: int
    ) -> list[LogStream]:
        """Return streams in the order of their names, those that come after the name `after`. Raises `GroupMissing`."""
        order, beyond = ("DESC", "<") if is_descending else ("ASC", ">")
        with self._database.reading() as connection:
            group_id = group_id_of(connection, key)
            rows = connection.execute(
                f"SELECT {_COLUMNS} FROM streams WHERE group_id = ? AND name >= ? AND name < ?"  # noqa: S608
                f" AND (? = '' OR name {beyond} ?) ORDER BY name {order} LIMIT ?",
                (group_id, *name_range(prefix), after, after, limit),
            ).fetchall()
        return [LogStream(*row) for row in rows]

    def by_last_event(
        self, key: GroupKey, *, after: tuple[int, str] | None = None, is_descending: bool = False, limit: int
    ) -> list[LogStream]:
        """Return streams in the order of their last events, then of their names, those without any being the oldest.

        `after` is the time of the last event (0 for none) and the name of a stream. Raises `GroupMissing`.
        """
        order, beyond = ("DESC", "<") if is_descending else ("ASC", ">")
        with self._database.reading() as connection:
            group_id = group_id_of(connection, key)
            rows = connection.execute(
                f"SELECT {_COLUMNS} FROM streams WHERE group_id = ?"  # noqa: S608
                f" AND (? OR (coalesce(last_ms, 0), name) {beyond} (?, ?))"
                f" ORDER BY coalesce(last_ms, 0) {order}, name {order} LIMIT ?",
                (group_id, after is None, *(after or (0, "")), limit),
            ).fetchall()
        return [LogStream(*row) for row in rows]


def insert_stream(connection: sqlite3.Connection, group_id: int, name: str, now_ms: int) -> int:
    """Write a new stream and return its id."""
    cursor = connection.execute(
        "INSERT INTO streams (group_id, name, created_ms) VALUES (?, ?, ?)", (group_id, name, now_ms)
    )
    assert cursor.lastrowid is not None
    return cursor.lastrowid


def find_stream_id(connection: sqlite3.Connection, group_id: int, name: str) -> int | None:
    """Return the id of a stream, or None."""
    row = connection.execute("SELECT id FROM streams WHERE group_id = ? AND name = ?", (group_id, name)).fetchone()
    return None if row is None else int(row[0])


def stream_id_of(connection: sqlite3.Connection, group_id: int, name: str) -> int:
    """Return the id of a stream. Raises `StreamMissing`."""
    found = find_stream_id(connection, group_id, name)
    if found is None:
        raise StreamMissing(name)
    return found
