"""The two bodies of an exchange: the request's on its way out, the response's on its way in."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, AsyncIterable, Awaitable, Callable
from typing import Protocol

from gatewright.base.messages import Response
from gatewright.wire.client_errors import RequestInvalid
from gatewright.wire.client_request import BodyFraming, RequestHead
from gatewright.wire.client_response import ResponseReader, ResponseState


class ExchangeConnection(Protocol):
    """What an exchange needs of its connection."""

    def read_on(self) -> None:
        """Read from the origin again."""
        ...

    def abandon(self, exchange: "Exchange") -> None:
        """Close the connection, if it still serves this exchange."""
        ...


class Exchange:
    """One request and its response: what has arrived, what went wrong, and who waits for more."""

    __slots__ = ("_connection", "_loop", "_small_body_bytes", "_waiter", "error", "reader")

    def __init__(self, connection: ExchangeConnection, reader: ResponseReader, small_body_bytes: int) -> None:
        self.reader = reader
        self.error: BaseException | None = None
        self._connection = connection
        self._loop = asyncio.get_running_loop()
        self._small_body_bytes = small_body_bytes
        self._waiter: asyncio.Future[None] | None = None

    async def response(self) -> Response:
        """Return the response as soon as its head is here, or its whole body where that is small."""
        reader = self.reader
        while not self._is_presentable():
            await self._progress()
        if reader.state is ResponseState.COMPLETE:
            return Response(reader.status, reader.headers, reader.take())
        return Response(reader.status, reader.headers, ResponseBody(self))

    async def next_chunk(self) -> bytes:
        """Return the next part of the body, empty at its end."""
        reader = self.reader
        while not reader.buffered_bytes and reader.state is not ResponseState.COMPLETE:
            await self._progress()
        chunk = reader.take()
        if reader.state is ResponseState.BODY:
            self._connection.read_on()
        return chunk

    def wake(self) -> None:
        """Let the waiting task look again."""
        waiter = self._waiter
        if waiter is not None and not waiter.done():
            waiter.set_result(None)

    def abandon(self) -> None:
        """Give up what has not arrived yet."""
        self._connection.abandon(self)

    def abandon_threadsafe(self) -> None:
        """Do so soon, from whatever thread the garbage collector runs in."""
        with contextlib.suppress(RuntimeError):  # a closed loop: its connections are gone anyway
            self._loop.call_soon_threadsafe(self.abandon)

    def _is_presentable(self) -> bool:
        reader = self.reader
        if reader.state is not ResponseState.BODY:
            return reader.state is ResponseState.COMPLETE
        if self.error is not None:
            return False
        return reader.content_length is None or reader.content_length > self._small_body_bytes

    async def _progress(self) -> None:
        if self.error is not None:
            raise self.error
        self._waiter = self._loop.create_future()
        try:
            await self._waiter
        except asyncio.CancelledError:
            self.abandon()
            raise
        finally:
            self._waiter = None


class ResponseBody:
    """A response body that is still arriving. Read it to its end or `aclose` it: until then it holds a connection."""

    __slots__ = ("_exchange",)

    def __init__(self, exchange: Exchange) -> None:
        self._exchange: Exchange | None = exchange

    def __aiter__(self) -> "ResponseBody":
        return self

    async def __anext__(self) -> bytes:
        if self._exchange is None:
            raise StopAsyncIteration
        chunk = await self._exchange.next_chunk()
        if not chunk:
            self._exchange = None
            raise StopAsyncIteration
        return chunk

    async def aclose(self) -> None:
        """Give up what is still to come. A body that has not arrived whole takes its connection along."""
        exchange, self._exchange = self._exchange, None
        if exchange is not None:
            exchange.abandon()

    def __del__(self) -> None:
        # Nobody can read on; the connection must not stay reserved for a body that nobody wants.
        if self._exchange is not None:
            self._exchange.abandon_threadsafe()


async def send_body(
    body: AsyncIterable[bytes],
    head: RequestHead,
    write: Callable[[bytes], None],
    drain: Callable[[], Awaitable[None] | None],
) -> None:
    """Write a streamed request body in the framing that its head announced. Raises `RequestInvalid`.

    `drain` returns something to wait for when the origin does not keep up.
    """
    is_chunked = head.framing is BodyFraming.CHUNKED
    left = head.content_length
    async with contextlib.AsyncExitStack() as stack:
        if isinstance(body, AsyncGenerator):
            stack.push_async_callback(body.aclose)
        async for chunk in body:
            if not chunk:
                continue  # an empty chunk would end the body (RFC 9112 section 7.1)
            left -= len(chunk)
            if not is_chunked and left < 0:
                raise RequestInvalid("the request body is longer than its Content-Length")
            write(b"%x\r\n%b\r\n" % (len(chunk), chunk) if is_chunked else chunk)
            drained = drain()
            if drained is not None:
                await drained
    if is_chunked:
        write(b"0\r\n\r\n")
    elif left:
        raise RequestInvalid(f"the request body is {left} octets shorter than its Content-Length")
