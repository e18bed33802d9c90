"""What function URLs need of the data plane of Lambda: `functions.invoke.Functions` has it."""

from collections.abc import AsyncIterator
from typing import Protocol

from gatewright.gateway.seams import Invocation
from gatewright.snapshot.types import QualifiedFunction


class WholeInvocation(Invocation, Protocol):
    """What an invocation came to, and whether its payload is a function's result or what it streamed."""

    @property
    def is_streamed(self) -> bool:
        """Return whether the function streamed its response: any octets, instead of JSON."""
        ...


class StreamOutcome(Protocol):
    """How a streamed response ended."""

    @property
    def error_code(self) -> str | None:
        """Set when it is not complete."""
        ...


class StreamedInvocation(Protocol):
    """An invocation whose response has begun. It is iterated once, and closed if not to the end."""

    @property
    def content_type(self) -> str:
        """Return what the function says that its octets are."""
        ...

    @property
    def failure(self) -> Invocation | None:
        """Return what came of a function that failed before it began to respond."""
        ...

    @property
    def outcome(self) -> StreamOutcome | None:
        """Return how the response ended, once it has."""
        ...

    def __aiter__(self) -> AsyncIterator[bytes]:
        """Yield the response as it comes; the function waits for who reads."""
        ...

    async def aclose(self) -> None:
        """Stop reading. The function runs on, and what it still writes is dropped."""
        ...


class UrlInvoker(Protocol):
    """Runs functions, with an id of the request that the caller chose."""

    async def invoke(
        self, target: QualifiedFunction, event: bytes, *, request_id: str | None = None, trace_header: str | None = None
    ) -> WholeInvocation:
        """Run a function once. Raises `InvokeError`. A caller who goes away does not stop the invocation."""
        ...

    async def invoke_streaming(
        self, target: QualifiedFunction, event: bytes, *, request_id: str | None = None, trace_header: str | None = None
    ) -> StreamedInvocation:
        """Run a function once and return when it begins to respond. Raises `InvokeError`."""
        ...
