"""Members in labels, query parameters, header fields and the status code: what both REST protocols share."""

import base64
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import orjson

from gatewright.aws.errors import Malformed
from gatewright.aws.operation import Binding
from gatewright.aws.protocols.text_values import format_text, parse_base64, parse_text
from gatewright.aws.protocols.types import Incoming
from gatewright.aws.shapes import Member
from gatewright.base.messages import Headers

# What would end a field line early or is not allowed in one (RFC 9110 section 5.5).
_CONTROLS = MappingProxyType(dict.fromkeys((0, 10, 13), " "))


def parse_bound(binding: Binding, incoming: Incoming) -> dict[str, Any]:
    """Return the members of an input that are outside the body. Raises `Malformed`."""
    parsed: dict[str, Any] = {}
    for member in binding.labels:
        text = incoming.labels.get(member.wire_name)
        if text is not None:
            parsed[member.name] = parse_text(member, text, "iso8601")
    if incoming.query and (binding.query or binding.query_map):
        _parse_query(binding, incoming.query, parsed)
    if binding.headers:
        # One pass over the fields instead of one look-up for each member: S3 binds some thirty of them.
        fields: dict[str, list[str]] = {}
        for name, value in incoming.headers:
            fields.setdefault(name.lower(), []).append(value)
        for member in binding.headers:
            values = fields.get(member.wire_name.lower())
            if values:
                parsed[member.name] = _parse_header(member, values)
    for member in binding.prefix_headers:
        prefix = member.wire_name.lower() if member.has_location_name else ""
        found = {name[len(prefix) :]: value for name, value in incoming.headers if name.lower().startswith(prefix)}
        if found:
            parsed[member.name] = found
    return parsed


def build_headers(binding: Binding, output: Mapping[str, Any]) -> Headers:
    """Return the header fields of an output's members."""
    headers = Headers()
    for member in binding.headers:
        value = output.get(member.name)
        if value is not None and value != []:
            headers.append((member.wire_name, _header_text(_format_header(member, value))))
    for member in binding.prefix_headers:
        prefix = member.wire_name if member.has_location_name else ""
        for name, text in (output.get(member.name) or {}).items():
            headers.append((prefix + name, _header_text(text)))
    return headers


def _parse_query(binding: Binding, query: list[tuple[str, str]], parsed: dict[str, Any]) -> None:
    parameters: dict[str, list[str]] = {}
    for name, value in query:
        parameters.setdefault(name, []).append(value)
    for member in binding.query:
        values = parameters.get(member.wire_name)
        if values is None:
            continue
        if member.type == "list":
            parsed[member.name] = [parse_text(member.item, value, "iso8601") for value in values]
        else:
            parsed[member.name] = parse_text(member, values[0], "iso8601")
    if binding.query_map is not None:
        is_list = binding.query_map.value.type == "list"
        others = {name: values for name, values in parameters.items() if name not in binding.named_query}
        if others:
            parsed[binding.query_map.name] = others if is_list else {name: others[name][0] for name in others}


def _parse_header(member: Member, values: list[str]) -> Any:
    if member.type == "list":
        return [parse_text(member.item, item, "rfc822") for value in values for item in _split(member.item, value)]
    text = ",".join(values) if member.type == "string" else values[0]
    if member.is_json_value:
        try:
            return orjson.loads(parse_base64(text))
        except orjson.JSONDecodeError as error:
            raise Malformed(f"The value of {member.wire_name} is not JSON") from error
    return parse_text(member, text.strip(), "rfc822")


def _split(member: Member, value: str) -> list[str]:
    """Split a list in a header field: commas separate, a quoted item may hold some, an HTTP date holds one."""
    if member.type == "timestamp" and member.timestamp_format in {None, "rfc822"}:
        parts = value.split(",")
        return [",".join(parts[index : index + 2]).strip() for index in range(0, len(parts), 2)]
    if not value.strip():
        return []
    items, item, is_quoted, is_escaped = [], "", False, False
    for letter in value:
        if is_escaped:
            item, is_escaped = item + letter, False
        elif is_quoted and letter == "\\":
            is_escaped = True
        elif letter == '"' and (is_quoted or not item.strip()):
            is_quoted = not is_quoted
        elif letter == "," and not is_quoted:
            items.append(item.strip())
            item = ""
        else:
            item += letter
    return [*items, item.strip()]


def _format_header(member: Member, value: Any) -> str:
    if member.is_json_value:
        return base64.b64encode(orjson.dumps(value)).decode()
    if member.type != "list":
        return format_text(member, value, "rfc822")
    items = (format_text(member.item, item, "rfc822") for item in value)
    if member.item.type != "string":
        return ", ".join(items)
    return ", ".join(_quoted(item) if "," in item or '"' in item else item for item in items)


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _header_text(text: str) -> str:
    if text.isascii() and text.isprintable():
        return text
    # Field values are octets that `Headers` holds as ISO-8859-1.
    return text.translate(_CONTROLS).encode("utf-8", "replace").decode("latin-1")
