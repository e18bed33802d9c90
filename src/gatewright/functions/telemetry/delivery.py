"""Sending batches of events to a listener inside an execution environment's own network.

The listener is somebody else's code: it gets little time, and little is read of what it answers. HTTP gets an array of
events in one request, TCP a line for each over one connection ("Accessing real-time telemetry data for extensions using
the Telemetry API").

A network that is not the node's own has a few sockets for this, which the node can use but not make. So a connection
is ended by dissolving the socket's association, after which the socket can be connected again: connect(2), AF_UNSPEC.
"""

import asyncio
import contextlib
import ctypes
import os
import socket
import struct
from collections.abc import Callable
from typing import Final

from gatewright.base.errors import GatewrightError
from gatewright.functions.telemetry.subscription import Destination

_LOOPBACK: Final = "127.0.0.1"
_SECONDS: Final = 5.0
"""How long a listener may take for one batch."""
_FAREWELL_SECONDS: Final = 0.2
"""How long it may take to close its end afterwards."""
_MAX_LINE_BYTES: Final = 16 * 1024
_NOBODY: Final = struct.pack("@H14x", socket.AF_UNSPEC)

MakeSocket = Callable[[], socket.socket]
"""Returns a TCP socket in the network of an environment's processes, connected to nothing. Raises `OSError`."""


class DeliveryFailed(GatewrightError):
    """The listener is not there, or did not take the batch."""


class Delivery:
    """One listener, and the socket by which it is reached."""

    __slots__ = ("_destination", "_socket", "_streams")

    def __init__(self, make_socket: MakeSocket, destination: Destination) -> None:
        """Raises `OSError` when the network has no socket left."""
        self._destination = destination
        self._socket = make_socket()
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def deliver(self, events: list[bytes]) -> None:
        """Send a batch. Raises `DeliveryFailed`."""
        try:
            async with asyncio.timeout(_SECONDS):
                if self._destination.protocol == "TCP":
                    await self._send_lines(events)
                    return
                await self._post(events)
            await self._part()
        except TimeoutError as error:
            raise DeliveryFailed(f"the listener took longer than {_SECONDS:g} s") from error
        except (OSError, EOFError, asyncio.LimitOverrunError) as error:
            raise DeliveryFailed(str(error)) from error
        finally:
            if self._destination.protocol == "HTTP":
                self._disconnect()

    def close(self) -> None:
        """End the connection and give the socket up."""
        self._disconnect()
        self._socket.close()

    async def _send_lines(self, events: list[bytes]) -> None:
        try:
            _, writer = self._streams or await self._connect()
            writer.write(b"\n".join(events) + b"\n")
            await writer.drain()
        except BaseException:
            self._disconnect()
            raise

    async def _post(self, events: list[bytes]) -> None:
        reader, writer = await self._connect()
        to = self._destination
        body = b"[" + b",".join(events) + b"]"
        head = (
            f"{to.method} {to.target} HTTP/1.1\r\nHost: {to.authority}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
        )
        writer.write(head.encode("latin-1") + body)
        with contextlib.suppress(ConnectionError):  # it may answer before it has read everything
            await writer.drain()
        status = _status(await reader.readuntil(b"\r\n"))
        if not 200 <= status < 300:
            raise DeliveryFailed(f"the listener answered {status}")

    async def _part(self) -> None:
        """Let the listener close first, so that it does not find its answer cut off."""
        if self._streams is not None:
            reader, writer = self._streams
            with contextlib.suppress(OSError, TimeoutError):
                async with asyncio.timeout(_FAREWELL_SECONDS):
                    writer.write_eof()
                    while await reader.read(_MAX_LINE_BYTES):
                        pass

    async def _connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        own = socket.socket(fileno=os.dup(self._socket.fileno()))
        try:
            own.setblocking(False)
            await asyncio.get_running_loop().sock_connect(own, (_LOOPBACK, self._destination.port))
            self._streams = await asyncio.open_connection(sock=own, limit=_MAX_LINE_BYTES)
        except BaseException:
            own.close()
            raise
        return self._streams

    def _disconnect(self) -> None:
        if self._streams is not None:
            self._streams[1].transport.abort()
            self._streams = None
        if self._socket.fileno() >= 0:
            # Python's own `connect` knows no address of the family AF_UNSPEC. A socket that is connected to nothing
            # stays so, and a failure shows when it is connected again.
            ctypes.CDLL(None).connect(self._socket.fileno(), _NOBODY, len(_NOBODY))


def _status(line: bytes) -> int:
    """Return the status of a status line. Raises `DeliveryFailed`."""
    parts = line.split(b" ", 2)
    if len(parts) < 2 or not parts[0].startswith(b"HTTP/") or not parts[1].strip().isdigit():
        raise DeliveryFailed("the listener does not speak HTTP")
    return int(parts[1])
