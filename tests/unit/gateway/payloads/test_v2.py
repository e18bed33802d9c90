"""Events and results of payload format 2.0: "Create AWS Lambda proxy integrations for HTTP APIs in API Gateway"."""

import base64
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatewright.base.ids import Ids
from gatewright.base.messages import Headers, Request
from gatewright.gateway.payloads.result import MalformedResult
from gatewright.gateway.payloads.v2 import parse_result
from tests.unit.gateway.fakes import ACCOUNT, API_ID, RECEIVED_AT, Gateway, counting_entropy, request, stage

HOST = f"{API_ID}.execute-api.localhost"


async def event_of(
    sent: Request, route_key: str = "ANY /{proxy+}", *, name: str = "$default", **parts: Any
) -> dict[str, Any]:
    gateway = Gateway({"statusCode": 200}).serve(stage(route_key, name=name, **parts))
    response = await gateway.send(sent)
    assert response.status == 200
    return gateway.invoker.events[0]


WHOLE_EVENT = {
    "version": "2.0",
    "routeKey": "$default",
    "rawPath": "/my/path",
    "rawQueryString": "parameter1=value1&parameter1=value2&parameter2=value",
    "cookies": ["cookie1", "cookie2"],
    "headers": {
        "content-length": "17",
        "content-type": "text/plain",
        "header1": "value1",
        "header2": "value1,value2",
        "host": f"{HOST}:4566",
        "user-agent": "agent",
        "x-amzn-trace-id": "Root=1-5e6722a7-cc56xmpl46db7ae02d4da47e",
        "x-forwarded-for": "192.0.2.1",
        "x-forwarded-port": "4566",
        "x-forwarded-proto": "http",
    },
    "queryStringParameters": {"parameter1": "value1,value2", "parameter2": "value"},
    "requestContext": {
        "accountId": ACCOUNT,
        "apiId": API_ID,
        "domainName": HOST,
        "domainPrefix": API_ID,
        "http": {
            "method": "POST",
            "path": "/my/path",
            "protocol": "HTTP/1.1",
            "sourceIp": "192.0.2.1",
            "userAgent": "agent",
        },
        "requestId": Ids(counting_entropy()).extended_request_id(),
        "routeKey": "$default",
        "stage": "$default",
        "time": "12/Mar/2020:19:03:58 +0000",
        "timeEpoch": int(RECEIVED_AT * 1000),
    },
    "body": "Hello from Lambda",
    "isBase64Encoded": False,
    "stageVariables": {"stageVariable1": "value1", "stageVariable2": "value2"},
}


async def test_a_whole_event() -> None:
    """The example of the page, sent as a request."""
    sent = request(
        "POST",
        "/my/path?parameter1=value1&parameter1=value2&parameter2=value",
        ("Header1", "value1"),
        ("Header2", "value1"),
        ("header2", "value2"),
        ("Cookie", "cookie1; cookie2"),
        ("User-Agent", "agent"),
        ("Content-Type", "text/plain"),
        ("X-Amzn-Trace-Id", "Root=1-5e6722a7-cc56xmpl46db7ae02d4da47e"),
        body=b"Hello from Lambda",
    )
    event = await event_of(sent, "$default", variables={"stageVariable1": "value1", "stageVariable2": "value2"})
    assert event == WHOLE_EVENT
    assert list(event) == list(WHOLE_EVENT), "in the order of the page"


async def test_what_has_nothing_to_say_is_absent() -> None:
    event = await event_of(request("GET", "/"), "GET /")
    assert set(event) == {
        "version",
        "routeKey",
        "rawPath",
        "rawQueryString",
        "headers",
        "requestContext",
        "isBase64Encoded",
    }
    assert event["rawQueryString"] == ""
    assert event["requestContext"]["http"]["userAgent"] == ""
    assert event["headers"]["content-length"] == "0"


# (path, stage, raw path in the event, path parameter)
PATHS = [
    ("/pets/6", "$default", "/pets/6", "pets/6"),
    ("/prod/pets/6", "prod", "/prod/pets/6", "pets/6"),
    ("/prod/a//b/", "prod", "/prod/a//b/", "a//b/"),
    # The path is decoded, in spite of the member's name (github.com/honojs/hono/issues/2156 and others).
    ("/RSC/%40id%2Fassets%2Frsf0.js%23save.txt", "$default", "/RSC/@id/assets/rsf0.js#save.txt", None),
    ("/a%20b", "$default", "/a b", "a b"),
    ("/%E4%BD%A0", "$default", "/你", "你"),
    ("/%ff", "$default", "/\ufffd", "\ufffd"),
    ("/%zz%", "$default", "/%zz%", "%zz%"),
    # Octets beyond ASCII, as `wire` hands them on.
    ("/\xc3\xa9", "$default", "/é", "é"),
    ("/\xff", "$default", "/\ufffd", "\ufffd"),
]


@pytest.mark.parametrize(("path", "name", "raw_path", "proxy"), PATHS)
async def test_paths(path: str, name: str, raw_path: str, proxy: str | None) -> None:
    event = await event_of(request("GET", path), name=name)
    assert event["rawPath"] == raw_path
    assert event["requestContext"]["http"]["path"] == raw_path
    assert event["requestContext"]["stage"] == name
    if proxy is not None:
        assert event["pathParameters"] == {"proxy": proxy}


QUERIES = [
    ("a=1&b=2", {"a": "1", "b": "2"}),
    ("a=1&a=2&b=3&a=", {"a": "1,2,", "b": "3"}),
    ("a", {"a": ""}),
    ("a=", {"a": ""}),
    ("=a", {"": "a"}),
    ("a=b=c", {"a": "b=c"}),
    ("&&a=1&", {"a": "1"}),
    ("a%20b=c+d%2Be", {"a b": "c d+e"}),
    ("scope=openid%20profile", {"scope": "openid profile"}),
    ("a=%zz%", {"a": "%zz%"}),
    ("a=%ff", {"a": "\ufffd"}),
    ("a=1;b=2", {"a": "1;b=2"}),
    ("A=1&a=2", {"A": "1", "a": "2"}),
]


@pytest.mark.parametrize(("query", "parameters"), QUERIES)
async def test_queries(query: str, parameters: dict[str, str]) -> None:
    event = await event_of(request("GET", f"/x?{query}"))
    assert event["rawQueryString"] == query, "as the client sent it"
    assert event["queryStringParameters"] == parameters


async def test_a_query_of_raw_octets() -> None:
    event = await event_of(request("GET", "/x?a=\xc3\xa9&b=\xff"))
    assert event["queryStringParameters"] == {"a": "é", "b": "\ufffd"}


async def test_headers_that_end_at_the_hop_are_not_passed_on() -> None:
    sent = request(
        "GET",
        "/x",
        ("Early", "1"),
        ("Connection", "keep-alive, Early, late"),
        ("Late", "1"),
        ("Keep-Alive", "timeout=5"),
        ("TE", "trailers"),
        ("Upgrade", "h2c"),
        ("Transfer-Encoding", "chunked"),
        ("Proxy-Authorization", "Basic x"),
        ("X-Forwarded-For", "203.0.113.9"),
        ("Kept", ""),
    )
    headers = (await event_of(sent))["headers"]
    assert set(headers) == {
        "host",
        "kept",
        "content-length",
        "x-amzn-trace-id",
        "x-forwarded-for",
        "x-forwarded-port",
        "x-forwarded-proto",
    }
    assert headers["x-forwarded-for"] == "203.0.113.9, 192.0.2.1"


@pytest.mark.parametrize(
    ("fields", "address"),
    [
        (
            [("X-Forwarded-For", "203.0.113.7"), ("X-Forwarded-For", "203.0.113.8")],
            "203.0.113.7,203.0.113.8, 192.0.2.1",
        ),
        ([("X-Forwarded-For", "203.0.113.7, 203.0.113.8")], "203.0.113.7, 203.0.113.8, 192.0.2.1"),
        ([("X-Forwarded-For", "")], "192.0.2.1"),
        ([("X-Forwarded-For", "203.0.113.7"), ("Connection", "X-Forwarded-For")], "192.0.2.1"),
    ],
)
async def test_forwarded_addresses(fields: list[tuple[str, str]], address: str) -> None:
    """The client's own address is the last; "Duplicate headers are combined with commas"."""
    assert (await event_of(request("GET", "/x", *fields)))["headers"]["x-forwarded-for"] == address


@pytest.mark.parametrize(
    ("host", "scheme", "port"),
    [
        ("a.example.com", "http", "80"),
        ("a.example.com", "https", "443"),
        ("a:8443", "https", "8443"),
        ("", "http", "80"),
    ],
)
async def test_the_forwarded_port(host: str, scheme: str, port: str) -> None:
    sent = request("GET", "/x", scheme=scheme)
    sent.headers.replace("Host", host)
    headers = (await event_of(sent))["headers"]
    assert (headers["x-forwarded-port"], headers["x-forwarded-proto"]) == (port, scheme)


async def test_a_trace_header_is_made_where_none_came() -> None:
    for sent, begin in (
        ("Root=1-a;Sampled=1", "Root=1-a;Sampled=1"),
        ("nonsense", "Root=1-5e6a"),
        (None, "Root=1-5e6a"),
    ):
        headers = [("X-Amzn-Trace-Id", sent)] if sent else []
        gateway = Gateway({"statusCode": 200}).serve(stage("$default"))
        await gateway.get("/", *headers)
        trace = gateway.invoker.events[0]["headers"]["x-amzn-trace-id"]
        assert trace.startswith(begin)
        assert gateway.invoker.trace_headers == [trace]


async def test_several_cookie_lines() -> None:
    event = await event_of(request("GET", "/x", ("Cookie", "a=1; b=2"), ("cookie", "c=3;"), ("Cookie", "")))
    assert event["cookies"] == ["a=1", "b=2", "c=3"]
    assert "cookie" not in event["headers"]


# Measured on HTTP APIs (github.com/ministackorg/ministack/pull/766): text for these, base64 for all else.
CONTENT_TYPES = [
    ("text/plain", True),
    ("text/html; charset=utf-8", True),
    ("TEXT/CSV", True),
    ("application/json", True),
    ("application/json;charset=UTF-8", True),
    ("Application/JSON ; x=y", True),
    ("application/xml", True),
    ("application/javascript", True),
    ("application/x-www-form-urlencoded", False),
    ("multipart/form-data; boundary=x", False),
    ("application/octet-stream", False),
    ("application/vnd.api+json", False),
    ("image/svg+xml", False),
    ("", False),
    (None, False),
]


@pytest.mark.parametrize(("content_type", "is_text"), CONTENT_TYPES)
async def test_bodies(content_type: str | None, is_text: bool) -> None:
    headers = [] if content_type is None else [("Content-Type", content_type)]
    body = '{"naïve":1}'.encode()
    event = await event_of(request("POST", "/x", *headers, body=body))
    assert event["isBase64Encoded"] is not is_text
    assert event["body"] == (body.decode() if is_text else base64.b64encode(body).decode())


async def test_a_text_body_that_is_no_utf_8_is_base64() -> None:
    event = await event_of(request("POST", "/x", ("Content-Type", "text/plain"), body=b"\xff\x00"))
    assert (event["body"], event["isBase64Encoded"]) == ("/wA=", True)


@given(
    path=st.text(alphabet=st.characters(min_codepoint=0x21, max_codepoint=0xFF), max_size=40),
    value=st.text(alphabet=st.characters(min_codepoint=0x20, max_codepoint=0xFF), max_size=40),
    body=st.binary(max_size=40),
)
async def test_any_request_makes_an_event(path: str, value: str, body: bytes) -> None:
    gateway = Gateway({"statusCode": 200}).serve(stage("$default"))
    sent = Request("POST", "/" + path, path, Headers([("Host", value), ("X-Any", value), ("Cookie", value)]))
    sent.body = request("POST", "/", body=body).body
    response = await gateway.send(sent)
    assert response.status == 200
    assert len(gateway.invoker.events) == 1


def body_of(result: Any) -> tuple[int, list[tuple[str, str]], bytes]:
    response = parse_result(result if isinstance(result, bytes) else json.dumps(result).encode())
    assert isinstance(response.body, bytes)
    return response.status, list(response.headers), response.body


JSON_TYPE = [("Content-Type", "application/json")]
TEXT_TYPE = [("Content-Type", "text/plain;charset=UTF-8")]

# "If your Lambda function returns valid JSON and doesn't return a statusCode, API Gateway assumes …"; the first two are
# the page's examples.
INFERRED: list[tuple[Any, bytes]] = [
    ("Hello from Lambda!", b"Hello from Lambda!"),
    ({"message": "Hello from Lambda!"}, b'{"message": "Hello from Lambda!"}'),
    (b'{ "message": "Hello from Lambda!" }', b'{ "message": "Hello from Lambda!" }'),
    ([1, 2], b"[1, 2]"),
    (7, b"7"),
    (None, b"null"),
    (True, b"true"),
    ("", b""),
    ("naïve", "naïve".encode()),
    ({"body": "x", "headers": {"a": "b"}}, b'{"body": "x", "headers": {"a": "b"}}'),
    ({"statusCode": None, "body": "x"}, b'{"statusCode": null, "body": "x"}'),
]


@pytest.mark.parametrize(("result", "body"), INFERRED)
def test_inferred_responses(result: Any, body: bytes) -> None:
    assert body_of(result) == (200, JSON_TYPE, body)


def test_cookies_become_set_cookie() -> None:
    status, headers, body = body_of({"statusCode": 201, "cookies": ["a=1; Secure", "b=2"], "body": "x"})
    assert (status, body) == (201, b"x")
    assert headers == [("Set-Cookie", "a=1; Secure"), ("Set-Cookie", "b=2"), *TEXT_TYPE]


def test_multi_value_headers_are_not_of_this_format() -> None:
    result = {"statusCode": 200, "multiValueHeaders": {"X": ["1", "2"]}}
    assert body_of(result) == (200, TEXT_TYPE, b"")


@pytest.mark.parametrize(
    "result",
    [
        b"",
        b"{",
        b"undefined",
        {"statusCode": 200, "cookies": "a=1"},
        {"statusCode": 200, "cookies": [{}]},
        {"statusCode": 200, "cookies": ["a\r\nb: c"]},
    ],
)
def test_malformed_results(result: Any) -> None:
    with pytest.raises(MalformedResult):
        body_of(result)
