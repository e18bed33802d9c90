"""What REST APIs need from the outside, as they need it. The composition root passes the real ones in."""

from dataclasses import dataclass
from typing import Protocol

from gatewright.gateway.function_urls.seams import StreamedInvocation
from gatewright.gateway.rest_apis.content_coding import MAX_PAYLOAD_BYTES
from gatewright.gateway.rest_apis.mapping_threads import MappingThreads
from gatewright.gateway.rest_apis.usage_plans import UsagePlanDirectory
from gatewright.gateway.seams import Invocation, Seams
from gatewright.snapshot.types import QualifiedFunction


class Invoker(Protocol):
    """Runs functions: `functions.invoke.Functions`."""

    async def invoke(self, function: QualifiedFunction, event: bytes, *, trace_header: str | None = None) -> Invocation:
        """Run a function once. Raises `InvokeError`. A caller who goes away does not stop the invocation."""
        ...

    async def invoke_streaming(
        self, target: QualifiedFunction, event: bytes, *, trace_header: str | None = None
    ) -> StreamedInvocation:
        """Run a function once and return when it begins to respond. Raises `InvokeError`."""
        ...


class EventSubmitter(Protocol):
    """Keeps events for functions and runs them later: `functions.async_invoke.AsyncInvoker`."""

    async def submit(
        self, target: QualifiedFunction, event: bytes, *, request_id: str, trace_header: str | None = None
    ) -> None:
        """Keep an event (JSON); it is durable on return. Raises `InvokeError` when it cannot be kept."""
        ...


@dataclass(frozen=True, slots=True)
class RestSeams(Seams):
    """All of it, for whatever is linked: what HTTP APIs need, and more."""

    invoker: Invoker
    events: EventSubmitter
    usage: UsagePlanDirectory
    mappings: MappingThreads
    body_bytes: int = MAX_PAYLOAD_BYTES
    """The largest body of a request."""
