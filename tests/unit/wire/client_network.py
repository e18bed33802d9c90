"""Origins for the tests of the upstream client: one in memory, one on the loopback interface."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable

from gatewright.wire.client_request import Origin


class FakeTransport(asyncio.Transport):
    """Keeps what is written; the test plays the origin by calling the protocol."""

    def __init__(self, protocol: asyncio.Protocol) -> None:
        super().__init__()
        self.protocol = protocol
        self.written = b""
        self.answers = 0
        self.unsent_bytes = 0
        self.is_aborted = False
        self.is_reading_paused = False
        self._is_closing = False

    def write(self, data: bytes | bytearray | memoryview) -> None:
        self.written += bytes(data)

    def is_closing(self) -> bool:
        return self._is_closing

    def get_write_buffer_size(self) -> int:
        return self.unsent_bytes

    def close(self) -> None:
        if not self._is_closing:
            self._is_closing = True
            asyncio.get_running_loop().call_soon(self.protocol.connection_lost, None)

    def abort(self) -> None:
        self.is_aborted = True
        self.close()

    def pause_reading(self) -> None:
        self.is_reading_paused = True

    def resume_reading(self) -> None:
        self.is_reading_paused = False

    def answer(self, octets: bytes) -> None:
        """Let the origin send octets."""
        self.answers += 1
        self.protocol.data_received(octets)


class FakeNetwork:
    """A `Connect` that opens connections at once, or when the test says so."""

    def __init__(self) -> None:
        self.transports: list[FakeTransport] = []
        self.gate: asyncio.Event | None = None
        self.failure: Exception | None = None

    async def __call__(self, origin: Origin, protocol: asyncio.Protocol) -> None:
        if self.gate is not None:
            await self.gate.wait()
        if self.failure is not None:
            raise self.failure
        transport = FakeTransport(protocol)
        self.transports.append(transport)
        protocol.connection_made(transport)

    @property
    def living(self) -> list[FakeTransport]:
        return [transport for transport in self.transports if not transport.is_closing()]


Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@contextlib.asynccontextmanager
async def origin_on_loopback(serve: Serve, **options: object) -> AsyncIterator[Origin]:
    """Run a server whose connections `serve` handles; every one of them has ended when this does."""
    tasks: set[asyncio.Task[None]] = set()

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await serve(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.transport.abort()

    def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.get_running_loop().create_task(handle(reader, writer))
        tasks.add(task)
        task.add_done_callback(tasks.discard)

    server = await asyncio.start_server(accept, "127.0.0.1", 0, **options)  # type: ignore[arg-type]
    try:
        yield Origin("https" if "ssl" in options else "http", "127.0.0.1", server.sockets[0].getsockname()[1])
    finally:
        server.close()
        for task in list(tasks):
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def read_head(reader: asyncio.StreamReader) -> bytes:
    """Read one request head."""
    return await reader.readuntil(b"\r\n\r\n")


async def settle() -> None:
    """Let the loop run what is ready, callbacks of callbacks included."""
    for _ in range(10):
        await asyncio.sleep(0)
