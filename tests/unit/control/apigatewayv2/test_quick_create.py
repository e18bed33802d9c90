"""Quick create: Target, RouteKey and CredentialsArn of CreateApi and UpdateApi in the API reference."""

from typing import Any

import pytest

from tests.unit.control.apigatewayv2.calls import FUNCTION, INVOCATION, Calls


@pytest.mark.parametrize("target", [FUNCTION, INVOCATION])
def test_a_function_gets_an_integration_a_route_and_a_stage(calls: Calls, target: str) -> None:
    api_id = calls.api(Target=target)

    [integration] = calls("GetIntegrations", ApiId=api_id)["Items"]
    assert integration == {
        "ApiGatewayManaged": True,
        "ConnectionType": "INTERNET",
        "IntegrationId": integration["IntegrationId"],
        "IntegrationMethod": "POST",
        "IntegrationType": "AWS_PROXY",
        "IntegrationUri": target,
        "PayloadFormatVersion": "2.0",
        "TimeoutInMillis": 30000,
    }
    [route] = calls("GetRoutes", ApiId=api_id)["Items"]
    assert route == {
        "ApiGatewayManaged": True,
        "ApiKeyRequired": False,
        "AuthorizationType": "NONE",
        "RouteId": route["RouteId"],
        "RouteKey": "$default",
        "Target": f"integrations/{integration['IntegrationId']}",
    }
    [stage] = calls("GetStages", ApiId=api_id)["Items"]
    assert stage["StageName"] == "$default"
    assert stage["AutoDeploy"] is True
    assert stage["ApiGatewayManaged"] is True
    assert calls.deployed_routes(api_id, stage["DeploymentId"]) == ["$default"]


def test_a_url_gets_an_http_proxy(calls: Calls) -> None:
    api_id = calls.api(Target="https://example.com/{proxy}", RouteKey="ANY /{proxy+}")
    [integration] = calls("GetIntegrations", ApiId=api_id)["Items"]
    assert integration["IntegrationType"] == "HTTP_PROXY"
    assert integration["IntegrationMethod"] == "ANY"
    assert integration["PayloadFormatVersion"] == "1.0"
    assert [route["RouteKey"] for route in calls("GetRoutes", ApiId=api_id)["Items"]] == ["ANY /{proxy+}"]


def test_credentials_go_to_the_integration(calls: Calls) -> None:
    role = "arn:aws:iam::123456789012:role/gateway"
    api_id = calls.api(Target=FUNCTION, CredentialsArn=role)
    assert calls("GetIntegrations", ApiId=api_id)["Items"][0]["CredentialsArn"] == role
    calls("UpdateApi", ApiId=api_id, CredentialsArn=f"{role}2")
    assert calls("GetIntegrations", ApiId=api_id)["Items"][0]["CredentialsArn"] == f"{role}2"


def test_update_api_moves_target_and_route_key(calls: Calls) -> None:
    api_id = calls.api(Target=FUNCTION)
    before = calls("GetStage", ApiId=api_id, StageName="$default")["DeploymentId"]

    calls("UpdateApi", ApiId=api_id, Target="http://example.com", RouteKey="GET /pets")

    [integration] = calls("GetIntegrations", ApiId=api_id)["Items"]
    assert integration["IntegrationType"] == "HTTP_PROXY"
    assert integration["IntegrationUri"] == "http://example.com"
    after = calls("GetStage", ApiId=api_id, StageName="$default")["DeploymentId"]
    assert after != before
    assert calls.deployed_routes(api_id, after) == ["GET /pets"]
    assert calls.deployed_routes(api_id, before) == ["$default"]


@pytest.mark.parametrize("members", [{"Target": FUNCTION}, {"RouteKey": "GET /"}, {"CredentialsArn": "arn:x"}])
def test_only_quick_created_apis_have_something_to_move(calls: Calls, api_id: str, members: dict[str, Any]) -> None:
    error = calls.error("UpdateApi", ApiId=api_id, Name="changed", **members)
    assert error.code == "BadRequestException"
    assert "quick create" in error.message
    assert calls("GetApi", ApiId=api_id)["Name"] == "pets"


@pytest.mark.parametrize(
    "members",
    [{"Target": "ftp://example.com"}, {"Target": "pets"}, {"Target": FUNCTION, "RouteKey": "FETCH /"}],
)
def test_a_bad_target_leaves_no_half_of_an_api(calls: Calls, members: dict[str, Any]) -> None:
    assert calls.error("CreateApi", Name="pets", ProtocolType="HTTP", **members).code == "BadRequestException"
    assert calls("GetApis") == {"Items": []}


def test_what_quick_create_made_is_managed(calls: Calls) -> None:
    api_id = calls.api(Target=FUNCTION)
    integration_id = calls("GetIntegrations", ApiId=api_id)["Items"][0]["IntegrationId"]
    route_id = calls("GetRoutes", ApiId=api_id)["Items"][0]["RouteId"]
    refused: list[tuple[str, dict[str, Any]]] = [
        ("DeleteIntegration", {"IntegrationId": integration_id}),
        ("UpdateRoute", {"RouteId": route_id, "RouteKey": "GET /"}),
        ("UpdateStage", {"StageName": "$default", "Description": "x"}),
        ("DeleteStage", {"StageName": "$default"}),
        ("DeleteRouteSettings", {"StageName": "$default", "RouteKey": "$default"}),
    ]
    for operation, members in refused:
        error = calls.error(operation, ApiId=api_id, **members)
        assert error.code == "BadRequestException"
        assert "quick create" in error.message

    # "You can update a managed integration, but you can't delete it."
    calls("UpdateIntegration", ApiId=api_id, IntegrationId=integration_id, TimeoutInMillis=1000)
    calls("UpdateRoute", ApiId=api_id, RouteId=route_id, RouteKey="$default", OperationName="catchAll")
