"""Payloads, and the text of a JSON value: "Mapping template transformation for REST APIs" (`$input.json()`).

What is no JSON was recorded against AWS by the project api-gateway-mapping-template (`test/_.md`); the numbers and
escapes are json-smart's, with which Jayway JsonPath reads and writes.
"""

import json

import pytest

from gatewright.languages.jayway import PayloadError, parse_payload, write_json


@pytest.mark.parametrize(
    ("payload", "value"),
    [
        (b"", {}),
        (b" \n", {}),
        (b"{}", {}),
        (b"a=b", "a=b"),
        (b'"a=b"', "a=b"),
        (b"a{b", "a{b"),
        (b"true{", "true{"),
        (b"true", True),
        (b"12", 12),
        (b" [1, 2]", [1, 2]),
        (b"\xff", "\ufffd"),
        (b'{"a": 1} x', {"a": 1}),
        (b"{a: b c, 'd': [1,,'e',], \"f\": \"g\nh\"}", {"a": "b c", "d": [1, "e"], "f": "g\nh"}),
        (b"[007, 1 2, -1.50x, 2E3, nulls, null]", [7, "1 2", "-1.50x", 2000.0, "nulls", None]),
        (b"['\\u00e9\\x41\\'\\q']", ["\u00e9A'"]),
    ],
)
def test_a_payload_that_is_no_json_is_a_text(payload: bytes, value: object) -> None:
    assert parse_payload(payload) == value


@pytest.mark.parametrize(
    "payload", [b"{a", b"[a", b"\n{wrongjson", b'{"a": }', b"{a: {b: 1}c: 2}", b"{{", b'"a', b"[" * 300]
)
def test_what_begins_like_json_must_be_json(payload: bytes) -> None:
    with pytest.raises(PayloadError, match="Invalid JSON in request body"):
        parse_payload(payload)


@pytest.mark.parametrize(
    ("payload", "text"),
    [
        ('{ "b" : 1, "a" : [ true, null, "x" ] }', '{"b":1,"a":[true,null,"x"]}'),
        ('"a/b<é😀>\'"', '"a/b<é😀>\'"'),
        ('"\\u007f\\u0001\\u001f\\u2013"', '"\\u007F\\u0001\\u001F\\u2013"'),
        ('"\\n\\t\\b\\f\\r\\"\\\\"', '"\\n\\t\\b\\f\\r\\"\\\\"'),
        ("[1e7, 1.5e-5, 12345678.5, 100.0, 1e21, 0.001, 1.10, -2.5e10]", None),
        ("123456789012345678901234567890", "123456789012345678901234567890"),
        ('{"d": 249.99, "s": "12345678.5"}', '{"d":249.99,"s":"12345678.5"}'),
    ],
)
def test_the_text_of_a_value(payload: str, text: str | None) -> None:
    expected = text or "[1.0E7,1.5E-5,1.23456785E7,100.0,1.0E21,0.001,1.1,-2.5E10]"
    assert write_json(json.loads(payload)) == expected


def test_what_json_has_no_number_for_is_null() -> None:
    assert write_json(parse_payload(b"{a: NaN, b: 1e400, c: 1e10}")) == '{"a":null,"b":null,"c":1.0E10}'
