import asyncio

import pytest

from gatewright.base.errors import BodyBroken, BodyTimeout
from gatewright.base.messages import Headers, Request, Response
from gatewright.wire.incoming_body import IncomingBody
from gatewright.wire.listener import Listener


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


async def test_a_connection_hands_trailers_to_the_body_that_they_follow() -> None:
    seen: list[tuple[bytes, list[tuple[str, str]]]] = []

    async def handler(request: Request) -> Response:
        assert request.headers.get("T") is None
        seen.append((await request.body.read(), list(request.body.trailers)))
        return Response(200, Headers())

    listener = Listener(handler)
    await listener.start("127.0.0.1", 0)
    try:
        reader, writer = await asyncio.open_connection("127.0.0.1", listener.port)
        chunked = b"POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\nTrailer: T\r\n\r\n3\r\nabc\r\n"
        sized = b"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\n"
        for octets in (chunked, b"0\r\nT: u\r\n", b"\r\n" + sized, b"de", chunked + b"0\r\n\r\n"):
            writer.write(octets)
            await writer.drain()
            await asyncio.sleep(0.02)
        async with asyncio.timeout(5):
            for _ in range(3):
                assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 200 ")
        writer.close()
    finally:
        await listener.drain()
    assert seen == [(b"abc", [("T", "u")]), (b"de", []), (b"abc", [])]
