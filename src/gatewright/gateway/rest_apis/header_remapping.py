"""Header fields that do not pass a REST API as they are.

Source: the table in "Amazon API Gateway important notes" ("Header name", "Request", "Response"), as far as localstack
recorded AWS to follow it (test_apigateway_integrations.py, TestApiGatewayHeaderRemapping, of a regional API): there TE
passes on responses, and what the table calls dropped there (Expect, Proxy-Authenticate, Trailer …) is remapped.
Clients know `x-amzn-RequestId` of a back end as `x-amzn-Remapped-x-amzn-RequestId`; `x-amz-apigw-id` follows suit.
"""

from collections.abc import Iterable
from typing import Final

from gatewright.gateway.fields import HOP_BY_HOP

PREFIX: Final = "x-amzn-Remapped-"

REMAPPED_RESPONSE_FIELDS: Final = frozenset(
    {
        "authorization",
        "connection",
        "content-length",
        "content-md5",
        "date",
        "expect",
        "host",
        "max-forwards",
        "proxy-authenticate",
        "server",
        "trailer",
        "upgrade",
        "user-agent",
        "www-authenticate",
        "x-amz-apigw-id",
        "x-amzn-requestid",
    }
)
"""What comes back from an integration under one of these names, in lower case, gets `PREFIX`."""

# "Transfer-Encoding: Dropped/Exception"; the others end at a hop, too (RFC 9110 section 7.6.1).
_DROPPED_RESPONSE_FIELDS: Final = frozenset({"transfer-encoding", "keep-alive", "proxy-connection"})

DROPPED_REQUEST_FIELDS: Final = HOP_BY_HOP | {
    "content-length",
    "content-md5",
    "expect",
    "max-forwards",
    "server",
    "www-authenticate",
}
"""What a method request does not have of what the client sent, in lower case: neither proxy events, nor proxied HTTP
requests, nor `$input.params()` show it."""

CHANGED_RESPONSE_FIELDS: Final = REMAPPED_RESPONSE_FIELDS | _DROPPED_RESPONSE_FIELDS
"""What `client_name` gives another name, or none."""


def client_name(name: str) -> str | None:
    """Return the name under which the client gets a field of a response; None for one that is dropped."""
    lowered = name.lower()
    if lowered not in CHANGED_RESPONSE_FIELDS:
        return name
    return PREFIX + name if lowered in REMAPPED_RESPONSE_FIELDS else None


def remap_response_fields(fields: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return the fields of an integration's response, or of its mappings, as the client gets them."""
    remapped = []
    for field in fields:
        name = client_name(field[0])
        if name is not None:
            remapped.append(field if name is field[0] else (name, field[1]))
    return remapped
