"""What is left of a REST API when its node ends: the API as it was deployed, and what its API keys have used.

Source: SPECIFICATION.md, "REST APIs"; "Usage plans and API keys for REST APIs in API Gateway" for the answers.
"""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.integration.nodes import Node, kill, start, stop

WRITTEN_SECONDS = 2.5
"""What was counted is written within a second; a busy machine may take a little longer."""


def make(node: Node, limit: int) -> tuple[str, str]:
    """Deploy a method that asks for a key of a plan with a quota; return the ids of the API and its key's value."""
    client = node.client("apigateway")
    api = client.create_rest_api(name="kept")
    where: Any = {"restApiId": api["id"], "resourceId": api["rootResourceId"], "httpMethod": "GET"}
    client.put_method(**where, authorizationType="NONE", apiKeyRequired=True)
    client.put_integration(**where, type="MOCK", requestTemplates={"application/json": '{"statusCode": 200}'})
    client.put_method_response(**where, statusCode="200")
    answer = {"application/json": "$context.stage"}
    client.put_integration_response(**where, statusCode="200", responseTemplates=answer)
    client.create_deployment(restApiId=api["id"], stageName="prod")
    client.delete_method(**where)
    stages = [{"apiId": api["id"], "stage": "prod"}]
    plan = client.create_usage_plan(name="plan", apiStages=stages, quota={"limit": limit, "period": "MONTH"})
    key = client.create_api_key(name="key", enabled=True)
    client.create_usage_plan_key(usagePlanId=plan["id"], keyId=key["id"], keyType="API_KEY")
    return api["id"], key["value"]


def call(node: Node, api_id: str, key: str) -> tuple[int, bytes]:
    answer = node.call(api_id, "GET", "/prod", {"X-Api-Key": key})
    return answer.status, answer.body


@pytest.mark.slow
@pytest.mark.parametrize(("end", "pause"), [(stop, 0.0), (kill, WRITTEN_SECONDS)], ids=["stopped", "killed"])
def test_a_quota_goes_on_where_it_was(tmp_path: Path, end: Callable[[Node], object], pause: float) -> None:
    node = start("--data-dir", str(tmp_path))
    api_id, key = make(node, limit=3)
    assert [call(node, api_id, key) for _ in range(2)] == [(200, b"prod")] * 2
    time.sleep(pause)
    end(node)
    node = start("--data-dir", str(tmp_path))
    try:
        # The method was deleted after the deployment, which serves it all the same.
        assert call(node, api_id, key) == (200, b"prod")
        assert call(node, api_id, key) == (429, b'{"message":"Limit Exceeded"}')
    finally:
        assert stop(node) == 0
