"""The queue of a store: `base.event_queue.EventQueue` on SQLite, and in memory for a node that forgets."""

import threading
from bisect import insort
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from itertools import count
from sqlite3 import Connection

from gatewright.base.event_queue import LaneSize, NewItem, QueueChange, QueuedItem

Transaction = Callable[[], AbstractContextManager[Connection]]
"""Opens a transaction; its connection is usable until the block ends."""


class SqliteQueue:
    """Items in the table `queue`."""

    def __init__(self, read: Transaction, write: Transaction) -> None:
        self._read = read
        self._write = write

    def apply(self, changes: Sequence[QueueChange]) -> None:
        """Make changes in one transaction."""
        with self._write() as connection:
            connection.executemany(
                "INSERT INTO queue (lane, due, header, payload) VALUES (?, ?, ?, ?)",
                ((item.lane, item.due, item.header, item.payload) for change in changes for item in change.added),
            )
            connection.executemany(
                "UPDATE queue SET due = ?, header = ? WHERE sequence = ?",
                ((later.due, later.header, later.sequence) for change in changes for later in change.postponed),
            )
            connection.executemany(
                "DELETE FROM queue WHERE sequence = ?",
                ((sequence,) for change in changes for sequence in change.removed),
            )

    def look(self, lane: str, limit: int) -> list[tuple[int, float]]:
        """Return (sequence, due) of the items of a lane that are due first; the index holds all of it."""
        with self._read() as connection:
            return connection.execute(
                "SELECT sequence, due FROM queue WHERE lane = ? ORDER BY due, sequence LIMIT ?", (lane, limit)
            ).fetchall()

    def read(self, sequences: Sequence[int]) -> list[QueuedItem]:
        """Return items, without those that are gone."""
        with self._read() as connection:
            rows = connection.execute(
                "SELECT sequence, due, header, payload FROM queue"  # noqa: S608 — question marks only
                f" WHERE sequence IN ({','.join('?' * len(sequences))}) ORDER BY sequence",
                tuple(sequences),
            ).fetchall()
        return [QueuedItem(*row) for row in rows]

    def lanes(self) -> list[LaneSize]:
        """Return every lane in which something waits."""
        with self._read() as connection:
            rows = connection.execute(
                "SELECT lane, count(*), sum(length(header) + length(payload)) FROM queue GROUP BY lane ORDER BY lane"
            ).fetchall()
        return [LaneSize(*row) for row in rows]


class MemoryQueue:
    """Items in memory."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._sequences = count(1)
        self._items: dict[int, tuple[str, QueuedItem]] = {}
        self._lanes: dict[str, list[tuple[float, int]]] = {}

    def apply(self, changes: Sequence[QueueChange]) -> None:
        """Make changes."""
        with self._lock:
            for change in changes:
                for new in change.added:
                    self._add(new)
                for later in change.postponed:
                    if later.sequence in self._items:
                        lane, item = self._remove(later.sequence)
                        self._insert(lane, QueuedItem(item.sequence, later.due, later.header, item.payload))
                for sequence in change.removed:
                    if sequence in self._items:
                        self._remove(sequence)

    def look(self, lane: str, limit: int) -> list[tuple[int, float]]:
        """Return (sequence, due) of the items of a lane that are due first."""
        with self._lock:
            return [(sequence, due) for due, sequence in self._lanes.get(lane, [])[:limit]]

    def read(self, sequences: Sequence[int]) -> list[QueuedItem]:
        """Return items, without those that are gone."""
        with self._lock:
            return [self._items[sequence][1] for sequence in sorted(sequences) if sequence in self._items]

    def lanes(self) -> list[LaneSize]:
        """Return every lane in which something waits."""
        with self._lock:
            return [
                LaneSize(lane, len(order), sum(self._items[sequence][1].size_bytes for _, sequence in order))
                for lane, order in sorted(self._lanes.items())
            ]

    def _add(self, new: NewItem) -> None:
        self._insert(new.lane, QueuedItem(next(self._sequences), new.due, new.header, new.payload))

    def _insert(self, lane: str, item: QueuedItem) -> None:
        self._items[item.sequence] = (lane, item)
        insort(self._lanes.setdefault(lane, []), (item.due, item.sequence))

    def _remove(self, sequence: int) -> tuple[str, QueuedItem]:
        lane, item = self._items.pop(sequence)
        order = self._lanes[lane]
        order.remove((item.due, sequence))
        if not order:
            del self._lanes[lane]
        return lane, item
