"""The resource types of CloudWatch Logs. Source: "Return values" of their pages in the AWS CloudFormation User Guide.

What is not built is held to the models of the operations, and to the "Amazon CloudWatch Logs API Reference".
"""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from gatewright.base.errors import AwsError
from gatewright.observe.log_archive import LogArchive
from gatewright.stacks.resource_types.contract import Resource
from tests.unit.stacks.resource_types.stack import Stack, known

PREFIX = "AWS::Logs::"
GROUP = f"{PREFIX}LogGroup"
NAME = "shop-Thing-a1B2c3D4e5F6"
ARN = f"arn:aws:logs:us-east-1:123456789012:log-group:{NAME}"
KEY = "arn:aws:kms:us-east-1:123456789012:key/1"


@pytest.fixture
def stack(tmp_path: Path) -> Iterator[Stack]:
    """Return a stack whose node keeps logs."""
    stack = Stack()
    archive = LogArchive(tmp_path / "logs.sqlite3", is_durable=False)
    context = stack.services.context
    stack.services.context = replace(context, node=replace(context.node, logs=lambda: archive))
    yield stack
    archive.close()


def read(stack: Stack, operation: str, **parameters: Any) -> dict[str, Any]:
    return stack.services.call("logs", operation, parameters)


def group(stack: Stack, name: str = NAME) -> dict[str, Any]:
    (found,) = read(stack, "DescribeLogGroups", logGroupNamePrefix=name)["logGroups"]
    return dict(found)


class TestLogGroup:
    def test_return_values(self, stack: Stack) -> None:
        made = stack.create(GROUP)
        assert made == Resource(NAME, {"Arn": f"{ARN}:*"})
        assert group(stack)["arn"] == f"{ARN}:*"

    def test_every_property_comes_and_goes(self, stack: Stack) -> None:
        rich = {
            "DeletionProtectionEnabled": "true",
            "KmsKeyId": KEY,
            "LogGroupName": "/jobs",
            "RetentionInDays": "7",
            "Tags": [{"Key": "team", "Value": "a"}],
        }
        made = stack.create(GROUP, **rich)
        there = group(stack, "/jobs")
        assert (there["retentionInDays"], there["kmsKeyId"]) == (7, KEY)
        assert there["deletionProtectionEnabled"] is True
        tags = read(stack, "ListTagsForResource", resourceArn=ARN.replace(NAME, "/jobs"))["tags"]
        assert (tags["team"], tags["aws:cloudformation:logical-id"]) == ("a", "Thing")
        less = {"LogGroupName": "/jobs", "Tags": [{"Key": "cost", "Value": "7"}]}
        assert stack.update(GROUP, made, rich, less) == made
        there = group(stack, "/jobs")
        assert (there.get("retentionInDays"), there.get("kmsKeyId")) == (None, None)
        assert not there.get("deletionProtectionEnabled")
        tags = read(stack, "ListTagsForResource", resourceArn=ARN.replace(NAME, "/jobs"))["tags"]
        assert "team" not in tags
        assert (tags["cost"], tags["aws:cloudformation:stack-name"]) == ("7", "shop")
        stack.delete(GROUP, made, **less)
        assert read(stack, "DescribeLogGroups")["logGroups"] == []

    def test_its_class_stays(self, stack: Stack) -> None:
        made = stack.create(GROUP)
        with pytest.raises(AwsError, match="LogGroupClass cannot be changed"):
            stack.update(GROUP, made, {}, {"LogGroupClass": "INFREQUENT_ACCESS"})
        assert stack.update(GROUP, made, {}, {"LogGroupClass": "STANDARD"}) == made

    def test_a_repeated_create_adopts_its_own_only(self, stack: Stack) -> None:
        made = stack.create(GROUP)
        assert stack.repeat(GROUP, RetentionInDays=1) == made
        assert group(stack)["retentionInDays"] == 1
        read(stack, "CreateLogGroup", logGroupName="/jobs")
        for make in (stack.create, stack.repeat):
            with pytest.raises(AwsError, match="The specified log group already exists"):
                make(GROUP, LogGroupName="/jobs")

    def test_policies(self, stack: Stack) -> None:
        operations = (
            "PutDataProtectionPolicy",
            "PutIndexPolicy",
            "PutResourcePolicy",
            "PutBearerTokenAuthentication",
            "DeleteDataProtectionPolicy",
            "DeleteIndexPolicy",
            "DeleteResourcePolicy",
        )
        stack.services.scripted = {name: [{}] for name in operations}
        rich = {
            "BearerTokenAuthenticationEnabled": "true",
            "DataProtectionPolicy": {"Name": "protect"},
            "FieldIndexPolicies": [{"Fields": ["RequestId"]}],
            "ResourcePolicyDocument": {"Statement": []},
        }
        made = stack.create(GROUP, **rich)
        assert json.loads(stack.services.sent("PutIndexPolicy")["policyDocument"]) == {"Fields": ["RequestId"]}
        assert stack.services.sent("PutResourcePolicy")["resourceArn"] == ARN
        stack.services.names()
        stack.update(GROUP, made, rich, {})
        assert stack.services.names() == [
            "PutBearerTokenAuthentication",
            "DeleteDataProtectionPolicy",
            "DeleteIndexPolicy",
            "DeleteResourcePolicy",
            "ListTagsForResource",
        ]

    def test_read(self, stack: Stack) -> None:
        made = stack.create(GROUP, RetentionInDays=30)
        reader = known(GROUP)[0].read
        assert reader is not None
        now = reader(stack.call(), made)
        assert now is not None
        assert (now["LogGroupName"], now["RetentionInDays"]) == (NAME, 30)
        assert reader(stack.call(), Resource("none")) is None


class TestOthers:
    def test_streams(self, stack: Stack) -> None:
        kind = f"{PREFIX}LogStream"
        stack.create(GROUP, "Jobs", LogGroupName="/jobs")
        stream = {"LogGroupName": "/jobs"}
        made = stack.create(kind, **stream)
        assert made == Resource(NAME)
        assert stack.repeat(kind, **stream) == made
        stack.create(kind, **stream, LogStreamName="mine")
        for make in (stack.create, stack.repeat):
            with pytest.raises(AwsError, match="The specified log stream already exists"):
                make(kind, **stream, LogStreamName="mine")
        stack.delete(kind, made, **stream)
        assert [
            one["logStreamName"] for one in read(stack, "DescribeLogStreams", logGroupName="/jobs")["logStreams"]
        ] == ["mine"]

    def test_subscription_filters(self, stack: Stack) -> None:
        kind = f"{PREFIX}SubscriptionFilter"
        stack.services.scripted = {name: [{}] for name in ("PutSubscriptionFilter", "DeleteSubscriptionFilter")}
        function = "arn:aws:lambda:us-east-1:123456789012:function:jobs"
        old = {"LogGroupName": "/jobs", "FilterPattern": "ERROR", "DestinationArn": function}
        made = stack.create(kind, **old)
        assert made == Resource(NAME)
        stack.update(kind, made, old, {**old, "FilterPattern": ""})
        assert stack.services.sent("PutSubscriptionFilter") == {
            "filterName": NAME,
            "logGroupName": "/jobs",
            "filterPattern": "",
            "destinationArn": function,
        }
        stack.delete(kind, made, **old)
        assert stack.services.sent("DeleteSubscriptionFilter") == {"filterName": NAME, "logGroupName": "/jobs"}

    def test_metric_filters(self, stack: Stack) -> None:
        kind = f"{PREFIX}MetricFilter"
        stack.services.scripted = {name: [{}] for name in ("PutMetricFilter", "DeleteMetricFilter")}
        transformation = {
            "DefaultValue": "0",
            "Dimensions": [{"Key": "Path", "Value": "$.path"}],
            "MetricName": "Errors",
            "MetricNamespace": "Jobs",
            "MetricValue": 1,
        }
        properties = {"LogGroupName": "/jobs", "FilterPattern": "ERROR", "MetricTransformations": [transformation]}
        made = stack.create(kind, **properties, FilterName="errors")
        assert made == Resource("errors")
        assert stack.services.sent("PutMetricFilter")["metricTransformations"] == [
            {
                "defaultValue": 0.0,
                "dimensions": {"Path": "$.path"},
                "metricName": "Errors",
                "metricNamespace": "Jobs",
                "metricValue": "1",
            }
        ]
        stack.delete(kind, made, **properties)

    def test_resource_policies(self, stack: Stack) -> None:
        kind = f"{PREFIX}ResourcePolicy"
        stack.services.scripted = {name: [{}] for name in ("PutResourcePolicy", "DeleteResourcePolicy")}
        old = {"PolicyName": "events", "PolicyDocument": '{"Statement":[]}'}
        made = stack.create(kind, **old)
        assert made == Resource("events")
        stack.update(kind, made, old, {**old, "PolicyDocument": {"Version": "2012-10-17"}})
        assert stack.services.sent("PutResourcePolicy") == {
            "policyName": "events",
            "policyDocument": '{"Version": "2012-10-17"}',
        }
        stack.delete(kind, made, **old)

    def test_query_definitions(self, stack: Stack) -> None:
        kind = f"{PREFIX}QueryDefinition"
        stack.services.scripted = {
            "PutQueryDefinition": [{"queryDefinitionId": "q-1"}],
            "DeleteQueryDefinition": [{"success": True}],
        }
        old = {"Name": "errors", "QueryString": "fields @message", "LogGroupNames": ["/jobs"]}
        made = stack.create(kind, **old)
        assert made == Resource("q-1", {"QueryDefinitionId": "q-1"})
        assert stack.services.sent("PutQueryDefinition")["clientToken"] == stack.call().token
        stack.update(kind, made, old, {**old, "Name": "more"})
        assert stack.services.sent("PutQueryDefinition")["queryDefinitionId"] == "q-1"
        stack.delete(kind, made, **old)

    def test_destinations(self, stack: Stack) -> None:
        kind = f"{PREFIX}Destination"
        arn = "arn:aws:logs:us-east-1:123456789012:destination:elsewhere"
        stack.services.scripted = {
            "PutDestination": [{"destination": {"arn": arn}}],
            "PutDestinationPolicy": [{}],
            "ListTagsForResource": [{"tags": {"team": "a"}}],
            "TagResource": [{}],
            "UntagResource": [{}],
            "DeleteDestination": [{}],
        }
        old = {
            "DestinationName": "elsewhere",
            "RoleArn": "arn:aws:iam::123456789012:role/logs",
            "TargetArn": "arn:aws:kinesis:us-east-1:123456789012:stream/all",
            "DestinationPolicy": "{}",
        }
        made = stack.create(kind, **old)
        assert made == Resource("elsewhere", {"Arn": arn})
        assert stack.services.sent("PutDestinationPolicy") == {"destinationName": "elsewhere", "accessPolicy": "{}"}
        stack.update(kind, made, old, {**old, "TargetArn": "arn:aws:kinesis:us-east-1:123456789012:stream/some"})
        assert stack.services.sent("UntagResource")["tagKeys"] == ["team"]
        stack.delete(kind, made, **old)
