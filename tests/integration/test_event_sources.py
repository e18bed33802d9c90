"""Events into Lambda from sources that the companion has: queues, topics, buckets, rules and schedules.

AWS documentation: "Using Lambda with Amazon SQS", "Invoking Lambda functions with Amazon SNS notifications", "Process
Amazon S3 event notifications with Lambda", "Creating Amazon EventBridge rules that react to events" (with the input
transformer), "Getting started with EventBridge Scheduler". Functions report what they got to a queue of the test's.
"""

import json
import time
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.integration.deployed import Function, function
from tests.integration.nodes import Node, running, wait_until

REPORT = (
    "import boto3, os",
    "boto3.client('sqs').send_message(QueueUrl=os.environ['REPORTS'], MessageBody=json.dumps(event))",
)


@pytest.fixture(scope="module")
def beside() -> Iterator[Node]:
    """A node with its companion."""
    with running("--ephemeral") as started:
        yield started


@dataclass
class Reporter:
    """A function that reports its events."""

    function: Function
    reports: str
    sqs: Any

    def events(self, count: int, seconds: float = 20) -> list[Any]:
        """Return the events that it got, once there are so many."""
        got: list[Any] = []
        deadline = time.monotonic() + seconds
        while len(got) < count and time.monotonic() < deadline:
            answer = self.sqs.receive_message(QueueUrl=self.reports, MaxNumberOfMessages=10, WaitTimeSeconds=1)
            for message in answer.get("Messages", []):
                got.append(json.loads(message["Body"]))
                self.sqs.delete_message(QueueUrl=self.reports, ReceiptHandle=message["ReceiptHandle"])
        assert len(got) >= count, got
        return got


def reporter(node: Node, *lines: str) -> Reporter:
    sqs = node.client("sqs")
    reports = sqs.create_queue(QueueName=f"reports-{uuid.uuid4().hex[:8]}")["QueueUrl"]
    made = function(node, *(lines or REPORT), Environment={"Variables": {"REPORTS": reports}}, Timeout=20)
    return Reporter(made, reports, sqs)


def queue(node: Node, **attributes: str) -> tuple[str, str]:
    sqs = node.client("sqs")
    url = sqs.create_queue(QueueName=f"q-{uuid.uuid4().hex[:8]}", Attributes=attributes)["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    return url, arn


def test_messages_of_a_queue(beside: Node) -> None:
    made = reporter(beside)
    url, arn = queue(beside)
    lambda_ = beside.client("lambda")
    mapping = lambda_.create_event_source_mapping(
        FunctionName=made.function.name,
        EventSourceArn=arn,
        FilterCriteria={"Filters": [{"Pattern": json.dumps({"body": {"wanted": [True]}})}]},
    )
    assert mapping["State"] == "Creating"
    assert lambda_.get_event_source_mapping(UUID=mapping["UUID"])["State"] == "Enabled"
    attributes = {"kind": {"DataType": "String", "StringValue": "order"}}
    made.sqs.send_message(QueueUrl=url, MessageBody='{"wanted": false}')
    made.sqs.send_message(QueueUrl=url, MessageBody='{"wanted": true}', MessageAttributes=attributes)
    [event] = made.events(1)
    [record] = event["Records"]
    assert record["body"] == '{"wanted": true}'
    assert record["eventSourceARN"] == arn
    assert record["messageAttributes"]["kind"]["stringValue"] == "order"
    assert record["attributes"]["ApproximateReceiveCount"] == "1"

    def remaining() -> int:
        counts = made.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
        return sum(int(counts[f"ApproximateNumberOfMessages{suffix}"]) for suffix in ("", "NotVisible"))

    wait_until(lambda: remaining() == 0, "what is done with is deleted")
    lambda_.update_event_source_mapping(UUID=mapping["UUID"], Enabled=False)
    made.sqs.send_message(QueueUrl=url, MessageBody='{"wanted": true}')
    time.sleep(1)
    assert remaining() == 1
    lambda_.delete_event_source_mapping(UUID=mapping["UUID"])


def test_what_a_function_fails_at_comes_again_and_then_to_the_dead_letter_queue(beside: Node) -> None:
    dead_url, dead_arn = queue(beside)
    redrive = json.dumps({"deadLetterTargetArn": dead_arn, "maxReceiveCount": "2"})
    url, arn = queue(beside, VisibilityTimeout="5", RedrivePolicy=redrive)
    failing = (
        *REPORT,
        "failed = [{'itemIdentifier': r['messageId']} for r in event['Records'] if 'bad' in r['body']]",
        "return {'batchItemFailures': failed}",
    )
    made = reporter(beside, *failing)
    beside.client("lambda").update_function_configuration(FunctionName=made.function.name, Timeout=5)
    mapping = beside.client("lambda").create_event_source_mapping(
        FunctionName=made.function.name,
        EventSourceArn=arn,
        FunctionResponseTypes=["ReportBatchItemFailures"],
        MaximumBatchingWindowInSeconds=0,
    )
    made.sqs.send_message(QueueUrl=url, MessageBody="good")
    made.sqs.send_message(QueueUrl=url, MessageBody="bad")
    bodies = []
    while bodies.count("bad") < 2:
        bodies += [record["body"] for event in made.events(1) for record in event["Records"]]
    assert bodies.count("good") == 1
    answer = made.sqs.receive_message(QueueUrl=dead_url, WaitTimeSeconds=10)
    assert [message["Body"] for message in answer["Messages"]] == ["bad"]
    beside.client("lambda").delete_event_source_mapping(UUID=mapping["UUID"])


def test_messages_of_a_group_keep_their_order(beside: Node) -> None:
    """ "FIFO queue delivery logic" (SQS Developer Guide); localstack/localstack recorded the retries of AWS.

    tests/aws/services/lambda_/event_source_mapping/test_lambda_integration_sqs.snapshot.json
    (test_report_batch_item_failures).
    """
    sqs = beside.client("sqs")
    name = f"q-{uuid.uuid4().hex[:8]}.fifo"
    attributes = {"FifoQueue": "true", "ContentBasedDeduplication": "true", "VisibilityTimeout": "1"}
    url = sqs.create_queue(QueueName=name, Attributes=attributes)["QueueUrl"]

    def send(group: str, *bodies: str) -> None:
        entries = [{"Id": body, "MessageBody": body, "MessageGroupId": group} for body in bodies]
        assert len(sqs.send_message_batch(QueueUrl=url, Entries=entries)["Successful"]) == len(bodies)

    def receive(count: int = 10, seconds: int = 0) -> list[Any]:
        answer = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=count, WaitTimeSeconds=seconds)
        found: list[Any] = answer.get("Messages", [])
        return found

    def delete(message: Any) -> None:
        sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])

    send("a", "1", "2", "3", "4")
    first = receive()
    delete(first[0])
    time.sleep(1.1)
    again = receive()
    assert [[message["Body"] for message in found] for found in (first, again)] == [
        ["1", "2", "3", "4"],
        ["2", "3", "4"],
    ]
    send("a", "5")
    send("b", "6")
    [other] = receive()
    assert other["Body"] == "6"
    delete(other)
    for message in again:
        sqs.change_message_visibility(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"], VisibilityTimeout=60)
    with ThreadPoolExecutor(1) as executor:
        waiting = executor.submit(receive, 1, 10)
        time.sleep(0.5)
        for message in again:
            delete(message)
        freed = time.monotonic()
        assert [message["Body"] for message in waiting.result()] == ["5"]
        assert time.monotonic() - freed < 0.5


def test_notifications_of_a_topic(beside: Node) -> None:
    made, sns = reporter(beside), beside.client("sns")
    topic = sns.create_topic(Name=f"t-{uuid.uuid4().hex[:8]}")["TopicArn"]
    subscription = sns.subscribe(
        TopicArn=topic,
        Protocol="lambda",
        Endpoint=made.function.arn,
        Attributes={"FilterPolicy": '{"kind": ["order"]}'},
        ReturnSubscriptionArn=True,
    )["SubscriptionArn"]
    attributes = {"kind": {"DataType": "String", "StringValue": "order"}}
    sns.publish(TopicArn=topic, Message="filtered")
    identifier = sns.publish(TopicArn=topic, Message="hello", Subject="greeting", MessageAttributes=attributes)
    [event] = made.events(1)
    [record] = event["Records"]
    assert (record["EventSource"], record["EventSubscriptionArn"]) == ("aws:sns", subscription)
    shown = record["Sns"]
    assert (shown["Message"], shown["Subject"], shown["TopicArn"]) == ("hello", "greeting", topic)
    assert shown["MessageId"] == identifier["MessageId"]
    assert shown["MessageAttributes"] == {"kind": {"Type": "String", "Value": "order"}}


def test_notifications_of_a_bucket(beside: Node) -> None:
    made, s3, name = reporter(beside), beside.client("s3"), f"b-{uuid.uuid4().hex[:8]}"
    s3.create_bucket(Bucket=name)
    s3.put_bucket_notification_configuration(
        Bucket=name,
        NotificationConfiguration={
            "LambdaFunctionConfigurations": [
                {
                    "Id": "mine",
                    "LambdaFunctionArn": made.function.arn,
                    "Events": ["s3:ObjectCreated:*", "s3:ObjectRemoved:*"],
                    "Filter": {"Key": {"FilterRules": [{"Name": "suffix", "Value": ".txt"}]}},
                }
            ]
        },
    )
    s3.put_object(Bucket=name, Key="a.bin", Body=b"no")
    s3.put_object(Bucket=name, Key="dir/a b.txt", Body=b"content")
    s3.delete_object(Bucket=name, Key="dir/a b.txt")
    # Two asynchronous invocations: which of them reports first is open.
    created, removed = sorted((event["Records"][0] for event in made.events(2)), key=lambda record: record["eventName"])
    assert (created["eventName"], created["awsRegion"]) == ("ObjectCreated:Put", "us-east-1")
    assert created["s3"]["configurationId"] == "mine"
    assert created["s3"]["bucket"]["name"] == name
    assert created["s3"]["object"]["key"] == "dir/a+b.txt"
    assert created["s3"]["object"]["size"] == 7
    assert removed["eventName"] == "ObjectRemoved:Delete"
    assert "size" not in removed["s3"]["object"]


def test_rules_of_event_bridge(beside: Node) -> None:
    made, events, name = reporter(beside), beside.client("events"), f"r-{uuid.uuid4().hex[:8]}"
    events.put_rule(Name=name, EventPattern='{"source": ["shop"], "detail": {"n": [{"numeric": [">", 1]}]}}')
    transformer = {"InputPathsMap": {"n": "$.detail.n"}, "InputTemplate": '{"number": <n>, "text": "n is <n>"}'}
    events.put_targets(
        Rule=name,
        Targets=[
            {"Id": "whole", "Arn": made.function.arn},
            {"Id": "changed", "Arn": made.function.arn, "InputTransformer": transformer},
        ],
    )
    entry = {"Source": "shop", "DetailType": "order"}
    events.put_events(Entries=[{**entry, "Detail": '{"n": 1}'}, {**entry, "Detail": '{"n": 2}'}])
    whole, changed = sorted(made.events(2), key=lambda event: "number" in event)  # two invocations, in either order
    assert (whole["source"], whole["detail-type"], whole["detail"]) == ("shop", "order", {"n": 2})
    assert whole["account"] == "000000000000" or len(whole["account"]) == 12
    assert datetime.fromisoformat(whole["time"]).tzinfo is not None
    assert changed == {"number": 2, "text": "n is 2"}


def test_a_schedule(beside: Node) -> None:
    made, scheduler = reporter(beside), beside.client("scheduler")
    moment = datetime.now(UTC) + timedelta(seconds=2)
    scheduler.create_schedule(
        Name=f"s-{uuid.uuid4().hex[:8]}",
        ScheduleExpression=f"at({moment:%Y-%m-%dT%H:%M:%S})",
        FlexibleTimeWindow={"Mode": "OFF"},
        Target={"Arn": made.function.arn, "RoleArn": "arn:aws:iam::123456789012:role/s", "Input": '{"a": 1}'},
    )
    assert made.events(1) == [{"a": 1}]


def test_a_state_machine_calls_a_function(beside: Node) -> None:
    made, states = function(beside, "return {'doubled': event['n'] * 2}"), beside.client("stepfunctions")
    definition = {
        "StartAt": "Double",
        "States": {"Double": {"Type": "Task", "Resource": made.arn, "End": True}},
    }
    machine = states.create_state_machine(
        name=f"m-{uuid.uuid4().hex[:8]}",
        definition=json.dumps(definition),
        roleArn="arn:aws:iam::123456789012:role/states",
    )["stateMachineArn"]
    execution = states.start_execution(stateMachineArn=machine, input='{"n": 21}')["executionArn"]
    wait_until(
        lambda: states.describe_execution(executionArn=execution)["status"] != "RUNNING", "the state machine ends"
    )
    done = states.describe_execution(executionArn=execution)
    assert (done["status"], json.loads(done["output"])) == ("SUCCEEDED", {"doubled": 42})


def test_a_rule_and_a_schedule_start_a_state_machine(beside: Node) -> None:
    """ "Event bus targets", Amazon EventBridge User Guide: a state machine gets what the target's input is."""
    states, events, name = beside.client("stepfunctions"), beside.client("events"), f"m-{uuid.uuid4().hex[:8]}"
    role = "arn:aws:iam::123456789012:role/states"
    machine = states.create_state_machine(
        name=name, definition='{"StartAt": "A", "States": {"A": {"Type": "Pass", "End": true}}}', roleArn=role
    )["stateMachineArn"]
    events.put_rule(Name=name, EventPattern=json.dumps({"source": [name]}))
    events.put_targets(Rule=name, Targets=[{"Id": "m", "Arn": machine, "RoleArn": role, "InputPath": "$.detail"}])
    events.put_events(Entries=[{"Source": name, "DetailType": "d", "Detail": '{"n": 1}'}])
    beside.client("scheduler").create_schedule(
        Name=name,
        ScheduleExpression=f"at({datetime.now(UTC) + timedelta(seconds=2):%Y-%m-%dT%H:%M:%S})",
        FlexibleTimeWindow={"Mode": "OFF"},
        Target={"Arn": machine, "RoleArn": role, "Input": '{"n": 2}'},
    )

    def ended() -> list[Any]:
        found = states.list_executions(stateMachineArn=machine, statusFilter="SUCCEEDED")["executions"]
        return [states.describe_execution(executionArn=each["executionArn"]) for each in found]

    wait_until(lambda: len(ended()) == 2, "both executions end")
    assert sorted(json.loads(each["input"])["n"] for each in ended()) == [1, 2]


def test_an_execution_while_the_caller_waits(beside: Node) -> None:
    """StartSyncExecution: its members are those of localstack's recordings (test_express_sync.snapshot.json)."""
    states, role = beside.client("stepfunctions"), "arn:aws:iam::123456789012:role/states"
    definition = {
        "StartAt": "Which",
        "States": {
            "Which": {
                "Type": "Choice",
                "Choices": [{"Variable": "$.ok", "BooleanEquals": True, "Next": "Slowly"}],
                "Default": "Fail",
            },
            "Slowly": {"Type": "Wait", "Seconds": 1, "End": True},
            "Fail": {"Type": "Fail", "Error": "E", "Cause": "why"},
        },
    }
    made = {"definition": json.dumps(definition), "roleArn": role}
    express, standard = (
        states.create_state_machine(name=f"{kind}-{uuid.uuid4().hex[:8]}", type=kind, **made)["stateMachineArn"]
        for kind in ("EXPRESS", "STANDARD")
    )
    done = states.start_sync_execution(stateMachineArn=express, name="mine", input='{"ok": true}')
    assert (done["status"], json.loads(done["output"]), done["name"]) == ("SUCCEEDED", {"ok": True}, "mine")
    assert done["executionArn"].startswith(f"{express.replace(':stateMachine:', ':express:')}:mine:")
    assert done["billingDetails"]["billedDurationInMilliseconds"] >= 1000
    failed = states.start_sync_execution(stateMachineArn=express, input='{"ok": false}')
    assert (failed["status"], failed["error"], failed["cause"]) == ("FAILED", "E", "why")
    for machine, given, code in (
        (standard, "{}", "StateMachineTypeNotSupported"),
        (f"{express}x", "{}", "StateMachineDoesNotExist"),
        (express, "{", "InvalidExecutionInput"),
    ):
        with pytest.raises(ClientError) as refused:
            states.start_sync_execution(stateMachineArn=machine, input=given)
        assert refused.value.response["Error"]["Code"] == code


def test_rules_reach_services(beside: Node) -> None:
    """ "Event bus targets in Amazon EventBridge" (Amazon EventBridge User Guide)."""
    events, sqs, states = beside.client("events"), beside.client("sqs"), beside.client("stepfunctions")
    made, name = reporter(beside), f"reach-{uuid.uuid4().hex[:8]}"
    topic = beside.client("sns").create_topic(Name=name)["TopicArn"]
    beside.client("sns").subscribe(TopicArn=topic, Protocol="lambda", Endpoint=made.function.arn)
    url, queue_arn = queue(beside)
    machine = states.create_state_machine(
        name=name,
        definition=json.dumps({"StartAt": "Done", "States": {"Done": {"Type": "Succeed"}}}),
        roleArn="arn:aws:iam::123456789012:role/states",
    )["stateMachineArn"]
    group = f"/aws/events/{name}"
    beside.client("logs").create_log_group(logGroupName=group)
    events.put_rule(Name=name, EventPattern=json.dumps({"source": [name]}))
    group_arn = f"arn:aws:logs:us-east-1:{topic.split(':')[4]}:log-group:{group}"
    targets = [{"Id": "topic", "Arn": topic}, {"Id": "queue", "Arn": queue_arn, "InputPath": "$.detail.text"}]
    targets += [{"Id": "machine", "Arn": machine}, {"Id": "group", "Arn": group_arn}]
    events.put_targets(Rule=name, Targets=targets)
    events.put_events(Entries=[{"Source": name, "DetailType": "d", "Detail": '{"text": "hello"}'} for _ in range(2)])

    (message, _) = (json.loads(event["Records"][0]["Sns"]["Message"]) for event in made.events(2))
    members = ["version", "id", "detail-type", "source", "account", "time", "region", "resources", "detail"]
    assert list(message) == members
    assert message["detail"] == {"text": "hello"}
    received = sqs.receive_message(QueueUrl=url, WaitTimeSeconds=10)["Messages"]
    assert received[0]["Body"] == '"hello"'
    wait_until(lambda: len(states.list_executions(stateMachineArn=machine)["executions"]) == 2, "two executions", 20)
    names = [each["name"] for each in states.list_executions(stateMachineArn=machine)["executions"]]
    assert len(set(names)) == 2
    logged = beside.client("logs").filter_log_events(logGroupName=group)["events"]
    assert [json.loads(each["message"])["source"] for each in logged] == [name, name]


def test_executions_without_a_name(beside: Node) -> None:
    """StartExecution, DescribeExecution (AWS Step Functions API Reference): each gets a name; outputs are JSON."""
    states = beside.client("stepfunctions")
    machine = states.create_state_machine(
        name=f"m-{uuid.uuid4().hex[:8]}",
        definition=json.dumps({"StartAt": "Say", "States": {"Say": {"Type": "Pass", "Result": "Hello", "End": True}}}),
        roleArn="arn:aws:iam::123456789012:role/states",
    )["stateMachineArn"]
    started = [states.start_execution(stateMachineArn=machine)["executionArn"] for _ in range(2)]
    assert len(set(started)) == 2

    def outputs() -> list[Any]:
        return [states.describe_execution(executionArn=each).get("output") for each in started]

    wait_until(lambda: outputs() == ['"Hello"', '"Hello"'], "both executions end")
