"""The walk through a pattern of Java's: characters, groups and their flags, quantifiers, boundaries."""

from types import MappingProxyType
from typing import Final

import regex

from gatewright.languages.java_patterns.classes import literal_member, skipped, translate_class
from gatewright.languages.java_patterns.escapes import many, one
from gatewright.languages.java_patterns.flags import LETTERS, Flags, other_case
from gatewright.languages.patterns import Pattern, PatternError, compile_translated

JAVA_FLAGS: Final = int(regex.V1)
_LINE_ENDS: Final = r"\n\r\u0085\u2028\u2029"
_QUANTIFIER: Final = regex.compile(r"[*+?]|\{\d+(?:,\d*)?\}")
_GROUP: Final = regex.compile(r"\?(?:[:=!>]|<[=!])")
_NAMED_GROUP: Final = regex.compile(r"\?<([A-Za-z][A-Za-z0-9]*)>")
_FLAG_GROUP: Final = regex.compile(rf"\?([{LETTERS}]*(?:-[{LETTERS}]*)?)([:)])")
_NAME: Final = regex.compile(r"\\k<([A-Za-z][A-Za-z0-9]*)>")
_ANY: Final = r"[\s\S]"
_LAST_LINE_END: Final = r"(?=(?:\r\n|(?<!\r)\n|[\r\u0085\u2028\u2029])?\Z)"
_WORD: Final = r"[_\p{L}\p{Nd}\p{Mn}]"
"""What `\\b` takes for a part of a word; not the same as `\\w`."""
_BOUNDARIES: Final = MappingProxyType(
    {
        "A": r"\A",
        "B": rf"(?:(?<={_WORD})(?={_WORD})|(?<!{_WORD})(?!{_WORD}))",
        "G": r"\G",
        "R": r"(?:\r\n|[\n\x0b\f\r\x85\u2028\u2029])",
        "X": r"\X",
        "b": rf"(?:(?<={_WORD})(?!{_WORD})|(?<!{_WORD})(?={_WORD}))",
        "z": r"\Z",
    }
)
_DIGITS: Final = frozenset("123456789")
_META: Final = frozenset("\\^$.|?*+()[]{}")


class _Translation:
    """Walks through one pattern."""

    def __init__(self, pattern: str) -> None:
        self._pattern = pattern
        self._at = 0
        self._flags = Flags()
        self._outer: list[Flags] = []
        self._groups = 0
        self._names: set[str] = set()
        self._is_repeatable = False
        """Whether there is something right before this place that a quantifier repeats."""
        self._references: list[tuple[int, int]] = []
        """Where a reference to a group's number stands among the pieces."""
        self._pieces: list[str] = []

    def translate(self) -> str:
        while self._at < len(self._pattern):
            if self._flags.has_comments:
                self._at = skipped(self._pattern, self._at)
                if self._at == len(self._pattern):
                    break
            self._pieces.append(self._step())
        if self._outer:
            raise PatternError("unclosed group")
        for index, number in self._references:
            if number > self._groups:
                self._pieces[index] = "(?!)"  # a group that is nowhere never matches
        return "".join(self._pieces)

    def _step(self) -> str:
        character = self._pattern[self._at]
        if character in "*+?{":
            return self._quantifier()
        if character in "|(":
            self._is_repeatable = False
            return self._open() if character == "(" else self._next_branch()
        self._is_repeatable = True
        step = _STEPS.get(character)
        if step is not None:
            return step(self)
        self._at += 1
        return self._literal(character)

    def _next_branch(self) -> str:
        self._at += 1
        return "|"

    def _literal(self, character: str) -> str:
        if self._flags.folds_ascii and other_case(character):
            return f"[{character}{other_case(character)}]"
        text = "\\" + character if character in _META else character
        return f"(?i-f:{text})" if self._flags.folds_unicode and character.lower() != character.upper() else text

    def _class(self) -> str:
        text, self._at = translate_class(self._pattern, self._at, self._flags)
        return text

    def _open(self) -> str:
        self._at += 1
        flagged = _FLAG_GROUP.match(self._pattern, self._at)
        if flagged is not None and flagged[2] == ")":
            self._at = flagged.end()
            self._flags = self._flags.with_text(flagged[1])
            return ""
        self._outer.append(self._flags)
        plain = _GROUP.match(self._pattern, self._at)
        if plain is not None:
            self._at = plain.end()
            return f"({plain.group()}"
        if flagged is not None:
            self._at = flagged.end()
            self._flags = self._flags.with_text(flagged[1])
            return "(?:"
        named = _NAMED_GROUP.match(self._pattern, self._at)
        if named is not None:
            if named[1] in self._names:
                raise PatternError(f"group {named[1]} is there already")
            self._at = named.end()
            self._groups += 1
            self._names.add(named[1])
            return f"(?P<{named[1]}>"
        if self._pattern.startswith("?", self._at):
            raise PatternError("no such group")
        self._groups += 1
        return "("

    def _close(self) -> str:
        if not self._outer:
            raise PatternError("unmatched closing )")
        self._at += 1
        self._flags = self._outer.pop()
        return ")"

    def _quantifier(self) -> str:
        match = _QUANTIFIER.match(self._pattern, self._at)
        if match is None:
            raise PatternError("illegal repetition")
        self._at = match.end()
        if self._flags.has_comments:
            self._at = skipped(self._pattern, self._at)
        kind = self._pattern[self._at : self._at + 1]
        kind = kind if kind in ("+", "?") else ""
        self._at += len(kind)
        quantifier = match.group() + kind
        if self._is_repeatable:
            self._is_repeatable = False
            return quantifier
        if quantifier[0] != "{":
            raise PatternError("dangling meta character")
        return f"(?:){quantifier}"  # a count with nothing before it repeats nothing

    def _dot(self) -> str:
        self._at += 1
        if self._flags.is_dotall:
            return _ANY
        return r"[^\n]" if self._flags.is_unix_lines else f"[^{_LINE_ENDS}]"

    def _caret(self) -> str:
        self._at += 1
        if not self._flags.is_multiline:
            return "^"
        if self._flags.is_unix_lines:
            return r"(?:(?:^|(?<=\n))(?!\Z))"
        return rf"(?:(?:^|(?<=[{_LINE_ENDS}])(?<!\r(?=\n)))(?!\Z))"

    def _dollar(self) -> str:
        self._at += 1
        if self._flags.is_multiline:
            return r"(?=\n|\Z)" if self._flags.is_unix_lines else rf"(?:(?=[{_LINE_ENDS}]|\Z)(?<!\r(?=\n)))"
        return self._last_line_end()

    def _last_line_end(self) -> str:
        return r"(?=\n?\Z)" if self._flags.is_unix_lines else _LAST_LINE_END

    def _escape(self) -> str:
        pattern = self._pattern
        escaped = pattern[self._at + 1 : self._at + 2]
        if escaped == "Q":
            return self._quoted()
        if escaped == "Z":
            self._at += 2
            return self._last_line_end()
        if pattern.startswith("\\b{g}", self._at):
            raise PatternError("boundaries of grapheme clusters are not known here")
        if escaped in ("b", "B") and self._flags.is_unicode_class:
            self._at += 2
            return f"\\{escaped}"
        if escaped in _BOUNDARIES:
            self._at += 2
            return _BOUNDARIES[escaped]
        if escaped == "k" or escaped in _DIGITS:
            return self._reference(escaped)
        members = many(pattern, self._at, self._flags)
        if members is not None:
            self._at = members.end
            return f"[{'^' if members.is_negative else ''}{members.text}]"
        character, self._at = one(pattern, self._at)
        return self._literal(character) if character.isprintable() else f"[{literal_member(character)}]"

    def _quoted(self) -> str:
        end = self._pattern.find("\\E", self._at)
        text = self._pattern[self._at + 2 : end if end >= 0 else len(self._pattern)]
        self._at = len(self._pattern) if end < 0 else end + 2
        return "".join(map(self._literal, text))

    def _reference(self, escaped: str) -> str:
        named = _NAME.match(self._pattern, self._at)
        if named is not None:
            if named[1] not in self._names:
                raise PatternError(f"there is no group {named[1]}")
            self._at = named.end()
            return self._folded_reference(f"(?P={named[1]})")
        if escaped == "k":
            raise PatternError("a reference without a name")
        number = int(escaped)
        self._at += 2
        # As many digits belong to the number as name a group that has begun.
        while (digit := self._pattern[self._at : self._at + 1]).isdecimal() and digit.isascii():
            if number * 10 + int(digit) > self._groups:
                break
            number = number * 10 + int(digit)
            self._at += 1
        self._references.append((len(self._pieces), number))
        return self._folded_reference(rf"\g<{number}>")

    def _folded_reference(self, text: str) -> str:
        return f"(?i-f:{text})" if self._flags.ignores_case else text


_STEPS: Final = MappingProxyType(
    {
        "\\": _Translation._escape,  # noqa: SLF001
        "[": _Translation._class,  # noqa: SLF001
        ")": _Translation._close,  # noqa: SLF001
        ".": _Translation._dot,  # noqa: SLF001
        "^": _Translation._caret,  # noqa: SLF001
        "$": _Translation._dollar,  # noqa: SLF001
    }
)


def translate_java(pattern: str) -> str:
    """Return a pattern of java.util.regex as the `regex` package has it. Raises `PatternError`."""
    return _Translation(pattern).translate()


def compile_java(text: str, flags: str = "") -> Pattern:
    """Compile a pattern of java.util.regex; `flags` are those that may follow `(?`. Raises `PatternError`."""
    inline = "".join(flag for flag in flags if flag in "imsx")
    translated = translate_java(f"(?{inline}){text}" if inline else text)
    return compile_translated(text, translated, JAVA_FLAGS)
