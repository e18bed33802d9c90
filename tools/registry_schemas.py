"""Write what stacks know of AWS's resource provider schemas: `python -m tools.registry_schemas`.

The schemas are those that cfn-lint carries, a development dependency.
Types are the lines of `registry_types.txt`: a type, and the names of further ones of its service. Kept is what
`schemas.py` reads: shapes without their descriptions, and which properties are required, identify, are read only,
written only, or replace.

cfn-lint adds to AWS's schemas. Left out of what it adds are the enums of `ADDED_ENUMS`, formats, and alternatives of
required properties; a map that it lets hold any scalar is one of text, as AWS's is.
"""

import json
from collections.abc import Iterator
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from typing import Any

import gatewright

TYPES = Path(__file__).with_name("registry_types.txt")
TARGET = Path(gatewright.__file__).parent / "stacks" / "resource_types" / "registry_schemas.txt"
# The schemas of AWS have no such enum: the service judges.
ADDED_ENUMS = frozenset({"AWS::Lambda::Function/Runtime", "AWS::Lambda::LayerVersion/CompatibleRuntimes"})
PATHS = {
    "createOnlyProperties": "create_only",
    "conditionalCreateOnlyProperties": "conditional_create_only",
    "readOnlyProperties": "read_only",
    "writeOnlyProperties": "write_only",
    "primaryIdentifier": "primary_identifier",
}
BOUNDS = {
    "minimum": None,
    "maximum": None,
    "minLength": 0,
    "maxLength": None,
    "minItems": 0,
    "maxItems": None,
    "uniqueItems": False,
}
LONGEST_PATTERN = 300


def type_names() -> Iterator[str]:
    """Yield the types whose schemas are kept."""
    for line in TYPES.read_text().split("\n"):
        if line:
            first, *others = line.split()
            service, _, _ = first.rpartition("::")
            yield first
            yield from (f"{service}::{other}" for other in others)


def published() -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield each type with its schema. Raises KeyError for a type that is none."""
    folder = files("cfnlint") / "data" / "schemas"
    index = json.loads((folder / "providers" / "us-east-1.json").read_text())
    for name in sorted(type_names()):
        yield name, json.loads((folder / "resources" / f"{index[name]}.json").read_text())


def compact(name: str, schema: dict[str, Any]) -> dict[str, Any]:
    """Return what is kept of a schema."""
    kept: dict[str, Any] = {
        PATHS[key]: [path.removeprefix("/properties/") for path in schema[key]] for key in PATHS if schema.get(key)
    }
    if "handlers" not in schema:
        kept["legacy"] = True
    if (tagging := schema.get("tagging", {})).get("taggable") and "tagProperty" in tagging:
        kept["tag_property"] = tagging["tagProperty"].removeprefix("/properties/")
        kept["system_tags"] = tagging.get("cloudFormationSystemTags", False)
    kept["shape"] = shape_of(schema, name)
    definitions = {key: shape_of(value, f"{name}#{key}") for key, value in schema.get("definitions", {}).items()}
    if definitions:
        kept["definitions"] = definitions
    return kept


def shape_of(schema: dict[str, Any], where: str) -> Any:
    """Return a shape: the name of a definition (`#Tag`), of a bare type, or an object with a `type`."""
    if "$ref" in schema:
        return "#" + schema["$ref"].removeprefix("#/definitions/")
    kind = type_of(schema, where)
    shape: dict[str, Any] = {"type": kind}
    shape |= {key: schema[key] for key, default in BOUNDS.items() if schema.get(key, default) != default}
    if "enum" in schema and where not in ADDED_ENUMS:
        shape["enum"] = schema["enum"]
    if len(schema.get("pattern", "")) in range(1, LONGEST_PATTERN):
        shape["pattern"] = schema["pattern"]
    if kind == "array" and "items" in schema:
        shape["items"] = shape_of(schema["items"], where)
    if kind == "object":
        shape |= object_shape(schema, where)
    return kind if len(shape) == 1 else shape


def object_shape(schema: dict[str, Any], where: str) -> dict[str, Any]:
    """Return the members of an object's shape: `properties`, `required`, `map` (by pattern of the key), `open`."""
    shape: dict[str, Any] = {}
    if properties := schema.get("properties"):
        shape["properties"] = {key: shape_of(value, f"{where}/{key}") for key, value in sorted(properties.items())}
    if required := schema.get("required"):
        shape["required"] = required
    if patterns := schema.get("patternProperties"):
        shape["map"] = {key: shape_of(value, f"{where}/*") for key, value in patterns.items()}
    if shape and schema.get("additionalProperties", True) is not False:
        shape["open"] = True
    return shape


def type_of(schema: dict[str, Any], where: str) -> str:
    """Return the type of a schema; `any` where it may be several."""
    kind = schema.get("type")
    if isinstance(kind, str):
        return kind
    if kind is None:
        return "object" if "properties" in schema else "any"
    if kind == ["object"]:
        return "object"
    return "string" if {"string", "number"} < set(kind) and "/*" in where and "CustomResource" not in where else "any"


def lines() -> Iterator[str]:
    """Yield the lines of the file, but for the first, which says what it was made of."""
    for name, schema in published():
        yield f"{name} {json.dumps(compact(name, schema), separators=(',', ':'))}"


def main() -> None:
    """Write the file."""
    head = f"# Made by `python -m tools.registry_schemas` of the schemas in cfn-lint {version('cfn-lint')}."
    TARGET.write_text("\n".join([head, *lines()]) + "\n")


if __name__ == "__main__":
    main()
