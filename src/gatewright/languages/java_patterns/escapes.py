"""What follows a backslash, but for what only one place understands."""

from collections.abc import Callable
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

import regex

from gatewright.languages.java_patterns.flags import Flags
from gatewright.languages.java_patterns.properties import character_named, class_members, property_members
from gatewright.languages.patterns import PatternError

_PROPERTY: Final = regex.compile(r"\\([pP])(?:\{([^}]+)\}|([^{]))")
_CLASS: Final = regex.compile(r"\\([dDwWsShHvV])")
_NAME: Final = regex.compile(r"\\N\{([A-Za-z0-9 ()-]+)\}")
_OCTAL: Final = regex.compile(r"\\0([0-3][0-7]{2}|[0-7]{1,2})")
_HEX: Final = regex.compile(r"\\x(?:\{([0-9A-Fa-f]+)\}|([0-9A-Fa-f]{2}))")
_SURROGATES: Final = regex.compile(r"\\u([Dd][89ABab][0-9A-Fa-f]{2})\\u([Dd][C-Fc-f][0-9A-Fa-f]{2})")
_UNICODE: Final = regex.compile(r"\\u([0-9A-Fa-f]{4})")
_CONTROL: Final = regex.compile(r"\\c(.)", regex.DOTALL)
_SINGLE: Final = MappingProxyType({"a": "\a", "e": "\x1b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"})
_LAST_CODE_POINT: Final = 0x10FFFF


@dataclass(frozen=True, slots=True)
class Members:
    """An escape that stands for many characters."""

    text: str
    """As members of a class."""
    is_negative: bool
    end: int


def many(pattern: str, at: int, flags: Flags) -> Members | None:
    """Return the class or property that an escape stands for; None for another escape. Raises `PatternError`."""
    match = _PROPERTY.match(pattern, at)
    if match is not None:
        name = match[2] or match[3]
        return Members(property_members(name, flags), match[1] == "P", match.end())
    match = _CLASS.match(pattern, at)
    if match is None:
        return None
    return Members(class_members(match[1].lower(), flags), match[1].isupper(), match.end())


def one(pattern: str, at: int) -> tuple[str, int]:
    """Return the character that an escape stands for, and where it ends. Raises `PatternError`."""
    escaped = pattern[at + 1 : at + 2]
    if not escaped:
        raise PatternError("a backslash at the end")
    if escaped in _SINGLE:
        return _SINGLE[escaped], at + 2
    if not (escaped.isascii() and escaped.isalnum()):
        return escaped, at + 2
    for found, read in _NUMBERED:
        match = found.match(pattern, at)
        if match is not None:
            return read(match), match.end()
    raise PatternError(f"illegal escape sequence \\{escaped}")


def _code_point(number: int) -> str:
    if number > _LAST_CODE_POINT:
        raise PatternError("no such code point")
    return chr(number)


def _pair(match: "regex.Match[str]") -> str:
    return chr(0x10000 + ((int(match[1], 16) - 0xD800) << 10) + int(match[2], 16) - 0xDC00)


_NUMBERED: Final[tuple[tuple["regex.Pattern[str]", Callable[["regex.Match[str]"], str]], ...]] = (
    (_OCTAL, lambda match: chr(int(match[1], 8))),
    (_HEX, lambda match: _code_point(int(match[1] or match[2], 16))),
    (_SURROGATES, _pair),
    (_UNICODE, lambda match: chr(int(match[1], 16))),
    (_CONTROL, lambda match: chr(ord(match[1]) ^ 64)),
    (_NAME, lambda match: character_named(match[1])),
)
