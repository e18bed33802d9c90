"""Responses through a whole connection: framing, streams, back-pressure, faults in mid-stream."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from gatewright.base.errors import ResponseBroken
from gatewright.base.messages import Headers, Request, Response
from gatewright.wire.limits import Limits
from tests.wire.fake_transport import Peer, connect, settle
from tests.wire.responses import read_responses

GET = b"GET / HTTP/1.1\r\nHost: h\r\n\r\n"
HEAD = GET.replace(b"GET", b"HEAD")


class Stream:
    """A streamed body that remembers what became of it."""

    def __init__(self, *pieces: bytes | Exception | asyncio.Event) -> None:
        self.pieces = list(pieces)
        self.taken = 0
        self.is_closed = False

    def __aiter__(self) -> AsyncIterator[bytes]:
        return self

    async def __anext__(self) -> bytes:
        assert not self.is_closed
        if not self.pieces:
            raise StopAsyncIteration
        piece = self.pieces.pop(0)
        self.taken += 1
        if isinstance(piece, asyncio.Event):
            await piece.wait()
            return await self.__anext__()
        if isinstance(piece, Exception):
            raise piece
        return piece

    async def aclose(self) -> None:
        self.is_closed = True


def answering(status: int, body: bytes | AsyncIterator[bytes], *fields: tuple[str, str], **settings: object) -> Peer:
    async def handler(request: Request) -> Response:
        return Response(status, Headers(fields), body)

    return connect(handler, Limits(**settings))  # type: ignore[arg-type]


async def test_framing_of_a_whole_body() -> None:
    (response,) = read_responses(await answering(200, b"hello", ("A", "b")).send(GET))
    assert [name for name, _ in response.headers] == ["Date", "A", "Content-Length", "Connection"]
    assert (response.get("content-length"), response.body) == ("5", b"hello")


@pytest.mark.parametrize("status", [204, 304])
async def test_no_body_where_none_may_be(status: int) -> None:
    peer = answering(status, b"hello")
    (response,) = read_responses(await peer.send(GET))
    assert response.status == status
    assert b"hello" not in peer.transport.written
    assert response.get("content-length") in (None, "5" if status == 304 else None)


async def test_head_has_the_length_of_the_body_it_leaves_out() -> None:
    peer = answering(200, b"hello")
    (response,) = read_responses(await peer.send(HEAD), is_head=True)
    assert response.get("content-length") == "5"
    assert peer.transport.written.endswith(b"\r\n\r\n")


@pytest.mark.parametrize(("status", "method"), [(200, HEAD), (304, GET)])
async def test_the_handler_knows_the_length_that_is_left_out(status: int, method: bytes) -> None:
    peer = answering(status, b"", ("Content-Length", "1234"))
    (response,) = read_responses(await peer.send(method), is_head=True)
    assert response.get("content-length") == "1234"


async def test_a_wrong_length_of_a_whole_body_is_corrected() -> None:
    (response,) = read_responses(await answering(200, b"hello", ("content-length", "99")).send(GET))
    assert (response.get("Content-Length"), response.body) == ("5", b"hello")


@pytest.mark.parametrize(
    ("status", "fields"),
    [
        (200, [("A", "b\r\nC: d")]),
        (200, [("A\r\nC", "d")]),
        (200, [("A", "b\x00")]),
        (200, [("A", "\u20ac")]),
        (99, []),
        (101, [("Upgrade", "x")]),
    ],
)
@pytest.mark.parametrize("is_streamed", [False, True])
async def test_what_cannot_be_written_is_500_and_a_log_line(
    status: int, fields: list[tuple[str, str]], is_streamed: bool, caplog: pytest.LogCaptureFixture
) -> None:
    stream = Stream(b"x")
    peer = answering(status, stream if is_streamed else b"x", *fields)
    (response,) = read_responses(await peer.send(GET))
    assert (response.status, response.body) == (500, b'{"message":"Internal Server Error"}')
    assert len(caplog.records) == 1
    assert stream.is_closed or not is_streamed or status == 101
    assert not peer.transport.is_closed


async def test_a_stream_is_chunked() -> None:
    stream = Stream(b"hello", b"", b"x" * 300)
    peer = answering(200, stream)
    octets = await peer.send(GET)
    assert octets.endswith(b"\r\n\r\n5\r\nhello\r\n12c\r\n" + b"x" * 300 + b"\r\n0\r\n\r\n")
    assert read_responses(octets)[0].get("connection") == "keep-alive"
    assert stream.is_closed
    assert not peer.transport.is_closed


async def test_a_stream_in_http_10_ends_with_the_connection() -> None:
    peer = answering(200, Stream(b"hello"))
    octets = await peer.send(b"GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
    (response,) = read_responses(octets)
    assert (response.get("connection"), response.get("transfer-encoding")) == ("close", None)
    assert octets.endswith(b"\r\n\r\nhello")
    assert peer.transport.is_closed
    assert not peer.transport.is_aborted


async def test_a_stream_of_declared_length() -> None:
    (response,) = read_responses(await answering(200, Stream(b"he", b"llo"), ("Content-Length", "5")).send(GET))
    assert (response.get("content-length"), response.get("transfer-encoding")) == ("5", None)
    assert response.body == b"hello"


@pytest.mark.parametrize("pieces", [[b"he", b"llo!"], [b"hell"]])
async def test_a_stream_of_another_length_breaks_off(pieces: list[bytes], caplog: pytest.LogCaptureFixture) -> None:
    peer = answering(200, Stream(*pieces), ("Content-Length", "5"))
    octets = await peer.send(GET)
    assert not octets.endswith(b"hello!")
    assert peer.transport.is_aborted
    assert "Content-Length" in caplog.text


@pytest.mark.parametrize(("status", "method"), [(204, GET), (304, GET), (200, HEAD)])
async def test_a_stream_that_nobody_may_see_is_closed(status: int, method: bytes) -> None:
    stream = Stream(b"hello")
    peer = answering(status, stream)
    octets = await peer.send(method)
    assert (stream.is_closed, stream.taken) == (True, 0)
    assert octets.endswith(b"\r\n\r\n")
    assert b"chunked" not in octets
    assert not peer.transport.is_closed


async def test_the_head_of_a_stream_goes_out_before_its_first_piece() -> None:
    gate = asyncio.Event()
    peer = answering(200, Stream(gate, b"hello"))
    assert (await peer.send(GET)).endswith(b"\r\n\r\n")
    gate.set()
    await settle()
    assert peer.transport.written.endswith(b"5\r\nhello\r\n0\r\n\r\n")


async def test_a_fault_in_mid_stream_cuts_the_response_off(caplog: pytest.LogCaptureFixture) -> None:
    stream = Stream(b"hello", ValueError("boom"))
    peer = answering(200, stream)
    octets = await peer.send(GET)
    assert octets.endswith(b"5\r\nhello\r\n")
    assert peer.transport.is_aborted
    assert stream.is_closed
    assert "boom" in caplog.text


async def test_a_stream_whose_end_is_known_to_be_missing_is_cut_off_quietly(caplog: pytest.LogCaptureFixture) -> None:
    stream = Stream(b"hello", ResponseBroken("said elsewhere"))
    peer = answering(200, stream)
    await peer.send(GET)
    assert peer.transport.is_aborted
    assert stream.is_closed
    assert caplog.records == []


async def test_the_iterator_is_closed_when_the_client_goes_away() -> None:
    stream = Stream(b"hello", asyncio.Event())
    peer = answering(200, stream)
    await peer.send(GET)
    await peer.vanish()
    assert stream.is_closed


async def test_a_generator_is_closed_while_it_waits() -> None:
    steps = []

    async def pieces() -> AsyncIterator[bytes]:
        try:
            yield b"hello"
            await asyncio.Event().wait()
        finally:
            steps.append("closed")

    peer = answering(200, pieces())
    await peer.send(GET)
    await peer.vanish()
    assert steps == ["closed"]


async def test_the_writer_waits_above_the_high_water_mark() -> None:
    stream = Stream(*[b"x" * 100] * 50)
    peer = answering(200, stream, write_high_water_bytes=1_000)
    assert peer.transport.high_water == 1_000
    peer.connection.pause_writing()
    await peer.send(GET)
    assert stream.taken == 1
    peer.connection.resume_writing()
    peer.connection.pause_writing()
    await settle()
    assert stream.taken == 1
    peer.connection.resume_writing()
    await settle()
    assert stream.is_closed
    assert read_responses(bytes(peer.transport.written))[0].body == b"x" * 5_000


async def test_the_iterator_is_closed_when_a_slow_reader_goes_away() -> None:
    stream = Stream(*[b"x" * 100] * 50)
    peer = answering(200, stream)
    peer.connection.pause_writing()
    await peer.send(GET)
    await peer.vanish()
    assert (stream.is_closed, stream.taken) == (True, 1)


async def test_a_client_that_never_reads_gets_no_further_answers() -> None:
    peer = answering(200, b"hello", read_high_water_bytes=500)
    peer.connection.pause_writing()
    for _ in range(100):
        await peer.send(GET)
        if peer.transport.is_reading_paused:
            break
    assert peer.transport.is_reading_paused
    assert len(read_responses(bytes(peer.transport.written))) == 1
    peer.connection.resume_writing()
    for _ in range(10):
        await settle()
    assert not peer.transport.is_reading_paused
    assert len(read_responses(bytes(peer.transport.written))) == len(peer.requests) > 1


async def test_an_echo_reads_while_it_writes() -> None:
    async def handler(request: Request) -> Response:
        return Response(200, Headers(), aiter(request.body))

    peer = connect(handler)
    head = b"POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
    assert b"transfer-encoding: chunked" in (await peer.send(head)).lower()
    assert await peer.send(b"3\r\nabc\r\n") == b"3\r\nabc\r\n"
    assert await peer.send(b"0\r\n\r\n") == b"0\r\n\r\n"
    assert len(await peer.send(GET)) > 0


async def test_no_continue_inside_a_response() -> None:
    async def handler(request: Request) -> Response:
        return Response(200, Headers(), aiter(request.body))

    peer = connect(handler)
    octets = await peer.send(b"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n")
    assert b"100 Continue" not in octets
    assert (await peer.send(b"abc")).endswith(b"3\r\nabc\r\n0\r\n\r\n")


async def test_a_large_body_is_not_copied_into_the_head() -> None:
    body = b"x" * 1_000_000
    (response,) = read_responses(await answering(200, body).send(GET))
    assert response.body == body


async def test_an_iterator_that_cannot_be_closed() -> None:
    class Bare:
        def __aiter__(self) -> "Bare":
            return self

        async def __anext__(self) -> bytes:
            raise StopAsyncIteration

    assert (await answering(200, Bare()).send(GET)).endswith(b"0\r\n\r\n")


async def test_a_fault_while_closing_is_logged_and_harms_nothing(caplog: pytest.LogCaptureFixture) -> None:
    class Fragile(Stream):
        async def aclose(self) -> None:
            raise ValueError("boom")

    peer = answering(200, Fragile(b"hello"))
    assert (await peer.send(GET)).endswith(b"0\r\n\r\n")
    assert not peer.transport.is_closed
    assert "boom" in caplog.text


async def test_a_body_that_is_neither_octets_nor_a_stream(caplog: pytest.LogCaptureFixture) -> None:
    (response,) = read_responses(await answering(200, "text").send(GET))  # type: ignore[arg-type]
    assert response.status == 500
    assert "a body of type str" in caplog.text
