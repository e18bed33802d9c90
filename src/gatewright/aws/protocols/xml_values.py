"""Values in XML: of requests (rest-xml) and of responses (rest-xml, query)."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any

from gatewright.aws.errors import Malformed
from gatewright.aws.protocols.text_values import format_text, parse_text
from gatewright.aws.protocols.xml_tree import Element
from gatewright.aws.shapes import Member

# Control characters that no XML 1.0 document can hold, not even as references (XML 1.0 section 2.2); and what has to be
# a reference: markup, and in attributes and text the line ends that parsers would normalise (section 2.11, 3.3.3).
_UNWRITABLE = MappingProxyType(
    dict.fromkeys([*range(9), 11, 12, *range(14, 32), 0xFFFE, 0xFFFF], "\N{REPLACEMENT CHARACTER}")
)
_TEXT_ESCAPES = MappingProxyType(
    {**_UNWRITABLE, ord("&"): "&amp;", ord("<"): "&lt;", ord(">"): "&gt;", ord("\r"): "&#xD;"}
)
_ATTRIBUTE_ESCAPES = MappingProxyType({**_TEXT_ESCAPES, ord('"'): "&quot;", ord("\n"): "&#xA;", ord("\t"): "&#x9;"})


def parse_members(members: Iterable[Member], element: Element) -> dict[str, Any]:
    """Return the members of a structure that an element has. Raises `Malformed`."""
    parsed: dict[str, Any] = {}
    for member in members:
        if member.is_xml_attribute:
            if member.wire_name in element.attributes:
                parsed[member.name] = parse_text(member, element.attributes[member.wire_name], "iso8601")
        elif member.is_flattened and member.type in {"list", "map"}:
            found = element.find_all(member.wire_name)
            if found:
                parsed[member.name] = _list(member, found) if member.type == "list" else _map(member, found)
        else:
            child = element.find(member.wire_name)
            if child is not None:
                parsed[member.name] = parse_value(member, child)
    return parsed


def parse_value(member: Member, element: Element) -> Any:
    """Return the value of an element. Raises `Malformed`."""
    kind = member.type
    if kind == "structure":
        return parse_members(member.shape.members.values(), element)
    if kind == "list":
        return _list(member, element.find_all(member.item.wire_name))
    if kind == "map":
        return _map(member, element.find_all("entry"))
    text = element.text
    return parse_text(member, text if kind == "string" else text.strip(), "iso8601")


def write_members(members: Iterable[Member], value: Mapping[str, Any], out: list[str]) -> None:
    """Write the members of a structure; what is None is left out, attributes belong to the start tag."""
    for member in members:
        item = value.get(member.name)
        if item is not None and not member.is_xml_attribute:
            write_value(member, item, out)


def write_value(member: Member, value: Any, out: list[str], name: str | None = None) -> None:
    """Write the element of a value, or the elements of a flattened list or map."""
    kind = member.type
    tag = name or member.wire_name
    if kind in {"list", "map"}:
        write = _write_list if kind == "list" else _write_map
        if member.is_flattened:
            write(member, value, out, tag)
            return
        out.append(start_tag(member, tag))
        write(member, value, out, member.item.wire_name if kind == "list" else "entry")
    elif kind == "structure":
        out.append(start_tag(member, tag, value))
        write_members(member.shape.members.values(), value, out)
    else:
        out.append(start_tag(member, tag))
        out.append(text_node(format_text(member, value, "iso8601")))
    out.append(f"</{tag}>")


def start_tag(member: Member, name: str, value: Mapping[str, Any] | None = None, namespace: str = "") -> str:
    """Return a start tag with its namespace and, of a structure, its attributes."""
    parts = [name, namespace] if namespace else [name]
    if member.xml_namespace is not None:
        parts.append(member.xml_namespace.attribute)
    if value is not None:
        for attribute in member.shape.members.values():
            if attribute.is_xml_attribute and value.get(attribute.name) is not None:
                text = format_text(attribute, value[attribute.name], "iso8601").translate(_ATTRIBUTE_ESCAPES)
                parts.append(f'{attribute.wire_name}="{text}"')
    return f"<{' '.join(parts)}>"


def text_node(text: str) -> str:
    """Return text as character data; a carriage return as a reference, or parsers make it a line feed."""
    return text.translate(_TEXT_ESCAPES)


def _list(member: Member, elements: list[Element]) -> list[Any]:
    return [parse_value(member.item, element) for element in elements]


def _map(member: Member, entries: list[Element]) -> dict[str, Any]:
    parsed = {}
    for entry in entries:
        key, value = entry.find(member.key.wire_name), entry.find(member.value.wire_name)
        if key is None or value is None:
            raise Malformed("An entry of a map lacks its key or its value")
        parsed[parse_value(member.key, key)] = parse_value(member.value, value)
    return parsed


def _write_list(member: Member, items: Iterable[Any], out: list[str], name: str) -> None:
    for item in items:
        if item is not None:
            write_value(member.item, item, out, name)


def _write_map(member: Member, entries: Mapping[str, Any], out: list[str], name: str) -> None:
    for key, value in entries.items():
        if value is not None:
            out.append(start_tag(member, name) if member.is_flattened else f"<{name}>")
            write_value(member.key, key, out)
            write_value(member.value, value, out)
            out.append(f"</{name}>")
