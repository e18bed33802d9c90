"""One connection of a listener: the asyncio shell around `RequestReader`.

One task lives as long as the connection and serves its requests one after the other, so that a request costs no task,
responses keep the order of their requests, and the end of the connection is one cancellation. Deadlines are numbers
that the listener's sweep compares with the time, so that a request costs no timer either.
"""

import asyncio
import logging
import time
from collections.abc import AsyncIterator
from typing import cast

from gatewright.base.errors import BodyBroken, BodyError, BodyTimeout, BodyTooLarge
from gatewright.base.messages import Body, BytesBody, Headers, Request, Response
from gatewright.wire.connection_phase import Phase, is_legal
from gatewright.wire.errors import RequestRefused
from gatewright.wire.http11 import RequestReader
from gatewright.wire.incoming_body import IncomingBody
from gatewright.wire.listener_scope import ListenerScope
from gatewright.wire.request_head import RequestHead
from gatewright.wire.response_head import ResponseInvalid, error_content, error_response
from gatewright.wire.response_writer import ResponseWriter, close_stream
from gatewright.wire.upgrade import Relay, Successor, Upgrade

logger = logging.getLogger(__name__)

_NEVER = float("inf")
_EMPTY_BODY = BytesBody()
# Pipelined requests answered in a row before other connections get their turn.
_PIPELINE_TURN = 16


# Stands for a request that could not be read: its refusal is written as if it answered this.
_NO_REQUEST = RequestHead("", "", "", Headers(), "1.1", 0, False, False)


class ServerConnection(asyncio.Protocol):
    """Serves one client."""

    __slots__ = (
        "_arrival",
        "_body",
        "_deadline",
        "_is_continue_due",
        "_is_reading_paused",
        "_loop",
        "_peer",
        "_phase",
        "_reader",
        "_scheme",
        "_scope",
        "_successor",
        "_task",
        "_transport",
        "_writer",
    )

    _transport: asyncio.Transport
    _writer: ResponseWriter
    _loop: asyncio.AbstractEventLoop

    def __init__(self, scope: ListenerScope) -> None:
        # Connection
        self._scope = scope
        self._reader = RequestReader(scope.limits, scope.body_limit)
        self._phase = Phase.HEAD
        self._deadline = _NEVER
        self._task: asyncio.Task[None] | None = None
        self._peer = ("", 0)
        self._scheme = "http"
        self._is_reading_paused = False
        # Set while somebody waits for octets
        self._arrival: asyncio.Future[None] | None = None
        # Request
        self._body: IncomingBody | None = None
        self._is_continue_due = False
        # After an upgrade
        self._successor: Successor | None = None

    # What asyncio calls

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin to serve, unless there are too many already."""
        scope = self._scope
        self._transport = cast("asyncio.Transport", transport)
        self._loop = asyncio.get_running_loop()
        self._writer = ResponseWriter(self._transport, scope.limits.write_stall_seconds)
        self._transport.set_write_buffer_limits(high=scope.limits.write_high_water_bytes)
        peer = transport.get_extra_info("peername")
        if isinstance(peer, tuple):
            self._peer = peer[:2]
        if transport.get_extra_info("sslcontext") is not None:
            self._scheme = "https"
        is_full = len(scope.connections) >= scope.limits.connections
        scope.add(self)
        if is_full or scope.is_draining:
            scope.refused_connections += 1
            self._write_error(_NO_REQUEST, 503, keeps_alive=False)
            self._close()
            return
        self._deadline = scope.next_sweep + scope.limits.header_seconds
        self._task = self._loop.create_task(self._run())

    def data_received(self, octets: bytes) -> None:
        """Wake who waits for octets, or keep them up to the high-water mark."""
        if self._phase >= Phase.LINGERING:
            return
        reader = self._reader
        reader.receive(octets)
        arrival = self._arrival
        if arrival is not None:
            self._arrival = None
            if not arrival.done():
                arrival.set_result(None)
        elif reader.backlog > self._scope.limits.read_high_water_bytes and not self._is_reading_paused:
            self._is_reading_paused = True
            self._transport.pause_reading()

    def eof_received(self) -> None:
        """Take the end of the client's octets for the end of the client: the transport closes itself."""

    def pause_writing(self) -> None:
        """Make the writer wait."""
        self._writer.pause()

    def resume_writing(self) -> None:
        """Let the writer go on."""
        self._writer.resume()

    def connection_lost(self, exc: Exception | None) -> None:
        """Cancel the handler where it waits."""
        is_reading_body = self._phase is Phase.BODY
        self._phase = Phase.CLOSED
        self._scope.discard(self)
        if is_reading_body:
            self._fail_arrival(BodyBroken("the client went away"))
        if self._task is not None:
            self._task.cancel()

    # What the listener calls

    def sweep(self, now: float) -> None:
        """Do what is due at a time of the event loop."""
        phase = self._phase
        if (self._writer.is_paused or phase is Phase.CLOSING) and self._writer.has_stalled(now):
            self.abort()
        elif now >= self._deadline:
            if phase is Phase.BODY:
                # What comes later would be taken for the rest of a body that was given up.
                self._reader.take_backlog()
                self._fail_arrival(BodyTimeout("the body stopped arriving"))
            elif phase is Phase.HEAD and self._reader.backlog:
                self._fail_arrival(RequestRefused(408, "the header section took too long"))
            elif phase in (Phase.IDLE, Phase.HEAD, Phase.LINGERING):
                self._close()

    def drain(self) -> None:
        """Close now if nothing is in flight; otherwise the response in flight will be the last."""
        if self._successor is not None:
            self._successor.drain()
        elif self._phase in (Phase.IDLE, Phase.HEAD) and not self._reader.backlog:
            self._close()

    def abort(self) -> None:
        """Cut the connection off."""
        if self._phase < Phase.CLOSING:
            self._enter(Phase.CLOSING)
        self._transport.abort()

    # The connection's task

    async def _run(self) -> None:
        try:
            await self._serve_requests()
        except RequestRefused as refusal:
            self._refuse(refusal.status, refusal.reason)
        except Exception:
            logger.exception("a connection failed")
            self.abort()

    async def _serve_requests(self) -> None:
        reader, limits = self._reader, self._scope.limits
        in_a_row = 0
        while True:
            head = reader.read_head()
            if head is None:
                if self._phase is Phase.IDLE and reader.backlog:
                    self._enter(Phase.HEAD, limits.header_seconds)
                await self._wait_for_octets()
                in_a_row = 0
                continue
            in_a_row += 1
            if in_a_row % _PIPELINE_TURN == 0:
                await asyncio.sleep(0)
            self._enter(Phase.SERVING)
            if not await self._serve(head):
                return
            self._enter(Phase.IDLE, limits.keep_alive_seconds)
            if self._scope.is_draining and not reader.backlog:
                self._close()
                return

    async def _serve(self, head: RequestHead) -> bool:
        """Answer one request; say whether the connection lives on."""
        response = await self._handle(head)
        if self._phase >= Phase.LINGERING:
            return False
        if response.status == 101:
            if await self._upgrade(head, response):
                return False
            response = error_response(500)
        keeps_alive = head.keeps_alive and not self._scope.is_draining and not self._is_continue_due
        body = response.body
        if isinstance(body, bytes):
            if not self._reader.is_between_requests and not self._can_discard_rest():
                keeps_alive = False
            self._write(head, response, body, keeps_alive)
        else:
            self._is_continue_due = False
            keeps_alive = await self._stream(head, response, body, keeps_alive)
        if self._writer.is_paused:
            await self._writer.wait_for_room()
        if self._body is not None:
            keeps_alive = self._retire_body() and keeps_alive and await self._discard_rest()
        if not keeps_alive:
            self._finish()
        return keeps_alive

    async def _handle(self, head: RequestHead) -> Response:
        try:
            return await self._scope.handler(self._request(head))
        except BodyError as error:
            return error_response(error.status)
        except asyncio.CancelledError:
            task = asyncio.current_task()
            if task is not None and task.cancelling():
                raise
            logger.exception("the handler cancelled itself: %s %s", head.method, head.path)
        except Exception:
            logger.exception("the handler failed: %s %s", head.method, head.path)
        return error_response(500)

    def _request(self, head: RequestHead) -> Request:
        body: Body = _EMPTY_BODY
        if head.content_length != 0:
            if self._reader.has_whole_body():
                body = BytesBody(self._reader.read_content())
            else:
                body = self._body = IncomingBody(self)
                self._is_continue_due = head.expects_continue
        address, port = self._peer
        return Request(
            head.method,
            head.path,
            head.query,
            head.headers,
            body,
            head.http_version,
            self._scheme,
            address,
            port,
            time.time(),
        )

    async def receive_content(self, body: IncomingBody) -> bytes:
        """Return what came next of the body of the request being served, empty at its end. Raises `BodyError`."""
        if body is not self._body or self._phase >= Phase.LINGERING:
            raise BodyBroken("the exchange is over")
        return await self._next_content()

    async def _next_content(self) -> bytes:
        while True:
            try:
                content = self._reader.read_content()
                if content or self._reader.is_between_requests:
                    return content
                if self._reader.is_lost:
                    raise BodyBroken("the rest of the body cannot be read")
            except RequestRefused as refusal:
                raise (BodyTooLarge if refusal.status == 413 else BodyBroken)(refusal.reason) from refusal
            if self._is_continue_due:
                self._is_continue_due = False
                self._writer.write_continue()
            self._enter(Phase.BODY, self._scope.limits.body_idle_seconds)
            try:
                await self._wait_for_octets()
            finally:
                if self._phase is Phase.BODY:
                    self._enter(Phase.SERVING)

    def _can_discard_rest(self) -> bool:
        """Say whether what the handler left unread of the body is little enough to read it for nothing."""
        remaining = self._reader.remaining_length
        return remaining is not None and remaining <= self._scope.limits.unread_body_bytes

    def _retire_body(self) -> bool:
        """Part with the body of a request that is answered; False when a task of the handler's was still reading it."""
        self._body = None
        self._is_continue_due = False
        if self._phase is not Phase.BODY:
            return True
        self._fail_arrival(BodyBroken("the response has been sent"))
        self._enter(Phase.SERVING)
        return False

    async def _discard_rest(self) -> bool:
        """Read the rest of a body that nobody wants; say whether its end was found."""
        try:
            while self._can_discard_rest():
                if not await self._next_content():
                    return True
        except BodyError:
            pass
        return False

    # Writing

    def _write(self, head: RequestHead, response: Response, body: bytes, keeps_alive: bool) -> None:
        date_line = self._scope.dates.line(time.time())
        try:
            self._writer.write_whole(head, response, body, date_line, keeps_alive)
        except (ResponseInvalid, ValueError, TypeError):
            logger.exception("the handler's response cannot be written: %s %s", head.method, head.path)
            self._write_error(head, 500, keeps_alive)

    def _write_error(self, head: RequestHead, status: int, keeps_alive: bool) -> None:
        date_line = self._scope.dates.line(time.time())
        self._writer.write_whole(head, error_response(status), error_content(status), date_line, keeps_alive)

    async def _stream(
        self, head: RequestHead, response: Response, body: AsyncIterator[bytes], keeps_alive: bool
    ) -> bool:
        """Write a response whose body comes in pieces; say whether the connection can live on."""
        try:
            framing = self._writer.write_stream_head(head, response, self._scope.dates.line(time.time()), keeps_alive)
        except (ResponseInvalid, ValueError, TypeError):
            logger.exception("the handler's response cannot be written: %s %s", head.method, head.path)
            await close_stream(body)
            self._write_error(head, 500, keeps_alive)
            return keeps_alive
        if framing.is_empty:
            await close_stream(body)
            return keeps_alive
        try:
            await self._writer.write_stream(body, framing)
        except Exception:
            # The client must see that the body is cut off (RFC 9112 section 8).
            logger.exception("a streamed response broke off: %s %s", head.method, head.path)
            self.abort()
            return False
        return keeps_alive and not framing.is_close_delimited

    async def _upgrade(self, head: RequestHead, response: Response) -> bool:
        """Hand the connection over; say whether that was possible."""
        try:
            if not isinstance(response, Upgrade):
                raise ResponseInvalid("status 101 without an upgrade")
            if head.http_version != "1.1" or not self._reader.is_between_requests:
                raise ResponseInvalid("an upgrade in HTTP/1.0 or before the request's body was read")
            self._writer.write_switching_protocols(response.headers, self._scope.dates.line(time.time()))
        except (ResponseInvalid, ValueError, TypeError):
            logger.exception("the handler's upgrade cannot be written: %s", head.path)
            return False
        if self._writer.is_paused:
            await self._writer.wait_for_room()
        successor = response.successor()
        self._enter(Phase.UPGRADED)
        self._successor = successor
        transport = self._transport
        transport.set_protocol(Relay(successor, self.connection_lost))
        self._resume_reading()
        successor.connection_made(transport)
        early = self._reader.take_backlog()
        if early:
            successor.data_received(early)
        return True

    # The end

    def _refuse(self, status: int, reason: str) -> None:
        """Answer a request that no handler sees, and end the connection."""
        logger.debug("refused %s: %d %s", self._peer, status, reason)
        if self._phase < Phase.LINGERING:
            self._write_error(_NO_REQUEST, status, keeps_alive=False)
            self._linger()

    def _finish(self) -> None:
        """End the connection so that the peer gets all that was written."""
        if self._phase >= Phase.LINGERING:
            return
        if self._reader.is_between_requests and not self._reader.backlog:
            self._close()
        else:
            self._linger()

    def _linger(self) -> None:
        # RFC 9112 section 9.6: closing at once may reset the connection before the peer has read our answer.
        self._enter(Phase.LINGERING, self._scope.limits.linger_seconds)
        self._reader.take_backlog()
        self._resume_reading()
        if self._transport.can_write_eof():
            self._transport.write_eof()

    def _close(self) -> None:
        self._enter(Phase.CLOSING)
        self._transport.close()

    # Small things

    def _enter(self, phase: Phase, seconds: float = _NEVER) -> None:
        if not is_legal(self._phase, phase):
            raise RuntimeError(f"a connection cannot go from {self._phase.name} to {phase.name}")
        self._phase = phase
        self._deadline = self._scope.next_sweep + seconds

    async def _wait_for_octets(self) -> None:
        self._resume_reading()
        self._arrival = arrival = self._loop.create_future()
        await arrival

    def _resume_reading(self) -> None:
        if self._is_reading_paused:
            self._is_reading_paused = False
            self._transport.resume_reading()

    def _fail_arrival(self, error: Exception) -> None:
        arrival, self._arrival = self._arrival, None
        if arrival is not None and not arrival.done():
            arrival.set_exception(error)
