"""A listening socket and the connections that came through it."""

import asyncio
import errno
import logging
import ssl as tls
from socket import socket

from gatewright.base.errors import SettingsError
from gatewright.base.messages import Handler
from gatewright.wire.connection import ServerConnection
from gatewright.wire.http11 import BodyLimit
from gatewright.wire.limits import Limits
from gatewright.wire.listener_scope import ListenerScope

logger = logging.getLogger(__name__)

_LAST_PORT = 65_535
_LAST_REQUEST_SECONDS = 0.25


class Listener:
    """Serves HTTP/1.1 on one address with one handler."""

    def __init__(self, handler: Handler, limits: Limits | None = None, *, body_limit: BodyLimit | None = None) -> None:
        """`body_limit` takes the place of `Limits.body_bytes`; it is asked for requests that have a body."""
        self._limits = limits or Limits()
        self._scope = ListenerScope(handler, self._limits, body_limit)
        self._server: asyncio.Server | None = None
        self._sweeping: asyncio.TimerHandle | None = None

    @property
    def handler(self) -> Handler:
        """What serves requests. Another one may be set while the listener listens: it gets the next request."""
        return self._scope.handler

    @handler.setter
    def handler(self, handler: Handler) -> None:
        self._scope.handler = handler

    @property
    def port(self) -> int:
        """The port that is listened on (the kernel's choice when 0 was asked for)."""
        if self._server is None or not self._server.sockets:
            raise RuntimeError("this listener is not listening")
        return int(self._server.sockets[0].getsockname()[1])

    @property
    def connections(self) -> int:
        """Number of open connections."""
        return len(self._scope.connections)

    async def start(
        self, host: str, port: int, *, ssl: tls.SSLContext | None = None, sock: socket | None = None
    ) -> None:
        """Listen on an address, or on a socket that is bound already. Raises `SettingsError`."""
        loop = asyncio.get_running_loop()
        if not 0 <= port <= _LAST_PORT:
            # uvloop would take the number modulo 65,536.
            raise SettingsError(f"cannot listen on {host} port {port}: ports go from 0 to {_LAST_PORT}")
        settings: dict[str, object] = {"sock": sock} if sock is not None else {"host": host, "port": port}
        if ssl is not None:
            # A connection is ours, and counted, only after its handshake.
            settings |= {
                "ssl": ssl,
                "ssl_handshake_timeout": self._limits.header_seconds,
                "ssl_shutdown_timeout": self._limits.linger_seconds,
            }
        try:
            self._server = await loop.create_server(  # type: ignore[call-overload]
                lambda: ServerConnection(self._scope), backlog=self._limits.backlog, **settings
            )
        except OSError as error:
            raise SettingsError(f"cannot listen on {host} port {port}: {_explain(error)}") from error
        self._sweep(loop)

    async def drain(self) -> None:
        """Refuse new connections, close idle ones, let requests in flight finish for `Limits.drain_seconds`.

        A connection that was used since the sweep before the last has a quarter of a second for one more request.
        """
        scope = self._scope
        scope.is_draining = True
        if self._server is not None:
            self._server.close()
        for connection in tuple(scope.connections):
            connection.drain(spares_used=True)
        # Who asked a moment ago may be asking again right now; closing would cost it a request.
        last_request_seconds = min(_LAST_REQUEST_SECONDS, self._limits.drain_seconds)
        await scope.wait_until_empty(last_request_seconds)
        for connection in tuple(scope.connections):
            connection.drain(spares_used=False)
        await scope.wait_until_empty(self._limits.drain_seconds - last_request_seconds)
        for connection in tuple(scope.connections):
            connection.abort()
        # Cutting off takes a turn or two of the event loop, never a peer's good will.
        await scope.wait_until_empty(1.0)
        if self._sweeping is not None:
            self._sweeping.cancel()

    def _sweep(self, loop: asyncio.AbstractEventLoop) -> None:
        scope, now = self._scope, loop.time()
        scope.next_sweep = now + self._limits.sweep_seconds
        self._sweeping = loop.call_later(self._limits.sweep_seconds, self._sweep, loop)
        if scope.refused_connections:
            logger.warning("turned %d connections away: %d are open", scope.refused_connections, self.connections)
            scope.refused_connections = 0
        for connection in tuple(scope.connections):
            try:
                connection.sweep(now)
            except Exception:
                logger.exception("looking at the deadline of a connection failed")
                connection.abort()


def _explain(error: OSError) -> str:
    """Put an error of the operating system into a few words."""
    if error.errno == errno.EADDRINUSE:
        return "the port is in use by another process"
    if error.errno == errno.EACCES:
        return "permission denied (ports below 1024 need privileges)"
    if error.errno == errno.EADDRNOTAVAIL:
        return "this machine has no such address"
    return error.strerror or str(error)
