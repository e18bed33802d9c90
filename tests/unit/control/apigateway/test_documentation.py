"""Documentation parts and versions: "Representation of API documentation in API Gateway", "Import API documentation";
recorded answers of AWS.
"""

import json
from typing import Any

import pytest

from tests.unit.control.apigateway.calls import Calls

NO_PART = ("NotFoundException", "Invalid Documentation part identifier specified")
NO_API = ("NotFoundException", "Invalid API identifier specified 123456789012:api_id")
NO_VERSION = ("NotFoundException", "Invalid Documentation version specified")
TEXT = '{"description":"d"}'


def part(calls: Calls, api_id: str, properties: str = TEXT, **location: str) -> dict[str, Any]:
    return calls("CreateDocumentationPart", restApiId=api_id, location=location, properties=properties)


def test_life_of_a_documentation_part(calls: Calls, api_id: str) -> None:
    created = part(calls, api_id, type="API")
    assert created == {"id": created["id"], "location": {"type": "API"}, "properties": TEXT}
    where = {"restApiId": api_id, "documentationPartId": created["id"]}
    assert calls("GetDocumentationPart", **where) == created
    assert calls("GetDocumentationParts", restApiId=api_id) == {"items": [created]}
    changed = calls.patch("UpdateDocumentationPart", ("replace", "/properties", '{"a":1}'), **where)
    assert changed == {**created, "properties": '{"a":1}'}
    assert calls("DeleteDocumentationPart", **where) == {}
    for operation in ("GetDocumentationPart", "UpdateDocumentationPart", "DeleteDocumentationPart"):
        assert calls.refusal(operation, **where) == NO_PART


def test_documentation_of_an_api_that_is_not_there(calls: Calls) -> None:
    create = {"location": {"type": "API"}, "properties": TEXT}
    assert calls.refusal("CreateDocumentationPart", restApiId="api_id", **create) == NO_API
    assert calls.refusal("GetDocumentationParts", restApiId="api_id") == NO_API
    where = {"restApiId": "api_id", "documentationPartId": "abc"}
    assert calls.refusal("DeleteDocumentationPart", **where) == NO_API
    assert calls.refusal("GetDocumentationPart", **where) == NO_PART
    assert calls.refusal("UpdateDocumentationPart", **where) == NO_PART


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            ("add", "/properties", "{}"),
            "Invalid patch path  '/properties' specified for op 'add'. Please choose supported operations",
        ),
        (
            ("replace", "/invalidPath", "x"),
            "Invalid patch path  '/invalidPath' specified for op 'replace'. Must be one of: [/properties]",
        ),
        (("replace", "/properties", ""), "Documentation part properties must be non-empty"),
        (("replace", "/properties", "[]"), "Documentation part properties must be a JSON object"),
    ],
)
def test_what_cannot_be_changed(calls: Calls, api_id: str, change: tuple[str, ...], message: str) -> None:
    where = {"restApiId": api_id, "documentationPartId": part(calls, api_id, type="API")["id"]}
    assert calls.patch_refusal("UpdateDocumentationPart", change, **where) == ("BadRequestException", message)


@pytest.mark.parametrize(
    "location",
    [
        {"type": "AUTHORIZER", "name": "a"},
        {"type": "MODEL", "name": "Pet"},
        {"type": "RESOURCE", "path": "/pets"},
        {"type": "METHOD"},
        {"type": "METHOD", "path": "/pets", "method": "GET"},
        {"type": "PATH_PARAMETER", "path": "/pets", "method": "GET", "name": "id"},
        {"type": "REQUEST_BODY", "path": "/pets", "method": "POST"},
        {"type": "RESPONSE", "path": "/pets", "method": "GET", "statusCode": "200"},
        {"type": "RESPONSE_HEADER", "path": "/pets", "method": "GET", "statusCode": "200", "name": "X"},
        {"type": "RESPONSE_BODY", "statusCode": "200"},
    ],
)
def test_locations(calls: Calls, api_id: str, location: dict[str, str]) -> None:
    made = part(calls, api_id, **location)["location"]
    assert made.items() >= location.items()
    create = {"restApiId": api_id, "location": location, "properties": TEXT}
    assert calls.refusal("CreateDocumentationPart", **create)[0] == "ConflictException"


@pytest.mark.parametrize(
    ("location", "message"),
    [
        ({"type": "API", "path": "/"}, "[Location type: API cannot have path, method, statusCode or name defined.]"),
        ({"type": "MODEL", "name": "a", "path": "/"}, "[Location type: MODEL cannot have path, method or statusCode"),
        ({"type": "METHOD", "name": "a"}, "[Location type: METHOD cannot have statusCode or name defined.]"),
        ({"type": "RESPONSE", "name": "a"}, "[Location type: RESPONSE cannot have name defined.]"),
        ({"type": "MODEL"}, "[Location type: MODEL must have name defined.]"),
    ],
)
def test_locations_that_are_none(calls: Calls, api_id: str, location: dict[str, str], message: str) -> None:
    code, text = calls.refusal("CreateDocumentationPart", restApiId=api_id, location=location, properties=TEXT)
    assert code == "BadRequestException"
    assert text.startswith(message)


def test_a_location_is_documented_once(calls: Calls, api_id: str) -> None:
    # The defaults of path, method and status code are `/`, `*` and `*`.
    part(calls, api_id, type="API")
    create = {"restApiId": api_id, "location": {"type": "API"}, "properties": TEXT}
    assert calls.refusal("CreateDocumentationPart", **create) == (
        "ConflictException",
        "Documentation part already exists for the specified location: type 'API'",
    )
    assert part(calls, api_id, type="METHOD")["location"] == {"type": "METHOD", "path": "/", "method": "*"}
    same = {"type": "METHOD", "path": "/", "method": "*"}
    assert calls.refusal("CreateDocumentationPart", **{**create, "location": same})[0] == "ConflictException"


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"type": "METHOD"}, 1),
        ({"path": "/pets"}, 2),
        ({"nameQuery": "Pet"}, 1),
        ({"type": "MODEL", "path": "/pets"}, 0),
        ({"locationStatus": "DOCUMENTED"}, 3),
    ],
)
def test_parts_are_listed_by_location(calls: Calls, api_id: str, query: dict[str, str], expected: int) -> None:
    part(calls, api_id, type="MODEL", name="Pet")
    part(calls, api_id, type="RESOURCE", path="/pets")
    part(calls, api_id, type="METHOD", path="/pets", method="GET")
    assert len(calls("GetDocumentationParts", restApiId=api_id, **query)["items"]) == expected


def test_what_is_undocumented(calls: Calls, api_id: str) -> None:
    # GetDocumentationParts, `locationStatus`.
    where = calls.method(
        api_id,
        "/pets",
        "GET",
        requestParameters={"method.request.querystring.page": True, "method.request.header.X-Id": False},
        requestModels={"application/json": "Empty"},
    )
    calls(
        "PutMethodResponse",
        **where,
        statusCode="200",
        responseParameters={"method.response.header.Link": True},
        responseModels={"application/json": "Empty"},
    )
    part(calls, api_id, type="API")
    part(calls, api_id, type="METHOD", path="/pets", method="GET")
    items = calls("GetDocumentationParts", restApiId=api_id, locationStatus="UNDOCUMENTED")["items"]
    assert all(item.keys() == {"location"} for item in items)
    assert [item["location"]["type"] for item in items] == [
        "MODEL",
        "MODEL",
        "QUERY_PARAMETER",
        "REQUEST_BODY",
        "REQUEST_HEADER",
        "RESOURCE",
        "RESOURCE",
        "RESPONSE",
        "RESPONSE_BODY",
        "RESPONSE_HEADER",
    ]
    assert items[-1]["location"] == {
        "type": "RESPONSE_HEADER",
        "path": "/pets",
        "method": "GET",
        "statusCode": "200",
        "name": "Link",
    }


def import_parts(calls: Calls, api_id: str, parts: list[Any], **request: Any) -> dict[str, Any]:
    document = {
        "openapi": "3.0.0",
        "info": {"title": "pets", "version": "1"},
        "paths": {},
        "x-amazon-apigateway-documentation": {"version": "1.0.3", "documentationParts": parts},
    }
    return calls("ImportDocumentationParts", restApiId=api_id, body=json.dumps(document).encode(), **request)


API_PART = {"location": {"type": "API"}, "properties": {"description": "new", "info": {"version": "3"}}}
GET_PART = {"location": {"type": "METHOD", "path": "/", "method": "GET"}, "properties": {"description": "m"}}


def test_import_merges(calls: Calls, api_id: str) -> None:
    existing = part(calls, api_id, '{"description":"old","summary":"kept"}', type="API")
    imported = import_parts(calls, api_id, [API_PART, GET_PART], mode="merge")
    assert imported.keys() == {"ids"}
    assert imported["ids"][0] == existing["id"]
    parts = calls("GetDocumentationParts", restApiId=api_id, type="API")["items"]
    assert json.loads(parts[0]["properties"]) == {"description": "new", "summary": "kept", "info": {"version": "3"}}
    assert len(calls("GetDocumentationParts", restApiId=api_id)["items"]) == 2


def test_import_overwrites(calls: Calls, api_id: str) -> None:
    existing = part(calls, api_id, type="MODEL", name="Pet")
    imported = import_parts(calls, api_id, [API_PART, GET_PART], mode="overwrite")
    items = calls("GetDocumentationParts", restApiId=api_id)["items"]
    assert sorted(item["id"] for item in items) == sorted(imported["ids"])
    assert existing["id"] not in imported["ids"]


def test_warnings_of_an_import(calls: Calls, api_id: str) -> None:
    wrong = {"location": {"type": "API", "path": "/"}, "properties": {}}
    unknown = {"location": {"type": "PLANET"}, "properties": {}}
    imported = import_parts(calls, api_id, [wrong, unknown, GET_PART])
    assert len(imported["ids"]) == 1
    assert imported["warnings"] == [
        "[Location type: API cannot have path, method, statusCode or name defined.]",
        "[Location type: PLANET is invalid.]",
    ]
    before = calls("GetDocumentationParts", restApiId=api_id)
    body = json.dumps(
        {"swagger": "2.0", "x-amazon-apigateway-documentation": {"documentationParts": [API_PART, wrong]}}
    ).encode()
    refused = calls.refusal("ImportDocumentationParts", restApiId=api_id, body=body, failOnWarnings=True)
    assert refused[0] == "BadRequestException"
    assert calls("GetDocumentationParts", restApiId=api_id) == before
    refused = calls.refusal("ImportDocumentationParts", restApiId=api_id, body=b"no document")
    # Recorded of AWS (localstack, test_import_documentation_parts_bad_file).
    assert refused == ("BadRequestException", "Unable to build importer with provided input.")


def test_life_of_a_documentation_version(calls: Calls, api_id: str) -> None:
    first = part(calls, api_id, type="API")
    where = {"restApiId": api_id, "documentationVersion": "v1"}
    created = calls("CreateDocumentationVersion", **where)
    assert created == {"version": "v1", "createdDate": "2026-01-01T00:00:00Z"}
    part(calls, api_id, type="MODEL", name="Pet")
    kept = calls.contexts.document("apigateway", "documentationversion", f"{api_id}/v1")
    assert kept is not None
    assert kept["documentationParts"] == [first]
    changed = calls.patch("UpdateDocumentationVersion", ("replace", "/description", "new"), **where)
    assert changed == {**created, "description": "new"}
    assert calls("GetDocumentationVersion", **where) == changed
    assert calls("GetDocumentationVersions", restApiId=api_id) == {"items": [changed]}
    assert calls.refusal("CreateDocumentationVersion", **where)[0] == "ConflictException"
    calls("DeleteDocumentationVersion", **where)
    for operation in ("GetDocumentationVersion", "UpdateDocumentationVersion", "DeleteDocumentationVersion"):
        assert calls.refusal(operation, **where) == NO_VERSION


def test_a_version_is_published_on_a_stage(calls: Calls, api_id: str) -> None:
    # CreateDocumentationVersion, `stageName`; "Publish documentation".
    calls.mock(api_id)
    calls("CreateDeployment", restApiId=api_id, stageName="dev")
    where = {"restApiId": api_id, "documentationVersion": "v1"}
    calls("CreateDocumentationVersion", **where, stageName="dev")
    stage = {"restApiId": api_id, "stageName": "dev"}
    assert calls("GetStage", **stage)["documentationVersion"] == "v1"
    calls("CreateDocumentationVersion", restApiId=api_id, documentationVersion="v2")
    changed = calls.patch("UpdateStage", ("replace", "/documentationVersion", "v2"), **stage)
    assert changed["documentationVersion"] == "v2"
    assert calls.patch_refusal("UpdateStage", ("replace", "/documentationVersion", "v3"), **stage) == NO_VERSION
    calls("DeleteDocumentationVersion", restApiId=api_id, documentationVersion="v2")
    assert "documentationVersion" not in calls("GetStage", **stage)
    refused = calls.refusal("CreateDocumentationVersion", restApiId=api_id, documentationVersion="v4", stageName="x")
    assert refused == ("NotFoundException", "Invalid stage identifier specified")


def test_two_thousand_parts_per_api(calls: Calls, api_id: str) -> None:
    # "Quotas for configuring and running a REST API in API Gateway".
    parts = [{"location": {"type": "MODEL", "name": f"M{number}"}, "properties": {}} for number in range(2000)]
    assert len(import_parts(calls, api_id, parts)["ids"]) == 2000
    create = {"restApiId": api_id, "location": {"type": "API"}, "properties": TEXT}
    assert calls.refusal("CreateDocumentationPart", **create)[0] == "LimitExceededException"
