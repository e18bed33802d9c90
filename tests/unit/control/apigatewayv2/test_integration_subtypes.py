"""Integrations that call AWS services: "Integration subtype reference" (API Gateway Developer Guide)."""

from typing import Any

import pytest

from tests.unit.control.apigatewayv2.calls import Calls

ROLE = "arn:aws:iam::123456789012:role/gateway"
SEND: dict[str, Any] = {
    "IntegrationType": "AWS_PROXY",
    "IntegrationSubtype": "SQS-SendMessage",
    "PayloadFormatVersion": "1.0",
    "CredentialsArn": ROLE,
    "RequestParameters": {"QueueUrl": "$request.header.queueUrl", "MessageBody": "$request.body.message"},
}


def test_what_is_given_is_returned(calls: Calls, api_id: str) -> None:
    integration = calls("CreateIntegration", ApiId=api_id, **SEND)
    assert integration == {
        "ConnectionType": "INTERNET",
        "IntegrationId": integration["IntegrationId"],
        "TimeoutInMillis": 30000,
        **SEND,
    }


def test_updates_merge_parameters_and_check_them(calls: Calls, api_id: str) -> None:
    identifier = calls("CreateIntegration", ApiId=api_id, **SEND)["IntegrationId"]
    key = {"ApiId": api_id, "IntegrationId": identifier}
    changed = calls("UpdateIntegration", **key, RequestParameters={"DelaySeconds": "5"})
    assert changed["RequestParameters"] == {**SEND["RequestParameters"], "DelaySeconds": "5"}
    text = calls.error("UpdateIntegration", **key, RequestParameters={"QueueUrl": ""}).message
    assert text.endswith("errors : [Missing required parameter: QueueUrl]")
    assert calls("GetIntegration", **key) == changed


@pytest.mark.parametrize(
    ("members", "text"),
    [
        ({"IntegrationSubtype": "SQS-Send"}, "Invalid integration subtype specified: SQS-Send"),
        ({"IntegrationUri": "https://example.com"}, "IntegrationUri must not be specified"),
        ({"PayloadFormatVersion": "2.0"}, "PayloadFormatVersion 2.0 is not supported"),
        ({"CredentialsArn": ""}, "CredentialsArn must be specified"),
        (
            {"IntegrationType": "HTTP_PROXY", "IntegrationMethod": "GET"},
            "not supported for integration of type HTTP_PROXY",
        ),
        (
            {"RequestParameters": {"QueueUrl": "u", "MessageBody": "b", "Body": "b"}},
            "Invalid parameter: Body specified for SQS-SendMessage",
        ),
        (
            {"RequestParameters": {"QueueUrl": "u", "MessageBody": '{"a": 1}'}},
            'Invalid source: {"a": 1} specified for destination: MessageBody',
        ),
        (
            {"RequestParameters": {"append:header.a": "b"}},
            (
                "errors : [Invalid parameter: append:header.a specified for SQS-SendMessage, "
                "Missing required parameter: MessageBody, Missing required parameter: QueueUrl]"
            ),
        ),
    ],
)
def test_refusals(calls: Calls, api_id: str, members: dict[str, Any], text: str) -> None:
    error = calls.error("CreateIntegration", ApiId=api_id, **{**SEND, **members})
    assert error.code == "BadRequestException"
    assert text in error.message
    assert calls("GetIntegrations", ApiId=api_id) == {"Items": []}
