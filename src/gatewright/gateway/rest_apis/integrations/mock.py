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
from gatewright.gateway.rest_apis.integrations.custom import CustomIntegration
from gatewright.gateway.rest_apis.integrations.faults import configuration_error
from gatewright.gateway.rest_apis.integrations.mapper import Mapper
from gatewright.gateway.rest_apis.phases import integration_request, integration_response
from gatewright.gateway.rest_apis.templates import MappingTakesLong
from gatewright.languages.jayway import PayloadError, parse_payload

# Templates render the same few bodies again and again; what they mean is found once.
_REMEMBERED: Final = 64
_SHORT: Final = 200


def link(binding: RestBinding) -> Serve:
    """Bind the mock of a method. Raises `ValueError` for templates and mappings that cannot be compiled."""
    request_phase = integration_request.link(binding)
    response = Mapper(integration_response.link(binding))
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

    def serve(call: RestCall) -> Awaitable[Response]:
        body = request_phase.constant_body(call)
        if body is None or response.is_slow or call.log is not None:
            return mapped(call)
        try:
            return response.run(call, answer(call, body))
        except MappingTakesLong:
            call.context = None
            return mapped(call)

    return serve


def _status(body: bytes) -> int | None:
    try:
        document = parse_payload(body)
    except PayloadError:
        return None
    status = document.get("statusCode") if isinstance(document, dict) else None
    return status if isinstance(status, int) and not isinstance(status, bool) else None
