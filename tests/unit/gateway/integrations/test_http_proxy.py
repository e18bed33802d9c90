"""`HTTP_PROXY` integrations: "Create HTTP proxy integrations for HTTP APIs"."""

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest

from gatewright.base.errors import BodyTooLarge
from gatewright.base.messages import Headers, Request, Response
from gatewright.wire.client_errors import ConnectFailed, RequestInvalid, ResponseBroken, ResponseTimeout, TlsFailed
from gatewright.wire.client_request import Origin, UpstreamRequest, encode_head
from tests.unit.gateway.fakes import API_ID, Gateway, http_proxy, read, request, stage


async def proxied(
    sent: Request,
    route_key: str,
    uri: str,
    *,
    name: str = "$default",
    variables: dict[str, str] | None = None,
    **changes: Any,
) -> UpstreamRequest:
    gateway = Gateway()
    gateway.serve(stage(route_key, name=name, target=http_proxy(uri, **changes), variables=variables))
    response = await gateway.send(sent)
    assert response.status == 200, response.body
    encode_head(gateway.client.requests[0])
    return gateway.client.requests[0]


EXAMPLE = Origin("https", "example.com", 443)

# (route key, integration URI, request, target at the origin)
TARGETS = [
    # The page's examples.
    ("GET /pets/{petID}", "https://example.com/pets/extentendedpath/{petID}", "/pets/6", "/pets/extentendedpath/6"),
    ("ANY /parent/{proxy+}", "https://example.com/petstore/{proxy+}", "/parent/a/b", "/petstore/a/b"),
    ("ANY /parent/{proxy+}", "https://example.com/petstore/{proxy}", "/parent/a/b/", "/petstore/a/b/"),
    # "When the $default route receives a request, API Gateway sends the full request path to the integration."
    ("$default", "https://example.com", "/store/checkout", "/store/checkout"),
    ("$default", "https://example.com/", "/store/checkout", "/store/checkout"),
    ("$default", "https://example.com/base", "/", "/base/"),
    # A route without variables goes to the URI as it is.
    ("GET /x", "https://example.com", "/x", "/"),
    ("GET /x", "https://example.com/fixed/path", "/x", "/fixed/path"),
    # "By default, API Gateway sends query string parameters to your backend integration."
    ("GET /pets", "https://example.com/pets", "/pets?id=4&type=dog", "/pets?id=4&type=dog"),
    ("GET /pets", "https://example.com/pets?key=1", "/pets?id=4", "/pets?key=1&id=4"),
    ("GET /pets", "https://example.com/pets?key=1", "/pets", "/pets?key=1"),
    ("GET /pets", "https://example.com?key=1", "/pets?x", "/?key=1&x"),
    ("GET /{a}/{b}", "https://example.com/q?first={a}", "/x%26y/z", "/q?first=x%26y"),
    # Variables are decoded on the way in and encoded again on the way out.
    ("GET /{a}", "https://example.com/{a}", "/a%20b", "/a%20b"),
    ("GET /{a}", "https://example.com/{a}", "/%E4%BD%A0", "/%E4%BD%A0"),
    ("GET /{a}", "https://example.com/{a}", "/a%3Fb%23c", "/a%3Fb%23c"),
    ("GET /{a}", "https://example.com/{a}", "/a%0D%0Ab:%20c", "/a%0D%0Ab:%20c"),
    ("GET /{a}", "https://example.com/x/{unknown}/y", "/a", "/x//y"),
    ("GET /x", "https://example.com/a#fragment", "/x", "/a"),
    ("GET /x", "https://example.com/a b?c d", "/x", "/a%20b?c%20d"),
    ("GET /x", "https://example.com/%41\r\nb: c", "/x", "/%41%0D%0Ab:%20c"),
    ("GET /x", "https://example.com/a", "/x?a=\xc3\xa9", "/a?a=%C3%A9"),
]


@pytest.mark.parametrize(("route_key", "uri", "path", "target"), TARGETS)
async def test_targets(route_key: str, uri: str, path: str, target: str) -> None:
    upstream = await proxied(request("GET", path), route_key, uri)
    assert (upstream.origin, upstream.target) == (EXAMPLE, target)


async def test_a_stage_is_no_part_of_the_target() -> None:
    upstream = await proxied(request("GET", "/prod/x"), "$default", "https://example.com", name="prod")
    assert upstream.target == "/x"


@pytest.mark.parametrize("path", ["/a/..", "/a/../b", "/%2E%2E", "/a/%2e%2E/b", "/.", "/a/."])
async def test_a_client_cannot_climb_out_of_the_path(path: str) -> None:
    gateway = Gateway().serve(stage("ANY /{proxy+}", target=http_proxy("https://example.com/base/{proxy}")))
    response = await gateway.get(path)
    assert (response.status, response.body) == (400, b'{"message":"Bad Request"}')
    assert gateway.client.requests == []


@pytest.mark.parametrize(("configured", "sent", "method"), [("ANY", "PUT", "PUT"), ("POST", "GET", "POST")])
async def test_methods(configured: str, sent: str, method: str) -> None:
    target = replace(http_proxy("https://example.com"), integration_method=configured)
    gateway = Gateway().serve(stage("ANY /x", target=target))
    await gateway.send(request(sent, "/x"))
    assert gateway.client.requests[0].method == method


async def test_stage_variables_and_ports() -> None:
    upstream = await proxied(
        request("GET", "/x"),
        "GET /x",
        "http://${stageVariables.host}:${stageVariables.port}/${stageVariables.path}",
        variables={"host": "LOCALHOST", "port": "9000", "path": "a/b"},
    )
    assert (upstream.origin, upstream.target) == (Origin("http", "localhost", 9000), "/a/b")


async def test_the_name_that_the_certificate_must_carry() -> None:
    upstream = await proxied(request("GET", "/x"), "GET /x", "https://10.0.0.1", server_name_to_verify="example.com")
    assert upstream.origin == Origin("https", "10.0.0.1", 443, "example.com")


@pytest.mark.parametrize(
    "uri", ["ftp://example.com", "example.com", "https://{proxy}/x", "https://", "https://a b/", "${stageVariables.x}"]
)
async def test_uris_that_are_none(uri: str, caplog: pytest.LogCaptureFixture) -> None:
    gateway = Gateway().serve(stage("ANY /{proxy+}", target=http_proxy(uri)))
    assert (await gateway.get("/x")).status == 500
    assert "integration int1: " in caplog.text


async def test_headers_on_the_way_to_the_origin() -> None:
    sent = request(
        "GET",
        "/x",
        ("Accept", "a/b"),
        ("ACCEPT", "c/d"),
        ("Connection", "X-Hop, close"),
        ("X-Hop", "1"),
        ("TE", "trailers"),
        ("Upgrade", "h2c"),
        ("Proxy-Authorization", "Basic x"),
        ("Expect", "100-continue"),
        ("Cookie", "a=1"),
        ("Authorization", "Bearer t"),
        ("X-Amzn-Trace-Id", "Root=1-a"),
    )
    upstream = await proxied(sent, "GET /x", "https://example.com")
    assert list(upstream.headers) == [
        ("Accept", "a/b"),
        ("ACCEPT", "c/d"),
        ("Cookie", "a=1"),
        ("Authorization", "Bearer t"),
        ("forwarded", f'for=192.0.2.1;host="{API_ID}.execute-api.localhost:4566";proto=http'),
        ("via", "HTTP/1.1 AmazonAPIGateway"),
        ("X-Amzn-Trace-Id", "Root=1-a"),
    ]
    assert upstream.response_seconds == 30.0


# Host may be mapped: it is not among the reserved headers of "Transform API requests and responses for HTTP APIs".
@pytest.mark.parametrize(
    ("key", "value", "hosts"),
    [
        ("overwrite:header.Host", "other.example", ["other.example"]),
        ("append:header.host", "other.example", ["other.example"]),
        ("remove:header.host", "''", []),
        ("overwrite:header.x-host", "other.example", []),
    ],
)
async def test_a_mapped_host(key: str, value: str, hosts: list[str]) -> None:
    upstream = await proxied(request("GET", "/x"), "GET /x", "https://example.com", request_parameters=((key, value),))
    assert upstream.headers.get_all("Host") == hosts
    assert f"{API_ID}.execute-api.localhost" in (upstream.headers.get("Forwarded") or "")


async def test_forwarded_and_via_are_continued() -> None:
    sent = request("GET", "/x", ("Forwarded", "for=a"), ("Via", "1.1 b"), peer_address="2001:db8::1", scheme="https")
    sent.headers.replace("Host", "api.example.com")
    headers = (await proxied(sent, "GET /x", "https://example.com")).headers
    assert headers.get("Forwarded") == 'for=a, for="[2001:db8::1]";host=api.example.com;proto=https'
    assert headers.get("Via") == "1.1 b, HTTP/1.1 AmazonAPIGateway"


async def test_an_origin_gets_no_x_forwarded_for_but_the_clients_own() -> None:
    """aliasunder/vault-cortex pull request 484, captured of AWS: the client's address is in Forwarded alone."""
    lines = (("X-Forwarded-For", "203.0.113.7"), ("X-Forwarded-For", "203.0.113.8"))
    headers = (await proxied(request("GET", "/x", *lines), "GET /x", "https://example.com")).headers
    assert headers.get_all("X-Forwarded-For") == ["203.0.113.7", "203.0.113.8"]
    assert (headers.get("Forwarded") or "").startswith("for=192.0.2.1;")
    assert headers.get_all("X-Forwarded-Proto") == []


async def test_a_host_cannot_break_out_of_its_quotes() -> None:
    sent = request("GET", "/x")
    sent.headers.replace("Host", 'a"\\;b')
    forwarded = (await proxied(sent, "GET /x", "https://example.com")).headers.get("Forwarded")
    assert forwarded == 'for=192.0.2.1;host="a\\"\\\\;b";proto=http'


BODIES: list[tuple[list[tuple[str, str]], bytes, str | None]] = [
    ([("Content-Length", "5")], b"hello", "5"),
    ([("Transfer-Encoding", "chunked")], b"hello", None),
    ([("Content-Length", "0")], b"", None),
    ([], b"", None),
]


@pytest.mark.parametrize(("headers", "body", "length"), BODIES)
async def test_bodies(headers: list[tuple[str, str]], body: bytes, length: str | None) -> None:
    gateway = Gateway().serve(stage("POST /x", target=http_proxy("https://example.com")))
    await gateway.send(request("POST", "/x", *headers, body=body))
    assert gateway.client.bodies == [body]
    upstream = gateway.client.requests[0]
    assert upstream.headers.get("Content-Length") == length
    assert isinstance(upstream.body, bytes) is (body == b"")


async def test_the_response_comes_through_as_it_arrives() -> None:
    taken = []

    async def parts() -> AsyncIterator[bytes]:
        for part in (b"one", b"two"):
            taken.append(part)
            yield part

    gateway = Gateway()
    headers = Headers(
        [
            ("Content-Type", "text/event-stream"),
            ("Set-Cookie", "a=1"),
            ("set-cookie", "b=2"),
            ("Connection", "keep-alive, X-Hop"),
            ("X-Hop", "1"),
            ("Transfer-Encoding", "chunked"),
            ("Server", "theirs"),
        ]
    )
    gateway.client.answer = Response(206, headers, parts())
    gateway.serve(stage("GET /x", target=http_proxy("https://example.com")))
    response = await gateway.get("/x")
    assert taken == [], "nothing is read before the client takes it"
    assert response.status == 206
    assert list(response.headers)[:-1] == [
        ("Content-Type", "text/event-stream"),
        ("Set-Cookie", "a=1"),
        ("set-cookie", "b=2"),
        ("Server", "theirs"),
    ]
    assert await read(response) == b"onetwo"


ERRORS: list[tuple[Exception, int, bytes]] = [
    (ConnectFailed("refused"), 503, b'{"message":"Service Unavailable"}'),
    (TlsFailed("certificate"), 503, b'{"message":"Service Unavailable"}'),
    (ResponseTimeout("silent"), 503, b'{"message":"Service Unavailable"}'),
    (ResponseBroken("cut off"), 503, b'{"message":"Service Unavailable"}'),
    (RequestInvalid("malformed"), 400, b'{"message":"Bad Request"}'),
    (BodyTooLarge("too large"), 413, b'{"message":"Request Entity Too Large"}'),
]


@pytest.mark.parametrize(("error", "status", "body"), ERRORS)
async def test_errors(error: Exception, status: int, body: bytes, caplog: pytest.LogCaptureFixture) -> None:
    gateway = Gateway().serve(stage("GET /x", target=http_proxy("https://example.com")))
    gateway.client.answer = error
    response = await gateway.get("/x")
    assert (response.status, response.body) == (status, body)
    assert str(error) in caplog.text
