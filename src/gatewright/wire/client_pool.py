"""Connections kept for the next request: which are idle, how many there may be, and whose turn it is.

A slot is the right to one connection, from before it is opened until it is closed. Nobody who waits is overtaken: a
freed slot or an idle connection goes straight to the request that has waited longest for its kind, never back to
the shelf where a newcomer could take it.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable

from gatewright.wire.client_connection import Connection, ConnectionState
from gatewright.wire.client_errors import ClientClosed, ConnectFailed, ConnectionsExhausted, ConnectTimeout
from gatewright.wire.client_limits import ClientLimits
from gatewright.wire.client_request import Origin

Connect = Callable[[Origin, asyncio.Protocol], Awaitable[None]]
"""Opens a connection to an origin and gives it to the protocol. Raises `ConnectFailed`."""


class _Turn:
    """A request that waits; its future brings an idle connection, or None for a slot to open one in."""

    __slots__ = ("granted", "number")

    def __init__(self, number: int) -> None:
        self.number = number
        self.granted: asyncio.Future[Connection | None] = asyncio.get_running_loop().create_future()


class _OriginConnections:
    """What is open to one origin."""

    __slots__ = ("idle", "origin", "slots", "waiting")

    def __init__(self, origin: Origin) -> None:
        self.origin = origin
        self.idle: list[Connection] = []  # last used last
        self.slots = 0
        self.waiting: deque[_Turn] = deque()


class ConnectionPool:
    """The connections of one client. Belongs to one event loop."""

    def __init__(self, connect: Connect, limits: ClientLimits) -> None:
        self._connect = connect
        self._limits = limits
        self._origins: dict[Origin, _OriginConnections] = {}
        self._homes: dict[Connection, _OriginConnections] = {}
        self._closing: set[Connection] = set()
        self._slots = 0
        self._waiting = 0
        self._turns = 0
        self._sweep: asyncio.TimerHandle | None = None
        self._is_closed = False
        self._emptied: asyncio.Future[None] | None = None

    @property
    def open_connections(self) -> int:
        """How many connections there are, those being opened included."""
        return self._slots

    def take_idle(self, origin: Origin) -> Connection | None:
        """Return the idle connection that was used last, if one is fit for use. Start a request on it at once."""
        home = self._origins.get(origin)
        if home is None:
            return None
        while home.idle:
            connection = home.idle.pop()
            if connection.is_usable():
                return connection
            connection.close()
        return None

    async def acquire(self, origin: Origin, seconds: float) -> Connection:
        """Return a connection that is fit for use, waiting and opening for at most `seconds` each.

        Raises `ConnectFailed`. Start a request on it at once.
        """
        if self._is_closed:
            raise ClientClosed("the upstream client is closed")
        while (connection := self.take_idle(origin)) is None:
            home = self._origins.setdefault(origin, _OriginConnections(origin))
            granted = None if self._reserve(home) else await self._wait(home, seconds)
            if granted is None:
                return await self._open(home, seconds)
            if granted.is_usable():
                return granted
            granted.close()
        return connection

    async def close(self) -> None:
        """Close every connection, also those in use, and return when they are gone."""
        self._is_closed = True
        if self._sweep is not None:
            self._sweep.cancel()
        error = ClientClosed("the upstream client was closed")
        for home in list(self._origins.values()):
            for turn in home.waiting:
                if not turn.granted.done():
                    turn.granted.set_exception(error)
        for connection in list(self._homes):
            connection.close(error)
        for connection in self._closing:
            connection.abort()
        if self._closing:
            self._emptied = asyncio.get_running_loop().create_future()
            await self._emptied

    # Callbacks of a connection

    def on_idle(self, connection: Connection) -> None:
        """Hand the connection to who waits, or keep it."""
        home = self._homes[connection]
        if (turn := self._next_turn(home)) is not None:
            turn.granted.set_result(connection)
        elif self._waiting and self._next_waiting_home() is not None:
            connection.close()  # another origin waits for the slot
        else:
            home.idle.append(connection)
            if self._sweep is None:
                self._sweep = asyncio.get_running_loop().call_later(self._limits.idle_seconds, self._on_sweep)

    def on_closed(self, connection: Connection) -> None:
        """Free the slot."""
        home = self._homes.pop(connection)
        if connection.has_transport:
            self._closing.add(connection)
        if connection in home.idle:
            home.idle.remove(connection)
        self._free(home)

    def on_lost(self, connection: Connection) -> None:
        """Forget the connection."""
        self._closing.discard(connection)
        if self._emptied is not None and not self._closing and not self._emptied.done():
            self._emptied.set_result(None)

    # Slots and turns

    def _reserve(self, home: _OriginConnections) -> bool:
        """Take a slot if the limits leave one, at the price of another origin's idle connection if need be."""
        if home.slots >= self._limits.connections_per_origin:
            return False
        if self._slots >= self._limits.connections:
            idle = [other for other in self._origins.values() if other.idle]
            if not idle:
                return False
            # The least recently used of each origin is its first, and sleeps longest when it expires first.
            min((other.idle[0] for other in idle), key=lambda connection: connection.idle_until).close()
            if self._slots >= self._limits.connections:
                return False  # whoever waited before us has it
        home.slots += 1
        self._slots += 1
        return True

    def _free(self, home: _OriginConnections) -> None:
        home.slots -= 1
        self._slots -= 1
        while self._waiting and (next_home := self._next_waiting_home()) is not None:
            if (turn := self._next_turn(next_home)) is not None:
                next_home.slots += 1
                self._slots += 1
                turn.granted.set_result(None)
                break
        self._tidy(home)

    def _tidy(self, home: _OriginConnections) -> None:
        if not home.slots and not home.waiting:
            self._origins.pop(home.origin, None)

    def _next_turn(self, home: _OriginConnections) -> _Turn | None:
        while home.waiting:
            turn = home.waiting.popleft()
            self._waiting -= 1
            if not turn.granted.done():
                return turn
        return None

    def _next_waiting_home(self) -> _OriginConnections | None:
        """Return the origin whose first in line has waited longest, among those that may open another connection."""
        limit = self._limits.connections_per_origin
        waiting = [home for home in self._origins.values() if home.waiting and home.slots < limit]
        return min(waiting, key=lambda home: home.waiting[0].number, default=None)

    async def _wait(self, home: _OriginConnections, seconds: float) -> Connection | None:
        if self._waiting >= self._limits.waiting:
            self._tidy(home)
            raise ConnectionsExhausted(f"{self._waiting} requests already wait for a connection")
        self._turns += 1
        turn = _Turn(self._turns)
        home.waiting.append(turn)
        self._waiting += 1
        try:
            async with asyncio.timeout(seconds):
                return await turn.granted
        except TimeoutError:
            self._give_back(home, turn)
            raise ConnectionsExhausted(f"no connection to {home.origin.authority} became free in time") from None
        except asyncio.CancelledError:
            self._give_back(home, turn)
            raise

    def _give_back(self, home: _OriginConnections, turn: _Turn) -> None:
        """Who waited has given up: leave the line, or pass on what was granted in the same moment."""
        if turn in home.waiting:
            home.waiting.remove(turn)
            self._waiting -= 1
            self._tidy(home)
        if not turn.granted.done() or turn.granted.cancelled() or turn.granted.exception() is not None:
            return
        connection = turn.granted.result()
        if connection is None:
            self._free(home)
        elif connection.state is ConnectionState.IDLE:
            self.on_idle(connection)

    async def _open(self, home: _OriginConnections, seconds: float) -> Connection:
        """Open a connection in a slot that the caller has reserved; a failure frees the slot."""
        connection = Connection(self, self._limits)
        self._homes[connection] = home
        authority = home.origin.authority
        is_open = False
        try:
            if self._is_closed:
                raise ClientClosed("the upstream client was closed")
            async with asyncio.timeout(seconds):
                await self._connect(home.origin, connection)
            is_open = connection.is_usable()
        except TimeoutError:
            raise ConnectTimeout(f"no connection to {authority} in time") from None
        finally:
            if not is_open:
                connection.close(ConnectFailed("given up"))
                # Cancelled right after `connection_made`, uvloop closes the transport and never says that it is lost.
                self._closing.discard(connection)
        if not is_open:
            raise ConnectFailed(f"{authority} closed the connection at once")
        return connection

    # Idle connections

    def _on_sweep(self) -> None:
        self._sweep = None
        for home in list(self._origins.values()):
            for connection in [connection for connection in home.idle if not connection.is_usable()]:
                connection.close()
        if any(home.idle for home in self._origins.values()):
            self._sweep = asyncio.get_running_loop().call_later(self._limits.idle_seconds / 2, self._on_sweep)
