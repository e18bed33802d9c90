"""JSON and YAML text, laid out as AWS's exports and models are.

AWS writes with Jackson: `"key" : value`, arrays in one line with their brackets, and in YAML every string in double
quotes. Whoever compares an export with an older one shall see no difference that is none.
"""

import json
import re

from gatewright.languages.openapi.types import Json

_PLAIN_KEY = re.compile(r"[A-Za-z/$_][A-Za-z0-9/$_.+{}*-]*")
# What YAML takes for a line break or refuses, and JSON allows.
_UNSAFE = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")
_WORDS = frozenset({"y", "n", "yes", "no", "on", "off", "true", "false", "null"})


def json_text(value: Json, level: int = 0) -> str:
    """Return a value as JSON in Jackson's default layout."""
    if isinstance(value, dict):
        if not value:
            return "{ }"
        inner = "  " * (level + 1)
        members = [f"{inner}{_quoted(key)} : {json_text(member, level + 1)}" for key, member in value.items()]
        return "{\n" + ",\n".join(members) + "\n" + "  " * level + "}"
    if isinstance(value, list):
        return f"[ {', '.join(json_text(item, level) for item in value)} ]" if value else "[ ]"
    return _quoted(value)


def yaml_text(value: Json) -> str:
    """Return a document as YAML, as Jackson writes it."""
    return "---\n" + "".join(f"{line}\n" for line in _lines(value))


def _lines(value: Json) -> list[str]:
    if isinstance(value, dict):
        return [line for key, member in value.items() for line in _member_lines(_key(key) + ":", member)]
    if isinstance(value, list):
        return [line for item in value for line in _item_lines(item)]
    return [_quoted(value)]


def _member_lines(head: str, value: Json) -> list[str]:
    if not isinstance(value, dict | list) or not value:
        return [f"{head} {_leaf(value)}"]
    indent = "  " if isinstance(value, dict) else ""
    return [head, *(indent + line for line in _lines(value))]


def _item_lines(item: Json) -> list[str]:
    if not isinstance(item, dict | list) or not item:
        return [f"- {_leaf(item)}"]
    first, *rest = _lines(item)
    return [f"- {first}", *(f"  {line}" for line in rest)]


def _leaf(value: Json) -> str:
    if isinstance(value, dict):
        return "{}"
    return "[]" if isinstance(value, list) else _quoted(value)


def _key(key: str) -> str:
    return key if _PLAIN_KEY.fullmatch(key) and key.lower() not in _WORDS else _quoted(key)


def _quoted(value: Json) -> str:
    # Escapes of JSON are escapes of YAML's double quotes too; what needs a surrogate pair in JSON stays as it is.
    return _UNSAFE.sub(lambda found: f"\\u{ord(found[0]):04x}", json.dumps(value, ensure_ascii=False))
