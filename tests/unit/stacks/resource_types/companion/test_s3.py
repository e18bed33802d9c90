"""Sources: AWS::S3::Bucket and its property types, AWS::S3::BucketPolicy (AWS CloudFormation Template Reference)."""

import json
from typing import Any

import pytest

from gatewright.base.errors import AwsError, OperationNotImplemented
from gatewright.stacks.resource_types.contract import Resource
from gatewright.stacks.resource_types.s3.lifecycle import lifecycle_rule
from gatewright.stacks.resource_types.s3.notifications import notification_configuration
from gatewright.stacks.resource_types.s3.replication import replication_configuration
from tests.unit.stacks.resource_types.companion.companion_stack import Stack

BUCKET = "AWS::S3::Bucket"
FUNCTION = "arn:aws:lambda:eu-west-1:123456789012:function:f"
EVERYTHING: dict[str, Any] = {
    "AccelerateConfiguration": {"AccelerationStatus": "Enabled"},
    "AccessControl": "PublicRead",
    "OwnershipControls": {"Rules": [{"ObjectOwnership": "ObjectWriter"}]},
    "PublicAccessBlockConfiguration": {"BlockPublicAcls": "false", "RestrictPublicBuckets": "true"},
    "VersioningConfiguration": {"Status": "Enabled"},
    "BucketEncryption": {
        "ServerSideEncryptionConfiguration": [{"ServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}]
    },
    "CorsConfiguration": {
        "CorsRules": [
            {
                "AllowedMethods": ["GET"],
                "AllowedOrigins": ["*"],
                "ExposedHeaders": ["ETag"],
                "MaxAge": "60",
                "Id": "all",
            }
        ]
    },
    "LifecycleConfiguration": {"Rules": [{"Status": "Enabled", "ExpirationInDays": "3", "Id": "old"}]},
    "WebsiteConfiguration": {"IndexDocument": "index.html", "ErrorDocument": "error.html"},
    "NotificationConfiguration": {"LambdaConfigurations": [{"Event": "s3:ObjectCreated:*", "Function": FUNCTION}]},
    "Tags": [{"Key": "a", "Value": "1"}],
}


def ask(stack: Stack, operation: str, made: Resource) -> dict[str, Any]:
    return stack.ask("s3", operation, Bucket=made.physical_id)


def test_a_bucket(stack: Stack) -> None:
    made = stack.create(BUCKET)
    name = f"shop-thing-{stack.random_part.lower()}"
    assert made.physical_id == name
    assert made.attributes == {
        "Arn": f"arn:aws:s3:::{name}",
        "DomainName": f"{name}.s3.amazonaws.com",
        "DualStackDomainName": f"{name}.s3.dualstack.eu-west-1.amazonaws.com",
        "RegionalDomainName": f"{name}.s3.eu-west-1.amazonaws.com",
        "WebsiteURL": f"http://{name}.s3-website-eu-west-1.amazonaws.com",
    }
    assert ask(stack, "GetBucketLocation", made)["LocationConstraint"] == "eu-west-1"
    assert stack.repeat(BUCKET) == made
    stack.delete(BUCKET, made)
    assert stack.read(BUCKET, made) is None


def test_everything_and_then_nothing(stack: Stack) -> None:
    made = stack.create(BUCKET, **EVERYTHING)
    assert ask(stack, "GetBucketAccelerateConfiguration", made)["Status"] == "Enabled"
    assert ask(stack, "GetBucketVersioning", made)["Status"] == "Enabled"
    rules = ask(stack, "GetBucketCors", made)["CORSRules"]
    assert (rules[0]["ExposeHeaders"], rules[0]["MaxAgeSeconds"]) == (["ETag"], 60)
    encryption = ask(stack, "GetBucketEncryption", made)["ServerSideEncryptionConfiguration"]["Rules"][0]
    assert encryption["ApplyServerSideEncryptionByDefault"]["SSEAlgorithm"] == "AES256"
    website = ask(stack, "GetBucketWebsite", made)
    assert (website["IndexDocument"], website["ErrorDocument"]) == ({"Suffix": "index.html"}, {"Key": "error.html"})
    lifecycle = ask(stack, "GetBucketLifecycleConfiguration", made)["Rules"][0]
    assert (lifecycle["ID"], lifecycle["Expiration"]["Days"]) == ("old", 3)
    notified = ask(stack, "GetBucketNotificationConfiguration", made)["LambdaFunctionConfigurations"][0]
    assert (notified["LambdaFunctionArn"], notified["Events"]) == (FUNCTION, ["s3:ObjectCreated:*"])
    block = ask(stack, "GetPublicAccessBlock", made)["PublicAccessBlockConfiguration"]
    assert (block["BlockPublicAcls"], block["RestrictPublicBuckets"]) == (False, True)
    grants = ask(stack, "GetBucketAcl", made)["Grants"]
    assert any(grant["Grantee"].get("URI", "").endswith("AllUsers") for grant in grants)
    assert ask(stack, "GetBucketTagging", made)["TagSet"] == [{"Key": "a", "Value": "1"}]

    stack.update(BUCKET, made, EVERYTHING, {})
    assert ask(stack, "GetBucketVersioning", made)["Status"] == "Suspended"
    for operation in ("GetBucketCors", "GetBucketWebsite", "GetBucketLifecycleConfiguration", "GetBucketTagging"):
        with pytest.raises(AwsError):
            ask(stack, operation, made)
    assert "LambdaFunctionConfigurations" not in ask(stack, "GetBucketNotificationConfiguration", made)
    stack.services.names()
    stack.update(BUCKET, made, {}, {})
    assert stack.services.names() == []


def test_a_rule_of_encryption_that_names_none(stack: Stack) -> None:
    """ServerSideEncryptionRule, AWS CloudFormation Template Reference: both of its members are optional."""
    made = stack.create(BUCKET, BucketEncryption={"ServerSideEncryptionConfiguration": [{"BucketKeyEnabled": True}]})
    rule = ask(stack, "GetBucketEncryption", made)["ServerSideEncryptionConfiguration"]["Rules"][0]
    assert rule["BucketKeyEnabled"] is True
    assert rule["ApplyServerSideEncryptionByDefault"] == {"SSEAlgorithm": "AES256"}


def test_one_that_is_not_empty_stays(stack: Stack) -> None:
    made = stack.create(BUCKET)
    stack.ask("s3", "PutObject", Bucket=made.physical_id, Key="k", Body=b"")
    with pytest.raises(AwsError, match="BucketNotEmpty: The bucket you tried to delete is not empty"):
        stack.delete(BUCKET, made)


def test_one_of_somebody_else(stack: Stack) -> None:
    name = f"theirs-{stack.random_part.lower()}x"
    stack.create(BUCKET, BucketName=name)
    with pytest.raises(AwsError, match="BucketAlready"):
        stack.create(BUCKET, "Other", BucketName=name)


def test_what_it_is_now(stack: Stack) -> None:
    made = stack.create(BUCKET, VersioningConfiguration={"Status": "Enabled"}, Tags=[{"Key": "a", "Value": "1"}])
    assert stack.read(BUCKET, made) == {
        "BucketName": made.physical_id,
        "VersioningConfiguration": {"Status": "Enabled"},
        "Tags": [{"Key": "a", "Value": "1"}],
    }


def test_logging_and_object_lock(stack: Stack) -> None:
    target = stack.create(BUCKET, "Target", AccessControl="LogDeliveryWrite")
    made = stack.create(
        BUCKET,
        ObjectLockEnabled=True,
        ObjectLockConfiguration={
            "ObjectLockEnabled": "Enabled",
            "Rule": {"DefaultRetention": {"Mode": "GOVERNANCE", "Days": 1}},
        },
        LoggingConfiguration={"DestinationBucketName": target.physical_id, "LogFilePrefix": "logs/"},
    )
    assert ask(stack, "GetBucketLogging", made)["LoggingEnabled"]["TargetPrefix"] == "logs/"
    lock = ask(stack, "GetObjectLockConfiguration", made)["ObjectLockConfiguration"]
    assert lock["Rule"]["DefaultRetention"]["Mode"] == "GOVERNANCE"


def test_what_is_not_built(stack: Stack) -> None:
    with pytest.raises(OperationNotImplemented, match="MetricsConfigurations"):
        stack.create(BUCKET, MetricsConfigurations=[{"Id": "a"}])


def test_a_policy(stack: Stack) -> None:
    bucket = stack.create(BUCKET)
    policy = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject"}]}
    properties = {"Bucket": bucket.physical_id, "PolicyDocument": policy}
    made = stack.create("AWS::S3::BucketPolicy", **properties)
    assert made.physical_id == bucket.physical_id
    stack.update("AWS::S3::BucketPolicy", made, properties, {**properties, "PolicyDocument": {**policy, "Id": "i"}})
    assert json.loads(ask(stack, "GetBucketPolicy", bucket)["Policy"])["Id"] == "i"
    stack.delete("AWS::S3::BucketPolicy", made, **properties)
    with pytest.raises(AwsError, match="NoSuchBucketPolicy"):
        ask(stack, "GetBucketPolicy", bucket)
    stack.delete(BUCKET, bucket)
    stack.delete("AWS::S3::BucketPolicy", made, **properties)


@pytest.mark.parametrize(
    ("given", "made"),
    [
        ({"Status": "Enabled", "ExpirationInDays": 3}, {"Filter": {"Prefix": ""}, "Expiration": {"Days": 3}}),
        (
            {"Status": "Enabled", "Prefix": "a/", "Transitions": [{"StorageClass": "GLACIER", "TransitionInDays": 1}]},
            {"Filter": {"Prefix": "a/"}, "Transitions": [{"StorageClass": "GLACIER", "Days": 1}]},
        ),
        (
            {
                "Status": "Enabled",
                "Prefix": "a/",
                "TagFilters": [{"Key": "k", "Value": "v"}],
                "NoncurrentVersionExpirationInDays": 2,
            },
            {
                "Filter": {"And": {"Prefix": "a/", "Tags": [{"Key": "k", "Value": "v"}]}},
                "NoncurrentVersionExpiration": {"NoncurrentDays": 2},
            },
        ),
        (
            {
                "Status": "Enabled",
                "TagFilters": [{"Key": "k", "Value": "v"}],
                "NoncurrentVersionTransitions": [{"StorageClass": "GLACIER", "TransitionInDays": 1}],
                "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 1},
            },
            {
                "Filter": {"Tag": {"Key": "k", "Value": "v"}},
                "NoncurrentVersionTransitions": [{"StorageClass": "GLACIER", "NoncurrentDays": 1}],
                "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 1},
            },
        ),
    ],
)
def test_lifecycle_rules(given: dict[str, Any], made: dict[str, Any]) -> None:
    assert lifecycle_rule(given) == {"Status": "Enabled", **made}


def test_notifications() -> None:
    rules = [{"Name": "prefix", "Value": "in/"}]
    given = {
        "QueueConfigurations": [{"Event": "s3:ObjectRemoved:*", "Queue": "q", "Filter": {"S3Key": {"Rules": rules}}}],
        "EventBridgeConfiguration": {"EventBridgeEnabled": True},
    }
    assert notification_configuration(given) == {
        "QueueConfigurations": [
            {"QueueArn": "q", "Events": ["s3:ObjectRemoved:*"], "Filter": {"Key": {"FilterRules": rules}}}
        ],
        "EventBridgeConfiguration": {},
    }


def test_replication() -> None:
    tag = {"Key": "k", "Value": "v"}
    given = {
        "Role": "r",
        "Rules": [
            {"Id": "1", "Status": "Enabled", "Destination": {"Bucket": "b"}, "Filter": {"TagFilter": tag}},
            {
                "Status": "Enabled",
                "Destination": {"Bucket": "b"},
                "Filter": {"And": {"Prefix": "p", "TagFilters": [tag]}},
            },
        ],
    }
    assert replication_configuration(given)["Rules"] == [
        {"ID": "1", "Status": "Enabled", "Destination": {"Bucket": "b"}, "Filter": {"Tag": tag}},
        {"Status": "Enabled", "Destination": {"Bucket": "b"}, "Filter": {"And": {"Prefix": "p", "Tags": [tag]}}},
    ]
