"""Requests through a whole connection: bodies, pipelining, expectations, persistence."""

import asyncio
import logging

import pytest

from gatewright.base.errors import BodyBroken, BodyError, BodyTooLarge
from gatewright.base.messages import Headers, Request, Response
from gatewright.wire.limits import Limits
from tests.wire.fake_transport import connect, settle
from tests.wire.responses import read_responses

GET = b"GET / HTTP/1.1\r\nHost: h\r\n\r\n"


def post(length: int, *fields: str) -> bytes:
    lines = [f"Content-Length: {length}", *fields]
    return ("POST / HTTP/1.1\r\nHost: h\r\n" + "".join(f"{line}\r\n" for line in lines) + "\r\n").encode()


async def echo(request: Request) -> Response:
    return Response(200, Headers(), await request.body.read())


async def test_what_the_handler_gets() -> None:
    peer = connect()
    await peer.send(b"GET /a%20b?c HTTP/1.1\r\nHost: h\r\nX-Case: Y\r\n\r\n")
    (request,) = peer.requests
    assert (request.method, request.path, request.query) == ("GET", "/a%20b", "c")
    assert request.headers == [("Host", "h"), ("X-Case", "Y")]
    assert (request.scheme, request.peer_address, request.peer_port) == ("http", "192.0.2.7", 50123)
    assert request.received_at > 1_600_000_000
    assert await request.body.read() == b""


async def test_pipelined_requests_are_answered_in_order() -> None:
    gates = {path: asyncio.Event() for path in ("/1", "/2", "/3")}

    async def handler(request: Request) -> Response:
        await gates[request.path].wait()
        return Response(200, Headers(), request.path.encode())

    peer = connect(handler)
    gates["/2"].set()
    gates["/3"].set()
    assert await peer.send(b"".join(b"GET /%d HTTP/1.1\r\nHost: h\r\n\r\n" % n for n in (1, 2, 3))) == b""
    assert len(peer.requests) == 1
    gates["/1"].set()
    await settle()
    assert [response.body for response in read_responses(bytes(peer.transport.written))] == [b"/1", b"/2", b"/3"]


async def test_read_ahead_is_bounded() -> None:
    gate = asyncio.Event()

    async def handler(request: Request) -> Response:
        await gate.wait()
        return Response(204, Headers())

    peer = connect(handler, Limits(read_high_water_bytes=1_000))
    await peer.send(GET * 20)
    assert not peer.transport.is_reading_paused
    await peer.send(GET * 20)
    assert peer.transport.is_reading_paused
    gate.set()
    for _ in range(10):
        await settle()
    assert not peer.transport.is_reading_paused
    assert len(read_responses(bytes(peer.transport.written))) == 40


async def test_a_body_in_the_first_piece_is_there_at_once() -> None:
    steps = []

    async def handler(request: Request) -> Response:
        coroutine = request.body.read()
        with pytest.raises(StopIteration) as stopped:
            coroutine.send(None)  # type: ignore[attr-defined]
        steps.append(stopped.value.value)
        return Response(204, Headers())

    await connect(handler).send(post(5) + b"hello")
    assert steps == [b"hello"]


async def test_a_body_arrives_in_pieces_with_back_pressure() -> None:
    wanted = asyncio.Event()

    async def handler(request: Request) -> Response:
        await wanted.wait()
        return await echo(request)

    peer = connect(handler, Limits(read_high_water_bytes=100))
    await peer.send(post(1_000) + b"x" * 50)
    assert not peer.transport.is_reading_paused
    await peer.send(b"x" * 60)
    assert peer.transport.is_reading_paused
    wanted.set()
    await settle()
    assert not peer.transport.is_reading_paused
    (response,) = read_responses(await peer.send(b"x" * 890))
    assert response.body == b"x" * 1_000


async def test_iterating_a_body() -> None:
    pieces = []

    async def handler(request: Request) -> Response:
        pieces.extend([piece async for piece in request.body])
        return Response(204, Headers())

    peer = connect(handler)
    await peer.send(post(10))
    await peer.send(b"01234")
    await peer.send(b"56789")
    assert pieces == [b"01234", b"56789"]


async def test_reading_a_body_twice() -> None:
    async def handler(request: Request) -> Response:
        again = await request.body.read() + await request.body.read()
        return Response(200, Headers(), again + b"".join([piece async for piece in request.body]))

    peer = connect(handler)
    await peer.send(post(4))
    assert read_responses(await peer.send(b"abcd"))[0].body == b"abcd" * 3


async def test_a_body_has_one_reader() -> None:
    async def handler(request: Request) -> Response:
        async for _ in request.body:
            with pytest.raises(BodyBroken):
                await request.body.read()
        return Response(204, Headers())

    peer = connect(handler)
    await peer.send(post(4))
    assert read_responses(await peer.send(b"abcd"))[0].status == 204


@pytest.mark.parametrize("step", [1, 7, 1_000_000])
async def test_chunked_body(step: int) -> None:
    octets = b"POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
    octets += b"1\r\nx\r\n" * 200 + b"0\r\nTrailer: t\r\n\r\n" + GET
    peer = connect(echo)
    for start in range(0, len(octets), step):
        await peer.send(octets[start : start + step])
    assert [response.body for response in read_responses(bytes(peer.transport.written))] == [b"x" * 200, b""]


async def test_ten_thousand_tiny_chunks_in_one_piece() -> None:
    peer = connect(echo)
    head = b"POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
    await peer.send(head + b"1\r\nx\r\n" * 10_000 + b"0\r\n\r\n")
    assert read_responses(bytes(peer.transport.written))[0].body == b"x" * 10_000


async def test_a_large_length_is_refused_before_the_handler() -> None:
    peer = connect(echo)
    (response,) = read_responses(await peer.send(post(10 * 1024 * 1024 + 1)))
    assert (response.status, response.body) == (413, b'{"message":"Request Entity Too Large"}')
    assert response.get("connection") == "close"
    assert peer.requests == []
    # The answer must reach a client that is still sending: it is read on, and dropped.
    assert peer.transport.has_written_eof
    assert not peer.transport.is_closed
    assert await peer.send(b"x" * 100_000) == b""
    assert not peer.transport.is_reading_paused


async def test_a_large_chunked_body_is_refused_by_count() -> None:
    errors = []

    async def handler(request: Request) -> Response:
        try:
            return await echo(request)
        except BodyTooLarge as error:
            errors.append(error)
            raise

    peer = connect(handler, Limits(body_bytes=10))
    await peer.send(b"POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n8\r\n01234567\r\n")
    (response,) = read_responses(await peer.send(b"3\r\n"))
    assert (response.status, response.get("connection"), len(errors)) == (413, "close", 1)
    assert peer.transport.has_written_eof


async def test_a_listener_may_allow_more_for_some_requests() -> None:
    peer = connect(echo, Limits(body_bytes=10), body_limit=lambda head: 20 if head.path == "/" else 5)
    (response,) = read_responses(await peer.send(post(15) + b"x" * 15))
    assert response.status == 200


async def test_the_body_ends_with_the_response() -> None:
    bodies = []

    async def handler(request: Request) -> Response:
        bodies.append(request.body)
        return Response(204, Headers())

    peer = connect(handler)
    await peer.send(post(4))
    with pytest.raises(BodyBroken):
        await bodies[0].read()


async def test_a_task_that_still_reads_when_the_response_is_sent() -> None:
    readers = []

    async def handler(request: Request) -> Response:
        readers.append(asyncio.ensure_future(request.body.read()))
        await asyncio.sleep(0)
        return Response(204, Headers())

    peer = connect(handler)
    assert read_responses(await peer.send(post(4)))[0].status == 204
    with pytest.raises(BodyBroken):
        await readers[0]


async def test_a_small_unread_body_is_dropped_and_the_connection_kept() -> None:
    async def handler(request: Request) -> Response:
        return Response(204, Headers())

    peer = connect(handler)
    (response,) = read_responses(await peer.send(post(10) + b"01234"))
    assert response.get("connection") == "keep-alive"
    assert len(read_responses(await peer.send(b"56789" + GET))) == 1


@pytest.mark.parametrize("framing", ["Content-Length: 100000", "Transfer-Encoding: chunked"])
async def test_a_large_unread_body_ends_the_connection(framing: str) -> None:
    async def handler(request: Request) -> Response:
        return Response(204, Headers())

    peer = connect(handler)
    (response,) = read_responses(await peer.send(f"POST / HTTP/1.1\r\nHost: h\r\n{framing}\r\n\r\n".encode()))
    assert response.get("connection") == "close"
    assert peer.transport.has_written_eof


async def test_expect_continue_waits_for_the_handler_to_read() -> None:
    wanted = asyncio.Event()

    async def handler(request: Request) -> Response:
        await wanted.wait()
        return await echo(request)

    peer = connect(handler)
    assert await peer.send(post(5, "Expect: 100-continue")) == b""
    wanted.set()
    await settle()
    assert peer.transport.written == b"HTTP/1.1 100 Continue\r\n\r\n"
    (response,) = read_responses(await peer.send(b"hello"))
    assert (response.status, response.body, response.get("connection")) == (200, b"hello", "keep-alive")
    assert bytes(peer.transport.written).count(b"100 Continue") == 1


async def test_no_continue_when_the_body_is_here() -> None:
    # RFC 9110 section 10.1.1: may be omitted when some or all of the content was received.
    peer = connect(echo)
    assert [r.status for r in read_responses(await peer.send(post(5, "Expect: 100-continue") + b"hello"))] == [200]


async def test_an_unread_expectation_ends_the_connection() -> None:
    async def handler(request: Request) -> Response:
        return Response(403, Headers())

    peer = connect(handler)
    (response,) = read_responses(await peer.send(post(5, "Expect: 100-continue")))
    assert (response.status, response.get("connection")) == (403, "close")


async def test_persistence() -> None:
    peer = connect()
    assert read_responses(await peer.send(GET))[0].get("connection") == "keep-alive"
    await peer.send(b"GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n")
    assert peer.transport.is_closed
    peer = connect()
    assert read_responses(await peer.send(b"GET / HTTP/1.0\r\n\r\n"))[0].get("connection") == "close"
    assert peer.transport.is_closed
    peer = connect()
    (response,) = read_responses(await peer.send(b"GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"))
    assert response.get("connection") == "keep-alive"
    assert not peer.transport.is_closed
    await peer.vanish()


async def test_a_failing_handler_gives_500_and_a_log_line(caplog: pytest.LogCaptureFixture) -> None:
    async def handler(request: Request) -> Response:
        raise ValueError("boom")

    peer = connect(handler)
    (response,) = read_responses(await peer.send(GET))
    assert (response.status, response.body) == (500, b'{"message":"Internal Server Error"}')
    assert response.get("content-type") == "application/json"
    assert "boom" in caplog.text
    assert "Traceback" in caplog.text
    assert len(read_responses(await peer.send(GET))) == 1


async def test_a_handler_that_cancels_itself_is_a_failing_handler(caplog: pytest.LogCaptureFixture) -> None:
    async def handler(request: Request) -> Response:
        raise asyncio.CancelledError

    peer = connect(handler)
    assert read_responses(await peer.send(GET))[0].status == 500
    assert len(read_responses(await peer.send(GET))) == 1


async def test_a_body_error_that_the_handler_passes_on_is_answered() -> None:
    class Odd(BodyError):
        status = 408

    async def handler(request: Request) -> Response:
        raise Odd("slow")

    assert read_responses(await connect(handler).send(GET))[0].status == 408


@pytest.mark.parametrize("sent", [b"", b"GET / HT", post(5), post(5) + b"he"], ids=["idle", "head", "body", "mid-body"])
async def test_the_client_vanishes(sent: bytes, caplog: pytest.LogCaptureFixture) -> None:
    peer = connect(echo)
    await peer.send(sent)
    await peer.vanish()
    assert not peer.scope.connections
    assert peer.connection._task is not None
    assert peer.connection._task.done()
    assert caplog.records == []


async def test_the_handler_is_cancelled_where_it_waits_when_the_client_vanishes() -> None:
    seen = []

    async def handler(request: Request) -> Response:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            seen.append("cancelled")
            raise
        return Response(204, Headers())

    peer = connect(handler)
    await peer.send(GET)
    await peer.vanish()
    assert seen == ["cancelled"]


async def test_a_handler_that_ignores_its_cancellation_writes_to_nobody() -> None:
    async def handler(request: Request) -> Response:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            return Response(200, Headers(), b"too late")
        return Response(204, Headers())

    peer = connect(handler)
    await peer.send(GET)
    await peer.vanish()
    assert peer.transport.written == b""


async def test_another_task_that_reads_the_body_learns_that_the_client_vanished() -> None:
    readers = []

    async def handler(request: Request) -> Response:
        readers.append(asyncio.ensure_future(request.body.read()))
        await asyncio.Event().wait()
        return Response(204, Headers())

    peer = connect(handler)
    await peer.send(post(5))
    await peer.vanish()
    with pytest.raises(BodyBroken):
        await readers[0]


async def test_refusals_are_logged_for_those_who_ask(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG, logger="gatewright.wire.connection"):
        await connect().send(b"GET / HTTP/1.1\r\nHost : h\r\n\r\n")
    assert "white space between field name and colon" in caplog.text


async def test_many_pipelined_requests_do_not_starve_other_connections() -> None:
    order = []

    async def handler(request: Request) -> Response:
        order.append(request.path)
        return Response(204, Headers())

    greedy, modest = connect(handler), connect(handler)
    assert greedy.transport.protocol is not None
    assert modest.transport.protocol is not None
    await settle()
    greedy.transport.protocol.data_received(b"GET /greedy HTTP/1.1\r\nHost: h\r\n\r\n" * 500)
    modest.transport.protocol.data_received(b"GET /modest HTTP/1.1\r\nHost: h\r\n\r\n")
    while len(order) < 501:
        await asyncio.sleep(0)
    assert order.index("/modest") < 40
