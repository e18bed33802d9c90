"""The upstream client: requests to other people's servers over pooled HTTP/1.1 connections.

No request is sent twice. One that met a connection which had already ended goes to another connection before any
octet of it is written; after that, whatever happens is the caller's to judge (RFC 9110 section 9.2.2: only the caller
knows whether a repetition is safe).
"""

import asyncio
import socket
import ssl

from gatewright.base.messages import Response
from gatewright.wire.client_errors import ConnectFailed, ConnectTimeout, NameUnresolved, TlsFailed
from gatewright.wire.client_limits import ClientLimits
from gatewright.wire.client_pool import Connect, ConnectionPool
from gatewright.wire.client_request import Origin, UpstreamRequest, encode_head
from gatewright.wire.client_tls import TlsContexts, TlsTrust


class Client:
    """Sends requests to origins. Belongs to one event loop."""

    def __init__(
        self,
        limits: ClientLimits | None = None,
        *,
        tls: TlsTrust = ssl.create_default_context,
        connect: Connect | None = None,
    ) -> None:
        self._limits = limits or ClientLimits()
        self._pool = ConnectionPool(connect or TcpConnector(tls), self._limits)

    @property
    def open_connections(self) -> int:
        """How many connections there are, those being opened included."""
        return self._pool.open_connections

    async def send(self, request: UpstreamRequest) -> Response:
        """Send a request and return its response, the body as bytes where it is small or already here.

        Raises `UpstreamError`, and what the iterator of a streamed request body raises. A streamed response body
        raises the same; read it to its end or `aclose` it.
        """
        head = encode_head(request)
        deadline = None
        connect_seconds = self._limits.connect_seconds
        if request.deadline_seconds is not None:
            deadline = asyncio.get_running_loop().time() + request.deadline_seconds
            connect_seconds = min(connect_seconds, request.deadline_seconds)
        connection = self._pool.take_idle(request.origin)
        if connection is None:
            connection = await self._pool.acquire(request.origin, connect_seconds)
        # No await between the check that the connection is fit for use and the first octet on it.
        exchange = connection.start(request, head, deadline)
        return await exchange.response()

    async def close(self) -> None:
        """Close every connection, also those in use, and return when they are gone."""
        await self._pool.close()


class TcpConnector:
    """Opens connections over TCP, with TLS for https."""

    def __init__(self, tls: TlsTrust) -> None:
        self._contexts = TlsContexts(tls)

    async def __call__(self, origin: Origin, protocol: asyncio.Protocol) -> None:
        """Connect to the origin. Raises `ConnectFailed`."""
        context = await self._contexts.context(origin) if origin.scheme == "https" else None
        name = (origin.server_name or origin.host) if context is not None else None
        where = f"{origin.scheme}://{origin.authority}"
        try:
            await asyncio.get_running_loop().create_connection(
                lambda: protocol, origin.host, origin.port, ssl=context, server_hostname=name
            )
        except ssl.SSLError as error:
            raise TlsFailed(f"TLS with {where} failed: {error.reason or error}") from error
        except TimeoutError as error:  # the kernel's (ETIMEDOUT), long after it has become hopeless
            raise ConnectTimeout(f"no connection to {where}: {error}") from error
        except socket.gaierror as error:
            raise NameUnresolved(f"{origin.host} has no address: {error.strerror or error}") from error
        except (OSError, UnicodeError, ValueError) as error:  # ValueError: a name that no resolver would take
            raise ConnectFailed(f"no connection to {where}: {error}") from error
