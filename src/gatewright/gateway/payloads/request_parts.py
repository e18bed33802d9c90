"""The parts of an event that both payload formats have in common: headers, query, body."""

import base64
from urllib.parse import unquote_plus

from gatewright.base.messages import Request
from gatewright.gateway.fields import HOP_BY_HOP, connection_options

# What API Gateway passes to functions as text; everything else, a missing type and forms included, is base64. The
# documentation names no list; this one was measured on HTTP APIs (docs/decisions/0009).
_TEXT_TYPES = frozenset({"application/json", "application/xml", "application/javascript"})


def header_fields(request: Request, trace_header: str, body_length: int | None) -> tuple[dict[str, str], list[str]]:
    """Return lower-cased headers, repeated ones joined with commas, and the values of Cookie apart.

    "Create AWS Lambda proxy integrations for HTTP APIs": "Duplicate headers are combined with commas". API Gateway
    adds Content-Length, X-Forwarded-* and X-Amzn-Trace-Id and removes what ends at a hop. Without `body_length`,
    Content-Length stays as it was sent, or not.
    """
    fields: dict[str, str] = {}
    cookies: list[str] = []
    dropped = HOP_BY_HOP
    for name, value in request.headers:
        name = name.lower()
        if name in dropped:
            if name == "connection":
                dropped |= connection_options(value)
        elif name == "cookie":
            cookies.append(value)
        elif name in fields:
            fields[name] = f"{fields[name]},{value}"
        else:
            fields[name] = value
    if dropped is not HOP_BY_HOP:
        # A field that Connection names may have come before it.
        for name in dropped:
            fields.pop(name, None)
    if body_length is not None:
        fields["content-length"] = str(body_length)
    fields["x-amzn-trace-id"] = trace_header
    earlier = fields.get("x-forwarded-for")
    fields["x-forwarded-for"] = f"{earlier}, {request.peer_address}" if earlier else request.peer_address
    fields["x-forwarded-port"] = forwarded_port(fields.get("host", ""), request.scheme)
    fields["x-forwarded-proto"] = request.scheme
    return fields, cookies


def forwarded_port(host: str, scheme: str) -> str:
    """Return the port that a client called, as `X-Forwarded-Port` says it."""
    port = host.rpartition(":")[2] if ":" in host else ""
    return port if port.isdigit() else "443" if scheme == "https" else "80"


def query_fields(query: str) -> dict[str, list[str]]:
    """Return decoded query parameters in the order of their first appearance."""
    fields: dict[str, list[str]] = {}
    for parameter in query.split("&"):
        if not parameter:
            continue
        name, _, value = parameter.partition("=")
        if "%" in parameter or "+" in parameter:
            name, value = unquote_plus(name), unquote_plus(value)
        fields.setdefault(name, []).append(value)
    return fields


def joined_query_fields(query: str) -> dict[str, str]:
    """Return decoded query parameters, repeated ones joined with commas."""
    fields: dict[str, str] = {}
    for parameter in query.split("&"):
        if parameter:
            name, _, value = parameter.partition("=")
            if "%" in parameter or "+" in parameter:
                name, value = unquote_plus(name), unquote_plus(value)
            fields[name] = f"{fields[name]},{value}" if name in fields else value
    return fields


def body_text(content_type: str | None, body: bytes) -> tuple[str, bool]:
    """Return the body as an event carries it, and whether it is base64."""
    if _is_text(content_type):
        try:
            return body.decode(), False
        except UnicodeDecodeError:
            pass  # JSON cannot carry it otherwise.
    return base64.b64encode(body).decode(), True


def _is_text(content_type: str | None) -> bool:
    if content_type is None:
        return False
    media_type = content_type.partition(";")[0].strip().lower()
    return media_type.startswith("text/") or media_type in _TEXT_TYPES
