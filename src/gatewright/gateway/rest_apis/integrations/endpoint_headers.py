"""Header fields that requests of `HTTP`, `HTTP_PROXY` and `AWS` integrations have in common."""

from typing import Final

from gatewright.base.messages import Headers
from gatewright.gateway.rest_apis.call import RestCall

BODILESS_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS"})


def endpoint_headers(call: RestCall, fields: Headers, dropped: frozenset[str]) -> Headers:
    """Return fields with the defaults that AWS was recorded to add, without those that go no further."""
    headers = Headers([field for field in fields if field[0].lower() not in dropped])
    if headers.get("accept") is None:
        headers.append(("Accept", "application/json"))
    if headers.get("user-agent") is None:
        headers.append(("User-Agent", f"AmazonAPIGateway_{call.facts.api_id}"))
    if headers.get("content-type") is None and call.request.method not in BODILESS_METHODS:
        content_type = call.request.headers.get("content-type")
        if content_type is not None:
            headers.append(("Content-Type", content_type))
    return headers
