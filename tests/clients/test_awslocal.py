"""The wrapper awslocal: an application by a template, and one by single commands, as scripts that set a machine up do.

Sources: "LocalStack AWS CLI" (README of localstack/awscli-local); "Tutorial: Create a REST API with a Lambda proxy
integration" (Amazon API Gateway Developer Guide) for the commands.
"""

import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.clients.tools import APPLICATIONS, REGION, Client, client_in, program
from tests.integration.nodes import Node, wait_until, zip_of

pytestmark = [pytest.mark.clients, pytest.mark.timeout(600)]

RUNTIME = f"python3.{sys.version_info.minor}"
BUCKET = "packages-of-greetings"
STACK = "greetings"
PACKAGE = ("--template-file", "template.yaml", "--output-template-file", "packaged.yaml", "--s3-bucket", BUCKET)
DEPLOY = ("--template-file", "packaged.yaml", "--stack-name", STACK, "--capabilities", "CAPABILITY_IAM")


@pytest.fixture
def awslocal(node: Node, tmp_path: Path) -> Client:
    client = client_in(node, program("awslocal", "awslocal"), tmp_path, APPLICATIONS / "awslocal")
    client.environment["DISABLE_DEPRECATION_NOTICE"] = "1"
    return client


def answer(client: Client, *arguments: str) -> dict[str, Any]:
    """Run a command; return what it printed, which is JSON."""
    printed: dict[str, Any] = json.loads(client.run(*arguments, "--output", "json"))
    return printed


def outputs(client: Client) -> dict[str, str]:
    stack = answer(client, "cloudformation", "describe-stacks", "--stack-name", STACK)["Stacks"][0]
    return {output["OutputKey"]: output["OutputValue"] for output in stack["Outputs"]}


def check_gone(node: Node) -> None:
    assert node.client("lambda", REGION).list_functions()["Functions"] == []
    assert node.client("apigateway", REGION).get_rest_apis()["items"] == []
    assert node.client("apigatewayv2", REGION).get_apis()["Items"] == []
    assert node.client("iam").list_roles()["Roles"] == []
    assert node.client("cloudformation", REGION).describe_stacks()["Stacks"] == []


def test_an_application_by_a_template(node: Node, awslocal: Client) -> None:
    def deploy(*overrides: str) -> None:
        awslocal.run("cloudformation", "package", *PACKAGE)
        told = ("--parameter-overrides", f"Runtime={RUNTIME}", *overrides)
        awslocal.run("cloudformation", "deploy", *DEPLOY, *told)

    awslocal.run("s3", "mb", f"s3://{BUCKET}")
    deploy()
    made = outputs(awslocal)
    assert node.call(made["ApiId"], "GET", "/greet/bob").json() == {"greeting": "hello", "name": "bob"}

    awslocal.change("src/app.py", '"name": name', '"who": name')
    deploy("Greeting=welcome")
    assert outputs(awslocal) == made
    assert node.call(made["ApiId"], "GET", "/greet/bob").json() == {"greeting": "welcome", "who": "bob"}
    events = ("logs", "filter-log-events", "--log-group-name", f"/aws/lambda/{made['Function']}")
    wait_until(lambda: "greeted bob" in awslocal.run(*events), "the log of the function", 60)

    awslocal.run("cloudformation", "delete-stack", "--stack-name", STACK)
    awslocal.run("cloudformation", "wait", "stack-delete-complete", "--stack-name", STACK)
    awslocal.run("s3", "rb", f"s3://{BUCKET}", "--force")
    check_gone(node)


def test_an_application_by_commands(node: Node, awslocal: Client) -> None:
    """With the variable that came before `AWS_ENDPOINT_URL`."""
    environment = {name: value for name, value in awslocal.environment.items() if name != "AWS_ENDPOINT_URL"}
    client = replace(awslocal, environment={**environment, "LOCALSTACK_HOST": f"127.0.0.1:{node.port}"})
    source = (client.directory / "src/app.py").read_bytes()
    (client.directory / "app.zip").write_bytes(zip_of({"app.py": source}))

    trusted = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
    trust = json.dumps({"Version": "2012-10-17", "Statement": [trusted]})
    iam = ("iam", "create-role", "--role-name", "greeter", "--assume-role-policy-document", trust)
    role = answer(client, *iam)["Role"]["Arn"]
    described = ("--runtime", RUNTIME, "--handler", "app.handler", "--role", role, "--zip-file", "fileb://app.zip")
    function = answer(client, "lambda", "create-function", "--function-name", "greeter", *described)
    client.run("lambda", "wait", "function-active-v2", "--function-name", "greeter")
    client.run("lambda", "invoke", "--function-name", "greeter", "--payload", "{}", "said.json")
    assert "nobody" in (client.directory / "said.json").read_text()

    api_id = published(client, function["FunctionArn"])
    assert node.call(api_id, "GET", "/test/bob").json() == {"greeting": "hello", "name": "bob"}

    (client.directory / "app.zip").write_bytes(zip_of({"app.py": source.replace(b'"name": name', b'"who": name')}))
    client.run("lambda", "update-function-code", "--function-name", "greeter", "--zip-file", "fileb://app.zip")
    client.run("lambda", "wait", "function-updated-v2", "--function-name", "greeter")
    assert node.call(api_id, "GET", "/test/bob").json() == {"greeting": "hello", "who": "bob"}

    client.run("apigateway", "delete-rest-api", "--rest-api-id", api_id)
    client.run("lambda", "delete-function", "--function-name", "greeter")
    client.run("iam", "delete-role", "--role-name", "greeter")
    check_gone(node)


def published(client: Client, function_arn: str) -> str:
    """Make a REST API of one proxy integration and its stage `test`; return its id."""
    api_id: str = answer(client, "apigateway", "create-rest-api", "--name", "greetings")["id"]
    api = ("--rest-api-id", api_id)
    root = answer(client, "apigateway", "get-resources", *api)["items"][0]["id"]
    child = ("apigateway", "create-resource", *api, "--parent-id", root, "--path-part", "{name}")
    method = ("--resource-id", answer(client, *child)["id"], "--http-method", "GET")
    client.run("apigateway", "put-method", *api, *method, "--authorization-type", "NONE")
    uri = f"arn:aws:apigateway:{REGION}:lambda:path/2015-03-31/functions/{function_arn}/invocations"
    integration = ("--type", "AWS_PROXY", "--integration-http-method", "POST", "--uri", uri)
    client.run("apigateway", "put-integration", *api, *method, *integration)
    client.run("apigateway", "create-deployment", *api, "--stage-name", "test")
    source = f"arn:aws:execute-api:{REGION}:123456789012:{api_id}/*/GET/*"
    granted = ("--statement-id", "api", "--action", "lambda:InvokeFunction", "--principal", "apigateway.amazonaws.com")
    client.run("lambda", "add-permission", "--function-name", "greeter", *granted, "--source-arn", source)
    return api_id
