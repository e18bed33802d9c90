"""What the connections of one listener share."""

import asyncio
from dataclasses import dataclass, field
from typing import Protocol

from gatewright.base.messages import Handler
from gatewright.wire.http11 import BodyLimit
from gatewright.wire.limits import Limits
from gatewright.wire.response_head import HeadRenderer
from gatewright.wire.turn import Turn


class Connection(Protocol):
    """A connection as its listener sees it."""

    def sweep(self, now: float) -> None:
        """Do what is due at a time of the event loop."""
        ...

    def drain(self, *, spares_used: bool) -> None:
        """Close now if nothing is in flight; otherwise after the response in flight.

        With `spares_used`, as it is asked first, a connection that is in use is left open for one more request.
        """
        ...

    def abort(self) -> None:
        """Cut the connection off."""
        ...


@dataclass(slots=True)
class ListenerScope:
    """The listener's settings, its open connections and its clock."""

    handler: Handler
    limits: Limits
    body_limit: BodyLimit | None = None
    connections: set[Connection] = field(default_factory=set)
    heads: HeadRenderer = field(default_factory=HeadRenderer)
    turn: Turn = field(default_factory=Turn)
    next_sweep: float = 0.0
    """The event loop's time at the next sweep: what is due `seconds` later is never early."""
    is_draining: bool = False
    refused_connections: int = 0
    """Connections turned away since the last sweep, for one log line instead of as many."""
    emptied: asyncio.Event = field(default_factory=asyncio.Event)
    """Set whenever the last connection has gone."""

    def add(self, connection: Connection) -> None:
        """Count a connection that was accepted."""
        self.connections.add(connection)
        self.emptied.clear()

    def discard(self, connection: Connection) -> None:
        """Count a connection that is gone."""
        self.connections.discard(connection)
        if not self.connections:
            self.emptied.set()

    async def wait_until_empty(self, seconds: float) -> None:
        """Wait for the last connection to go, but not longer than `seconds`."""
        if self.connections:
            try:
                await asyncio.wait_for(self.emptied.wait(), seconds)
            except TimeoutError:
                return
