"""The function behind a method: found, and allowed, when the method is linked; what its refusals mean.

Sources: "Lambda integrations for REST APIs in API Gateway"; the reasons are those of the execution log.
"""

from gatewright.base.messages import Headers
from gatewright.functions.invoke import InvokeError
from gatewright.gateway.integrations.lambda_proxy import function_arn_of
from gatewright.gateway.integrations.stage_variables import substitute_stage_variables
from gatewright.gateway.permission import refusal, source_arn
from gatewright.gateway.rest_apis.binding import RestBinding
from gatewright.gateway.rest_apis.call import RestCall
from gatewright.gateway.rest_apis.errors import (
    INTERNAL_SERVER_ERROR,
    REQUEST_TOO_LARGE,
    RestError,
)
from gatewright.snapshot.types import QualifiedFunction


def find_function(binding: RestBinding) -> QualifiedFunction:
    """Return the function that the integration's URI names. Raises `ValueError` with the reason why it is refused."""
    integration, facts = binding.integration, binding.facts
    uri = substitute_stage_variables(integration.uri, facts.stage_variables)
    named = function_arn_of(uri)
    if named is None:
        raise ValueError(f"Invalid endpoint address: {uri}")
    arn, qualifier = named
    function = binding.functions.get(arn)
    qualified = None if function is None else function.qualified.get(qualifier or "")
    if qualified is None:
        # Lambda tells API Gateway nothing else of a function that is not there.
        raise ValueError(f"Invalid permissions on Lambda function: there is no {arn}:{qualifier or '$LATEST'}")
    reason = None if integration.credentials else refusal(qualified, facts, binding.request_method)
    if reason is not None:
        raise ValueError(f"Invalid permissions on Lambda function: {reason}")
    return qualified


def log_request(call: RestCall, function: QualifiedFunction, event: bytes) -> None:
    """Write what goes to a function, where somebody reads it."""
    if call.log is None:
        return
    host = f"lambda.{function.version.region}.amazonaws.com"
    headers = [
        ("x-amzn-apigateway-api-id", call.facts.api_id),
        ("Accept", "application/json"),
        ("User-Agent", f"AmazonAPIGateway_{call.facts.api_id}"),
        ("Host", host),
        ("X-Amzn-Trace-Id", call.trace_header),
        ("x-amzn-lambda-integration-tag", call.request_id),
        ("X-Amz-Source-Arn", source_arn(call.facts, call.request.method, function.version.region)),
        ("Content-Type", "application/json"),
    ]
    call.log.endpoint_request(f"https://{host}/2015-03-31/functions/{function.arn}/invocations", headers, event)


def response_headers(call: RestCall) -> Headers:
    """Return the fields that Lambda's own response to an invocation has."""
    return Headers(
        [
            ("Content-Type", "application/json"),
            ("x-amzn-RequestId", call.request_id),
            ("X-Amzn-Trace-Id", call.trace_header),
        ]
    )


def invokes_function(uri: str) -> bool:
    """Tell whether the URI of an `AWS` integration is that of Invoke, not of another operation of Lambda.

    `arn:aws:apigateway:REGION:lambda:path/2015-03-31/functions/FUNCTION/invocations`
    """
    parts = uri.split(":", 5)
    return len(parts) == 6 and parts[4] == "lambda" and parts[5].rstrip("/").endswith("/invocations")


def refused_invocation(call: RestCall, name: str, error: InvokeError) -> RestError:
    """Translate an invocation that Lambda did not accept."""
    if call.log is not None:
        call.log.write(f"Lambda invocation failed with status: {error.status}. Lambda request id: {call.request_id}")
    if error.status == 413:
        return RestError(REQUEST_TOO_LARGE, str(error))
    return RestError(INTERNAL_SERVER_ERROR, f"function {name} cannot be invoked: {error}")
