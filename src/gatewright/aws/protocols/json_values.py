"""Values in JSON bodies.

What a client sends is checked against the model's types as AWS's own framework does it, with its messages
(`STRING_VALUE can not be converted to an Integer`); members that the model does not know are ignored.
"""

import base64
import math
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

import orjson

from gatewright.aws.errors import Malformed, Unconvertible
from gatewright.aws.protocols.text_values import FLOATS, INTEGER_BITS, NOT_FINITE, WORDS, checked_integer, parse_base64
from gatewright.aws.shapes import Member
from gatewright.aws.timestamps import format_timestamp, parse_timestamp

MAXIMUM_DEPTH = 100
"""Nesting beyond which a request is refused; the deepest model nests some thirty levels."""


def parse_json(body: bytes) -> Any:
    """Parse a body, an empty one as an empty object. Raises `Malformed`."""
    if not body:
        return {}
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise Malformed(f"Could not parse request body into json: {error}") from error


def parse_members(members: Iterable[Member], value: Any, depth: int = 0) -> dict[str, Any]:
    """Return the members of a structure that are there and not null. Raises `Malformed`."""
    if not isinstance(value, dict):
        raise Malformed(_structure_expected(value))
    if depth > MAXIMUM_DEPTH:
        raise Malformed("The request is nested too deeply")
    parsed = {}
    for member in members:
        item = value.get(member.wire_name)
        if item is not None:
            parsed[member.name] = parse_value(member, item, depth + 1)
    return parsed


def parse_value(member: Member, value: Any, depth: int = 0) -> Any:
    """Return a JSON value as what the member's shape calls for. Raises `Malformed`."""
    shape = member.shape
    kind = shape.type
    if shape.is_document:
        return value
    if kind == "structure":
        return parse_members(shape.members.values(), value, depth)
    if kind == "list":
        if not isinstance(value, list):
            raise Malformed(_structure_expected(value) if isinstance(value, dict) else "Unexpected field type")
        item = member.item
        return [None if each is None else parse_value(item, each, depth + 1) for each in value]
    if kind == "map":
        if not isinstance(value, dict):
            raise Malformed(_structure_expected(value))
        item = member.value
        return {key: None if each is None else parse_value(item, each, depth + 1) for key, each in value.items()}
    return _parse_scalar(member, kind, value)


def _parse_scalar(member: Member, kind: str, value: Any) -> Any:
    if isinstance(value, dict):
        raise Malformed("Start of structure or map found where not expected.")
    if isinstance(value, list):
        raise Malformed("Start of list found where not expected")
    if kind == "timestamp":
        return parse_timestamp(value, member.timestamp_format or "unixtimestamp")
    if kind in INTEGER_BITS:
        return _parse_integer(kind, value)
    if kind in FLOATS:
        return _parse_float(kind, value)
    if kind == "blob":
        if not isinstance(value, str):
            raise Malformed("only base-64-encoded strings are convertible to bytes")
        return parse_base64(value)
    if isinstance(value, bool if kind == "boolean" else str):
        return value
    raise _unconvertible(kind, value)


def _parse_integer(kind: str, value: Any) -> int:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return checked_integer(value, kind)
    raise _unconvertible(kind, value)


def _parse_float(kind: str, value: Any) -> float:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return float(value)
    if isinstance(value, str) and value in NOT_FINITE:
        return NOT_FINITE[value]
    raise _unconvertible(kind, value)


def _unconvertible(kind: str, value: Any) -> Malformed:
    words = WORDS.get(kind, kind)
    return Unconvertible(
        f"{_token(value)} can not be converted to {words}", _java_class(value), words.rpartition(" ")[2]
    )


def build_members(members: Iterable[Member], value: Mapping[str, Any]) -> dict[str, Any]:
    """Return the JSON object of a structure; members that are None are left out."""
    built = {}
    for member in members:
        item = value.get(member.name)
        if item is not None:
            built[member.wire_name] = build_value(member, item)
    return built


def build_value(member: Member, value: Any) -> Any:
    """Return a value of a result as orjson can write it."""
    shape = member.shape
    kind = shape.type
    if shape.is_document:
        return build_document(value)
    if kind == "structure":
        return build_members(shape.members.values(), value)
    if kind == "list":
        item = member.item
        return [None if each is None else build_value(item, each) for each in value]
    if kind == "map":
        item = member.value
        return {str(key): None if each is None else build_value(item, each) for key, each in value.items()}
    if kind == "timestamp":
        return format_timestamp(value, member.timestamp_format or "unixtimestamp")
    if kind == "blob":
        return base64.b64encode(value).decode()
    if kind in FLOATS:
        return float(value) if math.isfinite(value) else _not_finite(value)
    return value


def build_document(value: Any) -> Any:
    """Return a document with its timestamps as ISO 8601 text."""
    if isinstance(value, Mapping):
        return {key: build_document(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [build_document(item) for item in value]
    return format_timestamp(value, "iso8601") if isinstance(value, datetime) else value


def _not_finite(value: float) -> str:
    return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"


def _structure_expected(value: Any) -> str:
    if isinstance(value, list):
        return "Start of list found where not expected"
    return "Start of structure or map found where not expected." if isinstance(value, dict) else "Unexpected field type"


def _java_class(value: Any) -> str:
    if isinstance(value, str):
        return "java.lang.String"
    if isinstance(value, bool):
        return "java.lang.Boolean"
    return "com.amazon.coral.value.json.numbers.TruncatingBigNumber"


def _token(value: Any) -> str:
    if isinstance(value, str):
        return "STRING_VALUE"
    if isinstance(value, bool):
        return "TRUE_VALUE" if value else "FALSE_VALUE"
    return "DECIMAL_VALUE" if isinstance(value, float) else "NUMBER_VALUE"
