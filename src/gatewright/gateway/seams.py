"""What the gateway needs from the outside, as it needs it. The composition root passes the real ones in."""

from dataclasses import dataclass
from typing import Protocol

from gatewright.base.clock import Clock
from gatewright.base.errors import GatewrightError
from gatewright.base.ids import Ids
from gatewright.base.messages import Response
from gatewright.gateway.fault_log import FaultLog
from gatewright.languages.times import ClfClock
from gatewright.snapshot.types import QualifiedFunction
from gatewright.wire.client_request import UpstreamRequest


class Invocation(Protocol):
    """What an invocation came to."""

    @property
    def payload(self) -> bytes:
        """JSON: the function's result, or Lambda's error object."""
        ...

    @property
    def function_error(self) -> str | None:
        """Set when the function failed."""
        ...


class Invoker(Protocol):
    """Runs functions: `functions.invoke.Functions`."""

    async def invoke(self, function: QualifiedFunction, event: bytes, *, trace_header: str | None = None) -> Invocation:
        """Run a function once. Raises `InvokeError`. A caller who goes away does not stop the invocation."""
        ...


class UpstreamClient(Protocol):
    """Sends requests to origins: `wire.client.Client`."""

    async def send(self, request: UpstreamRequest) -> Response:
        """Return the response, its body perhaps still arriving. Raises `UpstreamError`."""
        ...


@dataclass(frozen=True, slots=True)
class ServiceCall:
    """A call of an integration to an AWS service, before it is signed."""

    service: str
    """As the integration's URI names it: `sqs`, `dynamodb`, `states` …; signed by its signing name."""
    region: str
    method: str
    path: str
    """Undecoded, beginning with a slash."""
    query: str
    headers: tuple[tuple[str, str], ...]
    body: bytes
    role_arn: str
    """The role that API Gateway assumes: the call is signed with credentials of a session of it."""
    subdomain: str = ""
    """What the integration's URI puts before the service's host: `bucket` in `arn:…:bucket.s3:path/key`."""
    action: str = ""
    """The operation that a URI of the action form names, its parameters in `query`; empty for the path form."""


class ServiceUnreachable(GatewrightError):
    """A service that gives no answer."""


class ServiceNotConfigured(ServiceUnreachable):
    """A service that nobody serves here: the message says what to set."""


class ServiceCaller(Protocol):
    """Calls AWS services where they are served: this node's own, or the companion's."""

    async def call(self, call: ServiceCall) -> Response:
        """Return the service's answer. Raises `ServiceUnreachable`."""
        ...


@dataclass(frozen=True, slots=True)
class Seams:
    """All of it, for whatever is linked."""

    invoker: Invoker
    client: UpstreamClient
    clock: Clock
    ids: Ids
    clf: ClfClock
    faults: FaultLog
    services: ServiceCaller
