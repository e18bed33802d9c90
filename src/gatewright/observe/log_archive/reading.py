"""How events are read from an archive: in the order of their times, whichever streams they are of.

Chunks are opened when the reading comes to where they begin, and forgotten when it has left them. As a chunk spans at
most a minute, few are open at a time.
"""

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from heapq import heappop, heappush

from gatewright.observe.log_archive.chunks import SPAN_MS, events_of
from gatewright.observe.log_archive.types import LogEvent, Position


@dataclass(frozen=True, slots=True)
class Range:
    """Which events of a group to read."""

    group_id: int
    streams: frozenset[int] | None = None
    """The ids of the streams, or None for all."""
    start_ms: int = 0
    end_ms: int = (1 << 63) - 1 - SPAN_MS
    """Both are included."""


Row = tuple[int, int, int, int]
"""Id of a chunk and of its stream, when it begins, when it was ingested."""


def read_forward(connection: sqlite3.Connection, wanted: Range, after: Position | None = None) -> Iterator[LogEvent]:
    """Yield events from the oldest to the newest, only those beyond the position."""
    start_ms = wanted.start_ms if after is None else max(wanted.start_ms, after.timestamp_ms)
    rows = _rows(connection, wanted, start_ms, wanted.end_ms, "ASC")
    streams = StreamNames(connection)
    heap: list[tuple[Position, bytes, Row, Iterator[tuple[Position, bytes]]]] = []
    row = next(rows, None)
    while heap or row is not None:
        while row is not None and (not heap or row[2] <= heap[0][0].timestamp_ms):
            events = _open(connection, row, start_ms, wanted.end_ms)
            first = next(events, None)
            if first is not None:
                heappush(heap, (*first, row, events))
            row = next(rows, None)
        if not heap:
            continue
        position, message, chunk, events = heappop(heap)
        following = next(events, None)
        if following is not None:
            heappush(heap, (*following, chunk, events))
        if after is None or position > after:
            yield _event(position, message, chunk, streams)


def read_backward(connection: sqlite3.Connection, wanted: Range, before: Position | None = None) -> Iterator[LogEvent]:
    """Yield events from the newest to the oldest, only those before the position."""
    end_ms = wanted.end_ms if before is None else min(wanted.end_ms, before.timestamp_ms)
    rows = _rows(connection, wanted, wanted.start_ms, end_ms, "DESC")
    streams = StreamNames(connection)
    heap: list[tuple[tuple[int, int, int], Position, bytes, Row, Iterator[tuple[Position, bytes]]]] = []
    row = next(rows, None)
    while heap or row is not None:
        # A chunk may go on for as long after it begins.
        while row is not None and (not heap or row[2] + SPAN_MS >= heap[0][1].timestamp_ms):
            events = iter(list(_open(connection, row, wanted.start_ms, end_ms))[::-1])
            last = next(events, None)
            if last is not None:
                heappush(heap, (_reversed(last[0]), *last, row, events))
            row = next(rows, None)
        if not heap:
            continue
        _, position, message, chunk, events = heappop(heap)
        following = next(events, None)
        if following is not None:
            heappush(heap, (_reversed(following[0]), *following, chunk, events))
        if before is None or position < before:
            yield _event(position, message, chunk, streams)


class StreamNames:
    """The names of streams by their ids, each looked up once."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._names: dict[int, str] = {}

    def name(self, stream_id: int) -> str:
        """Return the name of a stream."""
        found = self._names.get(stream_id)
        if found is None:
            row = self._connection.execute("SELECT name FROM streams WHERE id = ?", (stream_id,)).fetchone()
            found = self._names[stream_id] = str(row[0])
        return found


def _rows(connection: sqlite3.Connection, wanted: Range, start_ms: int, end_ms: int, order: str) -> Iterator[Row]:
    streams = wanted.streams
    if streams is not None and not streams:
        return iter(())
    by_stream = streams is not None and len(streams) == 1
    column, owner = ("stream_id", next(iter(streams or ()))) if by_stream else ("group_id", wanted.group_id)
    found = connection.execute(
        f"SELECT id, stream_id, first_ms, ingested_ms FROM chunks WHERE {column} = ? AND first_ms BETWEEN ? AND ?"  # noqa: S608
        f" ORDER BY first_ms {order}, id {order}",
        (owner, start_ms - SPAN_MS, end_ms),
    )
    return found if streams is None or by_stream else (row for row in found if row[1] in streams)


def _open(connection: sqlite3.Connection, row: Row, start_ms: int, end_ms: int) -> Iterator[tuple[Position, bytes]]:
    """Yield the positions and messages of a chunk's events that are in the range."""
    chunk = row[0]
    data: bytes = connection.execute("SELECT data FROM chunks WHERE id = ?", (chunk,)).fetchone()[0]
    for number, (timestamp_ms, message) in enumerate(events_of(data)):
        if start_ms <= timestamp_ms <= end_ms:
            yield Position(timestamp_ms, chunk, number), message


def _reversed(position: Position) -> tuple[int, int, int]:
    return -position.timestamp_ms, -position.chunk, -position.number


def _event(position: Position, message: bytes, row: Row, streams: StreamNames) -> LogEvent:
    return LogEvent(position, message.decode("utf-8", "replace"), row[3], streams.name(row[1]))
