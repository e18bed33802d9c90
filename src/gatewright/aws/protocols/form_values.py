"""Values in forms: `Tags.member.1.Key=a&Tags.member.1.Value=b` (Smithy: aws.protocols#awsQuery)."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote_to_bytes

from gatewright.aws.errors import Malformed
from gatewright.aws.protocols.text_values import parse_text
from gatewright.aws.shapes import Member

_MAXIMUM_FIELDS = 100_000
_MAXIMUM_DEPTH = 100


# Not frozen: filled in field by field.
@dataclass(slots=True, eq=False)
class FormNode:
    """What stands under one name: a value, further names, or both."""

    value: str | None = None
    children: "dict[str, FormNode]" = field(default_factory=dict)

    def child(self, *names: str) -> "FormNode | None":
        """Return the first of the names that is there."""
        return next((self.children[name] for name in names if name in self.children), None)


def parse_form(body: bytes) -> list[tuple[str, str]]:
    """Return the fields of a form in order. Raises `Malformed`."""
    if body.count(b"&") > _MAXIMUM_FIELDS:
        raise Malformed("The form has too many fields")
    fields = []
    for part in body.split(b"&"):
        name, _, value = part.partition(b"=")
        if name:
            fields.append((_decode(name), _decode(value)))
    return fields


def build_tree(fields: Iterable[tuple[str, str]]) -> FormNode:
    """Return the fields as a tree; of a name that is there twice the first one counts. Raises `Malformed`."""
    root = FormNode()
    for name, value in fields:
        steps = name.split(".")
        if len(steps) > _MAXIMUM_DEPTH:
            raise Malformed("A name of the form is nested too deeply")
        node = root
        for step in steps:
            node = node.children.setdefault(step, FormNode())
        if node.value is None:
            node.value = value
    return root


def parse_members(members: Iterable[Member], node: FormNode) -> dict[str, Any]:
    """Return the members of a structure that are there. Raises `Malformed`."""
    parsed: dict[str, Any] = {}
    for member in members:
        child = node.child(member.wire_name)
        if child is not None:
            parsed[member.name] = _value(member, child)
    return parsed


def _value(member: Member, node: FormNode) -> Any:
    kind = member.type
    if kind == "structure":
        return parse_members(member.shape.members.values(), node)
    if kind == "list":
        items = node if member.is_flattened else node.child(member.item.wire_name, "member")
        return [_value(member.item, item) for item in _numbered(items)]
    if kind == "map":
        entries = node if member.is_flattened else node.child("entry")
        return dict(_entry(member, entry) for entry in _numbered(entries))
    if node.value is None:
        raise Malformed("Start of structure or map found where not expected.")
    return parse_text(member, node.value, "iso8601")


def _entry(member: Member, node: FormNode) -> tuple[str, Any]:
    key, value = node.child(member.key.wire_name), node.child(member.value.wire_name)
    if key is None or value is None:
        raise Malformed("An entry of a map lacks its key or its value")
    return _value(member.key, key), _value(member.value, value)


def _numbered(node: FormNode | None) -> list[FormNode]:
    """Return the items of a list in the order of their numbers; `List=` alone is an empty list."""
    if node is None or not node.children:
        return []
    if not all(step.isascii() and step.isdigit() and len(step) <= 9 for step in node.children):
        raise Malformed("Unexpected complex element termination")
    return [node.children[step] for step in sorted(node.children, key=int)]


def _decode(text: bytes) -> str:
    try:
        return unquote_to_bytes(text.replace(b"+", b" ")).decode()
    except UnicodeDecodeError as error:
        raise Malformed("The form is not valid UTF-8") from error
