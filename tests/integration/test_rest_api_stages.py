"""Deployments, stages, API keys, usage plans, documentation and certificates by the AWS CLI and boto3, on a node.

Source: the "Amazon API Gateway REST API Reference": status codes and members of each operation.
"""

import datetime
import json
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.integration.nodes import Node


@pytest.fixture
def api_id(node: Node) -> Iterator[str]:
    """An API with a method."""
    client = node.client("apigateway")
    api = client.create_rest_api(name=f"pets-{uuid.uuid4()}")
    where: Any = {"restApiId": api["id"], "resourceId": api["rootResourceId"], "httpMethod": "GET"}
    client.put_method(**where, authorizationType="NONE")
    client.put_integration(**where, type="MOCK")
    yield api["id"]
    client.delete_rest_api(restApiId=api["id"])


def status(answer: Any) -> int:
    return int(answer["ResponseMetadata"]["HTTPStatusCode"])


def test_a_stage_with_the_aws_cli(node: Node, api_id: str) -> None:
    # "Set up a stage for a REST API", "Set up a canary release deployment".
    where = ("--rest-api-id", api_id, "--stage-name", "dev")
    first = node.aws("apigateway", "create-deployment", *where, "--variables", "function=pets")
    node.aws(
        "apigateway",
        "update-stage",
        *where,
        "--patch-operations",
        "op=replace,path=/*/*/throttling/rateLimit,value=5",
        "op=replace,path=/~1pets/GET/caching/enabled,value=true",
        "op=replace,path=/cacheClusterEnabled,value=true",
    )
    node.aws("apigateway", "flush-stage-cache", *where)
    canary = json.dumps({"percentTraffic": 10.5, "stageVariableOverrides": {"function": "cats"}})
    second = node.aws("apigateway", "create-deployment", *where, "--canary-settings", canary)
    stage = node.aws("apigateway", "get-stage", *where)
    assert stage["deploymentId"] == first["id"]
    assert stage["canarySettings"]["deploymentId"] == second["id"]
    assert stage["methodSettings"]["~1pets/GET"]["throttlingRateLimit"] == 5.0
    promoted = node.aws(
        "apigateway",
        "update-stage",
        *where,
        "--patch-operations",
        "op=replace,path=/canarySettings/percentTraffic,value=0.0",
        "op=copy,from=/canarySettings/stageVariableOverrides,path=/variables",
        "op=copy,from=/canarySettings/deploymentId,path=/deploymentId",
        "op=remove,path=/canarySettings",
    )
    assert (promoted["deploymentId"], promoted["variables"]) == (second["id"], {"function": "cats"})
    assert "canarySettings" not in promoted


def test_status_codes_of_deployments_and_stages(node: Node, api_id: str) -> None:
    client = node.client("apigateway")
    deployment = client.create_deployment(restApiId=api_id)
    where: Any = {"restApiId": api_id, "stageName": "prod"}
    stage = client.create_stage(**where, deploymentId=deployment["id"])
    assert (status(deployment), status(stage)) == (201, 201)
    assert isinstance(stage["createdDate"], datetime.datetime)
    assert status(client.flush_stage_cache(**where)) == 202
    assert client.get_stages(restApiId=api_id)["item"][0]["stageName"] == "prod"
    assert status(client.delete_stage(**where)) == 202
    assert status(client.delete_deployment(restApiId=api_id, deploymentId=deployment["id"])) == 202


def test_keys_and_plans(node: Node, api_id: str, tmp_path: Path) -> None:
    # "API Gateway API key file format"; "Set up usage plans".
    client = node.client("apigateway")
    client.create_deployment(restApiId=api_id, stageName="dev")
    plan = client.create_usage_plan(
        name="basic",
        apiStages=[{"apiId": api_id, "stage": "dev", "throttle": {"//GET": {"rateLimit": 1.0, "burstLimit": 2}}}],
        quota={"limit": 10, "period": "DAY"},
    )
    keys = tmp_path / "keys.csv"
    keys.write_text(f"name,key,description,Enabled,usageplanIds\nMine,{uuid.uuid4()},imported,TRUE,{plan['id']}\n")
    imported = node.aws("apigateway", "import-api-keys", "--body", f"fileb://{keys}", "--format", "csv")
    [key_id] = imported["ids"]
    [plan_key] = client.get_usage_plan_keys(usagePlanId=plan["id"])["items"]
    assert (plan_key["id"], plan_key["name"], plan_key["type"]) == (key_id, "Mine", "API_KEY")
    today = datetime.datetime.now(tz=datetime.UTC).date().isoformat()
    usage = client.get_usage(usagePlanId=plan["id"], startDate=today, endDate=today)
    assert (usage["startDate"], usage["endDate"]) == (today, today)
    changed = client.update_usage_plan(
        usagePlanId=plan["id"], patchOperations=[{"op": "remove", "path": "/apiStages", "value": f"{api_id}:dev"}]
    )
    assert changed["apiStages"] == []
    assert status(client.delete_usage_plan(usagePlanId=plan["id"])) == 202
    assert status(client.delete_api_key(apiKey=key_id)) == 202


def test_documentation_account_and_certificates(node: Node, api_id: str) -> None:
    client = node.client("apigateway")
    part = client.create_documentation_part(
        restApiId=api_id, location={"type": "API"}, properties='{"description":"d"}'
    )
    assert status(part) == 201
    document = {
        "openapi": "3.0.1",
        "info": {"title": "pets", "version": "1"},
        "paths": {},
        "x-amazon-apigateway-documentation": {
            "documentationParts": [{"location": {"type": "MODEL", "name": "Pet"}, "properties": {"title": "A pet"}}]
        },
    }
    imported = client.import_documentation_parts(restApiId=api_id, mode="merge", body=json.dumps(document).encode())
    assert len(imported["ids"]) == 1
    version = client.create_documentation_version(restApiId=api_id, documentationVersion="v1")
    assert (status(version), version["version"]) == (201, "v1")
    assert client.get_account()["throttleSettings"] == {"burstLimit": 5000, "rateLimit": 10000.0}
    certificate = client.generate_client_certificate(description="for the back end")
    assert certificate["pemEncodedCertificate"].startswith("-----BEGIN CERTIFICATE-----\n")
    assert (certificate["expirationDate"] - certificate["createdDate"]).days == 365
    where: Any = {"clientCertificateId": certificate["clientCertificateId"]}
    assert status(client.delete_client_certificate(**where)) == 202
