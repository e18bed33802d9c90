"""Values of templates as the shapes of resource types ask for them.

Parameters and most functions of templates give text: AWS takes "30" and "true" for a number and a boolean, and either
of them where it asks for text.

Source: "Resource type schema" (CloudFormation Command Line Interface User Guide).
"""

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, TypeAlias

import regex

Shape: TypeAlias = str | Mapping[str, Any]
"""A shape of `registry_schemas.txt`, as `schemas` tells."""

_INTEGER = re.compile(r"\s*[+-]?\d+(?:\.0+)?\s*")
_NUMBER = re.compile(r"\s*[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?\s*")
_BOOLEANS = MappingProxyType({"true": True, "false": False})


def resolved(shape: Shape, definitions: Mapping[str, Shape]) -> Mapping[str, Any]:
    """Return a shape as an object with a `type`, its definition looked up."""
    while isinstance(shape, str) and shape.startswith("#"):
        shape = definitions[shape[1:]]
    return {"type": shape} if isinstance(shape, str) else shape


def member_shape(shape: Mapping[str, Any], key: str) -> Shape | None:
    """Return the shape of a member of an object; None where its shape says nothing of it."""
    properties: Mapping[str, Shape] = shape.get("properties", {})
    if key in properties:
        return properties[key]
    patterns: Mapping[str, Shape] = shape.get("map", {})
    return next((value for pattern, value in patterns.items() if regex.search(pattern, key)), None)


def coerced(value: Any, shape: Shape, definitions: Mapping[str, Shape]) -> Any:
    """Return a value as its shape asks for it; as it is, where it cannot be that."""
    asked = resolved(shape, definitions)
    match asked["type"]:
        case "object" if isinstance(value, Mapping):
            members = {key: member_shape(asked, key) for key in value}
            return {
                key: one if (known := members[key]) is None else coerced(one, known, definitions)
                for key, one in value.items()
            }
        case "array" if isinstance(value, list):
            return [coerced(one, asked.get("items", "any"), definitions) for one in value]
        case "string":
            return as_text(value)
        case "integer":
            return _as_integer(value)
        case "number":
            return float(value) if isinstance(value, str) and _NUMBER.fullmatch(value) else value
        case "boolean" if isinstance(value, str):
            return _BOOLEANS.get(value.strip().lower(), value)
        case _:
            return value


def as_text(value: Any) -> Any:
    """Return a boolean or number as CloudFormation writes it; any other value as it is."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return str(value) if isinstance(value, int | float) else value


def _as_integer(value: Any) -> Any:
    if isinstance(value, str) and _INTEGER.fullmatch(value):
        return int(value.strip().partition(".")[0])
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value
