"""Regular expressions of java.util.regex in those of the `regex` package: selection patterns, filters, templates.

Java's classes are ASCII, `.` excludes five line terminators, `$` also matches before a last one, `\\Q…\\E` quotes; a
brace that is no quantifier is an error.
"""

from types import MappingProxyType
from typing import Final

import regex

from gatewright.languages.patterns import Pattern, PatternError, compile_translated

JAVA_FLAGS: Final = int(regex.V1 | regex.ASCII)
_LINE_ENDS: Final = r"\n\r\u0085\u2028\u2029"
_POSIX: Final = MappingProxyType(
    {
        "Lower": "a-z",
        "Upper": "A-Z",
        "ASCII": r"\x00-\x7f",
        "Alpha": "a-zA-Z",
        "Digit": "0-9",
        "Alnum": "a-zA-Z0-9",
        "Punct": r"!-/:-@\[-`{-~",
        "Graph": "!-~",
        "Print": " -~",
        "Blank": r" \t",
        "Cntrl": r"\x00-\x1f\x7f",
        "XDigit": "0-9a-fA-F",
        "Space": r" \t\n\x0b\f\r",
        "javaLowerCase": r"\p{Ll}",
        "javaUpperCase": r"\p{Lu}",
        "javaWhitespace": r"\s",
        "IsAlphabetic": r"\p{Alphabetic}",
        "IsDigit": r"\p{Nd}",
        "IsLetter": r"\p{L}",
        "IsUppercase": r"\p{Uppercase}",
        "IsLowercase": r"\p{Lowercase}",
        "IsPunctuation": r"\p{P}",
        "IsWhite_Space": r"\p{White_Space}",
    }
)
_QUANTIFIER: Final = regex.compile(r"\{\d+(?:,\d*)?\}")
_PROPERTY: Final = regex.compile(r"\\([pP])(?:\{(\^?)([A-Za-z_=]+)\}|([A-Z]))")
_NAMED: Final = regex.compile(r"\\k<(\w+)>")
_OCTAL: Final = regex.compile(r"\\0([0-3]?[0-7]{1,2})")
_CODE_POINT: Final = regex.compile(r"\\x\{([0-9a-fA-F]+)\}")
# What follows `(` in the package's groups that Java has not: comments, recursion, conditions, verbs.
_FOREIGN_GROUP: Final = regex.compile(r"\*|\?(?![:=!>]|<[=!]|<[A-Za-z]\w*>|[dimsuxU-]+[:)])")
_QUOTED: Final = regex.compile(r"\\Q(.*?)(?:\\E|\Z)", regex.DOTALL)


class _Translation:
    """Walks through one pattern of Java's."""

    def __init__(self, pattern: str) -> None:
        self._pattern = pattern
        self._at = 0
        self._depth = 0
        self._is_dotall = "(?s" in pattern or "(?is" in pattern or "(?ms" in pattern
        self._is_multiline = "(?m" in pattern or "(?im" in pattern or "(?sm" in pattern

    def translate(self) -> str:
        pieces = []
        while self._at < len(self._pattern):
            pieces.append(self._step())
        return "".join(pieces)

    def _step(self) -> str:
        character = self._pattern[self._at]
        if character == "\\":
            return self._escape()
        if character == "{" and not self._depth:
            return self._quantifier()
        self._at += 1
        if character == "[":
            return self._open()
        if character == "(" and not self._depth and _FOREIGN_GROUP.match(self._pattern, self._at):
            raise PatternError("no such group")
        if character == "]" and self._depth:
            self._depth -= 1
            return "]"
        if self._depth:
            return self._member(character)
        if character == "." and not self._is_dotall:
            return f"[^{_LINE_ENDS}]"
        if character == "$" and not self._is_multiline:
            return rf"(?=(?:\r\n|[{_LINE_ENDS}])?\Z)"
        return character

    def _open(self) -> str:
        self._depth += 1
        negation = "^" if self._pattern.startswith("^", self._at) else ""
        self._at += len(negation)
        return "[" + negation

    def _member(self, character: str) -> str:
        following = self._pattern[self._at : self._at + 1]
        # The package takes these for operators on sets, Java for characters.
        if character in "|~-" and following == character:
            return "\\" + character
        return character

    def _quantifier(self) -> str:
        match = _QUANTIFIER.match(self._pattern, self._at)
        if match is None or self._at == 0:
            raise PatternError("illegal repetition")
        self._at = match.end()
        return match.group()

    def _escape(self) -> str:
        quoted = _QUOTED.match(self._pattern, self._at)
        if quoted is not None:
            self._at = quoted.end()
            return _quote(quoted.group(1))
        found = self._property() or self._special()
        if found is not None:
            return found
        piece = self._pattern[self._at : self._at + 2]
        if len(piece) < 2:
            raise PatternError("a backslash at the end")
        self._at += 2
        return {r"\z": r"\Z", r"\Z": rf"(?=(?:\r\n|[{_LINE_ENDS}])?\Z)", r"\e": r"\x1b"}.get(piece, self._class(piece))

    def _class(self, piece: str) -> str:
        horizontal = r" \t\xA0\u1680\u180e\u2000-\u200a\u202f\u205f\u3000"
        vertical = r"\n\x0B\f\r\x85\u2028\u2029"
        ranges = {"h": horizontal, "v": vertical}.get(piece[1].lower())
        if ranges is None:
            return piece
        negation = "^" if piece[1].isupper() else ""
        return f"[{negation}{ranges}]"

    def _property(self) -> str | None:
        match = _PROPERTY.match(self._pattern, self._at)
        if match is None:
            return None
        self._at = match.end()
        letter, negation, name, short = match.groups()
        if short:
            return rf"\{letter}{{{short}}}"
        members = _POSIX.get(name, rf"\p{{{name.removeprefix('Is')}}}")
        is_negative = (letter == "P") != bool(negation)
        if self._depth and not is_negative:
            return members
        return f"[{'^' if is_negative else ''}{members}]"

    def _special(self) -> str | None:
        if (match := _NAMED.match(self._pattern, self._at)) is not None:
            found = f"(?P={match.group(1)})"
        elif (match := _OCTAL.match(self._pattern, self._at)) is not None:
            found = rf"\x{int(match.group(1), 8):02x}"
        elif (match := _CODE_POINT.match(self._pattern, self._at)) is not None:
            found = rf"\U{int(match.group(1), 16):08x}"
        else:
            return None
        self._at = match.end()
        return found


def _quote(text: str) -> str:
    return "".join(character if character.isalnum() else "\\" + character for character in text)


def translate_java(pattern: str) -> str:
    """Return a pattern of java.util.regex as the `regex` package has it. Raises `PatternError`."""
    return _Translation(pattern).translate()


def compile_java(text: str, flags: str = "") -> Pattern:
    """Compile a pattern of java.util.regex; `flags` are those that may follow `(?`. Raises `PatternError`."""
    inline = "".join(flag for flag in flags if flag in "imsx")
    translated = translate_java(f"(?{inline}){text}" if inline else text)
    return compile_translated(text, translated, JAVA_FLAGS)
