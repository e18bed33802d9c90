"""A request's body that is still arriving, and what a connection does about it."""

from collections.abc import AsyncIterator
from typing import Protocol

from gatewright.base.errors import BodyBroken, BodyError, BodyTooLarge
from gatewright.base.messages import Body, BytesBody, Headers
from gatewright.wire.connection_phase import BODY, SERVING, Lifecycle
from gatewright.wire.errors import RequestRefused
from gatewright.wire.limits import Limits
from gatewright.wire.receiver import Receiver
from gatewright.wire.request_head import RequestHead
from gatewright.wire.response_writer import ResponseWriter

_EMPTY_BODY = BytesBody()


class BodySource(Protocol):
    """Where the octets come from."""

    async def receive_content(self, body: "IncomingBody") -> bytes:
        """Return what came next, empty at the end, when the body has its trailers. Raises `BodyError`."""
        ...


class IncomingBody:
    """Reads a body from its connection; meets `gatewright.base.messages.Body`."""

    __slots__ = ("_content", "_has_begun", "_source", "trailers")

    def __init__(self, source: BodySource) -> None:
        self._source = source
        self._content: bytes | None = None
        self._has_begun = False
        self.trailers = Headers()

    async def read(self) -> bytes:
        """Return the whole body, also when asked again. Raises `BodyError`."""
        if self._content is None:
            self._content = b"".join([content async for content in self])
        return self._content

    async def __aiter__(self) -> AsyncIterator[bytes]:
        if self._content is not None:
            if self._content:
                yield self._content
            return
        if self._has_begun:
            raise BodyBroken("this body is being read already")
        self._has_begun = True
        while content := await self._source.receive_content(self):
            yield content


class BodyReceiver:
    """Receives the bodies of one connection's requests, one after the other."""

    __slots__ = ("_current", "_is_continue_due", "_lifecycle", "_limits", "_receiver", "_writer")

    def __init__(self, receiver: Receiver, writer: ResponseWriter, lifecycle: Lifecycle, limits: Limits) -> None:
        self._receiver = receiver
        self._writer = writer
        self._lifecycle = lifecycle
        self._limits = limits
        self._current: IncomingBody | None = None
        self._is_continue_due = False

    @property
    def is_open(self) -> bool:
        """The handler got a body that had not arrived in full, and its exchange is not over."""
        return self._current is not None

    def open(self, head: RequestHead) -> Body:
        """Return the body of a request whose header section was read last."""
        reader = self._receiver.reader
        if head.content_length == 0:
            return _EMPTY_BODY
        if reader.has_whole_body():
            return BytesBody(reader.read_content())
        self._current = IncomingBody(self)
        self._is_continue_due = head.expects_continue
        return self._current

    async def receive_content(self, body: IncomingBody) -> bytes:
        """Return what came next of the body of the request being served, empty at its end. Raises `BodyError`."""
        if body is not self._current or self._lifecycle.is_over:
            raise BodyBroken("the exchange is over")
        content = await self._next_content()
        if not content:
            body.trailers = self._receiver.reader.trailers
        return content

    async def _next_content(self) -> bytes:
        reader, lifecycle = self._receiver.reader, self._lifecycle
        while True:
            try:
                content = reader.read_content()
            except RequestRefused as refusal:
                raise (BodyTooLarge if refusal.status == 413 else BodyBroken)(refusal.reason) from refusal
            if content or reader.is_between_requests:
                return content
            if reader.is_lost:
                raise BodyBroken("the rest of the body cannot be read")
            if self._is_continue_due:
                self._is_continue_due = False
                self._writer.write_continue()
            lifecycle.enter(BODY, self._limits.body_idle_seconds)
            try:
                await self._receiver.wait()
            finally:
                if lifecycle.phase is BODY:
                    lifecycle.enter(SERVING)

    def can_discard_rest(self) -> bool:
        """Say whether what is unread of the body is little enough, and sure enough to come, to be read for nothing."""
        remaining = self._receiver.reader.remaining_length
        return remaining is not None and remaining <= self._limits.unread_body_bytes and not self._is_continue_due

    def forgo_continue(self) -> None:
        """Never ask for the body: a response has begun."""
        self._is_continue_due = False

    def retire(self) -> bool:
        """Part with the body of a request that is answered; False when a task of the handler's was still reading it."""
        self._current = None
        self._is_continue_due = False
        if self._lifecycle.phase is not BODY:
            return True
        self._receiver.fail(BodyBroken("the response has been sent"))
        self._lifecycle.enter(SERVING)
        return False

    async def discard_rest(self) -> bool:
        """Read the rest of a body that nobody wants; say whether its end was found."""
        try:
            while self.can_discard_rest():
                if not await self._next_content():
                    return True
        except BodyError:
            pass
        return False
