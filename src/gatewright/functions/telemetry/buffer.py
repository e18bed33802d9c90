"""Events on their way to one subscriber, bounded: what does not find room is counted and dropped."""

from collections import deque

from gatewright.functions.telemetry.subscription import Buffering


class EventBuffer:
    """Collects events until they are taken as a batch.

    While one batch is being delivered, as much again is kept, so no more than twice `maxBytes` is held for a subscriber
    ("Configuring memory usage and buffering").
    """

    __slots__ = ("_buffering", "_bytes", "_events", "dropped_bytes", "dropped_records")

    def __init__(self, buffering: Buffering) -> None:
        self._buffering = buffering
        self._events: deque[bytes] = deque()
        self._bytes = 0
        self.dropped_records = 0
        self.dropped_bytes = 0

    def __len__(self) -> int:
        """Return how many events wait."""
        return len(self._events)

    @property
    def is_full(self) -> bool:
        """Return whether there is a batch that should not wait for its time."""
        return len(self._events) >= self._buffering.max_items or self._bytes >= self._buffering.max_bytes

    def add(self, event: bytes) -> None:
        """Add one event, which is JSON; when there is no room, drop it."""
        if self.is_full:
            self.drop(1, len(event))
            return
        self._events.append(event)
        self._bytes += len(event)

    def drop(self, records: int, octets: int) -> None:
        """Count what was lost."""
        self.dropped_records += records
        self.dropped_bytes += octets

    def take(self) -> list[bytes]:
        """Return all events and forget them."""
        events = list(self._events)
        self._events.clear()
        self._bytes = 0
        return events

    def take_dropped(self) -> tuple[int, int]:
        """Return how many records and octets were lost since the last time, and forget them."""
        dropped = self.dropped_records, self.dropped_bytes
        self.dropped_records = self.dropped_bytes = 0
        return dropped
