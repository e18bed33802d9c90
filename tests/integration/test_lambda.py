"""AWS Lambda through boto3, as its users call it.

AWS documentation: the operations of these names in the "API reference" (AWS Lambda); "Lambda quotas"; "Viewing
resource-based IAM policies in Lambda".
"""

import base64
import hashlib
import json
import re
import threading
import uuid
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path

import pytest

from tests.integration.deployed import ACCOUNT, RUNTIME, Gate, fails, function, package
from tests.integration.nodes import ROLE, Node, running, wait_until


def test_create_function_answers_its_configuration(node: Node) -> None:
    client = node.client("lambda")
    name = f"f-{uuid.uuid4().hex[:12]}"
    content = package("return event")
    created = client.create_function(
        FunctionName=name, Runtime=RUNTIME, Role=ROLE, Handler="app.handler", Code={"ZipFile": content}
    )
    assert created.pop("ResponseMetadata")["HTTPStatusCode"] == 201
    assert datetime.strptime(created.pop("LastModified"), "%Y-%m-%dT%H:%M:%S.%f%z")
    assert re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", created.pop("RevisionId"))
    assert created.pop("RuntimeVersionConfig")["RuntimeVersionArn"].startswith("arn:aws:lambda:us-east-1::runtime:")
    # As on AWS, though there is nothing to wait for: the next look finds it active.
    assert (created.pop("State"), created.pop("StateReasonCode")) == ("Pending", "Creating")
    assert created.pop("StateReason") == "The function is being created."
    assert client.get_function_configuration(FunctionName=name)["State"] == "Active"
    assert base64.b64decode(created.pop("CodeSha256")).hex() == hashlib.sha256(content).hexdigest()
    assert created == {
        "FunctionName": name,
        "FunctionArn": f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:{name}",
        "Runtime": RUNTIME,
        "Role": ROLE,
        "Handler": "app.handler",
        "CodeSize": len(content),
        "Description": "",
        "Timeout": 3,
        "MemorySize": 128,
        "Version": "$LATEST",
        "TracingConfig": {"Mode": "PassThrough"},
        "PackageType": "Zip",
        "Architectures": ["x86_64"],
        "EphemeralStorage": {"Size": 512},
        "SnapStart": {"ApplyOn": "None", "OptimizationStatus": "Off"},
        "LoggingConfig": {"LogFormat": "Text", "LogGroup": f"/aws/lambda/{name}"},
    }


@pytest.mark.parametrize("waiter", ["function_exists", "function_active", "function_active_v2"])
def test_the_waiters_of_a_new_function(node: Node, waiter: str) -> None:
    made = function(node, "return event")
    made.client.get_waiter(waiter).wait(FunctionName=made.name, WaiterConfig={"Delay": 1, "MaxAttempts": 3})
    assert made.invoke({"a": [1, None, "ä"]}) == {"a": [1, None, "ä"]}


@pytest.mark.parametrize("waiter", ["function_updated", "function_updated_v2"])
def test_the_waiters_of_a_changed_function(node: Node, waiter: str) -> None:
    made = function(node, "return 1")
    made.client.update_function_code(FunctionName=made.name, ZipFile=package("return 2"))
    made.client.get_waiter(waiter).wait(FunctionName=made.name, WaiterConfig={"Delay": 1, "MaxAttempts": 3})
    made.client.update_function_configuration(FunctionName=made.name, Timeout=4)
    made.client.get_waiter(waiter).wait(FunctionName=made.name, WaiterConfig={"Delay": 1, "MaxAttempts": 3})
    assert made.invoke() == 2


def test_invoke(node: Node) -> None:
    made = function(node, "print('printed'); return {'got': event}")
    answer = made.client.invoke(FunctionName=made.name, Payload=b'{"key": "value"}', LogType="Tail")
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == answer["StatusCode"] == 200
    assert answer["ExecutedVersion"] == "$LATEST"
    assert "FunctionError" not in answer
    assert answer["ResponseMetadata"]["HTTPHeaders"]["content-type"] == "application/json"
    assert json.loads(answer["Payload"].read()) == {"got": {"key": "value"}}
    log = base64.b64decode(answer["LogResult"]).decode()
    request_id = answer["ResponseMetadata"]["RequestId"]
    first, *printed, end, report = log.splitlines()
    assert first == f"START RequestId: {request_id} Version: $LATEST"
    assert printed == ["printed"]
    assert end == f"END RequestId: {request_id}"
    assert report.startswith(f"REPORT RequestId: {request_id}\tDuration: ")
    without_log = made.client.invoke(FunctionName=made.name)
    assert "LogResult" not in without_log
    assert json.loads(without_log["Payload"].read()) == {"got": {}}


def test_invoke_as_a_dry_run_runs_nothing(node: Node) -> None:
    made = function(node, "print('ran')")
    answer = made.client.invoke(FunctionName=made.name, InvocationType="DryRun")
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == answer["StatusCode"] == 204
    assert answer["Payload"].read() == b""
    assert node.logs(made.name) == ""
    missing = fails(made.client.invoke, FunctionName="no-such-function", InvocationType="DryRun")
    assert missing[1] == "ResourceNotFoundException"


def test_the_log_tail_is_the_last_4_kb(node: Node) -> None:
    made = function(node, "print('x' * 100_000 + 'the end')")
    answer = made.client.invoke(FunctionName=made.name, LogType="Tail")
    log = base64.b64decode(answer["LogResult"])
    assert len(log) == 4096
    assert b"xthe end\nEND RequestId: " in log


def test_an_error_of_a_function_is_no_error_of_invoke(node: Node) -> None:
    made = function(node, "raise RuntimeError('no')")
    answer = made.client.invoke(FunctionName=made.name)
    assert (answer["StatusCode"], answer["FunctionError"]) == (200, "Unhandled")
    error = json.loads(answer["Payload"].read())
    assert (error["errorType"], error["errorMessage"]) == ("RuntimeError", "no")


def test_client_context(node: Node) -> None:
    made = function(node, "return context.client_context.custom")
    context = base64.b64encode(b'{"custom": {"a": "1"}, "client": {}, "env": {}}').decode()
    answer = made.client.invoke(FunctionName=made.name, ClientContext=context)
    assert json.loads(answer["Payload"].read()) == {"a": "1"}


def names_of(name: str) -> Mapping[str, str]:
    arn = f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:{name}"
    return {"name": name, "partial ARN": f"{ACCOUNT}:function:{name}", "ARN": arn, "qualified ARN": f"{arn}:$LATEST"}


@pytest.mark.parametrize("form", names_of(""))
def test_the_forms_of_a_name(node: Node, form: str) -> None:
    made = function(node, "return context.invoked_function_arn")
    given = names_of(made.name)[form]
    configuration = made.client.get_function_configuration(FunctionName=given)
    expected = made.arn + (":$LATEST" if form == "qualified ARN" else "")
    assert (configuration["FunctionName"], configuration["FunctionArn"]) == (made.name, expected)
    assert json.loads(made.client.invoke(FunctionName=given)["Payload"].read()) == expected
    if form == "qualified ARN":
        return
    assert made.client.get_function(FunctionName=given)["Configuration"]["FunctionArn"] == made.arn
    made.client.update_function_configuration(FunctionName=given, Description=form)
    assert made.client.get_function_configuration(FunctionName=given)["Description"] == form
    made.client.delete_function(FunctionName=given)
    assert fails(made.client.get_function, FunctionName=made.name)[0] == 404


@pytest.mark.parametrize("size", [1, 2, 3, 50, 10_000])
def test_pages_while_functions_come_and_go(node: Node, size: int) -> None:
    """Each function that was there throughout is listed exactly once, and the marker is opaque."""
    client = node.client("lambda", "eu-west-1")
    for listed in client.list_functions()["Functions"]:
        client.delete_function(FunctionName=listed["FunctionName"])
    stay = [function(node, "pass", name=f"p-{letter}", region="eu-west-1").name for letter in "bdfhj"]
    function(node, "pass", name="p-c", region="eu-west-1")
    comings = iter(["p-a", "p-e", "p-g", "p-k", "p-l"])
    seen = []
    for number, page in enumerate(client.get_paginator("list_functions").paginate(PaginationConfig={"PageSize": size})):
        seen += [found["FunctionName"] for found in page["Functions"]]
        assert len(page["Functions"]) <= min(size, 50)
        if number == 0:
            client.delete_function(FunctionName="p-c")
        if (name := next(comings, None)) is not None:
            function(node, "pass", name=name, region="eu-west-1")
    assert [name for name in seen if name in stay] == stay
    assert len(seen) == len(set(seen))


def test_a_marker_that_we_did_not_give(node: Node) -> None:
    status, code, _ = fails(node.client("lambda").list_functions, Marker="mine")
    assert (status, code) == (400, "InvalidParameterValueException")


def test_another_region_has_other_functions(node: Node) -> None:
    here = function(node, "return os.environ['AWS_REGION']")
    there = function(node, "return os.environ['AWS_REGION']", region="ap-south-1", name=here.name)
    assert (here.invoke(), there.invoke()) == ("us-east-1", "ap-south-1")
    there.client.delete_function(FunctionName=there.name)
    assert here.invoke() == "us-east-1"
    assert fails(there.client.invoke, FunctionName=here.arn)[:2] == (404, "ResourceNotFoundException")


def test_new_code_serves_at_the_very_next_invocation(node: Node) -> None:
    made = function(node, "return 0")
    assert made.invoke() == 0
    for version in range(1, 6):
        changed = made.client.update_function_code(FunctionName=made.name, ZipFile=package(f"return {version}"))
        assert made.invoke() == version
        assert made.client.get_function(FunctionName=made.name)["Configuration"]["CodeSha256"] == changed["CodeSha256"]


def test_a_new_configuration_serves_at_the_very_next_invocation(node: Node) -> None:
    made = function(node, "return os.environ.get('COLOUR'), context.memory_limit_in_mb, os.environ['_HANDLER']")
    assert made.invoke() == [None, "128", "app.handler"]
    before = made.client.get_function_configuration(FunctionName=made.name)
    changed = made.client.update_function_configuration(
        FunctionName=made.name, MemorySize=192, Environment={"Variables": {"COLOUR": "blue ä"}}
    )
    assert made.invoke() == ["blue ä", "192", "app.handler"]
    assert changed["RevisionId"] != before["RevisionId"]
    assert (changed["Timeout"], changed["CodeSha256"]) == (before["Timeout"], before["CodeSha256"])
    made.client.update_function_configuration(FunctionName=made.name, Environment={"Variables": {}})
    assert made.invoke()[0] is None


def test_a_dry_run_of_new_code_changes_nothing(node: Node) -> None:
    made = function(node, "return 'old'")
    before = made.client.get_function_configuration(FunctionName=made.name)
    made.client.update_function_code(FunctionName=made.name, ZipFile=package("return 'new'"), DryRun=True)
    after = made.client.get_function_configuration(FunctionName=made.name)
    assert (after["CodeSha256"], after["RevisionId"]) == (before["CodeSha256"], before["RevisionId"])
    assert made.invoke() == "old"


@pytest.mark.slow
def test_what_is_in_flight_finishes_on_the_old_code(node: Node) -> None:
    gate = Gate(node)
    made = function(node, "print('begun', flush=True)", *gate.lines, "return 'old'", Timeout=60)
    with ThreadPoolExecutor() as threads:
        flying = [threads.submit(made.invoke) for _ in range(3)]
        wait_until(lambda: node.logs(made.name).count("begun") == 3, "three invocations run")
        made.client.update_function_code(FunctionName=made.name, ZipFile=package("return 'new'"))
        assert made.invoke() == "new"
        made.client.update_function_configuration(FunctionName=made.name, Timeout=3)
        assert made.invoke() == "new"
        assert not any(one.done() for one in flying)
        gate.open()
        assert [one.result(20) for one in flying] == ["old"] * 3
    assert made.invoke() == "new"


@pytest.mark.slow
def test_what_is_in_flight_finishes_though_the_function_is_deleted(node: Node) -> None:
    gate = Gate(node)
    made = function(node, "print('begun', flush=True)", *gate.lines, "return 'finished'", Timeout=60)
    with ThreadPoolExecutor() as threads:
        flying = threads.submit(made.invoke)
        wait_until(lambda: "begun" in node.logs(made.name), "it runs")
        made.client.delete_function(FunctionName=made.name)
        assert fails(made.client.invoke, FunctionName=made.name)[0] == 404
        gate.open()
        assert flying.result(20) == "finished"


@pytest.mark.slow
def test_many_invocations_at_once(node: Node) -> None:
    made = function(node, "time.sleep(event['id'] % 3 / 1000); return event['id']")
    with ThreadPoolExecutor(32) as threads:
        assert list(threads.map(lambda number: made.invoke({"id": number}), range(640))) == list(range(640))
    assert node.logs(made.name).count("END RequestId") == 640


@pytest.mark.slow
def test_more_invocations_than_the_account_may_run() -> None:
    """ "Understanding Lambda function scaling": beyond the account's concurrency, invocations are throttled."""
    with running("--ephemeral", environment={"GATEWRIGHT_FUNCTIONS_ACCOUNT_CONCURRENCY": "2"}) as node:
        gate = Gate(node)
        made = function(node, "print('begun', flush=True)", *gate.lines, "return 'done'", Timeout=60)
        other = function(node, "return 1")
        limits = made.client.get_account_settings()["AccountLimit"]
        assert limits["ConcurrentExecutions"] == limits["UnreservedConcurrentExecutions"] == 2
        with ThreadPoolExecutor() as threads:
            flying = [threads.submit(made.invoke) for _ in range(2)]
            try:
                wait_until(lambda: node.logs(made.name).count("begun") == 2, "two invocations run")
                with pytest.raises(other.client.exceptions.TooManyRequestsException) as refused:
                    other.invoke()
            finally:
                gate.open()
            response = refused.value.response
            assert response["ResponseMetadata"]["HTTPStatusCode"] == 429
            assert (response["Error"]["Message"], response["Reason"]) == (
                "Rate Exceeded.",
                "ConcurrentInvocationLimitExceeded",
            )
            assert [one.result(20) for one in flying] == ["done"] * 2
        assert other.invoke() == 1


@pytest.mark.slow
def test_many_invocations_while_the_code_changes(node: Node) -> None:
    """Each answer is of a version that was current between the call and its answer."""
    made = function(node, "return 0")
    current = [0]
    stop = threading.Event()

    def invoke() -> int:
        calls = 0
        while not stop.is_set():
            before = current[0]
            answer = made.invoke()
            assert before <= answer <= current[0] + 1
            calls += 1
        return calls

    with ThreadPoolExecutor(8) as threads:
        running = [threads.submit(invoke) for _ in range(8)]
        try:
            for version in range(1, 8):
                made.client.update_function_code(FunctionName=made.name, ZipFile=package(f"return {version}"))
                current[0] = version
                assert made.invoke() == version
        finally:
            stop.set()
        assert all(one.result(60) > 0 for one in running)


def test_permissions(node: Node) -> None:
    made = function(node, "return 1")
    name = made.name
    assert fails(made.client.get_policy, FunctionName=name) == (
        404,
        "ResourceNotFoundException",
        "The resource you requested does not exist.",
    )
    source = f"arn:aws:execute-api:us-east-1:{ACCOUNT}:mnh1xmpli7/default/GET/"
    request = {
        "FunctionName": name,
        "StatementId": "apigateway-get",
        "Action": "lambda:InvokeFunction",
        "Principal": "apigateway.amazonaws.com",
        "SourceArn": source,
    }
    added = made.client.add_permission(**request)
    assert added["ResponseMetadata"]["HTTPStatusCode"] == 201
    assert added["Statement"] == (
        '{"Sid":"apigateway-get","Effect":"Allow","Principal":{"Service":"apigateway.amazonaws.com"},'
        f'"Action":"lambda:InvokeFunction","Resource":"{made.arn}",'
        f'"Condition":{{"ArnLike":{{"AWS:SourceArn":"{source}"}}}}}}'
    )
    assert fails(made.client.add_permission, **request) == (
        409,
        "ResourceConflictException",
        (
            "The statement id (apigateway-get) provided already exists. "
            "Please provide a new statement id, or remove the existing statement."
        ),
    )
    second = made.client.add_permission(**(request | {"StatementId": "second", "SourceAccount": ACCOUNT}))
    policy = made.client.get_policy(FunctionName=name)
    assert json.loads(policy["Policy"]) == {
        "Version": "2012-10-17",
        "Id": "default",
        "Statement": [json.loads(added["Statement"]), json.loads(second["Statement"])],
    }
    assert json.loads(second["Statement"])["Condition"] == {
        "StringEquals": {"AWS:SourceAccount": ACCOUNT},
        "ArnLike": {"AWS:SourceArn": source},
    }
    removed = made.client.remove_permission(FunctionName=name, StatementId="apigateway-get")
    assert removed["ResponseMetadata"]["HTTPStatusCode"] == 204
    changed = made.client.get_policy(FunctionName=name)
    assert json.loads(changed["Policy"])["Statement"] == [json.loads(second["Statement"])]
    assert changed["RevisionId"] != policy["RevisionId"]
    assert fails(made.client.remove_permission, FunctionName=name, StatementId="apigateway-get")[:2] == (
        404,
        "ResourceNotFoundException",
    )
    made.client.remove_permission(FunctionName=name, StatementId="second")
    assert fails(made.client.get_policy, FunctionName=name)[0] == 404
    # A function of the same name starts without the policy of the one before it.
    made.permit()
    made.client.delete_function(FunctionName=name)
    function(node, "return 1", name=name)
    assert fails(made.client.get_policy, FunctionName=name)[0] == 404


def test_permissions_that_are_added_at_once(node: Node) -> None:
    made = function(node, "return 1")
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda number: made.permit(statement_id=f"s{number}"), range(24)))
    statements = json.loads(made.client.get_policy(FunctionName=made.name)["Policy"])["Statement"]
    assert sorted(statement["Sid"] for statement in statements) == sorted(f"s{number}" for number in range(24))


def test_a_function_invokes_another_with_the_sdk_as_it_is(node: Node) -> None:
    """Region, credentials and endpoint are in its environment, as the SDKs' defaults want them."""
    inner = function(node, "return {'inner': event}", region="eu-central-1")
    outer = function(
        node,
        "import botocore.session",
        "client = botocore.session.get_session().create_client('lambda')",
        f"answer = client.invoke(FunctionName={inner.name!r}, Payload=json.dumps(event))",
        "return json.loads(answer['Payload'].read())",
        region="eu-central-1",
        Timeout=30,
    )
    assert outer.invoke([1]) == {"inner": [1]}


def test_tags(node: Node) -> None:
    made = function(node, "return 1", Tags={"team": "blue", "ä": ""})
    assert made.client.list_tags(Resource=made.arn)["Tags"] == {"team": "blue", "ä": ""}
    made.client.tag_resource(Resource=made.arn, Tags={"team": "red", "more": "1"})
    made.client.untag_resource(Resource=made.arn, TagKeys=["ä", "absent"])
    assert made.client.list_tags(Resource=made.arn)["Tags"] == {"team": "red", "more": "1"}
    assert made.client.get_function(FunctionName=made.name)["Tags"] == {"team": "red", "more": "1"}
    made.client.delete_function(FunctionName=made.name)
    assert fails(made.client.list_tags, Resource=made.arn)[:2] == (404, "ResourceNotFoundException")


def test_delete(node: Node) -> None:
    made = function(node, "return 1")
    assert made.invoke() == 1
    assert made.client.delete_function(FunctionName=made.name)["ResponseMetadata"]["HTTPStatusCode"] == 204
    assert fails(made.client.invoke, FunctionName=made.name)[0] == 404
    again = function(node, "return 2", name=made.name)
    assert again.invoke() == 2


def test_account_settings(node: Node) -> None:
    settings = node.client("lambda").get_account_settings()
    assert settings["AccountLimit"] == {
        "TotalCodeSize": 80_530_636_800,
        "CodeSizeUnzipped": 262_144_000,
        "CodeSizeZipped": 52_428_800,
        "ConcurrentExecutions": 1000,
        "UnreservedConcurrentExecutions": 1000,
    }
    assert settings["AccountUsage"]["FunctionCount"] >= 0


@pytest.fixture(scope="module")
def cli(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("cli")
    (path / "function.zip").write_bytes(package("return {'got': event}"))
    (path / "event.json").write_text('{"a": 1}')
    return path


@pytest.mark.slow
def test_the_aws_cli(node: Node, cli: Path) -> None:
    name = f"f-{uuid.uuid4().hex[:12]}"
    created = node.aws(
        "lambda", "create-function", "--function-name", name, "--runtime", RUNTIME, "--handler", "app.handler",
        "--role", ROLE, "--zip-file", f"fileb://{cli / 'function.zip'}",
    )  # fmt: skip
    assert created["State"] == "Pending"
    answer = node.aws(
        "lambda", "invoke", "--function-name", name, "--payload", f"fileb://{cli / 'event.json'}",
        str(cli / "response.json"),
    )  # fmt: skip
    assert answer == {"StatusCode": 200, "ExecutedVersion": "$LATEST"}
    assert json.loads((cli / "response.json").read_text()) == {"got": {"a": 1}}
