"""A REST API, read from an OpenAPI document.

Source: "OpenAPI extensions for API Gateway" (API Gateway Developer Guide), one extension after the other; "Set the
OpenAPI basePath property"; "Errors and warnings from importing your API into API Gateway".
"""

from collections.abc import Iterator

from gatewright.languages.openapi.base_path import prefix_of
from gatewright.languages.openapi.document import Version, version_of
from gatewright.languages.openapi.parse_issues import find_parse_issues
from gatewright.languages.openapi.read_documentation import ANY_METHOD, METHODS, documentation_of
from gatewright.languages.openapi.read_integration import Place
from gatewright.languages.openapi.read_method import Reading, read_method
from gatewright.languages.openapi.read_security import security_schemes
from gatewright.languages.openapi.schemas import Models
from gatewright.languages.openapi.types import (
    Findings,
    JsonObject,
    RestApiDefinition,
    as_list,
    as_object,
    as_text,
)

API_KEY_SOURCE = "x-amazon-apigateway-api-key-source"
BINARY_MEDIA_TYPES = "x-amazon-apigateway-binary-media-types"
ENDPOINT_ACCESS_MODE = "x-amazon-apigateway-endpoint-access-mode"
ENDPOINT_CONFIGURATION = "x-amazon-apigateway-endpoint-configuration"
GATEWAY_RESPONSES = "x-amazon-apigateway-gateway-responses"
MINIMUM_COMPRESSION_SIZE = "x-amazon-apigateway-minimum-compression-size"
POLICY = "x-amazon-apigateway-policy"
REQUEST_VALIDATORS = "x-amazon-apigateway-request-validators"
SECURITY_POLICY = "x-amazon-apigateway-security-policy"
TAG_VALUE = "x-amazon-apigateway-tag-value"


def read_rest_api(document: JsonObject, basepath_mode: str | None = None, api_id: str = "") -> RestApiDefinition:
    """Return what a document says of a REST API; `api_id` is part of the URLs in models. Raises OpenApiError."""
    version = version_of(document)
    findings = Findings()
    if version is Version.OAS30:
        find_parse_issues(document, findings)
    prefix = prefix_of(document, version, basepath_mode, findings)
    models = Models(document, version, api_id, findings)
    reading = Reading(document, version, models, security_schemes(document, version, findings), findings)
    resources = dict(_with_parents(_resources(reading, prefix), prefix))
    parts, documentation_version = documentation_of(document, version, prefix)
    if document.get(POLICY) is not None:
        findings.refuse(f"a resource policy ({POLICY})")
    return RestApiDefinition(
        rest_api=_rest_api(document, findings),
        resources=resources,
        models=tuple(models.by_name.values()),
        request_validators=tuple(_validators(document)),
        gateway_responses=tuple(_gateway_responses(document)),
        documentation_parts=parts,
        documentation_version=documentation_version,
        warnings=tuple(findings.warnings),
        not_built=tuple(findings.not_built),
    )


def _resources(reading: Reading, prefix: str) -> dict[str, dict[str, JsonObject]]:
    resources: dict[str, dict[str, JsonObject]] = {}
    for key, value in as_object(reading.document.get("paths")).items():
        if not key.startswith("/"):
            continue
        path = "/" + "/".join(segment for segment in f"{prefix}{key}".split("/") if segment)
        item = as_object(value)
        methods = resources.setdefault(path, {})
        for name, method in [*((name, name.upper()) for name in METHODS), (ANY_METHOD, "ANY")]:
            if isinstance(item.get(name), dict):
                methods[method] = read_method(reading, item, item[name], Place(path, method))
    return resources


def _with_parents(
    resources: dict[str, dict[str, JsonObject]], prefix: str
) -> Iterator[tuple[str, dict[str, JsonObject]]]:
    seen = {"/"}
    yield "/", resources.get("/", {})
    for path in [prefix, *resources]:
        segments = [segment for segment in path.split("/") if segment]
        for length in range(1, len(segments) + 1):
            parent = "/" + "/".join(segments[:length])
            if parent not in seen:
                seen.add(parent)
                yield parent, resources.get(parent, {})


def _rest_api(document: JsonObject, findings: Findings) -> JsonObject:
    information = as_object(document.get("info"))
    rest_api: JsonObject = {}
    for member, value in (
        ("name", information.get("title")),
        ("description", information.get("description")),
        ("version", information.get("version")),
        ("apiKeySource", document.get(API_KEY_SOURCE)),
        ("endpointAccessMode", document.get(ENDPOINT_ACCESS_MODE)),
        ("securityPolicy", document.get(SECURITY_POLICY)),
    ):
        if as_text(value):
            rest_api[member] = as_text(value)
    media_types = [text for item in as_list(document.get(BINARY_MEDIA_TYPES)) if (text := as_text(item))]
    if media_types:
        rest_api["binaryMediaTypes"] = list(dict.fromkeys(media_types))
    size = document.get(MINIMUM_COMPRESSION_SIZE)
    if isinstance(size, int) and not isinstance(size, bool):
        rest_api["minimumCompressionSize"] = size
    tags = tags_of(document)
    if tags:
        rest_api["tags"] = tags
    rest_api.update(_endpoint(document, findings))
    return rest_api


def tags_of(document: JsonObject) -> dict[str, str]:
    """Return the tags that a document gives a value to."""
    listed = (as_object(tag) for tag in as_list(document.get("tags")))
    return {
        name: value
        for tag in listed
        if (name := as_text(tag.get("name"))) and (value := as_text(tag.get(TAG_VALUE))) is not None
    }


def endpoint_extension(document: JsonObject) -> JsonObject:
    """Return `x-amazon-apigateway-endpoint-configuration`: at the top (2.0) or in the server object (3.0)."""
    servers = [as_object(server) for server in as_list(document.get("servers"))]
    extension = as_object(servers[0].get(ENDPOINT_CONFIGURATION) if servers else None)
    return extension or as_object(document.get(ENDPOINT_CONFIGURATION))


def _endpoint(document: JsonObject, findings: Findings) -> JsonObject:
    extension = endpoint_extension(document)
    members: JsonObject = {}
    if isinstance(extension.get("disableExecuteApiEndpoint"), bool):
        members["disableExecuteApiEndpoint"] = extension["disableExecuteApiEndpoint"]
    if as_text(extension.get("ipAddressType")):
        members["endpointConfiguration"] = {"ipAddressType": as_text(extension["ipAddressType"])}
    if extension.get("vpcEndpointIds"):
        findings.refuse("a private API (vpcEndpointIds of x-amazon-apigateway-endpoint-configuration)")
    return members


def _validators(document: JsonObject) -> Iterator[JsonObject]:
    for name, value in as_object(document.get(REQUEST_VALIDATORS)).items():
        described = as_object(value)
        yield {
            "name": name,
            "validateRequestBody": described.get("validateRequestBody") is True,
            "validateRequestParameters": described.get("validateRequestParameters") is True,
        }


def _gateway_responses(document: JsonObject) -> Iterator[JsonObject]:
    for response_type, value in as_object(document.get(GATEWAY_RESPONSES)).items():
        described = as_object(value)
        response: JsonObject = {"responseType": response_type}
        if as_text(described.get("statusCode")):
            response["statusCode"] = as_text(described["statusCode"])
        for member in ("responseParameters", "responseTemplates"):
            entries = as_object(described.get(member)).items()
            response[member] = {name: text for name, item in entries if (text := as_text(item)) is not None}
        yield response
