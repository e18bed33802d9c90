"""What is wrong with the properties of a resource, in AWS's words.

Source: observed reasons of failed resources, and the validator that AWS publishes
(aws-cloudformation-resource-schema, on GitHub): what says something of a value, such as a pattern or a maximum, is
named only by its keyword.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import orjson
import regex

from gatewright.stacks.resource_types.coercion import Shape, member_shape, resolved

_LONGEST_MATCH_SECONDS = 1.0


def violations_of(value: Any, shape: Shape, definitions: Mapping[str, Shape], pointer: str = "#") -> Iterator[str]:
    """Yield what is wrong with a coerced value, a text for each."""
    asked = resolved(shape, definitions)
    wrong = _wrong_type(value, asked["type"])
    if wrong is not None:
        yield f"{pointer}: {wrong}"
    elif asked["type"] == "object":
        yield from _of_object(value, asked, definitions, pointer)
    elif asked["type"] == "array":
        yield from _of_array(value, asked, definitions, pointer)
    elif asked["type"] == "string":
        yield from (f"{pointer}: {text}" for text in _of_string(value, asked))
    elif asked["type"] in {"integer", "number"}:
        yield from (f"{pointer}: {text}" for text in _of_number(value, asked))


def _wrong_type(value: Any, kind: str) -> str | None:
    match kind:
        case "any":
            return None
        case "object":
            expected, is_right = "JSONObject", isinstance(value, Mapping)
        case "array":
            expected, is_right = "JSONArray", isinstance(value, list)
        case "string":
            expected, is_right = "String", isinstance(value, str)
        case "boolean":
            expected, is_right = "Boolean", isinstance(value, bool)
        case "integer":
            expected, is_right = "Integer", isinstance(value, int) and not isinstance(value, bool)
        case _:
            expected, is_right = "Number", isinstance(value, int | float) and not isinstance(value, bool)
    return None if is_right else f"expected type: {expected}, found: {_java_type(value)}"


def _java_type(value: Any) -> str:
    match value:
        case None:
            return "Null"
        case bool():
            return "Boolean"
        case str():
            return "String"
        case int():
            return "Integer"
        case float():
            return "BigDecimal"
        case list():
            return "JSONArray"
        case _:
            return "JSONObject"


def _of_object(
    value: Mapping[str, Any], shape: Mapping[str, Any], definitions: Mapping[str, Shape], pointer: str
) -> Iterator[str]:
    for name in shape.get("required", ()):
        if name not in value:
            yield f"{pointer}: required key [{name}] not found"
    is_open = shape.get("open", False) or not {"properties", "map"} & shape.keys()
    for name, member in value.items():
        known = member_shape(shape, name)
        if known is not None:
            yield from violations_of(member, known, definitions, f"{pointer}/{name}")
        elif not is_open:
            yield f"{pointer}: extraneous key [{name}] is not permitted"


def _of_array(
    value: list[Any], shape: Mapping[str, Any], definitions: Mapping[str, Shape], pointer: str
) -> Iterator[str]:
    count = len(value)
    if count < shape.get("minItems", 0):
        yield f"{pointer}: expected minimum item count: {shape['minItems']}, found: {count}"
    if count > shape.get("maxItems", count):
        yield f"{pointer}: expected maximum item count: {shape['maxItems']}, found: {count}"
    if shape.get("uniqueItems") and len({orjson.dumps(one, option=orjson.OPT_SORT_KEYS) for one in value}) < count:
        yield f"{pointer}: array items are not unique"
    for index, one in enumerate(value):
        yield from violations_of(one, shape.get("items", "any"), definitions, f"{pointer}/{index}")


def _of_string(value: str, shape: Mapping[str, Any]) -> Iterator[str]:
    length = len(value)
    if length < shape.get("minLength", 0):
        yield f"expected minLength: {shape['minLength']}, actual: {length}"
    if length > shape.get("maxLength", length):
        yield f"expected maxLength: {shape['maxLength']}, actual: {length}"
    if "pattern" in shape and not regex.search(shape["pattern"], value, timeout=_LONGEST_MATCH_SECONDS):
        yield "failed validation constraint for keyword [pattern]"
    if value not in shape.get("enum", (value,)):
        yield "failed validation constraint for keyword [enum]"


def _of_number(value: float, shape: Mapping[str, Any]) -> Iterator[str]:
    if value < shape.get("minimum", value):
        yield "failed validation constraint for keyword [minimum]"
    if value > shape.get("maximum", value):
        yield "failed validation constraint for keyword [maximum]"
    if value not in shape.get("enum", (value,)):
        yield "failed validation constraint for keyword [enum]"
