"""Java's regular expressions in those of the `regex` package, with bounded time.

Why that package: docs/decisions/0012-mapping-templates.md. Java's classes are ASCII, `.` excludes five line
terminators, `$` also matches before a last one, `\\Q…\\E` quotes; a brace that is no quantifier is an error.
"""

import time
from collections.abc import Callable, Iterator
from types import MappingProxyType
from typing import Final

import regex

from gatewright.languages.patterns import expanded_length
from gatewright.languages.vtl.errors import TemplateFault, TemplateLimitFault

PATTERN_CHARACTERS: Final = 2000
PATTERNS: Final = 64
EXPANDED_LENGTH: Final = 20_000
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
_NAMED_GROUP: Final = regex.compile(r"\{(\w+)\}")
_CODE_POINT: Final = regex.compile(r"\\x\{([0-9a-fA-F]+)\}")
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
            raise TemplateFault("illegal repetition in a regular expression")
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
            raise TemplateFault("a regular expression ends with a backslash")
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


def translate(pattern: str) -> str:
    """Return Java's pattern as the `regex` package has it; a fault when it is none."""
    return _Translation(pattern).translate()


class Patterns:
    """The regular expressions of one rendering: `seconds` bounds all its searches together, `compiled` is kept."""

    def __init__(self, seconds: float, compiled: "dict[str, regex.Pattern[str]]") -> None:
        self._left = seconds
        self._compiled = compiled

    def _pattern(self, pattern: str) -> "regex.Pattern[str]":
        found = self._compiled.get(pattern)
        if found is None:
            if len(pattern) > PATTERN_CHARACTERS:
                raise TemplateLimitFault("a regular expression is too long")
            try:
                translated = translate(pattern)
                if expanded_length(translated) > EXPANDED_LENGTH:
                    raise TemplateLimitFault("a regular expression repeats too much")
                found = regex.compile(translated, regex.V1 | regex.ASCII, cache_pattern=False)
            except (regex.error, OverflowError, RecursionError) as error:
                raise TemplateFault(f"malformed regular expression: {error}") from error
            if len(self._compiled) >= PATTERNS:
                self._compiled.clear()
            self._compiled[pattern] = found
        return found

    def matches(self, pattern: str, text: str) -> bool:
        """Return whether the pattern matches the whole text."""
        compiled = self._pattern(pattern)
        return self._timed(lambda seconds: compiled.fullmatch(text, timeout=seconds)) is not None

    def replace(self, pattern: str, text: str, replacement: str, limit: int, count: int = 0) -> str:
        """Return the text with what matches replaced, `count` times at most unless 0, in `limit` characters at most."""
        compiled = self._pattern(pattern)
        parts = _parts(replacement, compiled)
        pieces: list[str] = []
        at = 0
        for number, match in enumerate(self._found(compiled, text), 1):
            pieces.append(text[at : match.start()])
            added = [part if isinstance(part, str) else match.group(part) or "" for part in parts]
            pieces += added
            at = match.end()
            limit -= sum(map(len, added))
            if limit < 0:
                raise TemplateLimitFault("a text is too long")
            if number == count:
                break
        pieces.append(text[at:])
        return "".join(pieces)

    def split(self, pattern: str, text: str, limit: int = 0) -> list[object]:
        """Return what String.split returns: empty texts at the end removed unless `limit` says otherwise."""
        pieces: list[object] = []
        at = 0
        for match in self._found(self._pattern(pattern), text):
            if 0 < limit <= len(pieces) + 1:
                break
            if match.end() == 0 or (match.start() == match.end() == len(text)):
                # A match without width at the beginning gives no empty first text.
                continue
            pieces.append(text[at : match.start()])
            at = match.end()
        if not pieces and not at:
            return [text]
        pieces.append(text[at:])
        while limit == 0 and len(pieces) > 0 and pieces[-1] == "":
            pieces.pop()
        return pieces

    def _found(self, pattern: "regex.Pattern[str]", text: str) -> "Iterator[regex.Match[str]]":
        matches = pattern.finditer(text, timeout=max(self._left, 0.001))
        while (match := self._timed(lambda _seconds: next(matches, None))) is not None:
            yield match

    def _timed(self, search: "Callable[[float], regex.Match[str] | None]") -> "regex.Match[str] | None":
        began = time.perf_counter()
        try:
            return search(max(self._left, 0.001))
        except TimeoutError:
            raise TemplateLimitFault("regular expressions take too long") from None
        finally:
            self._left -= time.perf_counter() - began


def _parts(replacement: str, pattern: "regex.Pattern[str]") -> list[str | int]:
    """Return a replacement's texts and the numbers of the groups in it."""
    parts: list[str | int] = []
    at = 0
    while at < len(replacement):
        character = replacement[at]
        at += 1
        if character == "\\":
            if at == len(replacement):
                raise TemplateFault("a replacement ends with a backslash")
            parts.append(replacement[at])
            at += 1
        elif character == "$":
            group, at = _group(replacement, at, pattern)
            parts.append(group)
        else:
            end = at
            while end < len(replacement) and replacement[end] not in "$\\":
                end += 1
            parts.append(replacement[at - 1 : end])
            at = end
    return parts


def _group(replacement: str, at: int, pattern: "regex.Pattern[str]") -> tuple[int, int]:
    named = _NAMED_GROUP.match(replacement, at)
    if named is not None and named.group(1) in pattern.groupindex:
        return pattern.groupindex[named.group(1)], named.end()
    if not replacement[at : at + 1].isdigit() or not replacement[at].isascii():
        raise TemplateFault("illegal group reference in a replacement")
    number = int(replacement[at])
    at += 1
    if number > pattern.groups:
        raise TemplateFault(f"no group {number}")
    # As many digits belong to the number as name a group.
    while replacement[at : at + 1].isdecimal() and number * 10 + int(replacement[at]) <= pattern.groups:
        number = number * 10 + int(replacement[at])
        at += 1
    return number, at
