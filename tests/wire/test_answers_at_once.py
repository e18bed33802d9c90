"""Handlers that have nothing to wait for: answered where the request arrives, under the same rules as all others."""

import asyncio
import gc
import logging
import warnings
from collections.abc import Awaitable

import pytest

from gatewright.base.messages import Handler, Headers, Request, Response
from gatewright.wire.limits import Limits
from tests.wire.fake_transport import Peer, connect, settle
from tests.wire.responses import read_responses

GET = b"GET /%d HTTP/1.1\r\nHost: h\r\n\r\n"


def at_once(request: Request) -> Response:
    return Response(200, Headers(), request.path.encode())


def peer_of(handler: Handler, limits: Limits | None = None) -> Peer:
    """Connect to a handler without the coroutine in which `connect` records requests."""
    peer = connect(limits=limits)
    peer.scope.handler = handler
    return peer


def bodies(peer: Peer) -> list[bytes]:
    return [response.body for response in read_responses(bytes(peer.transport.written))]


async def test_the_response_is_written_when_the_loop_turns() -> None:
    peer = peer_of(at_once)
    peer.connection.data_received(GET % 1)
    assert bodies(peer) == []
    await asyncio.sleep(0)
    assert bodies(peer) == [b"/1"]
    peer.connection.data_received(GET % 2)
    await asyncio.sleep(0)
    assert bodies(peer) == [b"/1", b"/2"]


async def test_awaited_and_immediate_answers_keep_the_order_of_their_requests() -> None:
    gate = asyncio.Event()

    async def later(request: Request) -> Response:
        await gate.wait()
        return at_once(request)

    def handler(request: Request) -> Awaitable[Response]:
        return later(request) if request.path in ("/2", "/4") else at_once(request)

    peer = peer_of(handler)
    peer.connection.data_received(b"".join(GET % number for number in range(1, 6)))
    await settle()
    assert bodies(peer) == [b"/1"]
    gate.set()
    await settle()
    assert bodies(peer) == [b"/1", b"/2", b"/3", b"/4", b"/5"]


@pytest.mark.parametrize("size", [1, 7, 30, 1000])
async def test_however_the_octets_are_cut(size: int) -> None:
    peer = peer_of(at_once)
    octets = b"".join(GET % number for number in range(40))
    for start in range(0, len(octets), size):
        peer.connection.data_received(octets[start : start + size])
    await settle()
    assert bodies(peer) == [b"/%d" % number for number in range(40)]


async def test_many_pipelined_requests_do_not_starve_other_connections() -> None:
    peer, other = peer_of(at_once), peer_of(at_once)
    peer.connection.data_received(b"".join(GET % number for number in range(200)))
    other.connection.data_received(GET % 7)
    await asyncio.sleep(0)
    assert 0 < len(bodies(peer)) < 200
    assert bodies(other) == [b"/7"]
    for _ in range(20):
        await settle()
    assert bodies(peer) == [b"/%d" % number for number in range(200)]


async def test_read_ahead_is_bounded() -> None:
    limits = Limits(read_high_water_bytes=200)
    peer = peer_of(at_once, limits)
    peer.connection.data_received(b"".join(GET % number for number in range(100)))
    peer.connection.data_received(GET % 100)
    assert peer.transport.is_reading_paused
    for _ in range(20):
        await settle()
    assert not peer.transport.is_reading_paused
    assert len(bodies(peer)) == 101


async def test_nothing_more_is_served_while_the_peer_does_not_read() -> None:
    peer = peer_of(at_once)

    def full(request: Request) -> Response:
        peer.connection.pause_writing()
        return at_once(request)

    peer.scope.handler = full
    peer.connection.data_received(GET % 1 + GET % 2)
    peer.connection.data_received(GET % 3)
    await settle()
    assert bodies(peer) == [b"/1"]
    peer.scope.handler = at_once
    peer.connection.resume_writing()
    await settle()
    assert bodies(peer) == [b"/1", b"/2", b"/3"]


async def test_the_last_request_of_a_connection() -> None:
    peer = peer_of(at_once)
    peer.connection.data_received(b"GET /1 HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n" + GET % 2)
    await settle()
    assert bodies(peer) == [b"/1"]
    assert peer.transport.has_written_eof or peer.transport.is_closed


async def test_a_draining_connection_closes_behind_what_it_has_received() -> None:
    peer = peer_of(at_once)
    peer.scope.is_draining = True
    peer.connection.data_received(GET % 1)
    await settle()
    assert bodies(peer) == [b"/1"]
    assert peer.transport.is_closed


async def test_an_unread_body_is_dropped() -> None:
    peer = peer_of(at_once)
    peer.connection.data_received(b"POST /1 HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\n\r\nab")
    peer.connection.data_received(b"cd" + GET % 2)
    await settle()
    assert bodies(peer) == [b"/1", b"/2"]


async def test_a_handler_that_raises_gives_500_and_a_log_line(caplog: pytest.LogCaptureFixture) -> None:
    def fail(_: Request) -> Response:
        raise ZeroDivisionError

    peer = peer_of(fail)
    with caplog.at_level(logging.ERROR):
        peer.connection.data_received(GET % 1)
    await settle()
    assert [response.status for response in read_responses(bytes(peer.transport.written))] == [500]
    assert "the handler failed: GET /1" in caplog.text
    peer.scope.handler = at_once
    peer.connection.data_received(GET % 2)
    await settle()
    assert read_responses(bytes(peer.transport.written))[-1].body == b"/2"


async def test_a_refusal_behind_an_answer() -> None:
    peer = peer_of(at_once)
    peer.connection.data_received(GET % 1 + b"GET /2 HTTP/1.1\r\nHost : h\r\n\r\n" + GET % 3)
    await settle()
    assert [response.status for response in read_responses(bytes(peer.transport.written))] == [200, 400]


async def test_a_client_that_is_gone_before_its_request_is_begun() -> None:
    begun = False

    async def later(request: Request) -> Response:
        nonlocal begun
        begun = True
        return at_once(request)

    peer = peer_of(later)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        peer.connection.data_received(GET % 1)
        peer.connection.connection_lost(None)
        await settle()
        gc.collect()
    assert not begun
    assert bodies(peer) == []
