"""JSON of requests: what is refused, with the words of AWS's own framework, and what is not."""

import contextlib
import math
from datetime import UTC, datetime
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatewright.aws.errors import Malformed
from gatewright.aws.protocols.json_values import build_members, parse_json, parse_members
from tests.unit.aws.models import operation

ECHO = operation("json", "Echo").input
assert ECHO is not None
MEMBERS = tuple(ECHO.shape.members.values())


def parse(body: bytes | dict[str, Any]) -> dict[str, Any]:
    return parse_members(MEMBERS, parse_json(body if isinstance(body, bytes) else orjson.dumps(body)))


@pytest.mark.parametrize(
    ("body", "message"),
    [
        # As recorded from AWS services: "NUMBER_VALUE can not be converted to a String" and its kin.
        ({"Text": 5}, "NUMBER_VALUE can not be converted to a String"),
        ({"Text": 5.5}, "DECIMAL_VALUE can not be converted to a String"),
        ({"Text": True}, "TRUE_VALUE can not be converted to a String"),
        ({"Text": False}, "FALSE_VALUE can not be converted to a String"),
        ({"Count": "5"}, "STRING_VALUE can not be converted to an Integer"),
        ({"Count": True}, "TRUE_VALUE can not be converted to an Integer"),
        ({"Count": 2**31}, "NUMBER_VALUE can not be converted to an Integer"),
        ({"Count": -(2**31) - 1}, "NUMBER_VALUE can not be converted to an Integer"),
        ({"Count": 1.5}, "DECIMAL_VALUE can not be converted to an Integer"),
        (b'{"Long": 9223372036854775808}', "NUMBER_VALUE can not be converted to a Long"),
        (b'{"Long": 1e400}', "Could not parse request body into json"),
        (b'{"Long": 123456789012345678901234567890}', "NUMBER_VALUE can not be converted to a Long"),
        ({"Ratio": "1.5"}, "STRING_VALUE can not be converted to a Double"),
        ({"Flag": "true"}, "STRING_VALUE can not be converted to a Boolean"),
        ({"Flag": 1}, "NUMBER_VALUE can not be converted to a Boolean"),
        ({"Text": {}}, "Start of structure or map found where not expected."),
        ({"Text": []}, "Start of list found where not expected"),
        ({"Child": []}, "Start of list found where not expected"),
        ({"Child": "x"}, "Unexpected field type"),
        ({"Words": {}}, "Start of structure or map found where not expected."),
        ({"Words": "x"}, "Unexpected field type"),
        ({"Map": [1]}, "Start of list found where not expected"),
        ({"Map": 1}, "Unexpected field type"),
        ({"Map": {"a": 1}}, "NUMBER_VALUE can not be converted to a String"),
        ({"Words": ["a", 1]}, "NUMBER_VALUE can not be converted to a String"),
        ({"Blob": 1}, "only base-64-encoded strings are convertible to bytes"),
        ({"Blob": "a"}, "only base-64-encoded strings are convertible to bytes"),
        ({"Blob": "é==="}, "only base-64-encoded strings are convertible to bytes"),
        ({"Blob": "YQ==YQ=="}, "only base-64-encoded strings are convertible to bytes"),
        ({"When": "2020-01-01T00:00:00Z"}, "STRING_VALUE can not be converted to milliseconds since epoch"),
        ({"When": True}, "Value can not be converted to milliseconds since epoch"),
        ({"When": 1e18}, "Timestamp is out of range"),
        (b"[]", "Start of list found where not expected"),
        (b'"x"', "Unexpected field type"),
        (b"{", "Could not parse request body into json"),
        (b'{"Text": "a"} x', "Could not parse request body into json"),
        (b'{"Text": "\xff"}', "Could not parse request body into json"),
        (b'{"Text": "\\ud800"}', "Could not parse request body into json"),
        (b'{"Ratio": NaN}', "Could not parse request body into json"),
        (b"\xef\xbb\xbf{}", "Could not parse request body into json"),
    ],
)
def test_what_does_not_fit_is_refused(body: Any, message: str) -> None:
    with pytest.raises(Malformed) as caught:
        parse(body)
    assert str(caught.value).startswith(message)


@pytest.mark.parametrize("levels", [99, 101, 900, 100_000])
def test_depth_is_bounded(levels: int) -> None:
    body = b'{"Child":' * levels + b"{}" + b"}" * levels
    if levels < 100:
        assert parse(body)
        return
    with pytest.raises(Malformed):
        parse(body)


def test_everything_at_once() -> None:
    parsed = parse(
        {
            "Text": "a",
            "Count": 5.0,
            "Ratio": "NaN",
            "Blob": "YQ\n==",
            "When": 1576540098.5,
            "Words": ["a", None],
            "Map": {"b": "c"},
            "Child": {"Text": None, "Unknown": 1},
            "Document": {"any": [1, None]},
            "Unknown": {"x": 1},
        }
    )
    assert math.isnan(parsed.pop("Ratio"))
    assert parsed == {
        "Text": "a",
        "Count": 5,
        "Blob": b"a",
        "When": datetime(2019, 12, 16, 23, 48, 18, 500_000, UTC),
        "Words": ["a", None],
        "Map": {"b": "c"},
        "Child": {},
        "Document": {"any": [1, None]},
    }
    assert isinstance(parsed["Count"], int)


def test_no_body_is_an_empty_object() -> None:
    assert parse(b"") == {}


def test_results() -> None:
    built = build_members(
        MEMBERS,
        {
            "Text": None,
            "Ratio": math.inf,
            "Blob": b"\xff\x00",
            "When": "2019-12-16T23:48:18Z",
            "Map": {"a": None},
            "Document": {"at": datetime(2020, 1, 1, tzinfo=UTC), "items": (1, 2)},
        },
    )
    assert built == {
        "Ratio": "Infinity",
        "Blob": "/wA=",
        "When": 1576540098,
        "Map": {"a": None},
        "Document": {"at": "2020-01-01T00:00:00Z", "items": [1, 2]},
    }


@given(
    st.fixed_dictionaries(
        {},
        optional={
            "Text": st.text(),
            "Count": st.integers(-(2**31), 2**31 - 1),
            "Long": st.integers(-(2**63), 2**63 - 1),
            "Ratio": st.floats(allow_nan=False),
            "Flag": st.booleans(),
            "Blob": st.binary(),
            "Words": st.lists(st.text()),
            "Map": st.dictionaries(st.text(), st.text()),
        },
    )
)
def test_what_is_built_is_parsed_back(value: dict[str, Any]) -> None:
    try:
        body = orjson.dumps(build_members(MEMBERS, value))
    except orjson.JSONEncodeError:
        return  # lone surrogates, which no result holds
    assert parse(body) == value


@given(st.binary(max_size=60))
def test_any_octets_parse_or_are_malformed(body: bytes) -> None:
    with contextlib.suppress(Malformed):
        parse(body)
