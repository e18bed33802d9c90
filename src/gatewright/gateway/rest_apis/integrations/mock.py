"""`MOCK`: the integration request's body says which status the integration "returns": `{"statusCode": 200}`.

Source: "Mock integrations for REST APIs in API Gateway". The body is JSON as mapping templates take it, so the
`{ statusCode: 200 }` of the AWS CDK is understood; the status has to be an integer, and any is (localstack,
tests/unit/services/apigateway/test_mock_integration.py; aws/aws-cdk issue 5997). Without one, the execution log says
what it says here.
"""

from collections.abc import Awaitable
from typing import Final

from gatewright.base.messages import Headers, Response
from gatewright.gateway.rest_apis.binding import RestBinding
from gatewright.gateway.rest_apis.call import IntegrationRequest, IntegrationResult, RestCall, Serve
from gatewright.gateway.rest_apis.errors import RestError
from gatewright.gateway.rest_apis.integrations.custom import CustomIntegration
from gatewright.gateway.rest_apis.integrations.faults import configuration_error
from gatewright.gateway.rest_apis.integrations.mapper import Mapper
from gatewright.gateway.rest_apis.phases import integration_request, integration_response
from gatewright.gateway.rest_apis.phases.integration_response import IntegrationResponsePhase, Outcome
from gatewright.gateway.rest_apis.templates import MappingTakesLong
from gatewright.languages.jayway import PayloadError, parse_payload

# Templates render the same few bodies again and again; what they mean is found once.
_REMEMBERED: Final = 64
_SHORT: Final = 200


def link(binding: RestBinding) -> Serve:
    """Bind the mock of a method. Raises `ValueError` for templates and mappings that cannot be compiled."""
    request_phase = integration_request.link(binding)
    response_phase = integration_response.link(binding)
    response = Mapper(response_phase)
    results: dict[bytes, IntegrationResult] = {}

    def answer(call: RestCall, body: bytes) -> IntegrationResult:
        result = results.get(body)
        if result is None:
            status = _status(body)
            if status is None:
                raise configuration_error(call, "statusCode should be an integer which defined in request template")
            result = IntegrationResult(status, Headers(), b"")
            if len(results) < _REMEMBERED and len(body) < _SHORT:
                results[body] = result
        return result

    def exchange(call: RestCall, request: IntegrationRequest) -> IntegrationResult:
        return answer(call, request.body)

    mapped = CustomIntegration(Mapper(request_phase), exchange, response, False, binding.seams.mappings)

    ready = {body: _result_and_outcome(body, response_phase) for body in request_phase.constant_bodies}
    respond = response_phase.respond

    def serve(call: RestCall) -> Awaitable[Response]:
        body = request_phase.constant_body(call)
        chosen = None if body is None else ready[body]
        if chosen is None or response.is_slow or call.log is not None:
            return mapped(call)
        try:
            # No payload has a part in it, so that only a template can take long, which says so itself.
            return respond(call, *chosen)
        except MappingTakesLong:
            response.go_aside()
            call.context = None
            return mapped(call)

    return serve


def _result_and_outcome(body: bytes, phase: IntegrationResponsePhase) -> tuple[IntegrationResult, Outcome] | None:
    """Return what a body comes to; None where requests are answered with what is wrong with it."""
    status = _status(body)
    if status is None:
        return None
    result = IntegrationResult(status, Headers(), b"")
    try:
        outcome = phase.select(result)
    except RestError:
        return None
    return None if outcome is None or not outcome.is_declared else (result, outcome)


def _status(body: bytes) -> int | None:
    try:
        document = parse_payload(body)
    except PayloadError:
        return None
    status = document.get("statusCode") if isinstance(document, dict) else None
    return status if isinstance(status, int) and not isinstance(status, bool) else None
