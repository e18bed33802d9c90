"""Versions and aliases from end to end: published, invoked, weighted, deleted while they run, behind an API.

AWS documentation: "Manage Lambda function versions", "Create an alias for a Lambda function", "Implement Lambda canary
deployments using a weighted alias" (AWS Lambda Developer Guide).
"""

import json
import threading
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from tests.integration.deployed import Function, Gate, api, fails, function, package
from tests.integration.nodes import Node, kill, start, stop, wait_until


def run(made: Function, name: str | None = None, event: object = None, **members: Any) -> tuple[Any, str]:
    """Invoke a function; return its result and the version that ran."""
    answer = made.client.invoke(FunctionName=name or made.name, Payload=json.dumps(event).encode(), **members)
    payload = answer["Payload"].read()
    assert "FunctionError" not in answer, payload
    return json.loads(payload), answer["ExecutedVersion"]


def release(made: Function, *lines: str) -> str:
    """Publish other code; return its version."""
    updated = made.client.update_function_code(FunctionName=made.name, ZipFile=package(*lines), Publish=True)
    version: str = updated["Version"]
    return version


def test_versions_keep_what_they_were_published_with(node: Node) -> None:
    made = function(node, "return [os.environ['COLOR'], 1]", Environment={"Variables": {"COLOR": "blue"}})
    published = made.client.publish_version(FunctionName=made.name, Description="blue")
    assert published["ResponseMetadata"]["HTTPStatusCode"] == 201
    assert (published["Version"], published["FunctionArn"]) == ("1", f"{made.arn}:1")
    made.client.update_function_configuration(FunctionName=made.name, Environment={"Variables": {"COLOR": "green"}})
    made.client.update_function_code(FunctionName=made.name, ZipFile=package("return [os.environ['COLOR'], 2]"))
    for name, members in ((f"{made.arn}:1", {}), (made.name, {"Qualifier": "1"}), (f"{made.name}:1", {})):
        assert run(made, name, **members) == (["blue", 1], "1")
    for name, members in ((made.arn, {}), (made.name, {"Qualifier": "$LATEST"}), (f"{made.arn}:$LATEST", {})):
        assert run(made, name, **members) == (["green", 2], "$LATEST")
    status, code, message = fails(made.client.invoke, FunctionName=made.name, Qualifier="2")
    assert (status, code, message) == (404, "ResourceNotFoundException", f"Function not found: {made.arn}:2")


def test_a_function_knows_its_version_and_how_it_was_invoked(node: Node) -> None:
    made = function(
        node,
        "return [context.function_version, context.invoked_function_arn, os.environ['AWS_LAMBDA_FUNCTION_VERSION'],",
        "    os.environ['AWS_LAMBDA_LOG_STREAM_NAME']]",
        Publish=True,
    )
    made.client.create_alias(FunctionName=made.name, Name="prod", FunctionVersion="1")
    for qualifier, version in (("1", "1"), ("prod", "1"), ("$LATEST", "$LATEST")):
        (told, arn, variable, stream), executed = run(made, Qualifier=qualifier)
        assert (told, variable, executed) == (version, version, version)
        assert arn == f"{made.arn}:{qualifier}"
        assert f"[{version}]" in stream
    assert run(made)[0][1] == made.arn


def test_an_alias_moves_to_another_version(node: Node) -> None:
    made = function(node, "return 1", Publish=True)
    alias = made.client.create_alias(FunctionName=made.name, Name="prod", FunctionVersion="1")
    assert alias.pop("ResponseMetadata")["HTTPStatusCode"] == 201
    assert made.client.get_alias(FunctionName=made.name, Name="prod")["AliasArn"] == f"{made.arn}:prod"
    assert run(made, f"{made.arn}:prod") == (1, "1")
    release(made, "return 2")
    assert run(made, f"{made.arn}:prod") == (1, "1")
    made.client.update_alias(FunctionName=made.name, Name="prod", FunctionVersion="2", RevisionId=alias["RevisionId"])
    assert run(made, f"{made.arn}:prod") == (2, "2")
    stale = {"FunctionName": made.name, "Name": "prod", "FunctionVersion": "1", "RevisionId": alias["RevisionId"]}
    assert fails(made.client.update_alias, **stale)[:2] == (412, "PreconditionFailedException")
    made.client.delete_alias(FunctionName=made.name, Name="prod")
    assert fails(made.client.invoke, FunctionName=f"{made.arn}:prod")[1] == "ResourceNotFoundException"


def test_a_weighted_alias_distributes(node: Node) -> None:
    made = function(node, "return 1", Publish=True)
    release(made, "return 2")
    weights = {"AdditionalVersionWeights": {"2": 0.3}}
    made.client.create_alias(FunctionName=made.name, Name="canary", FunctionVersion="1", RoutingConfig=weights)
    results = [run(made, f"{made.arn}:canary") for _ in range(500)]
    assert all(str(result) == version for result, version in results)
    second = sum(version == "2" for _, version in results)
    # Six standard deviations of 500 draws (10.2) around 150.
    assert 88 <= second <= 212
    made.client.update_alias(FunctionName=made.name, Name="canary", RoutingConfig={})
    assert {run(made, f"{made.arn}:canary")[1] for _ in range(20)} == {"1"}
    made.client.update_alias(
        FunctionName=made.name, Name="canary", RoutingConfig={"AdditionalVersionWeights": {"2": 1.0}}
    )
    assert {run(made, f"{made.arn}:canary")[1] for _ in range(20)} == {"2"}


@pytest.mark.parametrize(
    ("routing", "code", "message"),
    [
        (
            {"2": 2.0},
            "ValidationException",
            (
                "1 validation error detected: Value '{2=2.0}' at 'routingConfig.additionalVersionWeights' failed to "
                "satisfy constraint: Map value must satisfy constraint: [Member must have value less than or equal to "
                "1.0, Member must have value greater than or equal to 0.0, Member must not be null]"
            ),
        ),
        (
            {"$LATEST": 0.5},
            "ValidationException",
            (
                "1 validation error detected: Value '{$LATEST=0.5}' at 'routingConfig.additionalVersionWeights' failed "
                "to satisfy constraint: Map keys must satisfy constraint: [Member must have length less than or equal "
                "to 1024, Member must have length greater than or equal to 1, Member must satisfy regular expression "
                "pattern: [0-9]+]"
            ),
        ),
        (
            {"1": 0.5},
            "InvalidParameterValueException",
            "Invalid function version 1. Function version 1 is already included in routing configuration.",
        ),
    ],
)
def test_weights_that_lambda_refuses(node: Node, routing: dict[str, float], code: str, message: str) -> None:
    made = function(node, "return 1", Publish=True)
    client = node.client("lambda", is_checking=False)
    request = {"FunctionName": made.name, "Name": "a", "FunctionVersion": "1"}
    answer = fails(client.create_alias, **request, RoutingConfig={"AdditionalVersionWeights": routing})
    assert answer == (400, code, message)


@pytest.mark.slow
@pytest.mark.parametrize("qualifier", [None, "1", "prod"])
def test_what_is_deleted_while_it_runs_finishes(node: Node, qualifier: str | None) -> None:
    gate = Gate(node)
    made = function(node, "print('started')", *gate.lines, "return 'finished'", Timeout=60, Publish=True)
    made.client.create_alias(FunctionName=made.name, Name="prod", FunctionVersion="1")
    members = {"Qualifier": qualifier} if qualifier else {}
    with ThreadPoolExecutor(1) as executor:
        running = executor.submit(run, made, **members)
        wait_until(lambda: "started" in node.logs(made.name), "the function runs")
        if qualifier == "1":
            made.client.delete_alias(FunctionName=made.name, Name="prod")
            made.client.delete_function(FunctionName=made.name, Qualifier="1")
        elif qualifier == "prod":
            made.client.delete_alias(FunctionName=made.name, Name="prod")
        else:
            made.client.delete_function(FunctionName=made.name)
        assert fails(made.client.invoke, FunctionName=made.name, **members)[1] == "ResourceNotFoundException"
        gate.open()
        assert running.result(30)[0] == "finished"


@pytest.mark.slow
def test_what_is_updated_while_it_runs_finishes_on_what_it_started_with(node: Node) -> None:
    gate = Gate(node)
    made = function(node, "print('started')", *gate.lines, "return 'old'", Timeout=60)
    with ThreadPoolExecutor(1) as executor:
        running = executor.submit(run, made)
        wait_until(lambda: "started" in node.logs(made.name), "the function runs")
        release(made, "return 'new'")
        assert run(made)[0] == "new"
        assert run(made, Qualifier="1") == ("new", "1")
        gate.open()
        assert running.result(30) == ("old", "$LATEST")


@pytest.mark.slow
def test_many_invocations_while_an_alias_moves(node: Node) -> None:
    """No invocation fails, and each ran a version to which the alias pointed between the call and its answer."""
    made = function(node, "return 1", Publish=True)
    made.client.create_alias(FunctionName=made.name, Name="live", FunctionVersion="1")
    current = [1]
    done = threading.Event()

    def invoke() -> int:
        calls = 0
        while not done.is_set():
            before = current[0]
            result, version = run(made, f"{made.arn}:live")
            assert version == str(result)
            assert before <= result <= current[0] + 1
            calls += 1
        return calls

    with ThreadPoolExecutor(8) as threads:
        running = [threads.submit(invoke) for _ in range(8)]
        try:
            for number in range(2, 8):
                assert release(made, f"return {number}") == str(number)
                made.client.update_alias(FunctionName=made.name, Name="live", FunctionVersion=str(number))
                current[0] = number
                assert run(made, f"{made.arn}:live")[0] == number
                made.client.delete_function(FunctionName=made.name, Qualifier=str(number - 1))
        finally:
            done.set()
        assert all(one.result(60) > 0 for one in running)


def test_an_alias_behind_an_api_has_a_permission_of_its_own(node: Node) -> None:
    made = function(node, "return {'statusCode': 200, 'body': '1'}", Publish=True)
    release(made, "return {'statusCode': 200, 'body': '2'}")
    made.client.create_alias(FunctionName=made.name, Name="prod", FunctionVersion="1")
    front = api(node, {"GET /": f"{made.arn}:prod"})
    source = f"arn:aws:execute-api:us-east-1:123456789012:{front.api_id}/*/*"
    made.permit(source)
    # "If you use a qualifier, the invoker must use the full ARN of that version or alias": and the other way round.
    assert front.get("/").status == 500
    made.permit(source, Qualifier="prod")
    assert front.get("/").body == b"1"
    made.client.update_alias(FunctionName=made.name, Name="prod", FunctionVersion="2")
    assert front.get("/").body == b"2"
    made.client.remove_permission(FunctionName=made.name, StatementId="apigateway", Qualifier="prod")
    assert front.get("/").status == 500


def test_a_resource_policy_lets_an_api_invoke(node: Node) -> None:
    made = function(node, "return {'statusCode': 200, 'body': 'ok'}")
    front = api(node, {"GET /": made.arn})
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "apigateway.amazonaws.com"},
        "Action": "lambda:InvokeFunction",
        "Resource": made.arn,
    }
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    put = made.client.put_resource_policy(ResourceArn=made.arn, Policy=policy)
    assert front.get("/").body == b"ok"
    assert made.client.get_resource_policy(ResourceArn=made.arn)["RevisionId"] == put["RevisionId"]
    deleted = made.client.delete_resource_policy(ResourceArn=made.arn, RevisionId=put["RevisionId"])
    assert deleted["ResponseMetadata"]["HTTPStatusCode"] == 204
    assert front.get("/").status == 500


def test_many_publish_at_once(node: Node) -> None:
    made = function(node, "return 1")
    barrier = threading.Barrier(8)

    def change(number: int) -> None:
        barrier.wait(20)
        made.client.update_function_configuration(FunctionName=made.name, Description=str(number))
        made.client.publish_version(FunctionName=made.name)

    with ThreadPoolExecutor(8) as executor:
        list(executor.map(change, range(8)))
    versions = made.client.list_versions_by_function(FunctionName=made.name)["Versions"]
    numbers = [version["Version"] for version in versions]
    assert numbers == ["$LATEST", *map(str, range(1, len(numbers)))]
    # Two that publish after two changes publish one version.
    descriptions = [version["Description"] for version in versions[1:]]
    assert len(set(descriptions)) == len(descriptions)


def test_the_calls_that_terraform_makes(node: Node) -> None:
    """`publish = true` with an alias: create, wait, read, change, publish, read the versions back, delete."""
    made = function(node, "return 1", Publish=True, Tags={"team": "a"})
    client = made.client
    client.get_waiter("function_active_v2").wait(FunctionName=made.name, WaiterConfig={"Delay": 1, "MaxAttempts": 3})
    read = client.get_function(FunctionName=made.name)
    assert (read["Configuration"]["Version"], read["Tags"]) == ("$LATEST", {"team": "a"})
    assert read["Code"]["RepositoryType"] == "S3"
    client.create_alias(FunctionName=made.name, Name="live", FunctionVersion="1", Description="")
    client.update_function_configuration(FunctionName=made.name, MemorySize=256)
    client.get_waiter("function_updated_v2").wait(FunctionName=made.name, WaiterConfig={"Delay": 1, "MaxAttempts": 3})
    updated = client.update_function_code(FunctionName=made.name, ZipFile=package("return 2"), Publish=False)
    published = client.publish_version(FunctionName=made.name, CodeSha256=updated["CodeSha256"])
    pages = client.get_paginator("list_versions_by_function").paginate(
        FunctionName=made.name, PaginationConfig={"PageSize": 1}
    )
    arns = [version["FunctionArn"] for page in pages for version in page["Versions"]]
    assert arns == [f"{made.arn}:$LATEST", f"{made.arn}:1", published["FunctionArn"]]
    client.update_alias(FunctionName=made.name, Name="live", FunctionVersion=published["Version"])
    again = client.get_function(FunctionName=made.name, Qualifier="live")["Configuration"]
    assert (again["Version"], again["FunctionArn"], again["MemorySize"]) == ("2", f"{made.arn}:live", 256)
    assert run(made, Qualifier="live") == (2, "2")
    client.delete_alias(FunctionName=made.name, Name="live")
    client.delete_function(FunctionName=made.name)
    assert fails(client.get_function, FunctionName=made.name)[1] == "ResourceNotFoundException"


def test_the_code_of_a_version_can_be_downloaded(node: Node) -> None:
    made = function(node, "return 1", Publish=True)
    release(made, "return 2")
    for qualifier, lines in (("1", "return 1"), ("2", "return 2"), ("$LATEST", "return 2")):
        location = made.client.get_function(FunctionName=made.name, Qualifier=qualifier)["Code"]["Location"]
        with urllib.request.urlopen(location, timeout=20) as answer:
            assert answer.read() == package(lines)


@pytest.mark.slow
def test_the_aws_cli(node: Node) -> None:
    made = function(node, "return 1")
    assert node.aws("lambda", "publish-version", "--function-name", made.name)["Version"] == "1"
    wait = ("lambda", "wait")
    node.aws(*wait, "published-version-active", "--function-name", made.name, "--qualifier", "1")
    node.aws(*wait, "function-exists", "--function-name", made.name, "--qualifier", "1")
    request = ("--function-name", made.name, "--name", "prod")
    weights = '{"AdditionalVersionWeights": {"2": 0.5}}'
    node.aws("lambda", "create-alias", *request, "--function-version", "1")
    release(made, "return 2")
    node.aws("lambda", "update-alias", *request, "--routing-config", weights)
    listed = node.aws("lambda", "list-aliases", "--function-name", made.name, "--function-version", "1")
    assert [alias["RoutingConfig"] for alias in listed["Aliases"]] == [json.loads(weights)]


@pytest.mark.slow
def test_versions_survive_a_crash(tmp_path: Path) -> None:
    data = ("--data-dir", str(tmp_path / "data"))
    node = start(*data)
    try:
        made = function(node, "return 1", Publish=True)
        release(made, "return 2")
        made.client.create_alias(FunctionName=made.name, Name="prod", FunctionVersion="1")
        made.client.update_function_code(FunctionName=made.name, ZipFile=package("return 3"))
    finally:
        kill(node)
    node = start(*data)
    try:
        made = Function(node, made.name, made.arn)
        assert run(made, Qualifier="prod") == (1, "1")
        assert run(made, Qualifier="2") == (2, "2")
        assert run(made) == (3, "$LATEST")
        assert release(made, "return 4") == "3"
    finally:
        stop(node)
