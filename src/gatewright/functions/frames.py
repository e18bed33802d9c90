"""The frames of the channel, without I/O.

    u32 length (big endian, of what follows) | u8 type | u32 header length | header (JSON) | body

The peer runs somebody else's code, so nothing that it sends is trusted: a frame of an unknown type or with impossible
lengths is a `FrameError`, and a body larger than a response may be is skipped over without being kept.
"""

import enum
import struct
from dataclasses import dataclass
from typing import Final, NamedTuple

import orjson

from gatewright.base.errors import GatewrightError

PREFIX: Final = struct.Struct(">IBI")
_RESULT_HEAD: Final = struct.Struct(">BI")
MAX_HEADER_BYTES: Final = 1 << 21
"""Room for an X-Ray error cause, the only thing of size in a header; runtimes cut it at 1 MiB."""


class FrameType(enum.IntEnum):
    """What a frame means. 20 and 21 are kept free for restoring snapshots.

    A streamed response is one STREAM_HEAD, any number of STREAM_DATA, and one STREAM_END, whose body is the error
    object of a function that failed on the way; no RESULT follows it.
    """

    INVOKE = 1
    NEXT = 16
    RESULT = 17
    ERROR = 18
    INIT_ERROR = 19
    STREAM_HEAD = 32
    STREAM_DATA = 33
    STREAM_END = 34


_FROM_RUNTIME: Final = frozenset(FrameType) - {FrameType.INVOKE}


class FrameError(GatewrightError):
    """The peer sent something that is no frame. Nothing after it can be understood."""


class Frame(NamedTuple):
    """One frame from a runtime."""

    type: int
    header: bytes
    body: bytes

    def field(self, name: str) -> str:
        """Return a text field of the header. Raises `FrameError` when it is not there."""
        try:
            value = orjson.loads(self.header)[name]
        except (orjson.JSONDecodeError, KeyError, TypeError) as error:
            raise FrameError(f"a frame of type {self.type} without the field {name}") from error
        if not isinstance(value, str):
            raise FrameError(f"a frame of type {self.type} whose field {name} is no text")
        return value


@dataclass(frozen=True, slots=True)
class OversizedFrame:
    """The head of a frame whose body is larger than allowed and was not kept."""

    frame: Frame
    body_bytes: int


def encode(frame_type: FrameType, header: bytes, body: bytes) -> bytes:
    """Return the octets of one frame."""
    return PREFIX.pack(5 + len(header) + len(body), frame_type, len(header)) + header + body


def result_head(request_id: str) -> bytes:
    """Return how the RESULT of an invocation begins after its length, as our runtimes write it."""
    header = b'{"id":"%b"}' % request_id.encode()
    return _RESULT_HEAD.pack(FrameType.RESULT, len(header)) + header


class FrameReader:
    """Cuts what arrives into frames, however it was split on its way."""

    __slots__ = ("_buffer", "_max_body_bytes", "_needed", "_skip")

    def __init__(self, max_body_bytes: int) -> None:
        self._max_body_bytes = max_body_bytes
        self._buffer = bytearray()
        self._needed = PREFIX.size
        self._skip = 0

    @property
    def is_amid_frame(self) -> bool:
        """Return whether a frame began of which the end is still to come."""
        return bool(self._buffer or self._skip)

    def feed(self, octets: bytes) -> list[Frame | OversizedFrame]:
        """Return the frames that `octets` complete. Raises `FrameError`."""
        frames: list[Frame | OversizedFrame] = []
        if self._skip:
            octets = self._skipped(octets)
        if self._buffer:
            self._buffer += octets
            if len(self._buffer) < self._needed:
                return frames
            octets = bytes(self._buffer)
            self._buffer.clear()
        position, end = 0, len(octets)
        self._needed = PREFIX.size
        while end - position >= PREFIX.size:
            length, frame_type, header_length = PREFIX.unpack_from(octets, position)
            if frame_type not in _FROM_RUNTIME or header_length > length - 5 or header_length > MAX_HEADER_BYTES:
                raise FrameError(f"a frame of type {frame_type} and {length} octets with a header of {header_length}")
            body_start = position + PREFIX.size + header_length
            stop = position + 4 + length
            is_oversized = stop - body_start > self._max_body_bytes
            if end < (body_start if is_oversized else stop):
                self._needed = (body_start if is_oversized else stop) - position
                break
            header = octets[position + PREFIX.size : body_start]
            if is_oversized:
                frames.append(OversizedFrame(Frame(frame_type, header, b""), stop - body_start))
                self._skip = max(0, stop - end)
            else:
                frames.append(Frame(frame_type, header, octets[body_start:stop]))
            position = min(stop, end)
        if position < end:
            self._buffer += octets[position:]
        return frames

    def _skipped(self, octets: bytes) -> bytes:
        rest = octets[self._skip :]
        self._skip -= len(octets) - len(rest)
        return rest
