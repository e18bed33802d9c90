"""One connection of a listener: the asyncio shell around `RequestReader`.

Requests are read where their octets arrive. What the handler answers at once is written at once; what has to be waited
for is left to one task, which lives as long as the connection: a request costs no task, responses keep the order of
their requests, and the end of the connection is one cancellation. Deadlines are numbers that the listener's sweep
compares with the time, so that a request costs no timer either.
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Coroutine
from typing import cast

from gatewright.base.errors import BodyBroken, BodyError, BodyTimeout
from gatewright.base.messages import Body, ReceivedHeaders, Request, Response
from gatewright.wire.answers import AnswerWriter, ResponseCutOff
from gatewright.wire.connection_phase import BODY, CLOSED, CLOSING, HEAD, IDLE, LINGERING, SERVING, UPGRADED, Lifecycle
from gatewright.wire.errors import RequestRefused
from gatewright.wire.http11 import RequestReader
from gatewright.wire.incoming_body import BodyReceiver
from gatewright.wire.listener_scope import ListenerScope
from gatewright.wire.receiver import Receiver
from gatewright.wire.request_head import RequestHead
from gatewright.wire.response_head import ResponseInvalid, error_response
from gatewright.wire.response_writer import UNWRITABLE, ResponseWriter, close_stream
from gatewright.wire.upgrade import Relay, Successor, Upgrade

logger = logging.getLogger(__name__)

# Pipelined requests answered in a row before other connections get their turn.
_PIPELINE_TURN = 16
# Stands for a request that could not be read: its refusal is written as if it answered this.
_NO_REQUEST = RequestHead("", "", "", ReceivedHeaders(), "1.1", 0, False, False)


class ServerConnection(asyncio.Protocol):
    """Serves one client."""

    __slots__ = (
        "_answers",
        "_bodies",
        "_exchange",
        "_lifecycle",
        "_peer",
        "_reader",
        "_receiver",
        "_scheme",
        "_scope",
        "_successor",
        "_task",
        "_transport",
        "_writer",
    )

    # Made when there is a transport
    _transport: asyncio.Transport
    _receiver: Receiver
    _bodies: BodyReceiver
    _writer: ResponseWriter
    _answers: AnswerWriter

    def __init__(self, scope: ListenerScope) -> None:
        self._scope = scope
        self._reader = RequestReader(scope.limits, scope.body_limit)
        self._lifecycle = Lifecycle(scope)
        self._task: asyncio.Task[None] | None = None
        # The request that the task has to see to, with what its handler returned.
        self._exchange: tuple[RequestHead, Awaitable[Response]] | None = None
        self._peer = ("", 0)
        self._scheme = "http"
        # After an upgrade
        self._successor: Successor | None = None

    # What asyncio calls

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin to serve, unless there are too many already."""
        scope, limits = self._scope, self._scope.limits
        self._transport = cast("asyncio.Transport", transport)
        self._transport.set_write_buffer_limits(high=limits.write_high_water_bytes)
        self._receiver = Receiver(self._transport, self._reader, limits.read_high_water_bytes)
        self._writer = ResponseWriter(self._transport, scope.heads, scope.turn, limits.write_stall_seconds)
        self._bodies = BodyReceiver(self._receiver, self._writer, self._lifecycle, limits)
        self._answers = AnswerWriter(self._writer, self._bodies, self._reader, scope)
        peer = transport.get_extra_info("peername")
        if isinstance(peer, tuple):
            self._peer = peer[:2]
        if transport.get_extra_info("sslcontext") is not None:
            self._scheme = "https"
        is_full = len(scope.connections) >= limits.connections
        scope.add(self)
        if is_full or scope.is_draining:
            scope.refused_connections += 1
            self._writer.write_error(_NO_REQUEST, 503, keeps_alive=False)
            self._close()
            return
        self._lifecycle.deadline = scope.next_sweep + limits.header_seconds
        self._task = asyncio.get_running_loop().create_task(self._run())

    def data_received(self, octets: bytes) -> None:
        """Serve what can be served now; pass other octets to who waits for them."""
        phase = self._lifecycle.phase
        if phase >= LINGERING:
            return
        self._reader.receive(octets)
        if phase < SERVING:
            self._serve_ready()
            if self._exchange is None and not self._reader.backlog:
                return
        self._receiver.notice()

    def eof_received(self) -> None:
        """Write what waits: the transport closes next, in the same turn where TLS's farewell came with a request."""
        self._writer.flush()

    def pause_writing(self) -> None:
        """Make the writer wait."""
        self._writer.pause()

    def resume_writing(self) -> None:
        """Let the writer go on."""
        self._writer.resume()

    def connection_lost(self, exc: Exception | None) -> None:
        """Cancel the handler where it waits."""
        is_reading_body = self._lifecycle.phase is BODY
        self._lifecycle.enter(CLOSED)
        self._writer.drop_unsent()
        self._scope.discard(self)
        if is_reading_body:
            self._receiver.fail(BodyBroken("the client went away"))
        if self._exchange is not None:
            _, answer = self._exchange
            if isinstance(answer, Coroutine):
                answer.close()
        if self._task is not None:
            self._task.cancel()

    # What the listener calls

    def sweep(self, now: float) -> None:
        """Do what is due at a time of the event loop."""
        phase = self._lifecycle.phase
        if (self._writer.is_paused or phase is CLOSING) and self._writer.has_stalled(now):
            self.abort()
        elif self._lifecycle.has_expired(now):
            if phase is BODY:
                # What comes later would be taken for the rest of a body that was given up.
                self._reader.take_backlog()
                self._receiver.fail(BodyTimeout("the body stopped arriving"))
            elif phase is HEAD and self._reader.backlog:
                self._refuse(RequestRefused(408, "the header section took too long"))
            elif phase in (IDLE, HEAD, LINGERING):
                self._close()

    def drain(self, *, spares_used: bool) -> None:
        """Close now if nothing is in flight; otherwise the next response will be the last.

        With `spares_used`, also a connection that was used since the sweep before the last may have one.
        """
        phase, scope = self._lifecycle.phase, self._scope
        if self._successor is not None:
            if spares_used:
                self._successor.drain()
        elif phase in (IDLE, HEAD) and not self._reader.backlog:
            waits = scope.limits.header_seconds if phase is HEAD else scope.limits.keep_alive_seconds
            # The last sweep alone would not do: it may have been a moment ago.
            used_by = scope.next_sweep - 2 * scope.limits.sweep_seconds
            if not spares_used or self._lifecycle.deadline < used_by + waits:
                self._close()

    def abort(self) -> None:
        """Cut the connection off."""
        if self._lifecycle.phase < CLOSING:
            self._lifecycle.enter(CLOSING)
        self._writer.flush()
        self._transport.abort()

    # Serving

    def _serve_ready(self) -> None:
        """Serve the requests that are here, up to the first that has to be waited for and no more than a turn."""
        reader, lifecycle, scope = self._reader, self._lifecycle, self._scope
        try:
            for _ in range(_PIPELINE_TURN):
                head = reader.read_head()
                if head is None:
                    if lifecycle.phase is IDLE and reader.backlog:
                        lifecycle.enter(HEAD, scope.limits.header_seconds)
                    return
                lifecycle.enter(SERVING)
                try:
                    answer = scope.handler(_request(head, self._bodies.open(head), self._scheme, self._peer))
                except (Exception, asyncio.CancelledError) as error:  # noqa: BLE001 — `_failure` writes it to the log
                    answer = _failure(head, error)
                if not isinstance(answer, Response) or not self._answers.write_at_once(head, answer):
                    self._exchange = head, answer
                    return
                if self._writer.is_paused or not self._end_exchange() or not reader.backlog:
                    return
        except RequestRefused as refusal:
            self._refuse(refusal)
        except Exception:
            logger.exception("a connection failed")
            self.abort()

    def _end_exchange(self) -> bool:
        """Await the next request; say whether there may be one."""
        scope = self._scope
        self._lifecycle.enter(IDLE, scope.limits.keep_alive_seconds)
        if scope.is_draining and not self._reader.backlog:
            self._close()
            return False
        return True

    def _refuse(self, refusal: RequestRefused) -> None:
        logger.debug("refused a request of %s: %s", self._peer, refusal)
        if not self._lifecycle.is_over:
            self._writer.write_error(_NO_REQUEST, refusal.status, keeps_alive=False)
            self._linger()

    # The connection's task

    async def _run(self) -> None:
        try:
            lifecycle = self._lifecycle
            in_a_row = 0
            while not lifecycle.is_over:
                if self._exchange is not None:
                    in_a_row += 1
                    if in_a_row % _PIPELINE_TURN == 0:
                        await asyncio.sleep(0)
                    if not await self._await_exchange(*self._exchange):
                        return
                elif lifecycle.phase is SERVING:
                    # Answered at once, and the peer has yet to take it.
                    await self._writer.wait_for_room()
                else:
                    if lifecycle.phase is IDLE and self._reader.backlog:
                        # Others have their turn.
                        await asyncio.sleep(0)
                    else:
                        in_a_row = 0
                        await self._receiver.wait()
                    if lifecycle.phase is IDLE:
                        self._serve_ready()
                    continue
                if lifecycle.phase is SERVING and self._end_exchange():
                    self._serve_ready()
        except Exception:
            logger.exception("a connection failed")
            self.abort()

    async def _await_exchange(self, head: RequestHead, answer: Awaitable[Response]) -> bool:
        """Answer one request; say whether another may follow."""
        self._exchange = None
        try:
            response = await answer
        except (Exception, asyncio.CancelledError) as error:  # noqa: BLE001 — `_failure` writes it to the log
            response = _failure(head, error)
        if self._lifecycle.is_over:
            if not isinstance(response.body, bytes):
                await close_stream(response.body)
            return False
        if not self._answers.write_at_once(head, response):
            return await self._answer(head, response)
        if self._writer.is_paused:
            await self._writer.wait_for_room()
        return True

    async def _answer(self, head: RequestHead, response: Response) -> bool:
        """Answer one request; say whether another may follow."""
        if response.status == 101:
            if await self._upgrade(head, response):
                return False
            response = error_response(500)
        try:
            keeps_alive = await self._answers.write(head, response)
        except ResponseCutOff:
            self.abort()
            return False
        if self._writer.is_paused:
            await self._writer.wait_for_room()
        if self._bodies.is_open:
            keeps_alive = self._bodies.retire() and keeps_alive and await self._bodies.discard_rest()
        if not keeps_alive:
            self._finish()
        return keeps_alive

    async def _upgrade(self, head: RequestHead, response: Response) -> bool:
        """Hand the connection over; say whether that was possible."""
        try:
            if not isinstance(response, Upgrade):
                raise ResponseInvalid("status 101 without an upgrade")
            if head.http_version != "1.1" or not self._reader.is_between_requests:
                raise ResponseInvalid("an upgrade in HTTP/1.0 or before the request's body was read")
            self._writer.write_switching_protocols(response.headers)
        except UNWRITABLE:
            logger.exception("a connection cannot be upgraded: %s %s", head.method, head.path)
            return False
        if self._writer.is_paused:
            await self._writer.wait_for_room()
        self._successor = successor = response.successor()
        self._lifecycle.enter(UPGRADED)
        self._transport.set_protocol(Relay(successor, self.connection_lost))
        self._receiver.resume()
        successor.connection_made(self._transport)
        early = self._reader.take_backlog()
        if early:
            successor.data_received(early)
        if self._scope.is_draining:
            successor.drain()
        return True

    # The end

    def _finish(self) -> None:
        """End the connection so that the peer gets all that was written."""
        if self._lifecycle.is_over:
            return
        if self._reader.is_between_requests and not self._reader.backlog:
            self._close()
        else:
            self._linger()

    def _linger(self) -> None:
        # RFC 9112 section 9.6: closing at once may reset the connection before the peer has read our answer.
        self._lifecycle.enter(LINGERING, self._scope.limits.linger_seconds)
        self._reader.take_backlog()
        self._receiver.resume()
        self._writer.flush()
        if self._transport.can_write_eof():
            self._transport.write_eof()

    def _close(self) -> None:
        self._lifecycle.enter(CLOSING)
        self._writer.flush()
        self._transport.close()


def _request(head: RequestHead, body: Body, scheme: str, peer: tuple[str, int]) -> Request:
    address, port = peer
    return Request(
        head.method, head.path, head.query, head.headers, body, head.http_version, scheme, address, port, time.time()
    )


def _failure(head: RequestHead, error: BaseException) -> Response:
    """Answer in the place of a handler that raised. Raises a cancellation that was meant for this connection."""
    if isinstance(error, BodyError):
        return error_response(error.status)
    if isinstance(error, asyncio.CancelledError):
        task = asyncio.current_task()
        if task is not None and task.cancelling():
            raise error
    logger.error("the handler failed: %s %s", head.method, head.path, exc_info=error)
    return error_response(500)
