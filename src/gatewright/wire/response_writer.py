"""Writes responses to a transport, at the speed at which the peer reads them."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass

from gatewright.base.messages import Headers, Response
from gatewright.wire import abnf
from gatewright.wire.request_head import RequestHead
from gatewright.wire.response_head import (
    BODILESS_STATUSES,
    HeadRenderer,
    ResponseInvalid,
    declared_length,
    error_content,
    error_response,
)
from gatewright.wire.turn import Turn

logger = logging.getLogger(__name__)

# What rendering raises for a handler's odd values: the last two for what is not text, or not text of ISO-8859-1.
UNWRITABLE = (ResponseInvalid, TypeError, ValueError)

_KEEP_ALIVE = "Connection: keep-alive\r\n"
_CLOSE = "Connection: close\r\n"
# From here on a second buffer costs less than joining head and body, or than to keep both until the turn ends.
_JOIN_BYTES = 32 * 1024


@dataclass(frozen=True, slots=True)
class StreamFraming:
    """How the end of a streamed body is told (RFC 9112 section 6.3)."""

    is_chunked: bool
    length: int | None
    """Octets that the handler declared; None for chunked and close-delimited bodies."""

    is_empty: bool = False
    """The response has no body at all (HEAD, 204, 304)."""

    @property
    def is_close_delimited(self) -> bool:
        """Only the end of the connection ends the body."""
        return not self.is_chunked and not self.is_empty and self.length is None


class ResponseWriter:
    """The write side of one connection."""

    __slots__ = (
        "_heads",
        "_last_size",
        "_loop",
        "_room",
        "_stall_deadline",
        "_stall_seconds",
        "_transport",
        "_turn",
        "_unsent",
        "is_paused",
    )

    def __init__(self, transport: asyncio.Transport, heads: HeadRenderer, turn: Turn, stall_seconds: float) -> None:
        self._transport = transport
        self._heads = heads
        self._turn = turn
        self._unsent = b""
        self._loop = asyncio.get_running_loop()
        self._stall_seconds = stall_seconds
        self.is_paused = False
        self._room: asyncio.Future[None] | None = None
        self._last_size = -1
        self._stall_deadline = 0.0

    def pause(self) -> None:
        """More than the high-water mark is waiting for the peer."""
        self.is_paused = True

    def resume(self) -> None:
        """The peer has taken enough of it."""
        self.is_paused = False
        room, self._room = self._room, None
        if room is not None and not room.done():
            room.set_result(None)

    def flush(self) -> None:
        """Write what waits for the end of the turn: before anything else is written, or the connection closed."""
        octets = self._unsent
        if octets:
            self._unsent = b""
            self._transport.write(octets)

    def drop_unsent(self) -> None:
        """Write nothing more: the connection is gone."""
        self._unsent = b""

    async def wait_for_room(self) -> None:
        """Wait until the peer has read. Ends by cancellation when the peer goes away."""
        while self.is_paused:
            self._room = self._loop.create_future()
            await self._room

    def has_stalled(self, now: float) -> bool:
        """Say whether the peer took nothing of what is waiting for it for too long; ask this at every sweep."""
        size = self._transport.get_write_buffer_size()
        if size == 0 or size != self._last_size:
            self._last_size = size
            self._stall_deadline = now + self._stall_seconds
            return False
        return now >= self._stall_deadline

    def write_whole(self, head: RequestHead, response: Response, body: bytes, keeps_alive: bool) -> None:
        """Write a response whose body is here; 500 and a log line when it would break the message.

        A small one is written at the end of the turn (`turn`).
        """
        status, headers = response.status, response.headers
        connection = _KEEP_ALIVE if keeps_alive else _CLOSE
        try:
            if status in BODILESS_STATUSES or head.method == "HEAD":
                framing = _bodiless_length(status, len(body), headers) + connection
                body = b""
            else:
                framing = f"Content-Length: {len(body)}\r\n{connection}"
            octets = self._heads.render(status, headers, framing, time.time())
        except UNWRITABLE as error:
            self._write_failure(head, error, keeps_alive)
            return
        if len(body) >= _JOIN_BYTES:
            self.flush()
            self._transport.writelines((octets, body))
        elif self._unsent:
            # Of pipelined requests; so much waits at most.
            self._unsent += octets + body
            if len(self._unsent) >= _JOIN_BYTES:
                self.flush()
        else:
            self._unsent = octets + body
            self._turn.add(self, self._loop)

    def write_error(self, head: RequestHead, status: int, keeps_alive: bool) -> None:
        """Write what `wire` itself answers."""
        self.write_whole(head, error_response(status), error_content(status), keeps_alive)

    def write_stream_head(self, head: RequestHead, response: Response, keeps_alive: bool) -> StreamFraming | None:
        """Write the head of a streamed response; None when it would break the message and is 500 instead."""
        status = response.status
        try:
            if not hasattr(response.body, "__aiter__"):
                raise ResponseInvalid(f"a body of type {type(response.body).__name__}")
            length = declared_length(response.headers)
            is_empty = status in BODILESS_STATUSES or head.method == "HEAD"
            framing = StreamFraming(length is None and not is_empty and head.http_version == "1.1", length, is_empty)
            lines = _KEEP_ALIVE if keeps_alive and not framing.is_close_delimited else _CLOSE
            if framing.is_chunked:
                lines += "Transfer-Encoding: chunked\r\n"
            elif length is not None and status != 204:
                lines += f"Content-Length: {length}\r\n"
            octets = self._heads.render(status, response.headers, lines, time.time())
        except UNWRITABLE as error:
            self._write_failure(head, error, keeps_alive)
            return None
        self.flush()
        self._transport.write(octets)
        return framing

    async def write_stream(self, body: AsyncIterator[bytes], framing: StreamFraming) -> None:
        """Write a streamed body and close its iterator. Whatever this raises, the body is not complete."""
        sent = 0
        try:
            async for content in body:
                if not content:
                    # An empty chunk would end the body.
                    continue
                sent += len(content)
                if framing.is_chunked:
                    self._transport.writelines((b"%x\r\n" % len(content), content, b"\r\n"))
                elif framing.length is not None and sent > framing.length:
                    raise ResponseInvalid(f"a stream longer than its Content-Length of {framing.length}")
                else:
                    self._transport.write(content)
                if self.is_paused:
                    await self.wait_for_room()
            if framing.is_chunked:
                self._transport.write(b"0\r\n\r\n")
            elif framing.length is not None and sent != framing.length:
                raise ResponseInvalid(f"a stream of {sent} octets with a Content-Length of {framing.length}")
        finally:
            await close_stream(body)

    def write_switching_protocols(self, headers: Headers) -> None:
        """Write `101 Switching Protocols` (RFC 9110 section 15.2.2). Raises one of `UNWRITABLE`."""
        protocol = headers.get("upgrade")
        line = f"Upgrade: {protocol}\r\n"
        if protocol is None or abnf.FIELD_LINE.fullmatch(line) is None:
            raise ResponseInvalid("an upgrade without a protocol")
        octets = self._heads.render(101, headers, f"Connection: Upgrade\r\n{line}", time.time())
        self.flush()
        self._transport.write(octets)

    def write_continue(self) -> None:
        """Write `100 Continue` (RFC 9110 section 15.2.1)."""
        self.flush()
        self._transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")

    def _write_failure(self, head: RequestHead, error: Exception, keeps_alive: bool) -> None:
        logger.error("the handler's response cannot be written: %s %s", head.method, head.path, exc_info=error)
        self.write_error(head, 500, keeps_alive)


def _bodiless_length(status: int, body_bytes: int, headers: Headers) -> str:
    """Return the Content-Length that a response without its body may carry (RFC 9110 section 8.6)."""
    if status == 204:
        return ""
    length = body_bytes or declared_length(headers)
    if status == 304:
        # Of what the body would have been; a handler that does not know says nothing.
        return "" if length is None else f"Content-Length: {length}\r\n"
    return f"Content-Length: {length or 0}\r\n"


async def close_stream(body: AsyncIterator[bytes]) -> None:
    """Close an iterator that is not (or no longer) wanted, as far as it can be closed."""
    aclose = getattr(body, "aclose", None)
    if aclose is None:
        return
    try:
        await aclose()
    except Exception:
        logger.exception("closing a streamed response body failed")
