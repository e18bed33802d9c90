"""Events and results of function URLs ("Invoking Lambda function URLs"), and what recordings of AWS show beyond it."""

import json
from typing import Any

import pytest

from gatewright.gateway.function_urls.callers import UrlCaller
from gatewright.gateway.payloads.function_url import FunctionUrlEvent, parse_result, parse_streamed
from gatewright.gateway.payloads.result import MalformedResult
from gatewright.languages.times import ClfClock
from tests.unit.gateway.fakes import read, request

URL_ID = "0123456789abcdefghijklmnopqrstuv"
HOST = f"{URL_ID}.lambda-url.us-east-2.localhost"


def event(
    method: str, target: str, *headers: tuple[str, str], body: bytes = b"", caller: UrlCaller | None = None
) -> Any:
    sent = request(method, target, *headers, body=body)
    sent.headers.replace("Host", f"{HOST}:4566")
    encoded = FunctionUrlEvent(URL_ID, ClfClock()).encode(sent, sent.path, HOST, body, "an-id", "Root=1-2-3", caller)
    return json.loads(encoded)


def test_forwarded_addresses() -> None:
    lines = (("X-Forwarded-For", "203.0.113.7"), ("x-forwarded-for", "203.0.113.8"))
    assert event("GET", "/", *lines)["headers"]["x-forwarded-for"] == "203.0.113.7,203.0.113.8, 192.0.2.1"


def test_a_whole_event() -> None:
    found = event(
        *("POST", "/my/p%20ath?a=1&a=2&b=x%20y"),
        *(("X-One", "1"), ("x-one", "2"), ("Cookie", "c1=1; c2=2"), ("Content-Type", "application/json")),
        *(("Content-Length", "9"), ("User-Agent", "agent"), ("Connection", "keep-alive")),
        body=b'{"a": 1}\n',
    )
    assert found == {
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": "/my/p%20ath",
        "rawQueryString": "a=1&a=2&b=x%20y",
        "cookies": ["c1=1", "c2=2"],
        "headers": {
            "host": f"{HOST}:4566",
            "x-one": "1,2",
            "content-type": "application/json",
            "content-length": "9",
            "user-agent": "agent",
            "x-amzn-trace-id": "Root=1-2-3",
            "x-forwarded-for": "192.0.2.1",
            "x-forwarded-port": "4566",
            "x-forwarded-proto": "http",
        },
        "queryStringParameters": {"a": "1,2", "b": "x y"},
        "requestContext": {
            "accountId": "anonymous",
            "apiId": URL_ID,
            "domainName": HOST,
            "domainPrefix": URL_ID,
            "http": {
                "method": "POST",
                "path": "/my/p%20ath",
                "protocol": "HTTP/1.1",
                "sourceIp": "192.0.2.1",
                "userAgent": "agent",
            },
            "requestId": "an-id",
            "routeKey": "$default",
            "stage": "$default",
            "time": "12/Mar/2020:19:03:58 +0000",
            "timeEpoch": 1584039838390,
        },
        "body": '{"a": 1}\n',
        "isBase64Encoded": False,
    }


def test_members_that_have_nothing_to_say_are_absent() -> None:
    found = event("GET", "/")
    assert set(found) == {
        *("version", "routeKey", "rawPath", "rawQueryString", "headers", "requestContext", "isBase64Encoded")
    }
    assert "content-length" not in found["headers"], "a GET request without a body sends none"


def test_a_signed_request_names_its_caller() -> None:
    caller = UrlCaller("AKIDEXAMPLE", "123456789012", "arn:aws:iam::123456789012:root", "123456789012")
    context = event("GET", "/", caller=caller)["requestContext"]
    assert context["accountId"] == "123456789012"
    assert context["authorizer"] == {
        "iam": {
            "accessKey": "AKIDEXAMPLE",
            "accountId": "123456789012",
            "callerId": "123456789012",
            "cognitoIdentity": None,
            "principalOrgId": None,
            "userArn": "arn:aws:iam::123456789012:root",
            "userId": "123456789012",
        }
    }


@pytest.mark.parametrize(
    ("content_type", "body", "text", "is_base64"),
    [
        ("text/plain", b"text", "text", False),
        ("application/json; charset=utf-8", b"{}", "{}", False),
        ("multipart/form-data; boundary=x", b"text", "dGV4dA==", True),
        ("application/x-www-form-urlencoded", b"a=1", "YT0x", True),
        ("image/png", b"\x89PNG", "iVBORw==", True),
        (None, b"text", "dGV4dA==", True),
        ("text/plain", b"\xff", "/w==", True),
    ],
)
def test_bodies(content_type: str | None, body: bytes, text: str, is_base64: bool) -> None:
    headers = [("Content-Type", content_type)] if content_type else []
    found = event("POST", "/", *headers, body=body)
    assert (found["body"], found["isBase64Encoded"]) == (text, is_base64)


@pytest.mark.parametrize("number", [b"", b"123456789012345678901234567890"])
def test_what_can_be_read_but_not_written_stays_as_it_is(number: bytes) -> None:
    """Nested deeply; a long number has it written by another library."""
    payload = b"[" * 900 + number + b"]" * 900
    response = parse_result(payload)
    assert (response.status, response.body) == (200, payload)


# The first eight are recorded of AWS (localstack, test_lambda_url_invocation).
@pytest.mark.parametrize(
    ("result", "status", "content_type", "body"),
    [
        # Written anew, without the runtime's spaces (localstack recorded it of AWS in test_lambda_url_invocation).
        ({"hello": "world"}, 200, "application/json", b'{"hello":"world"}'),
        ({"statusCode": 200, "body": "body123"}, 200, "application/json", b"body123"),
        ({"statusCode": 200, "body": '{"hello": "world"}'}, 200, "application/json", b'{"hello": "world"}'),
        (["hello", 3, True], 200, "application/json", b'["hello",3,true]'),
        ({"a": [1 << 70, "é", 0.5]}, 200, "application/json", '{"a":[1180591620717411303424,"é",0.5]}'.encode()),
        ("hello", 200, "application/json", b"hello"),
        (3, 200, "application/json", b"3"),
        (3.1, 200, "application/json", b"3.1"),
        (True, 200, "application/json", b"true"),
        (None, 200, "application/json", b"null"),
        ({"statusCode": "418", "body": "i'm a teapot"}, 418, "application/json", b"i'm a teapot"),
        ({"statusCode": 201, "headers": {"content-type": "text/html"}, "body": "<p>"}, 201, "text/html", b"<p>"),
        ({"statusCode": 200, "body": "iVBORw==", "isBase64Encoded": True}, 200, "application/json", b"\x89PNG"),
        ({"statusCode": 204}, 204, None, b""),
    ],
)
async def test_results(result: Any, status: int, content_type: str | None, body: bytes) -> None:
    response = parse_result(json.dumps(result).encode())
    assert response.status == status
    assert response.headers.get("content-type") == content_type
    assert await read(response) == body


def test_cookies_become_fields_of_their_own() -> None:
    response = parse_result(b'{"statusCode": 200, "cookies": ["a=1; Secure", "b=2"]}')
    assert response.headers.get_all("set-cookie") == ["a=1; Secure", "b=2"]


@pytest.mark.parametrize(
    "payload",
    [
        *(b"", b"{", b"hello", b'{"statusCode": "x"}', b'{"statusCode": 99}', b'{"statusCode": 200, "headers": []}'),
        *(b'{"statusCode": 200, "headers": {"a": "b\\nc"}}', b'{"statusCode": 200, "body": {"a": 1}}'),
    ],
)
def test_malformed_results(payload: bytes) -> None:
    with pytest.raises(MalformedResult):
        parse_result(payload)


class TestStreamed:
    """What a streaming function wrote, collected for a URL of mode BUFFERED (recorded in September 2026)."""

    def test_octets_are_passed_on(self) -> None:
        response = parse_streamed(b"A\0\xff\n{}")
        assert (response.status, response.body) == (200, b"A\0\xff\n{}")
        assert response.headers.get("Content-Type") == "application/octet-stream"

    def test_a_prelude_is_all_that_is_passed_on(self) -> None:
        prelude = b'{"statusCode":206,"headers":{"Content-Type":"text/x"},"cookies":["a=1"]}'
        response = parse_streamed(prelude + bytes(8) + b"body")
        assert (response.status, response.body) == (206, b"")
        assert response.headers.get("Content-Type") == "text/x"
        assert response.headers.get_all("Set-Cookie") == ["a=1"]

    def test_json_is_a_result(self) -> None:
        assert parse_streamed(b'{"statusCode":201,"body":"x"}').status == 201

    def test_a_prelude_that_is_none(self) -> None:
        with pytest.raises(MalformedResult):
            parse_streamed(b'{"statusCode":1}' + bytes(8))
