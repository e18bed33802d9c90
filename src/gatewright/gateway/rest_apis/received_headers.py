"""Header fields of requests: what of the client's anybody sees, what is added, and what mappings may not set.

Source: localstack's recordings of AWS (test_apigateway_integrations.py: TestApiGatewayHeaderRemapping): a mapping that
sets one of the illegal fields fails every request. Templates see what proxy events hold (recorded of AWS: the events
of "Method Request passthrough" templates have X-Amzn-Trace-Id and X-Forwarded-* among their headers).
"""

from types import MappingProxyType
from typing import Final

from gatewright.base.messages import Headers, Request
from gatewright.gateway.fields import connection_options
from gatewright.gateway.payloads.request_parts import forwarded_port
from gatewright.gateway.rest_apis.call import RestCall
from gatewright.gateway.rest_apis.header_remapping import DROPPED_REQUEST_FIELDS
from gatewright.snapshot.types.rest_api import TEST_INVOKE_STAGE

ADDED_FIELDS: Final = frozenset({"x-amzn-trace-id", "x-forwarded-for", "x-forwarded-port", "x-forwarded-proto"})
"""What API Gateway says itself of a request, in lower case."""

SPELLED_FIELDS: Final = MappingProxyType({"authorization": "Authorization", "host": "Host", "user-agent": "User-Agent"})
"""What proxy events spell in one way, whatever the client wrote; all other names stay as they came, and "header names
and query parameters are processed in a case-sensitive way" ("Amazon API Gateway important notes")."""

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


def method_request_fields(call: RestCall) -> Headers:
    """Return the fields of the method request: those of the client that are seen, and what API Gateway adds."""
    seen = received(call.request.headers)
    if call.facts.stage_name == TEST_INVOKE_STAGE:
        return seen
    spell = SPELLED_FIELDS.get
    fields = Headers([(spell(key.lower(), key), text) for key, text in seen if key.lower() not in ADDED_FIELDS])
    fields += [("X-Amzn-Trace-Id", call.trace_header), *forwarded_fields(call.request, seen)]
    return fields


def forwarded_fields(request: Request, seen: Headers) -> list[tuple[str, str]]:
    """Return `X-Forwarded-For`, `-Port` and `-Proto` as API Gateway adds them to a request.

    `seen` are the client's fields that are seen: what it says of X-Forwarded-For stays before its own address (seen of
    AWS: ustayready/fireprox issue 12, aws-solutions/aws-waf-security-automations pull request 123).
    """
    address = ", ".join([*filter(None, seen.get_all("x-forwarded-for")), request.peer_address])
    port = forwarded_port(request.headers.get("host") or "", request.scheme)
    return [("X-Forwarded-For", address), ("X-Forwarded-Port", port), ("X-Forwarded-Proto", request.scheme)]


def illegal_mapping(mapped: Headers, integration_type: str) -> str | None:
    """Return the name of a field that a mapping may not set; None when it sets none."""
    return next((name for name, _ in mapped if is_illegal(name, integration_type)), None)


def is_illegal(name: str, integration_type: str) -> bool:
    """Tell whether a mapping may not set a field."""
    return name.lower() in _ILLEGAL.get(integration_type, _ILLEGAL_ANYWHERE)
