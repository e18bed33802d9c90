"""Deployments: CreateDeployment in the API reference, "Create a canary release deployment"; recorded answers of AWS."""

from typing import Any

import pytest

from tests.unit.control.apigateway.calls import Calls

START = "2026-01-01T00:00:00Z"


@pytest.fixture
def deployable(calls: Calls, api_id: str) -> str:
    """An API with one method."""
    calls.mock(api_id)
    return api_id


def deploy(calls: Calls, api_id: str, **request: Any) -> str:
    return str(calls("CreateDeployment", restApiId=api_id, **request)["id"])


def stage(calls: Calls, api_id: str, name: str = "dev") -> dict[str, Any]:
    return calls("GetStage", restApiId=api_id, stageName=name)


def test_create_deployment(calls: Calls, deployable: str) -> None:
    deployment = calls("CreateDeployment", restApiId=deployable)
    assert deployment == {"id": deployment["id"], "createdDate": START}
    described = calls("CreateDeployment", restApiId=deployable, description="first", stageName="")
    assert described["description"] == "first"
    assert calls("GetDeployment", restApiId=deployable, deploymentId=deployment["id"]) == deployment
    listed = calls("GetDeployments", restApiId=deployable)
    assert sorted(item["id"] for item in listed["items"]) == sorted([deployment["id"], described["id"]])
    assert "position" in calls("GetDeployments", restApiId=deployable, limit=1)
    assert calls("GetStages", restApiId=deployable) == {"item": []}


def test_an_api_without_methods_is_not_deployed(calls: Calls, api_id: str) -> None:
    assert calls.refusal("CreateDeployment", restApiId=api_id) == (
        "BadRequestException",
        "The REST API doesn't contain any methods",
    )
    calls.method(api_id)
    assert calls.refusal("CreateDeployment", restApiId=api_id) == (
        "BadRequestException",
        "No integration defined for method",
    )
    assert calls.refusal("CreateDeployment", restApiId="nosuch") == (
        "NotFoundException",
        "Invalid API identifier specified 123456789012:nosuch",
    )


def test_a_deployment_is_frozen(calls: Calls, deployable: str) -> None:
    # "Deploy REST APIs in API Gateway": "a snapshot of the resources and methods".
    deployment_id = deploy(calls, deployable)
    calls.mock(deployable, "/cats")
    frozen = calls.contexts.document("apigateway", "deployed-api", f"{deployable}/{deployment_id}")
    assert frozen is not None
    assert frozen.keys() == {"restApi", "resources", "models", "requestValidators", "gatewayResponses"}
    assert frozen["restApi"]["id"] == deployable
    assert sorted(resource["path"] for resource in frozen["resources"]) == ["/", "/pets"]
    [pets] = [resource for resource in frozen["resources"] if resource["path"] == "/pets"]
    assert pets["resourceMethods"]["GET"]["methodIntegration"]["type"] == "MOCK"
    assert sorted(model["name"] for model in frozen["models"]) == ["Empty", "Error"]


def test_embed_of_the_api_summary(calls: Calls, deployable: str) -> None:
    # GetDeployment, "embed": "apisummary".
    where = calls.mock(deployable, "/", "POST")
    calls.patch("UpdateMethod", ("replace", "/apiKeyRequired", "true"), **where)
    deployment_id = deploy(calls, deployable)
    got = calls("GetDeployment", restApiId=deployable, deploymentId=deployment_id, embed=["apisummary"])
    assert got["apiSummary"] == {
        "/": {"POST": {"authorizationType": "NONE", "apiKeyRequired": True}},
        "/pets": {"GET": {"authorizationType": "NONE", "apiKeyRequired": False}},
    }


def test_a_deployment_makes_its_stage(calls: Calls, deployable: str) -> None:
    deployment_id = deploy(
        calls,
        deployable,
        stageName="dev",
        stageDescription="for us",
        description="of the deployment",
        variables={"function": "pets"},
        tracingEnabled=True,
        cacheClusterEnabled=True,
        cacheClusterSize="1.6",
    )
    assert stage(calls, deployable) == {
        "deploymentId": deployment_id,
        "stageName": "dev",
        "description": "for us",
        "cacheClusterEnabled": True,
        "cacheClusterSize": "1.6",
        "cacheClusterStatus": "AVAILABLE",
        "methodSettings": {},
        "variables": {"function": "pets"},
        "tracingEnabled": True,
        "createdDate": START,
        "lastUpdatedDate": START,
    }


def test_a_deployment_moves_its_stage(calls: Calls, deployable: str) -> None:
    deploy(calls, deployable, stageName="dev", variables={"a": "1", "b": "2"})
    calls.contexts.clock.advance(60)
    second = deploy(calls, deployable, stageName="dev", variables={"b": "3"})
    moved = stage(calls, deployable)
    assert (moved["deploymentId"], moved["variables"]) == (second, {"a": "1", "b": "3"})
    assert (moved["createdDate"], moved["lastUpdatedDate"]) == (START, "2026-01-01T00:01:00Z")


def test_a_stage_name_that_is_none_makes_no_deployment(calls: Calls, deployable: str) -> None:
    refused = calls.refusal("CreateDeployment", restApiId=deployable, stageName="a b")
    assert refused == ("BadRequestException", "Stage name only allows a-zA-Z0-9_")
    assert calls("GetDeployments", restApiId=deployable) == {"items": []}


def test_a_canary_deployment(calls: Calls, deployable: str) -> None:
    first = deploy(calls, deployable, stageName="dev", variables={"v": "default"})
    settings = {"percentTraffic": 50, "stageVariableOverrides": {"v": "canary"}}
    second = deploy(calls, deployable, stageName="dev", canarySettings=settings)
    got = stage(calls, deployable)
    assert got["deploymentId"] == first
    assert got["canarySettings"] == {
        "deploymentId": second,
        "percentTraffic": 50.0,
        "stageVariableOverrides": {"v": "canary"},
        "useStageCache": False,
    }


@pytest.mark.parametrize(
    ("request_members", "message"),
    [
        (
            {},
            "Non null and non empty stageName must be provided for canary deployment. Provided value is null",
        ),
        (
            {"stageName": ""},
            "Non null and non empty stageName must be provided for canary deployment. Provided value is ",
        ),
        (
            {"stageName": "non-existing"},
            "Stage non-existing must already be created before making a canary release deployment",
        ),
    ],
)
def test_a_canary_needs_a_stage(calls: Calls, deployable: str, request_members: Any, message: str) -> None:
    settings = {"percentTraffic": 50}
    refused = calls.refusal("CreateDeployment", restApiId=deployable, canarySettings=settings, **request_members)
    assert refused == ("BadRequestException", f"Invalid deployment content specified.{message}")


def test_update_deployment(calls: Calls, deployable: str) -> None:
    where = {"restApiId": deployable, "deploymentId": deploy(calls, deployable, description="old")}
    assert calls.patch("UpdateDeployment", ("replace", "/description", "new"), **where)["description"] == "new"
    assert calls.patch_refusal("UpdateDeployment", ("replace", "/id", "x"), **where) == (
        "BadRequestException",
        "Invalid patch path  '/id' specified for op 'replace'. Must be one of: [/description]",
    )


def test_a_deployment_in_use_is_not_deleted(calls: Calls, deployable: str) -> None:
    first = deploy(calls, deployable, stageName="dev")
    second = deploy(calls, deployable, stageName="dev", canarySettings={"percentTraffic": 1})
    in_use = ("BadRequestException", "Active stages pointing to this deployment must be moved or deleted")
    for deployment_id in (first, second):
        assert calls.refusal("DeleteDeployment", restApiId=deployable, deploymentId=deployment_id) == in_use
    calls("DeleteStage", restApiId=deployable, stageName="dev")
    calls("DeleteDeployment", restApiId=deployable, deploymentId=first)
    assert calls.contexts.document("apigateway", "deployed-api", f"{deployable}/{first}") is None
    assert calls.refusal("GetDeployment", restApiId=deployable, deploymentId=first) == (
        "NotFoundException",
        "Invalid Deployment identifier specified",
    )
