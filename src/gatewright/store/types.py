"""What a store is: documents in transactions, a revision, a change feed, blobs.

Every committed write transaction that changed something advances the revision by one and appends one `Change` for
each document that it put or deleted. Counters, the documents of stacks and what STS keeps are left out of both: nothing
is compiled from them, and they change all the time. A reader sees one state for as long as it lasts.
"""

from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, BinaryIO, Final, Protocol

from gatewright.base.event_queue import EventQueue

Document = dict[str, Any]
"""A JSON object in AWS's field names; timestamps are ISO 8601 strings in UTC."""


@dataclass(frozen=True, slots=True, order=True)
class Key:
    """The name of a document. `id` of a part of something is `parent/part`, so that a prefix lists the parts."""

    account: str
    region: str
    service: str
    kind: str
    id: str


_COUNTERS: Final = frozenset({("apigateway", "usage")})
_UNFOLLOWED: Final = frozenset({"cloudformation", "sts"})


def is_followed(key: Key) -> bool:
    """Whether a change of the document is a line of the feed."""
    return key.service not in _UNFOLLOWED and (key.service, key.kind) not in _COUNTERS


@dataclass(frozen=True, slots=True)
class Change:
    """One line of the change feed."""

    revision: int
    key: Key
    is_deleted: bool


class Reader(Protocol):
    """A consistent view of the documents."""

    @property
    def revision(self) -> int:
        """Return the revision that this view shows."""
        ...

    def get(self, key: Key) -> Document | None:
        """Return a document, or None. The caller may change what it gets; only `put` writes."""
        ...

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
        ...

    def scan(self, service: str, kind: str) -> Iterator[tuple[Key, Document]]:
        """Yield every document of a kind, in all accounts and regions, in key order."""
        ...


class Writer(Reader, Protocol):
    """A view that can change documents. It sees its own writes."""

    def put(self, key: Key, document: Document) -> None:
        """Create or replace a document."""
        ...

    def delete(self, key: Key) -> bool:
        """Delete a document; False when there was none."""
        ...


class Blobs(Protocol):
    """Content-addressed octets. Names are the SHA-256 of the content in lower-case hex."""

    def put(self, content: bytes) -> str:
        """Keep content durably and return its name. Keeping it twice is one blob."""
        ...

    def open(self, name: str) -> BinaryIO:
        """Return the content as a seekable file, verified. Raises `BlobMissing` or `BlobCorrupt`."""
        ...

    def delete(self, name: str) -> bool:
        """Delete a blob; False when there was none."""
        ...

    def names(self) -> Iterator[str]:
        """Yield the name of every blob."""
        ...


class Store(Protocol):
    """Documents and blobs of one installation. Safe to use from several threads."""

    @property
    def blobs(self) -> Blobs:
        """Return the blobs."""
        ...

    @property
    def queue(self) -> EventQueue:
        """Return the queue of asynchronous invocations."""
        ...

    def read(self) -> AbstractContextManager[Reader]:
        """Open a consistent view."""
        ...

    def write(self) -> AbstractContextManager[Writer]:
        """Open a transaction: durable when the block ends, undone when it raises."""
        ...

    def revision(self) -> int:
        """Return the last committed revision."""
        ...

    def changes(self, after: int, limit: int = 1000) -> list[Change]:
        """Return the feed's lines of revisions beyond `after`, whole revisions only, oldest first."""
        ...

    def close(self) -> None:
        """Release files. Everything acknowledged stays."""
        ...
