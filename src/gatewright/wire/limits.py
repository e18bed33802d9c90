"""Every limit and time-out of a listener, in one value. Beyond a limit the peer gets the status named beside it."""

from dataclasses import dataclass

KIBIBYTE = 1024
MEBIBYTE = 1024 * KIBIBYTE


@dataclass(frozen=True, slots=True)
class Limits:
    """What one listener allows its peers. Sizes are in bytes, times in seconds."""

    request_line_bytes: int = 16 * KIBIBYTE
    """Method, target and version, without the line's end (414)."""
    header_bytes: int = 10_240
    """All field lines of a request together, with their line ends (431); API Gateway's own quota."""
    header_fields: int = 256
    """Number of field lines of a request (431)."""
    body_bytes: int = 10 * MEBIBYTE
    """A request's content after chunked decoding (413); API Gateway's own quota."""
    chunk_line_bytes: int = 1 * KIBIBYTE
    """One chunk-size line with its extensions (400)."""
    chunk_extension_bytes: int = 16 * KIBIBYTE
    """All chunk extensions of one request (400): they carry nothing that we use."""
    trailer_bytes: int = 8 * KIBIBYTE
    """The trailer section of a chunked request (431)."""

    header_seconds: float = 10.0
    """From a request's first octet (or the connection's start) to the end of its header section (408)."""
    body_idle_seconds: float = 30.0
    """Between two arrivals of a body that the handler waits for (408)."""
    keep_alive_seconds: float = 75.0
    """Between two requests of a connection; then it is closed."""
    write_stall_seconds: float = 60.0
    """During which a peer that owes us reading takes nothing at all; then the connection is aborted."""
    linger_seconds: float = 2.0
    """How long a refused peer is still listened to after our last octet, so that the answer reaches it."""
    drain_seconds: float = 30.0
    """What requests in flight may still take once the listener drains; then they are aborted."""
    sweep_seconds: float = 1.0
    """How often deadlines are looked at: a time-out may come that much late, and costs no timer per request."""

    connections: int = 10_000
    """Open connections of one listener; one more gets 503 and is closed."""
    backlog: int = 2_048
    """Connections that the kernel holds for us until we accept them."""
    read_high_water_bytes: int = 64 * KIBIBYTE
    """Octets received and not yet wanted (a body nobody reads, pipelined requests); then reading pauses."""
    write_high_water_bytes: int = 64 * KIBIBYTE
    """Octets written and not yet taken by the peer; then the writer waits."""
    unread_body_bytes: int = 64 * KIBIBYTE
    """How much of a body that the handler left unread is read and dropped to keep the connection."""
