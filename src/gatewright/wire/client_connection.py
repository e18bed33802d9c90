"""One connection to an origin.

    CONNECTING ──▶ IDLE ⇄ ACTIVE
         │          │       │
         └──────────┴───────┴──▶ CLOSED

A connection goes back to IDLE only after a request that was sent whole and a response that was read whole; every
other end of an exchange, cancellation included, closes it.
"""

import asyncio
import math
import select
from collections.abc import AsyncIterable
from enum import Enum
from types import MappingProxyType
from typing import Protocol, cast

from gatewright.wire.client_errors import ResponseBroken, ResponseTimeout
from gatewright.wire.client_exchange import Exchange, send_body
from gatewright.wire.client_expectation import Expectation
from gatewright.wire.client_limits import ClientLimits
from gatewright.wire.client_request import BodyFraming, RequestHead, UpstreamRequest
from gatewright.wire.client_response import ResponseReader, ResponseState

# Up to here copying a body behind its head is cheaper than a second buffer on its way to the kernel.
_ONE_WRITE_BYTES = 16_384


class ConnectionState(Enum):
    """Where a connection is in its life."""

    CONNECTING = "connecting"
    IDLE = "idle"
    ACTIVE = "active"
    CLOSED = "closed"


_TRANSITIONS = MappingProxyType(
    {
        ConnectionState.CONNECTING: frozenset((ConnectionState.IDLE, ConnectionState.CLOSED)),
        ConnectionState.IDLE: frozenset((ConnectionState.ACTIVE, ConnectionState.CLOSED)),
        ConnectionState.ACTIVE: frozenset((ConnectionState.IDLE, ConnectionState.CLOSED)),
        ConnectionState.CLOSED: frozenset[ConnectionState](),
    }
)


class ConnectionOwner(Protocol):
    """Who keeps a connection between exchanges."""

    def on_idle(self, connection: "Connection") -> None:
        """The connection can take another request."""
        ...

    def on_closed(self, connection: "Connection") -> None:
        """The connection takes no more requests; its transport may still have to say goodbye."""
        ...

    def on_lost(self, connection: "Connection") -> None:
        """The transport is gone."""
        ...


class Connection(asyncio.Protocol):
    """The asyncio face of one connection."""

    def __init__(self, owner: ConnectionOwner, limits: ClientLimits) -> None:
        # For the life of the connection
        self.state = ConnectionState.CONNECTING
        self.idle_until = math.inf  # opened for a request that takes it at once
        self._owner = owner
        self._limits = limits
        self._loop = asyncio.get_running_loop()
        self._transport: asyncio.Transport | None = None
        self._poll: select.poll | None = None
        self._expectation = Expectation(self._loop, self._on_expired)
        self._writable: asyncio.Future[None] | None = None
        # For one exchange
        self._exchange: Exchange | None = None
        self._response_seconds = 0.0
        self._body_idle_seconds = 0.0
        self._keeps_alive = True
        self._is_sent = True
        self._is_reading_paused = False
        self._sender: asyncio.Task[None] | None = None

    @property
    def has_transport(self) -> bool:
        """Whether `on_lost` is still to come."""
        return self._transport is not None

    def is_usable(self) -> bool:
        """Whether an idle connection can take a request: nothing has come over it, not even its end, since."""
        if self.state is not ConnectionState.IDLE or self._transport is None or self._transport.is_closing():
            return False
        # The loop may not have got round to an end that the kernel already knows of.
        return self._loop.time() < self.idle_until and (self._poll is None or not self._poll.poll(0))

    def start(self, request: UpstreamRequest, head: RequestHead, deadline: float | None) -> Exchange:
        """Write the request, or begin to. Call `is_usable` right before; `deadline` is in loop time."""
        self._enter(ConnectionState.ACTIVE)
        transport = cast("asyncio.Transport", self._transport)
        exchange = Exchange(self, ResponseReader(request.method, self._limits), self._limits.small_body_bytes)
        self._exchange = exchange
        seconds = request.response_seconds
        self._response_seconds = self._limits.response_seconds if seconds is None else seconds
        seconds = request.body_idle_seconds
        self._body_idle_seconds = self._limits.body_idle_seconds if seconds is None else seconds
        self._keeps_alive = head.keeps_alive
        self._is_sent = head.framing is BodyFraming.WHOLE
        self._expectation.begin(deadline)
        self._expect_response()
        body = request.body
        if not isinstance(body, bytes):
            transport.write(head.octets)
            self._sender = self._loop.create_task(self._send(body, head, transport))
            self._sender.add_done_callback(self._on_sender_done)
        elif len(body) <= _ONE_WRITE_BYTES:
            transport.write(head.octets + body)
        else:
            transport.writelines((head.octets, body))
        return exchange

    def read_on(self) -> None:
        """The reader has taken what there was: let more come."""
        if self._is_reading_paused and self.state is ConnectionState.ACTIVE and self._transport is not None:
            self._is_reading_paused = False
            if not self._transport.is_closing():
                self._transport.resume_reading()
            self._expectation.set(self._body_idle_seconds, "nothing more of the response body")

    def abandon(self, exchange: Exchange) -> None:
        """Close the connection if it still serves this exchange."""
        if self._exchange is exchange:
            self.close(ResponseBroken("the response was given up"))

    def close(self, error: BaseException | None = None) -> None:
        """Close an idle connection; with an error, cut off whatever is under way and say why."""
        if self.state is ConnectionState.CLOSED:
            return
        self._enter(ConnectionState.CLOSED)
        self._expectation.cancel()
        exchange, self._exchange = self._exchange, None
        sender, self._sender = self._sender, None
        if sender is not None:
            sender.cancel()
        if self._transport is not None:
            # A polite close waits until the origin has taken what is still to be sent, be it for ever.
            if error is not None or self._transport.get_write_buffer_size():
                self._transport.abort()
            else:
                self._transport.close()
        self._owner.on_closed(self)
        if exchange is not None:
            exchange.error = error
            exchange.wake()

    def abort(self) -> None:
        """Cut the goodbyes of a closed connection short."""
        if self._transport is not None:
            self._transport.abort()

    # Callbacks of asyncio

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        if self.state is ConnectionState.CLOSED:  # given up while it was being opened
            self._transport.abort()
            return
        socket = transport.get_extra_info("socket")
        if socket is not None:
            self._poll = select.poll()
            self._poll.register(socket.fileno(), select.POLLIN)
        self._enter(ConnectionState.IDLE)

    def data_received(self, data: bytes) -> None:
        exchange = self._exchange
        if exchange is None:
            # Nothing was asked: a 408, the rest of a body that should not have been, or a planted response.
            self.close(ResponseBroken("the origin sent what was not asked for"))
            return
        reader = exchange.reader
        try:
            reader.feed(data)
        except ResponseBroken as error:
            self.close(error)
            return
        if reader.state is ResponseState.COMPLETE:
            self._finish(exchange)
        elif reader.state is ResponseState.BODY:
            if reader.buffered_bytes <= self._limits.high_water_bytes:
                self._expectation.set(self._body_idle_seconds, "nothing more of the response body")
            elif not self._is_reading_paused and self._transport is not None:
                self._is_reading_paused = True
                self._transport.pause_reading()
                self._expectation.set(None, "the response body was not read to its end")
            exchange.wake()

    def eof_received(self) -> None:
        exchange = self._exchange
        if exchange is None:
            self.close()
            return
        try:
            exchange.reader.feed_eof()
        except ResponseBroken as error:
            self.close(error)
        else:
            self._finish(exchange)

    def connection_lost(self, exc: Exception | None) -> None:
        reason = f": {exc}" if exc is not None else ""
        self.close(ResponseBroken(f"the connection to the origin was lost{reason}"))
        self._transport = self._poll = None
        self._owner.on_lost(self)

    def pause_writing(self) -> None:
        self._writable = self._loop.create_future()
        if not self._is_sent:
            self._expectation.set(self._limits.body_idle_seconds, "the request body was not taken")

    def resume_writing(self) -> None:
        writable, self._writable = self._writable, None
        if writable is not None and not writable.done():
            writable.set_result(None)
        if not self._is_sent:
            self._expect_response()

    # The exchange

    def _expect_response(self) -> None:
        # While the body is being sent, its own source sets the pace; the origin's time starts after it.
        self._expectation.set(self._response_seconds if self._is_sent else None, "no response")

    def _finish(self, exchange: Exchange) -> None:
        """The response is complete: give the connection back before anybody reads what it brought."""
        self.read_on()
        self._exchange = None
        self._expectation.clear()
        reader = exchange.reader
        if not self._is_sent or (self._transport is not None and self._transport.get_write_buffer_size()):
            self.close(ResponseBroken("the origin answered before it had the whole request"))
        elif not (reader.keeps_alive and self._keeps_alive):
            self.close()
        else:
            self._enter(ConnectionState.IDLE)
            seconds = self._limits.idle_seconds
            if reader.keep_alive_seconds is not None:
                # A second of margin: the origin counts from when it sent, we from when we received.
                seconds = min(seconds, reader.keep_alive_seconds - 1.0)
            self.idle_until = self._loop.time() + seconds
            self._owner.on_idle(self)
        exchange.wake()

    async def _send(self, body: AsyncIterable[bytes], head: RequestHead, transport: asyncio.Transport) -> None:
        def write(octets: bytes) -> None:
            if transport.is_closing():  # uvloop's raise RuntimeError once they are closed
                raise ResponseBroken("the connection to the origin was lost")
            transport.write(octets)

        await send_body(body, head, write, lambda: self._writable)
        self._is_sent = True
        exchange = self._exchange
        if exchange is not None and exchange.reader.state is ResponseState.HEAD:
            self._expect_response()

    def _on_sender_done(self, sender: asyncio.Task[None]) -> None:
        error = None if sender.cancelled() else sender.exception()
        if self._sender is sender:
            self._sender = None
            if error is not None:
                self.close(error)

    def _on_expired(self, complaint: str) -> None:
        self.close(ResponseTimeout(f"{complaint} in time"))

    def _enter(self, state: ConnectionState) -> None:
        if state not in _TRANSITIONS[self.state]:
            raise AssertionError(f"{self.state} to {state}")
        self.state = state
