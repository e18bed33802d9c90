"""APIs, as the "API Gateway Version 2 API Reference" describes the Api resource."""

from dataclasses import replace
from typing import Any

import pytest

from gatewright.control.apigatewayv2.apis import get_api
from tests.unit.control.apigatewayv2.calls import Calls


def test_create_api_answers_with_the_defaults(calls: Calls) -> None:
    api = calls("CreateApi", Name="pets", ProtocolType="HTTP")

    api_id = api["ApiId"]
    assert api == {
        "ApiEndpoint": f"http://{api_id}.execute-api.localhost:4566",
        "ApiId": api_id,
        "ApiKeySelectionExpression": "$request.header.x-api-key",
        "CreatedDate": "2026-01-01T00:00:00Z",
        "DisableExecuteApiEndpoint": False,
        "IpAddressType": "ipv4",
        "Name": "pets",
        "ProtocolType": "HTTP",
        "RouteSelectionExpression": "$request.method $request.path",
        "Tags": {},
    }
    assert len(api_id) == 10
    assert calls("GetApi", ApiId=api_id) == api
    assert calls("GetApis") == {"Items": [api]}


def test_create_api_keeps_what_it_is_given(calls: Calls) -> None:
    given: dict[str, Any] = {
        "Name": "pets",
        "Description": "All about pets",
        "Version": "v1",
        "DisableExecuteApiEndpoint": True,
        "IpAddressType": "dualstack",
        "CorsConfiguration": {"AllowOrigins": ["https://example.com"], "MaxAge": 300},
        "Tags": {"team": "a"},
        "RouteSelectionExpression": "${request.method} ${request.path}",
    }
    api = calls("CreateApi", ProtocolType="HTTP", **given)
    assert {name: api[name] for name in given} == given


def test_endpoint_is_where_the_node_listens_now(calls: Calls, api_id: str) -> None:
    elsewhere = replace(calls.context, node=replace(calls.context.node, execute_api_url="http://{api_id}.other:80"))
    assert get_api(elsewhere, {"ApiId": api_id})["ApiEndpoint"] == f"http://{api_id}.other:80"


def test_update_api_changes_only_what_is_sent(calls: Calls) -> None:
    api_id = calls.api(Description="old", Version="1", Tags={"team": "a"})
    before = calls("GetApi", ApiId=api_id)

    updated = calls("UpdateApi", ApiId=api_id, Name="cats", DisableExecuteApiEndpoint=True)

    assert updated == {**before, "Name": "cats", "DisableExecuteApiEndpoint": True}
    assert calls("GetApi", ApiId=api_id) == updated


def test_an_empty_string_clears_description_and_version(calls: Calls) -> None:
    api_id = calls.api(Description="old", Version="1")
    updated = calls("UpdateApi", ApiId=api_id, Description="", Version="")
    assert "Description" not in updated
    assert "Version" not in updated


def test_delete_api_takes_everything_with_it(calls: Calls) -> None:
    api_id = calls.api(Target=calls_target())
    other = calls.api(Target=calls_target())
    calls("DeleteApi", ApiId=api_id)

    assert calls.error("GetApi", ApiId=api_id).code == "NotFoundException"
    with calls.contexts.store.read() as reader:
        left = [
            key.id
            for kind in ("api", "route", "integration", "stage", "deployment", "deployed-routes")
            for key, _ in reader.scan("apigatewayv2", kind)
        ]
    assert len(left) == 6
    assert all(identifier.startswith(other) for identifier in left)


def calls_target() -> str:
    return "https://example.com"


@pytest.mark.parametrize(
    ("operation", "request_members"),
    [
        ("GetApi", {}),
        ("UpdateApi", {"Name": "x"}),
        ("DeleteApi", {}),
        ("DeleteCorsConfiguration", {}),
        ("CreateRoute", {"RouteKey": "GET /"}),
        ("GetRoute", {"RouteId": "abc"}),
        ("GetRoutes", {}),
        ("UpdateRoute", {"RouteId": "abc"}),
        ("DeleteRoute", {"RouteId": "abc"}),
        ("CreateIntegration", {"IntegrationType": "AWS_PROXY"}),
        ("GetIntegration", {"IntegrationId": "abc"}),
        ("GetIntegrations", {}),
        ("UpdateIntegration", {"IntegrationId": "abc"}),
        ("DeleteIntegration", {"IntegrationId": "abc"}),
        ("CreateStage", {"StageName": "prod"}),
        ("GetStage", {"StageName": "prod"}),
        ("GetStages", {}),
        ("UpdateStage", {"StageName": "prod"}),
        ("DeleteStage", {"StageName": "prod"}),
        ("DeleteRouteSettings", {"StageName": "prod", "RouteKey": "GET /"}),
        ("DeleteAccessLogSettings", {"StageName": "prod"}),
        ("CreateDeployment", {}),
        ("GetDeployments", {}),
        ("DeleteDeployment", {"DeploymentId": "abc"}),
    ],
)
def test_an_unknown_api_is_not_found(calls: Calls, operation: str, request_members: dict[str, Any]) -> None:
    error = calls.error(operation, ApiId="nosuchapi1", **request_members)
    assert (error.code, error.status) == ("NotFoundException", 404)
    assert error.message == "Invalid API identifier specified 123456789012:nosuchapi1"


@pytest.mark.parametrize("where", [{"account_id": "210987654321"}, {"region": "eu-west-1"}])
def test_an_api_of_another_account_or_region_is_not_found(calls: Calls, api_id: str, where: dict[str, str]) -> None:
    calls.context = calls.contexts.context(**where)
    assert calls.error("GetApi", ApiId=api_id).code == "NotFoundException"
    assert calls("GetApis") == {"Items": []}


def test_ids_with_a_slash_name_nothing(calls: Calls) -> None:
    api_id = calls.api(Target=calls_target())
    route_id = calls("GetRoutes", ApiId=api_id)["Items"][0]["RouteId"]
    other = calls.api()
    assert calls.error("GetRoute", ApiId=other, RouteId=f"../{api_id}/{route_id}").status == 404
    assert calls.error("GetDeployment", ApiId=f"{api_id}/x", DeploymentId="y").status == 404


@pytest.mark.parametrize(
    ("members", "message"),
    [
        ({"Name": ""}, "Name must be between 1 and 128 characters long"),
        ({"Name": "n" * 129}, "Name must be between 1 and 128 characters long"),
        ({"Description": "d" * 1025}, "Description must be between 0 and 1024 characters long"),
        ({"Version": "v" * 65}, "Version must be between 0 and 64 characters long"),
        ({"DisableSchemaValidation": True}, "DisableSchemaValidation is supported only for WebSocket APIs"),
        (
            {"RouteSelectionExpression": "$request.body.action"},
            "Invalid RouteSelectionExpression specified for protocol type HTTP: $request.body.action",
        ),
        (
            {"ApiKeySelectionExpression": "$request.body.key"},
            "Invalid ApiKeySelectionExpression specified for protocol type HTTP: $request.body.key",
        ),
        ({"RouteKey": "GET /"}, "RouteKey is part of quick create and needs a Target"),
        ({"CredentialsArn": "arn:aws:iam::1:role/x"}, "CredentialsArn is part of quick create and needs a Target"),
    ],
)
def test_create_api_refuses(calls: Calls, members: dict[str, Any], message: str) -> None:
    error = calls.error("CreateApi", **{"Name": "pets", "ProtocolType": "HTTP", **members})
    assert (error.code, error.message) == ("BadRequestException", message)


def test_false_and_empty_options_are_no_options(calls: Calls) -> None:
    # Terraform sends the defaults of both kinds of API.
    api = calls(
        "CreateApi",
        Name="pets",
        ProtocolType="HTTP",
        DisableSchemaValidation=False,
        ApiKeySelectionExpression="$request.header.x-api-key",
        Description="",
        Version="",
        CorsConfiguration={},
    )
    assert not {"DisableSchemaValidation", "Description", "Version", "CorsConfiguration"} & api.keys()


def test_websocket_apis_are_not_built(calls: Calls) -> None:
    error = calls.error("CreateApi", Name="chat", ProtocolType="WEBSOCKET")
    assert (error.code, error.status) == ("NotImplemented", 501)
    assert "ProtocolType WEBSOCKET" in error.message
