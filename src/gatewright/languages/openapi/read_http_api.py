"""An HTTP API, read from an OpenAPI 3.0 document.

Sources: "Working with OpenAPI definitions for HTTP APIs", "Import an HTTP API", "x-amazon-apigateway-cors object",
"x-amazon-apigateway-integrations object" (API Gateway Developer Guide).
"""

from collections.abc import Mapping
from types import MappingProxyType

from gatewright.languages.openapi.base_path import prefix_of
from gatewright.languages.openapi.document import Version, version_of
from gatewright.languages.openapi.errors import INVALID_INPUT, OpenApiError
from gatewright.languages.openapi.parse_issues import find_parse_issues
from gatewright.languages.openapi.read_documentation import ANY_METHOD, METHODS
from gatewright.languages.openapi.read_integration import EXTENSION as INTEGRATION
from gatewright.languages.openapi.read_integration import malformed
from gatewright.languages.openapi.read_rest_api import endpoint_extension, tags_of
from gatewright.languages.openapi.read_security import AUTH, AUTHORIZER, NOT_BUILT, security_schemes
from gatewright.languages.openapi.references import resolve
from gatewright.languages.openapi.types import (
    Findings,
    HttpApiDefinition,
    Json,
    JsonObject,
    as_list,
    as_object,
    as_text,
)

CORS = "x-amazon-apigateway-cors"
DEFAULT_ROUTE_KEY = "$default"
DEFAULT_PATHS = frozenset({"/$default", "$default"})

MEMBERS: Mapping[str, str] = MappingProxyType(
    {
        "connectionId": "ConnectionId",
        "connectionType": "ConnectionType",
        "credentials": "CredentialsArn",
        "httpMethod": "IntegrationMethod",
        "integrationSubtype": "IntegrationSubtype",
        "payloadFormatVersion": "PayloadFormatVersion",
        "type": "IntegrationType",
        "uri": "IntegrationUri",
    }
)
"""Members of the extension that are texts, and what they are called in an Integration."""
_UPPER = frozenset({"connectionType", "httpMethod", "type"})

CORS_MEMBERS: Mapping[str, str] = MappingProxyType(
    {
        "allowMethods": "AllowMethods",
        "allowHeaders": "AllowHeaders",
        "exposeHeaders": "ExposeHeaders",
        "maxAge": "MaxAge",
        "allowCredentials": "AllowCredentials",
        "allowOrigins": "AllowOrigins",
    }
)


def read_http_api(document: JsonObject, basepath_mode: str | None = None) -> HttpApiDefinition:
    """Return what a document says of an HTTP API. Raises OpenApiError."""
    if version_of(document) is not Version.OAS30:
        raise OpenApiError(INVALID_INPUT)
    findings = Findings()
    find_parse_issues(document, findings, are_schemas_looked_up=True)
    prefix = prefix_of(document, Version.OAS30, basepath_mode, findings)
    _refuse_authorizers(document, findings)
    api = _api(document, findings)
    integrations: dict[str, JsonObject] = {}
    routes = [
        _route(document, route_key, path, operation, integrations)
        for path, route_key, operation in _operations(document, prefix, findings)
    ]
    return HttpApiDefinition(api, integrations, routes, tuple(findings.warnings), tuple(findings.not_built))


def _operations(document: JsonObject, prefix: str, findings: Findings) -> list[tuple[str, str, JsonObject]]:
    found = []
    for path, value in as_object(document.get("paths")).items():
        item = as_object(value)
        for name, method in [*((name, name.upper()) for name in METHODS), (ANY_METHOD, "ANY")]:
            operation = item.get(name)
            if not isinstance(operation, dict):
                continue
            if as_text(as_object(operation.get(AUTH)).get("type")) not in {None, "NONE"}:
                findings.refuse(f"{AUTH} of a route")
            if path in DEFAULT_PATHS and method == "ANY":
                found.append((path, DEFAULT_ROUTE_KEY, operation))
            elif path.startswith("/"):
                found.append((path, f"{method} {prefix}{path}", operation))
    return found


def _route(
    document: JsonObject, route_key: str, path: str, operation: JsonObject, integrations: dict[str, JsonObject]
) -> JsonObject:
    route: JsonObject = {"RouteKey": route_key}
    if as_text(operation.get("operationId")):
        route["OperationName"] = as_text(operation["operationId"])
    if INTEGRATION in operation:
        extension = operation[INTEGRATION]
        pointer = as_object(extension).get("$ref")
        # What several routes refer to is one integration; what stands in a route is its own.
        name = pointer if isinstance(pointer, str) else route_key
        if name not in integrations:
            integrations[name] = _integration(resolve(document, extension), path)
        route["Target"] = name
    return route


def _integration(extension: JsonObject, path: str) -> JsonObject:
    if not as_text(extension.get("type")):
        raise malformed(path)
    integration: JsonObject = {}
    for name, member in MEMBERS.items():
        text = as_text(extension.get(name))
        if text is not None:
            integration[member] = text.upper() if name in _UPPER else text
    integration.setdefault("PayloadFormatVersion", "1.0")
    timeout = as_text(extension.get("timeoutInMillis"))
    if timeout is not None:
        if not (timeout.isascii() and timeout.isdigit() and len(timeout) <= 9):
            raise malformed(path)
        integration["TimeoutInMillis"] = int(timeout)
    parameters = _texts(extension.get("requestParameters"))
    if parameters:
        integration["RequestParameters"] = parameters
    responses = {
        status: _texts(mappings) for status, mappings in as_object(extension.get("responseParameters")).items()
    }
    if responses:
        integration["ResponseParameters"] = responses
    name_to_verify = as_text(as_object(extension.get("tlsConfig")).get("serverNameToVerify"))
    if name_to_verify:
        integration["TlsConfig"] = {"ServerNameToVerify": name_to_verify}
    return integration


def _api(document: JsonObject, findings: Findings) -> JsonObject:
    information = as_object(document.get("info"))
    api: JsonObject = {}
    for member, name in (("Name", "title"), ("Description", "description"), ("Version", "version")):
        if as_text(information.get(name)):
            api[member] = as_text(information[name])
    cors = _cors(document.get(CORS), findings)
    if cors:
        api["CorsConfiguration"] = cors
    if isinstance(endpoint_extension(document).get("disableExecuteApiEndpoint"), bool):
        api["DisableExecuteApiEndpoint"] = endpoint_extension(document)["disableExecuteApiEndpoint"]
    tags = tags_of(document)
    if tags:
        api["Tags"] = tags
    return api


def _cors(extension: Json, findings: Findings) -> JsonObject:
    if extension is None:
        return {}
    kinds = {"maxAge": int, "allowCredentials": bool}
    cors = {CORS_MEMBERS[name]: value for name, value in as_object(extension).items() if name in CORS_MEMBERS}
    is_right = isinstance(extension, dict) and all(
        isinstance(extension[name], kinds.get(name, list))
        and not (name == "maxAge" and isinstance(extension[name], bool))
        and all(isinstance(item, str) for item in as_list(extension[name]))
        for name in CORS_MEMBERS
        if name in extension
    )
    if not is_right:
        findings.warn("CORS Scheme is malformed, ignoring.")
        return {}
    return cors


def _refuse_authorizers(document: JsonObject, findings: Findings) -> None:
    schemes = security_schemes(document, Version.OAS30, findings)
    declared = as_object(as_object(document.get("components")).get("x-amazon-apigateway-authorizers"))
    for name in declared:
        findings.refuse(f"the authorizer {name} ({AUTHORIZER})")
    if NOT_BUILT in schemes.values() or declared:
        return
    for requirement in as_list(document.get("security")):
        for name in as_object(requirement):
            if name not in schemes:
                findings.warn(f"Security scheme '{name}' not found. Ignoring.")


def _texts(value: Json) -> dict[str, str]:
    return {name: text for name, item in as_object(value).items() if (text := as_text(item)) is not None}
