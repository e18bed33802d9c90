"""The shapes of a service model, compiled once into values that are quick to walk.

botocore's own shape objects resolve a member anew for every access; a codec that runs for each request cannot afford
that. A `Shape` is a definition of the model; a `Member` is one use of it, with the traits of the reference laid over
those of the definition, which is botocore's rule too (`ShapeResolver.get_shape_by_name`).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Definition = Mapping[str, Any]
"""A JSON object of a service model."""


class ModelError(Exception):
    """A service model that contradicts itself, such as a reference to a shape that it does not define."""


@dataclass(frozen=True, slots=True)
class XmlNamespace:
    """The `xmlNamespace` trait: `xmlns="uri"`, or `xmlns:prefix="uri"`."""

    uri: str
    prefix: str | None

    @property
    def attribute(self) -> str:
        """Return the attribute as it is written into a start tag."""
        return f'xmlns:{self.prefix}="{self.uri}"' if self.prefix else f'xmlns="{self.uri}"'


# Not frozen: shapes refer to each other in circles, so a shape exists before its members do.
@dataclass(slots=True, eq=False)
class Shape:
    """A definition of the model."""

    name: str
    type: str
    members: dict[str, "Member"] = field(default_factory=dict)
    """Of a structure, by name. A list has the one member `member`, a map has `key` and `value`."""
    required: tuple[str, ...] = ()
    enum: tuple[str, ...] = ()
    minimum: float | None = None
    maximum: float | None = None
    pattern: str | None = None
    payload: str | None = None
    is_union: bool = False
    is_document: bool = False
    is_event_stream: bool = False
    is_sensitive: bool = False
    is_sparse: bool = False
    """Of a list or map: it may hold null (Smithy's trait `sparse`, which no model of botocore has)."""
    location_name: str | None = None
    xml_namespace: XmlNamespace | None = None
    error: "ErrorTraits | None" = None


@dataclass(frozen=True, slots=True)
class ErrorTraits:
    """What makes a structure a modeled exception."""

    code: str
    status: int
    is_sender_fault: bool


@dataclass(frozen=True, slots=True, eq=False)
class Member:
    """One use of a shape: a member of a structure, list or map."""

    name: str
    shape: Shape
    location: str | None
    """`uri`, `querystring`, `header`, `headers`, `statusCode`, or None for the body."""
    wire_name: str
    """The name on the wire: `locationName`, else the member's own name."""
    has_location_name: bool
    is_flattened: bool
    is_xml_attribute: bool
    is_json_value: bool
    is_streaming: bool
    is_sensitive: bool
    is_idempotency_token: bool
    timestamp_format: str | None
    xml_namespace: XmlNamespace | None
    event_location: str | None
    """Of a member of an event: `header`, `payload`, or None for one among others in the payload."""

    @property
    def type(self) -> str:
        """Return the type of the shape."""
        return self.shape.type

    @property
    def item(self) -> "Member":
        """Return the member of a list."""
        return self.shape.members["member"]

    @property
    def key(self) -> "Member":
        """Return the key of a map."""
        return self.shape.members["key"]

    @property
    def value(self) -> "Member":
        """Return the value of a map."""
        return self.shape.members["value"]


class Shapes:
    """The shapes of one service model, compiled when first asked for."""

    def __init__(self, definitions: Mapping[str, Definition]) -> None:
        self.definitions = definitions
        self._compiled: dict[str, Shape] = {}

    def shape(self, name: str) -> Shape:
        """Return a shape. Raises `ModelError` when the model has none of that name."""
        shape = self._compiled.get(name)
        if shape is None:
            definition = self._definition(name)
            linking: dict[str, Shape] = {}
            shape = self._link(_scalar_part(name, definition), definition, linking)
            # Published only now that all are complete: operations are compiled by several threads.
            self._compiled.update(linking)
        return shape

    def reference(self, name: str, reference: Definition) -> Member:
        """Return the use of a shape that `reference` (`{"shape": …}`) describes."""
        return self._member(name, reference, self.shape(reference["shape"]))

    def _definition(self, name: str) -> Definition:
        definition = self.definitions.get(name)
        if definition is None:
            raise ModelError(f"the model refers to {name}, which it does not define")
        return definition

    def _link(self, shape: Shape, definition: Definition, linking: dict[str, Shape]) -> Shape:
        linking[shape.name] = shape
        for name, reference in _references(definition).items():
            target_name = reference["shape"]
            target = self._compiled.get(target_name) or linking.get(target_name)
            if target is None:
                target_definition = self._definition(target_name)
                target = self._link(_scalar_part(target_name, target_definition), target_definition, linking)
            shape.members[name] = self._member(name, reference, target)
        return shape

    def _member(self, name: str, reference: Definition, shape: Shape) -> Member:
        traits = {**self._definition(shape.name), **reference}
        return Member(
            name=name,
            shape=shape,
            location=traits.get("location"),
            wire_name=_wire_name(name, reference, self.definitions[shape.name]),
            has_location_name="locationName" in reference,
            is_flattened=bool(traits.get("flattened")),
            is_xml_attribute=bool(traits.get("xmlAttribute")),
            is_json_value=bool(traits.get("jsonvalue")),
            is_streaming=bool(traits.get("streaming")),
            is_sensitive=bool(traits.get("sensitive")),
            is_idempotency_token=bool(traits.get("idempotencyToken")),
            timestamp_format=traits["timestampFormat"].lower() if "timestampFormat" in traits else None,
            xml_namespace=xml_namespace(traits),
            event_location="header" if traits.get("eventheader") else "payload" if traits.get("eventpayload") else None,
        )


def xml_namespace(traits: Definition) -> XmlNamespace | None:
    """Return the `xmlNamespace` trait, which older models give as a plain string."""
    namespace = traits.get("xmlNamespace")
    if not namespace:
        return None
    if isinstance(namespace, str):
        return XmlNamespace(namespace, None)
    return XmlNamespace(namespace["uri"], namespace.get("prefix"))


def _wire_name(name: str, reference: Definition, definition: Definition) -> str:
    """Return what a member is called on the wire.

    A `locationName` of a definition names the root of a body, not a member. A list that is flattened by its definition
    (models of old: SimpleDB) is named by its items, one flattened by the reference (models made from Smithy) is not.
    """
    if "locationName" in reference:
        return str(reference["locationName"])
    if definition.get("flattened") and definition["type"] == "list":
        return str(definition["member"].get("locationName", name))
    return name


def _references(definition: Definition) -> Mapping[str, Definition]:
    members: Mapping[str, Definition] | None = definition.get("members")
    if members is not None:
        return members
    return {name: definition[name] for name in ("member", "key", "value") if name in definition}


def _scalar_part(name: str, definition: Definition) -> Shape:
    return Shape(
        name=name,
        type=definition["type"],
        required=tuple(definition.get("required", ())),
        enum=tuple(definition.get("enum", ())),
        minimum=definition.get("min"),
        maximum=definition.get("max"),
        pattern=definition.get("pattern"),
        payload=definition.get("payload"),
        is_union=bool(definition.get("union")),
        is_document=bool(definition.get("document")),
        is_event_stream=bool(definition.get("eventstream")),
        is_sensitive=bool(definition.get("sensitive")),
        is_sparse=bool(definition.get("sparse")),
        location_name=definition.get("locationName"),
        xml_namespace=xml_namespace(definition),
        error=_error_traits(name, definition) if definition.get("exception") else None,
    )


def _error_traits(name: str, definition: Definition) -> ErrorTraits:
    error = definition.get("error", {})
    status = error.get("httpStatusCode", 500 if definition.get("fault") else 400)
    return ErrorTraits(error.get("code", name), status, bool(error.get("senderFault", status < 500)))
