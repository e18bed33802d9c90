"""Sources: AWS::SNS::Topic, AWS::SNS::Subscription, AWS::SNS::TopicPolicy (AWS CloudFormation User Guide)."""

import json
from typing import Any

import pytest

from gatewright.base.errors import AwsError, OperationNotImplemented
from tests.unit.stacks.resource_types.companion.companion_stack import Stack

TOPIC, QUEUE = "AWS::SNS::Topic", "AWS::SQS::Queue"
SUBSCRIPTION = "AWS::SNS::Subscription"
POLICY = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "sns:Publish"}]}


def attributes(stack: Stack, arn: str) -> dict[str, str]:
    found: dict[str, str] = stack.ask("sns", "GetTopicAttributes", TopicArn=arn)["Attributes"]
    return found


def endpoints(stack: Stack, arn: str) -> list[str]:
    found = stack.ask("sns", "ListSubscriptionsByTopic", TopicArn=arn)["Subscriptions"]
    return [one["Endpoint"] for one in found]


def test_a_topic(stack: Stack) -> None:
    queue = stack.create(QUEUE, "Queue")
    inline = [{"Protocol": "sqs", "Endpoint": queue.attributes["Arn"]}]
    made = stack.create(TOPIC, DisplayName="Orders", Subscription=inline, Tags=[{"Key": "a", "Value": "1"}])
    name = f"shop-Thing-{stack.random_part}"
    arn = f"arn:aws:sns:eu-west-1:123456789012:{name}"
    assert made.physical_id == arn
    assert made.attributes == {"TopicArn": arn, "TopicName": name}
    assert attributes(stack, arn)["DisplayName"] == "Orders"
    assert endpoints(stack, arn) == [queue.attributes["Arn"]]
    assert stack.ask("sns", "ListTagsForResource", ResourceArn=arn)["Tags"] == [{"Key": "a", "Value": "1"}]
    stack.delete(TOPIC, made)
    with pytest.raises(AwsError):
        attributes(stack, arn)


def test_a_fifo_topic(stack: Stack) -> None:
    made = stack.create(TOPIC, FifoTopic=True, ContentBasedDeduplication=True)
    assert made.attributes["TopicName"].endswith(f"{stack.random_part}.fifo")
    assert attributes(stack, made.physical_id)["ContentBasedDeduplication"] == "true"


def test_updates(stack: Stack) -> None:
    first, second = stack.create(QUEUE, "First"), stack.create(QUEUE, "Second")
    old: dict[str, Any] = {
        "DisplayName": "Orders",
        "Subscription": [{"Protocol": "sqs", "Endpoint": first.attributes["Arn"]}],
        "Tags": [{"Key": "a", "Value": "1"}],
    }
    new: dict[str, Any] = {"Subscription": [{"Protocol": "sqs", "Endpoint": second.attributes["Arn"]}]}
    made = stack.create(TOPIC, **old)
    stack.update(TOPIC, made, old, new)
    assert attributes(stack, made.physical_id)["DisplayName"] == ""
    assert endpoints(stack, made.physical_id) == [second.attributes["Arn"]]
    assert stack.ask("sns", "ListTagsForResource", ResourceArn=made.physical_id)["Tags"] == []
    stack.services.names()
    stack.update(TOPIC, made, new, new)
    assert stack.services.names() == []


def test_a_subscription(stack: Stack) -> None:
    topic, queue = stack.create(TOPIC, "Topic"), stack.create(QUEUE, "Queue")
    properties: dict[str, Any] = {
        "TopicArn": topic.physical_id,
        "Protocol": "sqs",
        "Endpoint": queue.attributes["Arn"],
        "FilterPolicy": {"kind": ["a"]},
        "RawMessageDelivery": "true",
    }
    made = stack.create(SUBSCRIPTION, **properties)
    assert made.physical_id.startswith(f"{topic.physical_id}:")
    assert made.attributes == {"Arn": made.physical_id}
    assert stack.repeat(SUBSCRIPTION, **properties) == made
    found = stack.ask("sns", "GetSubscriptionAttributes", SubscriptionArn=made.physical_id)["Attributes"]
    assert (json.loads(found["FilterPolicy"]), found["RawMessageDelivery"]) == ({"kind": ["a"]}, "true")
    changed = {**properties, "FilterPolicy": {"kind": ["b"]}}
    del changed["RawMessageDelivery"]
    stack.update(SUBSCRIPTION, made, properties, changed)
    found = stack.ask("sns", "GetSubscriptionAttributes", SubscriptionArn=made.physical_id)["Attributes"]
    assert (json.loads(found["FilterPolicy"]), found["RawMessageDelivery"]) == ({"kind": ["b"]}, "false")
    stack.delete(SUBSCRIPTION, made, **properties)
    assert endpoints(stack, topic.physical_id) == []


def test_a_subscription_of_a_function(stack: Stack) -> None:
    """The function is none of the companion's."""
    topic = stack.create(TOPIC, "Topic")
    arn = "arn:aws:lambda:eu-west-1:123456789012:function:elsewhere"
    stack.create(SUBSCRIPTION, TopicArn=topic.physical_id, Protocol="lambda", Endpoint=arn)
    assert endpoints(stack, topic.physical_id) == [arn]


def test_a_subscription_to_a_topic_of_another_region(stack: Stack) -> None:
    arn = "arn:aws:sns:us-west-2:123456789012:t"
    with pytest.raises(OperationNotImplemented, match="another Region"):
        stack.create(SUBSCRIPTION, TopicArn=arn, Protocol="sqs", Endpoint="e", Region="us-west-2")


def test_a_policy(stack: Stack) -> None:
    topic = stack.create(TOPIC)
    properties = {"Topics": [topic.physical_id], "PolicyDocument": POLICY}
    made = stack.create("AWS::SNS::TopicPolicy", **properties)
    assert made.attributes == {"Id": f"shop-Thing-{stack.random_part}"}
    assert json.loads(attributes(stack, topic.physical_id)["Policy"]) == POLICY
    changed = {"Topics": [topic.physical_id], "PolicyDocument": dict(POLICY, Id="i")}
    stack.update("AWS::SNS::TopicPolicy", made, properties, changed)
    assert json.loads(attributes(stack, topic.physical_id)["Policy"])["Id"] == "i"
    stack.delete("AWS::SNS::TopicPolicy", made, **changed)
    assert json.loads(attributes(stack, topic.physical_id)["Policy"])["Id"] == "__default_policy_ID"


def test_an_inline_policy(stack: Stack) -> None:
    topic = stack.create(TOPIC)
    properties = {"TopicArn": topic.physical_id, "PolicyDocument": POLICY}
    made = stack.create("AWS::SNS::TopicInlinePolicy", **properties)
    assert made.physical_id == topic.physical_id
    stack.delete("AWS::SNS::TopicInlinePolicy", made, **properties)
    assert json.loads(attributes(stack, topic.physical_id)["Policy"])["Id"] == "__default_policy_ID"
