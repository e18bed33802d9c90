"""The answers of one connection: how each of them is framed, and whether another request may follow it."""

import logging
from collections.abc import AsyncIterator

from gatewright.base.errors import GatewrightError, ResponseBroken
from gatewright.base.messages import Response
from gatewright.wire.http11 import RequestReader
from gatewright.wire.incoming_body import BodyReceiver
from gatewright.wire.listener_scope import ListenerScope
from gatewright.wire.request_head import RequestHead
from gatewright.wire.response_writer import ResponseWriter, close_stream

logger = logging.getLogger(__name__)


class ResponseCutOff(GatewrightError):
    """A streamed response that ended before its end: the connection must not look as if it had been whole."""


class AnswerWriter:
    """Writes responses; what it says of the connection is the connection's to carry out."""

    __slots__ = ("_bodies", "_reader", "_scope", "_writer")

    def __init__(
        self, writer: ResponseWriter, bodies: BodyReceiver, reader: RequestReader, scope: ListenerScope
    ) -> None:
        self._writer = writer
        self._bodies = bodies
        self._reader = reader
        self._scope = scope

    def write_at_once(self, head: RequestHead, response: Response) -> bool:
        """Write a response that is whole, to a request that was, if the connection lives on; else do nothing."""
        body = response.body
        if (
            not isinstance(body, bytes)
            or response.status == 101
            or not head.keeps_alive
            or self._scope.is_draining
            or self._bodies.is_open
        ):
            return False
        self._writer.write_whole(head, response, body, keeps_alive=True)
        return True

    async def write(self, head: RequestHead, response: Response) -> bool:
        """Write any response but an upgrade; say whether the connection can live on. Raises `ResponseCutOff`."""
        keeps_alive = head.keeps_alive and not self._scope.is_draining
        body = response.body
        if not isinstance(body, bytes):
            return await self._stream(head, response, body, keeps_alive)
        if not self._reader.is_between_requests and not self._bodies.can_discard_rest():
            keeps_alive = False
        self._writer.write_whole(head, response, body, keeps_alive)
        return keeps_alive

    async def _stream(
        self, head: RequestHead, response: Response, body: AsyncIterator[bytes], keeps_alive: bool
    ) -> bool:
        self._bodies.forgo_continue()
        framing = self._writer.write_stream_head(head, response, keeps_alive)
        if framing is None or framing.is_empty:
            await close_stream(body)
            return keeps_alive
        try:
            await self._writer.write_stream(body, framing)
        except Exception as error:
            # The client must see that the body is cut off (RFC 9112 section 8).
            if not isinstance(error, ResponseBroken):
                logger.exception("a streamed response broke off: %s %s", head.method, head.path)
            raise ResponseCutOff from error
        return keeps_alive and not framing.is_close_delimited
