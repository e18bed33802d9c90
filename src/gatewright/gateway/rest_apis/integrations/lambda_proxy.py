"""`AWS_PROXY`: the request becomes an event, the function's result the response.

Source: "Lambda proxy integrations in API Gateway". A function that fails, or whose result is no response, answers 502.
"""

from typing import Final

from gatewright.base.messages import Headers, Response
from gatewright.functions.invoke import InvokeError
from gatewright.gateway.deadline import Deadline
from gatewright.gateway.rest_apis.binary_media import BinaryMediaTypes
from gatewright.gateway.rest_apis.binding import RestBinding
from gatewright.gateway.rest_apis.call import RestCall, Serve
from gatewright.gateway.rest_apis.errors import BAD_GATEWAY, RestError
from gatewright.gateway.rest_apis.execution_log import shown_body
from gatewright.gateway.rest_apis.integrations.faults import refuse_illegal_mapping, timed_out
from gatewright.gateway.rest_apis.integrations.functions import (
    find_function,
    log_request,
    refused_invocation,
    response_headers,
)
from gatewright.gateway.rest_apis.integrations.lambda_stream import link_stream
from gatewright.gateway.rest_apis.mapping_source import RequestSource
from gatewright.gateway.rest_apis.proxy_event import ProxyEvent, link_proxy_event
from gatewright.gateway.rest_apis.proxy_result import MalformedProxyResponse, parse_proxy_result
from gatewright.gateway.rest_apis.received_headers import is_illegal
from gatewright.gateway.rest_apis.seams import Invoker
from gatewright.languages.rest_mapping import compile_request_mappings
from gatewright.snapshot.types import QualifiedFunction

_HEADER: Final = "integration.request.header."


class LambdaProxy:
    """Calls one function for one method."""

    __slots__ = ("_deadline", "_event", "_function", "_invoker", "_seconds", "_types")

    def __init__(
        self, function: QualifiedFunction, invoker: Invoker, event: ProxyEvent, types: BinaryMediaTypes, seconds: float
    ) -> None:
        self._function = function
        self._invoker = invoker
        self._event = event
        self._types = types
        self._seconds = seconds
        self._deadline = Deadline(seconds)

    async def __call__(self, call: RestCall) -> Response:
        """Invoke the function and return its response. Raises `RestError`."""
        name = self._function.arn
        event = self._event.encode(call, call.body)
        log_request(call, self._function, event)
        invoking = self._invoker.invoke(self._function, event, trace_header=call.trace_header)
        try:
            # The client is answered in time; the invocation goes on to its own end, as on Lambda.
            invocation = await self._deadline.wait(invoking)
        except TimeoutError as error:
            raise timed_out(call, f"function {name}", self._seconds) from error
        except InvokeError as error:
            raise refused_invocation(call, name, error) from error
        if call.log is not None:
            call.log.endpoint_response(200, response_headers(call), invocation.payload)
        if invocation.function_error is not None:
            raise function_failed(call, name, invocation.payload)
        try:
            response = parse_proxy_result(invocation.payload, self._types, call.request.headers.get)
        except MalformedProxyResponse as error:
            raise malformed(call, name, error) from error
        if call.log is not None and isinstance(response.body, bytes):
            call.log.write(f"Method response body after transformations: {shown_body(response.body)}")
        return response


def function_failed(call: RestCall, name: str, payload: bytes) -> RestError:
    """Say that the function failed: the client learns nothing of it."""
    shown = payload[:1000].decode(errors="replace")
    if call.log is not None:
        call.log.write(f"Lambda execution failed with status 200 due to customer function error: {shown}")
    return RestError(BAD_GATEWAY, f"function {name} failed: {shown[:300]}")


def malformed(call: RestCall, name: str, error: Exception) -> RestError:
    """Say that the function's result is no response."""
    if call.log is not None:
        call.log.write("Execution failed due to configuration error: Malformed Lambda proxy response")
    return RestError(BAD_GATEWAY, f"function {name} gave no response: {error}")


def link(binding: RestBinding) -> Serve:
    """Bind a method to its function. Raises `ValueError` with the reason why it cannot be called."""
    integration, seams = binding.integration, binding.seams
    if integration.http_method != "POST":
        # "For Lambda integrations, you must use the HTTP method of POST for the integration request".
        raise ValueError(f"a Lambda function is invoked by POST, not by {integration.http_method}")
    function = find_function(binding)
    event = link_proxy_event(binding.facts, binding.deployment.binary, seams.clf)
    seconds = integration.timeout_ms / 1000
    serve: Serve
    if integration.response_transfer_mode == "STREAM":
        serve = link_stream(function, seams, event, seconds)
    else:
        serve = LambdaProxy(function, seams.invoker, event, binding.deployment.binary, seconds)
    return _guarded(binding, serve)


def _guarded(binding: RestBinding, serve: Serve) -> Serve:
    """Return what refuses mappings of fields that no mapping may set; others change nothing (recorded of AWS)."""
    illegal = compile_request_mappings(
        (to, expression)
        for to, expression in binding.integration.request_parameters
        if to.startswith(_HEADER) and is_illegal(to.removeprefix(_HEADER), "AWS_PROXY")
    )
    if not illegal:
        return serve

    async def guard(call: RestCall) -> Response:
        source = RequestSource(call)
        mapped = Headers([(each.name, "") for each in illegal if each.value.read(source) is not None])
        refuse_illegal_mapping(call, mapped, "AWS_PROXY")
        return await serve(call)

    return guard
