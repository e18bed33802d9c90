"""`HTTP_PROXY` integrations: "Set up HTTP integrations in API Gateway"."""

import gzip
from collections.abc import AsyncIterator, Iterable
from typing import Any

import pytest

from gatewright.base.messages import Headers, Response
from gatewright.gateway.rest_apis.call import RestCall
from gatewright.gateway.rest_apis.errors import RestError
from gatewright.gateway.rest_apis.integrations import http_proxy
from gatewright.wire.client_request import Origin, UpstreamRequest, encode_head
from tests.unit.gateway.fakes import FakeClient, read
from tests.unit.gateway.rest_apis.calls import API_ID, HOST, TRACE_HEADER, method_facts, rest_call
from tests.unit.gateway.rest_apis.integrations.bindings import binding
from tests.unit.gateway.rest_apis.rest_api import integration

URI = "https://example.com/base"


async def respond(
    client: FakeClient, call: RestCall | None = None, *, binary: tuple[str, ...] = (), **changes: Any
) -> Response:
    endpoint_type = changes.pop("endpoint_type", "EDGE")
    members = {"uri": URI, "http_method": "ANY", **changes}
    serve = http_proxy.link(
        binding(integration("HTTP_PROXY", **members), client=client, binary=binary, endpoint_type=endpoint_type)
    )
    return await serve(call or rest_call())


async def proxied(call: RestCall, *mappings: tuple[str, str], **changes: Any) -> UpstreamRequest:
    client = FakeClient()
    await respond(client, call, request_parameters=mappings, **changes)
    encode_head(client.requests[0])
    return client.requests[0]


OWN = {"x-amzn-trace-id", "x-amzn-apigateway-api-id", "x-forwarded-for", "x-forwarded-port", "x-forwarded-proto"}


def passed(headers: Headers) -> list[tuple[str, str]]:
    return [field for field in headers if field[0].lower() not in OWN]


def sent_headers(*extra: tuple[str, str]) -> list[tuple[str, str]]:
    return [("Host", HOST), *extra]


async def test_what_an_endpoint_gets() -> None:
    """localstack, test_apigateway_header_remapping_http[HTTP_PROXY], recorded of AWS: which of these headers pass."""
    passing = [
        ("Accept", "application/json"),
        ("Accept-Charset", "UTF-8"),
        ("Accept-Encoding", "br"),
        ("Age", "request_Age"),
        ("Authorization", "Unauthorized"),
        ("Content-Type", "application/json"),
        ("Date", "request_Date"),
        ("Pragma", "cache"),
        ("Range", "bytes=500-999"),
        ("Referer", "https://example.com/"),
        ("User-Agent", "localStack/0.0"),
        ("Warn", "299 localStack/0.0"),
    ]
    dropped = [
        ("Connection", "close, X-Hop"),
        ("Content-Encoding", "deflate"),
        ("Content-MD5", "request_Content-MD5"),
        ("Expect", "100-continue"),
        ("Max-Forwards", "2"),
        ("Proxy-Authenticate", "Basic"),
        ("Server", "https://example.com/"),
        ("TE", "deflate"),
        ("Trailer", "Expires"),
        ("Transfer-Encoding", "chunked"),
        ("Upgrade", "HTTP/2.0"),
        ("Via", "p.example.net"),
        ("WWW-Authenticate", "Basic x"),
        ("X-Hop", "1"),
    ]
    request = await proxied(rest_call(headers=sent_headers(*passing, *dropped)))
    assert passed(request.headers) == passing
    assert (request.method, request.origin, request.target) == ("GET", Origin("https", "example.com", 443), "/base")
    assert (request.deadline_seconds, request.body_idle_seconds) == (29.0, None)


async def test_what_api_gateway_adds() -> None:
    """localstack, test_http_integration_with_lambda[HTTP_PROXY], recorded of AWS."""
    client_s = [("x-amzn-trace-id", "Root=1-x"), ("X-Amzn-Apigateway-Api-Id", "y"), ("X-Forwarded-For", "203.0.113.7")]
    request = await proxied(rest_call(headers=sent_headers(*client_s)))
    assert sorted(request.headers) == [
        ("Accept", "application/json"),
        ("User-Agent", f"AmazonAPIGateway_{API_ID}"),
        ("X-Amzn-Trace-Id", TRACE_HEADER),
        ("X-Forwarded-For", "203.0.113.7, 192.0.2.1"),
        ("X-Forwarded-Port", "443"),
        ("X-Forwarded-Proto", "https"),
        ("x-amzn-apigateway-api-id", API_ID),
    ]


@pytest.mark.parametrize(
    ("fields", "address"),
    [
        ([("x-forwarded-for", "203.0.113.7, 203.0.113.8")], "203.0.113.7, 203.0.113.8, 192.0.2.1"),
        (
            [("X-Forwarded-For", "203.0.113.7"), ("Accept", "*/*"), ("x-forwarded-for", "203.0.113.8")],
            "203.0.113.7, 203.0.113.8, 192.0.2.1",
        ),
        ([("X-Forwarded-For", "")], "192.0.2.1"),
        ([("X-Forwarded-For", "203.0.113.7"), ("Connection", "X-Forwarded-For")], "192.0.2.1"),
        ([("X-Forwarded-Port", "1"), ("X-Forwarded-Proto", "ftp")], "192.0.2.1"),
    ],
)
async def test_a_clients_addresses_stay_before_its_own(fields: list[tuple[str, str]], address: str) -> None:
    """ustayready/fireprox issue 12, seen of AWS: `1.1.1.1, real.ip`, port and scheme replaced."""
    request = await proxied(rest_call(headers=sent_headers(*fields)))
    forwarded = {name: request.headers.get_all(name) for name in ("X-Forwarded-For", "X-Forwarded-Port")}
    assert forwarded == {"X-Forwarded-For": [address], "X-Forwarded-Port": ["443"]}
    assert request.headers.get_all("X-Forwarded-Proto") == ["https"]


async def test_a_test_invocation_is_not_forwarded() -> None:
    """TestInvokeMethod, API Gateway API Reference: the request comes from the console, not over the network."""
    request = await proxied(rest_call(method_facts(stage_name="test-invoke-stage")))
    assert [name for name, _ in request.headers if name.startswith("X-Forwarded")] == []


@pytest.mark.parametrize(("configured", "sent", "method"), [("ANY", "PUT", "PUT"), ("POST", "GET", "POST")])
async def test_methods(configured: str, sent: str, method: str) -> None:
    """localstack, test_apigateway_http.py, test_http_integration_method, recorded of AWS."""
    assert (await proxied(rest_call(method=sent), http_method=configured)).method == method


async def test_mappings() -> None:
    """localstack, test_http_proxy_integration_request_data_mappings, recorded of AWS."""
    call = rest_call(
        method="POST",
        query="testQueryString=foo&testVar=bar",
        headers=sent_headers(("foobar", "mapped-value"), ("headerVar", "request-value")),
        path_parameters={"pathVariable": "foobar"},
        body=b'{"message": "hello world"}',
    )
    request = await proxied(
        call,
        ("integration.request.header.headerVar", "method.request.header.foobar"),
        ("integration.request.path.qsVar", "method.request.querystring.testVar"),
        ("integration.request.path.pathVar", "method.request.path.pathVariable"),
        ("integration.request.querystring.queryString", "method.request.querystring.testQueryString"),
        ("integration.request.querystring.testQs", "method.request.querystring.testQueryString"),
        ("integration.request.querystring.testEmptyQs", "method.request.header.emptyheader"),
        uri="https://example.com/?testVar={pathVar}&testQs={qsVar}",
    )
    assert request.target == ("/?testVar=foobar&testQs=bar&testQueryString=foo&testVar=bar&queryString=foo&testQs=foo")
    assert ("headerVar", "mapped-value") in request.headers
    assert request.headers.get_all("headervar") == ["mapped-value"]


async def test_greedy_paths() -> None:
    """localstack, test_http_integration_invoke_status_code_passthrough, recorded of AWS: `{map+}` in path and URI."""
    mapping = ("integration.request.path.map", "method.request.path.map")
    request = await proxied(rest_call(path_parameters={"map": "status/200"}), mapping, uri="https://example.com/{map}")
    assert request.target == "/status/200"


async def test_a_place_that_nothing_is_mapped_to() -> None:
    """Seen in an execution log: "Execution failed due to configuration error: Illegal character in path"."""
    with pytest.raises(RestError, match="Illegal character in path at index 20"):
        await proxied(rest_call(path_parameters={"id": "1"}), uri="https://example.com/{id}")


@pytest.mark.parametrize("name", ["Content-Length", "Transfer-Encoding", "x-amzn-trace-id"])
async def test_headers_that_no_mapping_may_set(name: str) -> None:
    """localstack, test_apigateway_header_remapping_http[HTTP_PROXY], recorded of AWS: 500."""
    with pytest.raises(RestError, match=f"{name} header already present"):
        await proxied(rest_call(), (f"integration.request.header.{name}", "'1'"))


async def test_mapped_headers_that_the_client_could_not_set() -> None:
    """localstack, test_apigateway_header_remapping_http[HTTP_PROXY], recorded of AWS."""
    names = ("Host", "Content-Encoding", "Content-MD5", "Max-Forwards", "Server", "Trailer", "WWW-Authenticate")
    dropped = ("Via", "TE", "Expect", "Proxy-Authenticate", "Connection")
    request = await proxied(rest_call(), *((f"integration.request.header.{name}", "'v'") for name in names + dropped))
    assert [name for name, value in request.headers if value == "v"] == list(names)


@pytest.mark.parametrize(
    ("binary", "handling", "content_type", "body", "sent"),
    [
        ((), None, "text/plain", b"text", b"text"),
        ((), None, "image/png", b"\xff", b"\xef\xbf\xbd"),
        (("image/png",), None, "image/png", b"\xff", b"\xff"),
        (("image/png",), "CONVERT_TO_TEXT", "image/png", b"\xff", b"/w=="),
        ((), "CONVERT_TO_BINARY", "text/plain", b"/w==", b"\xff"),
    ],
)
async def test_request_bodies(
    binary: tuple[str, ...], handling: str | None, content_type: str, body: bytes, sent: bytes
) -> None:
    """Content type conversions in API Gateway: request payloads."""
    client = FakeClient()
    call = rest_call(method="POST", headers=[("Content-Type", content_type)], body=body)
    await respond(client, call, binary=binary, content_handling=handling)
    assert client.bodies == [sent]


async def test_what_the_client_gets() -> None:
    """localstack, test_apigateway_header_remapping_http[HTTP_PROXY], recorded of AWS, and "important notes"."""
    received = Headers(
        [
            ("Access-Control-Allow-Origin", "*"),
            ("Connection", "keep-alive, X-Hop"),
            ("Content-Length", "5"),
            ("Content-Type", "text/plain"),
            ("Date", "d"),
            ("Server", "gunicorn"),
            ("Set-Cookie", "a=1"),
            ("Set-Cookie", "b=2"),
            ("Transfer-Encoding", "chunked"),
            ("Via", "v"),
            ("X-Hop", "1"),
            ("X-Amzn-Trace-Id", "t"),
            ("x-amzn-RequestId", "r"),
        ]
    )
    response = await respond(FakeClient(Response(400, received, b"hello")))
    assert (response.status, response.body) == (400, b"hello")
    assert list(response.headers) == [
        ("Access-Control-Allow-Origin", "*"),
        ("x-amzn-Remapped-Connection", "keep-alive, X-Hop"),
        ("x-amzn-Remapped-Content-Length", "5"),
        ("Content-Type", "text/plain"),
        ("x-amzn-Remapped-Date", "d"),
        ("x-amzn-Remapped-Server", "gunicorn"),
        ("Set-Cookie", "a=1"),
        ("Set-Cookie", "b=2"),
        ("X-Amzn-Trace-Id", "t"),
        ("x-amzn-Remapped-x-amzn-RequestId", "r"),
    ]


async def test_the_default_content_type() -> None:
    """Transform response data: "The default value is application/json"."""
    response = await respond(FakeClient(Response(200, Headers(), b"x")))
    assert list(response.headers) == [("Content-Type", "application/json")]


PACKED = gzip.compress(b"text", mtime=0)


@pytest.mark.parametrize(
    ("binary", "accept", "headers", "body", "returned"),
    [
        ((), None, [("Content-Type", "image/png")], b"\xff", b"\xef\xbf\xbd"),
        (("image/png",), "image/png", [("Content-Type", "image/png")], b"\xff", b"\xff"),
        (("image/png",), "text/html", [("Content-Type", "image/png")], b"\xff", b"/w=="),
        (("*/*",), None, [("Content-Type", "image/png")], b"\xff", b"\xff"),
        ((), None, [("Content-Type", "text/plain"), ("Content-Encoding", "gzip")], PACKED, PACKED),
    ],
)
async def test_response_bodies(
    binary: tuple[str, ...], accept: str | None, headers: Iterable[tuple[str, str]], body: bytes, returned: bytes
) -> None:
    """Content type conversions in API Gateway: response payloads."""
    call = rest_call(headers=[("Accept", accept)] if accept else [])
    response = await respond(FakeClient(Response(200, Headers(headers), body)), call, binary=binary)
    assert response.body == returned


@pytest.mark.parametrize(("endpoint_type", "idle_seconds"), [("REGIONAL", 300.0), ("PRIVATE", 300.0), ("EDGE", 30.0)])
async def test_streams(endpoint_type: str, idle_seconds: float) -> None:
    """Stream the integration response for your proxy integrations in API Gateway: as it comes, and binary as it is."""
    taken = []

    async def parts() -> AsyncIterator[bytes]:
        for part in (b"\xff", b"two"):
            taken.append(part)
            yield part

    client = FakeClient(Response(200, Headers([("Content-Type", "image/png"), ("Date", "d")]), parts()))
    response = await respond(client, response_transfer_mode="STREAM", timeout_ms=900_000, endpoint_type=endpoint_type)
    assert taken == [], "nothing is read before the client takes it"
    assert list(response.headers) == [("Content-Type", "image/png"), ("x-amzn-Remapped-Date", "d")]
    assert await read(response) == b"\xfftwo"
    assert (client.requests[0].body_idle_seconds, client.requests[0].deadline_seconds) == (idle_seconds, 900.0)


@pytest.mark.parametrize("mode", ["BUFFERED", "STREAM"])
async def test_only_streams_may_be_larger_than_10_mb(mode: str) -> None:
    """Stream the integration response for your proxy integrations in API Gateway: "exceed the 10 MB limit"."""

    async def parts() -> AsyncIterator[bytes]:
        for _ in range(11):
            yield b"x" * 1_048_576

    client = FakeClient(Response(200, Headers(), parts()))
    if mode == "STREAM":
        assert len(await read(await respond(client, response_transfer_mode=mode))) == 11 * 1_048_576
    else:
        with pytest.raises(RestError, match="larger than allowed maximum of 10485760 bytes"):
            await respond(client, response_transfer_mode=mode)
