"""Which call brings an event to a target: "Event bus targets in Amazon EventBridge" (Amazon EventBridge User Guide)."""

import json
from typing import Any

import pytest

from gatewright.companion.targets import ServiceCall, calls_for, is_built

PLACE = "us-east-1:123456789012"
EVENT: dict[str, Any] = {
    "version": "0",
    "id": "e-1",
    "detail-type": "order",
    "source": "shop",
    "resources": ["arn:r"],
    "detail": {"n": 1, "who": "é"},
}
TEXT = (
    '{"version":"0","id":"e-1","detail-type":"order","source":"shop","resources":["arn:r"],"detail":{"n":1,"who":"é"}}'
)
QUEUE = f"arn:aws:sqs:{PLACE}:jobs"
TOPIC = f"arn:aws:sns:{PLACE}:news"
MACHINE = f"arn:aws:states:{PLACE}:stateMachine:m"
STREAM = f"arn:aws:kinesis:{PLACE}:stream/s"
BUS = f"arn:aws:events:{PLACE}:event-bus/other"
GROUP = f"arn:aws:logs:{PLACE}:log-group:/aws/events/shop"


@pytest.mark.parametrize(
    ("target", "service", "operation", "parameters"),
    [
        (
            {"Arn": QUEUE},
            "sqs",
            "SendMessage",
            {"QueueUrl": "https://sqs.us-east-1.amazonaws.com/123456789012/jobs", "MessageBody": TEXT},
        ),
        (
            {"Arn": f"{QUEUE}.fifo", "Input": "[1]", "SqsParameters": {"MessageGroupId": "g"}},
            "sqs",
            "SendMessage",
            {
                "QueueUrl": "https://sqs.us-east-1.amazonaws.com/123456789012/jobs.fifo",
                "MessageBody": "[1]",
                "MessageGroupId": "g",
            },
        ),
        (
            {"Arn": TOPIC, "InputPath": "$.detail.who"},
            "sns",
            "Publish",
            {"TopicArn": TOPIC, "Message": '"é"'},
        ),
        ({"Arn": MACHINE}, "stepfunctions", "StartExecution", {"stateMachineArn": MACHINE, "input": TEXT}),
        (
            {"Arn": STREAM, "InputPath": "$.detail.n"},
            "kinesis",
            "PutRecord",
            {"StreamName": "s", "Data": b"1", "PartitionKey": "e-1"},
        ),
        (
            {"Arn": STREAM, "Input": "1", "KinesisParameters": {"PartitionKeyPath": "$.detail.n"}},
            "kinesis",
            "PutRecord",
            {"StreamName": "s", "Data": b"1", "PartitionKey": "1"},
        ),
        (
            {"Arn": STREAM, "Input": "1", "KinesisParameters": {"PartitionKey": "fixed"}},
            "kinesis",
            "PutRecord",
            {"StreamName": "s", "Data": b"1", "PartitionKey": "fixed"},
        ),
        (
            {"Arn": BUS},
            "events",
            "PutEvents",
            {
                "Entries": [
                    {
                        "EventBusName": BUS,
                        "Source": "shop",
                        "DetailType": "order",
                        "Detail": json.dumps(EVENT["detail"]),
                        "Resources": ["arn:r"],
                    }
                ]
            },
        ),
        (
            {"Arn": BUS, "Input": '{"a": 1}', "EventBridgeParameters": {"Source": "clock", "DetailType": "tick"}},
            "events",
            "PutEvents",
            {"Entries": [{"EventBusName": BUS, "Source": "clock", "DetailType": "tick", "Detail": '{"a": 1}'}]},
        ),
    ],
)
def test_one_call(target: dict[str, Any], service: str, operation: str, parameters: dict[str, Any]) -> None:
    assert calls_for(target, EVENT, 7) == (ServiceCall(service, operation, parameters),)


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        ({"Arn": GROUP}, {"timestamp": 7, "message": TEXT}),
        ({"Arn": f"{GROUP}:*", "Input": '{"timestamp": 5, "message": "made"}'}, {"timestamp": 5, "message": "made"}),
        ({"Arn": GROUP, "Input": '{"timestamp": "x", "message": [1]}'}, {"timestamp": 7, "message": "[1]"}),
        ({"Arn": GROUP, "Input": '{"message": "m"}'}, {"timestamp": 7, "message": '{"message": "m"}'}),
        ({"Arn": GROUP, "InputTransformer": {"InputTemplate": "no JSON"}}, {"timestamp": 7, "message": "no JSON"}),
    ],
)
def test_a_log_group_gets_a_stream_with_the_event(target: dict[str, Any], expected: dict[str, Any]) -> None:
    made, put = calls_for(target, EVENT, 7)
    assert (made.operation, put.operation) == ("CreateLogStream", "PutLogEvents")
    assert made.parameters["logGroupName"] == put.parameters["logGroupName"] == "/aws/events/shop"
    assert made.parameters["logStreamName"] == put.parameters["logStreamName"]
    assert put.parameters["logEvents"] == [expected]


@pytest.mark.parametrize(
    "arn",
    [
        f"arn:aws:batch:{PLACE}:job-queue/q",
        f"arn:aws:states:{PLACE}:activity:a",
        f"arn:aws:events:{PLACE}:api-destination/d/1",
        f"arn:aws:events:{PLACE}:",  # moto's own, of archives
        f"arn:aws:logs:{PLACE}:destination:d",
    ],
)
def test_other_kinds_of_targets(arn: str) -> None:
    assert not is_built(arn)
    assert calls_for({"Arn": arn}, EVENT, 7) == ()


@pytest.mark.parametrize("arn", [QUEUE, TOPIC, MACHINE, STREAM, BUS, GROUP])
def test_the_kinds_that_are_built(arn: str) -> None:
    assert is_built(arn)
    assert calls_for({"Arn": arn}, EVENT, 7) != ()
