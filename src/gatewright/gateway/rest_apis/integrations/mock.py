"""`MOCK`: the integration request's body says which status the integration "returns": `{"statusCode": 200}`.

Source: "Mock integrations for REST APIs in API Gateway". A body without a status code is an error 500 (recorded of
AWS).
"""

import orjson

from gatewright.base.messages import Headers
from gatewright.gateway.rest_apis.binding import RestBinding
from gatewright.gateway.rest_apis.call import Exchange, IntegrationRequest, IntegrationResult, RestCall
from gatewright.gateway.rest_apis.errors import INTERNAL_SERVER_ERROR, RestError


def link(_: RestBinding) -> Exchange:
    """Return the integration."""
    # Templates render the same few bodies again and again; what they mean is found once.
    statuses: dict[bytes, int] = {}

    async def exchange(call: RestCall, request: IntegrationRequest) -> IntegrationResult:
        status = statuses.get(request.body)
        if status is None:
            status = _status(request.body)
            if len(statuses) < _REMEMBERED and len(request.body) < _SHORT:
                statuses[request.body] = status
        return IntegrationResult(status, Headers(), b"")

    return exchange


_REMEMBERED = 64
_SHORT = 200


def _status(body: bytes) -> int:
    try:
        document = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise _unusable(f"is not JSON: {error}") from error
    status = document.get("statusCode") if isinstance(document, dict) else None
    if isinstance(status, str) and status.isascii() and status.isdigit() and len(status) == 3:
        status = int(status)
    if isinstance(status, bool) or not isinstance(status, int) or not 100 <= status <= 599:
        raise _unusable("has no statusCode")
    return status


def _unusable(why: str) -> RestError:
    return RestError(INTERNAL_SERVER_ERROR, f"Unable to parse statusCode: the integration request {why}")
