"""`AWS` integrations with other services than Lambda: "Basic tasks of an API integration request"."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from gatewright.base.messages import Headers, Response
from gatewright.gateway.rest_apis.call import IntegrationRequest, IntegrationResult, RestCall
from gatewright.gateway.rest_apis.errors import RestError
from gatewright.gateway.rest_apis.execution_log import ExecutionLog
from gatewright.gateway.rest_apis.integrations import aws_service
from gatewright.gateway.rest_apis.integrations.aws_service import ServiceTarget, parse_service_uri
from gatewright.gateway.seams import ServiceCall, ServiceNotConfigured, ServiceUnreachable
from tests.unit.gateway.rest_apis.calls import API_ID, REGION, TRACE_HEADER, StoppedClock, rest_call
from tests.unit.gateway.rest_apis.integrations.bindings import FakeServices, binding
from tests.unit.gateway.rest_apis.rest_api import integration

ROLE = "arn:aws:iam::123456789012:role/apigateway"
SQS = "arn:aws:apigateway:us-west-2:sqs:path/123456789012/queue"

URIS: list[tuple[str, ServiceTarget | None]] = [
    (SQS, ServiceTarget("us-west-2", "sqs", "", "", "/123456789012/queue", "")),
    # The page's examples.
    (
        "arn:aws:apigateway:us-west-2:s3:path/bucket/a%20key",
        ServiceTarget("us-west-2", "s3", "", "", "/bucket/a%20key", ""),
    ),
    (
        "arn:aws:apigateway:us-west-2:s3:action/GetObject&Bucket=b&Key=k",
        ServiceTarget("us-west-2", "s3", "", "GetObject", "/", "Bucket=b&Key=k"),
    ),
    ("arn:aws-cn:apigateway::bucket.s3:path/key", ServiceTarget("", "s3", "bucket", "", "/key", "")),
    ("arn:aws:apigateway:us-west-2:sns:path//", ServiceTarget("us-west-2", "sns", "", "", "/", "")),
    (
        "arn:aws:apigateway:us-west-2:s3:path/bucket?list-type=2",
        ServiceTarget("us-west-2", "s3", "", "", "/bucket", "list-type=2"),
    ),
    ("arn:aws:apigateway:us-west-2:sqs:other/x", None),
    ("arn:aws:apigateway:us-west-2:dynamodb:action/", None),
    ("arn:aws:sqs:us-west-2:123456789012:queue", None),
    ("https://example.com", None),
]


@pytest.mark.parametrize(("uri", "target"), URIS)
def test_uris(uri: str, target: ServiceTarget | None) -> None:
    assert parse_service_uri(uri) == target


async def exchanged(
    services: FakeServices,
    *,
    uri: str = SQS,
    method: str = "POST",
    mapped: tuple[tuple[str, str], ...] = (),
    query: tuple[tuple[str, str], ...] = (),
    body: bytes = b"",
    call: RestCall | None = None,
    variables: dict[str, str] | None = None,
    **changes: Any,
) -> IntegrationResult:
    members = {"uri": uri, "credentials": ROLE, **changes}
    exchange = aws_service.link(binding(integration("AWS", **members), services=services, variables=variables))
    request = IntegrationRequest(method, uri, Headers(mapped), list(query), body)
    return await exchange(call or rest_call(), request)


async def called(**parts: Any) -> ServiceCall:
    services = FakeServices()
    await exchanged(services, **parts)
    return services.calls[0]


async def test_a_path() -> None:
    """localstack, test_apigateway_sqs.py, test_sqs_aws_integration, recorded of AWS."""
    body = b"Action=SendMessage&MessageBody=hello"
    call = await called(
        mapped=(("Content-Type", "application/x-www-form-urlencoded"),), query=(("a", "1 2"),), body=body
    )
    assert call == ServiceCall(
        service="sqs",
        region="us-west-2",
        method="POST",
        path="/123456789012/queue",
        query="a=1%202",
        headers=(
            ("Content-Type", "application/x-www-form-urlencoded"),
            ("Accept", "application/json"),
            ("User-Agent", f"AmazonAPIGateway_{API_ID}"),
            ("X-Amzn-Trace-Id", TRACE_HEADER),
        ),
        body=body,
        role_arn=ROLE,
    )


async def test_an_action() -> None:
    """Basic tasks of an API integration request: the action form, its parameters in the query string."""
    uri = "arn:aws:apigateway::dynamodb:action/Query&A=b"
    call = await called(uri=uri, query=(("c", "d"),))
    assert (call.region, call.service, call.action, call.path) == (REGION, "dynamodb", "Query", "/")
    assert call.query == "A=b&c=d"


async def test_the_client_s_content_type() -> None:
    """localstack, test_apigateway_http.py, recorded of AWS: it comes along where the client's method has a body."""
    headers = [("Content-Type", "application/json")]
    assert ("Content-Type", "application/json") in (
        await called(call=rest_call(method="POST", headers=headers))
    ).headers
    assert "Content-Type" not in dict((await called(call=rest_call(headers=headers))).headers)


async def test_mapped_headers_that_go_no_further() -> None:
    """localstack, test_apigateway_integrations.py, TestApiGatewayHeaderRemapping, recorded of AWS."""
    call = await called(mapped=(("Referer", "r"), ("Host", "h"), ("X-Amz-Target", "AWSEvents.PutEvents")))
    assert [name for name, _ in call.headers] == ["X-Amz-Target", "Accept", "User-Agent", "X-Amzn-Trace-Id"]


@pytest.mark.parametrize(
    "name", ["Content-Length", "Authorization", "Connection", "Expect", "Proxy-Authenticate", "TE"]
)
async def test_headers_that_no_mapping_may_set(name: str) -> None:
    """localstack, test_apigateway_header_remapping_aws[AWS], recorded of AWS: 500."""
    services = FakeServices()
    with pytest.raises(RestError, match="already present"):
        await exchanged(services, mapped=((name, "x"),))
    assert services.calls == []


async def test_methods_without_a_body() -> None:
    """RFC 9110, section 9.3.1: content in a GET request has no defined semantics."""
    assert (await called(method="GET", body=b"x")).body == b""


async def test_stage_variables_in_credentials() -> None:
    """API Gateway stage variables reference for REST APIs: "stage variables in … AWS integration credentials"."""
    credentials = "arn:aws:iam::${stageVariables.account}:role/x"
    call = await called(credentials=credentials, variables={"account": "123456789012"})
    assert call.role_arn == "arn:aws:iam::123456789012:role/x"


async def test_the_response_as_it_is_mapped() -> None:
    """Set up an integration response in API Gateway: status, headers and the whole body."""

    async def parts() -> AsyncIterator[bytes]:
        yield b"<a"
        yield b"/>"

    services = FakeServices(Response(404, Headers([("Content-Type", "application/xml")]), parts()))
    result = await exchanged(services)
    assert (result.status, list(result.headers), result.body) == (404, [("Content-Type", "application/xml")], b"<a/>")


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"credentials": None}, "Role ARN must be specified for AWS integrations"),
        ({"uri": "arn:aws:apigateway:us-west-2:sqs:other/x"}, "Invalid endpoint address"),
    ],
)
async def test_what_cannot_be_linked(changes: dict[str, Any], reason: str) -> None:
    """PutIntegration, API Gateway API Reference: `credentials` and `uri`."""
    with pytest.raises(ValueError, match=reason):
        await exchanged(FakeServices(), **changes)


@pytest.mark.parametrize(
    ("error", "status", "response_type"),
    [
        (ServiceNotConfigured("set companion"), 500, "API_CONFIGURATION_ERROR"),
        (ServiceUnreachable("refused"), 504, "INTEGRATION_FAILURE"),
    ],
)
async def test_errors(error: Exception, status: int, response_type: str) -> None:
    """Gateway response types for API Gateway."""
    with pytest.raises(RestError, match=str(error)) as raised:
        await exchanged(FakeServices(error))
    assert (raised.value.kind.status, raised.value.kind.response_type) == (status, response_type)


async def test_the_time_limit() -> None:
    """PutIntegration, API Gateway API Reference: `timeoutInMillis`; 504 `Endpoint request timed out`."""

    class SilentServices(FakeServices):
        async def call(self, call: ServiceCall) -> Response:
            await asyncio.Event().wait()
            raise AssertionError

    with pytest.raises(RestError) as raised:
        await exchanged(SilentServices(), timeout_ms=50)
    assert raised.value.kind.response_type == "INTEGRATION_TIMEOUT"


async def test_the_execution_log() -> None:
    """Set up CloudWatch logging for REST APIs in API Gateway: the request as it goes to the service."""
    log = ExecutionLog("id", StoppedClock())
    uri = "arn:aws:apigateway:us-west-2:dynamodb:action/Query"
    await exchanged(FakeServices(), uri=uri, call=rest_call(log=log))
    assert "Endpoint request URI: https://dynamodb.us-west-2.amazonaws.com/?Action=Query\n" in log.text()
