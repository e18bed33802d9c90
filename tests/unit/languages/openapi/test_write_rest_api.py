"""Exports of REST APIs: "Export a REST API from API Gateway" (API Gateway Developer Guide), forms recorded of AWS."""

from typing import Any

import pytest

from gatewright.languages.openapi.document import Version
from gatewright.languages.openapi.types import DocumentationPart, JsonObject, RestApiDefinition
from gatewright.languages.openapi.write_rest_api import Deployed, version_text, write_rest_api
from tests.unit.languages.openapi.reading import read_case

DEPLOYED = Deployed("a1b2c3d4e5.execute-api.us-east-1.amazonaws.com", "prod", "2026-01-01T00:00:00Z")
ALL = frozenset({"apigateway"})
EMPTY = {"name": "Empty", "contentType": "application/json", "schema": '{"title": "Empty Schema", "type": "object"}'}
USES_EMPTY = {"methodResponses": {"200": {"statusCode": "200", "responseModels": {"application/json": "Empty"}}}}


def write(definition: RestApiDefinition, version: Version, extensions: frozenset[str] = frozenset()) -> JsonObject:
    return write_rest_api(definition, version, extensions, DEPLOYED)


def method(**members: Any) -> JsonObject:
    return {"httpMethod": "GET", "authorizationType": "NONE", "apiKeyRequired": False, **members}


def test_the_head_of_openapi_2() -> None:
    document = write(RestApiDefinition({"name": "Pets", "description": "All"}, {"/": {}}), Version.SWAGGER)

    assert document == {
        "swagger": "2.0",
        "info": {"title": "Pets", "description": "All", "version": "2026-01-01T00:00:00Z"},
        "host": "a1b2c3d4e5.execute-api.us-east-1.amazonaws.com",
        "basePath": "/prod",
        "schemes": ["https"],
        "paths": {},
    }


def test_the_head_of_openapi_3() -> None:
    document = write(RestApiDefinition({"name": "Pets", "version": "7"}, {"/": {}}), Version.OAS30)

    assert document == {
        "openapi": "3.0.1",
        "info": {"title": "Pets", "version": "7"},
        "servers": [
            {
                "url": "https://a1b2c3d4e5.execute-api.us-east-1.amazonaws.com/{basePath}",
                "variables": {"basePath": {"default": "prod"}},
            }
        ],
        "paths": {},
        "components": {},
    }


def test_the_version_is_that_of_the_api_or_the_date_of_its_creation() -> None:
    assert version_text(RestApiDefinition({"version": "7"}, {}), DEPLOYED) == "7"
    assert version_text(RestApiDefinition({}, {}), DEPLOYED) == "2026-01-01T00:00:00Z"


def test_a_method_of_openapi_2() -> None:
    assert write(read_case("library.swagger.json"), Version.SWAGGER)["paths"]["/books"]["post"] == {
        "operationId": "AddBook",
        "consumes": ["application/json"],
        "produces": ["application/json"],
        "parameters": [{"in": "body", "name": "Book", "required": True, "schema": {"$ref": "#/definitions/Book"}}],
        "responses": {"200": {"description": "200 response", "schema": {"$ref": "#/definitions/MODELc70db7"}}},
        "security": [{"api_key": []}],
    }


def test_a_method_of_openapi_3() -> None:
    assert write(read_case("library.oas30.yaml"), Version.OAS30, ALL)["paths"]["/books/{id}"]["put"] == {
        "operationId": "PutBook",
        "parameters": [{"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}],
        "requestBody": {
            "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Book"}}},
            "required": True,
        },
        "responses": {
            "200": {
                "description": "Done",
                "headers": {"ETag": {"schema": {"type": "string"}}},
                "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Book"}}},
            }
        },
        "x-amazon-apigateway-request-validator": "basic",
        "x-amazon-apigateway-integration": {
            "responses": {"default": {"statusCode": "200"}},
            "requestTemplates": {"application/json": '{"statusCode": 200}'},
            "passthroughBehavior": "when_no_templates",
            "type": "mock",
        },
    }


@pytest.mark.parametrize("version", Version)
def test_a_response_without_a_model(version: Version) -> None:
    """Recorded of AWS: in OpenAPI 3 `content` is there, and empty."""
    definition = RestApiDefinition({}, {"/": {"GET": method(methodResponses={"200": {"statusCode": "200"}})}})

    content = {"content": {}} if version is Version.OAS30 else {}
    assert write(definition, version)["paths"]["/"]["get"] == {
        "responses": {"200": {"description": "200 response", **content}}
    }


def test_an_integration_leaves_defaults_out() -> None:
    """Recorded of AWS: no time-out of 29 seconds, no connection over the internet, no empty cache keys."""
    integration = {
        "type": "HTTP",
        "httpMethod": "GET",
        "uri": "http://example.com",
        "connectionType": "INTERNET",
        "cacheKeyParameters": [],
        "passthroughBehavior": "WHEN_NO_MATCH",
        "timeoutInMillis": 29000,
        "integrationResponses": {"200": {"statusCode": "200"}},
    }
    definition = RestApiDefinition({}, {"/": {"GET": method(methodIntegration=integration)}})

    operation = write(definition, Version.SWAGGER, frozenset({"integrations"}))["paths"]["/"]["get"]
    assert list(operation["x-amazon-apigateway-integration"].items()) == [
        ("type", "http"),
        ("httpMethod", "GET"),
        ("uri", "http://example.com"),
        ("responses", {"default": {"statusCode": "200"}}),
        ("passthroughBehavior", "when_no_match"),
    ]


def test_content_types_are_those_of_models_and_templates() -> None:
    """Recorded of AWS: consumes and produces of OpenAPI 2."""
    operations = write(read_case("library.swagger.json"), Version.SWAGGER)["paths"]

    assert operations["/"]["get"]["consumes"] == ["application/json"]
    assert operations["/"]["get"]["produces"] == ["text/html"]
    assert "consumes" not in operations["/books"]["get"]


@pytest.mark.parametrize(
    ("extensions", "shown"),
    [
        ((), set()),
        (("integrations",), {"x-amazon-apigateway-integration"}),
        (("authorizers",), set()),
        (("postman",), set()),
        (("apigateway",), {"x-amazon-apigateway-integration", "x-amazon-apigateway-request-validator"}),
    ],
)
def test_extensions_are_shown_when_asked_for(extensions: tuple[str, ...], shown: set[str]) -> None:
    document = write(read_case("library.swagger.json"), Version.SWAGGER, frozenset(extensions))

    operation = document["paths"]["/books"]["get"]
    assert {name for name in operation if name.startswith("x-")} == shown
    assert ("x-amazon-apigateway-binary-media-types" in document) is ("apigateway" in extensions)


def test_the_settings_of_an_api() -> None:
    document = write(read_case("library.swagger.json"), Version.SWAGGER, ALL)

    assert document["tags"] == [{"name": "team", "x-amazon-apigateway-tag-value": "shelves"}]
    assert document["securityDefinitions"] == {"api_key": {"type": "apiKey", "name": "x-api-key", "in": "header"}}
    assert document["x-amazon-apigateway-request-validators"] == {
        "all": {"validateRequestParameters": True, "validateRequestBody": True},
        "none": {"validateRequestParameters": False, "validateRequestBody": False},
    }
    assert document["x-amazon-apigateway-minimum-compression-size"] == 1024


def test_the_default_models_are_shown_when_they_are_used() -> None:
    """As in the example of "Publish documentation using the API Gateway REST API", whose API has Error too."""
    models = [EMPTY, {**EMPTY, "name": "Error"}, {**EMPTY, "name": "Mine"}]
    definition = RestApiDefinition({}, {"/": {"GET": method(**USES_EMPTY)}}, models)

    assert list(write(definition, Version.SWAGGER)["definitions"]) == ["Empty", "Mine"]


def test_references_of_models_become_local() -> None:
    """Page "Data models for REST APIs in API Gateway"."""
    schemas = write(read_case("library.swagger.json"), Version.OAS30)["components"]["schemas"]

    assert schemas["Books"] == {"type": "array", "items": {"$ref": "#/components/schemas/Book"}}


def test_documentation_stands_beside_what_it_describes() -> None:
    """Page "Publish documentation using the API Gateway REST API": what OpenAPI knows, and every x-…."""
    parts = [
        DocumentationPart({"type": "API"}, {"x-bar": 1, "foo": 2, "info": {"description": "Better", "version": "9"}}),
        DocumentationPart({"type": "METHOD", "method": "GET"}, {"description": "Reads", "x-example": 3, "foo": 4}),
        DocumentationPart({"type": "METHOD", "method": "*"}, {"description": "Any", "summary": "Short"}),
        DocumentationPart({"type": "RESOURCE"}, {"description": "no", "x-bar": 5}),
        DocumentationPart({"type": "RESPONSE", "method": "*", "statusCode": "200"}, {"description": "Fine"}),
    ]
    definition = RestApiDefinition(
        {"name": "doc", "description": "Old"},
        {"/": {"GET": method(methodResponses={"200": {"statusCode": "200"}})}},
        documentation_parts=parts,
        documentation_version="1.0.0",
    )

    document = write(definition, Version.SWAGGER, frozenset({"documentation"}))
    assert document["info"] == {"title": "doc", "description": "Better", "version": "2026-01-01T00:00:00Z"}
    assert document["x-bar"] == 1
    assert "foo" not in document
    assert document["paths"]["/"] == {
        "get": {
            "summary": "Short",
            "description": "Reads",
            "responses": {"200": {"description": "Fine"}},
            "x-example": 3,
        },
        "x-bar": 5,
    }
    assert document["x-amazon-apigateway-documentation"]["version"] == "1.0.0"
    assert document["x-amazon-apigateway-documentation"]["documentationParts"][1] == {
        "location": {"type": "METHOD", "method": "GET"},
        "properties": {"description": "Reads", "x-example": 3, "foo": 4},
    }
