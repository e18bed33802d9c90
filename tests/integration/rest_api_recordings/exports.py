"""Exports of a documented API as AWS was recorded to make them (test_apigateway_extended.snapshot.json).

The document is one like the sample API PetStore: its methods have content types, models, headers and mock integrations.
"""

import json
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from tests.integration.rest_api_recordings.replay import Recordings, Step

_URI = "http://petstore.execute-api.<region>.amazonaws.com/petstore/pets"
_ORIGIN: Mapping[str, str] = MappingProxyType({"method.response.header.Access-Control-Allow-Origin": "'*'"})
_CORS: Mapping[str, str] = MappingProxyType(
    {
        "method.response.header.Access-Control-Allow-Methods": "'POST,GET,OPTIONS'",
        "method.response.header.Access-Control-Allow-Headers": "'Content-Type'",
        **_ORIGIN,
    }
)
_QUERY: Mapping[str, str] = MappingProxyType(
    {
        "integration.request.querystring.page": "method.request.querystring.page",
        "integration.request.querystring.type": "method.request.querystring.type",
    }
)
_PAGE = "<html>$context.stage</html>"
_DEFINITIONS: Mapping[str, Any] = MappingProxyType(
    {
        # By name: in which order AWS has them is not known (it was the document's).
        "Empty": {"type": "object"},
        "NewPet": {"type": "object", "properties": {"type": {"$ref": "#/definitions/PetType"}}},
        "Pet": {"type": "object", "properties": {"id": {"type": "integer"}, "type": {"type": "string"}}},
        "PetType": {"type": "string", "enum": ["dog", "cat"]},
        "Pets": {"type": "array", "items": {"$ref": "#/definitions/Pet"}},
    }
)


def _integration(kind: str, parameters: Mapping[str, str], **members: Any) -> dict[str, Any]:
    """Return an integration with its members in the order of exports."""
    where: dict[str, Any] = {name: members.pop(name) for name in ("httpMethod", "uri") if name in members}
    responses = {"default": {"statusCode": "200", "responseParameters": dict(parameters)}}
    return {"type": kind, **where, "responses": responses, **members, "passthroughBehavior": "when_no_match"}


def _mock(parameters: Mapping[str, str], templates: Mapping[str, str] = MappingProxyType({})) -> dict[str, Any]:
    made = _integration("mock", parameters, requestTemplates={"application/json": '{"statusCode": 200}'})
    if templates:
        made["responses"]["default"]["responseTemplates"] = dict(templates)
    return made


def _headers(*names: str, **members: str) -> dict[str, Any]:
    return {name: {"type": "string", **members} for name in names}


_ALLOW = ("Access-Control-Allow-Origin", "Access-Control-Allow-Methods", "Access-Control-Allow-Headers")
_OPERATIONS: Mapping[str, Mapping[str, Any]] = MappingProxyType(
    {
        "/": {
            "get": {
                "consumes": ["application/json"],
                "produces": ["text/html"],
                "responses": {"200": {"headers": ("Content-Type",)}},
                "integration": _mock({"method.response.header.Content-Type": "'text/html'"}, {"text/html": _PAGE}),
            }
        },
        "/pets": {
            "get": {
                "produces": ["application/json"],
                "parameters": [
                    {"name": "type", "in": "query", "required": False, "type": "string"},
                    {"name": "page", "in": "query", "required": False, "type": "string"},
                ],
                "responses": {"200": {"schema": "Pets", "headers": _ALLOW[:1]}},
                "integration": _integration(
                    "http", _ORIGIN, httpMethod="GET", uri=_URI, requestParameters=dict(_QUERY)
                ),
            },
            "post": {
                "operationId": "CreatePet",
                "consumes": ["application/json"],
                "produces": ["application/json"],
                "parameters": [
                    {"in": "body", "name": "NewPet", "required": True, "schema": {"$ref": "#/definitions/NewPet"}}
                ],
                "responses": {"200": {"schema": "Pet", "headers": _ALLOW[:1]}},
                "integration": _integration("http", _ORIGIN, httpMethod="POST", uri=_URI),
            },
            "options": {
                "consumes": ["application/json"],
                "produces": ["application/json"],
                "responses": {"200": {"schema": "Empty", "headers": _ALLOW}},
                "integration": _mock(_CORS),
            },
        },
    }
)


def _responses(response: Mapping[str, Any], text: str, **header: str) -> dict[str, Any]:
    schema = {"schema": {"$ref": f"#/definitions/{response['schema']}"}} if "schema" in response else {}
    return {"200": {"description": text, **schema, "headers": _headers(*response["headers"], **header)}}


def _operation(operation: Mapping[str, Any], *, is_document: bool, has_extensions: bool) -> dict[str, Any]:
    """Return an operation as the document has it, or as an export does: without what only describes it."""
    made = {name: member for name, member in operation.items() if name not in ("responses", "integration")}
    response = operation["responses"]["200"]
    if is_document:
        made |= {"tags": ["pets"], "summary": "about it"}
        made["responses"] = _responses(response, "Successful operation", description="about it")
    else:
        made["responses"] = _responses(response, "200 response")
    return {**made, "x-amazon-apigateway-integration": operation["integration"]} if has_extensions else made


def _paths(*, is_document: bool, has_extensions: bool) -> dict[str, Any]:
    return {
        path: {
            name: _operation(operation, is_document=is_document, has_extensions=has_extensions)
            for name, operation in operations.items()
        }
        for path, operations in _OPERATIONS.items()
    }


_DOCUMENT = json.dumps(
    {
        "swagger": "2.0",
        "info": {"description": "A sample", "title": "PetStore"},
        "schemes": ["https"],
        "paths": _paths(is_document=True, has_extensions=True),
        "definitions": dict(_DEFINITIONS),
    }
)


def _export(*, has_extensions: bool) -> Step:
    request = {"restApiId": "<api>", "stageName": "local", "exportType": "swagger"}
    return (
        "get_export",
        {**request, "parameters": {"extensions": "apigateway"}} if has_extensions else request,
        200,
        {
            "body": {
                "swagger": "2.0",
                "info": {"description": "A sample", "version": "<created>", "title": "PetStore"},
                "host": "<host-of-the-node>",
                "basePath": "/local",
                "schemes": ["https"],
                "paths": _paths(is_document=False, has_extensions=has_extensions),
                "definitions": _DEFINITIONS,
            },
            "contentDisposition": 'attachment; filename="swagger_<created>.json"',
            "contentType": "application/octet-stream",
        },
    )


RECORDINGS: Recordings = MappingProxyType(
    {
        "test_export_swagger_openapi[TEST_IMPORT_PETSTORE_SWAGGER]": (
            (
                "import_rest_api",
                {"body": _DOCUMENT, "failOnWarnings": True},
                201,
                {"id": "<api>", "name": "PetStore", "description": "A sample", ...: ...},
            ),
            ("create_deployment", {"restApiId": "<api>", "stageName": "local"}, 201, None),
            _export(has_extensions=False),
            _export(has_extensions=True),
        ),
    }
)
