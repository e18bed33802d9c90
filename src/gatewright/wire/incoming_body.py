"""A request's body that is still arriving."""

from collections.abc import AsyncIterator
from typing import Protocol

from gatewright.base.errors import BodyBroken


class BodySource(Protocol):
    """Where the octets come from."""

    async def receive_content(self, body: "IncomingBody") -> bytes:
        """Return what came next, empty at the end. Raises `BodyError`."""
        ...


class IncomingBody:
    """Reads a body from its connection; meets `gatewright.base.messages.Body`."""

    __slots__ = ("_content", "_has_begun", "_source")

    def __init__(self, source: BodySource) -> None:
        self._source = source
        self._content: bytes | None = None
        self._has_begun = False

    async def read(self) -> bytes:
        """Return the whole body, also when asked again. Raises `BodyError`."""
        if self._content is None:
            self._content = b"".join([content async for content in self])
        return self._content

    async def __aiter__(self) -> AsyncIterator[bytes]:
        if self._content is not None:
            if self._content:
                yield self._content
            return
        if self._has_begun:
            raise BodyBroken("this body is being read already")
        self._has_begun = True
        while content := await self._source.receive_content(self):
            yield content
