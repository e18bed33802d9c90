"""Asynchronous invocation with AWS's own clients, and with a moto server as the companion."""

import json
import time
from collections.abc import Iterator
from typing import Any

import pytest

from tests.integration.companion import Companion, companion
from tests.integration.deployed import Function, fails, function, package
from tests.integration.nodes import Node, wait_until
from tests.integration.tiers import TIERS, node_on_tier

SCALE = 0.01
"""Retries come after 0.6 and 1.2 seconds."""


@pytest.fixture(scope="module", params=TIERS)
def tier(request: pytest.FixtureRequest) -> str:
    """A tier that people run in production: each test runs on both."""
    name: str = request.param
    return name


@pytest.fixture(scope="module")
def moto(tier: str) -> Iterator[Companion]:
    """A companion of the tier's own, with nothing in it yet."""
    with companion() as started:
        yield started


@pytest.fixture(scope="module")
def asynchronous(tier: str, moto: Companion) -> Iterator[Node]:
    """A node with a companion whose waits are short."""
    settings = {"GATEWRIGHT_COMPANION": moto.url, "GATEWRIGHT_FUNCTIONS_ASYNC_TIME_SCALE": str(SCALE)}
    with node_on_tier(tier, environment=settings) as node:
        yield node


def send(made: Function, event: object, **options: str) -> str:
    """Invoke a function asynchronously; return the request id."""
    answer = made.client.invoke(
        FunctionName=made.name, InvocationType="Event", Payload=json.dumps(event).encode(), **options
    )
    assert (answer["StatusCode"], answer["Payload"].read()) == (202, b"")
    assert "ExecutedVersion" not in answer
    assert "FunctionError" not in answer
    request_id: str = answer["ResponseMetadata"]["RequestId"]
    return request_id


def configure(made: Function, **settings: Any) -> None:
    made.client.put_function_event_invoke_config(FunctionName=made.name, **settings)


def lines(made: Function, prefix: str) -> list[str]:
    """Return what the function printed after `prefix`, one entry per line."""
    return [line.split(prefix, 1)[1] for line in made.node.logs(made.name).splitlines() if prefix in line]


def test_an_event_runs_after_it_was_accepted(asynchronous: Node) -> None:
    made = function(asynchronous, "print('got', json.dumps(event), context.aws_request_id, context.client_context)")
    request_id = send(made, {"q": 1}, ClientContext="e30=")
    wait_until(lambda: lines(made, "got "), "the event runs")
    # "Lambda passes the ClientContext object to your function for synchronous invocations only."
    assert lines(made, "got ") == [f'{{"q": 1}} {request_id} None']


def test_the_older_operation(asynchronous: Node) -> None:
    made = function(asynchronous, "print('got', json.dumps(event))")
    answer = made.client.invoke_async(FunctionName=made.name, InvokeArgs=b'{"old":true}')
    assert answer["Status"] == 202
    wait_until(lambda: lines(made, "got ") == ['{"old": true}'], "the event runs")


def test_the_aws_cli(asynchronous: Node, tmp_path: Any) -> None:
    made = function(asynchronous, "print('got', json.dumps(event))")
    answer = asynchronous.aws(
        "lambda", "invoke", "--function-name", made.name, "--invocation-type", "Event",
        "--payload", '{"cli":1}', str(tmp_path / "out"),
    )  # fmt: skip
    assert answer == {"StatusCode": 202}
    wait_until(lambda: lines(made, "got ") == ['{"cli": 1}'], "the event runs")


def test_what_is_wrong_with_a_request_is_said_at_once(asynchronous: Node) -> None:
    made = function(asynchronous, "pass")
    invoke = made.client.invoke
    too_large = b'"' + b"x" * 1_048_576 + b'"'
    assert fails(invoke, FunctionName=made.name, InvocationType="Event", Payload=too_large) == (
        413,
        "RequestTooLargeException",
        "1048578 byte payload is too large for the Event invocation type (limit 1048576 bytes)",
    )
    assert fails(invoke, FunctionName="absent", InvocationType="Event")[:2] == (404, "ResourceNotFoundException")
    status, code, _ = fails(invoke, FunctionName=made.name, InvocationType="Event", Payload=b"{")
    assert (status, code) == (400, "InvalidRequestContentException")


@pytest.mark.slow
def test_function_errors_are_retried_and_end_in_queue_and_dead_letter_queue(
    asynchronous: Node, moto: Companion
) -> None:
    failures, dead_letters = moto.queue("failures"), moto.queue("dead-letters")
    made = function(
        asynchronous,
        "print('got', context.aws_request_id, time.time())",
        "raise ValueError('not today')",
        DeadLetterConfig={"TargetArn": dead_letters.arn},
    )
    configure(made, DestinationConfig={"OnFailure": {"Destination": failures.arn}})
    request_id = send(made, {"q": 1})
    record = failures.receive_json()
    attempts = [line.split() for line in lines(made, "got ")]
    assert [found for found, _ in attempts] == [request_id] * 3
    times = [float(at) for _, at in attempts]
    assert times[1] - times[0] == pytest.approx(60 * SCALE, abs=0.4)
    assert times[2] - times[1] == pytest.approx(120 * SCALE, abs=0.4)
    assert record["version"] == "1.0"
    assert record["requestContext"] == {
        "requestId": request_id,
        "functionArn": f"{made.arn}:$LATEST",
        "condition": "RetriesExhausted",
        "approximateInvokeCount": 3,
    }
    assert record["requestPayload"] == {"q": 1}
    assert record["responseContext"] == {"statusCode": 200, "executedVersion": "$LATEST", "functionError": "Unhandled"}
    assert record["responsePayload"]["errorMessage"] == "not today"
    message = dead_letters.receive()
    assert json.loads(message["Body"]) == {"q": 1}
    assert message["MessageAttributes"] == {
        "RequestID": {"DataType": "String", "StringValue": request_id},
        "ErrorCode": {"DataType": "Number", "StringValue": "200"},
        "ErrorMessage": {"DataType": "String", "StringValue": "not today"},
    }


@pytest.mark.parametrize("kind", ["topic", "bus"])
def test_successes_go_to_topics_and_buses(asynchronous: Node, moto: Companion, kind: str) -> None:
    arn, queue = moto.topic("successes") if kind == "topic" else moto.bus("successes")
    made = function(asynchronous, "return {'a': event['q'] + 1}")
    configure(made, DestinationConfig={"OnSuccess": {"Destination": arn}})
    send(made, {"q": 1})
    message = queue.receive_json()
    if kind == "topic":
        record = json.loads(message["Message"])
    else:
        record = message["detail"]
        assert (message["source"], message["detail-type"]) == ("lambda", "Lambda Function Invocation Result - Success")
        assert message["resources"] == [arn, f"{made.arn}:$LATEST"]
    assert record["requestContext"]["condition"] == "Success"
    assert record["responsePayload"] == {"a": 2}


def test_failures_go_to_buckets(asynchronous: Node, moto: Companion) -> None:
    s3 = moto.client("s3")
    s3.create_bucket(Bucket="failures")
    made = function(asynchronous, "raise ValueError('no')")
    configure(made, MaximumRetryAttempts=0, DestinationConfig={"OnFailure": {"Destination": "arn:aws:s3:::failures"}})
    request_id = send(made, {})
    wait_until(lambda: s3.list_objects_v2(Bucket="failures").get("Contents"), "the record is kept")
    (kept,) = s3.list_objects_v2(Bucket="failures")["Contents"]
    assert kept["Key"].startswith(f"aws/lambda/async/{made.name}/{time.strftime('%Y/%m', time.gmtime())}")
    record = json.loads(s3.get_object(Bucket="failures", Key=kept["Key"])["Body"].read())
    assert record["requestContext"]["requestId"] == request_id


def test_a_function_of_the_node_is_a_destination(asynchronous: Node) -> None:
    audit = function(asynchronous, "print('got', json.dumps(event['responsePayload']))")
    made = function(asynchronous, "return event['q'] + 1")
    configure(made, DestinationConfig={"OnSuccess": {"Destination": audit.arn}})
    send(made, {"q": 41})
    wait_until(lambda: lines(audit, "got ") == ["42"], "the other function gets the record")


def test_a_dead_letter_topic(asynchronous: Node, moto: Companion) -> None:
    arn, queue = moto.topic("dead-letters-topic")
    made = function(asynchronous, "raise ValueError('no')", DeadLetterConfig={"TargetArn": arn})
    configure(made, MaximumRetryAttempts=0)
    request_id = send(made, {"q": 1})
    notification = queue.receive_json()
    assert json.loads(notification["Message"]) == {"q": 1}
    assert notification["MessageAttributes"]["RequestID"]["Value"] == request_id


@pytest.mark.slow
@pytest.mark.parametrize(
    ("body", "error"),
    [
        (("time.sleep(60)",), "Task timed out after 1.00 seconds"),
        (("os._exit(3)",), "Runtime exited with error: exit status 3"),
    ],
)
def test_time_outs_and_crashes_are_function_errors(
    asynchronous: Node, moto: Companion, body: tuple[str, ...], error: str
) -> None:
    failures = moto.queue(f"broken-{len(body[0])}")
    made = function(asynchronous, "print('got')", "sys.stdout.flush()", *body, Timeout=1)
    configure(made, MaximumRetryAttempts=1, DestinationConfig={"OnFailure": {"Destination": failures.arn}})
    send(made, {})
    record = failures.receive_json()
    assert record["requestContext"]["approximateInvokeCount"] == 2
    assert error in record["responsePayload"]["errorMessage"]


def test_no_reserved_concurrency(asynchronous: Node, moto: Companion) -> None:
    failures = moto.queue("throttled")
    made = function(asynchronous, "print('got')")
    configure(made, DestinationConfig={"OnFailure": {"Destination": failures.arn}})
    made.client.put_function_concurrency(FunctionName=made.name, ReservedConcurrentExecutions=0)
    send(made, {"q": 1})
    record = failures.receive_json()
    assert record["requestContext"]["condition"] == "ZeroReservedConcurrency"
    assert record["requestContext"]["approximateInvokeCount"] == 0
    assert "responsePayload" not in record
    assert lines(made, "got") == []


def test_an_alias_has_its_own_configuration(asynchronous: Node, moto: Companion) -> None:
    successes = moto.queue("alias-successes")
    made = function(asynchronous, "return context.function_version")
    client = made.client
    client.publish_version(FunctionName=made.name)
    client.create_alias(FunctionName=made.name, Name="live", FunctionVersion="1")
    client.put_function_event_invoke_config(
        FunctionName=made.name, Qualifier="live", DestinationConfig={"OnSuccess": {"Destination": successes.arn}}
    )
    send(made, {})
    send(made, {}, Qualifier="live")
    record = successes.receive_json()
    assert record["requestContext"]["functionArn"] == f"{made.arn}:live"
    assert record["responseContext"]["executedVersion"] == "1"
    assert record["responsePayload"] == "1"
    time.sleep(0.2)
    assert successes.count() == 0


def test_a_function_that_invokes_itself_is_stopped(asynchronous: Node, moto: Companion) -> None:
    """The SDK sends the trace header with every call; nothing of it is in the function."""
    dead_letters = moto.queue("loops")
    made = function(
        asynchronous,
        "import boto3",
        "print('got', event['n'])",
        "client = boto3.client('lambda')",
        "event['n'] += 1",
        "client.invoke(FunctionName=context.function_name, InvocationType='Event', Payload=json.dumps(event))",
        DeadLetterConfig={"TargetArn": dead_letters.arn},
        Timeout=20,
    )
    send(made, {"n": 1})
    assert json.loads(dead_letters.receive(40)["Body"]) == {"n": 17}
    assert sorted(int(number) for number in lines(made, "got ")) == list(range(1, 17))


def test_code_from_the_bucket_of_the_companion(asynchronous: Node, moto: Companion) -> None:
    s3 = moto.client("s3")
    s3.create_bucket(Bucket="code")
    s3.put_object(Bucket="code", Key="app.zip", Body=package("return 'from s3'"))
    made = function(asynchronous, "return 'from zip'")
    made.client.update_function_code(FunctionName=made.name, S3Bucket="code", S3Key="app.zip")
    assert made.invoke() == "from s3"
    for bucket, key, code, text in (
        ("code", "absent.zip", "NoSuchKey", "The specified key does not exist."),
        ("absent", "app.zip", "NoSuchBucket", "The specified bucket does not exist"),
    ):
        assert fails(made.client.update_function_code, FunctionName=made.name, S3Bucket=bucket, S3Key=key) == (
            400,
            "InvalidParameterValueException",
            f"Error occurred while GetObject. S3 Error Code: {code}. S3 Error Message: {text}",
        )
