"""The sample of "Set up basic request validation in API Gateway" (API Gateway Developer Guide), in and out.

The page once had the definition as it is written, and has the exports of the API that AWS made of it since.
"""

from typing import Any

import pytest

from gatewright.languages.openapi.document import Version
from gatewright.languages.openapi.types import JsonObject
from gatewright.languages.openapi.write_rest_api import Deployed, write_rest_api
from tests.unit.languages.openapi.reading import read

DEPLOYED = Deployed("a1b2c3d4e5.execute-api.us-east-1.amazonaws.com", "v1", "2026-01-01T00:00:00Z")
PETS = "http://petstore-demo-endpoint.execute-api.com/petstore/pets"
HEADER = "test-method-response-header"
TEMPLATES = {"application/json": "json 400 response template", "application/xml": "xml 400 response template"}
RESPONSES = {
    r"2\d{2}": {"statusCode": "200"},
    "default": {
        "statusCode": "400",
        "responseParameters": {f"method.response.header.{HEADER}": "'static value'"},
        "responseTemplates": TEMPLATES,
    },
}
VALIDATORS = {
    "all": {"validateRequestBody": True, "validateRequestParameters": True},
    "params-only": {"validateRequestBody": False, "validateRequestParameters": True},
}


def integration(method: str, mapping: dict[str, str]) -> JsonObject:
    return {"type": "http", "uri": PETS, "httpMethod": method, "requestParameters": mapping, "responses": RESPONSES}


def operation(parameters: list[JsonObject], method: str, mapping: dict[str, str], **members: Any) -> JsonObject:
    return {
        "parameters": parameters,
        "responses": {
            "200": {
                "schema": {"type": "array", "items": {"$ref": "#/definitions/Error"}},
                "headers": {HEADER: {"type": "string"}},
            }
        },
        "security": [{"api_key": []}],
        "x-amazon-apigateway-auth": {"type": "none"},
        "x-amazon-apigateway-integration": integration(method, mapping),
        **members,
    }


SAMPLE: JsonObject = {
    "swagger": "2.0",
    "info": {"title": "ReqValidators Sample", "version": "1.0.0"},
    "basePath": "/v1",
    "produces": ["application/json"],
    "x-amazon-apigateway-request-validators": VALIDATORS,
    "x-amazon-apigateway-request-validator": "params-only",
    "paths": {
        "/validation": {
            "post": operation(
                [
                    {"in": "header", "name": "h1", "required": True},
                    {
                        "in": "body",
                        "name": "RequestBodyModel",
                        "required": True,
                        "schema": {"$ref": "#/definitions/RequestBodyModel"},
                    },
                ],
                "POST",
                {"integration.request.header.custom_h1": "method.request.header.h1"},
                **{"x-amazon-apigateway-request-validator": "all"},
            ),
            "get": operation(
                [{"name": "q1", "in": "query", "required": True}],
                "GET",
                {"integration.request.querystring.type": "method.request.querystring.q1"},
            ),
        }
    },
    "definitions": {
        "RequestBodyModel": {
            "type": "object",
            "properties": {
                "id": {"type": "integer"},
                "type": {"type": "string", "enum": ["dog", "cat", "fish"]},
                "name": {"type": "string"},
                "price": {"type": "number", "minimum": 25, "maximum": 500},
            },
            "required": ["type", "name", "price"],
        },
        "Error": {"type": "object", "properties": {}},
    },
}


def exported(version: Version, *extensions: str) -> JsonObject:
    return write_rest_api(read(SAMPLE), version, frozenset(extensions), DEPLOYED)


@pytest.mark.parametrize("version", list(Version))
def test_the_models_that_aws_exports(version: Version) -> None:
    document = exported(version, "apigateway")
    is_swagger = version is Version.SWAGGER
    pointers = "#/definitions/" if is_swagger else "#/components/schemas/"
    schemas = document["definitions"] if is_swagger else document["components"]["schemas"]
    assert schemas == {
        "RequestBodyModel": {
            "required": ["name", "price", "type"],
            "type": "object",
            "properties": SAMPLE["definitions"]["RequestBodyModel"]["properties"],
        },
        "ArrayOfError": {"type": "array", "items": {"$ref": f"{pointers}Error"}},
        "Error": {"type": "object"},
    }
    assert document["x-amazon-apigateway-request-validators"] == VALIDATORS


def test_the_operation_that_aws_exports_as_openapi_2() -> None:
    posted = exported(Version.SWAGGER, "apigateway")["paths"]["/validation"]["post"]
    assert posted == {
        "consumes": ["application/json"],
        "produces": ["application/json", "application/xml"],
        "parameters": [
            {"name": "h1", "in": "header", "required": True, "type": "string"},
            {
                "in": "body",
                "name": "RequestBodyModel",
                "required": True,
                "schema": {"$ref": "#/definitions/RequestBodyModel"},
            },
        ],
        "responses": {
            "200": {
                "description": "200 response",
                "schema": {"$ref": "#/definitions/ArrayOfError"},
                "headers": {HEADER: {"type": "string"}},
            }
        },
        "x-amazon-apigateway-request-validator": "all",
        "x-amazon-apigateway-integration": {
            **integration("POST", {"integration.request.header.custom_h1": "method.request.header.h1"}),
            "passthroughBehavior": "when_no_match",
        },
    }


def test_the_operation_that_aws_exports_as_openapi_3() -> None:
    got = exported(Version.OAS30, "apigateway")["paths"]["/validation"]["get"]
    assert got == {
        "parameters": [{"name": "q1", "in": "query", "required": True, "schema": {"type": "string"}}],
        "responses": {
            "200": {
                "description": "200 response",
                "headers": {HEADER: {"schema": {"type": "string"}}},
                "content": {"application/json": {"schema": {"$ref": "#/components/schemas/ArrayOfError"}}},
            }
        },
        "x-amazon-apigateway-request-validator": "params-only",
        "x-amazon-apigateway-integration": {
            **integration("GET", {"integration.request.querystring.type": "method.request.querystring.q1"}),
            "passthroughBehavior": "when_no_match",
        },
    }


def test_an_export_with_validators_alone() -> None:
    """ "Test basic request validation in API Gateway": `GET …/exports/swagger?extensions=validators`."""
    document = exported(Version.SWAGGER, "validators")
    assert document["x-amazon-apigateway-request-validators"] == VALIDATORS
    posted = document["paths"]["/validation"]["post"]
    assert posted["x-amazon-apigateway-request-validator"] == "all"
    assert "x-amazon-apigateway-integration" not in posted
