"""Header fields of requests: what of the client's anybody sees, and what mappings may not set.

Source: localstack's recordings of AWS (test_apigateway_integrations.py: TestApiGatewayHeaderRemapping): a mapping that
sets one of the illegal fields fails every request.
"""

from types import MappingProxyType

from gatewright.base.messages import Headers, Request
from gatewright.gateway.fields import connection_options
from gatewright.gateway.payloads.request_parts import forwarded_port
from gatewright.gateway.rest_apis.header_remapping import DROPPED_REQUEST_FIELDS

_ILLEGAL_ANYWHERE = frozenset({"content-length", "transfer-encoding", "x-amzn-trace-id", "x-amzn-apigateway-api-id"})
_ILLEGAL_FOR_AWS = _ILLEGAL_ANYWHERE | {"authorization", "connection", "expect", "proxy-authenticate", "te"}
_ILLEGAL = MappingProxyType(
    {
        "HTTP": _ILLEGAL_ANYWHERE,
        "HTTP_PROXY": _ILLEGAL_ANYWHERE,
        "AWS": _ILLEGAL_FOR_AWS,
        "AWS_PROXY": _ILLEGAL_FOR_AWS,
    }
)


def received(headers: Headers) -> Headers:
    """Return the client's fields without those that nobody sees, whatever Connection names among them."""
    connection = headers.get("connection")
    unseen = DROPPED_REQUEST_FIELDS
    if connection is not None:
        unseen = unseen | connection_options(connection)
    return Headers([field for field in headers if field[0].lower() not in unseen])


def forwarded_fields(request: Request) -> list[tuple[str, str]]:
    """Return `X-Forwarded-For`, `-Port` and `-Proto` as API Gateway adds them to a request."""
    earlier = request.headers.get("x-forwarded-for")
    address = f"{earlier}, {request.peer_address}" if earlier else request.peer_address
    port = forwarded_port(request.headers.get("host") or "", request.scheme)
    return [("X-Forwarded-For", address), ("X-Forwarded-Port", port), ("X-Forwarded-Proto", request.scheme)]


def illegal_mapping(mapped: Headers, integration_type: str) -> str | None:
    """Return the name of a field that a mapping may not set; None when it sets none."""
    illegal = _ILLEGAL.get(integration_type, _ILLEGAL_ANYWHERE)
    return next((name for name, _ in mapped if name.lower() in illegal), None)
