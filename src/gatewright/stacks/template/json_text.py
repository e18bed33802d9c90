"""JSON as templates have it: numbers keep their text, a key stands once, depth is bounded."""

import json

from gatewright.stacks.template.errors import TemplateError
from gatewright.stacks.template.scalars import read_number, text_of
from gatewright.stacks.template.types import Json, JsonObject

DEEPEST = 100
"""Levels of objects and lists in each other; resolving a template goes as deep."""


def read_json(text: str) -> Json:
    """Return what a JSON text says. Raises TemplateError."""
    try:
        value = json.loads(
            text, object_pairs_hook=_object, parse_float=read_number, parse_int=read_number, parse_constant=_refuse
        )
    except json.JSONDecodeError as error:
        # AWS's parser has read the character that it stumbles over: the column is the one behind.
        message = f"Template format error: JSON not well-formed. (line {error.lineno}, column {error.colno + 1})"
        raise TemplateError(message) from None
    except RecursionError:
        raise TemplateError(too_deep()) from None
    check_depth(value)
    return value


def too_deep() -> str:
    """Return what is said of a template whose values are nested too deep."""
    return f"Template format error: values are nested more than {DEEPEST} levels deep."


def check_depth(value: Json, levels: int = DEEPEST) -> None:
    """Refuse values that are nested too deep. Raises TemplateError."""
    if not isinstance(value, dict | list):
        return
    if levels == 0:
        raise TemplateError(too_deep())
    for item in value.values() if isinstance(value, dict) else value:
        check_depth(item, levels - 1)


def _object(pairs: list[tuple[str, Json]]) -> JsonObject:
    members = dict(pairs)
    if len(members) < len(pairs):
        keys = [key for key, _ in pairs]
        repeated = next(key for position, key in enumerate(keys) if key in keys[:position])
        raise TemplateError(duplicate_key(repeated))
    return members


def duplicate_key(key: str) -> str:
    """Return what is said of a key that stands twice in an object."""
    return f"Template format error: the key '{key}' is there more than once."


def _refuse(constant: str) -> Json:
    raise TemplateError(f"Template format error: JSON not well-formed. ({constant} is not a value of JSON)")


def write_json(value: Json) -> str:
    """Return a value as compact JSON, with numbers as they were written."""
    parts: list[str] = []
    _write(value, parts)
    return "".join(parts)


def _write(value: Json, parts: list[str]) -> None:
    if isinstance(value, dict):
        separator = "{"
        for key, item in value.items():
            parts.append(separator + json.dumps(key, ensure_ascii=False) + ":")
            _write(item, parts)
            separator = ","
        parts.append("}" if value else "{}")
    elif isinstance(value, list):
        separator = "["
        for item in value:
            parts.append(separator)
            _write(item, parts)
            separator = ","
        parts.append("]" if value else "[]")
    elif isinstance(value, str):
        parts.append(json.dumps(value, ensure_ascii=False))
    else:
        parts.append(text_of(value) or "null")
