"""Members in labels, query parameters and header fields."""

from datetime import UTC, datetime
from typing import Any

import pytest

from gatewright.aws.errors import Malformed
from gatewright.aws.protocols.http_binding import build_headers, parse_bound
from gatewright.aws.protocols.types import Incoming
from gatewright.base.messages import Headers
from tests.unit.aws.models import operation

BIND = operation("rest-json", "Bind")
NOON = datetime(2019, 12, 16, 12, tzinfo=UTC)


def parse(headers: list[tuple[str, str]] | None = None, query: list[tuple[str, str]] | None = None) -> dict[str, Any]:
    return parse_bound(BIND.request_binding, Incoming(Headers(headers or []), b"", query or [], {"id": "a/b"}))


@pytest.mark.parametrize(
    ("query", "value"),
    [
        ([], {}),
        ([("limit", "5"), ("limit", "6")], {"Limit": 5}),
        ([("key", "a"), ("x", "y"), ("key", "b")], {"Keys": ["a", "b"], "Others": {"x": "y"}}),
        ([("bound", ""), ("a", "1"), ("a", "2")], {"Others": {"a": "1"}}),
    ],
)
def test_query(query: list[tuple[str, str]], value: dict[str, Any]) -> None:
    assert parse(query=query) == {"Id": "a/b", **value}


@pytest.mark.parametrize(
    ("headers", "value"),
    [
        ([("x-TOKEN", "a")], {"Token": "a"}),
        ([("X-Token", "a"), ("X-Token", "b")], {"Token": "a,b"}),
        ([("X-Tokens", 'a, "b,c", "d\\"e" ,f')], {"Tokens": ["a", "b,c", 'd"e', "f"]}),
        ([("X-Tokens", "a"), ("X-Tokens", "b,c")], {"Tokens": ["a", "b", "c"]}),
        ([("X-Tokens", "")], {"Tokens": []}),
        (
            [("X-Moments", "Mon, 16 Dec 2019 12:00:00 GMT, Mon, 16 Dec 2019 12:00:00 GMT")],
            {"Moments": [NOON, NOON]},
        ),
        ([("X-Since", "Mon, 16 Dec 2019 12:00:00 GMT")], {"Since": NOON}),
        ([("X-Json", "eyJhIjpbMV19")], {"Json": {"a": [1]}}),
        ([("X-Meta-A", "1"), ("x-meta-B-c", "2"), ("x-met", "3")], {"Metadata": {"A": "1", "B-c": "2"}}),
    ],
)
def test_headers(headers: list[tuple[str, str]], value: dict[str, Any]) -> None:
    assert parse(headers) == {"Id": "a/b", **value}


@pytest.mark.parametrize(
    ("headers", "query"),
    [
        ([("X-Since", "yesterday")], []),
        ([("X-Since", "Mon, 99 Dec 2019 12:00:00 GMT")], []),
        ([("X-Since", "Mon, 16 Foo 2019 12:00:00 GMT")], []),
        ([("X-Json", "%%%")], []),
        ([("X-Json", "e30x")], []),
        ([], [("limit", "five")]),
    ],
)
def test_refused(headers: list[tuple[str, str]], query: list[tuple[str, str]]) -> None:
    with pytest.raises(Malformed):
        parse(headers, query)


def test_results() -> None:
    headers = build_headers(
        BIND.response_binding,
        {
            "Token": "é",
            "Tokens": ["a", "b,c", 'd"e'],
            "Moments": [NOON, NOON],
            "Since": NOON,
            "Json": {"a": 1},
            "Metadata": {"A": "1"},
        },
    )
    assert headers == [
        ("X-Token", "é".encode().decode("latin-1")),
        ("X-Tokens", 'a, "b,c", "d\\"e"'),
        ("X-Moments", "Mon, 16 Dec 2019 12:00:00 GMT, Mon, 16 Dec 2019 12:00:00 GMT"),
        ("X-Since", "Mon, 16 Dec 2019 12:00:00 GMT"),
        ("X-Json", "eyJhIjoxfQ=="),
        ("x-meta-A", "1"),
    ]


def test_a_value_cannot_end_its_line() -> None:
    headers = build_headers(BIND.response_binding, {"Token": "a\r\nSet-Cookie: b\0", "Tokens": []})
    assert headers == [("X-Token", "a  Set-Cookie: b ")]
