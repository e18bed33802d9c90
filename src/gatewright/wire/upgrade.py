"""Leaving HTTP/1.1 for another protocol (RFC 9110 section 7.8): how a handler takes a connection over."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from gatewright.base.messages import Headers, Response


class Successor(asyncio.Protocol):
    """What speaks on a connection after `101 Switching Protocols`.

    It gets `connection_made` first, then the octets that the client had already sent, and everything else as any
    asyncio protocol does.
    """

    def drain(self) -> None:
        """The listener is draining: say farewell and close the transport soon."""


@dataclass(slots=True)
class Upgrade(Response):
    """A response that ends HTTP on its connection. `headers` must have Upgrade; `wire` adds Connection.

    Only a request of HTTP/1.1 whose body has been read can be answered so; any other gets 500.
    """

    successor: Callable[[], Successor] = Successor


def switching_protocols(headers: Headers, successor: Callable[[], Successor]) -> Upgrade:
    """Build the response that hands the connection to what `successor` makes."""
    return Upgrade(101, headers, b"", successor)


class Relay(asyncio.Protocol):
    """Passes everything to the successor, and the end of the connection to the listener too."""

    def __init__(self, successor: Successor, when_lost: Callable[[Exception | None], None]) -> None:
        self._successor = successor
        self._when_lost = when_lost

    def data_received(self, data: bytes) -> None:
        """Pass octets on."""
        self._successor.data_received(data)

    def eof_received(self) -> bool | None:
        """Pass the end of the peer's octets on."""
        return self._successor.eof_received()

    def pause_writing(self) -> None:
        """Pass on that the peer does not read."""
        self._successor.pause_writing()

    def resume_writing(self) -> None:
        """Pass on that the peer reads again."""
        self._successor.resume_writing()

    def connection_lost(self, exc: Exception | None) -> None:
        """Tell both."""
        try:
            self._successor.connection_lost(exc)
        finally:
            self._when_lost(exc)
