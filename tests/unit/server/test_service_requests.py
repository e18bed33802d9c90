"""What integrations' calls of services look like: "Basic tasks of an API integration request", botocore's models."""

import json
from functools import cache
from typing import TYPE_CHECKING, Any

import pytest
from botocore.session import Session

from gatewright.gateway.seams import ServiceCall
from gatewright.server.service_requests import ServiceRequest, form_request, model_name

if TYPE_CHECKING:
    from botocore.model import ServiceModel

FORM = "application/x-www-form-urlencoded"
JSON = "application/json"


@cache
def model_of(service: str) -> "ServiceModel | None":
    name = model_name(service)
    return None if name is None else Session().get_service_model(name)


def formed(service: str, *headers: tuple[str, str], **parts: Any) -> ServiceRequest:
    members = {"method": "POST", "path": "/", "query": "", "body": b"", **parts}
    call = ServiceCall(service=service, region="us-east-1", headers=headers, role_arn="role", **members)
    return form_request(call, model_of(service))


def test_a_path_with_a_form() -> None:
    """localstack, test_apigateway_sqs.py, recorded of AWS."""
    body = b"Action=SendMessage&MessageBody=hello"
    request = formed("sqs", ("Content-Type", FORM), path="/123456789012/queue", body=body)
    assert request == ServiceRequest("POST", "/123456789012/queue", "", (("Content-Type", FORM),), body, "sqs")


@pytest.mark.parametrize(
    ("service", "query", "body"),
    [
        ("sns", "TopicArn=t&Message=a%20b", b"Action=Publish&Version=2010-03-31&TopicArn=t&Message=a%20b"),
        ("sns", "Version=2010-03-31&Message=m", b"Action=Publish&Version=2010-03-31&Message=m"),
        ("sqs", "QueueUrl=u", b"Action=Publish&Version=2012-11-05&QueueUrl=u"),
        ("monitoring", "", b"Action=Publish&Version=2010-08-01"),
    ],
)
def test_actions_of_query_services(service: str, query: str, body: bytes) -> None:
    """AWS query protocol, Smithy: parameters in the query string or in a form are the same."""
    request = formed(service, ("Content-Type", JSON), method="GET", action="Publish", query=query, body=b"{}")
    assert (request.method, request.path, request.query) == ("POST", "/", "")
    assert (request.headers, request.body) == ((("Content-Type", FORM),), body)


def test_an_action_in_the_query_of_a_path() -> None:
    """AWS query protocol, Smithy: parameters in the query string or in a form are the same."""
    request = formed("sqs", method="GET", path="/1/q", query="Action=ReceiveMessage&VisibilityTimeout=5")
    assert request.path == "/1/q"
    assert request.body == b"Version=2012-11-05&Action=ReceiveMessage&VisibilityTimeout=5"


def test_an_action_with_a_form() -> None:
    """Basic tasks of an API integration request: a template that makes a form."""
    request = formed("sns", ("Content-Type", FORM), action="Publish", query="TopicArn=t", body=b"Message=m")
    assert request.body == b"Action=Publish&Version=2010-03-31&TopicArn=t&Message=m"


@pytest.mark.parametrize(
    ("service", "action", "target", "version", "signing_name"),
    [
        ("dynamodb", "PutItem", "DynamoDB_20120810.PutItem", "1.0", "dynamodb"),
        ("kinesis", "PutRecord", "Kinesis_20131202.PutRecord", "1.1", "kinesis"),
        ("states", "StartExecution", "AWSStepFunctions.StartExecution", "1.0", "states"),
        ("events", "PutEvents", "AWSEvents.PutEvents", "1.1", "events"),
        ("firehose", "PutRecord", "Firehose_20150804.PutRecord", "1.1", "firehose"),
        ("secretsmanager", "GetSecretValue", "secretsmanager.GetSecretValue", "1.1", "secretsmanager"),
    ],
)
def test_actions_of_json_services(service: str, action: str, target: str, version: str, signing_name: str) -> None:
    """localstack, test_apigateway_dynamodb.py and test_apigateway_kinesis.py, recorded of AWS."""
    request = formed(service, ("Content-Type", JSON), action=action, body=b"{}")
    headers = (("X-Amz-Target", target), ("Content-Type", f"application/x-amz-json-{version}"))
    assert request == ServiceRequest("POST", "/", "", headers, b"{}", signing_name)


def test_a_mapped_target() -> None:
    """localstack, test_apigateway_eventbridge.py, recorded of AWS: a mapping names it."""
    fields = (("X-Amz-Target", "AWSEvents.PutEvents"), ("Content-Type", "application/x-amz-json-1.1"))
    assert formed("events", *fields, action="PutEvents").headers == fields


def test_an_action_of_ssm() -> None:
    """localstack, test_apigateway_ssm.py, recorded of AWS: parameters come from the query."""
    request = formed("ssm", method="GET", action="GetParameter", query="Name=a%2Fb&WithDecryption=true&Other=x")
    assert (request.method, request.query) == ("POST", "")
    assert json.loads(request.body) == {"Name": "a/b", "WithDecryption": True}


def test_actions_of_rest_services() -> None:
    """Basic tasks of an API integration request: `s3:action/GetObject&Bucket={bucket}&Key={key}`."""
    request = formed("s3", method="GET", action="GetObject", query="Bucket=b&Key=a%20b%2Fc&VersionId=1")
    assert (request.method, request.path, request.query) == ("GET", "/b/a%20b/c", "versionId=1")
    listing = formed("s3", action="ListBuckets")
    assert (listing.method, listing.path) == ("GET", "/")
    incomplete = formed("s3", method="GET", action="GetObject", query="Bucket=b")
    assert (incomplete.method, incomplete.path, incomplete.query) == ("GET", "/", "Bucket=b")


def test_a_bucket_as_subdomain() -> None:
    """uri of PutIntegration, API Gateway API Reference: `{subdomain.service}`."""
    assert formed("s3", path="/key", subdomain="bucket").path == "/bucket/key"
    assert formed("sagemaker", path="/endpoints/x/invocations", subdomain="runtime").path == "/endpoints/x/invocations"


@pytest.mark.parametrize(
    ("service", "name", "signing_name"),
    [
        ("states", "stepfunctions", "states"),
        ("email", "ses", "ses"),
        ("monitoring", "cloudwatch", "monitoring"),
        ("iotdata", "iot-data", "iotdata"),
        ("appsync-api", None, "appsync"),
        ("nosuch", None, "nosuch"),
    ],
)
def test_names(service: str, name: str | None, signing_name: str) -> None:
    """AWS service endpoints, AWS General Reference."""
    assert model_name(service) == name
    assert formed(service, path="/x", query="a=b") == ServiceRequest("POST", "/x", "a=b", (), b"", signing_name)
