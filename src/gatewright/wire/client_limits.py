"""What the upstream client allows itself and its origins."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ClientLimits:
    """Limits of one `Client`. Each is a setting."""

    connections: int = 1024
    """Open connections in total."""
    connections_per_origin: int = 256
    """Open connections to one scheme, host and port."""
    waiting: int = 4096
    """Requests that may wait for a connection; one more is refused."""
    idle_seconds: float = 50.0
    """Shorter than the 60 s and more after which most servers drop an idle connection: whoever closes first decides
    whether a request can meet a connection that is just closing."""
    connect_seconds: float = 10.0
    """For a connection to become free, and again for opening one (name look-up and TLS handshake included)."""
    response_seconds: float = 30.0
    """From the end of the request to the end of the response head."""
    body_idle_seconds: float = 30.0
    """Between two parts of a response body, and for the origin to take more of a request body."""
    response_head_bytes: int = 65_536
    """Status line and header fields, interim responses included; also the trailer section."""
    small_body_bytes: int = 65_536
    """A response with a Content-Length up to this is returned when it is complete, as bytes."""
    high_water_bytes: int = 131_072
    """Unread body above which the client stops reading from the origin."""
