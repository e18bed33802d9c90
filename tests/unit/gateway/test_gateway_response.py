"""The responses that API Gateway makes itself."""

import json

import pytest

from gatewright.base.errors import BodyBroken, BodyError, BodyTimeout, BodyTooLarge
from gatewright.gateway import errors
from gatewright.gateway.gateway_response import body_fault, gateway_response

RESPONSES = [
    (errors.NotFound, 404, "Not Found"),
    (errors.BadRequest, 400, "Bad Request"),
    (errors.RequestTimeout, 408, "Request Timeout"),
    (errors.RequestEntityTooLarge, 413, "Request Entity Too Large"),
    (errors.TooManyRequests, 429, "Too Many Requests"),
    (errors.IntegrationFailure, 500, "Internal Server Error"),
    (errors.ServiceUnavailable, 503, "Service Unavailable"),
]


@pytest.mark.parametrize(("error", "status", "message"), RESPONSES)
def test_the_client_sees_the_message_and_never_the_reason(
    error: type[errors.GatewayError], status: int, message: str
) -> None:
    response = gateway_response(error('the "reason"'))
    assert response.status == status
    assert list(response.headers) == [("Content-Type", "application/json")]
    assert isinstance(response.body, bytes)
    assert response.body == json.dumps({"message": message}, separators=(",", ":")).encode()


@pytest.mark.parametrize(
    ("error", "fault"),
    [
        (BodyTooLarge("x"), errors.RequestEntityTooLarge),
        (BodyTimeout("x"), errors.RequestTimeout),
        (BodyBroken("x"), errors.BadRequest),
    ],
)
def test_bodies(error: BodyError, fault: type[errors.GatewayError]) -> None:
    assert type(body_fault(error)) is fault
