"""`POST /_gatewright/reset`, as a suite of tests uses it."""

import json
import statistics
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.integration.deployed import RUNTIME, Function, api, function, package
from tests.integration.nodes import ROLE, Answer, Node, running, wait_until

MEDIAN_MS = 50


@pytest.fixture(scope="module")
def ephemeral() -> Iterator[Node]:
    """A node of this module's own: what is reset is everybody's. Events that failed run again after 0.6 seconds."""
    with running("--ephemeral", environment={"GATEWRIGHT_FUNCTIONS_ASYNC_TIME_SCALE": "0.01"}) as node:
        yield node


def reset(node: Node, **headers: str) -> Answer:
    return node.request("POST", "/_gatewright/reset", list(headers.items()), b"")


def hello(node: Node) -> Function:
    made = function(node, "print('a line')", "return {'statusCode': 200, 'body': 'hello'}")
    made.permit()
    return made


def error_of(call: Any, **request: Any) -> str:
    with pytest.raises(ClientError) as raised:
        call(**request)
    code: str = raised.value.response["Error"]["Code"]
    return code


def test_nothing_is_left(ephemeral: Node) -> None:
    lambda_, rest, http, iam = (ephemeral.client(name) for name in ("lambda", "apigateway", "apigatewayv2", "iam"))
    made = hello(ephemeral)
    http_api = api(ephemeral, {"GET /": made.arn})
    rest_api = rest.create_rest_api(name="rest")["id"]
    plan, key = rest.create_usage_plan(name="plan")["id"], rest.create_api_key(name="key", enabled=True)["id"]
    iam.create_user(UserName="user")
    lambda_.publish_layer_version(LayerName="layer", Content={"ZipFile": package("return None")})
    url = lambda_.create_function_url_config(FunctionName=made.name, AuthType="NONE")["FunctionUrl"]
    assert http_api.get("/").status == 200
    assert "a line" in ephemeral.logs(made.name)

    assert reset(ephemeral).status == 204

    assert lambda_.list_functions()["Functions"] == []
    assert lambda_.list_layers()["Layers"] == []
    assert http.get_apis()["Items"] == []
    assert rest.get_rest_apis()["items"] == []
    assert error_of(rest.get_rest_api, restApiId=rest_api) == "NotFoundException"
    assert error_of(rest.get_usage_plan, usagePlanId=plan) == "NotFoundException"
    assert error_of(rest.get_api_key, apiKey=key) == "NotFoundException"
    assert error_of(iam.get_user, UserName="user") == "NoSuchEntity"
    assert http_api.get("/").status == 404
    host = url.removeprefix("http://").removesuffix("/")
    assert ephemeral.request("GET", "/", [("Host", host)]).status in (403, 404)
    assert "a line" not in ephemeral.logs(made.name)


def test_stacks_and_what_the_companion_has(ephemeral: Node) -> None:
    """moto goes on to run: it takes seconds to start."""
    template = "Resources: {User: {Type: AWS::IAM::User, Properties: {UserName: user}}}"
    stacks, sqs = ephemeral.client("cloudformation"), ephemeral.client("sqs")
    for _ in range(2):
        stacks.create_stack(StackName="app", TemplateBody=template, Capabilities=["CAPABILITY_NAMED_IAM"])
        stacks.get_waiter("stack_create_complete").wait(StackName="app", WaiterConfig={"Delay": 1})
        sqs.create_queue(QueueName="queue")
        began = time.monotonic()
        assert reset(ephemeral).status == 204
        assert time.monotonic() - began < 1
        assert error_of(stacks.describe_stacks, StackName="app") == "ValidationError"
        assert "QueueUrls" not in sqs.list_queues()


def test_a_stack_that_is_under_way(ephemeral: Node) -> None:
    """One that waits for a signal for ten minutes."""
    template = """
    Resources:
      Handle: {Type: AWS::CloudFormation::WaitConditionHandle}
      Wait: {Type: AWS::CloudFormation::WaitCondition, Properties: {Handle: !Ref Handle, Timeout: 600}}
    """
    stacks = ephemeral.client("cloudformation")
    stacks.create_stack(StackName="waits", TemplateBody=template)
    assert stacks.describe_stacks(StackName="waits")["Stacks"][0]["StackStatus"] == "CREATE_IN_PROGRESS"
    began = time.monotonic()
    assert reset(ephemeral).status == 204
    assert time.monotonic() - began < 5
    assert stacks.describe_stacks()["Stacks"] == []


def test_what_comes_after_serves(ephemeral: Node) -> None:
    for number in range(3):
        made = function(ephemeral, f"return {{'statusCode': 200, 'body': '{number}'}}", name="the-same-name")
        made.permit()
        served = api(ephemeral, {"GET /": made.arn})
        assert served.get("/").body == str(number).encode()
        assert reset(ephemeral).status == 204


def test_what_is_in_flight_ends_and_reaches_nothing_that_comes_after(ephemeral: Node) -> None:
    made = function(
        ephemeral,
        "import boto3",
        "time.sleep(0.5)",
        "boto3.client('apigatewayv2').create_api(Name='late', ProtocolType='HTTP')",
        Timeout=30,
    )
    made.permit()
    served = api(ephemeral, {"GET /": made.arn})
    answers: list[Answer] = []
    asking = threading.Thread(target=lambda: answers.append(served.get("/")))
    asking.start()
    time.sleep(0.3)  # while it starts, or sleeps
    made.client.invoke(FunctionName=made.name, InvocationType="Event", Payload=b"{}")
    began = time.monotonic()
    assert reset(ephemeral).status == 204
    asking.join(10)
    assert time.monotonic() - began < 2
    assert [answer.status for answer in answers] in ([500], [503])
    time.sleep(1)
    assert ephemeral.client("apigatewayv2").get_apis()["Items"] == []


def test_a_queued_event_is_forgotten(ephemeral: Node) -> None:
    function(ephemeral, "raise ValueError", name="fails").client.invoke(
        FunctionName="fails", InvocationType="Event", Payload=b"{}"
    )
    wait_until(lambda: "ValueError" in ephemeral.logs("fails"), "its first attempt")
    assert reset(ephemeral).status == 204
    function(ephemeral, "return None", name="fails").invoke()
    time.sleep(1)
    assert ephemeral.logs("fails").count("START RequestId") == 1


def test_a_quota_begins_anew(ephemeral: Node) -> None:
    """The second time, the same key in a plan of the same quota has all of it."""
    for _ in range(2):
        rest = ephemeral.client("apigateway")
        api_id = rest.create_rest_api(name="quota")["id"]
        root = rest.get_resources(restApiId=api_id)["items"][0]["id"]
        rest.put_method(
            restApiId=api_id, resourceId=root, httpMethod="GET", authorizationType="NONE", apiKeyRequired=True
        )
        rest.put_integration(
            restApiId=api_id,
            resourceId=root,
            httpMethod="GET",
            type="MOCK",
            requestTemplates={"application/json": '{"statusCode": 200}'},
        )
        rest.put_method_response(restApiId=api_id, resourceId=root, httpMethod="GET", statusCode="200")
        rest.put_integration_response(restApiId=api_id, resourceId=root, httpMethod="GET", statusCode="200")
        rest.create_deployment(restApiId=api_id, stageName="dev")
        stage = {"apiId": api_id, "stage": "dev"}
        plan = rest.create_usage_plan(name="plan", quota={"limit": 1, "period": "DAY"}, apiStages=[stage])["id"]
        key = rest.create_api_key(name="key", value="abcdefghijklmnopqrstuvwxyz", enabled=True)["id"]
        rest.create_usage_plan_key(usagePlanId=plan, keyId=key, keyType="API_KEY")
        headers = [("x-api-key", "abcdefghijklmnopqrstuvwxyz")]
        assert [ephemeral.call(api_id, "GET", "/dev/", headers).status for _ in range(2)] == [200, 429]
        assert reset(ephemeral).status == 204


def test_resets_at_once(ephemeral: Node) -> None:
    """What one makes may be gone by another's reset, but nobody gets an error."""
    statuses: list[int] = []

    def work() -> None:
        for _ in range(5):
            statuses.append(reset(ephemeral).status)
            ephemeral.client("lambda").list_functions()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert statuses == [204] * 20


@pytest.mark.slow
def test_it_takes_less_than_50_ms() -> None:
    """Of an application with an environment that has just served a request. The median, as SPECIFICATION.md says."""
    took_ms = []
    with running("--ephemeral") as node:
        for _ in range(21):
            made = hello(node)
            assert api(node, {"GET /": made.arn}).get("/").status == 200
            began = time.monotonic()
            assert reset(node).status == 204
            took_ms.append((time.monotonic() - began) * 1000)
    assert statistics.median(took_ms) < MEDIAN_MS


def test_a_page_of_a_browser_cannot(ephemeral: Node) -> None:
    made = hello(ephemeral)
    answer = reset(ephemeral, Origin="http://example.com")
    assert answer.status == 403
    assert b"Origin" in answer.body
    assert made.invoke()["body"] == "hello"


def test_a_function_cannot(ephemeral: Node) -> None:
    made = function(
        ephemeral,
        "import http.client, urllib.parse",
        "endpoint = urllib.parse.urlsplit(os.environ['AWS_ENDPOINT_URL'])",
        "connection = http.client.HTTPConnection(endpoint.hostname, endpoint.port, timeout=20)",
        "connection.request('POST', '/_gatewright/reset')",
        "return connection.getresponse().status",
    )
    health = json.loads(ephemeral.request("GET", "/_gatewright/health").body)
    if health["isolation"]["network"] == "shared":
        pytest.skip("functions here share the host's network, and reach what everybody on the machine reaches")
    assert made.invoke() == 403
    assert made.invoke() == 403


def test_a_node_that_keeps_data_refuses(tmp_path: Path) -> None:
    with running("--data-dir", str(tmp_path / "data")) as node:
        made = hello(node)
        answer = reset(node)
        assert answer.status == 403
        assert b"--ephemeral" in answer.body
        assert made.invoke()["body"] == "hello"


def test_the_same_code_again(ephemeral: Node) -> None:
    """A package that was unpacked in an earlier life is used again, and only by who has it."""
    code = package("return 'once unpacked'")
    for _ in range(2):
        client = ephemeral.client("lambda")
        client.create_function(
            FunctionName="again", Role=ROLE, Code={"ZipFile": code}, Runtime=RUNTIME, Handler="app.handler"
        )
        assert Function(ephemeral, "again", "arn:aws:lambda:us-east-1:123456789012:function:again").invoke() == (
            "once unpacked"
        )
        assert reset(ephemeral).status == 204
    assert error_of(ephemeral.client("lambda").get_function, FunctionName="again") == "ResourceNotFoundException"
