"""Responses described by functions: "Lambda function response format"."""

from typing import Any

import pytest

from gatewright.gateway.payloads.result import MalformedResult, build_response

DEFAULT_TYPE = ("Content-Type", "text/plain;charset=UTF-8")


def built(result: dict[str, Any], *, cookies: Any = None, multi: Any = None) -> tuple[int, list[tuple[str, str]], Any]:
    response = build_response(result, cookies=cookies, multi_value_headers=multi)
    return response.status, list(response.headers), response.body


@pytest.mark.parametrize(("given", "status"), [(200, 200), ("404", 404), (599, 599), (201.0, 201), ("0200", 200)])
def test_status_codes(given: object, status: int) -> None:
    assert built({"statusCode": given})[0] == status


@pytest.mark.parametrize(
    "given", [None, "", "OK", "2 00", 199, 100, 600, 0, -200, True, 200.5, [200], {}, "9" * 50, 10**400, "²00"]
)
def test_status_codes_that_are_none(given: object) -> None:
    with pytest.raises(MalformedResult, match="statusCode"):
        built({"statusCode": given})


def test_header_values() -> None:
    headers = {"a": "text", "b": 1, "c": 1.5, "d": True, "e": None, "f": "", "g": "naïve"}
    assert built({"statusCode": 200, "headers": {**headers, "Content-Type": "x/y"}})[1] == [
        ("a", "text"),
        ("b", "1"),
        ("c", "1.5"),
        ("d", "true"),
        ("f", ""),
        ("g", "naïve".encode().decode("latin-1")),
        ("Content-Type", "x/y"),
    ]


@pytest.mark.parametrize(
    "headers",
    [
        "x",
        [],
        {"a": {}},
        {"a": ["b"]},
        {"a b": "c"},
        {"": "c"},
        {"a:": "c"},
        {"a\r\nb": "c"},
        {"a": "b\r\nc: d"},
        {"a": "b\x00"},
        {"a": "b\nc"},
        {"é": "x"},
    ],
)
def test_headers_that_break_the_message_are_refused(headers: object) -> None:
    with pytest.raises(MalformedResult):
        built({"statusCode": 200, "headers": headers})


def test_fields_that_frame_the_message_are_not_the_functions() -> None:
    forbidden = [
        "Connection",
        "Content-Length",
        "Keep-Alive",
        "Transfer-Encoding",
        "Upgrade",
        "TE",
        "Trailer",
        "Proxy-Connection",
        "apigw-requestid",
    ]
    result = {"statusCode": 200, "headers": {**dict.fromkeys(forbidden, "x"), "Server": "mine"}}
    assert built(result)[1] == [("Server", "mine"), DEFAULT_TYPE]


def test_single_and_multi_value_headers_are_merged() -> None:
    """ "If the same key-value pair is specified in both, only the values from multiValueHeaders will appear in the
    merged list." ("Set up Lambda proxy integrations in API Gateway")"""
    result = {"statusCode": 200, "headers": {"A": "1", "B": "1", "Content-Type": "x/y"}}
    multi = {"a": ["1", "2"], "C": ["3", 4, None], "D": None, "E": []}
    assert built(result, multi=multi)[1] == [
        ("B", "1"),
        ("Content-Type", "x/y"),
        ("a", "1"),
        ("a", "2"),
        ("C", "3"),
        ("C", "4"),
    ]


@pytest.mark.parametrize("multi", ["x", ["a"], {"a": "b"}, {"a": [{}]}, {"a b": ["c"]}])
def test_multi_value_headers_that_are_none(multi: object) -> None:
    with pytest.raises(MalformedResult):
        built({"statusCode": 200}, multi=multi)


BODIES: list[tuple[dict[str, Any], bytes]] = [
    ({}, b""),
    ({"body": None}, b""),
    ({"body": ""}, b""),
    ({"body": "text"}, b"text"),
    ({"body": "naïve"}, "naïve".encode()),
    ({"body": 7}, b"7"),
    ({"body": True}, b"true"),
    ({"body": "aGk=", "isBase64Encoded": True}, b"hi"),
    ({"body": "aGk=", "isBase64Encoded": "true"}, b"hi"),
    ({"body": "aGk=", "isBase64Encoded": False}, b"aGk="),
    ({"body": "aGk=", "isBase64Encoded": "false"}, b"aGk="),
    ({"body": "aGk=", "isBase64Encoded": None}, b"aGk="),
    ({"body": "", "isBase64Encoded": True}, b""),
    ({"body": "aG\r\nk=\n", "isBase64Encoded": True}, b"hi"),
    ({"isBase64Encoded": True}, b""),
]


@pytest.mark.parametrize(("members", "body"), BODIES)
def test_bodies(members: dict[str, Any], body: bytes) -> None:
    assert built({"statusCode": 200, **members})[2] == body


@pytest.mark.parametrize(
    "members",
    [
        {"body": {"a": 1}},
        {"body": ["a"]},
        {"body": "x", "isBase64Encoded": True},
        {"body": "!!", "isBase64Encoded": True},
        {"body": "aGk= and more", "isBase64Encoded": True},
        {"body": "é", "isBase64Encoded": True},
    ],
)
def test_bodies_that_are_none(members: dict[str, Any]) -> None:
    with pytest.raises(MalformedResult, match="body"):
        built({"statusCode": 200, **members})


def test_a_lone_surrogate_cannot_break_the_response() -> None:
    assert built({"statusCode": 200, "body": "a\ud800b"})[2] == b"a?b"


@pytest.mark.parametrize("status", [204, 304])
def test_statuses_without_content(status: int) -> None:
    assert built({"statusCode": status, "body": "x", "headers": {"A": "b"}}) == (status, [("A", "b")], b"")


def test_members_that_the_page_does_not_name_are_ignored() -> None:
    assert built({"statusCode": 200, "statusDescription": "OK", "x": {}}) == (200, [DEFAULT_TYPE], b"")
