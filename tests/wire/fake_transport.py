"""A transport that remembers what was written, and a connection on it: no sockets, no waiting."""

import asyncio
from dataclasses import dataclass, field

from gatewright.base.messages import Handler, Headers, Request, Response
from gatewright.wire.connection import ServerConnection
from gatewright.wire.http11 import BodyLimit
from gatewright.wire.limits import Limits
from gatewright.wire.listener_scope import ListenerScope
from gatewright.wire.turn import Turn


class FakeTransport(asyncio.Transport):
    """Takes everything at once, until a test makes it refuse to."""

    def __init__(self) -> None:
        super().__init__()
        self.written = bytearray()
        self.writes = 0
        self.is_reading_paused = False
        self.is_closed = False
        self.is_aborted = False
        self.has_written_eof = False
        self.waiting_bytes = 0
        self.high_water = 0
        self.protocol: asyncio.Protocol | None = None

    def write(self, data: bytes | bytearray | memoryview) -> None:
        assert not self.is_closed, "written after close"
        assert not self.has_written_eof, "written after end of file"
        self.written += data
        self.writes += 1

    def writelines(self, list_of_data) -> None:
        self.write(b"".join(list_of_data))

    def can_write_eof(self) -> bool:
        return True

    def write_eof(self) -> None:
        self.has_written_eof = True

    def close(self) -> None:
        self._lose()

    def abort(self) -> None:
        self.is_aborted = True
        self._lose()

    def is_closing(self) -> bool:
        return self.is_closed

    def pause_reading(self) -> None:
        assert not self.is_reading_paused
        self.is_reading_paused = True

    def resume_reading(self) -> None:
        assert self.is_reading_paused
        self.is_reading_paused = False

    def set_protocol(self, protocol: asyncio.BaseProtocol) -> None:
        assert isinstance(protocol, asyncio.Protocol)
        self.protocol = protocol

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        self.high_water = high or 0

    def get_write_buffer_size(self) -> int:
        return self.waiting_bytes

    def get_extra_info(self, name: str, default: object = None) -> object:
        return ("192.0.2.7", 50123) if name == "peername" else default

    def _lose(self) -> None:
        if not self.is_closed:
            self.is_closed = True
            assert self.protocol is not None
            asyncio.get_running_loop().call_soon(self.protocol.connection_lost, None)


@dataclass
class Peer:
    """The client's end of a connection, and what is behind it."""

    connection: ServerConnection
    transport: FakeTransport
    scope: ListenerScope
    requests: list[Request] = field(default_factory=list)
    now: float = 0.0
    """The time in seconds of the turns of the event loop."""

    async def send(self, octets: bytes) -> bytes:
        """Send, let the server work, and return what it has written since."""
        already = len(self.transport.written)
        if not self.transport.is_closed:
            assert self.transport.protocol is not None
            self.transport.protocol.data_received(octets)
        await settle()
        return bytes(self.transport.written[already:])

    async def vanish(self) -> None:
        """Close the connection from the client's end."""
        self.transport.close()
        await settle()


async def settle() -> None:
    """Let everything that can run without the outside world run."""
    for _ in range(12):
        await asyncio.sleep(0)


def connect(
    handler: Handler | None = None, limits: Limits | None = None, *, body_limit: BodyLimit | None = None
) -> Peer:
    """Open a connection. Requests are recorded, read and answered with 204 unless `handler` does otherwise."""

    async def record(request: Request) -> Response:
        peer.requests.append(request)
        if handler is not None:
            return await handler(request)
        await request.body.read()
        return Response(204, Headers())

    scope = ListenerScope(record, limits or Limits(), body_limit, turn=Turn(lambda: peer.now))
    connection = ServerConnection(scope)
    transport = FakeTransport()
    transport.protocol = connection
    peer = Peer(connection, transport, scope)
    connection.connection_made(transport)
    return peer
