"""Route keys of HTTP APIs: `GET /pets/{id}`, `ANY /files/{proxy+}`, `$default`.

Source: "Create routes for HTTP APIs in API Gateway" (API Gateway Developer Guide).
"""

import re
from collections.abc import Iterable

from gatewright.base.errors import AwsError
from gatewright.control.apigatewayv2.errors import bad_request, conflict
from gatewright.store.types import Document

DEFAULT_ROUTE_KEY = "$default"

_FORM = (
    "The provided route key is not formatted properly for HTTP protocol. "
    'Format should be "<HTTP METHOD> /<RESOURCE PATH>" or "$default"'
)
# TRACE is refused by AWS.
_METHODS = frozenset(("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "ANY"))
_VARIABLE = re.compile(r"\{([A-Za-z0-9._-]+)(\+?)\}")
_LONGEST_KEY = 1024


def check_route_key(route_key: str) -> None:
    """Raise BadRequestException when a route key is none of an HTTP API."""
    if not route_key:
        raise bad_request("Route key is required")
    if route_key == DEFAULT_ROUTE_KEY:
        return
    method, _, path = route_key.partition(" ")
    if method not in _METHODS or not path.startswith("/") or len(route_key) > _LONGEST_KEY:
        raise bad_request(_FORM)
    if any(character.isspace() or ord(character) < 0x20 for character in path):
        raise bad_request(_FORM)
    _check_variables(path)


def check_unique(route_key: str, routes: Iterable[Document]) -> None:
    """Raise ConflictException when another of the routes has the key, or one that matches the same requests."""
    shape = _shape(route_key)
    for route in routes:
        other = route["RouteKey"]
        if other == route_key:
            raise conflict(f"Route with key {route_key} already exists for this API")
        if _shape(other) == shape:
            raise conflict(
                f'The provided route key "{route_key}" has a conflicting variable on the same hierarchical level '
                f'as "{other}"'
            )


def _check_variables(path: str) -> None:
    names: set[str] = set()
    segments = path.split("/")
    for position, segment in enumerate(segments):
        if "{" not in segment and "}" not in segment:
            continue
        variable = _VARIABLE.fullmatch(segment)
        if variable is None or (variable[2] and position != len(segments) - 1):
            raise bad_request(_FORM)
        if variable[1] in names:
            raise _repeated(variable[1])
        names.add(variable[1])


def _repeated(name: str) -> AwsError:
    return bad_request(f"The provided route key has the path parameter {name} more than once")


def _shape(route_key: str) -> str:
    return _VARIABLE.sub(r"{\2}", route_key)
