"""The chunked transfer coding (RFC 9112 section 7.1): octets in, content out.

SIZE ──▶ CONTENT ──▶ CONTENT_END ──▶ SIZE
  └────▶ TRAILER ──▶ ENDED
"""

from enum import Enum

from gatewright.base.messages import Headers
from gatewright.wire import abnf
from gatewright.wire.errors import RequestRefused
from gatewright.wire.limits import Limits


class _Expecting(Enum):
    SIZE = "a chunk-size line"
    CONTENT = "octets of a chunk"
    CONTENT_END = "the CRLF behind a chunk"
    TRAILER = "a trailer line, or the empty line at the end"
    ENDED = "nothing"


class ChunkedDecoder:
    """Decodes one chunked body, which lies in a buffer of its caller's."""

    __slots__ = (
        "_content_bytes",
        "_content_limit",
        "_expecting",
        "_extension_bytes",
        "_limits",
        "_remaining",
        "_trailer_bytes",
        "trailers",
    )

    def __init__(self, limits: Limits, content_limit: int) -> None:
        self._limits = limits
        self._content_limit = content_limit
        self._expecting = _Expecting.SIZE
        self._remaining = 0
        self._content_bytes = 0
        self._extension_bytes = 0
        self._trailer_bytes = 0
        self.trailers = Headers()
        """The fields behind the last chunk."""

    @property
    def has_ended(self) -> bool:
        """The last chunk and the trailer section were read."""
        return self._expecting is _Expecting.ENDED

    def decode(self, buffer: bytes, position: int) -> tuple[bytes, int]:
        """Return the content that `buffer` holds from `position` on, and the position behind what was used.

        Raises `RequestRefused` only when no content precedes the fault, so that content before it is never lost.
        """
        parts: list[bytes] = []
        while True:
            try:
                used = self._step(buffer, position, parts)
            except RequestRefused:
                if not parts:
                    raise
                break
            if used == 0:
                break
            position += used
        return (parts[0] if len(parts) == 1 else b"".join(parts)), position

    def _step(self, buffer: bytes, position: int, parts: list[bytes]) -> int:
        """Read one element and return its octets; 0 when it has not arrived in full or the body has ended."""
        expecting = self._expecting
        if expecting is _Expecting.SIZE:
            return self._read_size(buffer, position)
        if expecting is _Expecting.CONTENT:
            return self._read_content(buffer, position, parts)
        if expecting is _Expecting.CONTENT_END:
            return self._read_content_end(buffer, position)
        if expecting is _Expecting.TRAILER:
            return self._read_trailer_line(buffer, position)
        return 0

    def _read_size(self, buffer: bytes, position: int) -> int:
        end = buffer.find(b"\n", position, position + self._limits.chunk_line_bytes) + 1
        if not end:
            if len(buffer) - position >= self._limits.chunk_line_bytes:
                raise RequestRefused(400, "chunk-size line too long")
            return 0
        line = abnf.CHUNK_LINE.fullmatch(buffer, position, end)
        if line is None:
            raise RequestRefused(400, "malformed chunk-size line")
        size = int(line[1], 16)
        if self._content_bytes + size > self._content_limit:
            raise RequestRefused(413, "content too large")
        if self._extension_bytes + len(line[2]) > self._limits.chunk_extension_bytes:
            raise RequestRefused(400, "too many chunk extensions")
        self._extension_bytes += len(line[2])
        self._content_bytes += size
        self._remaining = size
        self._expecting = _Expecting.CONTENT if size else _Expecting.TRAILER
        return end - position

    def _read_content(self, buffer: bytes, position: int, parts: list[bytes]) -> int:
        part = buffer[position : position + self._remaining]
        if part:
            parts.append(part)
            self._remaining -= len(part)
            if not self._remaining:
                self._expecting = _Expecting.CONTENT_END
        return len(part)

    def _read_content_end(self, buffer: bytes, position: int) -> int:
        end = buffer[position : position + 2]
        if end == b"\r\n":
            self._expecting = _Expecting.SIZE
            return 2
        if end not in (b"", b"\r"):
            raise RequestRefused(400, "a chunk longer than its size")
        return 0

    def _read_trailer_line(self, buffer: bytes, position: int) -> int:
        # Trailer fields stay apart, as RFC 9110 section 6.5.1 wants it: nobody downstream may take one for a header
        # field.
        room = self._limits.trailer_bytes - self._trailer_bytes
        end = buffer.find(b"\n", position, position + room) + 1
        if not end:
            if len(buffer) - position >= room:
                raise RequestRefused(431, "trailer section too large")
            return 0
        if buffer[position:end] == b"\r\n":
            self._expecting = _Expecting.ENDED
        elif abnf.TRAILER_LINE.fullmatch(buffer, position, end) is None:
            raise RequestRefused(400, "malformed trailer line")
        else:
            name, _, value = buffer[position:end].decode("latin-1").partition(":")
            self.trailers.append((name, value.strip(" \t\r\n")))
        self._trailer_bytes += end - position
        return end - position
