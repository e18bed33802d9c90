"""`MOCK`: the integration request's body says which status the integration "returns": `{"statusCode": 200}`.

Source: "Mock integrations for REST APIs in API Gateway". The body is JSON as mapping templates take it, so the
`{ statusCode: 200 }` of the AWS CDK is understood; the status has to be an integer, and any is (localstack,
tests/unit/services/apigateway/test_mock_integration.py; aws/aws-cdk issue 5997). Without one, the execution log says
what it says here.
"""

from gatewright.base.messages import Headers
from gatewright.gateway.rest_apis.binding import RestBinding
from gatewright.gateway.rest_apis.call import Exchange, IntegrationRequest, IntegrationResult, RestCall
from gatewright.gateway.rest_apis.integrations.faults import configuration_error
from gatewright.languages.jayway import PayloadError, parse_payload


def link(_: RestBinding) -> Exchange:
    """Return the integration."""
    # Templates render the same few bodies again and again; what they mean is found once.
    statuses: dict[bytes, int] = {}

    async def exchange(call: RestCall, request: IntegrationRequest) -> IntegrationResult:
        status = statuses.get(request.body)
        if status is None:
            status = _status(request.body)
            if status is None:
                raise configuration_error(call, "statusCode should be an integer which defined in request template")
            if len(statuses) < _REMEMBERED and len(request.body) < _SHORT:
                statuses[request.body] = status
        return IntegrationResult(status, Headers(), b"")

    return exchange


_REMEMBERED = 64
_SHORT = 200


def _status(body: bytes) -> int | None:
    try:
        document = parse_payload(body)
    except PayloadError:
        return None
    status = document.get("statusCode") if isinstance(document, dict) else None
    return status if isinstance(status, int) and not isinstance(status, bool) else None
