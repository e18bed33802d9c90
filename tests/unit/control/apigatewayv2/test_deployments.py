"""Deployments: the Deployment resource in the API reference."""

import json
from typing import Any

import pytest

from tests.unit.control.apigatewayv2.calls import Calls


@pytest.fixture
def routed(calls: Calls, api_id: str) -> str:
    """An API with a route and a stage."""
    integration_id = calls.integration(api_id)["IntegrationId"]
    calls.route(api_id, "GET /pets", Target=f"integrations/{integration_id}")
    calls("CreateStage", ApiId=api_id, StageName="stage")
    return api_id


def test_a_deployment_without_a_stage(calls: Calls, routed: str) -> None:
    for no_stage in ({}, {"StageName": ""}):
        deployment = calls("CreateDeployment", ApiId=routed, **no_stage)
        assert deployment == {
            "AutoDeployed": False,
            "CreatedDate": "2026-01-01T00:00:00Z",
            "DeploymentId": deployment["DeploymentId"],
            "DeploymentStatus": "DEPLOYED",
        }
        key = {"ApiId": routed, "DeploymentId": deployment["DeploymentId"]}
        assert calls("GetDeployment", **key) == deployment
    assert "DeploymentId" not in calls("GetStage", ApiId=routed, StageName="stage")
    assert len(calls("GetDeployments", ApiId=routed)["Items"]) == 2


def test_a_deployment_moves_the_stage_it_names(calls: Calls, routed: str) -> None:
    calls.contexts.clock.advance(60)
    deployment = calls("CreateDeployment", ApiId=routed, StageName="stage", Description="first")
    assert deployment["Description"] == "first"
    stage = calls("GetStage", ApiId=routed, StageName="stage")
    assert stage["DeploymentId"] == deployment["DeploymentId"]
    assert stage["LastUpdatedDate"] == "2026-01-01T00:01:00Z"
    assert "LastDeploymentStatusMessage" not in stage


def test_a_deployment_is_a_copy(calls: Calls, routed: str) -> None:
    deployment_id = calls("CreateDeployment", ApiId=routed, StageName="stage")["DeploymentId"]
    [route] = calls("GetRoutes", ApiId=routed)["Items"]
    [integration] = calls("GetIntegrations", ApiId=routed)["Items"]
    unused = calls.integration(routed)

    calls("UpdateIntegration", ApiId=routed, IntegrationId=integration["IntegrationId"], TimeoutInMillis=50)
    calls("UpdateRoute", ApiId=routed, RouteId=route["RouteId"], RouteKey="GET /changed")
    calls.route(routed, "GET /new", Target=f"integrations/{unused['IntegrationId']}")

    frozen = calls.contexts.document("apigatewayv2", "deployed-routes", f"{routed}/{deployment_id}")
    assert frozen == {"Routes": [route], "Integrations": [integration], "CorsConfiguration": None}


def test_only_integrations_that_a_route_targets_are_frozen(calls: Calls, routed: str) -> None:
    calls.integration(routed)
    calls.route(routed, "GET /no-target")
    deployment_id = calls("CreateDeployment", ApiId=routed)["DeploymentId"]
    frozen = calls.contexts.document("apigatewayv2", "deployed-routes", f"{routed}/{deployment_id}")
    assert frozen is not None
    assert len(frozen["Integrations"]) == 1
    assert len(frozen["Routes"]) == 2


def test_a_change_of_cors_waits_for_the_next_deployment(calls: Calls, routed: str) -> None:
    def frozen() -> object:
        deployment_id = calls("CreateDeployment", ApiId=routed)["DeploymentId"]
        document = calls.contexts.document("apigatewayv2", "deployed-routes", f"{routed}/{deployment_id}")
        assert document is not None
        return document["CorsConfiguration"]

    assert frozen() is None
    calls("UpdateApi", ApiId=routed, CorsConfiguration={"AllowMethods": ["GET"]})
    assert frozen() == {"AllowMethods": ["GET"]}
    calls("DeleteCorsConfiguration", ApiId=routed)
    assert frozen() is None


def test_an_api_without_routes_is_not_deployed(calls: Calls, api_id: str) -> None:
    error = calls.error("CreateDeployment", ApiId=api_id)
    assert (error.code, error.message) == (
        "BadRequestException",
        "Unable to deploy API because no routes exist in this API",
    )


@pytest.mark.parametrize("name", ["stage1", "../stage"])
def test_the_stage_must_exist(calls: Calls, routed: str, name: str) -> None:
    error = calls.error("CreateDeployment", ApiId=routed, StageName=name)
    assert (error.code, error.message) == (
        "BadRequestException",
        (
            f"Stage {name} does not exist. StageName specified on a CreateDeployment request must exist so the stage "
            "can be updated with the new deployment."
        ),
    )


def test_a_deployment_for_a_stage_with_auto_deploy_fails_by_its_status(calls: Calls, routed: str) -> None:
    calls("CreateStage", ApiId=routed, StageName="auto", AutoDeploy=True)
    before = calls("GetStage", ApiId=routed, StageName="auto")

    deployment = calls("CreateDeployment", ApiId=routed, StageName="auto")

    assert deployment["DeploymentStatus"] == "FAILED"
    assert json.loads(deployment["DeploymentStatusMessage"]) == {
        "message": f"Deployment ID cannot be set on this stage 123456789012:{routed} because AutoDeploy is enabled."
    }
    assert calls("GetStage", ApiId=routed, StageName="auto") == before


def test_update_deployment_changes_the_description(calls: Calls, routed: str) -> None:
    deployment = calls("CreateDeployment", ApiId=routed)
    key = {"ApiId": routed, "DeploymentId": deployment["DeploymentId"]}
    assert calls("UpdateDeployment", **key) == deployment
    described = {**deployment, "Description": "description"}
    assert calls("UpdateDeployment", **key, Description="description") == described
    assert calls("UpdateDeployment", **key) == described
    assert calls("GetDeployment", **key) == described


def test_a_deployment_in_use_is_not_deleted(calls: Calls, routed: str) -> None:
    deployment_id = calls("CreateDeployment", ApiId=routed, StageName="stage")["DeploymentId"]
    key = {"ApiId": routed, "DeploymentId": deployment_id}
    error = calls.error("DeleteDeployment", **key)
    assert (error.code, error.message) == (
        "BadRequestException",
        "Active stages pointing to this deployment must be moved or deleted",
    )
    calls("DeleteStage", ApiId=routed, StageName="stage")
    assert calls("DeleteDeployment", **key) == {}
    assert calls.contexts.document("apigatewayv2", "deployed-routes", f"{routed}/{deployment_id}") is None


@pytest.mark.parametrize(
    ("operation", "members"),
    [("GetDeployment", {}), ("UpdateDeployment", {"Description": "x"}), ("DeleteDeployment", {})],
)
def test_an_unknown_deployment(calls: Calls, routed: str, operation: str, members: dict[str, Any]) -> None:
    error = calls.error(operation, ApiId=routed, DeploymentId="nosuch", **members)
    assert (error.code, error.message) == ("NotFoundException", "Invalid Deployment identifier specified")


@pytest.mark.parametrize("operation", ["GetDeployment", "UpdateDeployment"])
def test_of_an_unknown_api_the_deployment_is_what_is_missing(calls: Calls, operation: str) -> None:
    # So AWS answers; DeleteDeployment and GetDeployments name the API.
    error = calls.error(operation, ApiId="nosuchapi1", DeploymentId="nosuch")
    assert (error.code, error.message) == ("NotFoundException", "Invalid Deployment identifier specified")


def test_the_description_has_a_limit(calls: Calls, routed: str) -> None:
    assert calls.error("CreateDeployment", ApiId=routed, Description="d" * 1025).code == "BadRequestException"
