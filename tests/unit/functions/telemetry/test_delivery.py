"""Batches on their way to listeners, well-behaved and not."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest

from gatewright.functions.telemetry.delivery import Delivery, DeliveryFailed
from gatewright.functions.telemetry.subscription import Destination
from tests.unit.functions.fakes import until

Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


def tcp_socket() -> socket.socket:
    return socket.socket(socket.AF_INET, socket.SOCK_STREAM)


@contextlib.asynccontextmanager
async def listening(serve: Serve) -> AsyncIterator[int]:
    async def serve_and_close(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError, EOFError):
            await serve(reader, writer)
        writer.close()

    server = await asyncio.start_server(serve_and_close, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        await server.wait_closed()


@contextlib.contextmanager
def delivery_to(port: int, protocol: str = "HTTP") -> "contextlib.AbstractContextManager[Delivery]":  # type: ignore[misc]
    delivery = Delivery(tcp_socket, Destination(protocol, port, "/logs", f"sandbox:{port}"))
    try:
        yield delivery  # type: ignore[misc]
    finally:
        delivery.close()


async def test_http() -> None:
    received = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        length = int(head.split(b"Content-Length: ")[1].split(b"\r\n")[0])
        received.append((head.split(b"\r\n")[0], await reader.readexactly(length)))
        writer.write(b"HTTP/1.1 204 No Content\r\n\r\n")
        await writer.drain()

    async with listening(serve) as port:
        with delivery_to(port) as delivery:
            for batch in ([b"{}", b"1"], [b"2"]):  # the same socket twice
                await delivery.deliver(batch)
    assert received == [(b"POST /logs HTTP/1.1", b"[{},1]"), (b"POST /logs HTTP/1.1", b"[2]")]


async def test_tcp_keeps_one_connection() -> None:
    connections: list[list[bytes]] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        lines: list[bytes] = []
        connections.append(lines)
        while line := await reader.readline():
            lines.append(line)

    async with listening(serve) as port:
        with delivery_to(port, "TCP") as delivery:
            await delivery.deliver([b"1", b"2"])
            await delivery.deliver([b"3"])
            await until(lambda: connections == [[b"1\n", b"2\n", b"3\n"]])


async def test_nobody_listens() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with delivery_to(port) as delivery, pytest.raises(DeliveryFailed):
        await delivery.deliver([b"{}"])


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (b"HTTP/1.1 500 Sorry\r\n\r\n", "the listener answered 500"),
        (b"hello\r\n", "the listener does not speak HTTP"),
        (b"HTTP/1.1 many\r\n", "the listener does not speak HTTP"),
        (b"", "0 bytes read"),
        (b"x" * 100_000, "limit"),
    ],
)
async def test_listeners_that_do_not_take_it(answer: bytes, reason: str) -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(answer)
        await writer.drain()

    async with listening(serve) as port:
        with delivery_to(port) as delivery, pytest.raises(DeliveryFailed, match=reason):
            await delivery.deliver([b"{}"])


async def test_a_network_without_sockets() -> None:
    def none_left() -> socket.socket:
        raise OSError("none left")

    with pytest.raises(OSError, match="none left"):
        Delivery(none_left, Destination("HTTP", 1))
