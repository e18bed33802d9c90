"""The responses that API Gateway makes itself: `{"message":"Not Found"}` and its kind."""

from gatewright.base.errors import BodyError
from gatewright.base.messages import Headers, Response
from gatewright.gateway.errors import BadRequest, GatewayError, RequestEntityTooLarge, RequestTimeout


def gateway_response(error: GatewayError) -> Response:
    """Return what the client sees of an error: never its reason."""
    body = f'{{"message":"{error.message}"}}'.encode()
    return Response(error.status, Headers([("Content-Type", "application/json")]), body)


def body_fault(error: BodyError) -> GatewayError:
    """Translate what went wrong while a request's body was read."""
    if error.status == 413:
        return RequestEntityTooLarge(str(error))
    if error.status == 408:
        return RequestTimeout(str(error))
    return BadRequest(str(error))
