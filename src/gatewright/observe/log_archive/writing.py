"""How events come into an archive: those of PutLogEvents, and the lines of functions by the batch."""

import sqlite3
from collections.abc import Iterable, Sequence

from gatewright.observe.log_archive.chunks import Chunk, chunks_of_events, chunks_of_lines
from gatewright.observe.log_archive.database import Database
from gatewright.observe.log_archive.groups import find_group_id, group_id_of, insert_group
from gatewright.observe.log_archive.known import KnownIds
from gatewright.observe.log_archive.streams import find_stream_id, insert_stream, stream_id_of
from gatewright.observe.log_archive.types import GroupKey, Lines, LogGroup, NewEvent


class EventWriter:
    """Safe to use from several threads; what was written is durable when a call returns."""

    def __init__(self, database: Database, known: KnownIds) -> None:
        self._database = database
        self._known = known

    def put(self, key: GroupKey, stream: str, events: Iterable[NewEvent], now_ms: int) -> None:
        """Keep events, which are in the order of their times. Raises `GroupMissing`, `StreamMissing`."""
        chunks = chunks_of_events(events)
        with self._database.writing() as connection:
            group_id = group_id_of(connection, key)
            stream_id = stream_id_of(connection, group_id, stream)
            _write(connection, group_id, stream_id, chunks, now_ms)

    def append(self, batch: Sequence[Lines], now_ms: int) -> None:
        """Keep lines of functions. Groups and streams that are not there are made."""
        streams: dict[tuple[GroupKey, str], list[Lines]] = {}
        for lines in batch:
            name = (lines[0], lines[1])
            if name in streams:
                streams[name].append(lines)
            else:
                streams[name] = [lines]
        try:
            with self._database.writing() as connection:
                for (key, stream), lines_of_stream in streams.items():
                    group_id = self._group_id(connection, key, now_ms)
                    stream_id = self._stream_id(connection, group_id, stream, now_ms)
                    _write(connection, group_id, stream_id, chunks_of_lines(lines_of_stream), now_ms)
        except BaseException:
            self._known.clear()
            raise

    def _group_id(self, connection: sqlite3.Connection, key: GroupKey, now_ms: int) -> int:
        group_id = self._known.group(key)
        if group_id is None:
            group_id = find_group_id(connection, key)
            if group_id is None:
                group_id = insert_group(connection, LogGroup(key, now_ms))
            self._known.add_group(key, group_id)
        return group_id

    def _stream_id(self, connection: sqlite3.Connection, group_id: int, name: str, now_ms: int) -> int:
        stream_id = self._known.stream(group_id, name)
        if stream_id is None:
            stream_id = find_stream_id(connection, group_id, name)
            if stream_id is None:
                stream_id = insert_stream(connection, group_id, name, now_ms)
            self._known.add_stream(group_id, name, stream_id)
        return stream_id


def _write(connection: sqlite3.Connection, group_id: int, stream_id: int, chunks: Sequence[Chunk], now_ms: int) -> None:
    if not chunks:
        return
    for chunk in chunks:
        connection.execute(
            "INSERT INTO chunks (group_id, stream_id, first_ms, ingested_ms, size, data) VALUES (?, ?, ?, ?, ?, ?)",
            (group_id, stream_id, chunk.first_ms, now_ms, chunk.size, b"".join(chunk.parts)),
        )
    first_ms, last_ms = min(chunk.first_ms for chunk in chunks), max(chunk.last_ms for chunk in chunks)
    connection.execute(
        "UPDATE streams SET first_ms = min(coalesce(first_ms, ?1), ?1), last_ms = max(coalesce(last_ms, ?2), ?2),"
        " ingested_ms = ?3 WHERE id = ?4",
        (first_ms, last_ms, now_ms, stream_id),
    )
    connection.execute(
        "UPDATE groups SET stored_bytes = stored_bytes + ? WHERE id = ?",
        (sum(chunk.size for chunk in chunks), group_id),
    )
