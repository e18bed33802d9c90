"""The errors of the upstream client.

UpstreamError
├── RequestInvalid         the caller's own request cannot be put on the wire; nothing was sent
├── ConnectFailed          no connection to the origin; nothing was sent
│   ├── ConnectTimeout     … within `connect_seconds`
│   ├── NameUnresolved     … because nobody knows the address of its host
│   ├── TlsFailed          … because the certificate or the handshake was refused
│   └── ConnectionsExhausted   … because the limits left none free in time, or the queue was full
├── ResponseTimeout        the origin was silent for too long; the request may have been served
├── ResponseBroken         the origin ended the connection early or broke the protocol; likewise
└── ClientClosed           the client was closed
"""

from gatewright.base.errors import GatewrightError


class UpstreamError(GatewrightError):
    """A request to an origin that got no (whole) response."""


class RequestInvalid(UpstreamError):
    """A URL, header field or body that cannot be put on the wire."""


class ConnectFailed(UpstreamError):
    """No connection: unknown host, refused, reset, unreachable."""


class ConnectTimeout(ConnectFailed):
    """Neither a connection nor a refusal in time."""


class NameUnresolved(ConnectFailed):
    """A host that has no address."""


class TlsFailed(ConnectFailed):
    """The TLS handshake failed; for most, the certificate does not verify."""


class ConnectionsExhausted(ConnectFailed):
    """Every connection that the limits allow is in use."""


class ResponseTimeout(UpstreamError):
    """No response head, or no further part of the body, in time."""


class ResponseBroken(UpstreamError):
    """A response that ended early, or whose framing is malformed, ambiguous or beyond the limits."""


class ClientClosed(UpstreamError):
    """The client was closed before or while it served the request."""
