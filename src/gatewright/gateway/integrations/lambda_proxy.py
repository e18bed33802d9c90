"""`AWS_PROXY`: the request becomes an event, the function's result the response."""

import re
from collections.abc import Callable

from gatewright.base.arn import parse_arn, parse_function_name
from gatewright.base.errors import BodyError
from gatewright.base.messages import Body, BytesBody, Response
from gatewright.functions.invoke import InvokeError
from gatewright.gateway.binding import Binding
from gatewright.gateway.call import Call, Integration
from gatewright.gateway.deadline import Deadline
from gatewright.gateway.errors import GatewayError, IntegrationFailure, RequestEntityTooLarge, ServiceUnavailable
from gatewright.gateway.gateway_response import body_fault
from gatewright.gateway.integrations.refused import Refused
from gatewright.gateway.integrations.stage_variables import substitute_stage_variables
from gatewright.gateway.payloads.result import MalformedResult
from gatewright.gateway.payloads.table import PAYLOAD_FORMATS
from gatewright.gateway.permission import refusal
from gatewright.gateway.seams import Invoker
from gatewright.snapshot.types import QualifiedFunction

# OpenAPI definitions name a function as `arn:aws:apigateway:REGION:lambda:path/2015-03-31/functions/ARN/invocations`.
# Invoke, and InvokeWithResponseStream: "Set up a Lambda proxy integration with payload response streaming".
_INVOCATIONS_URI = re.compile(
    r"arn:[^:]+:apigateway:[^:]*:lambda:path/"
    r"(?:2015-03-31/functions/(.+)/invocations|2021-11-15/functions/(.+)/response-streaming-invocations)"
)


class LambdaProxy:
    """Calls one function for one route."""

    __slots__ = ("_deadline", "_encode", "_function", "_invoker", "_parse_result", "_timeout_seconds")

    def __init__(
        self,
        function: QualifiedFunction,
        invoker: Invoker,
        encode: Callable[[Call, bytes], bytes],
        parse_result: Callable[[bytes], Response],
        timeout_seconds: float,
    ) -> None:
        self._function = function
        self._invoker = invoker
        self._encode = encode
        self._parse_result = parse_result
        self._timeout_seconds = timeout_seconds
        self._deadline = Deadline(timeout_seconds)

    async def __call__(self, call: Call) -> Response:
        """Invoke the function and return its response. Raises `GatewayError`."""
        body = call.request.body
        content = body.content if isinstance(body, BytesBody) else await _read(body)
        invoking = self._invoker.invoke(self._function, self._encode(call, content), trace_header=call.trace_header)
        try:
            # The client is answered in time; the invocation goes on to its own end, as on Lambda.
            invocation = await self._deadline.wait(invoking)
        except TimeoutError as error:
            name = self._function.arn
            raise ServiceUnavailable(f"function {name} did not answer in {self._timeout_seconds:g} s") from error
        except InvokeError as error:
            raise self._refused(error) from error
        if invocation.function_error is not None:
            shown = invocation.payload[:300].decode(errors="replace")
            raise IntegrationFailure(f"function {self._function.arn} failed: {shown}")
        try:
            return self._parse_result(invocation.payload)
        except MalformedResult as error:
            raise IntegrationFailure(f"function {self._function.arn} gave no response: {error}") from error

    def _refused(self, error: InvokeError) -> GatewayError:
        name = self._function.arn
        if error.status == 413:
            return RequestEntityTooLarge(str(error))
        if error.status == 429:
            return ServiceUnavailable(f"function {name} is throttled: {error}")
        return IntegrationFailure(f"function {name} cannot be invoked: {error}")


async def _read(body: Body) -> bytes:
    try:
        return await body.read()
    except BodyError as error:
        raise body_fault(error) from error


def function_arn_of(uri: str) -> tuple[str, str | None] | None:
    """Return the unqualified ARN of the function that an integration URI names, and the qualifier."""
    match = _INVOCATIONS_URI.fullmatch(uri)
    name = (match[1] or match[2]) if match else uri
    arn = parse_arn(name)
    reference = parse_function_name(name)
    if arn is None or arn.service != "lambda" or reference is None:
        return None
    unqualified = f"arn:{arn.partition}:lambda:{arn.region}:{arn.account}:function:{reference.name}"
    return unqualified, reference.qualifier


def link(binding: Binding) -> Integration:
    """Bind a route to its function, or to the reason why it cannot be invoked."""
    integration, seams, facts = binding.integration, binding.seams, binding.facts
    uri = substitute_stage_variables(integration.integration_uri, facts.stage_variables)
    named = function_arn_of(uri)
    if named is None:
        return Refused(f"the integration URI names no function: {uri}")
    arn, qualifier = named
    function = binding.functions.get(arn)
    if function is None:
        return Refused(f"there is no function {arn}")
    qualified = function.qualified.get(qualifier or "")
    if qualified is None:
        return Refused(f"function {arn} has no version or alias {qualifier}")
    reason = None if integration.credentials_arn else refusal(qualified, facts, binding.method)
    if reason is not None:
        return Refused(reason)
    payload = PAYLOAD_FORMATS.get(integration.payload_format_version)
    if payload is None:
        return Refused(f"payload format version {integration.payload_format_version} is not supported")
    encode = payload.event(facts, seams.clf).encode
    return LambdaProxy(qualified, seams.invoker, encode, payload.parse_result, integration.timeout_ms / 1000)
