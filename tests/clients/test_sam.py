"""AWS SAM CLI, as its users run it: build, deploy, list, invoke, logs, sync, delete; and the wrapper samlocal.

Sources: "AWS SAM CLI command reference" (AWS Serverless Application Model Developer Guide); "LocalStack AWS SAM CLI"
(README of localstack/aws-sam-cli-local).
"""

import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.clients.tools import APPLICATIONS, REGION, Client, client_in, program
from tests.integration.nodes import Node

pytestmark = [pytest.mark.clients, pytest.mark.timeout(900)]

STACK = "notes"
DEPLOY = ("deploy", "--stack-name", STACK, "--resolve-s3", "--capabilities", "CAPABILITY_IAM", "--no-progressbar")
SYNC = ("sync", "--stack-name", STACK, "--no-watch", "--capabilities", "CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND")


@pytest.fixture
def sam(node: Node, tmp_path: Path) -> Client:
    return with_the_application(node, program("sam", "sam"), tmp_path)


def with_the_application(node: Node, path: Path, home: Path) -> Client:
    """Return SAM CLI, or its wrapper, with the application for the Python that runs here."""
    client = client_in(node, path, home, APPLICATIONS / "sam")
    client.change("template.yaml", "python3.11", f"python3.{sys.version_info.minor}")
    client.environment["SAM_CLI_TELEMETRY"] = "0"
    return client


def outputs(node: Node) -> dict[str, str]:
    stack = node.client("cloudformation", REGION).describe_stacks(StackName=STACK)["Stacks"][0]
    return {output["OutputKey"]: output["OutputValue"] for output in stack["Outputs"]}


def read(node: Node, key: str) -> list[Any]:
    """Return what the three ways to the function answer."""
    found = outputs(node)
    host = found["FunctionUrl"].split("/")[2]
    answers = [
        node.call(found["RestId"], "GET", f"/prod/notes/{key}"),
        node.call(found["HttpId"], "GET", f"/notes/{key}"),
        node.request("GET", f"/notes/{key}", [("Host", host)]),
    ]
    assert [answer.status for answer in answers] == [200, 200, 200]
    return [answer.json() for answer in answers]


def is_empty(node: Node) -> bool:
    """Tell whether nothing is left of the application but what SAM CLI keeps for the next one."""
    stacks = node.client("cloudformation", REGION).describe_stacks()["Stacks"]
    return (
        [stack["StackName"] for stack in stacks] in ([], ["aws-sam-cli-managed-default"])
        and node.client("lambda", REGION).list_functions()["Functions"] == []
        and node.client("apigateway", REGION).get_rest_apis()["items"] == []
        and node.client("apigatewayv2", REGION).get_apis()["Items"] == []
        and node.client("dynamodb", REGION).list_tables()["TableNames"] == []
    )


def test_an_application_is_deployed_changed_and_deleted(node: Node, sam: Client) -> None:
    assert "is a valid SAM Template" in sam.run("validate")
    assert "Build Succeeded" in sam.run("build")
    assert "Successfully created/updated stack - notes" in sam.run(*DEPLOY)
    node.call(outputs(node)["RestId"], "PUT", "/prod/notes/a", body=b"a note")
    by_rest, by_http, by_url = read(node, "a")
    assert by_rest == by_http == {"greeting": "hello, a", "text": "a note"}
    assert by_url == {"greeting": "hello, none", "text": None}

    assert "No changes to deploy" in sam.run(*DEPLOY, status=1)
    sam.change("src/app.py", '"text": item', '"changed": item')
    sam.run("build")
    assert "Successfully created/updated stack - notes" in sam.run(*DEPLOY, "--parameter-overrides", "Greeting=hi")
    assert read(node, "a")[0] == {"greeting": "hi, a", "changed": "a note"}

    endpoints = json.loads(listed(sam, "endpoints"))
    urls = {each["LogicalResourceId"]: each["CloudEndpoint"] for each in endpoints}
    assert outputs(node)["FunctionUrl"] in json.dumps(urls)
    assert f"https://{outputs(node)['RestId']}.execute-api.{REGION}.amazonaws.com/prod" in json.dumps(urls)
    assert {"Rest", "Http", "Reader", "Notes"} <= {
        each["LogicalResourceId"] for each in json.loads(listed(sam, "resources"))
    }
    assert {each["OutputKey"] for each in json.loads(listed(sam, "stack-outputs"))} == set(outputs(node))
    assert "hi, nobody" in sam.run("remote", "invoke", "Reader", "--stack-name", STACK, "--event", "{}")
    assert "read a" in sam.run("logs", "--stack-name", STACK)

    assert "Deleted successfully" in sam.run("delete", "--stack-name", STACK, "--no-prompts", "--region", REGION)
    assert is_empty(node)


def listed(sam: Client, what: str) -> str:
    """Return what `sam list` prints, from its first bracket: before that come the messages of building."""
    printed = sam.run("list", what, "--stack-name", STACK, "--output", "json")
    return printed[printed.index("[\n") : printed.rindex("]") + 1]


@pytest.mark.parametrize("layer", ["--dependency-layer", "--no-dependency-layer"])
def test_an_application_is_synchronized(node: Node, sam: Client, layer: str) -> None:
    sync = (*SYNC, layer)
    assert "Stack creation succeeded" in sam.run(*sync, answers="y\n")
    assert read(node, "a")[0] == {"greeting": "hello, a", "text": None}
    assert "Stack update succeeded" in sam.run(*sync, "--parameter-overrides", "Greeting=hey", answers="y\n")
    assert read(node, "a")[0] == {"greeting": "hey, a", "text": None}

    sam.change("src/app.py", '"text": item', '"by code": item')
    sam.change("layer/texts.py", "{greeting}, ", "{greeting} - ")
    assert "Finished syncing Layer Texts" in sam.run(*sync, "--code", answers="y\n")
    assert read(node, "a")[0] == {"greeting": "hey - a", "by code": None}
    # SAM CLI cannot read the URLs of nested templates, those of the dependency layer, where S3 is not "https://s3…".
    node.client("cloudformation", REGION).delete_stack(StackName=STACK)
    assert is_empty(node)


def test_samlocal(node: Node, tmp_path: Path) -> None:
    """With the variables that came before `AWS_ENDPOINT_URL`, which it reads too."""
    samlocal = with_the_application(node, program("samlocal", "samlocal"), tmp_path)
    environment = {name: value for name, value in samlocal.environment.items() if name != "AWS_ENDPOINT_URL"}
    told = {"LOCALSTACK_HOSTNAME": "127.0.0.1", "EDGE_PORT": str(node.port)}
    samlocal = replace(samlocal, environment={**environment, **told})
    assert "Build Succeeded" in samlocal.run("build")
    assert "Successfully created/updated stack - notes" in samlocal.run(*DEPLOY)
    assert read(node, "a")[0] == {"greeting": "hello, a", "text": None}
    samlocal.change("src/app.py", '"text": item', '"changed": item')
    samlocal.run("build")
    assert "Successfully created/updated stack - notes" in samlocal.run(*DEPLOY, "--parameter-overrides", "Greeting=hi")
    assert read(node, "a")[0] == {"greeting": "hi, a", "changed": None}
    assert "Deleted successfully" in samlocal.run("delete", "--stack-name", STACK, "--no-prompts", "--region", REGION)
    assert is_empty(node)
