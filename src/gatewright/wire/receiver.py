"""The read side of one connection: octets that arrive, and the one who waits for them."""

import asyncio

from gatewright.wire.http11 import RequestReader


class Receiver:
    """Feeds a `RequestReader`, no further ahead of who wants its messages than the high-water mark."""

    __slots__ = ("_arrival", "_high_water_bytes", "_is_paused", "_loop", "_transport", "reader")

    def __init__(self, transport: asyncio.Transport, reader: RequestReader, high_water_bytes: int) -> None:
        self._transport = transport
        self._loop = asyncio.get_running_loop()
        self._high_water_bytes = high_water_bytes
        self._is_paused = False
        self._arrival: asyncio.Future[None] | None = None
        self.reader = reader

    def notice(self) -> None:
        """Wake who waits for what arrived, or pause reading when there is enough."""
        arrival = self._arrival
        if arrival is not None:
            self._arrival = None
            if not arrival.done():
                arrival.set_result(None)
        elif self.reader.backlog > self._high_water_bytes and not self._is_paused:
            self._is_paused = True
            self._transport.pause_reading()

    def wait(self) -> asyncio.Future[None]:
        """Return what ends when more arrives, or raises what `fail` was given."""
        if self._is_paused:
            self.resume()
        self._arrival = arrival = self._loop.create_future()
        return arrival

    def fail(self, error: Exception) -> None:
        """Give who waits an error instead of octets."""
        arrival, self._arrival = self._arrival, None
        if arrival is not None and not arrival.done():
            arrival.set_exception(error)

    def resume(self) -> None:
        """Read again."""
        if self._is_paused:
            self._is_paused = False
            self._transport.resume_reading()
