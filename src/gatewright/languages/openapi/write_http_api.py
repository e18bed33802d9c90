"""An HTTP API, written as an OpenAPI 3.0 document, as ExportApi answers it.

Source: "Export an HTTP API" (API Gateway Developer Guide); recorded exports of AWS.
"""

import re
from dataclasses import dataclass

from gatewright.languages.openapi.read_documentation import ANY_METHOD
from gatewright.languages.openapi.read_http_api import CORS, CORS_MEMBERS, DEFAULT_ROUTE_KEY, MEMBERS
from gatewright.languages.openapi.read_integration import EXTENSION as INTEGRATION
from gatewright.languages.openapi.read_rest_api import ENDPOINT_CONFIGURATION, TAG_VALUE
from gatewright.languages.openapi.types import HttpApiDefinition, JsonObject

EXPORT_VERSION = "1.0"
VERSION_EXTENSION = "x-amazon-apigateway-importexport-version"

_VARIABLE = re.compile(r"\{([^{}]+)\}")
_DEFAULTS = (("TimeoutInMillis", 30000),)
_ORDER = ("payloadFormatVersion", "connectionId", "credentials", "integrationSubtype", "type", "httpMethod", "uri")


@dataclass(frozen=True, slots=True)
class ExportedStage:
    """Where an exported stage is served."""

    url: str
    """Such as `https://a1b2c3d4e5.execute-api.us-east-1.amazonaws.com`."""
    name: str


def write_http_api(
    definition: HttpApiDefinition, created: str, stage: ExportedStage | None, *, has_extensions: bool
) -> JsonObject:
    """Return the document of an API; `created` stands in for a version (`2026-03-04T12:56:53Z`)."""
    api = definition.api
    information: JsonObject = {"title": api.get("Name", "")}
    if api.get("Description"):
        information["description"] = api["Description"]
    # Recorded of AWS: 2026-03-04 12:56:53UTC
    information["version"] = api.get("Version") or created.replace("T", " ").replace("Z", "UTC")
    document: JsonObject = {"openapi": "3.0.1", "info": information}
    if stage is not None:
        document["servers"] = [_server(stage, api, has_extensions=has_extensions)]
    if api.get("Tags") and has_extensions:
        document["tags"] = [{"name": name, TAG_VALUE: value} for name, value in api["Tags"].items()]
    document["paths"] = _paths(definition, has_extensions=has_extensions)
    if not has_extensions:
        return document
    if stage is None and api.get("DisableExecuteApiEndpoint"):
        document[ENDPOINT_CONFIGURATION] = {"disableExecuteApiEndpoint": True}
    cors = api.get("CorsConfiguration")
    if cors:
        document[CORS] = {name: cors[member] for name, member in CORS_MEMBERS.items() if member in cors}
    document[VERSION_EXTENSION] = EXPORT_VERSION
    return document


def _server(stage: ExportedStage, api: JsonObject, *, has_extensions: bool) -> JsonObject:
    base_path = "" if stage.name == "$default" else stage.name
    server: JsonObject = {"url": f"{stage.url}/{{basePath}}", "variables": {"basePath": {"default": base_path}}}
    if api.get("DisableExecuteApiEndpoint") and has_extensions:
        server[ENDPOINT_CONFIGURATION] = {"disableExecuteApiEndpoint": True}
    return server


def _paths(definition: HttpApiDefinition, *, has_extensions: bool) -> JsonObject:
    paths: JsonObject = {}
    for route in sorted(definition.routes, key=_place):
        path, method = _place(route)
        if method == "ANY" and not has_extensions:
            # What takes every method is an extension itself.
            continue
        operation: JsonObject = {}
        if route["RouteKey"] == DEFAULT_ROUTE_KEY:
            operation["isDefaultRoute"] = True
        if route.get("OperationName"):
            operation["operationId"] = route["OperationName"]
        operation["responses"] = {"default": {"description": f"Default response for {route['RouteKey']}"}}
        integration = definition.integrations.get(route.get("Target") or "")
        if integration and has_extensions:
            operation[INTEGRATION] = _integration(integration)
        paths.setdefault(path, {})[ANY_METHOD if method == "ANY" else method.lower()] = operation
    for path, item in paths.items():
        parameters = [_parameter(name) for name in _VARIABLE.findall(path)]
        if parameters:
            item["parameters"] = parameters
    return paths


def _place(route: JsonObject) -> tuple[str, str]:
    if route["RouteKey"] == DEFAULT_ROUTE_KEY:
        return f"/{DEFAULT_ROUTE_KEY}", "ANY"
    method, _, path = str(route["RouteKey"]).partition(" ")
    return path, method


def _parameter(name: str) -> JsonObject:
    return {
        "name": name,
        "in": "path",
        "description": f"Generated path parameter for {name}",
        "required": True,
        "schema": {"type": "string"},
    }


def _integration(integration: JsonObject) -> JsonObject:
    shown = {member: value for member, value in integration.items() if (member, value) not in _DEFAULTS}
    written: JsonObject = {}
    for name, member in (("responseParameters", "ResponseParameters"), ("requestParameters", "RequestParameters")):
        if shown.get(member):
            written[name] = shown[member]
    for name in (*_ORDER, "connectionType"):
        value = shown.get(MEMBERS[name])
        if value:
            written[name] = value.lower() if name == "type" else value
    if "TimeoutInMillis" in shown:
        written["timeoutInMillis"] = shown["TimeoutInMillis"]
    return written
