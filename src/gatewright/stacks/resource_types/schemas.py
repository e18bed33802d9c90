"""What AWS's registry knows of each resource type: its properties, and which of them replace, are read only, identify.

Facts are in `registry_schemas.txt`, a line a type, which `tools/registry_schemas.py` makes. A shape there is the name
of a type (`string`, `integer`, `number`, `boolean`, `object`, `array`, `any`), `#Name` for a definition, or an object
with a `type` and JSON Schema's constraints; of an object, `map` has the values by a pattern of their keys, and `open`
lets other keys be.

Sources: "Resource type schema" (CloudFormation Command Line Interface User Guide); the wording of violations was
found in failed deployments.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

import orjson

from gatewright.base.errors import AwsError
from gatewright.stacks.resource_types.coercion import Shape, coerced
from gatewright.stacks.resource_types.contract import Properties
from gatewright.stacks.resource_types.violations import violations_of

_ABSENT = object()
_ANY_ITEM = "*"


@dataclass(frozen=True, slots=True)
class Schema:
    """Facts of one resource type. Paths are like `Code/S3Key`, with `*` for the items of a list."""

    type_name: str
    shape: Mapping[str, Any]
    definitions: Mapping[str, Shape]
    create_only: tuple[str, ...]
    """A change of these replaces the resource."""
    conditional_create_only: tuple[str, ...]
    """A change of these may replace the resource: its type says when."""
    read_only: tuple[str, ...]
    """What the resource has without being given it: attributes."""
    write_only: tuple[str, ...]
    """What cannot be read back."""
    primary_identifier: tuple[str, ...]
    tag_property: str | None
    """The property that has the tags; None for what has none."""
    has_system_tags: bool
    """Whether CloudFormation tags it `aws:cloudformation:stack-name` and so on."""
    is_legacy: bool
    """Whether CloudFormation makes it itself, without a handler of the registry; its errors have other words."""

    @property
    def properties(self) -> Mapping[str, Shape]:
        """Return the shapes of the properties by name, read-only ones included."""
        shapes: Mapping[str, Shape] = self.shape.get("properties", {})
        return shapes

    @property
    def required(self) -> tuple[str, ...]:
        """Return the properties that a resource must have."""
        return tuple(self.shape.get("required", ()))

    def coerce(self, properties: Properties) -> dict[str, Any]:
        """Return properties with values as their shapes have them: 30 for "30", true for "true", text for numbers.

        What cannot become what its shape asks for stays as it is.
        """
        result: dict[str, Any] = coerced(properties, self.shape, self.definitions)
        return result

    def violations(self, properties: Properties) -> list[str]:
        """Return what is wrong with coerced properties, in AWS's words, such as `#: required key [Code] not found`."""
        attributes = frozenset(path for path in self.read_only if "/" not in path) - frozenset(self.create_only)
        given = {name: value for name, value in properties.items() if name not in attributes}
        foreign = [f"#: extraneous key [{name}] is not permitted" for name in properties if name in attributes]
        return [*foreign, *violations_of(given, self.shape, self.definitions)]

    def check(self, logical_id: str, properties: Properties) -> None:
        """Raise AwsError with AWS's message unless coerced properties are what the type takes."""
        if self.is_legacy:
            _check_as_before_the_registry(self, properties)
        if found := self.violations(properties):
            listed = ", ".join(found)
            raise AwsError(
                "ValidationError", f"Properties validation failed for resource {logical_id} with message:\n[{listed}]"
            )

    def replaced_by(self, old: Properties, new: Properties) -> tuple[str, ...]:
        """Return the create-only paths whose values differ: not empty means that the change replaces the resource."""
        return tuple(path for path in self.create_only if _values(old, path) != _values(new, path))


def _check_as_before_the_registry(schema: Schema, properties: Properties) -> None:
    for name in properties:
        if name not in schema.properties and not schema.shape.get("open") and "map" not in schema.shape:
            raise AwsError("ValidationError", f"Encountered unsupported property {name}")
    for name in schema.required:
        if name not in properties:
            raise AwsError("ValidationError", f"Property {name} cannot be empty.")


def _values(value: Any, path: str) -> list[Any]:
    """Return what is at a path, one for each item that it passes through; `_ABSENT` where there is nothing."""
    head, _, rest = path.partition("/")
    if head == _ANY_ITEM:
        found = value if isinstance(value, list) else []
    else:
        found = [value.get(head, _ABSENT)] if isinstance(value, Mapping) else [_ABSENT]
    return [deep for one in found for deep in _values(one, rest)] if rest else found


def schema_of(type_name: str) -> Schema | None:
    """Return the facts of a resource type; None for one that is not known."""
    line = _lines().get(type_name)
    return None if line is None else _parsed(type_name)


def known_types() -> Iterator[str]:
    """Yield the types that have a schema."""
    yield from _lines()


@cache
def _lines() -> Mapping[str, str]:
    text = (files("gatewright.stacks.resource_types") / "registry_schemas.txt").read_text("utf-8")
    return MappingProxyType(dict(line.split(" ", 1) for line in text.split("\n") if line.startswith("AWS::")))


@cache
def _parsed(type_name: str) -> Schema:
    document = orjson.loads(_lines()[type_name])

    def paths(member: str) -> tuple[str, ...]:
        return tuple(document.get(member, ()))

    return Schema(
        type_name=type_name,
        shape=document["shape"],
        definitions=document.get("definitions", {}),
        create_only=paths("create_only"),
        conditional_create_only=paths("conditional_create_only"),
        read_only=paths("read_only"),
        write_only=paths("write_only"),
        primary_identifier=paths("primary_identifier"),
        tag_property=document.get("tag_property"),
        has_system_tags=document.get("system_tags", False),
        is_legacy=document.get("legacy", False),
    )
