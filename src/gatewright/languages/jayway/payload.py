"""What a path reads: a payload as API Gateway takes it, and the text that it makes of a value again.

A payload need not be JSON: it is read as json-smart reads it, so `a=b` and `true{` are texts, and what begins with `{`,
`[` or a quote has to end (recorded against AWS by the project api-gateway-mapping-template, `test/_.md`; the message
by localstack). No payload at all reads as `{}`.
"""

import math
import re

import orjson

from gatewright.languages.doubles import double_text
from gatewright.languages.jayway.errors import PayloadError
from gatewright.languages.jayway.json_smart import read_json

_MESSAGE = "Invalid JSON in request body"

# json-smart writes these escaped, everything else beyond ASCII as it is, and `/` bare.
_ESCAPED = re.compile("[\x7f-\x9f\u2000-\u20ff]")
# What orjson writes otherwise than Java: control characters in lower case, floating point numbers that are very
# large or very small. Such a text may also be part of a string, which costs no more than the slower way.
# Each pattern begins with what the search can leap to.
_OTHERWISE = tuple(
    re.compile(pattern).search for pattern in (r"\\u00", r"\.(?<=\d{8}\.)", r"0\.000", r"e(?<=\de)[-\d]")
)
_JAVA_CONTROL = re.compile('[\x00-\x1f"\\\\\x7f-\x9f\u2000-\u20ff]')
_SHORT_ESCAPES = (
    ('"', '\\"'),
    ("\\", "\\\\"),
    ("\b", "\\b"),
    ("\f", "\\f"),
    ("\n", "\\n"),
    ("\r", "\\r"),
    ("\t", "\\t"),
)


def parse_payload(payload: bytes) -> object:
    """Return the value of a payload. Raises `PayloadError`."""
    if not payload:
        return {}
    try:
        return orjson.loads(payload)
    except orjson.JSONDecodeError as error:
        text = payload.decode(errors="replace").strip()
        try:
            return read_json(text) if text else {}
        except PayloadError:
            raise PayloadError(_MESSAGE) from error


def write_json(value: object) -> str:
    """Return the text that `$input.json()` gives for a value: compact, in the order of its keys."""
    try:
        text = orjson.dumps(value).decode()
    except TypeError:
        return _write(value)
    if any(search(text) for search in _OTHERWISE):
        return _write(value)
    return _ESCAPED.sub(_escape, text) if not text.isascii() or "\x7f" in text else text


def _write(value: object) -> str:
    if isinstance(value, dict):
        return "{" + ",".join([f"{_quote(str(key))}:{_write(member)}" for key, member in value.items()]) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ",".join([_write(element) for element in value]) + "]"
    if isinstance(value, str):
        return _quote(value)
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        # JSON has no other numbers (RFC 8259 section 6).
        return double_text(value) if math.isfinite(value) else "null"
    return str(value)


def _quote(text: str) -> str:
    return '"' + _JAVA_CONTROL.sub(_escape, text) + '"'


def _escape(match: re.Match[str]) -> str:
    character = match[0]
    for raw, escaped in _SHORT_ESCAPES:
        if character == raw:
            return escaped
    return f"\\u{ord(character):04X}"
