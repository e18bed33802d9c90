"""`\\p{…}`, `\\d` and their like, as members of a class of the `regex` package. Without the flag U they are ASCII's."""

import unicodedata
from types import MappingProxyType
from typing import Final

import regex

from gatewright.languages.java_patterns.flags import Flags
from gatewright.languages.patterns import PatternError

HORIZONTAL_SPACE: Final = r" \t\xA0\u1680\u180e\u2000-\u200a\u202f\u205f\u3000"
VERTICAL_SPACE: Final = r"\n\x0B\f\r\x85\u2028\u2029"

_ASCII: Final = MappingProxyType(
    {
        "Lower": "a-z",
        "Upper": "A-Z",
        "ASCII": r"\x00-\x7f",
        "Alpha": "a-zA-Z",
        "Digit": "0-9",
        "Alnum": "a-zA-Z0-9",
        "Punct": r"!-/:-@\[-`{-~",
        "Graph": r"!-~",
        "Print": r" -~",
        "Blank": r" \t",
        "Cntrl": r"\x00-\x1f\x7f",
        "XDigit": "0-9a-fA-F",
        "Space": r" \t\n\x0b\f\r",
        "d": "0-9",
        "s": r" \t\n\x0b\f\r",
        "w": "a-zA-Z_0-9",
        "h": HORIZONTAL_SPACE,
        "v": VERTICAL_SPACE,
    }
)
_GRAPH: Final = r"[^\p{White_Space}\p{Cc}\p{Cs}\p{Cn}]"
_BLANK: Final = r"\p{Zs}\t"
_WORD: Final = r"\p{Alphabetic}\p{M}\p{Nd}\p{Pc}\u200c\u200d"
_UNICODE: Final = MappingProxyType(
    {
        **_ASCII,
        "Lower": r"\p{Lowercase}",
        "Upper": r"\p{Uppercase}",
        "Alpha": r"\p{Alphabetic}",
        "Digit": r"\p{Nd}",
        "Alnum": r"\p{Alphabetic}\p{Nd}",
        "Punct": r"\p{P}",
        "Graph": _GRAPH,
        "Print": _GRAPH + r"\p{Zs}",
        "Blank": _BLANK,
        "Cntrl": r"\p{Cc}",
        "XDigit": r"\p{Nd}\p{Hex_Digit}",
        "Space": r"\p{White_Space}",
        "d": r"\p{Nd}",
        "s": r"\p{White_Space}",
        "w": _WORD,
    }
)
_BINARY: Final = MappingProxyType(
    {
        "ALNUM": r"\p{Alphabetic}\p{Nd}",
        "ALPHABETIC": r"\p{Alphabetic}",
        "ASSIGNED": r"\P{Cn}",
        "BLANK": _BLANK,
        "CONTROL": r"\p{Cc}",
        "DIGIT": r"\p{Nd}",
        "GRAPH": _GRAPH,
        "HEX_DIGIT": r"\p{Nd}\p{Hex_Digit}",
        "HEXDIGIT": r"\p{Nd}\p{Hex_Digit}",
        "IDEOGRAPHIC": r"\p{Ideographic}",
        "JOIN_CONTROL": r"\u200c\u200d",
        "JOINCONTROL": r"\u200c\u200d",
        "LETTER": r"\p{L}",
        "LOWERCASE": r"\p{Lowercase}",
        "NONCHARACTERCODEPOINT": r"\p{Noncharacter_Code_Point}",
        "NONCHARACTER_CODE_POINT": r"\p{Noncharacter_Code_Point}",
        "PRINT": _GRAPH + r"\p{Zs}",
        "PUNCTUATION": r"\p{P}",
        "TITLECASE": r"\p{Lt}",
        "UPPERCASE": r"\p{Uppercase}",
        "WHITESPACE": r"\p{White_Space}",
        "WHITE_SPACE": r"\p{White_Space}",
        "WORD": _WORD,
    }
)
_POSIX: Final = MappingProxyType({name.upper(): members for name, members in _UNICODE.items() if len(name) > 1})
"""Where names of classes mean Unicode's, their case does not matter."""
_IGNORABLE: Final = r"\x00-\x08\x0e-\x1b\x7f-\x9f\p{Cf}"
_METHODS: Final = MappingProxyType(
    {
        "javaAlphabetic": r"\p{Alphabetic}",
        "javaDefined": r"\P{Cn}",
        "javaDigit": r"\p{Nd}",
        "javaISOControl": r"\x00-\x1f\x7f-\x9f",
        "javaIdentifierIgnorable": _IGNORABLE,
        "javaIdeographic": r"\p{Ideographic}",
        "javaJavaIdentifierPart": rf"\p{{L}}\p{{Nl}}\p{{Sc}}\p{{Pc}}\p{{Nd}}\p{{Mc}}\p{{Mn}}{_IGNORABLE}",
        "javaJavaIdentifierStart": r"\p{L}\p{Nl}\p{Sc}\p{Pc}",
        "javaLetter": r"\p{L}",
        "javaLetterOrDigit": r"\p{L}\p{Nd}",
        "javaLowerCase": r"\p{Lowercase}",
        "javaMirrored": r"\p{Bidi_Mirrored}",
        "javaSpaceChar": r"\p{Z}",
        "javaTitleCase": r"\p{Lt}",
        "javaUnicodeIdentifierPart": rf"\p{{ID_Continue}}{_IGNORABLE}",
        "javaUnicodeIdentifierStart": r"\p{ID_Start}",
        "javaUpperCase": r"\p{Uppercase}",
        "javaWhitespace": r"\t-\r\x1c-\x20\u1680\u2000-\u2006\u2008-\u200a\u2028\u2029\u205f\u3000",
    }
)
_CATEGORIES: Final = frozenset(
    (
        *("L", "Lu", "Ll", "Lt", "Lm", "Lo", "LC", "M", "Mn", "Mc", "Me", "N", "Nd", "Nl", "No", "Z", "Zs", "Zl", "Zp"),
        *(
            "C",
            "Cc",
            "Cf",
            "Cn",
            "Co",
            "Cs",
            "P",
            "Pd",
            "Ps",
            "Pe",
            "Pc",
            "Po",
            "Pi",
            "Pf",
            "S",
            "Sm",
            "Sc",
            "Sk",
            "So",
        ),
    )
)
_OTHERS: Final = MappingProxyType({"LD": r"\p{L}\p{Nd}", "L1": r"\x00-\xff", "all": r"\x00-\U0010ffff"})
# Where case is ignored, a property that tells one case from another takes all of them.
_CASED: Final = (
    (frozenset({"Lower", "Upper"}), "Alpha"),
    (frozenset({"Lu", "Ll", "Lt"}), "LC"),
)
_CASED_BINARY: Final = frozenset({"LOWERCASE", "UPPERCASE", "TITLECASE"})
_CASED_METHODS: Final = frozenset({"javaLowerCase", "javaUpperCase", "javaTitleCase"})
_ANY_CASE: Final = r"\p{Lowercase}\p{Uppercase}\p{Lt}"
_NO_NAME_CHARACTER: Final = regex.compile("[^A-Za-z0-9]")


def class_members(letter: str, flags: Flags) -> str:
    """Return the members of `\\d`, `\\w`, `\\s`, `\\h` or `\\v`."""
    return (_UNICODE if flags.is_unicode_class else _ASCII)[letter]


def property_members(name: str, flags: Flags) -> str:
    """Return the members of `\\p{name}`. Raises `PatternError`."""
    kind, has_value, value = name.partition("=")
    if has_value:
        return _valued(kind.lower(), value, flags)
    if name.startswith("In"):
        return _tried("Block", name[2:])
    if name.startswith("Is"):
        return _is(name[2:], flags)
    if name in _METHODS:
        return _ANY_CASE if flags.ignores_case and name in _CASED_METHODS else _METHODS[name]
    return _named(name, flags)


def character_named(name: str) -> str:
    """Return the character of `\\N{name}`. Raises `PatternError`."""
    try:
        return unicodedata.lookup(name)
    except KeyError as error:
        raise PatternError(f"no character is called {name!r}") from error


def _named(name: str, flags: Flags) -> str:
    if flags.is_unicode_class and name.upper() in _POSIX:
        return _posix(name.upper(), flags)
    if flags.ignores_case:
        name = next((all_cases for names, all_cases in _CASED if name in names), name)
    if name in _CATEGORIES:
        return rf"\p{{{name}}}"
    if name in _OTHERS:
        return _OTHERS[name]
    if len(name) > 1 and name in _ASCII:
        return _ASCII[name]
    raise _unknown(name)


def _is(name: str, flags: Flags) -> str:
    upper = name.upper()
    if upper in _BINARY:
        return _ANY_CASE if flags.ignores_case and upper in _CASED_BINARY else _BINARY[upper]
    if name in _CATEGORIES or name in _OTHERS:
        return _named(name, flags)
    return _posix(upper, flags) if upper in _POSIX else _tried("Script", name)


def _posix(upper: str, flags: Flags) -> str:
    return _ANY_CASE if flags.ignores_case and upper in ("LOWER", "UPPER") else _POSIX[upper]


def _valued(kind: str, value: str, flags: Flags) -> str:
    if kind in ("sc", "script"):
        return _tried("Script", value)
    if kind in ("blk", "block"):
        return _tried("Block", value)
    if kind in ("gc", "general_category") and (value in _CATEGORIES or value in _OTHERS):
        return _named(value, flags)
    raise _unknown(f"{kind}={value}")


def _tried(kind: str, value: str) -> str:
    members = rf"\p{{{kind}={_NO_NAME_CHARACTER.sub('', value)}}}"
    try:
        regex.compile(members, cache_pattern=False)
    except regex.error as error:
        raise _unknown(value) from error
    return members


def _unknown(name: str) -> PatternError:
    return PatternError(f"unknown character property {{{name}}}")
