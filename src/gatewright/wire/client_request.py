"""The request half of the upstream client, without I/O: where a request goes and what its head looks like."""

import re
from collections.abc import AsyncIterable
from dataclasses import dataclass, field
from enum import Enum

from gatewright.base.messages import Headers
from gatewright.wire.client_errors import RequestInvalid

_DEFAULT_PORTS = (("http", 80), ("https", 443))

_URL = re.compile(
    r"(?P<scheme>https?)://"
    r"(?P<host>\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9_.~-]+)(?::(?P<port>[0-9]{0,5}))?"
    r"(?P<target>[/?][^#]*)?(?:#.*)?",
    re.IGNORECASE,
)

_TOKENS = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")  # RFC 9110 section 5.6.2
_TARGET = re.compile(r"[!-~]+")  # RFC 9112 section 3.2; here any visible ASCII
_VALUES = re.compile(r"[\t -~\x80-\xff]*")  # RFC 9110 section 5.5, obs-text included

_BODILESS_METHODS = frozenset(("GET", "HEAD", "DELETE", "OPTIONS", "TRACE"))


@dataclass(frozen=True, slots=True)
class ClientCertificate:
    """What the client is known by to an https origin that asks for it: a certificate and its key, in PEM."""

    certificate: str
    private_key: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Origin:
    """Where connections go to; requests with equal origins share them.

    `server_name` is the name that the certificate must carry and that SNI sends, when it is not `host`
    (`TlsConfig.ServerNameToVerify` of an HTTP API's integration).
    """

    scheme: str
    host: str
    port: int
    server_name: str | None = None
    verifies_certificate: bool = True
    """Whether an https origin must have a certificate that the client trusts, for its name."""
    client_certificate: ClientCertificate | None = None

    @property
    def authority(self) -> str:
        """The value of the Host field: the port only where it is not the scheme's own."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if (self.scheme, self.port) in _DEFAULT_PORTS else f"{host}:{self.port}"


@dataclass(slots=True)
class UpstreamRequest:
    """One request to an origin. Not frozen: one is made for every proxied request.

    `target` is path and query as they go on the request line. The client adds Host, if missing, and framing: a
    streamed body goes out chunked unless `headers` carry its Content-Length. Hop-by-hop fields are the caller's job.
    """

    method: str
    origin: Origin
    target: str
    headers: Headers
    body: bytes | AsyncIterable[bytes] = b""
    response_seconds: float | None = None
    """Replaces `ClientLimits.response_seconds`."""
    body_idle_seconds: float | None = None
    """Replaces `ClientLimits.body_idle_seconds` for the response body."""
    deadline_seconds: float | None = None
    """For the whole exchange, from `Client.send` to the last octet of the body."""


class BodyFraming(Enum):
    """How the body of a request is delimited."""

    WHOLE = "whole"
    LENGTH = "length"
    CHUNKED = "chunked"


@dataclass(slots=True)
class RequestHead:
    """A request head as it goes out, and what it promises."""

    octets: bytes
    framing: BodyFraming
    content_length: int
    keeps_alive: bool


def parse_url(url: str) -> tuple[Origin, str]:
    """Split an absolute http(s) URL into origin and request target. Raises `RequestInvalid`."""
    match = _URL.fullmatch(url)
    if match is None:
        raise RequestInvalid(f"not an http or https URL: {url!r}")
    scheme = match["scheme"].lower()
    port = int(match["port"]) if match["port"] else dict(_DEFAULT_PORTS)[scheme]
    if not 0 < port < 65_536:
        raise RequestInvalid(f"no such port: {url!r}")
    target = match["target"] or "/"
    if target[0] == "?":
        target = "/" + target
    return Origin(scheme, match["host"].strip("[]").lower(), port), target


def encode_head(request: UpstreamRequest) -> RequestHead:
    """Return the request head in octets. Raises `RequestInvalid` for what would not be one well-framed request."""
    _validate(request)
    has_host = False
    keeps_alive = True
    length: str | None = None
    for name, value in request.headers:
        match name.lower():
            case "host":
                has_host = _once(has_host, name)
            case "content-length":
                _once(length is not None, name)
                length = value
            case "transfer-encoding":
                raise RequestInvalid("Transfer-Encoding is for the client to set")
            case "connection":
                keeps_alive = keeps_alive and "close" not in value.lower()
    framing, content_length, field = _frame(request, length)
    host = "" if has_host else f"Host: {request.origin.authority}\r\n"
    lines = "".join([f"{name}: {value}\r\n" for name, value in request.headers])
    head = f"{request.method} {request.target} HTTP/1.1\r\n{host}{lines}{field}\r\n"
    return RequestHead(head.encode("latin-1"), framing, content_length, keeps_alive)


def _validate(request: UpstreamRequest) -> None:
    names = [request.method, *[name for name, _ in request.headers]]
    # One search over all names and one over all values: a gateway does this for every request.
    if "" in names or _TOKENS.fullmatch("".join(names)) is None:
        raise RequestInvalid("the method or the name of a header field is malformed")
    if _VALUES.fullmatch("".join([value for _, value in request.headers])) is None:
        raise RequestInvalid("the value of a header field is malformed")
    if _TARGET.fullmatch(request.target) is None:
        raise RequestInvalid("the request target is malformed")
    if request.method == "CONNECT":
        raise RequestInvalid("CONNECT makes a tunnel, not a response")


def _once(is_repeated: bool, name: str) -> bool:
    if is_repeated:
        raise RequestInvalid(f"{name} more than once")
    return True


def _frame(request: UpstreamRequest, length: str | None) -> tuple[BodyFraming, int, str]:
    """Return framing, length of the body and the field line that is still to be added (RFC 9112 section 6)."""
    if length is not None and not (length.isascii() and length.isdigit() and len(length) < 19):
        raise RequestInvalid("malformed Content-Length")
    if not isinstance(request.body, bytes):
        if length is None:
            return BodyFraming.CHUNKED, 0, "Transfer-Encoding: chunked\r\n"
        return BodyFraming.LENGTH, int(length), ""
    size = len(request.body)
    if length is not None:
        if int(length) != size:
            raise RequestInvalid(f"Content-Length is {length}, the body has {size} octets")
        return BodyFraming.WHOLE, size, ""
    # RFC 9110 section 8.6: no Content-Length for an empty body where the method does not anticipate one.
    is_silent = size == 0 and request.method in _BODILESS_METHODS
    return BodyFraming.WHOLE, size, "" if is_silent else f"Content-Length: {size}\r\n"
