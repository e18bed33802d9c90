"""HTTP messages as values: what `wire` hands to a handler and what a handler answers.

Names keep their case and order and values their octets (decoded as ISO-8859-1, RFC 9110 section 5.5), because
REST APIs pass them on as the client wrote them. Paths and queries stay undecoded.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Generator, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Protocol


class Headers(list[tuple[str, str]]):
    """Header fields in the order of the wire; look-ups ignore case (RFC 9110 section 5.1)."""

    __slots__ = ()

    def get(self, name: str) -> str | None:
        """Return the first value of a field, or None."""
        wanted = name.lower()
        for key, value in self:
            if key.lower() == wanted:
                return value
        return None

    def get_all(self, name: str) -> list[str]:
        """Return every value of a field, in order."""
        wanted = name.lower()
        return [value for key, value in self if key.lower() == wanted]

    def add(self, name: str, value: str) -> None:
        """Append a field line."""
        self.append((name, value))

    def replace(self, name: str, value: str) -> None:
        """Set a field to a single line, in the place of its first one."""
        wanted = name.lower()
        for index, (key, _) in enumerate(self):
            if key.lower() == wanted:
                self[index] = (name, value)
                self[index + 1 :] = [line for line in self[index + 1 :] if line[0].lower() != wanted]
                return
        self.append((name, value))

    def discard(self, name: str) -> None:
        """Drop every line of a field."""
        wanted = name.lower()
        self[:] = [line for line in self if line[0].lower() != wanted]


class ReceivedHeaders(Headers):
    """Header fields as a client sent them, which nobody changes: a look-up is no pass over all of them."""

    __slots__ = ("first",)

    first: Mapping[str, str]
    """The first value of each field by its name in lower case: `wire` sets it with the fields.

    (An `__init__` that took it would be 0.3 µs of every request.)
    """

    def get(self, name: str) -> str | None:
        """Return the first value of a field, or None."""
        return self.first.get(name.lower())


class Body(Protocol):
    """A request's body, which may still be arriving."""

    @property
    def trailers(self) -> Headers:
        """Return the fields that followed a chunked body, once it was read to its end (RFC 9110 section 6.5)."""
        ...

    async def read(self) -> bytes:
        """Return the whole body. Raises `BodyError` when it is too large, malformed or broken off."""
        ...

    def __aiter__(self) -> AsyncIterator[bytes]:
        """Yield the body as it arrives, with back-pressure on the peer. Raises as `read` does."""
        ...


class BytesBody:
    """A body that is already here."""

    __slots__ = ("content",)

    def __init__(self, content: bytes = b"") -> None:
        self.content = content
        """The whole body, for who would rather not wait."""

    @property
    def trailers(self) -> Headers:
        """Return nothing: a body of known length has no trailer section."""
        return Headers()

    async def read(self) -> bytes:
        """Return the whole body."""
        return self.content

    async def __aiter__(self) -> AsyncIterator[bytes]:
        if self.content:
            yield self.content


# Not frozen: one is made for every request, and a frozen dataclass takes four times as long to construct.
@dataclass(slots=True)
class Request:
    """One HTTP request. `path` and `query` are as sent, undecoded; `query` is without its question mark."""

    method: str
    path: str
    query: str
    headers: Headers
    body: Body = field(default_factory=BytesBody)
    http_version: str = "1.1"
    scheme: str = "http"
    peer_address: str = "127.0.0.1"
    peer_port: int = 0
    received_at: float = 0.0
    """Seconds since the epoch at which the header section was complete."""


@dataclass(slots=True)
class Response:
    """One HTTP response. `wire` adds the framing (Content-Length, Transfer-Encoding), Date and Connection.

    It may be awaited, and is its own result: a handler that has nothing to wait for returns it as it is, and who looks
    whether it did (`wire` does) needs no coroutine and no turn of the event loop to answer.
    """

    status: int
    headers: Headers
    body: bytes | AsyncIterator[bytes] = b""

    def __await__(self) -> Generator[None, None, "Response"]:
        yield from ()
        return self


Handler = Callable[[Request], Awaitable[Response]]
"""What serves a request, at every level: the listener's root, the endpoint, a plane, an API."""


def text_response(
    status: int, content: str | bytes, content_type: str, extra: Iterable[tuple[str, str]] = ()
) -> Response:
    """Build a response of one content type."""
    body = content.encode() if isinstance(content, str) else content
    return Response(status, Headers([("Content-Type", content_type), *extra]), body)
