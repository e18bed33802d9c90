"""A handler takes a connection over (RFC 9110 section 7.8)."""

import asyncio

import pytest

from gatewright.base.messages import Headers, Request, Response
from gatewright.wire.upgrade import Successor, switching_protocols
from tests.wire.fake_transport import connect
from tests.wire.responses import read_responses

UPGRADE = b"GET / HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: shout\r\n\r\n"


class Shout(Successor):
    """Answers in capitals."""

    def __init__(self) -> None:
        self.events: list[str] = []

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport
        self.events.append("made")

    def data_received(self, data: bytes) -> None:
        self.events.append(f"data {data.decode()}")
        self.transport.write(data.upper())  # type: ignore[attr-defined]

    def pause_writing(self) -> None:
        self.events.append("pause")

    def resume_writing(self) -> None:
        self.events.append("resume")

    def eof_received(self) -> bool:
        self.events.append("eof")
        return True

    def connection_lost(self, exc: Exception | None) -> None:
        self.events.append("lost")

    def drain(self) -> None:
        self.events.append("drain")
        self.transport.close()


def shouting(shout: Shout, *fields: tuple[str, str]):
    async def handler(request: Request) -> Response:
        return switching_protocols(Headers(fields or [("Upgrade", "shout"), ("X", "y")]), lambda: shout)

    return connect(handler)


async def test_everything_goes_to_the_successor() -> None:
    shout = Shout()
    peer = shouting(shout)
    octets = await peer.send(UPGRADE + b"early")
    (response,) = read_responses(octets.removesuffix(b"EARLY"))
    assert (response.status, response.get("connection"), response.get("upgrade")) == (101, "Upgrade", "shout")
    assert response.get("content-length") is None
    assert response.get("x") == "y"
    assert await peer.send(b"GET / HTTP/1.1\r\n") == b"GET / HTTP/1.1\r\n"
    assert peer.transport.protocol is not None
    peer.transport.protocol.pause_writing()
    peer.transport.protocol.resume_writing()
    assert peer.transport.protocol.eof_received() is True
    assert len(peer.scope.connections) == 1
    peer.connection.sweep(1e9)
    assert not peer.transport.is_closed
    await peer.vanish()
    assert shout.events == ["made", "data early", "data GET / HTTP/1.1\r\n", "pause", "resume", "eof", "lost"]
    assert not peer.scope.connections


async def test_draining_is_the_successors_to_do() -> None:
    shout = Shout()
    peer = shouting(shout)
    await peer.send(UPGRADE)
    peer.connection.drain(spares_used=True)
    await peer.vanish()
    assert shout.events == ["made", "drain", "lost"]


async def test_who_is_upgraded_while_the_listener_drains_is_told_so() -> None:
    shout = Shout()
    peer = shouting(shout)
    peer.scope.is_draining = True
    peer.connection.drain(spares_used=True)
    await peer.send(UPGRADE + b"early")
    peer.connection.drain(spares_used=False)
    assert shout.events == ["made", "data early", "drain", "lost"]
    assert peer.transport.is_closed


@pytest.mark.parametrize(
    ("octets", "fields"),
    [
        (b"GET / HTTP/1.0\r\nUpgrade: shout\r\n\r\n", []),
        (b"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\n", []),
        (UPGRADE, [("X", "no upgrade field")]),
        (UPGRADE, [("Upgrade", "a\r\nb")]),
        (UPGRADE, [("Upgrade", "a"), ("X", "a\r\nb")]),
    ],
)
async def test_what_cannot_be_upgraded(
    octets: bytes, fields: list[tuple[str, str]], caplog: pytest.LogCaptureFixture
) -> None:
    shout = Shout()
    peer = shouting(shout, *fields)
    (response,) = read_responses(await peer.send(octets))
    assert response.status == 500
    assert shout.events == []
    assert len(caplog.records) == 1
    await peer.vanish()
