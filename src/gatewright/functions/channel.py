"""The channel: frames over a Unix socket pair, of which the process inherits one end.

This is the shell with the I/O; what the octets mean is in `frames`, what may come when is in `environment`.
What a process does not read stays in the transport's buffer, at most one event; the function's time-out ends the wait.
While the caller of a streamed response has enough to read, the process is not read; then its writes wait.
"""

import asyncio
import socket
from collections.abc import Mapping
from typing import Final

import orjson

from gatewright.base.messages import Request, Response, text_response
from gatewright.functions.descriptors import out_of_the_way
from gatewright.functions.failure import RESPONSE_TOO_LARGE
from gatewright.functions.frames import Frame, FrameError, FrameReader, FrameType, OversizedFrame, encode, result_head
from gatewright.functions.invocation import Invocation
from gatewright.functions.link import RuntimeEvents
from gatewright.functions.response_sink import ResponseSink
from gatewright.functions.settings import MAX_RESPONSE_BYTES

FD_VARIABLE: Final = "_GATEWRIGHT_CHANNEL_FD"
_NEXT: Final = encode(FrameType.NEXT, b"", b"")
_INVOKE: Final = FrameType.INVOKE
_MOST_FRAMES: Final = 4096
"""In one arrival. Our runtimes send some hundred tiny ones at most, then the kernel's account of their socket is full;
many more are a try to keep the event loop busy."""
_NOTHING: Final = b"\xff"
"""What no frame begins with."""


class Channel(asyncio.Protocol):
    """The host's end of one channel."""

    def __init__(self, events: RuntimeEvents) -> None:
        self._events = events
        self._socket, peer = socket.socketpair()
        self._peer = socket.socket(fileno=out_of_the_way(peer.detach()))
        self._socket.setblocking(False)
        self._reader = FrameReader(MAX_RESPONSE_BYTES)
        self._transport: asyncio.Transport | None = None
        self._lost = asyncio.Event()
        self._request_id = ""
        self._result_head = _NOTHING
        self._response: ResponseSink | None = None

    @property
    def has_ended(self) -> bool:
        """Return whether the runtime's end is closed and everything before that was read."""
        return self._lost.is_set()

    async def open(self) -> None:
        """Start to listen."""
        # A transport and not a bare reader. Measured at one connection: 55 µs a round trip against 90.
        loop = asyncio.get_running_loop()
        self._transport, _ = await loop.create_connection(lambda: self, sock=self._socket)

    def variables(self) -> Mapping[str, str]:
        """Return the variable that names the inherited descriptor."""
        return {FD_VARIABLE: str(self._peer.fileno())}

    def inherited_fds(self) -> tuple[int, ...]:
        """Return the descriptor of the process's end."""
        return (self._peer.fileno(),)

    async def handle(self, request: Request) -> Response:
        """Refuse a request to the Runtime API: the runtime speaks over the channel."""
        return text_response(404, "404 page not found\n", "text/plain; charset=utf-8")

    def spawned(self) -> None:
        """Close this process's copy of the other end, so that its end is noticed."""
        self._peer.close()

    def send(self, invocation: Invocation, deadline_ms: int) -> None:
        """Send INVOKE."""
        header: dict[str, object] = {
            "id": invocation.request_id,
            "deadline": deadline_ms,
            "arn": invocation.invoked_arn,
            "trace": invocation.trace_header,
        }
        if invocation.client_context is not None:
            header["client_context"] = invocation.client_context
        self._request_id = invocation.request_id
        self._result_head = result_head(invocation.request_id)
        if self._transport is not None:
            self._transport.write(encode(_INVOKE, orjson.dumps(header), invocation.event))

    async def close(self) -> None:
        """Close both ends."""
        self._peer.close()
        if self._transport is None:
            self._socket.close()
        else:
            self._transport.abort()
            await self._lost.wait()

    def data_received(self, data: bytes) -> None:
        """Take what the runtime sent."""
        # Nearly always that is the RESULT of what was sent and NEXT, in one piece and nothing else. Then nothing needs
        # to be cut and no JSON parsed: 0.7 µs against 3.
        head = self._result_head
        if (
            data.endswith(_NEXT)
            and data.startswith(head, 4)
            and int.from_bytes(data[:4], "big") + 4 == len(data) - len(_NEXT) <= MAX_RESPONSE_BYTES
            and not self._reader.is_amid_frame
        ):
            self._events.runtime_answered(self._request_id, data[4 + len(head) : -len(_NEXT)], None)
            self._events.runtime_ready()
            return
        try:
            frames = self._reader.feed(data)
            if len(frames) > _MOST_FRAMES:
                raise FrameError(f"{len(frames)} frames at once")
            for frame in frames:
                self._dispatch(frame)
        except FrameError as error:
            self._events.protocol_broken(f"sent {error}")

    def connection_lost(self, exc: Exception | None) -> None:
        """The runtime closed its end, or `close` was called."""
        self._lost.set()
        self._events.link_ended()

    def _dispatch(self, frame: Frame | OversizedFrame) -> None:
        if isinstance(frame, OversizedFrame):
            if frame.frame.type not in (FrameType.RESULT, FrameType.ERROR):
                raise FrameError(f"a frame of type {frame.frame.type} with a body of {frame.body_bytes} octets")
            self._events.runtime_answered(frame.frame.field("id"), RESPONSE_TOO_LARGE, "Unhandled")
        elif frame.type == FrameType.RESULT:
            self._events.runtime_answered(frame.field("id"), frame.body, None)
        elif frame.type == FrameType.NEXT:
            self._events.runtime_ready()
        elif frame.type == FrameType.ERROR:
            self._error(frame)
        elif frame.type == FrameType.INIT_ERROR:
            self._events.init_failed(frame.field("type"), frame.body)
        else:
            self._stream(frame)

    def _error(self, frame: Frame) -> None:
        """Pass on an error; one of the function whose response is being streamed ends that."""
        request_id = frame.field("id")
        if self._response is None or request_id != self._request_id:
            self._events.runtime_answered(request_id, frame.body, "Unhandled")
            return
        self._response = None
        self._events.response_ended()

    def _stream(self, frame: Frame) -> None:
        response = self._response
        if frame.type == FrameType.STREAM_HEAD:
            self._response = self._events.runtime_responding(frame.field("id"), frame.field("content_type"))
        elif response is None:
            raise FrameError(f"a frame of type {frame.type} of a response that has not begun")
        elif frame.type == FrameType.STREAM_END:
            self._response = None
            self._events.response_ended()
        else:
            response.write(frame.body)
            if response.is_full and self._transport is not None:
                self._transport.pause_reading()
                response.when_there_is_room(self._resume)

    def _resume(self) -> None:
        if self._transport is not None and not self._transport.is_closing():
            self._transport.resume_reading()
