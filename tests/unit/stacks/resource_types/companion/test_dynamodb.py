"""Source: AWS::DynamoDB::Table (AWS CloudFormation User Guide)."""

from typing import Any

import pytest

from gatewright.base.errors import AwsError, OperationNotImplemented
from gatewright.stacks.resource_types.contract import Resource
from gatewright.stacks.resource_types.dynamodb.table import replaces
from tests.unit.stacks.resource_types.companion.companion_stack import Stack

TABLE = "AWS::DynamoDB::Table"


def attribute(name: str) -> dict[str, str]:
    return {"AttributeName": name, "AttributeType": "S"}


def key(name: str, kind: str = "HASH") -> dict[str, str]:
    return {"AttributeName": name, "KeyType": kind}


def index(name: str, attribute_name: str) -> dict[str, Any]:
    return {"IndexName": name, "KeySchema": [key(attribute_name)], "Projection": {"ProjectionType": "ALL"}}


PLAIN: dict[str, Any] = {
    "AttributeDefinitions": [attribute("id")],
    "KeySchema": [key("id")],
    "BillingMode": "PAY_PER_REQUEST",
}


def description(stack: Stack, made: Resource) -> dict[str, Any]:
    found: dict[str, Any] = stack.ask("dynamodb", "DescribeTable", TableName=made.physical_id)["Table"]
    return found


def test_a_table(stack: Stack) -> None:
    made = stack.create(
        TABLE,
        AttributeDefinitions=[attribute("id"), attribute("at"), attribute("email")],
        KeySchema=[key("id"), key("at", "RANGE")],
        ProvisionedThroughput={"ReadCapacityUnits": "1", "WriteCapacityUnits": "2"},
        GlobalSecondaryIndexes=[
            index("by-email", "email") | {"ProvisionedThroughput": {"ReadCapacityUnits": 1, "WriteCapacityUnits": 1}}
        ],
        LocalSecondaryIndexes=[
            {
                "IndexName": "by-id-and-email",
                "KeySchema": [key("id"), key("email", "RANGE")],
                "Projection": {"ProjectionType": "KEYS_ONLY"},
            }
        ],
        StreamSpecification={"StreamViewType": "NEW_IMAGE"},
        SSESpecification={"SSEEnabled": True},
        TimeToLiveSpecification={"AttributeName": "expires", "Enabled": True},
        PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True},
        Tags=[{"Key": "a", "Value": "1"}],
    )
    name = f"shop-Thing-{stack.random_part}"
    assert made.physical_id == name
    assert made.attributes["Arn"] == f"arn:aws:dynamodb:eu-west-1:123456789012:table/{name}"
    assert made.attributes["StreamArn"].startswith(f"{made.attributes['Arn']}/stream/")
    found = description(stack, made)
    assert found["ProvisionedThroughput"]["WriteCapacityUnits"] == 2
    assert [one["IndexName"] for one in found["GlobalSecondaryIndexes"]] == ["by-email"]
    assert [one["IndexName"] for one in found["LocalSecondaryIndexes"]] == ["by-id-and-email"]
    assert found["SSEDescription"]["Status"] == "ENABLED"
    ttl = stack.ask("dynamodb", "DescribeTimeToLive", TableName=name)["TimeToLiveDescription"]
    assert ttl == {"TimeToLiveStatus": "ENABLED", "AttributeName": "expires"}
    backups = stack.ask("dynamodb", "DescribeContinuousBackups", TableName=name)["ContinuousBackupsDescription"]
    assert backups["PointInTimeRecoveryDescription"]["PointInTimeRecoveryStatus"] == "ENABLED"
    assert stack.ask("dynamodb", "ListTagsOfResource", ResourceArn=made.attributes["Arn"])["Tags"] == [
        {"Key": "a", "Value": "1"}
    ]
    stack.delete(TABLE, made)
    assert stack.read(TABLE, made) is None


def test_updates(stack: Stack) -> None:
    old = {**PLAIN, "TimeToLiveSpecification": {"AttributeName": "expires", "Enabled": True}}
    new = {
        **PLAIN,
        "AttributeDefinitions": [attribute("id"), attribute("email")],
        "GlobalSecondaryIndexes": [index("by-email", "email")],
        "StreamSpecification": {"StreamViewType": "KEYS_ONLY"},
        "DeletionProtectionEnabled": True,
        "Tags": [{"Key": "a", "Value": "1"}],
    }
    made = stack.create(TABLE, **old)
    assert "StreamArn" not in made.attributes
    changed = stack.update(TABLE, made, old, new)
    assert "StreamArn" in changed.attributes
    found = description(stack, made)
    assert found["DeletionProtectionEnabled"] is True
    assert [one["IndexName"] for one in found["GlobalSecondaryIndexes"]] == ["by-email"]
    ttl = stack.ask("dynamodb", "DescribeTimeToLive", TableName=made.physical_id)["TimeToLiveDescription"]
    assert ttl["TimeToLiveStatus"] == "DISABLED"
    back = stack.update(TABLE, changed, new, PLAIN)
    assert "StreamArn" not in back.attributes
    found = description(stack, made)
    assert found.get("GlobalSecondaryIndexes", []) == []
    assert found["DeletionProtectionEnabled"] is False
    stack.services.names()
    stack.update(TABLE, made, PLAIN, PLAIN)
    assert stack.services.names() == ["DescribeTable"]


def test_billing(stack: Stack) -> None:
    made = stack.create(TABLE, **PLAIN)
    provisioned = {"ProvisionedThroughput": {"ReadCapacityUnits": 3, "WriteCapacityUnits": 4}}
    new = {name: value for name, value in PLAIN.items() if name != "BillingMode"} | provisioned
    stack.update(TABLE, made, PLAIN, new)
    assert description(stack, made)["ProvisionedThroughput"]["ReadCapacityUnits"] == 3


def test_one_index_at_a_time(stack: Stack) -> None:
    made = stack.create(TABLE, **PLAIN)
    definitions = [attribute("id"), attribute("a"), attribute("b")]
    new = {
        **PLAIN,
        "AttributeDefinitions": definitions,
        "GlobalSecondaryIndexes": [index("i-a", "a"), index("i-b", "b")],
    }
    with pytest.raises(AwsError, match="Cannot perform more than one GSI creation or deletion in a single update"):
        stack.update(TABLE, made, PLAIN, new)


def test_what_replaces_a_table() -> None:
    assert replaces(PLAIN, {**PLAIN, "KeySchema": [key("other")]})
    assert not replaces(PLAIN, {**PLAIN, "BillingMode": "PROVISIONED"})


def test_a_protected_table_stays(stack: Stack) -> None:
    made = stack.create(TABLE, **PLAIN, DeletionProtectionEnabled=True)
    with pytest.raises(AwsError, match=r"[Dd]eletion"):
        stack.delete(TABLE, made)


def test_what_it_is_now(stack: Stack) -> None:
    made = stack.create(TABLE, **PLAIN)
    assert stack.read(TABLE, made) == {**PLAIN, "DeletionProtectionEnabled": False}


def test_once_more_after_a_crash(stack: Stack) -> None:
    made = stack.create(TABLE, **PLAIN)
    assert stack.repeat(TABLE, **PLAIN) == made
    with pytest.raises(AwsError):
        stack.create(TABLE, **PLAIN)


def test_what_is_not_built(stack: Stack) -> None:
    source = {"InputFormat": "CSV", "S3BucketSource": {"S3Bucket": "bucket"}}
    with pytest.raises(OperationNotImplemented, match="ImportSourceSpecification"):
        stack.create(TABLE, **PLAIN, ImportSourceSpecification=source)


def test_a_policy(stack: Stack) -> None:
    policy = {"Version": "2012-10-17", "Statement": []}
    old = {**PLAIN, "ResourcePolicy": {"PolicyDocument": policy}}
    made = stack.create(TABLE, **old)
    assert "PutResourcePolicy" in stack.services.names()
    stack.update(TABLE, made, old, PLAIN)
    assert "DeleteResourcePolicy" in stack.services.names()


def test_what_the_companion_does_not_do_fails(stack: Stack) -> None:
    stream = {"StreamArn": "arn:aws:kinesis:eu-west-1:123456789012:stream/s"}
    with pytest.raises(OperationNotImplemented, match="EnableKinesisStreamingDestination"):
        stack.create(TABLE, **PLAIN, KinesisStreamSpecification=stream)
    assert stack.kept == {"Thing": f"shop-Thing-{stack.random_part}"}


def test_a_global_table(stack: Stack) -> None:
    """AWS::DynamoDB::GlobalTable, as CDK's TableV2 makes it."""
    kind = "AWS::DynamoDB::GlobalTable"
    old: dict[str, Any] = {
        **PLAIN,
        "Replicas": [{"Region": "eu-west-1", "PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": True}}],
    }
    made = stack.create(kind, **old)
    assert made.physical_id == f"shop-Thing-{stack.random_part}"
    assert made.attributes["Arn"].endswith(f":table/{made.physical_id}")
    backups = stack.ask("dynamodb", "DescribeContinuousBackups", TableName=made.physical_id)
    recovery = backups["ContinuousBackupsDescription"]["PointInTimeRecoveryDescription"]
    assert recovery["PointInTimeRecoveryStatus"] == "ENABLED"
    new = {**old, "Replicas": [{"Region": "eu-west-1", "Tags": [{"Key": "a", "Value": "1"}]}]}
    stack.update(kind, made, old, new)
    tags = stack.ask("dynamodb", "ListTagsOfResource", ResourceArn=made.attributes["Arn"])["Tags"]
    assert tags == [{"Key": "a", "Value": "1"}]
    stack.delete(kind, made, **new)
    with pytest.raises(OperationNotImplemented, match="replicas in eu-west-1, us-east-1 are not implemented"):
        stack.create(kind, **{**old, "Replicas": [{"Region": "eu-west-1"}, {"Region": "us-east-1"}]})


def test_the_capacity_of_a_global_table(stack: Stack) -> None:
    scaling = {"MinCapacity": 2, "MaxCapacity": 5, "TargetTrackingScalingPolicyConfiguration": {"TargetValue": 70}}
    writes = {"WriteProvisionedThroughputSettings": {"WriteCapacityAutoScalingSettings": scaling}}
    reads = {"ReadProvisionedThroughputSettings": {"ReadCapacityUnits": 3}}
    made = stack.create(
        "AWS::DynamoDB::GlobalTable",
        AttributeDefinitions=[attribute("id"), attribute("email")],
        KeySchema=[key("id")],
        GlobalSecondaryIndexes=[index("by-email", "email") | writes],
        Replicas=[{"Region": "eu-west-1", "GlobalSecondaryIndexes": [{"IndexName": "by-email", **reads}], **reads}],
        **writes,
    )
    found = description(stack, made)
    for one in (found, found["GlobalSecondaryIndexes"][0]):
        units = one["ProvisionedThroughput"]
        assert (units["ReadCapacityUnits"], units["WriteCapacityUnits"]) == (3, 2)
