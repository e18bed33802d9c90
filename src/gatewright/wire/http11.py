"""The server's side of HTTP/1.1 without I/O: octets in, messages out.

The reader is pulled: it parses a request only when it is asked for one, so that pipelined requests wait as octets
and nothing about a request is judged before its turn. How the octets were cut into pieces never matters.

    HEAD ──▶ SIZED_BODY ───┐     HEAD ──▶ HEAD      a request without a body
      │ ▲    CHUNKED_BODY ─┤     any ──▶ NOTHING    after a refusal: where the next message begins is not known
      └─┴──────────────────┘
"""

from collections.abc import Callable
from enum import Enum

from gatewright.base.messages import Headers
from gatewright.wire import abnf
from gatewright.wire.chunked import ChunkedDecoder
from gatewright.wire.errors import RequestRefused
from gatewright.wire.limits import Limits
from gatewright.wire.request_head import FieldSections, RequestHead, parse_head, parse_request_line

BodyLimit = Callable[[RequestHead], int]
"""How many octets of content this request may have; asked only for requests that have some."""

_CR = 0x0D


class Expecting(Enum):
    """What the next octet belongs to."""

    HEAD = "a header section"
    SIZED_BODY = "a body of known length"
    CHUNKED_BODY = "a chunked body"
    NOTHING = "nothing that could be understood"


class RequestReader:
    """Reads the requests of one connection."""

    __slots__ = (
        "_body_limit",
        "_buffer",
        "_decoder",
        "_expecting",
        "_has_skipped_empty_line",
        "_limits",
        "_line_end",
        "_position",
        "_remaining",
        "_scanned",
        "_sections",
        "_small_head",
        "trailers",
    )

    def __init__(self, limits: Limits, body_limit: BodyLimit | None = None) -> None:
        # Connection
        self._limits = limits
        self._body_limit: BodyLimit = body_limit or (lambda _: limits.body_bytes)
        self._small_head = min(limits.request_line_bytes, limits.header_bytes)
        self._sections = FieldSections(limits)
        self._buffer = b""
        self._position = 0
        self._expecting = Expecting.HEAD
        # Header section that has arrived in part: how far it was looked at, relative to `_position`
        self._scanned = 0
        self._line_end = -1
        self._has_skipped_empty_line = False
        # Body
        self._remaining = 0
        self._decoder: ChunkedDecoder | None = None
        self.trailers = Headers()
        """What followed the chunked body that was read last."""

    @property
    def backlog(self) -> int:
        """Octets received and not yet read."""
        return len(self._buffer) - self._position

    @property
    def is_between_requests(self) -> bool:
        """The request that was read last is complete."""
        return self._expecting is Expecting.HEAD

    @property
    def is_lost(self) -> bool:
        """A refusal left unknown where the next message begins."""
        return self._expecting is Expecting.NOTHING

    @property
    def remaining_length(self) -> int | None:
        """Octets of the current body that were not read yet; None when nobody knows."""
        if self._expecting is Expecting.HEAD:
            return 0
        return self._remaining if self._expecting is Expecting.SIZED_BODY else None

    def receive(self, octets: bytes) -> None:
        """Take what the peer sent."""
        if self._position == len(self._buffer):
            self._buffer = octets
        else:
            self._buffer = self._buffer[self._position :] + octets
        self._position = 0

    def read_head(self) -> RequestHead | None:
        """Return the next request, or None until its header section is here. Raises `RequestRefused`."""
        if self._expecting is not Expecting.HEAD:
            raise RequestRefused(400, f"expecting {self._expecting.value}")
        buffer, start = self._buffer, self._position
        if start == len(buffer):
            return None
        end = -1 if self._scanned else buffer.find(b"\r\n\r\n", start)
        try:
            # Most heads arrive whole and are smaller than each limit: those need no look at their parts.
            if not start < end <= start + self._small_head or buffer[start] == _CR:
                end = self._find_end_of_partial_head()
                if end < 0:
                    return None
                start = self._position
            head = parse_head(buffer[start : end + 2].decode("latin-1"), self._sections)
            if head.content_length != 0:
                self._expect_body(head)
        except RequestRefused:
            self._expecting = Expecting.NOTHING
            raise
        self._position = end + 4
        self._scanned = 0
        self._has_skipped_empty_line = False
        return head

    def read_content(self) -> bytes:
        """Return what is here of the body; empty when it is complete or nothing is here. Raises `RequestRefused`."""
        if self._expecting is Expecting.SIZED_BODY:
            content = self._buffer[self._position : self._position + self._remaining]
            self._position += len(content)
            self._remaining -= len(content)
            if not self._remaining:
                self._expecting = Expecting.HEAD
            return content
        if self._decoder is None:
            return b""
        try:
            content, self._position = self._decoder.decode(self._buffer, self._position)
        except RequestRefused:
            self._expecting = Expecting.NOTHING
            self._decoder = None
            raise
        if self._decoder.has_ended:
            self.trailers = self._decoder.trailers
            self._expecting = Expecting.HEAD
            self._decoder = None
        return content

    def has_whole_body(self) -> bool:
        """The rest of a body of known length is here."""
        return self._expecting is Expecting.SIZED_BODY and self._remaining <= self.backlog

    def take_backlog(self) -> bytes:
        """Return the octets behind the current message, which belong to another protocol from here on."""
        rest = self._buffer[self._position :]
        self._buffer, self._position = b"", 0
        self._expecting = Expecting.NOTHING
        return rest

    def _expect_body(self, head: RequestHead) -> None:
        limit = self._body_limit(head)
        if head.content_length is None:
            self._decoder = ChunkedDecoder(self._limits, limit)
            self._expecting = Expecting.CHUNKED_BODY
        elif head.content_length > limit:
            raise RequestRefused(413, "content too large")
        else:
            self._remaining = head.content_length
            self._expecting = Expecting.SIZED_BODY
            if self.trailers:
                self.trailers = Headers()

    def _find_end_of_partial_head(self) -> int:
        """Return where the empty line begins, or -1. Raises `RequestRefused` at the first octet that condemns the head.

        A verdict belongs to an octet and the earliest octet wins, so that the pieces in which a head arrives cannot
        change the answer.
        """
        self._skip_empty_line()
        buffer, start = self._buffer, self._position
        if start == len(buffer) or (buffer[start] == _CR and start + 1 == len(buffer)):
            return -1
        if buffer[start] not in abnf.TOKEN_OCTETS:
            raise RequestRefused(400, "malformed request line")
        if self._line_end < 0 and not self._find_request_line():
            return -1
        return self._find_end_of_fields(start + self._line_end)

    def _skip_empty_line(self) -> None:
        # RFC 9112 section 2.2: at least one empty line before a request is to be ignored.
        if not self._has_skipped_empty_line and self._buffer.startswith(b"\r\n", self._position):
            self._has_skipped_empty_line = True
            self._position += 2

    def _find_request_line(self) -> bool:
        buffer, start, limit = self._buffer, self._position, self._limits.request_line_bytes
        line_end = buffer.find(b"\n", start, start + limit + 2)
        if line_end < 0:
            if len(buffer) - start >= limit + 2:
                raise RequestRefused(414, "request line too long")
            return False
        parse_request_line(buffer[start : line_end + 1].decode("latin-1"))
        self._line_end = line_end - start
        return True

    def _find_end_of_fields(self, line_end: int) -> int:
        """Return where the empty line begins; `line_end` is the place of the request line's LF."""
        buffer, limit = self._buffer, self._limits.header_bytes
        horizon = line_end + 1 + limit + 2
        seen = max(line_end, self._position + self._scanned)
        # The CRLF of the last line may have been seen already.
        end = buffer.find(b"\r\n\r\n", max(line_end - 1, seen - 3), horizon)
        bare = abnf.BARE_LF.search(buffer, seen, horizon if end < 0 else end)
        if bare is not None:
            raise RequestRefused(400, "bare CR or LF in a field line")
        if end < 0:
            if len(buffer) >= horizon:
                raise RequestRefused(431, "header section too large")
            self._scanned = len(buffer) - self._position
            return -1
        self._line_end = -1
        return end
