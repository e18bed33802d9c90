"""Scalars as text: in labels, query parameters, header fields, forms and XML."""

import base64
import binascii
import math
import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from gatewright.aws.errors import Malformed
from gatewright.aws.shapes import Member
from gatewright.aws.timestamps import format_timestamp, parse_timestamp

# Stricter than int() and float(), which take underscores, blanks and the digits of other scripts.
_BLANKS = "\r\n\t "
_SLICE = 1 << 20
_INTEGER = re.compile(r"[+-]?[0-9]{1,20}")
_DECIMAL = re.compile(r"[+-]?(?:[0-9]{1,400}(?:\.[0-9]{0,400})?|\.[0-9]{1,400})(?:[eE][+-]?[0-9]{1,5})?")

INTEGER_BITS: Mapping[str, int] = MappingProxyType({"byte": 8, "short": 16, "integer": 32, "long": 64})
FLOATS = frozenset({"float", "double", "bigdecimal"})
NOT_FINITE: Mapping[str, float] = MappingProxyType({"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf})
WORDS: Mapping[str, str] = MappingProxyType(
    {
        "integer": "an Integer",
        "long": "a Long",
        "short": "a Short",
        "byte": "a Byte",
        "float": "a Float",
        "double": "a Double",
        "bigdecimal": "a BigDecimal",
        "boolean": "a Boolean",
        "string": "a String",
        "character": "a Character",
        "blob": "a ByteBuffer",
    }
)


def parse_text(member: Member, text: str, default_timestamp_format: str) -> Any:
    """Return the value that `text` stands for. Raises `Malformed`."""
    kind = member.shape.type
    if kind in {"string", "character"}:
        return text
    if kind in INTEGER_BITS:
        if not _INTEGER.fullmatch(text):
            raise Malformed(f"STRING_VALUE can not be converted to {WORDS[kind]}")
        return checked_integer(int(text), kind)
    if kind in FLOATS:
        return parse_float(text, kind)
    if kind == "boolean":
        if text not in {"true", "false"}:
            raise Malformed("STRING_VALUE can not be converted to a Boolean")
        return text == "true"
    if kind == "timestamp":
        return parse_timestamp(text, member.timestamp_format or default_timestamp_format)
    if kind == "blob":
        return parse_base64(text)
    raise Malformed(f"STRING_VALUE can not be converted to a {kind}")


def format_text(member: Member, value: Any, default_timestamp_format: str) -> str:
    """Return a scalar of a result as text."""
    kind = member.shape.type
    if kind == "boolean":
        return "true" if value else "false"
    if kind in FLOATS:
        return format_float(value)
    if kind == "timestamp":
        return str(format_timestamp(value, member.timestamp_format or default_timestamp_format))
    if kind == "blob":
        return base64.b64encode(value).decode()
    return str(value)


def parse_float(text: str, kind: str) -> float:
    """Return a floating-point number, NaN and the infinities included. Raises `Malformed`."""
    if text in NOT_FINITE:
        return NOT_FINITE[text]
    if not _DECIMAL.fullmatch(text):
        raise Malformed(f"STRING_VALUE can not be converted to {WORDS[kind]}")
    return float(text)


def format_float(value: float) -> str:
    """Return a floating-point number as AWS writes it: `1.0`, `NaN`, `-Infinity`."""
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    return repr(float(value))


def parse_base64(text: str) -> bytes:
    """Return the octets of base64 text. Raises `Malformed`."""
    if any(blank in text for blank in _BLANKS):
        # Line breaks are part of the encodings that SDKs of old produced.
        text = "".join(text.split())
    padding = text.find("=")
    try:
        if 0 <= padding < len(text) - 2:
            raise binascii.Error("padding inside")
        # In slices: decoding keeps Python's lock, and a 50 MiB zip file must not stop the event loop meanwhile.
        slices = (text[start : start + _SLICE] for start in range(0, len(text), _SLICE))
        return b"".join(binascii.a2b_base64(part, strict_mode=True) for part in slices)
    except (binascii.Error, ValueError) as error:
        raise Malformed("only base-64-encoded strings are convertible to bytes") from error


def checked_integer(value: int, kind: str) -> int:
    """Return the value. Raises `Malformed` when it does not fit its type."""
    bound = 1 << (INTEGER_BITS[kind] - 1)
    if not -bound <= value < bound:
        raise Malformed(f"NUMBER_VALUE can not be converted to {WORDS[kind]}")
    return value
