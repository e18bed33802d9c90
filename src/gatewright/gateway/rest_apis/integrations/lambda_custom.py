"""`AWS` with a Lambda function: what the integration request made goes in, what comes out is mapped.

Sources: "Set up Lambda custom integrations in API Gateway", "Set up asynchronous invocation of the backend Lambda
function" (`X-Amz-Invocation-Type: 'Event'`), "Handle custom Lambda errors in API Gateway" (`errorMessage`). Clients get
Lambda's own message about an event that is no JSON (seen of AWS: serverless/serverless issue 2270).
"""

import orjson

from gatewright.functions.invoke import InvokeError
from gatewright.gateway.deadline import Deadline
from gatewright.gateway.rest_apis.binding import RestBinding
from gatewright.gateway.rest_apis.call import Exchange, IntegrationRequest, IntegrationResult, RestCall
from gatewright.gateway.rest_apis.errors import BAD_REQUEST, INTERNAL_SERVER_ERROR, RestError
from gatewright.gateway.rest_apis.integrations.faults import refuse_illegal_mapping, timed_out
from gatewright.gateway.rest_apis.integrations.functions import (
    find_function,
    log_request,
    refused_invocation,
    response_headers,
)


def link(binding: RestBinding) -> Exchange:
    """Bind a method to its function. Raises `ValueError` with the reason why it cannot be called."""
    integration, seams = binding.integration, binding.seams
    function = find_function(binding)
    seconds = integration.timeout_ms / 1000
    deadline = Deadline(seconds)

    async def invoke(call: RestCall, request: IntegrationRequest) -> IntegrationResult:
        log_request(call, function, request.body)
        invocation = await seams.invoker.invoke(function, request.body, trace_header=call.trace_header)
        headers = response_headers(call)
        if invocation.function_error is None:
            return IntegrationResult(200, headers, invocation.payload, "")
        headers.append(("X-Amz-Function-Error", invocation.function_error))
        return IntegrationResult(200, headers, invocation.payload, _error_message(invocation.payload))

    async def submit(call: RestCall, request: IntegrationRequest) -> IntegrationResult:
        log_request(call, function, request.body)
        await seams.events.submit(
            function, request.body, request_id=seams.ids.request_id(), trace_header=call.trace_header
        )
        return IntegrationResult(202, response_headers(call), b"")

    async def exchange(call: RestCall, request: IntegrationRequest) -> IntegrationResult:
        refuse_illegal_mapping(call, request.headers, "AWS")
        invocation_type = request.headers.get("x-amz-invocation-type") or "RequestResponse"
        if invocation_type not in ("RequestResponse", "Event"):
            raise RestError(INTERNAL_SERVER_ERROR, f"invocation type {invocation_type} is not supported")
        # No body is the event `{}` (recorded of AWS: localstack, test_apigateway_header_remapping_aws[AWS]).
        request.body = request.body or b"{}"
        _check_event(request.body)
        try:
            return await deadline.wait((submit if invocation_type == "Event" else invoke)(call, request))
        except TimeoutError as error:
            raise timed_out(call, f"function {function.arn}", seconds) from error
        except InvokeError as error:
            raise refused_invocation(call, function.arn, error) from error

    return exchange


def _check_event(body: bytes) -> None:
    """Refuse an event that is not JSON as Lambda does; the client is told so. Raises `RestError`."""
    try:
        orjson.loads(body)
    except orjson.JSONDecodeError as error:
        message = f"Could not parse request body into json: Could not parse payload into json: {error}"
        raise RestError(BAD_REQUEST, message=message) from error


def _error_message(payload: bytes) -> str:
    try:
        error = orjson.loads(payload)
    except orjson.JSONDecodeError:
        return ""
    message = error.get("errorMessage") if isinstance(error, dict) else None
    return message if isinstance(message, str) else ""
