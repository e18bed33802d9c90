"""TestInvokeMethod: one method of an API as it is now, not as it is deployed, with the log of its execution.

Source: TestInvokeMethod in the "API Gateway API Reference", "Use the API Gateway console to test a REST API method".
API keys, throttles and authorizers are left out, the cache too; what the event and the log hold instead of a client's
address is as AWS was recorded to write it.
"""

import asyncio
import dataclasses
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from urllib.parse import quote

from gatewright.base.errors import AwsError
from gatewright.base.messages import BytesBody, Headers, Request, Response
from gatewright.base.operations import Caller, Shape
from gatewright.gateway.rest_apis.call import RestCall
from gatewright.gateway.rest_apis.errors import INTERNAL_SERVER_ERROR, RestError
from gatewright.gateway.rest_apis.execution_log import ExecutionLog, shown_body, shown_fields, shown_map
from gatewright.gateway.rest_apis.gateway_responses import plain_response
from gatewright.gateway.rest_apis.link import AccountLimits, link_rest_api
from gatewright.gateway.rest_apis.linked import LinkedMethod
from gatewright.gateway.rest_apis.seams import RestSeams
from gatewright.gateway.route_match import RouteTrie
from gatewright.gateway.throttle import TokenBucket
from gatewright.snapshot.types import Snapshot
from gatewright.snapshot.types.rest_api import RestApi, RestMethod, RestResource
from gatewright.snapshot.types.usage_plan import ApiKey

_SOURCE_IP = "test-invoke-source-ip"
_DOMAIN_NAME = "testPrefix.testDomainName"
_API_KEY = ApiKey("test-invoke-api-key-id", "test-invoke-api-key", "", is_enabled=True)
_UNLIMITED = 1 << 30

CompileForTest = Callable[[Caller, str, Mapping[str, str], str | None], Awaitable[RestApi | None]]
"""Compiles an API as it is now, with stage variables and the id of a client certificate."""


@dataclass(frozen=True, slots=True)
class InvocationContext:
    """The first argument of the operation."""

    caller: Caller
    compile_api: CompileForTest
    snapshot: Callable[[], Snapshot]
    """What is served: its functions and roles."""
    seams: RestSeams
    log: logging.Logger


async def test_invoke_method(context: InvocationContext, request: Shape) -> Shape:
    """Run a method and return its response, with the log of its execution and its latency in milliseconds."""
    api_id, resource_id = request["restApiId"], request["resourceId"]
    variables, certificate_id = request.get("stageVariables") or {}, request.get("clientCertificateId")
    api = await context.compile_api(context.caller, api_id, variables, certificate_id)
    if api is None:
        # Recorded of AWS: an API that is not there has no such resource.
        raise AwsError("NotFoundException", "Invalid Resource identifier specified")
    resource, method = _find(api, resource_id, request["httpMethod"])
    # Templates may take a second to compile: other requests are served meanwhile.
    linked, parameters = await asyncio.to_thread(
        _link, context, api, resource, method, _path_of(request) or resource.path
    )
    call = _call(context, linked, parameters, request)
    clock = context.seams.clock
    log = ExecutionLog(call.request_id, clock, is_test=True)
    call.log = log
    began = clock.monotonic()
    _log_request(log, call)
    response = await _run(context, linked, call)
    body = response.body if isinstance(response.body, bytes) else b"".join([piece async for piece in response.body])
    log.write(f"Method completed with status: {response.status}")
    multi = _fields(response.headers)
    return {
        "status": response.status,
        "body": body.decode("utf-8", "replace"),
        "headers": {name: values[-1] for name, values in multi.items()},
        "multiValueHeaders": multi,
        "log": log.text(),
        "latency": round((clock.monotonic() - began) * 1000),
    }


def _find(api: RestApi, resource_id: str, http_method: str) -> tuple[RestResource, RestMethod]:
    resources = {resource.resource_id: resource for resource in api.stages[0].deployment.resources}
    resource = resources.get(resource_id)
    if resource is None:
        raise AwsError("NotFoundException", "Invalid Resource identifier specified")
    methods = {method.http_method: method for method in resource.methods}
    method = methods.get(http_method) or methods.get("ANY")
    if method is None:
        raise AwsError("NotFoundException", "Invalid Method identifier specified")
    return resource, method


def _path_of(request: Shape) -> str:
    return (request.get("pathWithQueryString") or "").partition("?")[0]


def _link(
    context: InvocationContext, api: RestApi, resource: RestResource, method: RestMethod, path: str
) -> tuple[LinkedMethod, dict[str, str]]:
    """Return the method, bound, and the path parameters that a path has for it."""
    stage = api.stages[0]
    only = dataclasses.replace(resource, methods=(dataclasses.replace(method, is_api_key_required=False),))
    # Recorded of AWS (localstack, test_failed_invoke_test_method): an error comes without its gateway response.
    deployment = dataclasses.replace(stage.deployment, resources=(only,), gateway_responses=())
    alone = dataclasses.replace(api, stages=(dataclasses.replace(stage, deployment=deployment),))
    bucket = TokenBucket(_UNLIMITED, _UNLIMITED, context.seams.clock.monotonic)
    account = AccountLimits(bucket, _UNLIMITED, _UNLIMITED)
    linked = link_rest_api(alone, context.snapshot(), None, account, context.seams)
    routes: RouteTrie[LinkedMethod] = linked.stages[stage.name].release.methods
    asked = "GET" if method.http_method == "ANY" else method.http_method
    # Recorded of AWS: without a path, the resource's own is the path, `{petId}` the value of petId.
    found = routes.match(asked, path.rstrip("/") or "/")
    # Without a path that fits, the method is run all the same: it was named by its resource.
    return found or (_by_its_own_path(routes, asked, resource.path), {})


def _by_its_own_path(routes: RouteTrie[LinkedMethod], method: str, path: str) -> LinkedMethod:
    found = routes.match(method, quote(path, safe="/"))
    if found is None:
        raise AwsError("NotFoundException", "Invalid Method identifier specified")
    return found[0]


def _call(context: InvocationContext, linked: LinkedMethod, parameters: dict[str, str], request: Shape) -> RestCall:
    seams = context.seams
    path, _, query = (request.get("pathWithQueryString") or "").partition("?")
    path = path or linked.facts.resource_path
    headers = Headers()
    for name, values in (request.get("multiValueHeaders") or {}).items():
        headers += [(name, value) for value in values]
    for name, value in (request.get("headers") or {}).items():
        if headers.get(name) is None:
            headers.append((name, value))
    sent = Request(
        method=request["httpMethod"],
        path=path,
        query=query,
        headers=headers,
        body=BytesBody((request.get("body") or "").encode()),
        scheme="https",
        peer_address=_SOURCE_IP,
        received_at=seams.clock.now(),
    )
    trace = f"Root={seams.ids.trace_root(sent.received_at)}"
    request_id, extended_id = seams.ids.request_id(), seams.ids.extended_request_id()
    call = RestCall(sent, linked.facts, parameters, path, path, _DOMAIN_NAME, request_id, extended_id, trace)
    call.api_key = _API_KEY
    return call


def _fields(headers: Headers) -> dict[str, list[str]]:
    """Return header fields by name; an error's content type, which is of its gateway response, is left out."""
    is_error = [name for name, _ in headers] == ["Content-Type", "x-amzn-ErrorType"]
    fields: dict[str, list[str]] = {}
    for name, value in headers[1:] if is_error else headers:
        fields.setdefault(name, []).append(value)
    return fields


def _log_request(log: ExecutionLog, call: RestCall) -> None:
    log.write(f"Starting execution for request: {call.request_id}")
    log.write(f"HTTP Method: {call.request.method}, Resource Path: {call.path}")
    log.write(f"Method request path: {shown_map(call.path_parameters)}")
    log.write(f"Method request query string: {shown_map({name: values[-1] for name, values in call.query.items()})}")
    log.write(f"Method request headers: {shown_fields(call.request.headers)}")
    body = call.request.body
    log.write(
        f"Method request body before transformations: {shown_body(body.content) if isinstance(body, BytesBody) else ''}"
    )


async def _run(context: InvocationContext, linked: LinkedMethod, call: RestCall) -> Response:
    try:
        return await linked.pipeline.run(call)
    except Exception:
        context.log.exception("%s %s: unexpected error", call.request_id, call.facts.api_id)
        return plain_response(RestError(INTERNAL_SERVER_ERROR))


Operation = Callable[[InvocationContext, Shape], Awaitable[Shape]]

OPERATIONS: Mapping[str, Operation] = MappingProxyType({"TestInvokeMethod": test_invoke_method})
