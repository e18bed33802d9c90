"""Kinesis, KMS, Scheduler, CloudWatch, ECR. Sources: the pages of the types in the AWS CloudFormation User Guide."""

import json
from typing import Any

import pytest

from gatewright.base.errors import AwsError, OperationNotImplemented
from gatewright.stacks.resource_types.kms import key as kms_key
from gatewright.stacks.resource_types.scheduler import schedule
from tests.unit.stacks.resource_types.companion.companion_stack import Stack

STREAM, KEY, ALIAS = "AWS::Kinesis::Stream", "AWS::KMS::Key", "AWS::KMS::Alias"
SCHEDULE, GROUP = "AWS::Scheduler::Schedule", "AWS::Scheduler::ScheduleGroup"
ALARM, REPOSITORY = "AWS::CloudWatch::Alarm", "AWS::ECR::Repository"
POLICY = {"Version": "2012-10-17", "Statement": []}


def summary(stack: Stack, name: str) -> dict[str, Any]:
    found: dict[str, Any] = stack.ask("kinesis", "DescribeStreamSummary", StreamName=name)["StreamDescriptionSummary"]
    return found


def test_a_stream(stack: Stack) -> None:
    old: dict[str, Any] = {"ShardCount": "1", "RetentionPeriodHours": 48, "Tags": [{"Key": "a", "Value": "1"}]}
    made = stack.create(STREAM, **old)
    name = f"shop-Thing-{stack.random_part}"
    assert made.physical_id == name
    assert made.attributes == {"Arn": f"arn:aws:kinesis:eu-west-1:123456789012:stream/{name}"}
    assert summary(stack, name)["RetentionPeriodHours"] == 48
    assert stack.repeat(STREAM, **old) == made
    new = {
        "ShardCount": 2,
        "StreamEncryption": {"EncryptionType": "KMS", "KeyId": "alias/aws/kinesis"},
        "DesiredShardLevelMetrics": ["IncomingBytes"],
    }
    stack.update(STREAM, made, old, new)
    found = summary(stack, name)
    assert (found["OpenShardCount"], found["RetentionPeriodHours"], found["EncryptionType"]) == (2, 24, "KMS")
    assert stack.ask("kinesis", "ListTagsForStream", StreamName=name)["Tags"] == []
    consumer = {"StreamARN": made.attributes["Arn"], "ConsumerName": "reader"}
    read = stack.create("AWS::Kinesis::StreamConsumer", **consumer)
    assert read.physical_id.startswith(f"{made.attributes['Arn']}/consumer/reader")
    stack.delete("AWS::Kinesis::StreamConsumer", read, **consumer)
    policy = {"ResourceArn": made.attributes["Arn"], "ResourcePolicy": POLICY}
    allowed = stack.create("AWS::Kinesis::ResourcePolicy", **policy)
    stack.update("AWS::Kinesis::ResourcePolicy", allowed, policy, policy)
    stack.delete("AWS::Kinesis::ResourcePolicy", allowed)
    stack.delete(STREAM, made, **new)


def test_a_stream_on_demand(stack: Stack) -> None:
    made = stack.create(STREAM)
    assert summary(stack, made.physical_id)["StreamModeDetails"]["StreamMode"] == "ON_DEMAND"
    with pytest.raises(OperationNotImplemented, match="MaxRecordSizeInKiB"):
        stack.create(STREAM, "Other", MaxRecordSizeInKiB=2048)


def test_a_key_and_its_alias(stack: Stack) -> None:
    old = {"KeyPolicy": POLICY, "Description": "d", "EnableKeyRotation": True, "Tags": [{"Key": "a", "Value": "1"}]}
    made = stack.create(KEY, **old)
    arn = f"arn:aws:kms:eu-west-1:123456789012:key/{made.physical_id}"
    assert made.attributes == {"Arn": arn, "KeyId": made.physical_id}
    assert stack.kept == {"Thing": made.physical_id}
    assert stack.ask("kms", "GetKeyRotationStatus", KeyId=made.physical_id)["KeyRotationEnabled"] is True
    new = {"KeyPolicy": {**POLICY, "Id": "i"}, "Enabled": False}
    stack.update(KEY, made, old, new)
    found = stack.ask("kms", "DescribeKey", KeyId=made.physical_id)["KeyMetadata"]
    assert (found["Description"], found["Enabled"]) == ("", False)
    policy = stack.ask("kms", "GetKeyPolicy", KeyId=made.physical_id, PolicyName="default")["Policy"]
    assert json.loads(policy)["Id"] == "i"
    properties = {"AliasName": f"alias/{stack.random_part}", "TargetKeyId": made.physical_id}
    alias = stack.create(ALIAS, **properties)
    assert alias.physical_id == properties["AliasName"]
    stack.update(ALIAS, alias, properties, properties)
    stack.delete(ALIAS, alias, **properties)
    stack.delete(KEY, made, PendingWindowInDays="7", **new)
    assert stack.ask("kms", "DescribeKey", KeyId=made.physical_id)["KeyMetadata"]["KeyState"] == "PendingDeletion"
    assert kms_key.replaces({}, {"KeySpec": "RSA_2048"})


def test_a_key_once_more_after_a_crash(stack: Stack) -> None:
    made = stack.create(KEY)
    kept = stack.call(is_repeated=True, earlier_id=made.physical_id)
    assert kms_key.TYPE.create(kept, {}) == made


def test_schedules(stack: Stack) -> None:
    group = stack.create(GROUP, "Group", Tags=[{"Key": "a", "Value": "1"}])
    name = group.physical_id
    assert group.attributes["Arn"] == f"arn:aws:scheduler:eu-west-1:123456789012:schedule-group/{name}"
    assert group.attributes["State"] == "ACTIVE"
    old = {
        "GroupName": name,
        "ScheduleExpression": "rate(1 hour)",
        "FlexibleTimeWindow": {"Mode": "OFF"},
        "Target": {
            "Arn": "arn:aws:lambda:eu-west-1:123456789012:function:f",
            "RoleArn": "arn:aws:iam::123456789012:role/r",
        },
    }
    new = {**old, "ScheduleExpression": "rate(2 hours)", "State": "DISABLED"}
    made = stack.create(SCHEDULE, **old)
    assert made.attributes["Arn"].endswith(f":schedule/{name}/{made.physical_id}")
    stack.update(SCHEDULE, made, old, new)
    found = stack.ask("scheduler", "GetSchedule", Name=made.physical_id, GroupName=name)
    assert (found["ScheduleExpression"], found["State"]) == ("rate(2 hours)", "DISABLED")
    stack.update(GROUP, group, {"Tags": [{"Key": "a", "Value": "1"}]}, {}, "Group")
    stack.delete(SCHEDULE, made, **new)
    stack.delete(GROUP, group)
    assert schedule.replaces(old, {**old, "GroupName": "other"})


def test_an_alarm(stack: Stack) -> None:
    old: dict[str, Any] = {
        "MetricName": "Errors",
        "Namespace": "AWS/Lambda",
        "Statistic": "Sum",
        "Period": "60",
        "EvaluationPeriods": "1",
        "Threshold": "1.5",
        "ComparisonOperator": "GreaterThanThreshold",
        "Dimensions": [{"Name": "FunctionName", "Value": "f"}],
    }
    made = stack.create(ALARM, **old)
    name = f"shop-Thing-{stack.random_part}"
    assert made.physical_id == name
    assert made.attributes == {"Arn": f"arn:aws:cloudwatch:eu-west-1:123456789012:alarm:{name}"}
    stack.update(ALARM, made, old, {**old, "Threshold": 3, "Tags": [{"Key": "a", "Value": "1"}]})
    found = stack.read(ALARM, made)
    assert found is not None
    assert found["Threshold"] == 3.0
    stack.delete(ALARM, made)
    assert stack.read(ALARM, made) is None


def test_a_composite_alarm(stack: Stack) -> None:
    """moto has none: nothing is said to be made."""
    with pytest.raises(OperationNotImplemented, match="PutCompositeAlarm"):
        stack.create("AWS::CloudWatch::CompositeAlarm", AlarmRule="FALSE")


def test_a_dashboard(stack: Stack) -> None:
    properties = {"DashboardBody": '{"widgets":[]}'}
    made = stack.create("AWS::CloudWatch::Dashboard", **properties)
    assert made.physical_id == f"shop-Thing-{stack.random_part}"
    stack.update("AWS::CloudWatch::Dashboard", made, properties, properties)
    stack.delete("AWS::CloudWatch::Dashboard", made)


def test_a_repository(stack: Stack) -> None:
    old: dict[str, Any] = {
        "ImageScanningConfiguration": {"ScanOnPush": "true"},
        "ImageTagMutability": "IMMUTABLE",
        "LifecyclePolicy": {
            "LifecyclePolicyText": json.dumps(
                {
                    "rules": [
                        {
                            "rulePriority": 1,
                            "selection": {"tagStatus": "untagged", "countType": "imageCountMoreThan", "countNumber": 1},
                            "action": {"type": "expire"},
                        }
                    ]
                }
            )
        },
        "RepositoryPolicyText": {
            "Version": "2012-10-17",
            "Statement": [{"Sid": "s", "Effect": "Allow", "Principal": "*", "Action": "ecr:GetDownloadUrlForLayer"}],
        },
    }
    made = stack.create(REPOSITORY, **old)
    name = f"shop-thing-{stack.random_part.lower()}"
    assert made.physical_id == name
    assert made.attributes == {
        "Arn": f"arn:aws:ecr:eu-west-1:123456789012:repository/{name}",
        "RepositoryUri": f"123456789012.dkr.ecr.eu-west-1.amazonaws.com/{name}",
    }
    assert stack.repeat(REPOSITORY, **old) == made
    stack.update(REPOSITORY, made, old, {"Tags": [{"Key": "a", "Value": "1"}]})
    found = stack.ask("ecr", "DescribeRepositories", repositoryNames=[name])["repositories"][0]
    assert (found["imageTagMutability"], found["imageScanningConfiguration"]["scanOnPush"]) == ("MUTABLE", False)
    with pytest.raises(AwsError, match="RepositoryPolicyNotFound"):
        stack.ask("ecr", "GetRepositoryPolicy", repositoryName=name)
    stack.delete(REPOSITORY, made)
