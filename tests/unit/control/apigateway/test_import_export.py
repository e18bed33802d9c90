"""ImportRestApi, PutRestApi and GetExport in the "Amazon API Gateway REST API Reference"; the pages of the Developer
Guide that a test is about stand in it. Texts and forms are recorded of AWS."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.unit.control.apigateway.calls import INVOCATION, Calls

CASES = Path(__file__).parents[2] / "languages" / "openapi" / "cases"
MOCK = {
    "x-amazon-apigateway-integration": {
        "type": "mock",
        "requestTemplates": {"application/json": '{"statusCode": 200}'},
        "responses": {"default": {"statusCode": "200"}},
    },
    "responses": {"200": {"description": "200 response"}},
}


def body(**members: Any) -> bytes:
    base = {"openapi": "3.0.1", "info": {"title": "pets", "version": "1"}, "paths": {}}
    return json.dumps({**base, **members}).encode()


def imported(calls: Calls, **request: Any) -> str:
    return str(calls("ImportRestApi", **request)["id"])


def paths(calls: Calls, api_id: str) -> dict[str, list[str]]:
    resources = calls("GetResources", restApiId=api_id, limit=500)["items"]
    return {
        each["path"]: sorted(each.get("resourceMethods", {})) for each in sorted(resources, key=lambda r: r["path"])
    }


def method(calls: Calls, api_id: str, path: str, http_method: str) -> dict[str, Any]:
    resources = calls("GetResources", restApiId=api_id, limit=500)["items"]
    resource_id = next(each["id"] for each in resources if each["path"] == path)
    return calls("GetMethod", restApiId=api_id, resourceId=resource_id, httpMethod=http_method)


def deployed(calls: Calls, api_id: str) -> str:
    calls("CreateDeployment", restApiId=api_id, stageName="prod")
    return api_id


def export(calls: Calls, api_id: str, export_type: str = "swagger", **request: Any) -> dict[str, Any]:
    return calls("GetExport", restApiId=api_id, stageName="prod", exportType=export_type, **request)


def exported(calls: Calls, api_id: str, export_type: str = "swagger", extensions: str = "apigateway") -> Any:
    return json.loads(export(calls, api_id, export_type, parameters={"extensions": extensions})["body"])


def test_an_import_answers_with_the_api(calls: Calls) -> None:
    """Page "Develop REST APIs using OpenAPI in API Gateway"."""
    api = calls("ImportRestApi", body=(CASES / "library.swagger.json").read_bytes())

    assert api == {
        "apiKeySource": "HEADER",
        "apiStatus": "AVAILABLE",
        "binaryMediaTypes": ["image/png"],
        "createdDate": "2026-01-01T00:00:00Z",
        "description": "Books and who reads them",
        "disableExecuteApiEndpoint": False,
        "endpointConfiguration": {"ipAddressType": "ipv4", "types": ["EDGE"]},
        "id": api["id"],
        "minimumCompressionSize": 1024,
        "name": "Library",
        "rootResourceId": api["rootResourceId"],
        "securityPolicy": "TLS_1_0",
        "tags": {"team": "shelves"},
        "version": "1.2",
    }
    assert calls("GetRestApi", restApiId=api["id"]) == api


def test_an_import_makes_every_part(calls: Calls) -> None:
    """Page "OpenAPI extensions for API Gateway"."""
    api_id = imported(calls, body=(CASES / "library.swagger.json").read_bytes(), failOnWarnings=True)

    assert paths(calls, api_id) == {
        "/": ["GET"],
        "/books": ["GET", "POST"],
        "/books/{id}": [],
        "/books/{id}/{rest+}": ["ANY"],
    }
    models = calls("GetModels", restApiId=api_id)["items"]
    assert [model["name"] for model in models] == ["Book", "Books", "Failure", "MODELc70db7"]
    assert f"https://apigateway.amazonaws.com/restapis/{api_id}/models/Book" in models[1]["schema"]
    validators = {each["name"]: each["id"] for each in calls("GetRequestValidators", restApiId=api_id)["items"]}
    assert set(validators) == {"all", "none"}
    get = method(calls, api_id, "/", "GET")
    assert get["requestValidatorId"] == validators["all"]
    assert get["methodIntegration"] == {
        "cacheKeyParameters": [],
        "cacheNamespace": calls.root(api_id),
        "integrationResponses": {
            "200": {
                "statusCode": "200",
                "responseParameters": {"method.response.header.Content-Type": "'text/html'"},
                "responseTemplates": {"text/html": "<p>Books</p>"},
            }
        },
        "passthroughBehavior": "WHEN_NO_MATCH",
        "requestTemplates": {"application/json": '{"statusCode": 200}'},
        "timeoutInMillis": 29000,
        "type": "MOCK",
    }
    assert method(calls, api_id, "/books", "POST")["apiKeyRequired"] is True
    response = calls("GetGatewayResponse", restApiId=api_id, responseType="DEFAULT_4XX")
    assert response["responseParameters"] == {"gatewayresponse.header.Retry-After": "'5'"}
    parts = calls("GetDocumentationParts", restApiId=api_id)["items"]
    assert {"type": "MODEL", "name": "Book"} in [part["location"] for part in parts]


def test_parameters_of_an_import(calls: Calls) -> None:
    """Parameters of ImportRestApi: endpointConfigurationTypes, ignore=documentation, basepath."""
    parameters = {"endpointConfigurationTypes": "REGIONAL", "ignore": "documentation", "basepath": "prepend"}
    api = calls("ImportRestApi", body=(CASES / "library.swagger.json").read_bytes(), parameters=parameters)

    assert api["endpointConfiguration"]["types"] == ["REGIONAL"]
    assert calls("GetDocumentationParts", restApiId=api["id"])["items"] == []
    assert list(paths(calls, api["id"]))[:3] == ["/", "/v1", "/v1/library"]


SIBLING = "A sibling ({b}) of this resource already has a variable path part -- only one is allowed"
PATH_PART = (
    "Resource's path part only allow a-zA-Z0-9._-: or a valid greedy path variable and curly braces at the beginning "
    "and the end."
)
MAPS_NOTHING = {
    "type": "mock",
    "responses": {"default": {"statusCode": "200", "responseParameters": {"method.response.header.X": "'x'"}}},
}
MAPPING = (
    "Invalid mapping expression specified: Validation Result: warnings : [], errors : "
    "[Invalid mapping expression parameter specified: method.response.header.X]"
)
SERVERS = "More than one server provided. Ignoring all but the first for defining endpoint configuration"


@pytest.mark.parametrize(
    ("members", "lines"),
    [
        (
            {
                "paths": {
                    "/a": {"get": {**MOCK, "x-amazon-apigateway-integration": {"type": "http", "httpMethod": "GET"}}}
                }
            },
            ["\tUnable to put integration on 'GET' for resource at path '/a': Invalid HTTP endpoint specified for URI"],
        ),
        (
            {"paths": {"/a/{b}": {"get": MOCK}, "/a/{c}": {"get": MOCK}}},
            [f"\tUnable to create resource at path '/a/{{c}}': {SIBLING}"],
        ),
        (
            {
                "servers": [{"url": "/"}, {"url": "/"}],
                "paths": {
                    "/a b": {"get": MOCK},
                    "/c": {"get": {**MOCK, "x-amazon-apigateway-request-validator": "no"}},
                },
            },
            [
                f"\tUnable to create resource at path '/a b': {PATH_PART}",
                "\tUnable to put method 'GET' on resource at path '/c': Invalid Request Validator identifier specified",
                "Additionally, these warnings were found:",
                f"\t{SERVERS}",
            ],
        ),
        (
            {"paths": {"/a": {"get": {**MOCK, "x-amazon-apigateway-integration": MAPS_NOTHING}}}},
            [f"\tUnable to put integration response on 'GET' for resource at path '/a': {MAPPING}"],
        ),
        (
            {"x-amazon-apigateway-gateway-responses": {"TEAPOT": {}}},
            ["\tUnable to put gateway response 'TEAPOT': Invalid response type specified"],
        ),
    ],
)
def test_errors_of_an_import_are_listed(calls: Calls, members: dict[str, Any], lines: list[str]) -> None:
    """Page "Errors and warnings from importing your API into API Gateway": the new definition is discarded."""
    message = "\n".join(["Errors found during import:", *lines])
    assert calls.refusal("ImportRestApi", body=body(**members)) == ("BadRequestException", message)
    api_id = calls.api()
    assert calls.refusal("PutRestApi", restApiId=api_id, body=body(**members))[1] == message


def test_a_model_that_no_model_can_be_called_is_an_error(calls: Calls) -> None:
    """Recorded of AWS. Page "Data models for REST APIs in API Gateway"."""
    document = body(components={"schemas": {"body_1": {"type": "object"}, "a/b": {"type": "object"}}})

    assert calls.refusal("ImportRestApi", body=document)[1].splitlines() == [
        "Errors found during import:",
        "\tUnable to create model for 'body_1': Model name must be alphanumeric: body_1",
        "\tUnable to create model for 'a/b': Model name must be alphanumeric: a/b",
    ]


def test_warnings_are_answered_or_fail_the_import(calls: Calls) -> None:
    """Page "Errors and warnings from importing your API into API Gateway"."""
    document = body(servers=[{"url": "/"}, {"url": "/"}], paths={"/": {"get": MOCK}})

    assert calls("ImportRestApi", body=document)["warnings"] == [SERVERS]
    assert calls.refusal("ImportRestApi", body=document, failOnWarnings=True) == (
        "BadRequestException",
        f"Warnings found during import:\n\t{SERVERS}",
    )


@pytest.mark.parametrize("sent", [b"", b"text", b"{}", b'{"openapi": "3.1.0"}', b"\xff"])
def test_what_is_no_openapi_is_refused(calls: Calls, sent: bytes) -> None:
    """Page "Errors and warnings from importing your API into API Gateway"."""
    assert calls.refusal("ImportRestApi", body=sent) == ("BadRequestException", "Invalid OpenAPI input.")


def test_what_is_not_built_is_named(calls: Calls) -> None:
    """Page "x-amazon-apigateway-authorizer object"."""
    schemes = {"login": {"type": "apiKey", "x-amazon-apigateway-authorizer": {"type": "token"}}}
    code, message = calls.refusal("ImportRestApi", body=body(components={"securitySchemes": schemes}))

    assert code == "NotImplemented"
    assert "the authorizer of security scheme login" in message


def test_merging_keeps_what_the_document_does_not_have(calls: Calls) -> None:
    """Page "Update an existing API with an OpenAPI definition": mode=merge."""
    api_id = imported(calls, body=body(paths={"/a": {"get": MOCK, "put": MOCK}, "/b": {"get": MOCK}}))
    operation = {**MOCK, "operationId": "New"}

    document = body(paths={"/a": {"get": operation}, "/a/c": {"get": MOCK}}, info={"title": "new", "version": "2"})
    api = calls("PutRestApi", restApiId=api_id, mode="merge", body=document)

    assert (api["name"], api["version"], api["tags"]) == ("new", "2", {})
    assert paths(calls, api_id) == {"/": [], "/a": ["GET", "PUT"], "/a/c": ["GET"], "/b": ["GET"]}
    assert method(calls, api_id, "/a", "GET")["operationName"] == "New"


def test_overwriting_keeps_ids_stages_and_deployments_only(calls: Calls) -> None:
    """Page "Update an existing API with an OpenAPI definition": mode=overwrite."""
    api_id = calls.api(description="old", binaryMediaTypes=["image/png"])
    calls.mock(api_id, "/a/b")
    calls.mock(api_id, "/c")
    calls("CreateRequestValidator", restApiId=api_id, name="mine")
    kept = calls.resource(api_id, "/a")
    deployed(calls, api_id)

    api = calls("PutRestApi", restApiId=api_id, mode="overwrite", body=body(paths={"/a/{d}": {"get": MOCK}}))

    assert "description" not in api
    assert "binaryMediaTypes" not in api
    assert api["rootResourceId"] == calls.root(api_id)
    assert paths(calls, api_id) == {"/": [], "/a": [], "/a/{d}": ["GET"]}
    assert calls.resource(api_id, "/a") == kept
    assert calls("GetModels", restApiId=api_id)["items"] == []
    assert calls("GetRequestValidators", restApiId=api_id)["items"] == []
    assert list(exported(calls, api_id)["paths"]) == ["/a/b", "/c"]


def test_an_update_leaves_the_endpoint_configuration(calls: Calls) -> None:
    """Page "Import an OpenAPI file to update an existing API definition"."""
    api_id = calls.api(endpointConfiguration={"types": ["REGIONAL"], "ipAddressType": "dualstack"})
    extension = {"x-amazon-apigateway-endpoint-configuration": {"ipAddressType": "ipv4"}}

    api = calls("PutRestApi", restApiId=api_id, mode="overwrite", body=body(**extension))
    assert api["endpointConfiguration"] == {"types": ["REGIONAL"], "ipAddressType": "dualstack"}


def test_a_quota_is_an_error_of_its_own(calls: Calls) -> None:
    """Recorded of AWS: LimitExceededException of ImportRestApi for too many resources."""
    document = body(paths={f"/{number}": {"get": MOCK} for number in range(300)})

    code, message = calls.refusal("ImportRestApi", body=document)
    assert code == "LimitExceededException"
    assert message.startswith("Maximum number of Resources for this API has been reached.")


def test_another_mode_is_refused(calls: Calls) -> None:
    """PutRestApi: mode is merge or overwrite."""
    assert calls.refusal("PutRestApi", restApiId=calls.api(), mode="append", body=body())[0] == "BadRequestException"


def test_models_may_refer_to_each_other(calls: Calls) -> None:
    """Page "Data models for REST APIs in API Gateway"."""
    schemas = {
        "A": {"type": "object", "properties": {"b": {"$ref": "#/components/schemas/B"}}},
        "B": {"type": "object", "properties": {"a": {"$ref": "#/components/schemas/A"}}},
    }
    api_id = imported(calls, body=body(components={"schemas": schemas}), failOnWarnings=True)

    assert [model["name"] for model in calls("GetModels", restApiId=api_id)["items"]] == ["A", "B"]


@pytest.mark.parametrize(
    ("export_type", "accepts", "name"),
    [
        ("swagger", "application/json", "swagger_1.2.json"),
        ("oas30", "application/json", "oas30_1.2.json"),
        ("oas30", "application/yaml", "oas30_1.2.yaml"),
        ("oas30", "*/*", "oas30_1.2.json"),
    ],
)
def test_an_export_is_a_file(calls: Calls, export_type: str, accepts: str, name: str) -> None:
    """Page "Export a REST API from API Gateway"."""
    api_id = deployed(calls, imported(calls, body=(CASES / "library.swagger.json").read_bytes()))

    answer = export(calls, api_id, export_type, accepts=accepts)
    assert answer["contentType"] == "application/octet-stream"
    assert answer["contentDisposition"] == f'attachment; filename="{name}"'
    assert answer["body"].startswith(b"---\n" if accepts == "application/yaml" else b"{\n  ")


def test_a_version_cannot_break_out_of_the_header(calls: Calls) -> None:
    """Content-Disposition of GetExport; RFC 6266."""
    document = body(paths={"/": {"get": MOCK}}, info={"title": "t", "version": '1"\r\nX: é'})
    api_id = deployed(calls, imported(calls, body=document))

    assert export(calls, api_id)["contentDisposition"] == 'attachment; filename="swagger_1___X: _.json"'


@pytest.mark.parametrize(
    "request_members",
    [
        {"exportType": "raml"},
        {"exportType": "swagger", "accepts": "text/html"},
        {"exportType": "swagger", "parameters": {"extensions": "all"}},
    ],
)
def test_other_exports_are_refused(calls: Calls, request_members: dict[str, Any]) -> None:
    """GetExport: exportType, Accept, extensions."""
    api_id = deployed(calls, imported(calls, body=body(paths={"/": {"get": MOCK}})))

    code, _ = calls.refusal("GetExport", restApiId=api_id, stageName="prod", **request_members)
    assert code == "BadRequestException"


def test_a_document_is_put_in_one_of_two_modes(calls: Calls) -> None:
    """The text is that of moto's tests (test_apigateway_putrestapi.py)."""
    refusal = calls.refusal("PutRestApi", restApiId=calls.api(), mode="unknown", body=body())
    assert refusal == (
        "BadRequestException",
        'Enumeration value of OpenAPI import mode must be "overwrite" or "merge"',
    )


def test_what_is_not_there_cannot_be_exported(calls: Calls) -> None:
    """GetExport: NotFoundException. An unknown API is answered as in moto's tests (test_apigateway_export.py)."""
    no_stage = ("NotFoundException", "Invalid stage identifier specified")
    for api_id in ("none", calls.api()):
        for export_type in ("swagger", "raml"):
            assert calls.refusal("GetExport", restApiId=api_id, stageName="prod", exportType=export_type) == no_stage


def test_the_type_of_an_export_is_named_when_there_is_none_such(calls: Calls) -> None:
    """The text is that of moto's tests (test_apigateway_export.py)."""
    api_id = deployed(calls, imported(calls, body=body(paths={"/": {"get": MOCK}})))
    refusal = calls.refusal("GetExport", restApiId=api_id, stageName="prod", exportType="a")
    assert refusal == ("BadRequestException", "No API exporter for type 'a'")


def test_an_export_shows_what_the_stage_serves(calls: Calls) -> None:
    """GetExport: "Exports a deployed version of a RestApi"."""
    api_id = deployed(calls, imported(calls, body=body(paths={"/a": {"get": MOCK}})))
    calls("PutRestApi", restApiId=api_id, mode="overwrite", body=body(paths={"/b": {"get": MOCK}}))

    document = exported(calls, api_id, extensions="")
    assert document["host"] == f"{api_id}.execute-api.localhost:4566"
    assert document["basePath"] == "/prod"
    assert document["paths"] == {
        "/a": {"get": {"consumes": ["application/json"], "responses": {"200": {"description": "200 response"}}}}
    }


def test_an_export_shows_published_documentation(calls: Calls) -> None:
    """Page "Publish documentation using the API Gateway REST API"."""
    operation = {**MOCK, "description": "Reads"}
    api_id = deployed(calls, imported(calls, body=body(paths={"/a": {"get": operation}})))
    assert "description" not in exported(calls, api_id)["paths"]["/a"]["get"]

    calls("CreateDocumentationVersion", restApiId=api_id, documentationVersion="v1", stageName="prod")
    document = exported(calls, api_id)
    assert document["paths"]["/a"]["get"]["description"] == "Reads"
    assert document["x-amazon-apigateway-documentation"] == {
        "version": "v1",
        "createdDate": "2026-01-01T00:00:00Z",
        "documentationParts": [
            {
                "location": {"type": "METHOD", "path": "/a", "method": "GET"},
                "properties": {"description": "Reads"},
            }
        ],
    }


@pytest.mark.parametrize("export_type", ["swagger", "oas30"])
@pytest.mark.parametrize("accepts", ["application/json", "application/yaml"])
def test_an_api_made_by_calls_survives_export_and_import(calls: Calls, export_type: str, accepts: str) -> None:
    """Page "Export a REST API from API Gateway": import of an export gives the same API."""
    first = calls.api(version="1")
    where = calls.method(
        first,
        "/pets/{id}",
        "POST",
        apiKeyRequired=True,
        operationName="Feed",
        requestParameters={"method.request.path.id": True, "method.request.header.X-A": False},
        requestModels={"application/json": "Empty"},
    )
    calls("PutMethodResponse", **where, statusCode="200", responseModels={"application/json": "Error"})
    calls("PutIntegration", **where, type="AWS", integrationHttpMethod="POST", uri=INVOCATION)
    templates = {"application/json": "$input.body"}
    calls("PutIntegrationResponse", **where, statusCode="200", selectionPattern="a.*", responseTemplates=templates)
    deployed(calls, first)

    answer = export(calls, first, export_type, accepts=accepts, parameters={"extensions": "apigateway"})
    second = imported(calls, body=answer["body"], failOnWarnings=True)

    assert paths(calls, second) == paths(calls, first)
    before, after = method(calls, first, "/pets/{id}", "POST"), method(calls, second, "/pets/{id}", "POST")
    for each in (before, after):
        del each["methodIntegration"]["cacheNamespace"]
    assert after == before
