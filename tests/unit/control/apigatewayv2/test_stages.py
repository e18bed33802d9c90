"""Stages: the Stage resource in the API reference, "Use stage variables for HTTP APIs", "Throttle requests"."""

from typing import Any

import pytest

from tests.unit.control.apigatewayv2.calls import FUNCTION, Calls

REFUSAL = "Deployment ID cannot be set on this stage 123456789012:{} because AutoDeploy is enabled."


@pytest.fixture
def routed(calls: Calls, api_id: str) -> str:
    """An API with a route."""
    integration_id = calls.integration(api_id)["IntegrationId"]
    calls.route(api_id, "GET /pets", Target=f"integrations/{integration_id}")
    return api_id


def test_create_stage_answers_with_the_defaults(calls: Calls, api_id: str) -> None:
    stage = calls("CreateStage", ApiId=api_id, StageName="stage")
    assert stage == {
        "CreatedDate": "2026-01-01T00:00:00Z",
        "DefaultRouteSettings": {"DetailedMetricsEnabled": False},
        "LastUpdatedDate": "2026-01-01T00:00:00Z",
        "RouteSettings": {},
        "StageName": "stage",
        "StageVariables": {},
        "Tags": {},
    }
    assert calls("GetStage", ApiId=api_id, StageName="stage") == stage
    assert calls("GetStages", ApiId=api_id) == {"Items": [stage]}


def test_create_stage_keeps_what_it_is_given(calls: Calls, routed: str) -> None:
    deployment_id = calls("CreateDeployment", ApiId=routed)["DeploymentId"]
    given: dict[str, Any] = {
        "DeploymentId": deployment_id,
        "Description": "for testing",
        "DefaultRouteSettings": {
            "DetailedMetricsEnabled": True,
            "ThrottlingBurstLimit": 0,
            "ThrottlingRateLimit": 10.5,
        },
        "RouteSettings": {
            "GET /pets": {"DetailedMetricsEnabled": False, "ThrottlingBurstLimit": 5, "ThrottlingRateLimit": 2.0}
        },
        "StageVariables": {"function": "pets", "url_2": "https://a.example:80/?b=c&d=e,f#g~h-i_j"},
        "Tags": {"team": "a"},
    }
    stage = calls("CreateStage", ApiId=routed, StageName="test", **given)
    assert {name: stage[name] for name in given} == given
    assert "AutoDeploy" not in stage


@pytest.mark.parametrize("name", ["$default", "prod", "A-b_9", "x" * 128])
def test_stage_names(calls: Calls, api_id: str, name: str) -> None:
    assert calls("CreateStage", ApiId=api_id, StageName=name)["StageName"] == name


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("", "Stage name must be non-empty"),
        ("stage/name", "Stage name cannot contain slashes"),
        ("$stage", "Stage name only allows a-zA-Z0-9_"),
        ("a b", "Stage name only allows a-zA-Z0-9_"),
        ("a.b", "Stage name only allows a-zA-Z0-9_"),
        ("é", "Stage name only allows a-zA-Z0-9_"),
        ("a\n", "Stage name only allows a-zA-Z0-9_"),
        ("x" * 129, "Stage name must be at most 128 characters long"),
    ],
)
def test_stage_names_that_are_none(calls: Calls, api_id: str, name: str, message: str) -> None:
    error = calls.error("CreateStage", ApiId=api_id, StageName=name)
    assert (error.code, error.message) == ("BadRequestException", message)


def test_a_stage_exists_once(calls: Calls, api_id: str) -> None:
    calls("CreateStage", ApiId=api_id, StageName="stage")
    error = calls.error("CreateStage", ApiId=api_id, StageName="stage")
    assert (error.code, error.status, error.message) == ("ConflictException", 409, "Stage already exists")
    calls("CreateStage", ApiId=calls.api(), StageName="stage")


def test_ten_stages_per_api(calls: Calls, api_id: str) -> None:
    # "Quotas for configuring and running an HTTP API in API Gateway".
    for number in range(10):
        calls("CreateStage", ApiId=api_id, StageName=f"stage{number}")
    assert calls.error("CreateStage", ApiId=api_id, StageName="more").code == "TooManyRequestsException"


@pytest.mark.parametrize(
    ("members", "code", "message"),
    [
        ({"StageVariables": {"a-b": "c"}}, "BadRequestException", "Invalid stage variable name: a-b."),
        ({"StageVariables": {"": "c"}}, "BadRequestException", "Invalid stage variable name: ."),
        ({"StageVariables": {"a" * 65: "c"}}, "BadRequestException", "Invalid stage variable name: aaa"),
        ({"StageVariables": {"a": "b c"}}, "BadRequestException", "Invalid stage variable value: b c."),
        ({"StageVariables": {"a": "b" * 513}}, "BadRequestException", "Invalid stage variable value: bbb"),
        ({"StageVariables": {"a": "b\n"}}, "BadRequestException", "Invalid stage variable value: b\n"),
        (
            {"StageVariables": {f"a{number}": "b" for number in range(101)}},
            "BadRequestException",
            "A stage can have at most 100 stage variables",
        ),
        (
            {"DefaultRouteSettings": {"ThrottlingBurstLimit": -1}},
            "BadRequestException",
            "Invalid value specified for ThrottlingBurstLimit: -1.",
        ),
        (
            {"DefaultRouteSettings": {"ThrottlingRateLimit": float("nan")}},
            "BadRequestException",
            "Invalid value specified for ThrottlingRateLimit: nan.",
        ),
        (
            {"DefaultRouteSettings": {"LoggingLevel": "OFF"}},
            "BadRequestException",
            "Execution logs are not supported on protocolType HTTP",
        ),
        (
            {"RouteSettings": {"GET /pets": {"DataTraceEnabled": True}}},
            "BadRequestException",
            "Execution logs are not supported on protocolType HTTP",
        ),
        (
            {"RouteSettings": {"GET /some-route": {"ThrottlingBurstLimit": 1}}},
            "NotFoundException",
            "Unable to find Route by key GET /some-route within the provided RouteSettings",
        ),
        ({"DeploymentId": "nosuch"}, "NotFoundException", "Invalid Deployment identifier specified"),
        ({"Description": "d" * 1025}, "BadRequestException", "Description must be between 0 and 1024"),
        ({"ClientCertificateId": "abc"}, "BadRequestException", "ClientCertificateId is supported only for WebSocket"),
        (
            {"AccessLogSettings": {"Format": "$context.requestId"}},
            "NotImplemented",
            "Amazon API Gateway (apigatewayv2): AccessLogSettings of a stage is not implemented.",
        ),
    ],
)
def test_settings_that_are_refused(calls: Calls, routed: str, members: dict[str, Any], code: str, message: str) -> None:
    calls("CreateStage", ApiId=routed, StageName="stage")
    for operation, name in (("CreateStage", "new"), ("UpdateStage", "stage")):
        error = calls.error(operation, ApiId=routed, StageName=name, **members)
        assert error.code == code
        assert error.message.startswith(message)


@pytest.mark.parametrize("tags", [{"": "x"}, {"k" * 129: "x"}, {"k": "v" * 257}, {"aws:x": "y"}, {"k;": "v"}])
def test_tags_that_are_refused(calls: Calls, api_id: str, tags: dict[str, str]) -> None:
    assert calls.error("CreateStage", ApiId=api_id, StageName="a", Tags=tags).code == "BadRequestException"


def test_update_stage_changes_only_what_is_sent(calls: Calls, routed: str) -> None:
    stage = calls("CreateStage", ApiId=routed, StageName="stage", StageVariables={"a": "1", "b": "2"})
    calls.contexts.clock.advance(60)

    updated = calls("UpdateStage", ApiId=routed, StageName="stage", Description="description")
    assert updated == {**stage, "Description": "description", "LastUpdatedDate": "2026-01-01T00:01:00Z"}
    assert calls("GetStage", ApiId=routed, StageName="stage") == updated
    assert "Description" not in calls("UpdateStage", ApiId=routed, StageName="stage", Description="")


def test_update_stage_merges_variables_and_route_settings(calls: Calls, routed: str) -> None:
    calls.route(routed, "GET /cats")
    calls("CreateStage", ApiId=routed, StageName="stage", StageVariables={"a": "1", "b": "2"})

    def update(**members: Any) -> dict[str, Any]:
        return calls("UpdateStage", ApiId=routed, StageName="stage", **members)

    # Terraform removes a variable by sending an empty value.
    assert update(StageVariables={"a": "", "c": "3"})["StageVariables"] == {"b": "2", "c": "3"}
    update(RouteSettings={"GET /pets": {"ThrottlingBurstLimit": 1, "DataTraceEnabled": False}})
    assert update(RouteSettings={"GET /cats": {"ThrottlingRateLimit": 2.5}})["RouteSettings"] == {
        "GET /cats": {"DetailedMetricsEnabled": False, "ThrottlingRateLimit": 2.5},
        "GET /pets": {"DetailedMetricsEnabled": False, "ThrottlingBurstLimit": 1},
    }
    assert update(DefaultRouteSettings={"ThrottlingBurstLimit": 9})["DefaultRouteSettings"] == {
        "DetailedMetricsEnabled": False,
        "ThrottlingBurstLimit": 9,
    }


def test_delete_route_settings(calls: Calls, routed: str) -> None:
    settings = {"GET /pets": {"ThrottlingBurstLimit": 1}}
    calls("CreateStage", ApiId=routed, StageName="stage", RouteSettings=settings)
    request = {"ApiId": routed, "StageName": "stage", "RouteKey": "GET /pets"}

    assert calls("DeleteRouteSettings", **request) == {}
    assert calls("GetStage", ApiId=routed, StageName="stage")["RouteSettings"] == {}
    error = calls.error("DeleteRouteSettings", **request)
    assert error.message == "Unable to find Route by key GET /pets within the provided RouteSettings"


def test_a_stage_moves_between_deployments(calls: Calls, routed: str) -> None:
    first = calls("CreateDeployment", ApiId=routed)["DeploymentId"]
    second = calls("CreateDeployment", ApiId=routed)["DeploymentId"]
    calls("CreateStage", ApiId=routed, StageName="stage", DeploymentId=first)
    assert calls("UpdateStage", ApiId=routed, StageName="stage", DeploymentId=second)["DeploymentId"] == second
    # Terraform sends an empty string for no deployment.
    assert calls("UpdateStage", ApiId=routed, StageName="stage", DeploymentId="")["DeploymentId"] == second


def test_a_stage_with_auto_deploy_takes_no_deployment(calls: Calls, routed: str) -> None:
    deployment_id = calls("CreateDeployment", ApiId=routed)["DeploymentId"]
    calls("CreateStage", ApiId=routed, StageName="stage", DeploymentId=deployment_id)
    before = calls("GetStage", ApiId=routed, StageName="stage")
    both = {"AutoDeploy": True, "DeploymentId": deployment_id}

    for operation, name in (("CreateStage", "new"), ("UpdateStage", "stage")):
        error = calls.error(operation, ApiId=routed, StageName=name, **both)
        assert (error.code, error.message) == ("BadRequestException", REFUSAL.format(routed))
    assert calls("GetStage", ApiId=routed, StageName="stage") == before

    calls("UpdateStage", ApiId=routed, StageName="stage", AutoDeploy=True)
    error = calls.error("UpdateStage", ApiId=routed, StageName="stage", DeploymentId=deployment_id)
    assert error.message == REFUSAL.format(routed)
    switched = calls("UpdateStage", ApiId=routed, StageName="stage", AutoDeploy=False, DeploymentId=deployment_id)
    assert switched["AutoDeploy"] is False
    assert switched["DeploymentId"] == deployment_id


def test_delete_stage(calls: Calls, api_id: str) -> None:
    calls("CreateStage", ApiId=api_id, StageName="$default")
    assert calls("DeleteAccessLogSettings", ApiId=api_id, StageName="$default") == {}
    assert calls("DeleteStage", ApiId=api_id, StageName="$default") == {}
    for operation in ("GetStage", "UpdateStage", "DeleteStage", "DeleteAccessLogSettings"):
        error = calls.error(operation, ApiId=api_id, StageName="$default")
        assert (error.code, error.message) == ("NotFoundException", "Invalid stage identifier specified")


def test_a_stage_keeps_settings_of_a_route_that_is_deleted(calls: Calls) -> None:
    # Terraform deletes routes and stages in any order.
    api_id = calls.api()
    route_id = calls.route(api_id, "GET /a")["RouteId"]
    calls("CreateStage", ApiId=api_id, StageName="s", RouteSettings={"GET /a": {"ThrottlingBurstLimit": 1}})
    calls("DeleteRoute", ApiId=api_id, RouteId=route_id)
    calls("UpdateStage", ApiId=api_id, StageName="s", Description="x")
    calls("DeleteRouteSettings", ApiId=api_id, StageName="s", RouteKey="GET /a")


def test_the_stage_of_quick_create_can_be_read(calls: Calls) -> None:
    api_id = calls.api(Target=FUNCTION)
    stage = calls("GetStage", ApiId=api_id, StageName="$default")
    assert calls("GetStages", ApiId=api_id) == {"Items": [stage]}
