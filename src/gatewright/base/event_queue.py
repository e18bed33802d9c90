"""A durable queue in lanes: what asynchronous invocation needs of a store, and what a store keeps for it.

Items of a lane are taken in the order in which they are due. Taking one is the reader's own business: an item stays
until it is removed, so that what a crash interrupts is taken again.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class NewItem:
    """Something to put into the queue."""

    lane: str
    due: float
    """When it is to be looked at, in seconds since the epoch."""
    header: bytes
    """What may change while it waits."""
    payload: bytes

    @property
    def size_bytes(self) -> int:
        """Return how much it takes of the queue."""
        return len(self.header) + len(self.payload)


@dataclass(frozen=True, slots=True)
class QueuedItem:
    """Something that waits."""

    sequence: int
    """Its name; items that were put later have larger ones."""
    due: float
    header: bytes
    payload: bytes

    @property
    def size_bytes(self) -> int:
        """Return how much it takes of the queue."""
        return len(self.header) + len(self.payload)


@dataclass(frozen=True, slots=True)
class Postponement:
    """A later time for an item, and a new header."""

    sequence: int
    due: float
    header: bytes


@dataclass(frozen=True, slots=True)
class QueueChange:
    """Changes that become durable together."""

    added: tuple[NewItem, ...] = ()
    postponed: tuple[Postponement, ...] = ()
    removed: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class LaneSize:
    """What waits in a lane."""

    lane: str
    items: int
    size_bytes: int


class EventQueue(Protocol):
    """The queue. Calls block and may come from any thread."""

    def apply(self, changes: Sequence[QueueChange]) -> None:
        """Make changes, all or none; they are durable on return."""
        ...

    def look(self, lane: str, limit: int) -> list[tuple[int, float]]:
        """Return (sequence, due) of the items of a lane that are due first."""
        ...

    def read(self, sequences: Sequence[int]) -> list[QueuedItem]:
        """Return items in the order in which they were put; those that are gone are left out."""
        ...

    def lanes(self) -> list[LaneSize]:
        """Return every lane in which something waits."""
        ...
