"""How the API is served: its stages, API keys and usage plans, by calls of the AWS CLI.

Source: "Set up a stage for a REST API", "Create an API Gateway canary release deployment" and "Usage plans and API keys
for REST APIs" (API Gateway Developer Guide).
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from tests.integration.three_ways.aws_cli import AwsCli
from tests.integration.three_ways.texts import Addresses

STAGE, CANARY, NO_CANARY = "prod", "all", "none"

SETTINGS = {
    "/~1limited/GET/throttling/rateLimit": "0.01",
    "/~1limited/GET/throttling/burstLimit": "1",
    "/~1cached/GET/caching/enabled": "true",
    "/~1cached/GET/caching/ttlInSeconds": "300",
    "/~1cached/GET/caching/requireAuthorizationForCacheControl": "false",
    "/~1streamed/GET/caching/enabled": "true",
    "/~1account/GET/caching/enabled": "true",
    "/~1account/GET/caching/unauthorizedCacheControlHeaderStrategy": "FAIL_WITH_403",
}
PLANS = {
    "open": {},
    "throttled": {"throttle": {"rateLimit": 0.01, "burstLimit": 1}},
    "spent": {"quota": {"limit": 1, "period": "DAY"}},
}


@dataclass(frozen=True)
class Served:
    """An API that is deployed."""

    way: str
    api_id: str
    keys: Mapping[str, str]
    """Values of API keys by the name of their usage plan."""


def deploy(cli: AwsCli, api_id: str, addresses: Addresses) -> None:
    """Deploy an API to three stages: one with all settings, one for its canary only, one with a canary for nobody."""
    api = {"restApiId": api_id}
    variables = {"function": addresses.function.rpartition(":")[2], "colour": "blue"}
    deployment = cli.run("apigateway", "create-deployment", **api, stageName=STAGE, variables=variables)["id"]
    changes = {"/cacheClusterEnabled": "true", "/cacheClusterSize": "0.5", **SETTINGS}
    patch = [{"op": "replace", "path": path, "value": value} for path, value in changes.items()]
    cli.run("apigateway", "update-stage", **api, stageName=STAGE, patchOperations=patch)
    for stage, percent in ((CANARY, 100.0), (NO_CANARY, 0.0)):
        canary = {
            "percentTraffic": percent,
            "deploymentId": deployment,
            "stageVariableOverrides": {"colour": "green"},
            "useStageCache": False,
        }
        settings = {"deploymentId": deployment, "variables": variables, "canarySettings": canary}
        cli.run("apigateway", "create-stage", **api, stageName=stage, **settings)


def sell(cli: AwsCli, api_id: str) -> dict[str, str]:
    """Make a usage plan of each kind with a key; return the values of the keys."""
    values = {}
    for name, limits in PLANS.items():
        stages = [{"apiId": api_id, "stage": STAGE}]
        plan = cli.run("apigateway", "create-usage-plan", name=name, apiStages=stages, **limits)["id"]
        key = cli.run("apigateway", "create-api-key", "--name", f"{name} {api_id}", "--enabled")
        cli.run("apigateway", "create-usage-plan-key", usagePlanId=plan, keyId=key["id"], keyType="API_KEY")
        values[name] = key["value"]
    return values


def export(cli: AwsCli, api_id: str, export_type: str, file: str) -> None:
    """Write the document of an API to a file."""
    named = ("--rest-api-id", api_id, "--stage-name", STAGE, "--export-type", export_type)
    cli.run("apigateway", "get-export", *named, "--parameters", "extensions=apigateway", file)


def imported(cli: AwsCli, file: str) -> str:
    """Import a document; return the id of the API."""
    arguments = (
        "--body",
        f"fileb://{file}",
        "--fail-on-warnings",
        "--parameters",
        "endpointConfigurationTypes=REGIONAL",
    )
    made = cli.run("apigateway", "import-rest-api", *arguments)
    assert isinstance(made["id"], str), json.dumps(made)
    return made["id"]
