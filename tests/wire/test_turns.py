"""Responses of one turn of the event loop are written together at its end, and nothing else about them changes."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable

import pytest

from gatewright.base.messages import Handler, Headers, Request, Response
from gatewright.wire.connection import ServerConnection
from gatewright.wire.upgrade import Successor, switching_protocols
from tests.wire.fake_transport import FakeTransport, Peer, connect, settle
from tests.wire.responses import read_responses

GET = b"GET /%d HTTP/1.1\r\nHost: h\r\n\r\n"


def echo(request: Request) -> Response:
    return Response(200, Headers(), request.path.encode())


def peer_of(handler: Handler = echo) -> Peer:
    peer = connect()
    peer.scope.handler = handler
    return peer


def also(peer: Peer, transport: FakeTransport | None = None) -> FakeTransport:
    """Open a further connection of the same listener; the transport's protocol is the connection."""
    connection, transport = ServerConnection(peer.scope), transport or FakeTransport()
    transport.protocol = connection
    connection.connection_made(transport)
    return transport


def ask(transport: FakeTransport, octets: bytes) -> None:
    assert transport.protocol is not None
    transport.protocol.data_received(octets)


def bodies(transport: FakeTransport) -> list[bytes]:
    return [response.body for response in read_responses(bytes(transport.written))]


async def test_pipelined_requests_of_a_turn_are_one_write() -> None:
    peer = peer_of()
    peer.connection.data_received(GET % 1 + GET % 2 + GET % 3)
    await settle()
    assert bodies(peer.transport) == [b"/1", b"/2", b"/3"]
    assert peer.transport.writes == 1


async def test_connections_are_written_to_in_the_order_of_their_requests() -> None:
    order: list[int] = []

    class Noted(FakeTransport):
        def write(self, data: bytes | bytearray | memoryview) -> None:
            order.append(id(self))
            super().write(data)

    peer = peer_of()
    transports = [also(peer, Noted()) for _ in range(3)]
    for transport in (transports[2], transports[0], transports[1]):
        ask(transport, GET % 1)
    assert order == []
    await settle()
    assert order == [id(transports[2]), id(transports[0]), id(transports[1])]


async def test_many_responses_do_not_wait_for_one_another() -> None:
    peer = peer_of()
    transports = [also(peer) for _ in range(40)]
    for transport in transports:
        ask(transport, GET % 1)
    assert [bodies(transport) for transport in transports] == [[b"/1"]] * 32 + [[]] * 8
    await settle()
    assert [bodies(transport) for transport in transports] == [[b"/1"]] * 40


async def test_no_response_waits_for_requests_that_take_long() -> None:
    def slow(request: Request) -> Response:
        peer.now += 0.0015
        return echo(request)

    peer = peer_of(slow)
    transports = [also(peer) for _ in range(5)]
    for transport in transports:
        ask(transport, GET % 1)
    assert [bodies(transport) for transport in transports] == [[b"/1"]] * 3 + [[]] * 2
    await settle()
    assert [bodies(transport) for transport in transports] == [[b"/1"]] * 5


async def test_large_responses_are_written_as_they_come() -> None:
    peer = peer_of(lambda request: Response(200, Headers(), b"x" * (40_000 if request.path == "/2" else 10)))
    peer.connection.data_received(GET % 1 + GET % 2 + GET % 3)
    assert [len(body) for body in bodies(peer.transport)] == [10, 40_000]
    await settle()
    assert [len(body) for body in bodies(peer.transport)] == [10, 40_000, 10]


async def test_no_connection_keeps_much() -> None:
    peer = peer_of(lambda _: Response(200, Headers(), b"x" * 10_000))
    peer.connection.data_received(b"".join(GET % number for number in range(5)))
    assert len(bodies(peer.transport)) == 4
    await settle()
    assert len(bodies(peer.transport)) == 5


async def test_a_client_that_takes_nothing_is_not_answered_further() -> None:
    peer = peer_of()
    peer.connection.data_received(GET % 1)
    await settle()
    # The transport says so when the responses of the turn are written to it.
    peer.connection.pause_writing()
    for number in range(2, 20):
        peer.connection.data_received(GET % number)
        await settle()
    assert bodies(peer.transport) == [b"/1", b"/2"]
    peer.connection.resume_writing()
    await settle()
    assert bodies(peer.transport) == [b"/%d" % number for number in range(1, 20)]


async def test_a_connection_that_is_closed_is_written_to_before() -> None:
    peer = peer_of()
    peer.connection.data_received(GET % 1)
    peer.connection.drain(spares_used=False)
    await settle()
    assert bodies(peer.transport) == [b"/1"]
    assert peer.transport.is_closed


async def test_a_connection_that_is_cut_off_is_written_to_before() -> None:
    peer = peer_of()
    peer.connection.data_received(GET % 1)
    peer.connection.abort()
    await settle()
    assert bodies(peer.transport) == [b"/1"]
    assert peer.transport.is_aborted


async def test_a_client_that_goes_away_is_written_nothing() -> None:
    peer = peer_of()
    peer.connection.data_received(GET % 1)
    peer.transport.is_closed = True
    peer.connection.connection_lost(ConnectionResetError())
    await settle()
    assert bodies(peer.transport) == []


async def test_what_waits_is_written_before_the_transport_closes_itself() -> None:
    """As it does when TLS's `close_notify` comes in the same turn as a request."""
    peer = peer_of()
    peer.connection.data_received(GET % 1)
    assert not peer.connection.eof_received()
    peer.transport.close()
    await settle()
    assert bodies(peer.transport) == [b"/1"]


async def test_who_was_used_just_before_a_sweep_is_spared_by_the_first_drain() -> None:
    peer = peer_of()
    sweep_seconds = peer.scope.limits.sweep_seconds
    peer.connection.data_received(GET % 1)
    await settle()
    peer.scope.next_sweep += 1.001 * sweep_seconds
    peer.connection.drain(spares_used=True)
    assert not peer.transport.is_closed
    peer.scope.next_sweep += 1.001 * sweep_seconds
    peer.connection.drain(spares_used=True)
    assert peer.transport.is_closed


async def test_one_connection_that_fails_keeps_nothing_from_the_others(caplog: pytest.LogCaptureFixture) -> None:
    class Broken(FakeTransport):
        def write(self, data: bytes | bytearray | memoryview) -> None:
            raise RuntimeError("the handler is closed")

    peer = peer_of()
    broken = also(peer, Broken())
    ask(broken, GET % 1)
    peer.connection.data_received(GET % 2)
    with caplog.at_level(logging.ERROR):
        await settle()
    assert bodies(peer.transport) == [b"/2"]
    assert "a connection cannot be written to" in caplog.text


async def test_what_is_streamed_comes_behind_what_waits() -> None:
    async def content() -> AsyncIterator[bytes]:
        yield b"streamed"

    def handler(request: Request) -> Awaitable[Response]:
        return Response(200, Headers(), content()) if request.path == "/2" else echo(request)

    peer = peer_of(handler)
    peer.connection.data_received(GET % 1 + GET % 2 + GET % 3)
    await settle()
    assert bodies(peer.transport) == [b"/1", b"streamed", b"/3"]


async def test_continue_comes_behind_what_waits() -> None:
    async def read(request: Request) -> Response:
        return Response(200, Headers(), await request.body.read())

    peer = peer_of(lambda request: echo(request) if request.method == "GET" else read(request))
    expecting = b"POST /2 HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n"
    peer.connection.data_received(GET % 1 + expecting)
    await settle()
    peer.connection.data_received(b"body")
    await settle()
    answers = [(response.status, response.body) for response in read_responses(bytes(peer.transport.written))]
    assert answers == [(200, b"/1"), (100, b""), (200, b"body")]


async def test_an_upgrade_comes_behind_what_waits() -> None:
    async def later(request: Request) -> Response:
        return echo(request)

    def handler(request: Request) -> Awaitable[Response]:
        if request.path == "/1":
            return later(request)
        return switching_protocols(Headers([("Upgrade", "shout")]), Successor)

    peer = peer_of(handler)
    upgrade = b"GET /2 HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: shout\r\n\r\n"
    peer.connection.data_received(GET % 1 + upgrade)
    await settle()
    assert [response.status for response in read_responses(bytes(peer.transport.written))] == [200, 101]


async def test_a_refusal_comes_behind_what_waits() -> None:
    peer = peer_of()
    ask(peer.transport, GET % 1)
    ask(peer.transport, b"GET /2 HTTP/1.1\r\nHost : h\r\n\r\n")
    await asyncio.sleep(0)
    assert [response.status for response in read_responses(bytes(peer.transport.written))] == [200, 400]
