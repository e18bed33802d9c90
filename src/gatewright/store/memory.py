"""The store of an ephemeral node: everything in memory, gone with the process, same behaviour.

Committed state is an immutable value: a reader keeps the one it began with, a commit is one assignment.
"""

import threading
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from gatewright.base.event_queue import EventQueue
from gatewright.store import encoding
from gatewright.store.blobs import MemoryBlobs
from gatewright.store.errors import StoreClosed, StoreError
from gatewright.store.queue import MemoryQueue
from gatewright.store.types import Blobs, Change, Document, Key, Reader, Writer, is_followed

_Collection = tuple[str, str, str, str]
"""(service, kind, account, region): in this order, collections sort as `scan` wants them."""


@dataclass(frozen=True, slots=True)
class State:
    """All documents as of one revision: encoded, by collection and id."""

    revision: int = 0
    documents: Mapping[_Collection, Mapping[str, str]] = field(default_factory=dict)


class MemoryReader:
    """A view of one state."""

    __slots__ = ("_state",)

    def __init__(self, state: State) -> None:
        self._state: State | None = state

    @property
    def state(self) -> State:
        """Return the state. Raises `StoreClosed` after the block."""
        if self._state is None:
            raise StoreClosed("This view of the store is closed")
        return self._state

    @property
    def revision(self) -> int:
        """Return the revision that this view shows."""
        return self.state.revision

    def close(self) -> None:
        """Make the view unusable."""
        self._state = None

    def get(self, key: Key) -> Document | None:
        """Return a document, or None."""
        text = self.state.documents.get(_collection(key), {}).get(key.id)
        return None if text is None else encoding.decode(text)

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
        documents = self.state.documents.get((service, kind, account, region), {})
        # Strings sort by code point, which is the order of their UTF-8 octets.
        identifiers = sorted(identifier for identifier in documents if identifier.startswith(prefix))
        selected = identifiers[bisect_right(identifiers, after) :][:limit]
        return [(identifier, encoding.decode(documents[identifier])) for identifier in selected]

    def scan(self, service: str, kind: str) -> Iterator[tuple[Key, Document]]:
        """Yield every document of a kind, in all accounts and regions, in key order."""
        for collection in sorted(self.state.documents):
            if collection[:2] != (service, kind):
                continue
            for identifier, text in sorted(self.state.documents[collection].items()):
                yield Key(*collection[2:], service, kind, identifier), encoding.decode(text)


class MemoryWriter(MemoryReader):
    """A view that replaces its state with every write. `changes` are its lines for the feed."""

    __slots__ = ("_copied", "changes")

    def __init__(self, state: State) -> None:
        super().__init__(State(state.revision, dict(state.documents)))
        self._copied: dict[_Collection, dict[str, str]] = {}
        self.changes: dict[Key, bool] = {}

    def put(self, key: Key, document: Document) -> None:
        """Create or replace a document."""
        text = encoding.encode(document)
        self._own(_collection(key))[key.id] = text
        self.changes[key] = False

    def delete(self, key: Key) -> bool:
        """Delete a document; False when there was none."""
        if key.id not in self.state.documents.get(_collection(key), {}):
            return False
        del self._own(_collection(key))[key.id]
        self.changes[key] = True
        return True

    def _own(self, collection: _Collection) -> dict[str, str]:
        """Return the transaction's own copy of a collection, made at its first write."""
        if collection not in self._copied:
            self._copied[collection] = dict(self.state.documents.get(collection, {}))
            self._state = replace(self.state, documents={**self.state.documents, **self._copied})
        return self._copied[collection]


class MemoryStore:
    """Documents and blobs in memory. Safe to use from several threads."""

    def __init__(self) -> None:
        self._blobs = MemoryBlobs()
        self._queue = MemoryQueue()
        self._state = State()
        self._feed: list[Change] = []
        self._is_closed = False
        self._write_lock = threading.Lock()
        self._writing_thread: int | None = None

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
        self._refuse_closed()
        view = MemoryReader(self._state)
        try:
            yield view
        finally:
            view.close()

    @contextmanager
    def write(self) -> Iterator[Writer]:
        """Open a transaction: committed when the block ends, undone when it raises. One runs at a time."""
        if self._writing_thread == threading.get_ident():
            raise StoreError("This thread already writes: a transaction cannot open another")
        with self._write_lock:
            self._refuse_closed()
            self._writing_thread = threading.get_ident()
            view = MemoryWriter(self._state)
            try:
                yield view
                self._commit(view)
            finally:
                self._writing_thread = None
                view.close()

    def _commit(self, view: MemoryWriter) -> None:
        if not view.changes:
            return
        lines = [(key, is_deleted) for key, is_deleted in view.changes.items() if is_followed(key)]
        revision = self._state.revision + bool(lines)
        self._feed.extend(Change(revision, key, is_deleted) for key, is_deleted in lines)
        self._state = State(revision, view.state.documents)

    def revision(self) -> int:
        """Return the last committed revision."""
        self._refuse_closed()
        return self._state.revision

    def changes(self, after: int, limit: int = 1000) -> list[Change]:
        """Return the feed's lines of revisions beyond `after`, whole revisions only, oldest first.

        `limit` bounds the lines, but a first revision that is larger is returned whole: a follower always gets on.
        """
        self._refuse_closed()
        revision = self._state.revision
        start = bisect_right(self._feed, after, key=_revision_of)
        end = bisect_right(self._feed, revision, key=_revision_of)
        if end - start > max(limit, 1):
            first_too_many = self._feed[start + max(limit, 1)].revision
            last = max(first_too_many - 1, self._feed[start].revision)
            end = bisect_right(self._feed, last, key=_revision_of)
        return self._feed[start:end]

    def close(self) -> None:
        """Forget everything, after the transaction that may be running."""
        with self._write_lock:
            self._is_closed = True
            self._state = State()
            self._feed = []

    def _refuse_closed(self) -> None:
        if self._is_closed:
            raise StoreClosed("The store is closed")


def _collection(key: Key) -> _Collection:
    return (key.service, key.kind, key.account, key.region)


def _revision_of(change: Change) -> int:
    return change.revision
