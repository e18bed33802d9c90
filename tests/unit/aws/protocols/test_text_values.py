"""Scalars as text."""

import base64
import math
from datetime import UTC, datetime
from typing import Any

import pytest

from gatewright.aws.errors import Malformed
from gatewright.aws.protocols.text_values import format_text, parse_base64, parse_text
from tests.unit.aws.models import operation

ECHO = operation("query", "Echo").input
assert ECHO is not None
MEMBERS = ECHO.shape.members


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("Text", "", ""),
        ("Count", "-5", -5),
        ("Count", "+5", 5),
        ("Count", "2147483647", 2147483647),
        ("Long", "-9223372036854775808", -(2**63)),
        ("Ratio", "1", 1.0),
        ("Ratio", "1.5e-3", 0.0015),
        ("Ratio", ".5", 0.5),
        ("Ratio", "-Infinity", -math.inf),
        ("Flag", "false", False),
        ("Blob", "YQ==", b"a"),
        ("When", "2019-12-16T22:48:18-01:00", datetime(2019, 12, 16, 23, 48, 18, tzinfo=UTC)),
    ],
)
def test_values(name: str, text: str, value: Any) -> None:
    assert parse_text(MEMBERS[name], text, "iso8601") == value


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("Count", ""),
        ("Count", " 5"),
        ("Count", "1_0"),
        ("Count", "0x10"),
        ("Count", "5.0"),
        ("Count", "9" * 5000),
        ("Count", "2147483648"),
        ("Long", "9223372036854775808"),
        ("Ratio", "nan"),
        ("Ratio", "inf"),
        ("Ratio", "1_0.5"),
        ("Ratio", "--1"),
        ("Ratio", "."),
        ("Ratio", "9" * 5000),
        ("Flag", "TRUE"),
        ("Flag", "1"),
        ("Blob", "a"),
        ("Words", "a"),
        ("Child", "a"),
    ],
)
def test_what_is_none_is_refused(name: str, text: str) -> None:
    with pytest.raises(Malformed):
        parse_text(MEMBERS[name], text, "iso8601")


@pytest.mark.parametrize("size", [0, 1, 2, 3, 786_431, 786_432, 786_433, 2_000_000])
def test_long_base64_is_decoded_in_slices(size: int) -> None:
    octets = bytes(range(256)) * (size // 256 + 1)
    text = base64.b64encode(octets[:size]).decode()
    assert parse_base64(text) == octets[:size]
    if size > 3:
        for broken in (
            text[:-1] + "=" * 3,
            text[:8] + "====" + text[12:],
            text[:1_048_572] + "AA==" + text[1_048_576:],
        ):
            if broken != text and len(broken) > 1_048_580:
                with pytest.raises(Malformed):
                    parse_base64(broken)


@pytest.mark.parametrize(
    ("name", "value", "text"),
    [
        ("Text", "a", "a"),
        ("Count", 5, "5"),
        ("Flag", True, "true"),
        ("Ratio", 1, "1.0"),
        ("Ratio", math.nan, "NaN"),
        ("Ratio", math.inf, "Infinity"),
        ("Ratio", -math.inf, "-Infinity"),
        ("Blob", b"a", "YQ=="),
        ("When", 1576540098, "2019-12-16T23:48:18Z"),
    ],
)
def test_formats(name: str, value: Any, text: str) -> None:
    assert format_text(MEMBERS[name], value, "iso8601") == text
