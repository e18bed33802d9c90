"""ImportApi, ReimportApi and ExportApi in the "API Gateway Version 2 API Reference"; the pages of the Developer Guide
are "Import an HTTP API" and "Export an HTTP API"."""

import json
from typing import Any

import pytest

from tests.unit.control.apigatewayv2.calls import INVOCATION, Calls

LAMBDA = {
    "type": "aws_proxy",
    "httpMethod": "POST",
    "uri": INVOCATION,
    "payloadFormatVersion": "2.0",
    "connectionType": "INTERNET",
}
GET = {"responses": {}, "x-amazon-apigateway-integration": LAMBDA}
MISSING = {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/ModelThatDoesNotExist"}}}}


def body(**members: Any) -> str:
    return json.dumps({"openapi": "3.0.1", "info": {"title": "pets", "version": "1"}, "paths": {}, **members})


def imported(calls: Calls, **members: Any) -> str:
    return str(calls("ImportApi", Body=body(**members))["ApiId"])


def route_keys(calls: Calls, api_id: str) -> list[str]:
    return sorted(route["RouteKey"] for route in calls("GetRoutes", ApiId=api_id)["Items"])


def exported(calls: Calls, api_id: str, **request: Any) -> Any:
    answer = calls("ExportApi", **{"ApiId": api_id, "Specification": "OAS30", "OutputType": "JSON", **request})
    return json.loads(answer["body"])


def test_an_import_answers_with_the_api(calls: Calls) -> None:
    cors = {"allowOrigins": ["https://example.com"], "maxAge": 5}
    api = calls("ImportApi", Body=body(**{"x-amazon-apigateway-cors": cors, "paths": {"/a": {"get": GET}}}))

    api_id = api["ApiId"]
    assert api == {
        "ApiEndpoint": f"http://{api_id}.execute-api.localhost:4566",
        "ApiId": api_id,
        "ApiKeySelectionExpression": "$request.header.x-api-key",
        "CorsConfiguration": {"AllowOrigins": ["https://example.com"], "MaxAge": 5},
        "CreatedDate": "2026-01-01T00:00:00Z",
        "DisableExecuteApiEndpoint": False,
        "IpAddressType": "ipv4",
        "Name": "pets",
        "ProtocolType": "HTTP",
        "RouteSelectionExpression": "$request.method $request.path",
        "Tags": {},
        "Version": "1",
    }
    assert calls("GetApi", ApiId=api_id) == api
    assert calls("GetStages", ApiId=api_id) == {"Items": []}


def test_an_import_makes_routes_and_integrations(calls: Calls) -> None:
    paths = {"/a": {"get": GET}, "/$default": {"x-amazon-apigateway-any-method": {**GET, "isDefaultRoute": True}}}
    api_id = imported(calls, paths=paths)

    assert route_keys(calls, api_id) == ["$default", "GET /a"]
    integrations = {each["IntegrationId"]: each for each in calls("GetIntegrations", ApiId=api_id)["Items"]}
    for route in calls("GetRoutes", ApiId=api_id)["Items"]:
        integration_id = route["Target"].removeprefix("integrations/")
        assert integrations[integration_id] == {
            "ConnectionType": "INTERNET",
            "IntegrationId": integration_id,
            "IntegrationMethod": "POST",
            "IntegrationType": "AWS_PROXY",
            "IntegrationUri": INVOCATION,
            "PayloadFormatVersion": "2.0",
            "TimeoutInMillis": 30000,
        }


def test_warnings_are_answered_or_fail_the_import(calls: Calls) -> None:
    """Text recorded of AWS."""
    document = body(paths={"/update": {"get": {**GET, "responses": {"200": MISSING}}}})
    warning = (
        "Parse issue: attribute paths.'/update'(get).responses.200.content.schema."
        "#/components/schemas/ModelThatDoesNotExist is missing"
    )

    assert calls("ImportApi", Body=document)["Warnings"] == [warning]
    error = calls.error("ImportApi", Body=document, FailOnWarnings=True)
    assert (error.code, error.message) == ("BadRequestException", f"Warnings found during import:\n\t{warning}")


def test_what_cannot_be_made_is_a_warning(calls: Calls) -> None:
    """Recorded of AWS for authorizers: the API is made without what cannot be made."""
    wrong = {"responses": {}, "x-amazon-apigateway-integration": {**LAMBDA, "type": "mock"}}
    api = calls("ImportApi", Body=body(paths={"/a": {"get": GET}, "/b": {"get": wrong}, "/{c": {"get": GET}}))

    assert [warning.partition(":")[0] for warning in api["Warnings"]] == [
        "Unable to create Integration 'GET /b'",
        "Unable to create Route 'GET /{c'",
    ]
    assert route_keys(calls, api["ApiId"]) == ["GET /a", "GET /b"]


@pytest.mark.parametrize("document", ["", "text", '{"swagger": "2.0"}', '{"openapi": "3.1.0"}'])
def test_what_is_no_openapi_3_is_refused(calls: Calls, document: str) -> None:
    error = calls.error("ImportApi", Body=document)

    assert (error.code, error.message) == ("BadRequestException", "Invalid OpenAPI input.")


def test_an_api_needs_a_name(calls: Calls) -> None:
    assert calls.error("ImportApi", Body=body(info={"version": "1"})).code == "BadRequestException"


def test_authorizers_are_not_built(calls: Calls) -> None:
    schemes = {"jwt": {"type": "oauth2", "x-amazon-apigateway-authorizer": {"type": "jwt"}}}
    error = calls.error("ImportApi", Body=body(components={"securitySchemes": schemes}))

    assert error.code == "NotImplemented"
    assert "the authorizer of security scheme jwt" in error.message


def test_a_reimport_replaces_all_but_stages(calls: Calls) -> None:
    api_id = calls.api(Description="old", CorsConfiguration={"AllowOrigins": ["*"]}, Tags={"a": "b"})
    calls.route(api_id, "GET /old", Target=f"integrations/{calls.integration(api_id)['IntegrationId']}")
    calls("CreateStage", ApiId=api_id, StageName="prod", AutoDeploy=True)
    first = calls("GetStage", ApiId=api_id, StageName="prod")["DeploymentId"]

    document = body(paths={"/new": {"get": GET}}, info={"title": "new", "version": "2"})
    api = calls("ReimportApi", ApiId=api_id, Body=document)

    assert (api["Name"], api["Version"], api["Tags"]) == ("new", "2", {"a": "b"})
    assert "Description" not in api
    assert "CorsConfiguration" not in api
    assert route_keys(calls, api_id) == ["GET /new"]
    assert len(calls("GetIntegrations", ApiId=api_id)["Items"]) == 1
    second = calls("GetStage", ApiId=api_id, StageName="prod")["DeploymentId"]
    assert second != first
    assert calls.deployed_routes(api_id, second) == ["GET /new"]


def test_a_reimport_that_fails_changes_nothing(calls: Calls) -> None:
    api_id = imported(calls, paths={"/a": {"get": GET}})
    document = body(paths={"/b": {"get": {**GET, "responses": {"200": MISSING}}}}, info={"title": "no", "version": "2"})

    calls.error("ReimportApi", ApiId=api_id, Body=document, FailOnWarnings=True)
    assert route_keys(calls, api_id) == ["GET /a"]
    assert calls("GetApi", ApiId=api_id)["Name"] == "pets"


def test_the_base_path_can_be_prepended(calls: Calls) -> None:
    """Page "Set the OpenAPI basePath property"."""
    document = body(servers=[{"url": "https://x.example/v1"}], paths={"/a": {"get": GET}})

    api_id = calls("ImportApi", Body=document, Basepath="prepend")["ApiId"]
    assert route_keys(calls, api_id) == ["GET /v1/a"]


def test_an_export_shows_the_configuration_or_a_stage(calls: Calls) -> None:
    """ExportApi: "If you don't specify stageName, a representation of the latest API configuration is exported"."""
    api_id = imported(calls, paths={"/a": {"get": GET}})
    calls("CreateStage", ApiId=api_id, StageName="prod")
    deployment_id = calls("CreateDeployment", ApiId=api_id)["DeploymentId"]
    calls("UpdateStage", ApiId=api_id, StageName="prod", DeploymentId=deployment_id)
    calls.route(api_id, "GET /b")

    assert list(exported(calls, api_id)["paths"]) == ["/a", "/b"]
    document = exported(calls, api_id, StageName="prod")
    assert list(document["paths"]) == ["/a"]
    assert document["servers"] == [
        {
            "url": f"http://{api_id}.execute-api.localhost:4566/{{basePath}}",
            "variables": {"basePath": {"default": "prod"}},
        }
    ]


def test_a_stage_that_serves_nothing_is_exported_empty(calls: Calls) -> None:
    api_id = imported(calls, paths={"/a": {"get": GET}})
    calls("CreateStage", ApiId=api_id, StageName="prod")

    assert exported(calls, api_id, StageName="prod")["paths"] == {}
    assert calls.error("ExportApi", ApiId=api_id, Specification="OAS30", OutputType="JSON", StageName="none").code == (
        "NotFoundException"
    )


@pytest.mark.parametrize(
    "request_members", [{"Specification": "OAS20"}, {"OutputType": "XML"}, {"ExportVersion": "2.0"}]
)
def test_other_exports_are_refused(calls: Calls, request_members: dict[str, str]) -> None:
    request = {"Specification": "OAS30", "OutputType": "JSON", **request_members}

    assert calls.error("ExportApi", ApiId=calls.api(), **request).code == "BadRequestException"


@pytest.mark.parametrize("output_type", ["JSON", "YAML"])
def test_an_api_survives_export_and_import(calls: Calls, output_type: str) -> None:
    first = calls.api(Target="https://example.com")
    target = f"integrations/{calls.integration(first, RequestParameters={'overwrite:path': '/x'})['IntegrationId']}"
    calls.route(first, "ANY /pets/{proxy+}", Target=target, OperationName="Pets")
    request = {"Specification": "OAS30", "OutputType": output_type, "StageName": "$default"}

    text = calls("ExportApi", ApiId=first, **request)["body"].decode()
    second = calls("ImportApi", Body=text, FailOnWarnings=True)["ApiId"]
    calls("CreateStage", ApiId=second, StageName="$default", AutoDeploy=True)

    again = calls("ExportApi", ApiId=second, **request)["body"].decode()
    assert again.replace(second, first) == text


def test_without_extensions_an_export_is_plain(calls: Calls) -> None:
    """ExportApi: includeExtensions."""
    api_id = imported(calls, paths={"/a": {"get": GET}})

    assert "x-amazon" not in json.dumps(exported(calls, api_id, IncludeExtensions=False))
