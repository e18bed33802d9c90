"""`HTTP` integrations: "Set up HTTP integrations in API Gateway"."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from gatewright.base.messages import Headers, Response
from gatewright.gateway.rest_apis.call import IntegrationRequest, IntegrationResult, RestCall
from gatewright.gateway.rest_apis.errors import RestError
from gatewright.gateway.rest_apis.execution_log import ExecutionLog
from gatewright.gateway.rest_apis.integrations import http
from gatewright.wire.client_errors import (
    ConnectFailed,
    ConnectTimeout,
    NameUnresolved,
    RequestInvalid,
    ResponseBroken,
    ResponseTimeout,
    TlsFailed,
)
from gatewright.wire.client_request import Origin, encode_head
from tests.unit.gateway.fakes import FakeClient
from tests.unit.gateway.rest_apis.calls import API_ID, TRACE_HEADER, StoppedClock, rest_call
from tests.unit.gateway.rest_apis.integrations.bindings import binding
from tests.unit.gateway.rest_apis.rest_api import integration

URI = "https://example.com/pets"


async def exchanged(
    client: FakeClient,
    *,
    method: str = "POST",
    uri: str = URI,
    mapped: tuple[tuple[str, str], ...] = (),
    query: tuple[tuple[str, str], ...] = (),
    body: bytes = b"",
    call: RestCall | None = None,
    clock: StoppedClock | None = None,
    **changes: Any,
) -> IntegrationResult:
    exchange = http.link(binding(integration("HTTP", uri=uri, **changes), client=client, clock=clock))
    request = IntegrationRequest(method, uri, Headers(mapped), list(query), body)
    result = await exchange(call or rest_call(), request)
    for sent in client.requests:
        encode_head(sent)
    return result


async def test_what_an_endpoint_gets() -> None:
    """localstack, test_apigateway_http.py, test_http_integration_with_lambda[HTTP], recorded of AWS."""
    client = FakeClient()
    call = rest_call(
        method="POST",
        headers=[("Content-Type", "application/json"), ("Accept", "application/xml"), ("User-Agent", "test")],
    )
    await exchanged(client, body=b'{"message": "hello world"}', call=call)
    (request,) = client.requests
    assert (request.method, request.origin, request.target) == ("POST", Origin("https", "example.com", 443), "/pets")
    assert sorted(request.headers) == [
        ("Accept", "application/json"),
        ("Content-Type", "application/json"),
        ("User-Agent", f"AmazonAPIGateway_{API_ID}"),
        ("X-Amzn-Trace-Id", TRACE_HEADER),
        ("x-amzn-apigateway-api-id", API_ID),
    ]
    assert client.bodies == [b'{"message": "hello world"}']
    assert (request.response_seconds, request.deadline_seconds) == (29.0, 29.0)


async def test_mapped_headers() -> None:
    """localstack, test_apigateway_header_remapping_http[HTTP], recorded of AWS: these pass, and those do not."""
    client = FakeClient()
    passing = (
        ("Accept", "text/html"),
        ("Authorization", "a"),
        ("Content-Encoding", "compress"),
        ("Host", "other.example"),
        ("Max-Forwards", "2"),
        ("Server", "s"),
        ("Trailer", "user-agent"),
        ("Upgrade", "HTTP/2.0"),
        ("User-Agent", "Override-Agent"),
        ("WWW-Authenticate", "Basic x"),
    )
    dropped = (
        ("Connection", "close"),
        ("Expect", "100-continue"),
        ("TE", "x"),
        ("Via", "v"),
        ("Proxy-Authenticate", "p"),
    )
    await exchanged(client, mapped=passing + dropped)
    own = {"X-Amzn-Trace-Id", "x-amzn-apigateway-api-id"}
    assert [field for field in client.requests[0].headers if field[0] not in own] == list(passing)


async def test_the_client_s_content_type_of_a_get_stays_behind() -> None:
    """localstack, test_apigateway_header_remapping_http[HTTP], recorded of AWS: GET in front, POST behind."""
    client = FakeClient()
    await exchanged(client, call=rest_call(headers=[("Content-Type", "application/json")]))
    assert client.requests[0].headers.get("content-type") is None


@pytest.mark.parametrize(
    "name", ["Content-Length", "content-length", "Transfer-Encoding", "X-Amzn-Trace-Id", "X-Amzn-Apigateway-Api-Id"]
)
async def test_headers_that_no_mapping_may_set(name: str) -> None:
    """localstack, test_apigateway_header_remapping_http, recorded of AWS: 500 `Internal server error`."""
    client = FakeClient()
    log = ExecutionLog("id", StoppedClock())
    with pytest.raises(RestError, match="already present") as raised:
        await exchanged(client, mapped=((name, "1"),), call=rest_call(log=log))
    assert (raised.value.kind.status, raised.value.message) == (500, "Internal server error")
    assert f"Execution failed due to configuration error: {name} header already present" in log.text()
    assert client.requests == []


@pytest.mark.parametrize(
    ("uri", "query", "target"),
    [
        (URI, (), "/pets"),
        (URI, (("id", "4"), ("type", "a b&c=ü"), ("id", "5")), "/pets?id=4&type=a%20b%26c%3D%C3%BC&id=5"),
        (f"{URI}?key=1", (("id", "4"),), "/pets?key=1&id=4"),
        ("https://example.com", (("id", "4"),), "/?id=4"),
        ("https://example.com?", (("id", ""),), "/?id="),
    ],
)
async def test_query(uri: str, query: tuple[tuple[str, str], ...], target: str) -> None:
    """Parameter mapping for REST APIs in API Gateway: `integration.request.querystring.*`."""
    client = FakeClient()
    await exchanged(client, uri=uri, query=query)
    assert client.requests[0].target == target


@pytest.mark.parametrize(
    ("method", "sent"), [("GET", b""), ("HEAD", b""), ("OPTIONS", b""), ("DELETE", b"x"), ("PATCH", b"x")]
)
async def test_methods_without_a_body(method: str, sent: bytes) -> None:
    """RFC 9110, section 9.3.1: content in a GET request has no defined semantics."""
    client = FakeClient()
    await exchanged(client, method=method, body=b"x")
    assert client.bodies == [sent]


async def test_the_response_as_it_is_mapped() -> None:
    """Set up an integration response in API Gateway: status, headers and the whole body."""

    async def parts() -> AsyncIterator[bytes]:
        yield b"one"
        yield b"two"

    client = FakeClient(Response(404, Headers([("Server", "s"), ("Content-Type", "text/plain")]), parts()))
    result = await exchanged(client)
    assert (result.status, result.body, result.error_message) == (404, b"onetwo", None)
    assert list(result.headers) == [("Server", "s"), ("Content-Type", "text/plain")]


NETWORK = (504, "INTEGRATION_FAILURE", "Network error communicating with endpoint")
TIMEOUT = (504, "INTEGRATION_TIMEOUT", "Endpoint request timed out")
CONFIGURATION = (500, "API_CONFIGURATION_ERROR", "Internal server error")

ERRORS: list[tuple[Exception, tuple[int, str, str], str]] = [
    (ConnectFailed("refused"), NETWORK, "a network error communicating with endpoint"),
    (ConnectTimeout("slow"), NETWORK, "a network error communicating with endpoint"),
    (ResponseBroken("cut off"), NETWORK, "a network error communicating with endpoint"),
    (ResponseTimeout("silent"), TIMEOUT, "a timeout error"),
    (NameUnresolved("nowhere"), CONFIGURATION, "configuration error: Invalid endpoint address"),
    (RequestInvalid("malformed"), CONFIGURATION, "configuration error: Invalid endpoint address"),
    (TlsFailed("certificate"), CONFIGURATION, "configuration error: certificate"),
]


@pytest.mark.parametrize(("error", "expected", "line"), ERRORS)
async def test_errors(error: Exception, expected: tuple[int, str, str], line: str) -> None:
    """Gateway response types for API Gateway: INTEGRATION_FAILURE, INTEGRATION_TIMEOUT, API_CONFIGURATION_ERROR."""
    log = ExecutionLog("id", StoppedClock())
    with pytest.raises(RestError) as raised:
        await exchanged(FakeClient(error), call=rest_call(log=log))
    kind = raised.value.kind
    assert (kind.status, kind.response_type, raised.value.message) == expected
    assert f"Execution failed due to {line}\n" in log.text()
    assert str(error) in raised.value.reason


async def test_a_connection_that_takes_the_integration_s_whole_time() -> None:
    """PutIntegration, API Gateway API Reference: `timeoutInMillis`."""
    clock = StoppedClock()

    class SlowClient(FakeClient):
        async def send(self, request: Any) -> Response:
            clock.seconds += 1
            raise ConnectTimeout("slow")

    with pytest.raises(RestError) as raised:
        await exchanged(SlowClient(), clock=clock, timeout_ms=1000)
    assert raised.value.kind.response_type == "INTEGRATION_TIMEOUT"


@pytest.mark.parametrize("headers", [Headers(), Headers([("Content-Length", "10485761")])])
async def test_a_response_that_is_too_large(headers: Headers) -> None:
    """Quotas for configuring and running a REST API: payload size 10 MB; seen in an execution log."""
    is_closed = False

    async def parts() -> AsyncIterator[bytes]:
        nonlocal is_closed
        try:
            for _ in range(11):
                yield b"x" * 1_048_576
        finally:
            is_closed = True

    log = ExecutionLog("id", StoppedClock())
    client = FakeClient(Response(200, headers, parts()))
    with pytest.raises(RestError) as raised:
        await exchanged(client, call=rest_call(log=log))
    assert raised.value.kind.response_type == "API_CONFIGURATION_ERROR"
    assert "is larger than allowed maximum of 10485760 bytes." in log.text()
    assert is_closed or headers


async def test_a_response_that_breaks_off() -> None:
    """Gateway response types for API Gateway: INTEGRATION_FAILURE."""

    async def parts() -> AsyncIterator[bytes]:
        yield b"one"
        raise ResponseBroken("cut off")

    with pytest.raises(RestError) as raised:
        await exchanged(FakeClient(Response(200, Headers(), parts())))
    assert raised.value.kind.response_type == "INTEGRATION_FAILURE"


async def test_a_certificate_that_is_not_verified() -> None:
    """x-amazon-apigateway-integration.tlsConfig: `insecureSkipVerification`."""
    client = FakeClient()
    await exchanged(client, skips_verification=True)
    await exchanged(client, skips_verification=True, uri="http://example.com/")
    assert [request.origin for request in client.requests] == [
        Origin("https", "example.com", 443, verifies_certificate=False),
        Origin("http", "example.com", 80),
    ]


async def test_the_execution_log() -> None:
    """Set up CloudWatch logging for REST APIs in API Gateway: the request as it goes to the endpoint."""
    log = ExecutionLog("id", StoppedClock())
    await exchanged(FakeClient(), query=(("a", "1"),), call=rest_call(log=log))
    assert f"Endpoint request URI: {URI}?a=1\n" in log.text()
    assert "Endpoint request headers: {Accept=application/json" in log.text()
