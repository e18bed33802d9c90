"""Where a response goes that its runtime streams: the writer's side of it, and what collects it whole."""

from collections.abc import Callable
from typing import Protocol

from gatewright.functions.failure import STREAMED_RESPONSE_TOO_LARGE
from gatewright.functions.settings import MAX_RESPONSE_BYTES

Ending = tuple[bytes, str | None]
"""The payload and the function error of an invocation's result."""


class ResponseSink(Protocol):
    """Where a link writes a response that the runtime streams."""

    @property
    def is_full(self) -> bool:
        """Return whether the runtime should not be read until `when_there_is_room` has called back."""
        ...

    @property
    def produced_bytes(self) -> int:
        """Return how much was written."""
        ...

    @property
    def is_too_large(self) -> bool:
        """Return whether more was written than a response may have."""
        ...

    def begin(self, content_type: str, executed_version: str) -> None:
        """Take what the octets are and which version of the function sends them, before anything of the response."""
        ...

    def write(self, octets: bytes) -> None:
        """Take what came next. Nothing is refused: whoever is full says so."""
        ...

    def when_there_is_room(self, resume: Callable[[], None]) -> None:
        """Call `resume` once, as soon as the sink is not full any more."""
        ...

    def conclude(self, error: bytes | None) -> Ending:
        """Return what the invocation came to; `error` is the error object of a response that broke off.

        A function that raised, or whose time was up, in mid-stream has broken nothing off: what it wrote is its
        response.
        """
        ...


class CollectedResponse:
    """Collects a streamed response for a caller that wants it whole."""

    __slots__ = ("_kept", "produced_bytes")

    def __init__(self) -> None:
        self._kept = bytearray()
        self.produced_bytes = 0

    @property
    def is_full(self) -> bool:
        """Return False: what is too much is dropped."""
        return False

    @property
    def is_too_large(self) -> bool:
        """Return whether the caller gets an error in its place."""
        return len(self._kept) > MAX_RESPONSE_BYTES

    def begin(self, content_type: str, executed_version: str) -> None:
        """The caller is not told the content type, and the version by the result."""

    def write(self, octets: bytes) -> None:
        """Keep no more than shows that it is too much."""
        self.produced_bytes += len(octets)
        if not self.is_too_large:
            self._kept += octets

    def when_there_is_room(self, resume: Callable[[], None]) -> None:
        """There always is."""
        resume()

    def conclude(self, error: bytes | None) -> Ending:
        """Return the response, or the error in its place."""
        if error is not None:
            return error, "Unhandled"
        return (STREAMED_RESPONSE_TOO_LARGE, "Unhandled") if self.is_too_large else (bytes(self._kept), None)
