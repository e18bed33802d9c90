"""REST APIs that are changed, and attacked, while clients use them: nobody else notices.

Sources: "Set up an API Gateway canary release deployment", "Usage plans and API keys for REST APIs in API Gateway",
"Amazon API Gateway quotas" for how large an API may be.
"""

import contextlib
import datetime
import http.client
import json
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import BotoCoreError

from tests.integration.nodes import Node, kill, running, start, stop, wait_until

pytestmark = pytest.mark.slow

JSON = {"Content-Type": "application/json"}
# A node that stands still does so for seconds; a busy machine delays an answer by some tenths.
LONGEST_SECONDS = 1.5
BOMBS = {
    "a slow pattern": ("/prod/names", json.dumps({"a" * 40 + "!" + str(number): 1 for number in range(800)}), 400),
    "a million errors": ("/prod/numbers", "[" + ",".join(['"x"'] * 1_000_000) + "]", 400),
    "deep JSON": ("/prod/numbers", "[" * 1_000_000, 400),
    "a large text searched": ("/prod/searched", json.dumps("a" * 5_000_000), 500),
    "a slow template": ("/prod/matched", "{}", 500),
}
MODELS = {
    "names": {"patternProperties": {"^(a|a)*$": {"type": "string"}}},
    "numbers": {"type": "array", "items": {"type": "integer"}},
}
TEMPLATES = {
    "searched": "#set($s=$input.body)#foreach($i in [1..900])#foreach($j in [1..90])#set($x=$s.indexOf('aab'))#end#end",
    "matched": "#set($s='aaaaaaaaaaaaaaaaaaaaaa!')#foreach($i in [1..900])#foreach($j in [1..90])"
    "#set($x=$s.matches('(a|aa)+b'))#end#end",
}


@dataclass
class Load:
    """What clients got: status and body, and how long the slowest answer took."""

    answers: Counter[tuple[int, bytes]] = field(default_factory=Counter)
    longest: float = 0.0
    failures: list[str] = field(default_factory=list)
    is_over: bool = False

    def run(self, node: Node, api_id: str, path: str) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", node.port, timeout=60)
        try:
            while not self.is_over:
                began = time.perf_counter()
                connection.request("GET", path, headers={"Host": f"{api_id}.execute-api.localhost:{node.port}"})
                answer = connection.getresponse()
                self.answers[answer.status, answer.read()] += 1
                self.longest = max(self.longest, time.perf_counter() - began)
                time.sleep(0.002)
        except (OSError, http.client.HTTPException) as error:
            self.failures.append(repr(error))
        finally:
            connection.close()


@contextmanager
def load(node: Node, api_id: str, path: str, clients: int = 4) -> Iterator[Load]:
    """Clients that call one after another for the length of a block."""
    made = Load()
    threads = [threading.Thread(target=made.run, args=(node, api_id, path)) for _ in range(clients)]
    for thread in threads:
        thread.start()
    try:
        yield made
    finally:
        made.is_over = True
        for thread in threads:
            thread.join()
    assert made.failures == []
    assert made.answers


def create(client: Any, **settings: Any) -> tuple[str, str]:
    api = client.create_rest_api(name="loaded", **settings)
    return api["id"], api["rootResourceId"]


def mock(client: Any, api_id: str, resource_id: str, answer: str, method: str = "GET", **settings: Any) -> None:
    where: Any = {"restApiId": api_id, "resourceId": resource_id, "httpMethod": method}
    client.put_method(**where, authorizationType="NONE", **settings)
    client.put_integration(**where, type="MOCK", requestTemplates={"application/json": '{"statusCode": 200}'})
    client.put_method_response(**where, statusCode="200")
    client.put_integration_response(**where, statusCode="200", responseTemplates={"application/json": answer})


def answer_with(client: Any, api_id: str, root: str, answer: str) -> None:
    patch = [{"op": "replace", "path": "/responseTemplates/application~1json", "value": answer}]
    where: Any = {"restApiId": api_id, "resourceId": root, "httpMethod": "GET", "statusCode": "200"}
    client.update_integration_response(**where, patchOperations=patch)


def test_deployments_and_a_canary_under_load(node: Node) -> None:
    client = node.client("apigateway")
    api_id, root = create(client)
    mock(client, api_id, root, "0")
    client.create_deployment(restApiId=api_id, stageName="prod")
    with load(node, api_id, "/prod") as deployed:
        for number in range(1, 15):
            answer_with(client, api_id, root, str(number))
            client.create_deployment(restApiId=api_id, stageName="prod")
    assert {status for status, _ in deployed.answers} == {200}
    assert node.call(api_id, "GET", "/prod").body == b"14"

    answer_with(client, api_id, root, "canary")
    client.create_deployment(restApiId=api_id, stageName="prod", canarySettings={"percentTraffic": 50.0})
    with load(node, api_id, "/prod") as canary:
        time.sleep(1)
    old, new = canary.answers[200, b"14"], canary.answers[200, b"canary"]
    assert old + new == canary.answers.total()
    assert 0.3 < new / (old + new) < 0.7
    with load(node, api_id, "/prod") as promoted:
        promotion = [
            {"op": "replace", "path": "/canarySettings/percentTraffic", "value": "0.0"},
            {"op": "copy", "from": "/canarySettings/deploymentId", "path": "/deploymentId"},
            {"op": "remove", "path": "/canarySettings"},
        ]
        client.update_stage(restApiId=api_id, stageName="prod", patchOperations=promotion)
        at_promotion = Counter(promoted.answers)
        time.sleep(0.5)
    assert {status for status, _ in promoted.answers} == {200}
    # What was in flight may still get the old answer: one for each client.
    assert promoted.answers[200, b"14"] - at_promotion[200, b"14"] <= 4


def large_api() -> bytes:
    """An OpenAPI document with as many resources as an API may have, each with a template of its own."""
    template = '#set($r = $input.path(\'$\'))#foreach($i in $r.items){"name": "$i.name"#if($i.x > 1), "x": 1#end}#end '
    paths = {}
    for number in range(299):
        responses = {"default": {"statusCode": "200", "responseTemplates": {"application/json": f"{template}{number}"}}}
        integration = {"type": "mock", "requestTemplates": {"application/json": '{"statusCode":200}'}}
        method: dict[str, Any] = {"responses": {"200": {"description": "ok"}}}
        paths[f"/r{number}"] = {
            "get": {**method, "x-amazon-apigateway-integration": {**integration, "responses": responses}}
        }
    return json.dumps({"swagger": "2.0", "info": {"title": "large", "version": "1"}, "paths": paths}).encode()


def test_a_large_api_is_deployed_while_a_small_one_is_served(node: Node) -> None:
    client = node.client("apigateway")
    api_id, root = create(client)
    mock(client, api_id, root, "small")
    client.create_deployment(restApiId=api_id, stageName="prod")
    with load(node, api_id, "/prod", clients=2) as served:
        large = client.import_rest_api(body=large_api())["id"]
        for number in range(4):
            client.create_deployment(restApiId=large, stageName=f"s{number}")
        for number in range(4):
            assert node.call(large, "GET", f"/s{number}/r{number}").body.endswith(str(number).encode())
        client.delete_rest_api(restApiId=large)
    assert set(served.answers) == {(200, b"small")}
    assert served.longest < LONGEST_SECONDS


@pytest.fixture(scope="module")
def victim() -> Iterator[tuple[Node, str]]:
    """A node of its own with an API that can be attacked, and is used under `/prod`."""
    with running("--ephemeral") as node:
        client = node.client("apigateway")
        api_id, root = create(client)
        mock(client, api_id, root, "served")
        validator = client.create_request_validator(restApiId=api_id, name="body", validateRequestBody=True)["id"]
        for name, schema in MODELS.items():
            client.create_model(restApiId=api_id, name=name, contentType="application/json", schema=json.dumps(schema))
            resource = client.create_resource(restApiId=api_id, parentId=root, pathPart=name)["id"]
            models = {"application/json": name}
            mock(client, api_id, resource, "", "POST", requestValidatorId=validator, requestModels=models)
        for name, template in TEMPLATES.items():
            resource = client.create_resource(restApiId=api_id, parentId=root, pathPart=name)["id"]
            mock(client, api_id, resource, "", "POST")
            where: Any = {"restApiId": api_id, "resourceId": resource, "httpMethod": "POST"}
            client.put_integration(**where, type="MOCK", requestTemplates={"application/json": template})
        client.create_deployment(restApiId=api_id, stageName="prod")
        yield node, api_id


@pytest.mark.parametrize(("path", "body", "status"), BOMBS.values(), ids=BOMBS.keys())
def test_an_attack_with_one_request_holds_up_nobody(
    victim: tuple[Node, str], path: str, body: str, status: int
) -> None:
    node, api_id = victim
    with load(node, api_id, "/prod", clients=2) as served:
        assert node.call(api_id, "POST", path, JSON, body.encode()).status == status
    assert set(served.answers) == {(200, b"served")}
    assert served.longest < LONGEST_SECONDS


def test_a_quota_that_is_raised_and_lives_through_a_restart(tmp_path: Path) -> None:
    node = start("--data-dir", str(tmp_path))
    client = node.client("apigateway")
    api_id, root = create(client)
    mock(client, api_id, root, "ok", apiKeyRequired=True)
    client.create_deployment(restApiId=api_id, stageName="prod")
    stages = [{"apiId": api_id, "stage": "prod"}]
    plan = client.create_usage_plan(name="plan", apiStages=stages, quota={"limit": 2, "period": "DAY"})["id"]
    key = client.create_api_key(name="key", enabled=True)
    assert node.call(api_id, "GET", "/prod", {"X-Api-Key": key["value"]}).status == 403
    client.create_usage_plan_key(usagePlanId=plan, keyId=key["id"], keyType="API_KEY")

    def statuses(count: int) -> list[int]:
        return [node.call(api_id, "GET", "/prod", {"X-Api-Key": key["value"]}).status for _ in range(count)]

    def usage() -> Any:
        today = datetime.datetime.now(tz=datetime.UTC).date().isoformat()
        return node.client("apigateway").get_usage(usagePlanId=plan, startDate=today, endDate=today)["items"]

    assert statuses(3) == [200, 200, 429]
    patch = [{"op": "replace", "path": "/remaining", "value": "3"}]
    client.update_usage(usagePlanId=plan, keyId=key["id"], patchOperations=patch)
    assert statuses(1) == [200]
    before = usage()
    assert before[key["id"]][0][1] == 2  # remaining
    assert stop(node) == 0
    node = start("--data-dir", str(tmp_path))
    try:
        assert usage() == before
        assert statuses(3) == [200, 200, 429]
    finally:
        assert stop(node) == 0


def test_the_last_deployment_that_was_answered_is_served_after_a_kill(tmp_path: Path) -> None:
    node = start("--data-dir", str(tmp_path))
    client = node.client("apigateway")
    api_id, root = create(client)
    mock(client, api_id, root, "$context.deploymentId $stageVariables.number")
    answered: list[str] = []

    def deploy() -> None:
        with contextlib.suppress(BotoCoreError):
            for number in range(10_000):
                variables = {"number": str(number)}
                made = client.create_deployment(restApiId=api_id, stageName="prod", variables=variables)
                answered.append(f"{made['id']} {number}")

    deploying = threading.Thread(target=deploy)
    deploying.start()
    wait_until(lambda: len(answered) >= 20, "deployments")
    kill(node)
    deploying.join()
    node = start("--data-dir", str(tmp_path))
    try:
        served = node.call(api_id, "GET", "/prod").body.decode()
        # One more may have been made whose answer was not sent.
        assert served == answered[-1] or served.endswith(f" {len(answered)}")
    finally:
        assert stop(node) == 0


def test_concurrent_deployments_of_one_stage(node: Node) -> None:
    client = node.client("apigateway")
    api_id, root = create(client)
    mock(client, api_id, root, "$context.deploymentId")
    with ThreadPoolExecutor(8) as threads:
        made = list(
            threads.map(lambda _: client.create_deployment(restApiId=api_id, stageName="prod")["id"], range(40))
        )
    stage = client.get_stage(restApiId=api_id, stageName="prod")
    assert len(set(made)) == 40
    assert stage["deploymentId"] in made
    assert node.call(api_id, "GET", "/prod").body.decode() == stage["deploymentId"]
