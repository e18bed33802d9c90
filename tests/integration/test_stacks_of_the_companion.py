"""A stack whose resources are in the companion: made, changed and deleted through a node by CloudFormation's API.

Sources: the pages of the types (AWS CloudFormation User Guide).
"""

import json
import time
from collections.abc import Iterator
from typing import Any

import pytest

from tests.integration.nodes import Node, running

TEMPLATE: dict[str, Any] = {
    "Parameters": {"Delay": {"Type": "Number", "Default": "0"}},
    "Resources": {
        "Orders": {
            "Type": "AWS::DynamoDB::Table",
            "Properties": {
                "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
                "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
                "BillingMode": "PAY_PER_REQUEST",
                "StreamSpecification": {"StreamViewType": "NEW_IMAGE"},
            },
        },
        "Jobs": {"Type": "AWS::SQS::Queue", "Properties": {"DelaySeconds": {"Ref": "Delay"}}},
        "News": {"Type": "AWS::SNS::Topic"},
        "NewsToJobs": {
            "Type": "AWS::SNS::Subscription",
            "Properties": {
                "TopicArn": {"Ref": "News"},
                "Protocol": "sqs",
                "Endpoint": {"Fn::GetAtt": ["Jobs", "Arn"]},
                "RawMessageDelivery": True,
            },
        },
        "JobsPolicy": {
            "Type": "AWS::SQS::QueuePolicy",
            "Properties": {
                "Queues": [{"Ref": "Jobs"}],
                "PolicyDocument": {
                    "Version": "2012-10-17",
                    "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "sqs:SendMessage", "Resource": "*"}],
                },
            },
        },
        "Files": {
            "Type": "AWS::S3::Bucket",
            "Properties": {"VersioningConfiguration": {"Status": "Enabled"}},
        },
        "Password": {
            "Type": "AWS::SecretsManager::Secret",
            "Properties": {"GenerateSecretString": {"PasswordLength": 24}},
        },
        "Setting": {
            "Type": "AWS::SSM::Parameter",
            "Properties": {"Type": "String", "Value": {"Fn::GetAtt": ["Orders", "StreamArn"]}},
        },
        "Nightly": {
            "Type": "AWS::Events::Rule",
            "Properties": {
                "ScheduleExpression": "cron(0 3 * * ? *)",
                "Targets": [{"Id": "jobs", "Arn": {"Fn::GetAtt": ["Jobs", "Arn"]}}],
            },
        },
        "Flow": {
            "Type": "AWS::StepFunctions::StateMachine",
            "Properties": {
                "RoleArn": "arn:aws:iam::123456789012:role/r",
                "Definition": {"StartAt": "P", "States": {"P": {"Type": "Pass", "Result": "${Table}", "End": True}}},
                "DefinitionSubstitutions": {"Table": {"Ref": "Orders"}},
            },
        },
        "Network": {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.0.0.0/16"}},
        "Private": {
            "Type": "AWS::EC2::Subnet",
            "Properties": {
                "VpcId": {"Ref": "Network"},
                "CidrBlock": {"Fn::Select": [0, {"Fn::Cidr": ["10.0.0.0/16", 1, 8]}]},
            },
        },
        "People": {"Type": "AWS::Cognito::UserPool"},
    },
    "Outputs": {
        name: {"Value": {"Ref": name}}
        for name in ("Orders", "Jobs", "News", "Files", "Password", "Setting", "Flow", "Network")
    },
}


@pytest.fixture(scope="module")
def beside() -> Iterator[Node]:
    with running("--ephemeral") as started:
        yield started


def settled(node: Node, stack: str) -> dict[str, Any]:
    """Return a stack when nothing works at it any more."""
    deadline = time.monotonic() + 60
    while True:
        found: dict[str, Any] = node.client("cloudformation").describe_stacks(StackName=stack)["Stacks"][0]
        if not found["StackStatus"].endswith("IN_PROGRESS"):
            return found
        assert time.monotonic() < deadline
        time.sleep(0.05)


def reasons(node: Node, stack: str) -> dict[str, str]:
    """Return why resources of a stack failed, by logical id."""
    events = node.client("cloudformation").describe_stack_events(StackName=stack)["StackEvents"]
    failed = [event for event in events if event["ResourceStatus"].endswith("FAILED")]
    return {event["LogicalResourceId"]: event.get("ResourceStatusReason", "") for event in failed}


def reaches(node: Node, stack: str, status: str) -> dict[str, Any]:
    found = settled(node, stack)
    assert found["StackStatus"] == status, reasons(node, stack)
    return found


def test_a_stack(beside: Node) -> None:
    cloudformation, sqs = beside.client("cloudformation"), beside.client("sqs")
    stack_id = cloudformation.create_stack(StackName="shop", TemplateBody=json.dumps(TEMPLATE))["StackId"]
    found = reaches(beside, stack_id, "CREATE_COMPLETE")
    outputs = {output["OutputKey"]: output["OutputValue"] for output in found["Outputs"]}
    assert outputs["Jobs"].startswith(f"{beside.url}/123456789012/shop-Jobs-")
    assert outputs["Files"].startswith("shop-files-")
    beside.client("sns").publish(TopicArn=outputs["News"], Message="hello")
    (message,) = sqs.receive_message(QueueUrl=outputs["Jobs"], WaitTimeSeconds=5)["Messages"]
    assert message["Body"] == "hello"
    value = beside.client("ssm").get_parameter(Name=outputs["Setting"])["Parameter"]["Value"]
    assert value.startswith(f"arn:aws:dynamodb:us-east-1:123456789012:table/{outputs['Orders']}/stream/")

    changed = [{"ParameterKey": "Delay", "ParameterValue": "3"}]
    cloudformation.update_stack(StackName="shop", UsePreviousTemplate=True, Parameters=changed)
    reaches(beside, stack_id, "UPDATE_COMPLETE")
    attributes = sqs.get_queue_attributes(QueueUrl=outputs["Jobs"], AttributeNames=["DelaySeconds"])["Attributes"]
    assert attributes == {"DelaySeconds": "3"}

    s3 = beside.client("s3")
    s3.put_object(Bucket=outputs["Files"], Key="k", Body=b"")
    cloudformation.delete_stack(StackName="shop")
    found = reaches(beside, stack_id, "DELETE_FAILED")
    assert "[Files]" in found["StackStatusReason"]
    assert "The bucket you tried to delete is not empty" in reasons(beside, stack_id)["Files"]
    versions = s3.list_object_versions(Bucket=outputs["Files"])["Versions"]
    for version in versions:
        s3.delete_object(Bucket=outputs["Files"], Key=version["Key"], VersionId=version["VersionId"])
    cloudformation.delete_stack(StackName="shop")
    reaches(beside, stack_id, "DELETE_COMPLETE")
    assert sqs.list_queues().get("QueueUrls", []) == []
    assert s3.list_buckets()["Buckets"] == []
    assert beside.client("dynamodb").list_tables()["TableNames"] == []


def test_what_the_companion_lacks_fails_the_stack_by_its_name(beside: Node) -> None:
    """Nothing reports success without having done it."""
    alarm = {"Type": "AWS::CloudWatch::CompositeAlarm", "Properties": {"AlarmRule": "FALSE"}}
    body = json.dumps({"Resources": {"Queue": {"Type": "AWS::SQS::Queue"}, "Alarm": alarm}})
    cloudformation = beside.client("cloudformation")
    stack_id = cloudformation.create_stack(StackName="alarming", TemplateBody=body)["StackId"]
    reaches(beside, stack_id, "ROLLBACK_COMPLETE")
    assert "PutCompositeAlarm" in reasons(beside, stack_id)["Alarm"]
    assert beside.client("sqs").list_queues(QueueNamePrefix="alarming").get("QueueUrls", []) == []
