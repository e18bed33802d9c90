"""The header section of a response: status, a handler's fields and the framing as octets.

The framing is `wire`'s alone: what a handler says about it is dropped, except a length that only the handler can know
(of a stream, or of what HEAD or 304 leave out). A handler whose fields would break the message is refused as a whole.
"""

import time
from http import HTTPStatus
from types import MappingProxyType

from gatewright.base.errors import GatewrightError
from gatewright.base.messages import Headers, Response, text_response
from gatewright.wire.abnf import FIELD_LINE, LENGTH, PLAIN_FIELD_LINES

_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

# RFC 9110 section 7.6.1 names what belongs to one connection only; the rest frames messages (RFC 9112 section 6).
_FRAMING_FIELDS = frozenset(
    {
        "connection",
        "content-length",
        "keep-alive",
        "proxy-connection",
        "trailer",
        "transfer-encoding",
        "upgrade",
    }
)

# Python's versions differ in the two; API Gateway's own message says "Request Entity Too Large".
PHRASES = MappingProxyType(
    {status.value: status.phrase for status in HTTPStatus} | {413: "Request Entity Too Large", 414: "URI Too Long"}
)

_STATUS_LINES = MappingProxyType(
    {status: f"HTTP/1.1 {status} {phrase}\r\n" for status, phrase in PHRASES.items() if status == 101 or status >= 200}
)

# Of a listener's responses; together they take no more room than one of them may.
_REMEMBERED_NAMES = 512
_LONGEST_REMEMBERED_NAME = 64

# RFC 9110 sections 8.6, 15.2, 15.3.5 and 15.4.5
BODILESS_STATUSES = frozenset({101, 204, 304})


class ResponseInvalid(GatewrightError):
    """A handler's response that cannot be written without breaking the message."""


class HeadRenderer:
    """Renders the header sections of one listener's responses.

    It remembers the Date of the second that it is, and how the lines of fields begin whose names were found plain: APIs
    answer with the same few names, and a name need not be judged again.
    """

    __slots__ = ("_date_line", "_line_starts", "_second")

    def __init__(self) -> None:
        self._second = -1
        self._date_line = ""
        self._line_starts: dict[str, str] = {}

    def render(self, status: int, headers: Headers, framing: str, now: float) -> bytes:
        """Return a header section of `now`, seconds since the epoch. `framing` is field lines too.

        Raises `ResponseInvalid`.
        """
        line_starts, date_line = self._line_starts, self._date(now)
        try:
            fields = "".join([f"{line_starts[name]}{value}\r\n" for name, value in headers if value.isprintable()])
        except (KeyError, AttributeError):
            fields = ""
        # What is printable holds no end of a line, and the names were judged before: so many lines are all fields.
        if fields.count("\n") != len(headers) or not fields.isascii():
            fields, has_date = self._judge(headers)
            if has_date:
                date_line = ""
        line = _STATUS_LINES.get(status) or _render_status_line(status)
        return f"{line}{date_line}{fields}{framing}\r\n".encode("latin-1")

    def _judge(self, headers: Headers) -> tuple[str, bool]:
        """Render fields whose names are new here or whose values are not plain; also say whether Date is among them."""
        fields = "".join([f"{name}: {value}\r\n" for name, value in headers])
        # One line per field, each of them grammatical: then no name and no value holds a part of another line.
        if PLAIN_FIELD_LINES.fullmatch(fields) is None or fields.count("\n") != len(headers):
            return _render_other_fields(headers)
        if any(":" in name for name, _ in headers):
            return _render_other_fields(headers)
        for name, _ in headers:
            if len(name) <= _LONGEST_REMEMBERED_NAME:
                if len(self._line_starts) >= _REMEMBERED_NAMES:
                    self._line_starts.clear()
                self._line_starts[name] = f"{name}: "
        return fields, False

    def _date(self, now: float) -> str:
        """Return the line of Date (RFC 9110 section 6.6.1)."""
        second = int(now)
        if second != self._second:
            moment = time.gmtime(second)
            self._date_line = (
                f"Date: {_WEEKDAYS[moment.tm_wday]}, {moment.tm_mday:02d} {_MONTHS[moment.tm_mon - 1]} "
                f"{moment.tm_year} {moment.tm_hour:02d}:{moment.tm_min:02d}:{moment.tm_sec:02d} GMT\r\n"
            )
            self._second = second
        return self._date_line


def _render_status_line(status: object) -> str:
    """Render a status that is not registered; interim responses are `wire`'s own (RFC 9110 section 15)."""
    if not isinstance(status, int) or not 200 <= status <= 999:
        raise ResponseInvalid(f"status {status!r}")
    # The space stays even without a phrase (RFC 9112 section 4).
    return f"HTTP/1.1 {status} \r\n"


def _render_other_fields(headers: Headers) -> tuple[str, bool]:
    """Render the fields that are the handler's to set; also say whether Date is among them."""
    kept = [(name, value) for name, value in headers if name.lower() not in _FRAMING_FIELDS]
    lines = [f"{name}: {value}\r\n" for name, value in kept]
    for line, (name, _) in zip(lines, kept, strict=True):
        match = FIELD_LINE.fullmatch(line)
        if match is None or match[1] != name:
            raise ResponseInvalid(f"header field {name!r} cannot be written: {line!r}")
    return "".join(lines), any(name.lower() == "date" for name, _ in kept)


def declared_length(headers: Headers) -> int | None:
    """Return the Content-Length that a handler gave, or None. Raises `ResponseInvalid` when it is malformed."""
    values = headers.get_all("content-length")
    if not values:
        return None
    if len(set(values)) > 1 or LENGTH.fullmatch(values[0]) is None or len(values[0]) > 18:
        raise ResponseInvalid(f"Content-Length {values!r}")
    return int(values[0])


def error_content(status: int) -> bytes:
    """Return what the body says when `wire` itself answers."""
    return f'{{"message":"{PHRASES[status]}"}}'.encode()


def error_response(status: int) -> Response:
    """Build what `wire` itself answers when no handler can."""
    return text_response(status, error_content(status), "application/json")
