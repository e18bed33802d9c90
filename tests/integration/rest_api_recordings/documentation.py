"""Documentation parts as AWS was recorded to answer about them (test_apigateway_api.snapshot.json)."""

import json
from types import MappingProxyType
from typing import Any

from tests.integration.rest_api_recordings.methods import MADE
from tests.integration.rest_api_recordings.replay import (
    Recordings,
    Step,
    Unordered,
    bad_request,
    invalid,
    not_found,
    patch,
)

_SAMPLE = '{ "description": "Sample API description" }'
_UPDATED = '{ "description": "Updated Sample API description" }'
_NO_API = not_found("Invalid API identifier specified <account>:api_id")
_NO_PART = not_found("Invalid Documentation part identifier specified")


def _part(description: str = "Sample API description") -> dict[str, Any]:
    return {"id": "<part>", "location": {"type": "API"}, "properties": {"description": description}}


def _create(api: str = "<api>", kind: str = "API") -> tuple[str, dict[str, Any]]:
    return "create_documentation_part", {"restApiId": api, "location": {"type": kind}, "properties": _SAMPLE}


def _at(operation: str, api: str = "<api>", part: str = "<part>", **members: Any) -> tuple[str, dict[str, Any]]:
    return operation, {"restApiId": api, "documentationPartId": part, **members}


def _update(op: str, path: str, api: str = "<api>") -> tuple[str, dict[str, Any]]:
    return _at("update_documentation_part", api, patchOperations=patch((op, path, _UPDATED)))


_MADE: tuple[Step, ...] = (MADE, (*_create(), 201, _part()))
_NO_IMPORTER = bad_request("Unable to build importer with provided input.")

_PARTS: tuple[tuple[dict[str, str], dict[str, Any]], ...] = (
    ({"type": "API"}, {"description": "API description", "info": {"description": "about it", "version": "3"}}),
    ({"type": "METHOD", "method": "GET"}, {"description": "Method description."}),
    ({"type": "MODEL", "name": "Empty"}, {"title": "Empty Schema"}),
    ({"type": "RESPONSE", "method": "GET", "statusCode": "200"}, {"description": "200 response"}),
)
_DOCUMENT = json.dumps(
    {
        "openapi": "3.0.0",
        "info": {"description": "description", "version": "1", "title": "doc"},
        "paths": {"/": {"get": {"description": "Method description.", "responses": {"200": {"description": "d"}}}}},
        "x-amazon-apigateway-documentation": {
            "version": "1.0.3",
            "documentationParts": [{"location": where, "properties": what} for where, what in _PARTS],
        },
    }
)


def _listed(first: int) -> list[dict[str, Any]]:
    """Return the parts as they are listed: a method without a path is one of `/`."""
    return [
        {
            "id": f"<part-{first + number}>",
            "location": {**where, "path": "/"} if "method" in where else where,
            "properties": what,
        }
        for number, (where, what) in enumerate(_PARTS)
    ]


RECORDINGS: Recordings = MappingProxyType(
    {
        "test_doc_parts_crud_no_api": (
            (*_create("api_id"), *_NO_API),
            ("get_documentation_parts", {"restApiId": "api_id"}, *_NO_API),
        ),
        "test_documentation_part_lifecycle": (
            *_MADE,
            (*_at("get_documentation_part"), 200, _part()),
            ("get_documentation_parts", {"restApiId": "<api>"}, 200, {"items": [_part()]}),
            (*_update("replace", "/properties"), 200, _part("Updated Sample API description")),
            (*_at("get_documentation_part"), 200, _part("Updated Sample API description")),
            (*_at("delete_documentation_part"), 202, {}),
        ),
        "test_invalid_get_documentation_part": (
            *_MADE,
            (*_at("get_documentation_part", "api_id"), *_NO_PART),
            (*_at("get_documentation_part", part="documentation_part_id"), *_NO_PART),
        ),
        "test_invalid_update_documentation_part": (
            *_MADE,
            (*_update("replace", "/properties", "api_id"), *_NO_PART),
            (
                *_update("add", "/properties"),
                *bad_request(
                    "Invalid patch path  '/properties' specified for op 'add'. Please choose supported operations"
                ),
            ),
            (
                *_update("replace", "/invalidPath"),
                *bad_request(
                    "Invalid patch path  '/invalidPath' specified for op 'replace'. Must be one of: [/properties]"
                ),
            ),
        ),
        "test_invalid_create_documentation_part_operations": (
            MADE,
            (
                *_create(kind="INVALID"),
                *invalid(
                    "1 validation error detected: Value 'INVALID' at 'createDocumentationPartInput.location.type' "
                    "failed to satisfy constraint: Member must satisfy enum value set: [RESPONSE_BODY, RESPONSE, "
                    "METHOD, MODEL, AUTHORIZER, RESPONSE_HEADER, RESOURCE, PATH_PARAMETER, REQUEST_BODY, "
                    "QUERY_PARAMETER, API, REQUEST_HEADER]"
                ),
            ),
        ),
        "test_invalid_delete_documentation_part": (
            *_MADE,
            (*_at("delete_documentation_part", "api_id"), *_NO_API),
            (*_at("delete_documentation_part"), 202, {}),
            (*_at("delete_documentation_part"), *_NO_PART),
        ),
        "test_import_documentation_parts": (
            ("import_rest_api", {"body": _DOCUMENT, "failOnWarnings": True}, 201, {"id": "<api>", ...: ...}),
            ("get_documentation_parts", {"restApiId": "<api>"}, 200, {"items": Unordered(_listed(0))}),
            (
                "import_documentation_parts",
                {"restApiId": "<api>", "mode": "overwrite", "body": _DOCUMENT},
                200,
                {"ids": ["<part-4>", "<part-5>", "<part-6>", "<part-7>"]},
            ),
            ("get_documentation_parts", {"restApiId": "<api>"}, 200, {"items": Unordered(_listed(4))}),
        ),
        "test_import_documentation_parts_bad_file": (
            MADE,
            (
                "import_documentation_parts",
                {"restApiId": "<api>", "mode": "overwrite", "body": "not: [valid"},
                *_NO_IMPORTER,
            ),
            (
                "import_documentation_parts",
                {"restApiId": "<api>", "mode": "overwrite", "body": json.dumps({"not": "a definition"})},
                *_NO_IMPORTER,
            ),
        ),
    }
)
