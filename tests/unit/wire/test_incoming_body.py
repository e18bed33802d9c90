import pytest

from gatewright.base.errors import BodyBroken, BodyTimeout
from gatewright.wire.incoming_body import IncomingBody


class Source:
    """Hands out pieces; an exception among them is raised."""

    def __init__(self, *pieces: bytes | Exception) -> None:
        self.pieces = list(pieces)

    async def receive_content(self, body: IncomingBody) -> bytes:
        piece = self.pieces.pop(0) if self.pieces else b""
        if isinstance(piece, Exception):
            raise piece
        return piece


async def test_read_joins_and_remembers() -> None:
    body = IncomingBody(Source(b"ab", b"c"))
    assert await body.read() == b"abc"
    assert await body.read() == b"abc"
    assert [piece async for piece in body] == [b"abc"]


async def test_an_empty_body_yields_nothing() -> None:
    body = IncomingBody(Source())
    assert await body.read() == b""
    assert [piece async for piece in body] == []


async def test_iteration_yields_pieces_once() -> None:
    body = IncomingBody(Source(b"ab", b"c"))
    assert [piece async for piece in body] == [b"ab", b"c"]
    with pytest.raises(BodyBroken):
        await body.read()


async def test_errors_come_out_of_read() -> None:
    with pytest.raises(BodyTimeout):
        await IncomingBody(Source(b"ab", BodyTimeout())).read()
