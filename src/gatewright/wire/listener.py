"""A listening socket and the connections that came through it."""

import ssl as tls
from collections.abc import Callable
from socket import socket

from gatewright.base.messages import Handler, Request
from gatewright.wire.limits import Limits

BodyLimit = Callable[[Request], int]
"""How large the content of this request may be; asked only for requests that exceed `Limits.body_bytes`."""


class Listener:
    """Serves HTTP/1.1 on one address with one handler."""

    def __init__(self, handler: Handler, limits: Limits | None = None, *, body_limit: BodyLimit | None = None) -> None:
        self._handler = handler
        self._limits = limits or Limits()
        self._body_limit = body_limit

    @property
    def port(self) -> int:
        """The port that is listened on (the kernel's choice when 0 was asked for)."""
        return 0

    @property
    def connections(self) -> int:
        """Number of open connections."""
        return 0

    async def start(
        self, host: str, port: int, *, ssl: tls.SSLContext | None = None, sock: socket | None = None
    ) -> None:
        """Listen. Raises `SettingsError` when the address cannot be used."""

    async def drain(self) -> None:
        """Refuse new connections, close idle ones, let requests in flight finish for `Limits.drain_seconds`."""
