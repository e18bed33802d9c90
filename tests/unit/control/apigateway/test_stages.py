"""Stages: the Stage type in the API reference, "Set up a stage for a REST API"; recorded answers of AWS."""

from typing import Any

import pytest

from tests.unit.control.apigateway.calls import Calls

START = "2026-01-01T00:00:00Z"


@pytest.fixture
def deployed(calls: Calls, api_id: str) -> str:
    """An API with one method."""
    calls.mock(api_id)
    return api_id


@pytest.fixture
def deployment_id(calls: Calls, deployed: str) -> str:
    return str(calls("CreateDeployment", restApiId=deployed)["id"])


@pytest.fixture
def dev(calls: Calls, deployed: str, deployment_id: str) -> dict[str, str]:
    """What names the stage `dev`."""
    calls("CreateStage", restApiId=deployed, stageName="dev", deploymentId=deployment_id)
    return {"restApiId": deployed, "stageName": "dev"}


def test_create_stage_answers_with_the_defaults(calls: Calls, deployed: str, deployment_id: str) -> None:
    stage = calls("CreateStage", restApiId=deployed, stageName="dev", deploymentId=deployment_id)
    assert stage == {
        "deploymentId": deployment_id,
        "stageName": "dev",
        "cacheClusterEnabled": False,
        "cacheClusterStatus": "NOT_AVAILABLE",
        "methodSettings": {},
        "tracingEnabled": False,
        "createdDate": START,
        "lastUpdatedDate": START,
    }
    assert calls("GetStage", restApiId=deployed, stageName="dev") == stage
    assert calls("GetStages", restApiId=deployed, deploymentId=deployment_id) == {"item": [stage]}
    assert calls("GetStages", restApiId=deployed, deploymentId="nosuch") == {"item": []}


def test_create_stage_keeps_what_it_is_given(calls: Calls, deployed: str, deployment_id: str) -> None:
    calls("CreateDocumentationVersion", restApiId=deployed, documentationVersion="v1")
    given: dict[str, Any] = {
        "description": "for testing",
        "documentationVersion": "v1",
        "variables": {"function": "pets", "url_2": "https://a.example:80/?b=c&d=e,f-g h"},
        "tracingEnabled": True,
        "tags": {"team": "a"},
        "canarySettings": {
            "deploymentId": deployment_id,
            "percentTraffic": 12.5,
            "stageVariableOverrides": {"function": "cats"},
            "useStageCache": True,
        },
    }
    stage = calls("CreateStage", restApiId=deployed, stageName="dev", deploymentId=deployment_id, **given)
    assert {member: stage[member] for member in given} == given


@pytest.mark.parametrize("name", ["prod", "v1", "A-b_9", "x" * 128])
def test_stage_names(calls: Calls, deployed: str, deployment_id: str, name: str) -> None:
    stage = calls("CreateStage", restApiId=deployed, stageName=name, deploymentId=deployment_id)
    assert stage["stageName"] == name


@pytest.mark.parametrize(
    ("members", "code", "message"),
    [
        ({"stageName": ""}, "BadRequestException", "Stage name must be non-empty"),
        ({"stageName": "$default"}, "BadRequestException", "Stage name only allows a-zA-Z0-9_"),
        ({"stageName": "a/b"}, "BadRequestException", "Stage name only allows a-zA-Z0-9_"),
        ({"stageName": "a\n"}, "BadRequestException", "Stage name only allows a-zA-Z0-9_"),
        ({"deploymentId": "deploy"}, "BadRequestException", "Deployment id does not exist"),
        ({"canarySettings": {"deploymentId": "deploy"}}, "BadRequestException", "Deployment id does not exist"),
        (
            {"variables": {"a-b": "c"}},
            "BadRequestException",
            "Invalid stage variable name: a-b. Please use names with only word characters.",
        ),
        (
            {"variables": {"a": "{}"}},
            "BadRequestException",
            (
                "Invalid stage variable value of key a.  Please use values with alphanumeric characters and the "
                "symbols ' ', -', '.', '_', ':', '/', '?', '&', '=', and ','."
            ),
        ),
        ({"documentationVersion": "v1"}, "NotFoundException", "Invalid Documentation version specified"),
        ({"restApiId": "nosuch"}, "NotFoundException", "Invalid API identifier specified 123456789012:nosuch"),
    ],
)
def test_stages_that_cannot_be(
    calls: Calls, deployed: str, deployment_id: str, members: Any, code: str, message: str
) -> None:
    request = {"restApiId": deployed, "stageName": "dev", "deploymentId": deployment_id, **members}
    assert calls.refusal("CreateStage", **request) == (code, message)


def test_a_stage_exists_once(calls: Calls, dev: dict[str, str], deployment_id: str) -> None:
    refused = calls.refusal("CreateStage", **dev, deploymentId=deployment_id)
    assert refused == ("ConflictException", "Stage already exists")


def test_ten_stages_per_api(calls: Calls, deployed: str, deployment_id: str) -> None:
    # "Quotas for configuring and running a REST API in API Gateway".
    for number in range(10):
        calls("CreateStage", restApiId=deployed, stageName=f"s{number}", deploymentId=deployment_id)
    refused = calls.refusal("CreateStage", restApiId=deployed, stageName="more", deploymentId=deployment_id)
    assert refused[0] == "LimitExceededException"


def test_update_stage(calls: Calls, dev: dict[str, str], deployed: str) -> None:
    second = calls("CreateDeployment", restApiId=deployed)["id"]
    calls.contexts.clock.advance(1)
    stage = calls.patch(
        "UpdateStage",
        ("replace", "/description", "stage new"),
        ("replace", "/deploymentId", second),
        ("replace", "/variables/var1", "test"),
        ("replace", "/variables/var2", "test2"),
        ("remove", "/variables/var1"),
        ("replace", "/tracingEnabled", "true"),
        **dev,
    )
    assert stage["description"] == "stage new"
    assert stage["deploymentId"] == second
    assert stage["variables"] == {"var2": "test2"}
    assert stage["tracingEnabled"] is True
    assert stage["lastUpdatedDate"] == "2026-01-01T00:00:01Z"
    assert "variables" not in calls.patch("UpdateStage", ("remove", "/variables/var2"), **dev)


def test_the_cache_cluster(calls: Calls, dev: dict[str, str]) -> None:
    # "Enable API caching to enhance responsiveness": a size is chosen with the cluster, 0.5 GB the smallest.
    assert "cacheClusterSize" not in calls.patch("UpdateStage", ("replace", "/cacheClusterEnabled", "false"), **dev)
    stage = calls.patch("UpdateStage", ("replace", "/cacheClusterEnabled", "true"), **dev)
    assert (stage["cacheClusterSize"], stage["cacheClusterStatus"]) == ("0.5", "AVAILABLE")
    stage = calls.patch("UpdateStage", ("replace", "/cacheClusterSize", "6.1"), **dev)
    assert (stage["cacheClusterEnabled"], stage["cacheClusterSize"]) == (True, "6.1")
    stage = calls.patch("UpdateStage", ("replace", "/cacheClusterEnabled", "false"), **dev)
    assert (stage["cacheClusterStatus"], stage["cacheClusterSize"]) == ("NOT_AVAILABLE", "6.1")
    refused = calls.patch_refusal("UpdateStage", ("replace", "/cacheClusterSize", "7"), **dev)
    assert refused[0] == "BadRequestException"


def test_access_logs_are_not_built(calls: Calls, dev: dict[str, str]) -> None:
    # Source: "Set up CloudWatch logging for REST APIs".
    for path in ("/accessLogSettings/destinationArn", "/accessLogSettings/format"):
        assert calls.patch_refusal("UpdateStage", ("replace", path, "x"), **dev) == (
            "NotImplemented",
            "Amazon API Gateway (apigateway): accessLogSettings of a stage is not implemented.",
        )
    calls.patch("UpdateStage", ("remove", "/accessLogSettings"), **dev)


def test_a_client_certificate_of_a_stage(calls: Calls, dev: dict[str, str]) -> None:
    assert calls.patch_refusal("UpdateStage", ("replace", "/clientCertificateId", "abc"), **dev) == (
        "BadRequestException",
        "Invalid Client Certificate identifier specified",
    )
    certificate_id = calls("GenerateClientCertificate")["clientCertificateId"]
    stage = calls.patch("UpdateStage", ("replace", "/clientCertificateId", certificate_id), **dev)
    assert stage["clientCertificateId"] == certificate_id
    refused = calls.refusal("DeleteClientCertificate", clientCertificateId=certificate_id)
    assert refused[0] == "BadRequestException"
    assert "clientCertificateId" not in calls.patch("UpdateStage", ("replace", "/clientCertificateId", ""), **dev)


def test_flush_stage_cache(calls: Calls, dev: dict[str, str], deployed: str) -> None:
    for generation in (1, 2):
        assert calls("FlushStageCache", **dev) == {}
        assert calls.contexts.document("apigateway", "stage-cache", f"{deployed}/dev") == {
            "generation": generation,
            "flushedAt": START,
        }
    calls("DeleteStage", **dev)
    assert calls.contexts.document("apigateway", "stage-cache", f"{deployed}/dev") is None
    missing = ("NotFoundException", "Invalid stage identifier specified")
    assert calls.refusal("FlushStageCache", **dev) == missing
    for operation in ("GetStage", "UpdateStage", "DeleteStage"):
        assert calls.refusal(operation, **dev) == missing
