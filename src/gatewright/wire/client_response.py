"""The response half of the upstream client, without I/O: octets in, one response out.

    HEAD ── end of header section ──▶ BODY ── end of body ──▶ COMPLETE
      │ ▲ └──── interim response (1xx) ─┘       │
      └─┴────────── protocol error ─────────────┴──────────▶ BROKEN

The parser below is llhttp; it refuses obs-fold, bare CR and LF, space before the colon, repeated or malformed
lengths and Content-Length beside Transfer-Encoding. What it leaves to its user is done here.
"""

from enum import Enum
from types import MappingProxyType

import httptools

from gatewright.base.messages import Headers
from gatewright.wire.client_errors import ResponseBroken
from gatewright.wire.client_limits import ClientLimits


class ResponseState(Enum):
    """How far a response is."""

    HEAD = "head"
    BODY = "body"
    COMPLETE = "complete"
    BROKEN = "broken"


_TRANSITIONS = MappingProxyType(
    {
        ResponseState.HEAD: frozenset((ResponseState.HEAD, ResponseState.BODY, ResponseState.BROKEN)),
        ResponseState.BODY: frozenset((ResponseState.COMPLETE, ResponseState.BROKEN)),
        ResponseState.COMPLETE: frozenset[ResponseState](),
        ResponseState.BROKEN: frozenset[ResponseState](),
    }
)


class ResponseReader:
    """Reads the response to one request; `feed` what the origin sends, take what is there."""

    __slots__ = (
        "_chunks",
        "_fault",
        "_framing_bytes",
        "_limits",
        "_method",
        "_parser",
        "buffered_bytes",
        "content_length",
        "headers",
        "is_close_delimited",
        "keep_alive_seconds",
        "keeps_alive",
        "state",
        "status",
    )

    def __init__(self, method: str, limits: ClientLimits) -> None:
        self._method = method
        self._limits = limits
        self._parser: httptools.HttpResponseParser | None = httptools.HttpResponseParser(self)
        self._chunks: list[bytes] = []
        self._fault: str | None = None
        # Octets since the last bit of progress: bounds heads, endless interim responses, chunk extensions, trailers.
        self._framing_bytes = 0
        self.buffered_bytes = 0
        self.state = ResponseState.HEAD
        self.status = 0
        self.headers = Headers()
        self.content_length: int | None = None
        self.is_close_delimited = False
        self.keeps_alive = False
        self.keep_alive_seconds: float | None = None
        """What a `Keep-Alive: timeout=N` promises, where the origin sends one."""

    def feed(self, octets: bytes) -> None:
        """Take octets from the origin. Raises `ResponseBroken`."""
        if self._parser is None:
            # Octets after the end answer nothing that was asked (RFC 9112 section 6.3).
            self.keeps_alive = False
            return
        self._framing_bytes += len(octets)
        buffered = self.buffered_bytes
        try:
            self._parser.feed_data(octets)
        except httptools.HttpParserUpgrade:
            self._fault = self._fault or "101 Switching Protocols, which was not asked for"
        except httptools.HttpParserError as error:
            self._fault = self._fault or str(error)
        if self.state is ResponseState.COMPLETE:
            self._parser = None  # ends the reference cycle, so that no request leaves work for the collector
            return
        if self.buffered_bytes != buffered:
            self._framing_bytes = 0
        if self._fault is None and self._framing_bytes > self._limits.response_head_bytes:
            self._fault = f"more than {self._limits.response_head_bytes} octets of header fields"
        if self._fault is not None:
            raise self._break(self._fault)

    def feed_eof(self) -> None:
        """The origin sends nothing more. Raises `ResponseBroken` unless that is what ends the body."""
        if self.state is ResponseState.COMPLETE:
            return
        if self.state is ResponseState.BODY and self.is_close_delimited:
            self._enter(ResponseState.COMPLETE)
            self._parser = None
            return
        where = "before it answered" if self.state is ResponseState.HEAD else "inside the response body"
        raise self._break(f"closed the connection {where}")

    def take(self) -> bytes:
        """Return what has arrived of the body and was not taken yet; empty if nothing."""
        chunks, self._chunks, self.buffered_bytes = self._chunks, [], 0
        return chunks[0] if len(chunks) == 1 else b"".join(chunks)

    def _enter(self, state: ResponseState) -> None:
        if state not in _TRANSITIONS[self.state]:
            raise AssertionError(f"{self.state} to {state}")
        self.state = state

    def _break(self, reason: str) -> ResponseBroken:
        self._enter(ResponseState.BROKEN)
        self._parser = None
        return ResponseBroken(f"the origin's response is broken: {reason}")

    # Callbacks of httptools; nothing may be raised through the parser.

    def on_message_begin(self) -> None:
        if self.state is ResponseState.COMPLETE:
            # RFC 9112 section 6.3: what follows answers nothing that was asked, so nothing more can be asked.
            self.keeps_alive = False

    def on_header(self, name: bytes, value: bytes) -> None:
        if self.state is not ResponseState.HEAD:
            return  # the trailer section, which may be dropped (RFC 9110 section 6.5.1)
        self.headers.append((name.decode("latin-1"), value.rstrip(b" \t").decode("latin-1")))

    def on_headers_complete(self) -> None:
        if self.state is not ResponseState.HEAD or self._parser is None:
            return
        self.status = self._parser.get_status_code()
        version = self._parser.get_http_version()
        if version not in ("1.1", "1.0"):
            self._fault = self._fault or f"HTTP version {version}"
        elif self.status < 100:
            self._fault = self._fault or f"status {self.status}"
        elif self.status == 101:
            self._fault = self._fault or "101 Switching Protocols, which was not asked for"
        elif self.status >= 200:
            self._frame(version)

    def on_body(self, chunk: bytes) -> None:
        if self.state is ResponseState.BODY:
            self._chunks.append(chunk)
            self.buffered_bytes += len(chunk)
        elif self.state is ResponseState.COMPLETE:
            self.keeps_alive = False  # a body after HEAD
        else:
            self._fault = self._fault or "an interim response with a body"

    def on_message_complete(self) -> None:
        if self.state is ResponseState.BODY and self._fault is None:
            self._enter(ResponseState.COMPLETE)
        elif self.state is ResponseState.HEAD:
            self.headers = Headers()  # of an interim response, which ends here (RFC 9110 section 15.2)

    def _frame(self, version: str) -> None:
        """Decide where the body ends and whether another request may follow (RFC 9112 sections 6.3 and 9.3)."""
        is_chunked = False
        options = ""
        head_bytes = 0
        for name, value in self.headers:
            head_bytes += len(name) + len(value) + 4
            match name.lower():
                case "content-length":
                    self.content_length = int(value)
                case "transfer-encoding":
                    if is_chunked or value.lower() != "chunked" or version == "1.0":
                        self._fault = f"Transfer-Encoding {value[:40]!r} in HTTP/{version}"
                    is_chunked = True
                case "connection":
                    options = f"{options},{value.lower()}"
                case "keep-alive":
                    self.keep_alive_seconds = parse_keep_alive(value)
        if head_bytes > self._limits.response_head_bytes:
            self._fault = f"more than {self._limits.response_head_bytes} octets of header fields"
        has_no_body = self._method == "HEAD" or self.status in (204, 304)
        self.is_close_delimited = not (is_chunked or has_no_body or self.content_length is not None)
        # A 204 that announces a body anyway is not trusted to leave it out.
        is_contradictory = self.status == 204 and (is_chunked or bool(self.content_length))
        self.keeps_alive = _is_persistent(version, options) and not (self.is_close_delimited or is_contradictory)
        self._enter(ResponseState.BODY)
        if self._method == "HEAD" and self._fault is None:
            self._enter(ResponseState.COMPLETE)  # llhttp does not know the method and would wait for a body


def _is_persistent(version: str, options: str) -> bool:
    """RFC 9112 section 9.3: `close` wins, then HTTP/1.1 persists, then `keep-alive` does."""
    if not options:
        return version == "1.1"
    names = [option.strip() for option in options.split(",")]
    return "close" not in names and (version == "1.1" or "keep-alive" in names)


def parse_keep_alive(value: str) -> float | None:
    """Return the seconds of `timeout=N` in a Keep-Alive field, if it holds one (RFC 2068 section 19.7.1.1)."""
    for parameter in value.split(","):
        name, _, seconds = parameter.strip().partition("=")
        if name.lower() == "timeout" and seconds.isascii() and seconds.isdigit() and len(seconds) < 9:
            return float(seconds)
    return None
