"""What the gateway sees of the outside, under a test's control."""

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

from gatewright.base.ids import Ids
from gatewright.base.messages import BytesBody, Headers, Request, Response
from gatewright.base.policy import Policy, parse_policy
from gatewright.gateway.execute_api import ExecuteApi
from gatewright.gateway.fault_log import FaultLog
from gatewright.gateway.link import link
from gatewright.gateway.linked import LinkedSnapshot
from gatewright.gateway.rest_apis.mapping_threads import MappingThreads
from gatewright.gateway.rest_apis.seams import RestSeams
from gatewright.gateway.rest_apis.usage_plans import UsagePlanDirectory
from gatewright.gateway.seams import ServiceCall
from gatewright.gateway.throttle import AccountThrottle
from gatewright.languages.times import ClfClock
from gatewright.snapshot.types import (
    Cors,
    Function,
    FunctionVersion,
    HttpApi,
    HttpIntegration,
    HttpRoute,
    HttpStage,
    QualifiedFunction,
    Role,
    Snapshot,
    Throttle,
)
from gatewright.snapshot.types.rest_api import RestApi
from gatewright.wire.client_request import UpstreamRequest

ACCOUNT = "123456789012"
REGION = "us-east-2"
API_ID = "mnh1xmpli7"
FUNCTION_ARN = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:my-function"
ROLE_ARN = f"arn:aws:iam::{ACCOUNT}:role/service-role/gateway"
RECEIVED_AT = 1584039838.39  # 12/Mar/2020:19:03:58 +0000


class FakeClock:
    """Stands still until a test moves it."""

    def __init__(self, now: float = RECEIVED_AT) -> None:
        self.seconds = now

    def now(self) -> float:
        return self.seconds

    def monotonic(self) -> float:
        return self.seconds


@dataclass(frozen=True, slots=True)
class FakeInvocation:
    payload: bytes
    function_error: str | None = None
    is_streamed: bool = False


@dataclass
class FakeInvoker:
    """Records events and answers with what it was given: a JSON value, octets, an error, or a coroutine function."""

    answer: Any = None
    function_error: str | None = None
    events: list[dict[str, Any]] = field(default_factory=list)
    functions: list[QualifiedFunction] = field(default_factory=list)
    trace_headers: list[str | None] = field(default_factory=list)
    content_type: str = "application/vnd.awslambda.http-integration-response"
    """Of what is streamed."""

    async def invoke(
        self, function: QualifiedFunction, event: bytes, *, trace_header: str | None = None
    ) -> FakeInvocation:
        self.events.append(json.loads(event))
        self.functions.append(function)
        self.trace_headers.append(trace_header)
        answer = self.answer
        if isinstance(answer, Exception):
            raise answer
        if callable(answer):
            answer = await answer(function, event)
        payload = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
        return FakeInvocation(payload, self.function_error)

    async def invoke_streaming(
        self, target: QualifiedFunction, event: bytes, *, trace_header: str | None = None
    ) -> "FakeStream":
        invocation = await self.invoke(target, event, trace_header=trace_header)
        return FakeStream(invocation.payload, self.content_type)


@dataclass
class FakeStream:
    """A function's response that comes in pieces of seven octets."""

    payload: bytes
    content_type: str = "application/vnd.awslambda.http-integration-response"
    failure: FakeInvocation | None = None
    outcome: None = None
    is_closed: bool = False

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for start in range(0, len(self.payload), 7):
            yield self.payload[start : start + 7]

    async def aclose(self) -> None:
        self.is_closed = True


@dataclass
class FakeClient:
    """Records requests to origins and answers with a response or an error."""

    answer: Response | Exception = field(default_factory=lambda: Response(200, Headers()))
    requests: list[UpstreamRequest] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)

    async def send(self, request: UpstreamRequest) -> Response:
        self.requests.append(request)
        if isinstance(request.body, bytes):
            self.bodies.append(request.body)
        else:
            self.bodies.append(b"".join([part async for part in request.body]))
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


@dataclass
class FakeEvents:
    """Records the events of asynchronous invocations."""

    submitted: list[tuple[str, bytes]] = field(default_factory=list)
    answer: Exception | None = None

    async def submit(
        self, target: QualifiedFunction, event: bytes, *, request_id: str, trace_header: str | None = None
    ) -> None:
        if self.answer is not None:
            raise self.answer
        self.submitted.append((target.arn, event))


@dataclass
class FakeServices:
    """Records calls to AWS services and answers with a response or an error."""

    answer: Response | Exception = field(default_factory=lambda: Response(200, Headers(), b"{}"))
    calls: list[ServiceCall] = field(default_factory=list)

    async def call(self, call: ServiceCall) -> Response:
        self.calls.append(call)
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


def counting_entropy() -> Callable[[int], bytes]:
    """Return entropy that is the same in every run, and different each time."""
    count = iter(range(1, 1 << 30))
    return lambda length: next(count).to_bytes(length, "big")


def policy_for(*sources: str, action: str = "lambda:InvokeFunction") -> Policy:
    """Return a policy as add-permission makes it, one statement per source ARN pattern (after the account)."""
    return parse_policy(
        {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Sid": f"s{number}",
                    "Effect": "Allow",
                    "Principal": {"Service": "apigateway.amazonaws.com"},
                    "Action": action,
                    "Resource": FUNCTION_ARN,
                    "Condition": {
                        "ArnLike": {"AWS:SourceArn": f"arn:aws:execute-api:{REGION}:{ACCOUNT}:{source}"},
                    },
                }
                for number, source in enumerate(sources)
            ],
        }
    )


def qualified_function(policy: Policy | None = None, **changes: Any) -> QualifiedFunction:
    members: dict[str, Any] = {
        "arn": FUNCTION_ARN,
        "account_id": ACCOUNT,
        "region": REGION,
        "name": "my-function",
        "version": "$LATEST",
        "identity": "r1",
        "runtime": "python3.13",
        "handler": "index.handler",
        "code_sha256": "00" * 32,
        "memory_size_mb": 128,
        "timeout_seconds": 3,
        "ephemeral_storage_mb": 512,
        "environment": (),
        "role_arn": "arn:aws:iam::123456789012:role/lambda-role",
        "log_group": "/aws/lambda/my-function",
        "log_format": "Text",
        "application_log_level": None,
        "system_log_level": None,
        "tracing_mode": "PassThrough",
    }
    version = FunctionVersion(**{**members, **changes})
    return QualifiedFunction(version.arn, None, version, policy=policy_for(f"{API_ID}/*") if policy is None else policy)


def role(arn: str = ROLE_ARN, service: str = "apigateway.amazonaws.com", **statement: Any) -> Role:
    """Return a role that a service may assume."""
    trusted = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole", **statement}
    return Role(arn, json.dumps({"Version": "2012-10-17", "Statement": trusted}))


def whole_function(*qualified: QualifiedFunction) -> Function:
    """Return a function that has these qualifiers."""
    version = qualified[0].version
    latest = replace(qualified[0], arn=f"{version.arn}:$LATEST", qualifier="$LATEST")
    by_qualifier = {"$LATEST": latest} | {each.qualifier or "": each for each in qualified}
    return Function(version.arn, version.account_id, version.region, version.name, by_qualifier)


def integration(**changes: Any) -> HttpIntegration:
    members: dict[str, Any] = {
        "integration_id": "int1",
        "integration_type": "AWS_PROXY",
        "integration_method": "POST",
        "integration_uri": FUNCTION_ARN,
        "payload_format_version": "2.0",
        "timeout_ms": 30_000,
        "request_parameters": (),
        "response_parameters": (),
    }
    return HttpIntegration(**{**members, **changes})


def http_proxy(uri: str = "https://origin.example.com/base/{proxy}", **changes: Any) -> HttpIntegration:
    return integration(integration_type="HTTP_PROXY", integration_uri=uri, integration_method="ANY", **changes)


def stage(
    *route_keys: str,
    name: str = "$default",
    target: HttpIntegration | None = None,
    variables: dict[str, str] | None = None,
    default_throttle: Throttle | None = None,
    route_throttles: dict[str, Throttle] | None = None,
    cors: Cors | None = None,
) -> HttpStage:
    target = target or integration()
    return HttpStage(
        name=name,
        deployment_id="dep1",
        routes=tuple(HttpRoute(f"r{number}", key, None, target) for number, key in enumerate(route_keys)),
        variables=MappingProxyType(variables or {}),
        default_throttle=default_throttle or Throttle(None, None),
        route_throttles=MappingProxyType(route_throttles or {}),
        cors=cors,
    )


def http_api(*stages: HttpStage, **changes: Any) -> HttpApi:
    members: dict[str, Any] = {
        "api_id": API_ID,
        "account_id": ACCOUNT,
        "region": REGION,
        "partition": "aws",
        "name": "my-api",
        "disable_execute_api_endpoint": False,
        "cors": None,
        "stages": stages,
    }
    return HttpApi(**{**members, **changes})


def snapshot(
    *apis: HttpApi | RestApi,
    functions: Iterable[QualifiedFunction | Function] | None = None,
    roles: Iterable[Role] | None = None,
    revision: int = 1,
) -> Snapshot:
    served = [qualified_function()] if functions is None else list(functions)
    return Snapshot(
        revision,
        MappingProxyType(
            {each.arn: whole_function(each) if isinstance(each, QualifiedFunction) else each for each in served}
        ),
        MappingProxyType({api.api_id: api for api in apis if isinstance(api, HttpApi)}),
        MappingProxyType({api.api_id: api for api in apis if isinstance(api, RestApi)}),
        roles=MappingProxyType({each.arn: each for each in ([role()] if roles is None else roles)}),
    )


class Gateway:
    """A gateway over fakes."""

    def __init__(self, answer: Any = None, **account: Any) -> None:
        self.clock = FakeClock()
        self.invoker = FakeInvoker(answer)
        self.client = FakeClient()
        self.events = FakeEvents()
        self.services = FakeServices()
        self.usage = UsagePlanDirectory(self.clock)
        self.log = logging.getLogger("tests.gateway")
        self.ids = Ids(counting_entropy())
        self.account_throttle = AccountThrottle(**account)
        self.execute_api = ExecuteApi(clock=self.clock, ids=self.ids, log=self.log)
        self.seams = RestSeams(
            invoker=self.invoker,
            client=self.client,
            clock=self.clock,
            ids=self.ids,
            clf=ClfClock(),
            faults=FaultLog(self.log, self.clock),
            events=self.events,
            services=self.services,
            usage=self.usage,
            mappings=MappingThreads(),
        )

    def link(self, served: Snapshot) -> LinkedSnapshot:
        linked = link(
            served,
            self.execute_api.linked,
            seams=self.seams,
            log=self.log,
            account_throttle=self.account_throttle,
        )
        self.usage.swap(served.usage_plans)
        self.execute_api.swap(linked)
        return linked

    def serve(self, *stages: HttpStage, functions: Iterable[QualifiedFunction] | None = None, **api: Any) -> "Gateway":
        self.link(snapshot(http_api(*stages, **api), functions=functions))
        return self

    async def send(self, sent: Request, *, stage_name: str | None = None) -> Response:
        host = sent.headers.get("host") or ""
        return await self.execute_api.handle(sent, API_ID, stage_name, sent.path, host.partition(":")[0])

    async def get(self, path: str, *headers: tuple[str, str]) -> Response:
        return await self.send(request("GET", path, *headers))


def request(method: str, target: str, *headers: tuple[str, str], body: bytes = b"", **changes: Any) -> Request:
    path, _, query = target.partition("?")
    fields = Headers([("Host", f"{API_ID}.execute-api.localhost:4566"), *headers])
    members: dict[str, Any] = {"peer_address": "192.0.2.1", "received_at": RECEIVED_AT, **changes}
    return Request(method, path, query, fields, BytesBody(body), **members)


def never() -> Callable[..., Awaitable[Any]]:
    """Return an answer that does not come."""

    async def wait(*_: Any) -> Any:
        await asyncio.Event().wait()

    return wait


async def read(response: Response) -> bytes:
    if isinstance(response.body, bytes):
        return response.body
    return b"".join([part async for part in response.body])
