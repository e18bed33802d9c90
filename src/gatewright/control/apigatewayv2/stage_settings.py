"""What a stage of an HTTP API is configured with: its name, its variables, its throttling.

Sources: the Stage resource in the "API Gateway Version 2 API Reference"; "Use stage variables for HTTP APIs in API
Gateway" and "Throttle requests to your HTTP APIs" (API Gateway Developer Guide).
"""

import math
import re
from collections.abc import Iterable, Mapping

from gatewright.base.operations import Shape
from gatewright.control.apigatewayv2.constraints import VARIABLES_PER_STAGE
from gatewright.control.apigatewayv2.errors import bad_request, not_found
from gatewright.store.types import Document

DEFAULT_STAGE_NAME = "$default"

_NAME = re.compile(r"[a-zA-Z0-9_-]+")
_LONGEST_NAME = 128
_VARIABLE_NAME = re.compile(r"[A-Za-z0-9_]{1,64}")
_VARIABLE_VALUE = re.compile(r"[A-Za-z0-9\-._~:/?#&=,]{1,512}")


def check_stage_name(name: str) -> None:
    """Raise BadRequestException when no stage can have the name."""
    if not name:
        raise bad_request("Stage name must be non-empty")
    if "/" in name:
        raise bad_request("Stage name cannot contain slashes")
    if name != DEFAULT_STAGE_NAME and not _NAME.fullmatch(name):
        # AWS's text leaves out the hyphen, which it allows.
        raise bad_request("Stage name only allows a-zA-Z0-9_")
    if len(name) > _LONGEST_NAME:
        raise bad_request(f"Stage name must be at most {_LONGEST_NAME} characters long")


def merged_variables(variables: Mapping[str, str], sent: Mapping[str, str]) -> dict[str, str]:
    """Return stage variables with those that a request sends; an empty value takes one away."""
    for name, value in sent.items():
        if not _VARIABLE_NAME.fullmatch(name):
            raise bad_request(
                f"Invalid stage variable name: {name}. Names have 1 to 64 alphanumeric characters and underscores"
            )
        if value and not _VARIABLE_VALUE.fullmatch(value):
            raise bad_request(
                f"Invalid stage variable value: {value}. Values have up to 512 characters and match "
                "[A-Za-z0-9-._~:/?#&=,]+"
            )
    merged = {name: value for name, value in {**variables, **sent}.items() if value}
    if len(merged) > VARIABLES_PER_STAGE:
        raise bad_request(f"A stage can have at most {VARIABLES_PER_STAGE} stage variables")
    return merged


def route_settings_document(settings: Shape) -> Document:
    """Return the settings of one route, or of all, as a document holds them."""
    if "LoggingLevel" in settings or settings.get("DataTraceEnabled"):
        raise bad_request("Execution logs are not supported on protocolType HTTP")
    document: Document = {"DetailedMetricsEnabled": settings.get("DetailedMetricsEnabled", False)}
    for member in ("ThrottlingBurstLimit", "ThrottlingRateLimit"):
        limit = settings.get(member)
        if limit is None:
            continue
        if not math.isfinite(limit) or limit < 0:
            raise bad_request(f"Invalid value specified for {member}: {limit}. It must not be negative")
        document[member] = limit
    return document


def merged_route_settings(
    current: Mapping[str, Document], sent: Mapping[str, Shape], routes: Iterable[Document]
) -> dict[str, Document]:
    """Return settings by route key with those that a request sends. Raises NotFoundException for unknown routes."""
    route_keys = {route["RouteKey"] for route in routes}
    merged = dict(current)
    for route_key, settings in sent.items():
        if route_key not in route_keys:
            raise not_found(f"Unable to find Route by key {route_key} within the provided RouteSettings")
        merged[route_key] = route_settings_document(settings)
    return merged
