"""`gatewright env`, `invoke`, `apis` and `stacks`, as people run them against a node."""

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from tests.integration.deployed import Function, function
from tests.integration.nodes import Node, running

REGION = "eu-west-1"
TEMPLATE = """
Parameters: {Name: {Type: String}}
Resources: {User: {Type: AWS::IAM::User, Properties: {UserName: !Ref Name}}}
Outputs: {Arn: {Value: !GetAtt User.Arn}}
"""


@dataclass(frozen=True)
class Done:
    status: int
    output: str
    errors: str


def gatewright(node: Node | None, *arguments: str, given: str = "", **environment: str) -> Done:
    """Run a command where a user has evaluated `gatewright env`, or where nothing is set."""
    variables = {"PATH": "/usr/bin:/bin", **(node.environment if node else {}), **environment}
    variables.setdefault("AWS_REGION", REGION)
    done = subprocess.run(
        [sys.executable, "-m", "gatewright", *arguments],
        env=variables | {"PYTHONPATH": ":".join(sys.path)},
        input=given,
        capture_output=True,
        text=True,
        timeout=60,
    )
    return Done(done.returncode, done.stdout, done.stderr)


@pytest.fixture(scope="module")
def own_node() -> Iterator[Node]:
    """A node with an application in a region of its own."""
    with running("--ephemeral") as node:
        yield node


@pytest.fixture(scope="module")
def adder(own_node: Node) -> Function:
    return function(
        own_node,
        "print('adding')",
        "if event.get('fails'): raise ValueError('no')",
        "return {'sum': event.get('a', 0) + event.get('b', 0)}",
        name="adder",
        region=REGION,
    )


def test_the_environment_of_a_shell() -> None:
    shown = gatewright(
        None,
        "env",
        "--url",
        "http://localhost:4567",
        AWS_PROFILE="mine",
        AWS_ENDPOINT_URL_S3="x",
        AWS_REGION="us-east-2",
    )
    assert shown.status == 0
    script = f"export AWS_PROFILE=mine\n{shown.output}\nenv"
    lines = subprocess.run(["sh", "-c", script], env={"PATH": "/usr/bin:/bin"}, capture_output=True, text=True).stdout
    variables = dict(line.partition("=")[::2] for line in lines.splitlines())
    assert variables["AWS_ENDPOINT_URL"] == "http://127.0.0.1:4567"
    assert (variables["AWS_REGION"], variables["AWS_DEFAULT_REGION"]) == ("us-east-2", "us-east-2")
    assert "AWS_PROFILE" not in variables
    assert "unset AWS_ENDPOINT_URL_S3" in shown.output


@pytest.mark.parametrize(
    ("shell", "line"),
    [
        ("fish", "set -gx AWS_ENDPOINT_URL 'http://127.0.0.1:4566'"),
        ("powershell", "$Env:AWS_ENDPOINT_URL = 'http://127.0.0.1:4566'"),
    ],
)
def test_the_environment_of_other_shells(shell: str, line: str) -> None:
    shown = gatewright(None, "env", "--shell", shell)
    assert line in shown.output.splitlines()
    if program := shutil.which({"powershell": "pwsh"}.get(shell, shell)):
        subprocess.run([program, "-c", shown.output], check=True)


def test_the_environment_follows_the_settings_and_not_itself() -> None:
    """`gatewright env` in a shell that points elsewhere must not point there again."""
    shown = gatewright(None, "env", "--json", AWS_ENDPOINT_URL="http://127.0.0.1:1", GATEWRIGHT_PORT="4599")
    assert json.loads(shown.output)["AWS_ENDPOINT_URL"] == "http://127.0.0.1:4599"


def test_invoke(own_node: Node, adder: Function) -> None:
    assert gatewright(own_node, "invoke", "adder", "--payload", '{"a": 1, "b": 2}') == Done(0, '{"sum": 3}\n', "")
    assert gatewright(own_node, "invoke", adder.arn, "-p", "-", given='{"a": 5}').output == '{"sum": 5}\n'
    assert gatewright(own_node, "invoke", "adder").output == '{"sum": 0}\n'


def test_invoke_shows_the_log(own_node: Node, adder: Function) -> None:
    done = gatewright(own_node, "invoke", "adder", "--log")
    assert (done.status, done.output) == (0, '{"sum": 0}\n')
    assert "adding" in done.errors
    assert "REPORT RequestId" in done.errors


def test_invoke_of_a_function_that_fails(own_node: Node, adder: Function) -> None:
    done = gatewright(own_node, "invoke", "adder", "--payload", '{"fails": true}')
    assert done.status == 1
    assert json.loads(done.output)["errorType"] == "ValueError"
    assert "the function failed (Unhandled)" in done.errors
    known = json.loads(gatewright(own_node, "invoke", "adder", "--json", "-p", '{"fails": true}').output)
    assert (known["FunctionError"], known["Payload"]["errorMessage"]) == ("Unhandled", "no")


def test_invoke_asynchronously(own_node: Node, adder: Function) -> None:
    done = gatewright(own_node, "invoke", "adder", "--async")
    assert done.status == 0
    assert done.output.startswith("accepted: request ")


@pytest.mark.parametrize(
    ("arguments", "status", "message"),
    [
        (("invoke", "adder", "--payload", "{"), 2, "--payload is no JSON"),
        (("invoke", "adder", "--payload", "@/nowhere"), 2, "/nowhere cannot be read: No such file"),
        (("invoke", "nobody"), 1, "Function not found"),
        (
            ("invoke", "adder", "--url", "http://127.0.0.1:1"),
            1,
            "no node answers at http://127.0.0.1:1 (`gatewright up` starts one)",
        ),
        (("apis", "--url", "127.0.0.1:4566"), 2, "is no URL of a node"),
        (("stacks", "nothing"), 1, "Stack with id nothing does not exist"),
        (("invoke", "adder", "--async", "--log"), 2, "--log shows"),
    ],
)
def test_what_goes_wrong_is_one_line(
    own_node: Node, adder: Function, arguments: tuple[str, ...], status: int, message: str
) -> None:
    done = gatewright(own_node, *arguments)
    assert (done.status, done.output) == (status, "")
    assert message in done.errors
    assert done.errors.count("\n") == 1


def rest_api(node: Node, adder: Function) -> str:
    client = node.client("apigateway", REGION)
    api_id: str = client.create_rest_api(name="pets")["id"]
    root = client.get_resources(restApiId=api_id)["items"][0]["id"]
    pets = client.create_resource(restApiId=api_id, parentId=root, pathPart="pets")["id"]
    invocations = f"arn:aws:apigateway:{REGION}:lambda:path/2015-03-31/functions/{adder.arn}/invocations"
    for method, resource, settings in (
        ("GET", pets, {"type": "AWS_PROXY", "uri": invocations, "integrationHttpMethod": "POST"}),
        ("POST", pets, {"type": "HTTP", "uri": "http://pets.example/new", "integrationHttpMethod": "PUT"}),
        ("ANY", root, {"type": "MOCK", "requestTemplates": {"application/json": '{"statusCode": 200}'}}),
    ):
        where = {"restApiId": api_id, "resourceId": resource, "httpMethod": method}
        client.put_method(**where, authorizationType="NONE", apiKeyRequired=method == "POST")
        client.put_integration(**where, **settings)
    mock = {"restApiId": api_id, "resourceId": root, "httpMethod": "ANY", "statusCode": "200"}
    client.put_method_response(**mock)
    client.put_integration_response(**mock)
    client.create_deployment(restApiId=api_id, stageName="prod")
    return api_id


def test_apis(own_node: Node, adder: Function) -> None:
    rest_id = rest_api(own_node, adder)
    url = adder.client.create_function_url_config(FunctionName="adder", AuthType="NONE")["FunctionUrl"]
    client = own_node.client("apigatewayv2", REGION)
    http_id = client.create_api(Name="shop", ProtocolType="HTTP", Target=adder.arn, RouteKey="GET /items/{id}")["ApiId"]
    shown = gatewright(own_node, "apis")
    port = own_node.port
    assert shown.output == (
        f"REST API pets ({rest_id})\n"
        f"  prod  http://{rest_id}.execute-api.localhost:{port}/prod/\n"
        f"    ANY   /      → MOCK\n"
        f"    GET   /pets  → lambda adder\n"
        f"    POST  /pets  → PUT http://pets.example/new (API key)\n"
        f"\n"
        f"HTTP API shop ({http_id})\n"
        f"  $default  http://{http_id}.execute-api.localhost:{port}/\n"
        f"    GET  /items/{{id}}  → lambda adder\n"
        f"\n"
        f"Function URLs\n"
        f"  adder  {url}  NONE  buffered\n"
    )
    listed = json.loads(gatewright(own_node, "apis", "--json").output)
    stage = listed["apis"][0]["stages"][0]
    assert stage["path_url"] == f"{own_node.url}/_aws/execute-api/{rest_id}/prod/"
    assert own_node.request("GET", stage["path_url"].removeprefix(own_node.url)).status == 200
    assert gatewright(own_node, "apis", "--region", "eu-north-1").output == "no APIs in eu-north-1\n"


def test_more_than_a_page_of_apis(own_node: Node) -> None:
    client = own_node.client("apigatewayv2", "us-west-2")
    for number in range(110):
        client.create_api(Name=f"api-{number}", ProtocolType="HTTP")
    listed = json.loads(gatewright(own_node, "apis", "--region", "us-west-2", "--json").output)
    assert len(listed["apis"]) == 110


def test_stacks(own_node: Node) -> None:
    assert gatewright(own_node, "stacks").output == f"no stacks in {REGION}\n"
    client = own_node.client("cloudformation", REGION)
    client.create_stack(
        StackName="app",
        TemplateBody=TEMPLATE,
        Parameters=[{"ParameterKey": "Name", "ParameterValue": "ann"}],
        Capabilities=["CAPABILITY_NAMED_IAM"],
    )
    client.get_waiter("stack_create_complete").wait(StackName="app", WaiterConfig={"Delay": 1})
    (line,) = gatewright(own_node, "stacks").output.splitlines()
    assert line.startswith("app  CREATE_COMPLETE  20")
    shown = gatewright(own_node, "stacks", "app").output.splitlines()
    assert shown[1:] == [
        "Parameters",
        "  Name  ann",
        "Resources",
        "  User  AWS::IAM::User  CREATE_COMPLETE  ann",
        "Outputs",
        "  Arn  arn:aws:iam::123456789012:user/ann",
    ]
    assert json.loads(gatewright(own_node, "stacks", "--json").output)[0]["StackStatus"] == "CREATE_COMPLETE"
    described = json.loads(gatewright(own_node, "stacks", "app", "--json").output)
    assert described["Resources"][0]["PhysicalResourceId"] == "ann"


def test_a_reader_that_goes_away_is_no_error(own_node: Node, adder: Function) -> None:
    command = f"{sys.executable} -m gatewright apis --json | head -c 1"
    environment = own_node.environment | {"PYTHONPATH": ":".join(sys.path)}
    done = subprocess.run(["sh", "-c", command], env=environment, capture_output=True, text=True, timeout=60)
    assert done.stderr == ""
