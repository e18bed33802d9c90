"""Results of functions: "Output format of a Lambda function for proxy integration".

What the page leaves open was recorded of AWS: localstack, test_aws_proxy_response_payload_format_validation and
test_lambda_aws_proxy_response_format; aws/aws-lambda-dotnet, ApiGatewayResponseTestCases.
"""

import base64
from typing import Any

import orjson
import pytest

from gatewright.gateway.rest_apis.binary_media import BinaryMediaTypes
from gatewright.gateway.rest_apis.errors import RestError
from gatewright.gateway.rest_apis.proxy_result import MalformedProxyResponse, parse_proxy_result

NONE = BinaryMediaTypes(())
DEFAULT = ("Content-Type", "application/json")


def parsed(result: Any, types: BinaryMediaTypes = NONE, accept: str | None = None) -> tuple[int, list[Any], Any]:
    response = parse_proxy_result(orjson.dumps(result), types, lambda _: accept)
    return response.status, list(response.headers), response.body


@pytest.mark.parametrize(
    ("result", "expected"),
    [
        ({"statusCode": 200, "body": "results"}, (200, [DEFAULT], b"results")),
        ({"statusCode": 200}, (200, [DEFAULT], b"")),
        ({}, (200, [DEFAULT], b"")),
        ({"headers": {"test-header": "value"}}, (200, [("test-header", "value"), DEFAULT], b"")),
        ({"statusCode": 200, "headers": None}, (200, [DEFAULT], b"")),
        ({"statusCode": None, "headers": None, "multiValueHeaders": None, "body": None}, (200, [DEFAULT], b"")),
        ({"statusCode": "201"}, (201, [DEFAULT], b"")),
        ({"statusCode": 201.0}, (201, [DEFAULT], b"")),
        ({"statusCode": 200, "body": "naïve"}, (200, [DEFAULT], "naïve".encode())),
        ({"statusCode": 200, "body": 12}, (200, [DEFAULT], b"12")),
        ({"statusCode": 204, "body": "x"}, (204, [DEFAULT], b"")),
    ],
)
def test_results(result: Any, expected: Any) -> None:
    assert parsed(result) == expected


@pytest.mark.parametrize(
    "result",
    [
        None,
        "justAString",
        [],
        3,
        {"statusCode": 200, "wrongValue": "value"},
        {"statusCode": 200, "cookies": []},
        {"statuscode": 200},
        {"statusCode": "test"},
        {"statusCode": 0},
        {"statusCode": 100},
        {"statusCode": 600},
        {"statusCode": True},
        {"statusCode": 200.5},
        {"statusCode": {}},
        {"statusCode": ""},
        {"statusCode": "²00"},
        {"statusCode": 200, "body": {"hey": "dude"}},
        {"statusCode": 200, "body": []},
        {"statusCode": 200, "headers": "x"},
        {"statusCode": 200, "headers": ["x"]},
        {"statusCode": 200, "headers": {"a": {}}},
        {"statusCode": 200, "headers": {"a": ["b"]}},
        {"statusCode": 200, "headers": {"a b": "c"}},
        {"statusCode": 200, "headers": {"a": "b\r\nc: d"}},
        {"statusCode": 200, "multiValueHeaders": {"test-multi-invalid": "value1"}},
        {"statusCode": 200, "multiValueHeaders": {"a": [{}]}},
        {"statusCode": 200, "multiValueHeaders": "x"},
        {"statusCode": 200, "isBase64Encoded": "yes"},
        {"statusCode": 200, "isBase64Encoded": [1]},
    ],
)
def test_malformed_results(result: Any) -> None:
    """ "If the function output is of a different format, API Gateway returns a 502 Bad Gateway error response"."""
    with pytest.raises(MalformedProxyResponse):
        parsed(result)


@pytest.mark.parametrize("payload", [b"", b"Not a valid proxy response object", b'{"statusCode": 200', b"\xff"])
def test_results_that_are_not_json(payload: bytes) -> None:
    with pytest.raises(MalformedProxyResponse, match="not JSON"):
        parse_proxy_result(payload, NONE, lambda _: None)


def test_values_of_headers() -> None:
    headers = {"test-header": "value", "header-bool": True, "n": 1, "f": 1.5, "none": None, "e": "", "u": "é"}
    assert parsed({"statusCode": 200, "headers": {**headers, "content-type": "text/plain"}})[1] == [
        ("test-header", "value"),
        ("header-bool", "true"),
        ("n", "1"),
        ("f", "1.5"),
        ("e", ""),
        ("u", "é".encode().decode("latin-1")),
        ("content-type", "text/plain"),
    ]


def test_both_groups_of_headers() -> None:
    """ "API Gateway merges them into a single list"; the same pair in both comes from multiValueHeaders alone."""
    result = {
        "statusCode": 200,
        "headers": {"X-Foo": "bar", "Content-Type": "text/html", "x-same": "value", "Only": "single"},
        "multiValueHeaders": {
            "Content-Type": ["application/json"],
            "X-Foo": ["foo"],
            "X-Same": ["value", None],
            "N": None,
        },
    }
    assert parsed(result)[1] == [
        ("Content-Type", "application/json"),
        ("X-Foo", "foo"),
        ("X-Same", "value"),
        ("X-Foo", "bar"),
        ("Content-Type", "text/html"),
        ("Only", "single"),
    ]


def test_cookies() -> None:
    """ "The multiValueHeaders key can contain multi-value headers"."""
    result = {"statusCode": 200, "multiValueHeaders": {"Set-Cookie": ["a=1", "b=2"]}}
    assert parsed(result)[1] == [("Set-Cookie", "a=1"), ("Set-Cookie", "b=2"), DEFAULT]


def test_remapped_headers() -> None:
    """ "Amazon API Gateway important notes"."""
    headers = {"Server": "mine", "content-length": 12, "Transfer-Encoding": "chunked", "WWW-Authenticate": "Basic"}
    assert parsed({"statusCode": 401, "headers": headers})[1] == [
        ("x-amzn-Remapped-Server", "mine"),
        ("x-amzn-Remapped-content-length", "12"),
        ("x-amzn-Remapped-WWW-Authenticate", "Basic"),
        DEFAULT,
    ]


@pytest.mark.parametrize(
    ("is_base64", "accept", "is_decoded"),
    [
        (True, "image/png", True),
        ("TRUE", "image/png", True),
        (1, "image/png", True),
        (True, "image/jpg", False),
        (True, None, False),
        (False, "image/png", False),
        ("false", "image/png", False),
        (0, "image/png", False),
        (None, "image/png", False),
    ],
)
def test_base64(is_base64: object, accept: str | None, is_decoded: bool) -> None:
    """ "Return binary media from a Lambda proxy integration in API Gateway"."""
    encoded = base64.b64encode(b"test-data")
    result = {"statusCode": 200, "body": encoded.decode(), "isBase64Encoded": is_base64}
    assert parsed(result, BinaryMediaTypes(("image/png",)), accept)[2] == (b"test-data" if is_decoded else encoded)


def test_base64_that_is_none() -> None:
    """Recorded of AWS: 500."""
    with pytest.raises(RestError):
        parsed({"statusCode": 200, "body": "èé+à)(", "isBase64Encoded": True}, BinaryMediaTypes(("*/*",)))
