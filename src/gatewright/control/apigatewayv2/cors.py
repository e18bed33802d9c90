"""The CORS configuration of an HTTP API.

Source: "Configure CORS for HTTP APIs in API Gateway" (API Gateway Developer Guide).
"""

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType

from gatewright.base.operations import Shape
from gatewright.control.apigatewayv2.auto_deploy import deploy_automatically
from gatewright.control.apigatewayv2.documents import api_key, require_api
from gatewright.control.apigatewayv2.errors import bad_request
from gatewright.control.context import Context
from gatewright.store.types import Document

_METHODS = frozenset(("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE", "TRACE", "CONNECT", "ANY", "*"))
# RFC 9110 section 5.6.2; `*` is a token too.
_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
# The page lists a full origin, `*`, `https://*` and `http://*`. Other schemes are refused.
_ORIGIN = re.compile(r"\*|https?://[^\s,/][^\s,]*", re.IGNORECASE)


def cors_document(configuration: Shape) -> Document:
    """Return a CORS configuration as a document holds it. Raises BadRequestException."""
    for origin in configuration.get("AllowOrigins", ()):
        if not _ORIGIN.fullmatch(origin):
            raise bad_request(f"Invalid format for origin {origin}. Origins begin with http:// or https://, or are *.")
    for method in configuration.get("AllowMethods", ()):
        if method.upper() not in _METHODS:
            raise bad_request(f"Invalid HTTP method specified in AllowMethods: {method}")
    for member in ("AllowHeaders", "ExposeHeaders"):
        for name in configuration.get(member, ()):
            if not _TOKEN.fullmatch(name):
                raise bad_request(f"Invalid header name specified in {member}: {name}")
    if configuration.get("AllowCredentials") and "*" in configuration.get("AllowOrigins", ()):
        raise bad_request("allow-credentials is not supported if 'allow-origin' is *")
    return dict(configuration)


def delete_cors_configuration(context: Context, request: Shape) -> Shape:
    """Delete the CORS configuration of an API; nothing happens when there is none."""
    api_id = request["ApiId"]
    with context.store.write() as writer:
        api = require_api(context, writer, api_id)
        if api.pop("CorsConfiguration", None) is not None:
            writer.put(api_key(context, api_id), api)
            deploy_automatically(context, writer, api_id)
    return {}


OPERATIONS: Mapping[str, Callable[[Context, Shape], Shape]] = MappingProxyType(
    {"DeleteCorsConfiguration": delete_cors_configuration}
)
