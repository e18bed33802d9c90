"""Integrations: the Integration resource in the API reference, "Create AWS Lambda proxy integrations for HTTP APIs"."""

from typing import Any

import pytest

from tests.unit.control.apigatewayv2.calls import FUNCTION, INVOCATION, Calls

HTTP = {
    "IntegrationType": "HTTP_PROXY",
    "IntegrationUri": "https://example.com",
    "IntegrationMethod": "GET",
    "PayloadFormatVersion": "1.0",
}


def test_a_lambda_proxy_integration_has_the_defaults(calls: Calls, api_id: str) -> None:
    integration = calls(
        "CreateIntegration",
        ApiId=api_id,
        IntegrationType="AWS_PROXY",
        IntegrationUri=FUNCTION,
        PayloadFormatVersion="2.0",
    )
    assert integration == {
        "ConnectionType": "INTERNET",
        "IntegrationId": integration["IntegrationId"],
        "IntegrationMethod": "POST",
        "IntegrationType": "AWS_PROXY",
        "IntegrationUri": FUNCTION,
        "PayloadFormatVersion": "2.0",
        "TimeoutInMillis": 30000,
    }
    assert len(integration["IntegrationId"]) == 7
    key = {"ApiId": api_id, "IntegrationId": integration["IntegrationId"]}
    assert calls("GetIntegration", **key) == integration
    assert calls("GetIntegrations", ApiId=api_id) == {"Items": [integration]}


def test_what_is_given_is_returned(calls: Calls, api_id: str) -> None:
    given: dict[str, Any] = {
        **HTTP,
        "Description": "pets",
        "TimeoutInMillis": 50,
        "ConnectionType": "INTERNET",
        "CredentialsArn": "arn:aws:iam::123456789012:role/gateway",
        "RequestParameters": {"append:header.a": "$context.requestId"},
        "ResponseParameters": {"404": {"overwrite:statuscode": "200"}},
    }
    integration = calls("CreateIntegration", ApiId=api_id, **given)
    assert integration == {**given, "IntegrationId": integration["IntegrationId"]}


def test_passthrough_behavior_is_taken_and_not_returned(calls: Calls, api_id: str) -> None:
    # As AWS does for HTTP APIs; Terraform sends it always.
    assert "PassthroughBehavior" not in calls.integration(api_id, PassthroughBehavior="WHEN_NO_MATCH")


@pytest.mark.parametrize(
    "uri",
    [
        FUNCTION,
        f"{FUNCTION}:live",
        f"{FUNCTION}:$LATEST",
        INVOCATION,
        "arn:aws:lambda:us-east-1:123456789012:function:${stageVariables.function}",
        "arn:aws:lambda:us-east-1:123456789012:function:pets-${stageVariables.env}:${stageVariables.alias}",
        "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/${stageVariables.function}/invocations",
        (
            "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/"
            "arn:aws:lambda:us-east-1:123456789012:function:${stageVariables.function}/invocations"
        ),
        "arn:aws-cn:lambda:cn-north-1:123456789012:function:pets",
        "${stageVariables.function}",
    ],
)
def test_uris_of_functions(calls: Calls, api_id: str, uri: str) -> None:
    assert calls.integration(api_id, IntegrationUri=uri)["IntegrationUri"] == uri


@pytest.mark.parametrize(
    "uri",
    [
        "pets",
        "https://example.com",
        "arn:aws:sqs:us-east-1:123456789012:queue",
        "arn:aws:lambda:us-east-1:123456789012:layer:pets",
        "arn:aws:lambda:us-east-1:12345:function:pets",
        "arn:aws:apigateway:us-east-1:sqs:path/123456789012/queue",
        f"arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/{FUNCTION}",
        f"{FUNCTION} ",
        f"{FUNCTION}\x00",
        "arn:aws:lambda:us-east-1:123456789012:function:${stageVariables.}",
        "arn:aws:lambda:us-east-1:123456789012:function:${context.stage}",
    ],
)
def test_uris_of_no_function(calls: Calls, api_id: str, uri: str) -> None:
    error = calls.error(
        "CreateIntegration",
        ApiId=api_id,
        IntegrationType="AWS_PROXY",
        IntegrationUri=uri,
        PayloadFormatVersion="2.0",
    )
    assert (error.code, error.message) == ("BadRequestException", "Invalid ARN specified in the request")


@pytest.mark.parametrize(
    "uri",
    [
        "http://example.com",
        "HTTPS://example.com:8443/a/{proxy}?b=c",
        "https://${stageVariables.host}/pets",
        "${stageVariables.url}/pets",
        "http://[::1]:8080/",
    ],
)
def test_urls(calls: Calls, api_id: str, uri: str) -> None:
    integration = calls("CreateIntegration", ApiId=api_id, **{**HTTP, "IntegrationUri": uri})
    assert integration["IntegrationUri"] == uri


@pytest.mark.parametrize(
    "uri",
    [
        "example.com",
        "ftp://example.com",
        "http://",
        "http:///a",
        "http://?a",
        "http://a b",
        "http://a/\x01",
        "http://a:0/",
        "http://a:65536/",
        "http://a:b/",
        "http://[::1/",
        "http://user:password@a/",
        "http://{x}.a/",
        FUNCTION,
    ],
)
def test_uris_that_are_no_url(calls: Calls, api_id: str, uri: str) -> None:
    error = calls.error("CreateIntegration", ApiId=api_id, **{**HTTP, "IntegrationUri": uri})
    assert (error.code, error.message) == ("BadRequestException", "Invalid HTTP endpoint specified for URI")


@pytest.mark.parametrize(
    ("members", "message"),
    [
        ({"PayloadFormatVersion": None}, "PayloadFormatVersion is a required parameter for integration"),
        (
            {"PayloadFormatVersion": "2.0"},
            "PayloadFormatVersion 2.0 is not supported for integration of type HTTP_PROXY",
        ),
        (
            {"IntegrationType": "AWS_PROXY", "IntegrationUri": FUNCTION, "PayloadFormatVersion": "3.0"},
            "PayloadFormatVersion 3.0 is not supported for integration of type AWS_PROXY",
        ),
        (
            {"IntegrationType": "HTTP"},
            (
                "Currently, an API with a protocol type of HTTP may only be associated with proxy integrations "
                "(AWS_PROXY, HTTP_PROXY)"
            ),
        ),
        (
            {"IntegrationType": "MOCK", "IntegrationUri": None, "PayloadFormatVersion": None},
            (
                "Currently, an API with a protocol type of HTTP may only be associated with proxy integrations "
                "(AWS_PROXY, HTTP_PROXY)"
            ),
        ),
        ({"IntegrationUri": None}, "IntegrationUri must be specified for integration of type HTTP_PROXY"),
        ({"IntegrationUri": ""}, "IntegrationUri must be between 1 and 2048 characters long"),
        ({"IntegrationUri": "http://" + "a" * 2048}, "IntegrationUri must be between 1 and 2048 characters long"),
        ({"IntegrationMethod": None}, "IntegrationMethod must be specified for integration of type HTTP_PROXY"),
        ({"IntegrationMethod": "FETCH"}, "Invalid HTTP method specified: FETCH"),
        (
            {"ContentHandlingStrategy": "CONVERT_TO_TEXT"},
            "ContentHandlingStrategy is supported only for WebSocket APIs",
        ),
        ({"RequestTemplates": {"a": "b"}}, "RequestTemplates is supported only for WebSocket APIs"),
        ({"TemplateSelectionExpression": "a"}, "TemplateSelectionExpression is supported only for WebSocket APIs"),
    ],
)
def test_create_integration_refuses(calls: Calls, api_id: str, members: dict[str, Any], message: str) -> None:
    request = {name: value for name, value in {**HTTP, **members}.items() if value is not None}
    error = calls.error("CreateIntegration", ApiId=api_id, **request)
    assert (error.code, error.message) == ("BadRequestException", message)


@pytest.mark.parametrize(
    ("members", "named"),
    [
        ({"ConnectionType": "VPC_LINK"}, "ConnectionType VPC_LINK"),
        ({"ConnectionId": "abc"}, "ConnectionId"),
        ({"TlsConfig": {"ServerNameToVerify": "a"}}, "TlsConfig"),
        ({"CredentialsArn": "arn:aws:iam::*:user/*"}, "caller's identity"),
    ],
)
def test_options_that_are_not_built(calls: Calls, api_id: str, members: dict[str, Any], named: str) -> None:
    integration = calls.integration(api_id)
    update = {"ApiId": api_id, "IntegrationId": integration["IntegrationId"]}
    for error in (
        calls.error("CreateIntegration", ApiId=api_id, **{**HTTP, **members}),
        calls.error("UpdateIntegration", **update, **members),
    ):
        assert (error.code, error.status) == ("NotImplemented", 501)
        assert named in error.message


def test_update_integration_changes_only_what_is_sent(calls: Calls, api_id: str) -> None:
    integration = calls.integration(api_id, Description="old")
    update = {"ApiId": api_id, "IntegrationId": integration["IntegrationId"]}

    assert calls("UpdateIntegration", **update, TimeoutInMillis=50) == {**integration, "TimeoutInMillis": 50}
    assert "Description" not in calls("UpdateIntegration", **update, Description="")
    changed = calls("UpdateIntegration", **update, **HTTP)
    assert changed == {**HTTP, "ConnectionType": "INTERNET", "TimeoutInMillis": 50, "IntegrationId": update_id(update)}
    assert calls("GetIntegration", **update) == changed


def update_id(update: dict[str, Any]) -> str:
    return str(update["IntegrationId"])


def test_an_update_is_checked_as_a_whole(calls: Calls, api_id: str) -> None:
    integration = calls.integration(api_id)
    update = {"ApiId": api_id, "IntegrationId": integration["IntegrationId"]}
    assert calls.error("UpdateIntegration", **update, IntegrationType="HTTP_PROXY").code == "BadRequestException"
    assert calls.error("UpdateIntegration", **update, IntegrationUri="https://a.example").code == "BadRequestException"
    assert calls("GetIntegration", **update) == integration


def test_an_integration_in_use_is_not_deleted(calls: Calls, api_id: str) -> None:
    integration_id = calls.integration(api_id)["IntegrationId"]
    route_id = calls.route(api_id, "GET /", Target=f"integrations/{integration_id}")["RouteId"]

    error = calls.error("DeleteIntegration", ApiId=api_id, IntegrationId=integration_id)
    assert (error.code, error.status) == ("ConflictException", 409)
    assert error.message == (
        f"Cannot delete Integration because it is referenced by the following Routes with Ids: [{route_id}]"
    )

    calls("DeleteRoute", ApiId=api_id, RouteId=route_id)
    assert calls("DeleteIntegration", ApiId=api_id, IntegrationId=integration_id) == {}
    for operation in ("GetIntegration", "UpdateIntegration", "DeleteIntegration"):
        error = calls.error(operation, ApiId=api_id, IntegrationId=integration_id)
        assert (error.code, error.message) == ("NotFoundException", "Invalid Integration identifier specified")


def test_300_integrations_per_api(calls: Calls, api_id: str) -> None:
    # "Quotas for configuring and running an HTTP API in API Gateway".
    for _ in range(300):
        calls.integration(api_id)
    error = calls.error(
        "CreateIntegration",
        ApiId=api_id,
        IntegrationType="AWS_PROXY",
        IntegrationUri=FUNCTION,
        PayloadFormatVersion="2.0",
    )
    assert error.code == "TooManyRequestsException"
    assert error.message == (
        "Maximum number of Integrations for this API has been reached.  "
        "Please contact AWS if you need additional Integrations."
    )
