"""Sources: the pages of the types of Amazon EventBridge (AWS CloudFormation User Guide)."""

import json
from typing import Any

import pytest

from gatewright.base.errors import AwsError
from gatewright.stacks.resource_types.events.rule import replaces
from tests.unit.stacks.resource_types.companion.companion_stack import Stack

RULE, BUS, QUEUE = "AWS::Events::Rule", "AWS::Events::EventBus", "AWS::SQS::Queue"
FUNCTION = "arn:aws:lambda:eu-west-1:123456789012:function:f"


def targets(stack: Stack, rule: str, **bus: str) -> dict[str, Any]:
    found = stack.ask("events", "ListTargetsByRule", Rule=rule, **bus)["Targets"]
    return {target["Id"]: target for target in found}


def test_a_rule(stack: Stack) -> None:
    made = stack.create(
        RULE,
        ScheduleExpression="rate(1 minute)",
        State="DISABLED",
        Targets=[{"Id": "f", "Arn": FUNCTION, "Input": '{"a":1}'}],
        Tags=[{"Key": "a", "Value": "1"}],
    )
    name = f"shop-Thing-{stack.random_part}"
    arn = f"arn:aws:events:eu-west-1:123456789012:rule/{name}"
    assert made.physical_id == name
    assert made.attributes == {"Arn": arn, "RuleName": name}
    found = stack.ask("events", "DescribeRule", Name=name)
    assert (found["ScheduleExpression"], found["State"]) == ("rate(1 minute)", "DISABLED")
    assert targets(stack, name) == {"f": {"Id": "f", "Arn": FUNCTION, "Input": '{"a":1}'}}
    assert stack.ask("events", "ListTagsForResource", ResourceARN=arn)["Tags"] == [{"Key": "a", "Value": "1"}]
    assert stack.read(RULE, made) == {"Name": name, "ScheduleExpression": "rate(1 minute)", "State": "DISABLED"}
    stack.delete(RULE, made)
    assert stack.read(RULE, made) is None


def test_a_rule_changes(stack: Stack) -> None:
    queue = stack.create(QUEUE, "Queue").attributes["Arn"]
    old: dict[str, Any] = {
        "EventPattern": {"source": ["a"]},
        "Targets": [{"Id": "f", "Arn": FUNCTION}, {"Id": "q", "Arn": queue}],
    }
    new = {"EventPattern": {"source": ["b"]}, "Targets": [{"Id": "q", "Arn": queue, "InputPath": "$.detail"}]}
    made = stack.create(RULE, **old)
    stack.update(RULE, made, old, new)
    assert json.loads(stack.ask("events", "DescribeRule", Name=made.physical_id)["EventPattern"]) == {"source": ["b"]}
    assert targets(stack, made.physical_id) == {"q": {"Id": "q", "Arn": queue, "InputPath": "$.detail"}}
    stack.services.names()
    stack.update(RULE, made, new, new)
    assert stack.services.names() == []


def test_a_rule_of_a_bus(stack: Stack) -> None:
    """Ref of a rule on a bus of one's own: `BUS|NAME`."""
    bus = stack.create(BUS, "Bus", Name=f"orders-{stack.random_part}")
    assert bus.physical_id == f"orders-{stack.random_part}"
    assert bus.attributes == {
        "Arn": f"arn:aws:events:eu-west-1:123456789012:event-bus/{bus.physical_id}",
        "Name": bus.physical_id,
    }
    properties = {
        "EventBusName": bus.physical_id,
        "EventPattern": {"source": ["a"]},
        "Targets": [{"Id": "f", "Arn": FUNCTION}],
    }
    made = stack.create(RULE, **properties)
    name = f"shop-Thing-{stack.random_part}"
    assert made.physical_id == f"{bus.physical_id}|{name}"
    assert made.attributes["Arn"].endswith(f":rule/{bus.physical_id}/{name}")
    assert list(targets(stack, name, EventBusName=bus.physical_id)) == ["f"]
    stack.delete(RULE, made, **properties)
    stack.delete(BUS, bus)


def test_another_bus_replaces_a_rule() -> None:
    """The ARN and the name of a bus are the same bus."""
    arn = "arn:aws:events:eu-west-1:123456789012:event-bus/orders"
    assert not replaces({"EventBusName": "orders"}, {"EventBusName": arn})
    assert replaces({}, {"EventBusName": arn})
    assert not replaces({}, {"EventBusName": "default"})


def test_a_target_that_is_refused(stack: Stack) -> None:
    failed = {"FailedEntryCount": 1, "FailedEntries": [{"TargetId": "f", "ErrorCode": "Bad", "ErrorMessage": "no"}]}

    class Refusing:
        def call(self, service: str, operation: str, parameters: Any = None) -> dict[str, Any]:
            return failed if operation == "PutTargets" else stack.services.call(service, operation, parameters)

    from gatewright.stacks.resource_types.events.rule import TYPE

    properties = {"ScheduleExpression": "rate(1 minute)", "Targets": [{"Id": "f", "Arn": FUNCTION}]}
    with pytest.raises(AwsError, match="Bad: no"):
        TYPE.create(stack.call(services=Refusing()), properties)
    assert stack.kept == {"Thing": f"shop-Thing-{stack.random_part}"}


def test_policies_of_a_bus(stack: Stack) -> None:
    bus = stack.create(BUS, "Bus", Name=f"shared-{stack.random_part}")
    name = {"EventBusName": bus.physical_id}
    policies = "AWS::Events::EventBusPolicy"
    whole = {
        **name,
        "StatementId": "whole",
        "Statement": {
            "Effect": "Allow",
            "Principal": "*",
            "Action": "events:PutEvents",
            "Resource": bus.attributes["Arn"],
        },
    }
    parts = {**name, "StatementId": "parts", "Action": "events:PutEvents", "Principal": "111111111111"}
    first, second = stack.create(policies, "First", **whole), stack.create(policies, "Second", **parts)
    assert first.physical_id == f"{bus.physical_id}|whole"
    policy = json.loads(stack.ask("events", "DescribeEventBus", Name=bus.physical_id)["Policy"])
    assert sorted(one["Sid"] for one in policy["Statement"]) == ["parts", "whole"]
    stack.update(policies, second, parts, {**parts, "Principal": "222222222222"})
    stack.delete(policies, first, **whole)
    policy = json.loads(stack.ask("events", "DescribeEventBus", Name=bus.physical_id)["Policy"])
    assert [one["Sid"] for one in policy["Statement"]] == ["parts"]
    assert "222222222222" in json.dumps(policy)


def test_an_archive(stack: Stack) -> None:
    bus = stack.create(BUS, "Bus", Name=f"kept-{stack.random_part}")
    old = {"SourceArn": bus.attributes["Arn"], "RetentionDays": "1", "EventPattern": {"source": ["a"]}}
    new = {"SourceArn": bus.attributes["Arn"], "RetentionDays": 2}
    made = stack.create("AWS::Events::Archive", **old)
    assert made.attributes["Arn"] == f"arn:aws:events:eu-west-1:123456789012:archive/{made.physical_id}"
    stack.update("AWS::Events::Archive", made, old, new)
    assert stack.ask("events", "DescribeArchive", ArchiveName=made.physical_id)["RetentionDays"] == 2
    stack.delete("AWS::Events::Archive", made, **new)


def test_connections_and_destinations(stack: Stack) -> None:
    key = {"ApiKeyAuthParameters": {"ApiKeyName": "k", "ApiKeyValue": "v"}}
    old = {"AuthorizationType": "API_KEY", "AuthParameters": key}
    connection = stack.create("AWS::Events::Connection", "Connection", **old)
    name = f"shop-Connection-{stack.random_part}"
    arn = connection.attributes["Arn"]
    assert connection.physical_id == name
    assert arn.startswith(f"arn:aws:events:eu-west-1:123456789012:connection/{name}/")
    assert connection.attributes["ArnForPolicy"] == arn.rpartition("/")[0]
    assert connection.attributes["SecretArn"].startswith("arn:aws:secretsmanager:")
    stack.update("AWS::Events::Connection", connection, old, {**old, "Description": "d"}, "Connection")
    assert stack.ask("events", "DescribeConnection", Name=name)["Description"] == "d"
    destination = {"ConnectionArn": arn, "HttpMethod": "POST", "InvocationEndpoint": "https://example.com/"}
    made = stack.create("AWS::Events::ApiDestination", **destination)
    assert "api-destination" in made.attributes["Arn"]
    changed = {**destination, "HttpMethod": "PUT"}
    stack.update("AWS::Events::ApiDestination", made, destination, changed)
    assert stack.ask("events", "DescribeApiDestination", Name=made.physical_id)["HttpMethod"] == "PUT"
    stack.delete("AWS::Events::ApiDestination", made, **changed)
    stack.delete("AWS::Events::Connection", connection, **old)


def test_targets_of_ecs() -> None:
    """RunTask has other names for some of it."""
    from gatewright.stacks.resource_types.events.rule import _target

    parameters = {
        "TaskDefinitionArn": "t",
        "TagList": [{"Key": "a", "Value": "1"}],
        "NetworkConfiguration": {"AwsVpcConfiguration": {"Subnets": ["s"]}},
    }
    assert _target({"Id": "e", "Arn": "c", "EcsParameters": parameters})["EcsParameters"] == {
        "TaskDefinitionArn": "t",
        "Tags": [{"Key": "a", "Value": "1"}],
        "NetworkConfiguration": {"awsvpcConfiguration": {"Subnets": ["s"]}},
    }
