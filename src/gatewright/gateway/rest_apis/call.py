"""A request on its way through a REST API: what is known once its method is found, and what phases add to it."""

from collections.abc import Awaitable, Callable, Generator, Mapping
from dataclasses import dataclass, field
from typing import Any

from gatewright.base.ids import Ids
from gatewright.base.messages import Headers, Request, Response
from gatewright.gateway.payloads.request_parts import query_fields
from gatewright.gateway.rest_apis.execution_log import ExecutionLog
from gatewright.snapshot.types.usage_plan import ApiKey

HTTP_METHODS = ("DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT")
"""What ANY stands for: "Set up an HTTP method"; there are no others."""


@dataclass(frozen=True, slots=True)
class MethodFacts:
    """What every request of a method has in common."""

    partition: str
    account_id: str
    region: str
    api_id: str
    stage_name: str
    """`TEST_INVOKE_STAGE` for TestInvokeMethod."""
    deployment_id: str
    resource_id: str
    resource_path: str
    """Such as `/pets/{petId}`."""
    http_method: str
    """As the method is configured: `GET` …, or `ANY`."""
    operation_name: str | None
    stage_variables: Mapping[str, str]
    is_canary: bool | None
    """Whether a canary serves the request; None for a stage without one."""

    @property
    def method_key(self) -> str:
        """Return `/pets/{petId}/GET`, the name of the method in usage plans."""
        return f"{self.resource_path}/{self.http_method}"

    @property
    def route_key(self) -> str:
        """Return `GET /pets/{petId}`, as permissions know a method."""
        return f"{self.http_method} {self.resource_path}"


# Not frozen: one is made for every request, and a frozen dataclass takes four times as long to construct.
@dataclass(slots=True)
class RestCall:
    """One request with its method. Phases fill in what they find; the request itself stays as the client sent it."""

    request: Request
    facts: MethodFacts
    path_parameters: dict[str, str]
    """Decoded."""
    path: str
    """As it was sent, without the stage."""
    raw_path: str
    """As it was sent, with the stage: `$context.path`."""
    domain_name: str
    request_id: str
    """A UUID: `$context.requestId`, `x-amzn-RequestId`."""
    extended_request_id: str
    """Such as `JKJaXmPLvHcESHA=`: `x-amz-apigw-id`."""
    trace: str | Ids
    """`X-Amzn-Trace-Id`, or what makes one unless the client sent it."""
    body: bytes = b""
    """Whole and decompressed, once the pipeline has read it."""
    api_key: ApiKey | None = None
    """The key that the request came with, where the method asks for one."""
    response_headers: list[tuple[str, str]] = field(default_factory=list)
    """Fields that phases before the integration add to whatever is answered."""
    log: ExecutionLog | None = None
    """Takes the lines of the execution log, where somebody reads them."""
    is_aside: bool = False
    """Whether it is mapped in a thread of its own, where a template may take its time."""
    context: dict[str, Any] | None = None
    """`$context`, once something has asked for it: `context_variables.build_context`."""
    _query: dict[str, list[str]] | None = None

    @property
    def trace_header(self) -> str:
        """Return `X-Amzn-Trace-Id`; it is made when somebody asks for it."""
        trace = self.trace
        return trace if isinstance(trace, str) else self.begin_trace(trace, self.request.headers.get("x-amzn-trace-id"))

    def begin_trace(self, ids: Ids, sent: str | None) -> str:
        """Set `trace` to what the client sent when that names a root, else to a new root, and return it."""
        if sent is None or "Root=" not in sent:
            sent = f"Root={ids.trace_root(self.request.received_at)}"
        self.trace = sent
        return sent

    def has_query(self, name: str) -> bool:
        """Tell whether there is a query parameter of that name; most templates ask for more than there are."""
        sent = self.request.query
        # What is not encoded contains the name as it is.
        if self._query is None and (not sent or (name not in sent and "%" not in sent and "+" not in sent)):
            return False
        return name in self.query

    @property
    def query(self) -> dict[str, list[str]]:
        """Return the decoded query parameters, in the order of their first appearance."""
        if self._query is None:
            # "Semicolons (;) aren't supported for any request URL query string and result in the data being split"
            # ("Amazon API Gateway important notes").
            self._query = query_fields(self.request.query.replace(";", "&"))
        return self._query


@dataclass(slots=True)
class IntegrationRequest:
    """What goes to the integration, as the integration request phase made it."""

    method: str
    uri: str
    """With stage variables and path parameters in their places."""
    headers: Headers
    query: list[tuple[str, str]]
    """Decoded pairs."""
    body: bytes


@dataclass(slots=True)
class IntegrationResult:
    """What came back from the integration, before it is mapped, which nobody changes: a mock gives it out again.

    Like a response, it may be awaited.
    """

    status: int
    headers: Headers
    body: bytes
    error_message: str | None = None
    """The `errorMessage` of a function, empty for one that did not fail: what selection patterns look at then."""

    def __await__(self) -> Generator[None, None, "IntegrationResult"]:
        yield from ()
        return self


RequestPhase = Callable[[RestCall], Awaitable[None] | None]
"""A phase before the integration. It raises `RestError` to answer in its place; it returns None when it has nothing to
wait for: a coroutine less is 0.3 µs of every request."""

Serve = Callable[[RestCall], Awaitable[Response]]
"""From a checked request to the response: a proxy integration, or the phases of a custom one. Raises `RestError`, at
once or awaited. What has nothing to wait for returns the response itself."""

Exchange = Callable[[RestCall, IntegrationRequest], Awaitable[IntegrationResult]]
"""A custom integration: sends what was made of the request. Raises `RestError`."""
