"""Routes that call AWS services: "Integration subtype reference" (API Gateway Developer Guide)."""

import json
from typing import Any

import pytest

from gatewright.base.messages import Headers, Response
from gatewright.gateway.seams import ServiceCall, ServiceNotConfigured, ServiceUnreachable
from tests.unit.gateway.fakes import REGION, ROLE_ARN, Gateway, integration, request, stage


def serving(subtype: str, **parameters: str) -> Gateway:
    target = integration(
        integration_subtype=subtype,
        integration_uri="",
        payload_format_version="1.0",
        request_parameters=tuple(parameters.items()),
        credentials_arn=ROLE_ARN,
    )
    return Gateway().serve(stage("POST /things/{id}", target=target))


async def call(gateway: Gateway, *headers: tuple[str, str], body: Any = None, query: str = "") -> ServiceCall:
    octets = body if isinstance(body, bytes) else json.dumps(body).encode()
    response = await gateway.send(request("POST", f"/things/7{query}", *headers, body=octets))
    assert response.status == 200, response.body
    [made] = gateway.services.calls
    return made


def sent(made: ServiceCall) -> tuple[str, str, Any]:
    target = dict(made.headers)["X-Amz-Target"]
    return made.service, target, json.loads(made.body)


async def test_a_message_to_a_queue() -> None:
    gateway = serving(
        "SQS-SendMessage",
        QueueUrl="https://sqs.us-east-2.amazonaws.com/123456789012/q",
        MessageBody="$request.body.text",
        DelaySeconds="$request.querystring.delay",
        MessageAttributes="$request.body.attributes",
        MessageGroupId="$request.path.id",
    )
    attributes = {"a": {"DataType": "String", "StringValue": "b"}}
    made = await call(gateway, body={"text": "hello", "attributes": attributes}, query="?delay=3")
    assert sent(made) == (
        "sqs",
        "AmazonSQS.SendMessage",
        {
            "QueueUrl": "https://sqs.us-east-2.amazonaws.com/123456789012/q",
            "MessageBody": "hello",
            "DelaySeconds": 3,
            "MessageAttributes": attributes,
            "MessageGroupId": "7",
        },
    )
    assert (made.region, made.role_arn, made.method, made.path) == (REGION, ROLE_ARN, "POST", "/")


async def test_an_event() -> None:
    gateway = serving(
        "EventBridge-PutEvents",
        Detail="$request.body",
        DetailType="order",
        Source="$context.apiId",
        Time="2026-01-01T00:00:00Z",
        Resources="$request.querystring.resources",
        Region="eu-west-1",
    )
    made = await call(gateway, body={"a": 1}, query="?resources=x,y")
    assert made.region == "eu-west-1"
    assert sent(made) == (
        "events",
        "AWSEvents.PutEvents",
        {
            "Entries": [
                {
                    "Detail": '{"a": 1}',
                    "DetailType": "order",
                    "Source": "mnh1xmpli7",
                    "Time": 1767225600.0,
                    "Resources": ["x", "y"],
                }
            ]
        },
    )


async def test_a_state_machine_and_a_stream() -> None:
    started = await call(
        serving("StepFunctions-StartExecution", StateMachineArn="arn", Input="$request.body"), body={"a": 1}
    )
    assert sent(started) == (
        "states",
        "AWSStepFunctions.StartExecution",
        {"stateMachineArn": "arn", "input": '{"a": 1}'},
    )
    put = await call(
        serving("Kinesis-PutRecord", StreamName="s", Data="$request.body", PartitionKey="$request.header.key"),
        ("Key", "k"),
        body=b"data",
    )
    assert sent(put)[2] == {"StreamName": "s", "Data": "ZGF0YQ==", "PartitionKey": "k"}


async def test_a_configuration_is_asked_for_by_its_operation() -> None:
    gateway = serving("AppConfig-GetConfiguration", Application="a", Environment="e", Configuration="c", ClientId="i")
    made = await call(gateway)
    assert (made.service, made.action) == ("appconfig", "GetConfiguration")
    assert made.query == "Application=a&Environment=e&Configuration=c&ClientId=i"


async def test_the_answer_is_the_response() -> None:
    gateway = serving("SQS-PurgeQueue", QueueUrl="u")
    answer = b'{"__type": "QueueDoesNotExist"}'
    headers = Headers([("Content-Type", "application/x-amz-json-1.0"), ("x-amzn-RequestId", "r")])
    gateway.services.answer = Response(400, headers, answer)
    response = await gateway.send(request("POST", "/things/7"))
    assert (response.status, response.body) == (400, answer)
    assert response.headers.get("content-type") == "application/json"


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (b"{}", "Unable to resolve property MessageBody from source $request.body.text"),
        (b'{"text": "a", "delay": "soon \\" x"}', 'soon \\" x is not a number'),
        (b'{"text": "a", "attributes": "{"}', "{ is not JSON"),
    ],
)
async def test_a_parameter_without_a_value(body: bytes, text: str) -> None:
    gateway = serving(
        "SQS-SendMessage",
        QueueUrl="u",
        MessageBody="$request.body.text",
        DelaySeconds="$request.body.delay",
        MessageAttributes="$request.body.attributes",
    )
    response = await gateway.send(request("POST", "/things/7", body=body))
    assert (response.status, response.body) == (400, f'{{"message":"{text}"}}'.encode())
    assert gateway.services.calls == []


@pytest.mark.parametrize(
    ("error", "status"), [(ServiceNotConfigured("no companion"), 500), (ServiceUnreachable("refused"), 503)]
)
async def test_a_service_that_does_not_answer(error: Exception, status: int) -> None:
    gateway = serving("SQS-PurgeQueue", QueueUrl="u")
    gateway.services.answer = error
    assert (await gateway.send(request("POST", "/things/7"))).status == status
