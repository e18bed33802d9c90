"""Sources: AWS::SQS::Queue, AWS::SQS::QueuePolicy, AWS::SQS::QueueInlinePolicy (AWS CloudFormation User Guide)."""

import json
from typing import Any

import pytest

from gatewright.base.errors import AwsError
from tests.unit.stacks.resource_types.companion.companion_stack import Stack

QUEUE = "AWS::SQS::Queue"
POLICY = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "sqs:*"}]}


def attributes(stack: Stack, url: str) -> dict[str, str]:
    found: dict[str, str] = stack.ask("sqs", "GetQueueAttributes", QueueUrl=url, AttributeNames=["All"])["Attributes"]
    return found


def test_a_queue(stack: Stack) -> None:
    stack.tags["team"] = "shop"
    dead = stack.create(QUEUE, "Dead")
    redrive = {"deadLetterTargetArn": dead.attributes["Arn"], "maxReceiveCount": 3}
    tags = [{"Key": "a", "Value": "1"}]
    made = stack.create(QUEUE, VisibilityTimeout="60", RedrivePolicy=redrive, Tags=tags)
    name = f"shop-Thing-{stack.random_part}"
    assert made.physical_id == f"http://127.0.0.1:4566/123456789012/{name}"
    arn = f"arn:aws:sqs:eu-west-1:123456789012:{name}"
    assert made.attributes == {"Arn": arn, "QueueName": name, "QueueUrl": made.physical_id}
    found = attributes(stack, made.physical_id)
    assert (found["VisibilityTimeout"], json.loads(found["RedrivePolicy"])) == ("60", redrive)
    assert stack.ask("sqs", "ListQueueTags", QueueUrl=made.physical_id)["Tags"] == {"team": "shop", "a": "1"}
    stack.delete(QUEUE, made)
    with pytest.raises(AwsError, match=r"NonExistentQueue|does not exist"):
        attributes(stack, made.physical_id)


def test_names(stack: Stack) -> None:
    named = stack.create(QUEUE, QueueName=f"jobs-{stack.random_part}")
    assert named.attributes["QueueName"] == f"jobs-{stack.random_part}"
    fifo = stack.create(QUEUE, "Fifo", FifoQueue=True, ContentBasedDeduplication=True)
    assert fifo.attributes["QueueName"] == f"shop-Fifo-{stack.random_part}.fifo"
    found = attributes(stack, fifo.physical_id)
    assert (found["FifoQueue"], found["ContentBasedDeduplication"]) == ("true", "true")


def test_updates(stack: Stack) -> None:
    old: dict[str, Any] = {"DelaySeconds": 5, "VisibilityTimeout": 60, "Tags": [{"Key": "a", "Value": "1"}]}
    new: dict[str, Any] = {"DelaySeconds": 7, "Tags": [{"Key": "b", "Value": "2"}]}
    made = stack.create(QUEUE, **old)
    changed = stack.update(QUEUE, made, old, new)
    assert changed == made
    found = attributes(stack, made.physical_id)
    assert (found["DelaySeconds"], found["VisibilityTimeout"]) == ("7", "30")
    assert stack.ask("sqs", "ListQueueTags", QueueUrl=made.physical_id)["Tags"] == {"b": "2"}
    stack.services.names()
    stack.update(QUEUE, made, new, new)
    assert stack.services.names() == []


def test_what_it_is_now(stack: Stack) -> None:
    made = stack.create(QUEUE, DelaySeconds=5)
    found = stack.read(QUEUE, made)
    assert found is not None
    assert found["DelaySeconds"] == "5"
    stack.delete(QUEUE, made)
    assert stack.read(QUEUE, made) is None


def test_once_more_after_a_crash(stack: Stack) -> None:
    made = stack.create(QUEUE, DelaySeconds=5)
    assert stack.repeat(QUEUE, DelaySeconds=5) == made


def test_a_policy(stack: Stack) -> None:
    first, second = stack.create(QUEUE, "First"), stack.create(QUEUE, "Second")
    properties = {"Queues": [first.physical_id], "PolicyDocument": POLICY}
    made = stack.create("AWS::SQS::QueuePolicy", **properties)
    assert made.physical_id == f"shop-Thing-{stack.random_part}"
    assert json.loads(attributes(stack, first.physical_id)["Policy"])["Statement"][0]["Action"] == "sqs:*"
    changed = {"Queues": [second.physical_id], "PolicyDocument": POLICY}
    stack.update("AWS::SQS::QueuePolicy", made, properties, changed)
    assert "Policy" not in attributes(stack, first.physical_id)
    assert "Policy" in attributes(stack, second.physical_id)
    stack.delete("AWS::SQS::QueuePolicy", made, **changed)
    assert "Policy" not in attributes(stack, second.physical_id)
    stack.delete(QUEUE, second)
    stack.delete("AWS::SQS::QueuePolicy", made, **changed)


def test_an_inline_policy(stack: Stack) -> None:
    queue = stack.create(QUEUE)
    properties = {"Queue": queue.physical_id, "PolicyDocument": POLICY}
    made = stack.create("AWS::SQS::QueueInlinePolicy", **properties)
    assert made.physical_id == queue.physical_id
    stack.update(
        "AWS::SQS::QueueInlinePolicy", made, properties, {**properties, "PolicyDocument": dict(POLICY, Id="i")}
    )
    assert json.loads(attributes(stack, queue.physical_id)["Policy"])["Id"] == "i"
    stack.delete("AWS::SQS::QueueInlinePolicy", made, **properties)
    assert "Policy" not in attributes(stack, queue.physical_id)
