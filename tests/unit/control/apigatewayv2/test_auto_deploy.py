"""AutoDeploy: the Stage resource in the API reference; which changes deploy is as the service does it."""

from typing import Any

import pytest

from tests.unit.control.apigatewayv2.calls import FUNCTION, Calls

DESCRIPTION = "Automatic deployment triggered by changes to the Api configuration"


class Auto:
    """An API with an integration, a route and a stage that deploys automatically."""

    def __init__(self, calls: Calls) -> None:
        self.calls = calls
        self.api_id = calls.api()
        self.integration_id = calls.integration(self.api_id)["IntegrationId"]
        self.target = f"integrations/{self.integration_id}"
        self.route_id = calls.route(self.api_id, "GET /a", Target=self.target)["RouteId"]
        calls("CreateStage", ApiId=self.api_id, StageName="auto", AutoDeploy=True)

    @property
    def stage(self) -> dict[str, Any]:
        return self.calls("GetStage", ApiId=self.api_id, StageName="auto")

    @property
    def served(self) -> list[str]:
        return self.calls.deployed_routes(self.api_id, self.stage["DeploymentId"])


@pytest.fixture
def auto(calls: Calls) -> Auto:
    return Auto(calls)


def test_a_new_stage_is_deployed_at_once(calls: Calls, auto: Auto) -> None:
    deployment_id = auto.stage["DeploymentId"]
    assert auto.stage["AutoDeploy"] is True
    assert auto.stage["LastDeploymentStatusMessage"] == (
        f"Successfully deployed stage with deployment ID '{deployment_id}'"
    )
    assert calls("GetDeployments", ApiId=auto.api_id)["Items"] == [
        {
            "AutoDeployed": True,
            "CreatedDate": "2026-01-01T00:00:00Z",
            "DeploymentId": deployment_id,
            "DeploymentStatus": "DEPLOYED",
            "Description": DESCRIPTION,
        }
    ]
    assert auto.served == ["GET /a"]


@pytest.mark.parametrize(
    ("operation", "members", "deploys"),
    [
        ("UpdateApi", {"CorsConfiguration": {"AllowCredentials": True}}, True),
        ("UpdateApi", {}, True),
        ("CreateRoute", {"RouteKey": "GET /b"}, True),
        ("UpdateRoute", {"RouteId": "", "AuthorizationType": "NONE"}, True),
        ("DeleteRoute", {"RouteId": ""}, True),
        ("UpdateIntegration", {"IntegrationId": "", "PassthroughBehavior": "NEVER"}, True),
        (
            "CreateIntegration",
            {"IntegrationType": "AWS_PROXY", "IntegrationUri": FUNCTION, "PayloadFormatVersion": "2.0"},
            False,
        ),
        ("UpdateStage", {"StageName": "auto", "StageVariables": {"a": "b"}}, False),
        ("UpdateStage", {"StageName": "auto", "AutoDeploy": True}, False),
        ("CreateStage", {"StageName": "other", "AutoDeploy": True}, False),
        ("CreateDeployment", {}, False),
        ("GetApi", {}, False),
    ],
)
def test_what_deploys(calls: Calls, auto: Auto, operation: str, members: dict[str, Any], deploys: bool) -> None:
    calls.route(auto.api_id, "GET /kept", Target=auto.target)
    before = auto.stage["DeploymentId"]
    ids = {"RouteId": auto.route_id, "IntegrationId": auto.integration_id}
    calls(operation, ApiId=auto.api_id, **{name: ids.get(name, value) for name, value in members.items()})
    assert (auto.stage["DeploymentId"] != before) == deploys


def test_deleting_an_integration_does_not_deploy(calls: Calls, auto: Auto) -> None:
    unused = calls.integration(auto.api_id)["IntegrationId"]
    before = auto.stage
    calls("DeleteIntegration", ApiId=auto.api_id, IntegrationId=unused)
    assert auto.stage == before


def test_another_api_does_not_deploy_this_one(calls: Calls, auto: Auto) -> None:
    before = auto.stage
    calls.route(Auto(calls).api_id, "GET /b")
    assert auto.stage == before


def test_a_refused_change_does_not_deploy(calls: Calls, auto: Auto) -> None:
    before = auto.stage
    calls.error("CreateRoute", ApiId=auto.api_id, RouteKey="GET /a")
    assert auto.stage == before


def test_the_stage_serves_each_change_and_others_keep_what_they_have(calls: Calls, auto: Auto) -> None:
    calls("CreateStage", ApiId=auto.api_id, StageName="fixed", DeploymentId=auto.stage["DeploymentId"])
    calls("CreateStage", ApiId=auto.api_id, StageName="auto2", AutoDeploy=True)

    calls.contexts.clock.advance(60)
    calls.route(auto.api_id, "GET /b", Target=auto.target)
    calls("DeleteRoute", ApiId=auto.api_id, RouteId=auto.route_id)

    assert auto.served == ["GET /b"]
    assert auto.stage["LastUpdatedDate"] == "2026-01-01T00:01:00Z"
    stages = {stage["StageName"]: stage for stage in calls("GetStages", ApiId=auto.api_id)["Items"]}
    assert stages["auto2"]["DeploymentId"] == stages["auto"]["DeploymentId"]
    assert calls.deployed_routes(auto.api_id, stages["fixed"]["DeploymentId"]) == ["GET /a"]


def test_without_routes_the_attempt_fails_and_the_stage_keeps_serving(calls: Calls, auto: Auto) -> None:
    before = auto.stage["DeploymentId"]
    calls("DeleteRoute", ApiId=auto.api_id, RouteId=auto.route_id)
    assert auto.stage["DeploymentId"] == before
    assert auto.stage["LastDeploymentStatusMessage"] == (
        "Deployment attempt failed: Unable to deploy API because no routes exist in this API"
    )


def test_a_stage_can_wait_for_the_first_route(calls: Calls, api_id: str) -> None:
    # Terraform and CDK create the stage before, after or beside the routes.
    stage = calls("CreateStage", ApiId=api_id, StageName="$default", AutoDeploy=True)
    assert "DeploymentId" not in stage
    calls.route(api_id, "GET /")
    stage = calls("GetStage", ApiId=api_id, StageName="$default")
    assert calls.deployed_routes(api_id, stage["DeploymentId"]) == ["GET /"]


def test_switching_it_on_deploys_and_switching_it_off_freezes(calls: Calls, auto: Auto) -> None:
    def switch(on: bool) -> dict[str, Any]:
        return calls("UpdateStage", ApiId=auto.api_id, StageName="auto", AutoDeploy=on)

    frozen = switch(False)["DeploymentId"]
    calls.route(auto.api_id, "GET /b")
    assert auto.stage["DeploymentId"] == frozen
    assert auto.served == ["GET /a"]
    assert switch(True)["DeploymentId"] != frozen
    assert auto.served == ["GET /a", "GET /b"]


def test_superseded_automatic_deployments_do_not_pile_up(calls: Calls, auto: Auto) -> None:
    kept_by_stage = auto.stage["DeploymentId"]
    calls("CreateStage", ApiId=auto.api_id, StageName="fixed", DeploymentId=kept_by_stage)
    made_by_hand = calls("CreateDeployment", ApiId=auto.api_id)["DeploymentId"]
    made = []
    for _ in range(30):
        calls.contexts.clock.advance(1)
        calls("UpdateApi", ApiId=auto.api_id)
        made.append(auto.stage["DeploymentId"])

    deployments = calls("GetDeployments", ApiId=auto.api_id, MaxResults="500")["Items"]
    # The one in service, the newest 20 before it, the one that another stage serves, the one made by hand.
    assert {item["DeploymentId"] for item in deployments} == {*made[-21:], kept_by_stage, made_by_hand}
    with calls.contexts.store.read() as reader:
        assert len(list(reader.scan("apigatewayv2", "deployed-routes"))) == len(deployments)


def test_a_change_and_its_deployment_are_one_transaction(calls: Calls, auto: Auto) -> None:
    store = calls.contexts.store
    before = store.revision()
    calls.route(auto.api_id, "GET /b")
    assert store.revision() == before + 1
    assert {change.key.kind for change in store.changes(before)} == {
        "route",
        "stage",
        "deployment",
        "deployed-routes",
    }
