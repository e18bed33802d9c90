"""Integrations sign with the role that they name: who calls, as the called service sees it.

Sources: `credentials` of PutIntegration (API Gateway API Reference), CredentialsArn of CreateIntegration (API Gateway
V2); the name of the session is that of the senders of messages that API Gateway sends to SQS; the line of the execution
log that of zappa/Zappa issue 63.
"""

import json
from collections.abc import Iterator
from typing import Any

import boto3
import pytest

from tests.integration.nodes import Node, running
from tests.integration.origin import Origin, Received, answer, origin
from tests.integration.roles import make_role

pytestmark = pytest.mark.slow

ACCOUNT = "123456789012"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/gateway/caller"
UNTRUSTED = f"arn:aws:iam::{ACCOUNT}:role/functions"
SESSION = f"arn:aws:sts::{ACCOUNT}:assumed-role/caller/BackplaneAssumeRoleSession"
IDENTITY = "arn:aws:apigateway:us-east-1:sts:action/GetCallerIdentity"
REFUSED = (500, {"message": "Internal server error"})


@pytest.fixture(scope="module")
def companion() -> Iterator[Origin]:
    """An endpoint that keeps the calls it gets."""
    with origin() as listening:
        listening.respond = answer(b"{}", "200 OK", "Content-Type: application/x-amz-json-1.0")
        yield listening


@pytest.fixture(scope="module")
def node(companion: Origin) -> Iterator[Node]:
    with running("--ephemeral", environment={"GATEWRIGHT_COMPANION": companion.url}) as started:
        make_role(started, ROLE)
        make_role(started, UNTRUSTED, "lambda.amazonaws.com")
        yield started


def rest_api(node: Node, uri: str, role: str, kind: str = "AWS", **stage: Any) -> tuple[str, str]:
    """Deploy an API whose root is integrated with a URI; return the ids of both."""
    client = node.client("apigateway")
    made = client.create_rest_api(name="roles")
    names = {"restApiId": made["id"], "resourceId": made["rootResourceId"], "httpMethod": "GET"}
    client.put_method(**names, authorizationType="NONE")
    client.put_method_response(**names, statusCode="200")
    client.put_integration(**names, type=kind, integrationHttpMethod="POST", uri=uri, credentials=role)
    client.put_integration_response(**names, statusCode="200")
    client.create_deployment(restApiId=made["id"], stageName="test", **stage)
    return made["id"], made["rootResourceId"]


def caller(node: Node, call: Received) -> str:
    """Return the ARN of whom STS knows by the access key and session token of a call."""
    access_key = call.get_all("Authorization")[0].partition("Credential=")[2].partition("/")[0]
    [token] = call.get_all("X-Amz-Security-Token")
    sts = boto3.client(
        "sts",
        endpoint_url=node.url,
        region_name="us-east-1",
        aws_access_key_id=access_key,
        aws_secret_access_key="not verified",
        aws_session_token=token,
    )
    arn: str = sts.get_caller_identity()["Arn"]
    return arn


def test_a_rest_api_calls_as_its_role(node: Node) -> None:
    api_id, _ = rest_api(node, IDENTITY, ROLE)
    answered = node.call(api_id, "GET", "/test/")
    result = answered.json()["GetCallerIdentityResponse"]["GetCallerIdentityResult"]
    role_id = node.client("iam").get_role(RoleName="caller")["Role"]["RoleId"]
    assert result == {"Account": ACCOUNT, "Arn": SESSION, "UserId": f"{role_id}:BackplaneAssumeRoleSession"}


def test_a_role_named_by_a_stage_variable(node: Node) -> None:
    """API Gateway stage variables reference for REST APIs: "AWS integration credentials"."""
    named = ROLE.replace("caller", "${stageVariables.role}")
    api_id, _ = rest_api(node, IDENTITY, named, variables={"role": "caller"})
    assert SESSION in node.call(api_id, "GET", "/test/").body.decode()


def test_the_companion_sees_the_role(node: Node, companion: Origin) -> None:
    api_id, _ = rest_api(node, f"arn:aws:apigateway:us-east-1:sqs:path/{ACCOUNT}/queue", ROLE)
    assert node.call(api_id, "GET", "/test/").status == 200
    assert caller(node, companion.requests[-1]) == SESSION


@pytest.mark.parametrize(
    ("subtype", "parameters", "target"),
    [
        ("SQS-SendMessage", {"QueueUrl": "http://q/", "MessageBody": "m"}, "AmazonSQS.SendMessage"),
        ("StepFunctions-StartExecution", {"StateMachineArn": "a"}, "AWSStepFunctions.StartExecution"),
    ],
)
def test_an_http_api_calls_as_its_role(
    node: Node, companion: Origin, subtype: str, parameters: dict[str, str], target: str
) -> None:
    answered = http_api(node, subtype, parameters, ROLE)
    assert answered == 200
    received = companion.requests[-1]
    assert received.get_all("X-Amz-Target") == [target]
    assert caller(node, received) == SESSION


def http_api(node: Node, subtype: str, parameters: dict[str, str], role: str) -> int:
    client = node.client("apigatewayv2")
    api_id = client.create_api(Name="roles", ProtocolType="HTTP")["ApiId"]
    made = client.create_integration(
        ApiId=api_id,
        IntegrationType="AWS_PROXY",
        IntegrationSubtype=subtype,
        PayloadFormatVersion="1.0",
        CredentialsArn=role,
        RequestParameters=parameters,
    )
    client.create_route(ApiId=api_id, RouteKey="$default", Target=f"integrations/{made['IntegrationId']}")
    client.create_stage(ApiId=api_id, StageName="$default", AutoDeploy=True)
    return node.call(api_id, "GET", "/").status


def test_a_role_that_iam_does_not_know(node: Node) -> None:
    """Here it is assumed, as AssumeRole does: docs/differences.md."""
    api_id, _ = rest_api(node, IDENTITY, f"arn:aws:iam::{ACCOUNT}:role/nowhere")
    answered = node.call(api_id, "GET", "/test/")
    assert (answered.status, "assumed-role/nowhere/" in answered.body.decode()) == (200, True)


def test_a_role_that_must_not_be_assumed(node: Node, companion: Origin) -> None:
    role = UNTRUSTED
    before = len(companion.requests)
    api_id, resource_id = rest_api(node, IDENTITY, role)
    answered = node.call(api_id, "GET", "/test/")
    assert (answered.status, answered.json()) == REFUSED
    tested = node.client("apigateway").test_invoke_method(restApiId=api_id, resourceId=resource_id, httpMethod="GET")
    assert tested["status"] == 500
    message = f"API Gateway does not have permission to assume the provided role {role}\n"
    assert f" : Execution failed due to configuration error: {message}" in tested["log"]
    assert http_api(node, "SQS-SendMessage", {"QueueUrl": "http://q/", "MessageBody": "m"}, role) == 500
    assert len(companion.requests) == before


def test_a_role_that_is_trusted_later(node: Node) -> None:
    """UpdateAssumeRolePolicy, IAM API Reference: it counts with the next request, without a deployment."""
    role = f"arn:aws:iam::{ACCOUNT}:role/later"
    make_role(node, role, "lambda.amazonaws.com")
    api_id, _ = rest_api(node, IDENTITY, role)
    assert node.call(api_id, "GET", "/test/").status == 500
    trust = {"Effect": "Allow", "Principal": {"Service": "apigateway.amazonaws.com"}, "Action": "sts:AssumeRole"}
    node.client("iam").update_assume_role_policy(
        RoleName="later", PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    )
    answered = node.call(api_id, "GET", "/test/")
    assert (answered.status, "assumed-role/later/" in answered.body.decode()) == (200, True)
