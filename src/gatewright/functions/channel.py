"""The channel: frames over a Unix socket pair, of which the process inherits one end.

This is the shell with the I/O; what the octets mean is in `frames`, what may come when is in `environment`.
A frame is sent with one system call, unless the process does not read: then the rest waits for it to,
and the function's time-out is what ends the wait.
"""

import asyncio
import socket
from collections.abc import Mapping
from typing import Final

import orjson

from gatewright.functions.failure import RESPONSE_TOO_LARGE
from gatewright.functions.frames import Frame, FrameError, FrameReader, FrameType, OversizedFrame, encode
from gatewright.functions.invocation import Invocation
from gatewright.functions.link import RuntimeEvents
from gatewright.functions.settings import MAX_RESPONSE_BYTES

FD_VARIABLE: Final = "_GATEWRIGHT_CHANNEL_FD"
_READ_BYTES: Final = 1 << 16
_READ_MORE_BYTES: Final = 1 << 20


class Channel:
    """The host's end of one channel."""

    __slots__ = ("_events", "_loop", "_peer", "_read_bytes", "_reader", "_socket", "_unsent")

    def __init__(self, events: RuntimeEvents) -> None:
        self._events = events
        self._loop = asyncio.get_running_loop()
        self._socket, self._peer = socket.socketpair()
        self._socket.setblocking(False)
        self._reader = FrameReader(MAX_RESPONSE_BYTES)
        self._read_bytes = _READ_BYTES
        self._unsent = memoryview(b"")

    async def open(self) -> None:
        """Start to listen."""
        self._loop.add_reader(self._socket, self._readable)

    def variables(self) -> Mapping[str, str]:
        """Return the variable that names the inherited descriptor."""
        return {FD_VARIABLE: str(self._peer.fileno())}

    def inherited_fds(self) -> tuple[int, ...]:
        """Return the descriptor of the process's end."""
        return (self._peer.fileno(),)

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
        frame = encode(FrameType.INVOKE, orjson.dumps(header), invocation.event)
        try:
            sent = self._socket.send(frame)
        except BlockingIOError:
            sent = 0
        except OSError:
            return  # the process is gone, as the reader is about to see
        if sent < len(frame):
            self._unsent = memoryview(frame)[sent:]
            self._loop.add_writer(self._socket, self._writable)

    def close(self) -> None:
        """Close both ends."""
        self._peer.close()
        if self._socket.fileno() >= 0:
            self._loop.remove_reader(self._socket)
            self._loop.remove_writer(self._socket)
            self._socket.close()

    def _writable(self) -> None:
        try:
            sent = self._socket.send(self._unsent)
        except BlockingIOError:
            return
        except OSError:
            sent = len(self._unsent)  # the reader sees the end too, and tells
        self._unsent = self._unsent[sent:]
        if not self._unsent:
            self._loop.remove_writer(self._socket)

    def _readable(self) -> None:
        try:
            octets = self._socket.recv(self._read_bytes)
        except BlockingIOError:
            return
        except OSError:
            octets = b""
        if not octets:
            self._loop.remove_reader(self._socket)
            self._events.link_ended()
            return
        # A read that filled its buffer is part of something large: take it with fewer calls.
        self._read_bytes = _READ_MORE_BYTES if len(octets) == self._read_bytes else _READ_BYTES
        try:
            for frame in self._reader.feed(octets):
                if self._socket.fileno() < 0:  # an earlier frame ended it
                    return
                self._dispatch(frame)
        except FrameError as error:
            self._events.protocol_broken(str(error))

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
            self._events.runtime_answered(frame.field("id"), frame.body, "Unhandled")
        else:
            self._events.init_failed(frame.field("type"), frame.body)
