"""A REST API, written as an OpenAPI document, as GetExport answers it.

Source: "Export a REST API from API Gateway" (API Gateway Developer Guide); recorded exports of AWS in both versions.
"""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from types import MappingProxyType

from gatewright.languages.openapi.document import Version
from gatewright.languages.openapi.read_documentation import ANY_METHOD
from gatewright.languages.openapi.read_documentation import EXTENSION as DOCUMENTATION
from gatewright.languages.openapi.read_rest_api import (
    API_KEY_SOURCE,
    BINARY_MEDIA_TYPES,
    ENDPOINT_ACCESS_MODE,
    ENDPOINT_CONFIGURATION,
    GATEWAY_RESPONSES,
    MINIMUM_COMPRESSION_SIZE,
    REQUEST_VALIDATORS,
    SECURITY_POLICY,
    TAG_VALUE,
)
from gatewright.languages.openapi.schemas import models_within, schema_document
from gatewright.languages.openapi.types import JsonObject, RestApiDefinition
from gatewright.languages.openapi.write_documentation import Documentation, extension
from gatewright.languages.openapi.write_method import API_KEY_SCHEME, Writing, write_method

INTEGRATIONS, AUTHORIZERS, POSTMAN, APIGATEWAY, DOCUMENTS, VALIDATORS = (
    "integrations",
    "authorizers",
    "postman",
    "apigateway",
    "documentation",
    "validators",
)
# The last is that of "Test basic request validation in API Gateway".
EXTENSIONS = frozenset({INTEGRATIONS, AUTHORIZERS, POSTMAN, APIGATEWAY, DOCUMENTS, VALIDATORS})

# Recorded of AWS: get, post, options. The other places are those of the fields in "Path Item Object" (OpenAPI 3.0.1).
_METHOD_ORDER = ("GET", "PUT", "POST", "DELETE", "OPTIONS", "HEAD", "PATCH", "ANY")

# Every API made by CreateRestApi has these. Recorded of AWS: they are exported only when something refers to them.
_DEFAULT_MODELS = frozenset({"Empty", "Error"})
_API_KEY: MappingProxyType[str, str] = MappingProxyType({"type": "apiKey", "name": "x-api-key", "in": "header"})


@dataclass(frozen=True, slots=True)
class Deployed:
    """Where an exported API is served, and the date that stands in for a version."""

    host: str
    """Such as `a1b2c3d4e5.execute-api.us-east-1.amazonaws.com`."""
    stage_name: str
    created: str
    """When the API was created, such as `2016-11-22T22:39:14Z`."""
    scheme: str = "https"
    documentation_created: str | None = None


def write_rest_api(
    definition: RestApiDefinition, version: Version, extensions: AbstractSet[str], deployed: Deployed
) -> JsonObject:
    """Return the document of an API with the extensions that are asked for (names in EXTENSIONS)."""
    shows_all = APIGATEWAY in extensions
    shows_validators = shows_all or VALIDATORS in extensions
    documentation = Documentation(tuple(definition.documentation_parts))
    information, top = documentation.of_api()
    writing = Writing(version, documentation, shows_all or INTEGRATIONS in extensions, shows_validators)
    paths = _paths(writing, definition)
    schemas = _schemas(definition, version, documentation, paths)
    document = {
        **_head(definition, version, information, deployed, shows_all=shows_all),
        "paths": paths,
        **_components(definition, version, schemas),
    }
    if shows_all:
        document.update(_settings(definition, version))
    elif shows_validators:
        document.update(_request_validators(definition))
    if definition.documentation_parts and (shows_all or DOCUMENTS in extensions):
        document[DOCUMENTATION] = extension(
            definition.documentation_parts, definition.documentation_version, deployed.documentation_created
        )
    return {**document, **top}


def version_text(definition: RestApiDefinition, deployed: Deployed) -> str:
    """Return the version that an export names, which is part of its file's name too."""
    return str(definition.rest_api.get("version") or deployed.created)


def _head(
    definition: RestApiDefinition, version: Version, information: JsonObject, deployed: Deployed, *, shows_all: bool
) -> JsonObject:
    rest_api = definition.rest_api
    described = {"description": rest_api.get("description"), **information}
    described = {name: value for name, value in described.items() if value}
    title = {"title": described.pop("title", None) or rest_api.get("name", "")}
    described["version"] = version_text(definition, deployed)
    tags = [{"name": name, TAG_VALUE: value} for name, value in (rest_api.get("tags") or {}).items()]
    tagged = {"tags": tags} if tags and shows_all else {}
    if version is Version.SWAGGER:
        served = {"host": deployed.host, "basePath": f"/{deployed.stage_name}", **tagged, "schemes": ["https"]}
        return {"swagger": "2.0", "info": {**described, **title}, **served}
    server: JsonObject = {
        "url": f"{deployed.scheme}://{deployed.host}/{{basePath}}",
        "variables": {"basePath": {"default": deployed.stage_name}},
    }
    endpoint = _endpoint(rest_api)
    if endpoint and shows_all:
        server[ENDPOINT_CONFIGURATION] = endpoint
    return {"openapi": "3.0.1", "info": {**title, **described}, "servers": [server], **tagged}


def _paths(writing: Writing, definition: RestApiDefinition) -> JsonObject:
    paths: JsonObject = {}
    for path, methods in definition.resources.items():
        described = writing.documentation.of("RESOURCE", path=path)
        written = {
            ANY_METHOD if method == "ANY" else method.lower(): write_method(writing, path, methods[method])
            for method in sorted(methods, key=_METHOD_ORDER.index)
        }
        if written:
            paths[path] = {**written, **described}
    return paths


def _schemas(
    definition: RestApiDefinition, version: Version, documentation: Documentation, paths: JsonObject
) -> JsonObject:
    schemas = {
        model["name"]: {**schema_document(model, version), **documentation.of("MODEL", name=model["name"])}
        for model in definition.models
    }
    wanted = {name for name in schemas if name not in _DEFAULT_MODELS}
    used = models_within(paths) | {name for model in wanted for name in models_within(schemas[model])}
    return {name: schema for name, schema in schemas.items() if name in wanted | used}


def _components(definition: RestApiDefinition, version: Version, schemas: JsonObject) -> JsonObject:
    asks_key = any(method.get("apiKeyRequired") for item in definition.resources.values() for method in item.values())
    schemes = {API_KEY_SCHEME: dict(_API_KEY)} if asks_key else {}
    if version is Version.SWAGGER:
        members = {"securityDefinitions": schemes, "definitions": schemas}
        return {name: value for name, value in members.items() if value}
    members = {"schemas": schemas, "securitySchemes": schemes}
    return {"components": {name: value for name, value in members.items() if value}}


def _settings(definition: RestApiDefinition, version: Version) -> JsonObject:
    rest_api = definition.rest_api
    settings: JsonObject = {}
    if definition.gateway_responses:
        settings[GATEWAY_RESPONSES] = {
            response["responseType"]: {
                member: response[member]
                for member in ("statusCode", "responseParameters", "responseTemplates")
                if response.get(member)
            }
            for response in definition.gateway_responses
        }
    settings.update(_request_validators(definition))
    if rest_api.get("apiKeySource", "HEADER") != "HEADER":
        settings[API_KEY_SOURCE] = rest_api["apiKeySource"]
    for member, name in (
        ("minimumCompressionSize", MINIMUM_COMPRESSION_SIZE),
        ("binaryMediaTypes", BINARY_MEDIA_TYPES),
        ("securityPolicy", SECURITY_POLICY),
        ("endpointAccessMode", ENDPOINT_ACCESS_MODE),
    ):
        if rest_api.get(member) is not None:
            settings[name] = rest_api[member]
    endpoint = _endpoint(rest_api)
    if endpoint and version is Version.SWAGGER:
        settings[ENDPOINT_CONFIGURATION] = endpoint
    return settings


def _request_validators(definition: RestApiDefinition) -> JsonObject:
    written = {
        validator["name"]: {
            "validateRequestParameters": validator.get("validateRequestParameters", False),
            "validateRequestBody": validator.get("validateRequestBody", False),
        }
        for validator in definition.request_validators
    }
    return {REQUEST_VALIDATORS: written} if written else {}


def _endpoint(rest_api: JsonObject) -> JsonObject:
    endpoint: JsonObject = {}
    if rest_api.get("disableExecuteApiEndpoint"):
        endpoint["disableExecuteApiEndpoint"] = True
    return endpoint
