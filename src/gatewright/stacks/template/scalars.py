"""Scalars of a template, which are text in the end.

CloudFormation hands nearly everything on as text: `MemorySize: 128` and `MemorySize: "128"` are one template. What is
left to know is how a number was written, since `1.10` is a version somewhere and an account id may begin with 0. So:

- What JSON would call a number is a number, and keeps its text where the two differ (`1.10`).
- All else that YAML 1.1 would convert stays text: `012345678901`, `0x1F`, `1_000`, `22:22`, `2012-10-17`.
- Booleans are those of YAML 1.1 (`yes`, `on`), and `true` or `false` as text.

Source: AWS CloudFormation User Guide, "CloudFormation template format" (YAML 1.1 but for binary, omap, pairs, set,
timestamp, aliases and merges); why numbers are not YAML's: docs/decisions/0018-templates.md.
"""

import re
from typing import Self

from gatewright.stacks.template.types import Json, Unknown

LONGEST_NUMBER = 40

_INTEGER = re.compile(r"0|-?[1-9][0-9]*")
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?")
_VERSIONED = re.compile(r"(.+):([0-9]{1,18})", re.DOTALL)
_TRUE = frozenset({"true", "True", "TRUE", "yes", "Yes", "YES", "on", "On", "ON"})
_FALSE = frozenset({"false", "False", "FALSE", "no", "No", "NO", "off", "Off", "OFF"})
_NULL = frozenset({"", "~", "null", "Null", "NULL"})


class WrittenFloat(float):
    """A number that is no plain integer, and the text that it was written as."""

    __slots__ = ("text",)
    text: str

    def __new__(cls, text: str) -> Self:
        number = super().__new__(cls, text)
        number.text = text
        return number

    def __str__(self) -> str:
        return self.text

    def __getnewargs__(self) -> tuple[str]:  # type: ignore[override]  # copies are made of the text
        return (self.text,)


def read_number(text: str) -> int | float | str:
    """Return the number that a text is in JSON; another text is returned as it is."""
    if len(text) > LONGEST_NUMBER:
        return text
    if _INTEGER.fullmatch(text):
        return int(text)
    return WrittenFloat(text) if _NUMBER.fullmatch(text) else text


def read_plain(text: str) -> Json:
    """Return what an unquoted scalar of YAML is."""
    if text in _NULL:
        return None
    if text in _TRUE or text in _FALSE:
        return text in _TRUE
    return read_number(text)


def text_of(value: Json) -> str | None:
    """Return the text of a scalar, or None for an object, a list, null or UNKNOWN."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return str(value)
    return None


def split_version(text: str) -> tuple[str, int | None]:
    """Return name and version of an SSM parameter: `name` or `name:version`."""
    named = _VERSIONED.fullmatch(text)
    return (named[1], int(named[2])) if named else (text, None)


def is_unknown(value: Json) -> bool:
    """Tell whether a value is UNKNOWN, or has it somewhere within."""
    if isinstance(value, Unknown):
        return True
    if isinstance(value, list):
        return any(is_unknown(item) for item in value)
    return isinstance(value, dict) and any(is_unknown(item) for item in value.values())
