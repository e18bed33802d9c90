"""Time-outs, by sweeps at times of the test's choosing."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from gatewright.base.errors import BodyTimeout
from gatewright.base.messages import Headers, Request, Response
from gatewright.wire.limits import Limits
from tests.wire.fake_transport import Peer, connect, settle
from tests.wire.responses import read_responses

GET = b"GET / HTTP/1.1\r\nHost: h\r\n\r\n"
# The scope of a fake listener swept at time 0, and sweeps every second: deadlines are counted from time 0.
LIMITS = Limits(sweep_seconds=0.0)


async def sweep(peer: Peer, now: float) -> None:
    if peer.scope.connections:
        peer.connection.sweep(now)
    await settle()


async def test_a_header_section_that_takes_too_long() -> None:
    peer = connect(limits=LIMITS)
    await peer.send(b"GET / HTTP/1.1\r\n")
    await sweep(peer, 9.9)
    await peer.send(b"Host: h\r\n")
    assert peer.transport.written == b""
    await sweep(peer, 10.0)
    (response,) = read_responses(bytes(peer.transport.written))
    assert (response.status, response.get("connection")) == (408, "close")
    await sweep(peer, 12.1)
    assert peer.transport.is_closed


async def test_each_octet_does_not_renew_the_header_time() -> None:
    peer = connect(limits=LIMITS)
    for second, octet in enumerate(GET[:20]):
        await peer.send(bytes([octet]))
        await sweep(peer, float(second))
    assert read_responses(bytes(peer.transport.written))[0].status == 408


async def test_a_client_that_says_nothing_is_closed_silently() -> None:
    peer = connect(limits=LIMITS)
    await sweep(peer, 10.0)
    assert peer.transport.is_closed
    assert peer.transport.written == b""


async def test_the_header_time_of_a_later_request_begins_with_its_first_octet() -> None:
    peer = connect(limits=LIMITS)
    await peer.send(GET)
    peer.scope.next_sweep = 60.0
    await peer.send(GET[:5])
    await sweep(peer, 69.0)
    assert not peer.transport.is_closed
    await sweep(peer, 70.0)
    assert read_responses(bytes(peer.transport.written))[-1].status == 408


async def test_keep_alive_ends_silently() -> None:
    peer = connect(limits=LIMITS)
    answered = await peer.send(GET)
    await sweep(peer, 74.0)
    assert not peer.transport.is_closed
    await sweep(peer, 75.0)
    assert peer.transport.is_closed
    assert peer.transport.written == answered


async def test_a_body_that_stops_arriving() -> None:
    errors = []

    async def handler(request: Request) -> Response:
        try:
            await request.body.read()
        except BodyTimeout as error:
            errors.append(error)
            raise
        return Response(204, Headers())

    peer = connect(handler, LIMITS)
    await peer.send(b"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\nabc")
    await sweep(peer, 29.0)
    peer.scope.next_sweep = 29.0
    await peer.send(b"d")
    await sweep(peer, 58.0)
    assert not errors
    await sweep(peer, 59.0)
    (response,) = read_responses(bytes(peer.transport.written))
    assert (response.status, response.get("connection"), len(errors)) == (408, "close", 1)


async def test_a_handler_may_take_its_time() -> None:
    gate = asyncio.Event()

    async def handler(request: Request) -> Response:
        await gate.wait()
        return Response(204, Headers())

    peer = connect(handler, LIMITS)
    await peer.send(GET)
    await sweep(peer, 100_000.0)
    assert not peer.transport.is_closed
    gate.set()
    await settle()
    assert read_responses(bytes(peer.transport.written))[0].status == 204


async def endless() -> AsyncIterator[bytes]:
    while True:
        yield b"x" * 100


async def stream(request: Request) -> Response:
    return Response(200, Headers(), endless())


async def test_a_client_that_reads_nothing_is_cut_off() -> None:
    peer = connect(stream, LIMITS)
    peer.connection.pause_writing()
    peer.transport.waiting_bytes = 70_000
    await peer.send(GET)
    for now in (0.0, 30.0, 59.0):
        await sweep(peer, now)
        assert not peer.transport.is_closed
    await sweep(peer, 60.0)
    assert peer.transport.is_aborted


async def test_a_client_that_reads_slowly_is_not_cut_off() -> None:
    peer = connect(stream, LIMITS)
    peer.connection.pause_writing()
    await peer.send(GET)
    for minute in range(10):
        peer.transport.waiting_bytes = 70_000 - minute
        await sweep(peer, minute * 50.0)
    assert not peer.transport.is_closed
    await peer.vanish()


async def test_a_close_that_cannot_be_completed_is_cut_short() -> None:
    class Stuck(type(connect().transport)):  # type: ignore[misc]
        def close(self) -> None:
            pass

    peer = connect(limits=LIMITS)
    peer.transport.__class__ = Stuck
    peer.transport.waiting_bytes = 10
    await peer.send(b"GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n")
    await sweep(peer, 0.0)
    assert not peer.transport.is_closed
    await sweep(peer, 61.0)
    assert peer.transport.is_aborted


async def test_a_refused_client_is_listened_to_for_a_while() -> None:
    peer = connect(limits=LIMITS)
    await peer.send(b"nonsense\r\n\r\n")
    await sweep(peer, 1.9)
    assert not peer.transport.is_closed
    await sweep(peer, 2.0)
    assert peer.transport.is_closed


@pytest.mark.parametrize("sent", [b"", GET, GET + b"GET"])
async def test_time_never_runs_out_early(sent: bytes) -> None:
    limits = Limits(sweep_seconds=1.0, header_seconds=5.0, keep_alive_seconds=5.0)
    peer = connect(limits=limits)
    peer.scope.next_sweep = 100.0
    await peer.send(sent)
    await sweep(peer, 104.9 if sent else 4.9)
    assert not peer.transport.is_closed
    await peer.vanish()
