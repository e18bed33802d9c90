"""Whatever a function returns, the client gets a response that can be written, or 500."""

import json
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatewright.gateway.payloads import v1, v2
from gatewright.gateway.payloads.result import MalformedResult

FIELD_LINE = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+: [\t\x20-\x7e\x80-\xff]*")  # RFC 9110 sections 5.1 and 5.5

NUMBERS = st.integers() | st.floats(allow_nan=False, allow_infinity=False)
SCALARS = st.none() | st.booleans() | NUMBERS | st.text(max_size=8)
JSON: st.SearchStrategy[Any] = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
)
NAMES = st.sampled_from(["Content-Type", "x", "X", "Set-Cookie", "Connection", "content-length", "a b", "\r\n", "é"])
RESULTS = st.fixed_dictionaries(
    {"statusCode": st.sampled_from([200, 204, "404", 100, "x", None]) | JSON},
    optional={
        "headers": st.dictionaries(NAMES, JSON, max_size=3) | JSON,
        "multiValueHeaders": st.dictionaries(NAMES, st.lists(JSON, max_size=3) | JSON, max_size=3) | JSON,
        "cookies": st.lists(JSON, max_size=3) | JSON,
        "body": JSON,
        "isBase64Encoded": st.booleans() | JSON,
    },
)


@pytest.mark.parametrize("parse_result", [v1.parse_result, v2.parse_result])
@given(result=RESULTS | JSON)
def test_any_result(parse_result: Any, result: Any) -> None:
    try:
        response = parse_result(json.dumps(result).encode())
    except MalformedResult:
        return
    assert 200 <= response.status <= 599
    for name, value in response.headers:
        assert FIELD_LINE.fullmatch(f"{name}: {value}".encode("latin-1"))
    assert isinstance(response.body, bytes)


@pytest.mark.parametrize("parse_result", [v1.parse_result, v2.parse_result])
@given(payload=st.binary(max_size=40))
def test_any_octets(parse_result: Any, payload: bytes) -> None:
    try:
        parse_result(payload)
    except MalformedResult:
        return


@pytest.mark.parametrize("parse_result", [v1.parse_result, v2.parse_result])
def test_deep_nesting(parse_result: Any) -> None:
    with pytest.raises(MalformedResult):
        parse_result(b'{"statusCode":' + b"[" * 100_000 + b"]" * 100_000 + b"}")
