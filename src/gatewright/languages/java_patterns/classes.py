"""`[…]`: unions, intersections, ranges. Nested classes stay nested, which the package's version 1 has, too."""

from typing import Final

from gatewright.languages.java_patterns.escapes import many, one
from gatewright.languages.java_patterns.flags import Flags, other_case
from gatewright.languages.patterns import PatternError

_DEEPEST: Final = 50
_LETTER_CASES: Final = (("A", "Z", 32), ("a", "z", -32))


def translate_class(pattern: str, at: int, flags: Flags) -> tuple[str, int]:
    """Return the class whose bracket is at `at`, and where it ends. Raises `PatternError`."""
    text, end = _Class(pattern, at + 1, flags).translate()
    return (f"(?i-f:{text})" if flags.folds_unicode else text), end


def literal_member(character: str) -> str:
    """Return a character as a member of a class."""
    return character if character.isalnum() or not character.isascii() else f"\\x{ord(character):02x}"


class _Class:
    """Walks through one class, and with others like it through those in it."""

    def __init__(self, pattern: str, at: int, flags: Flags, depth: int = 0) -> None:
        self._depth = depth
        self._pattern = pattern
        self._at = at
        self._flags = flags
        self._pieces: list[str] = []

    def translate(self) -> tuple[str, int]:
        pattern = self._pattern
        if pattern.startswith("^", self._at):
            self._at += 1
            self._pieces.append("^")
        first = len(self._pieces)
        while self._at < len(pattern):
            if self._flags.has_comments and self._skip():
                continue
            if pattern[self._at] == "]" and len(self._pieces) > first:
                return f"[{''.join(self._pieces)}]", self._at + 1
            self._member()
        raise PatternError("unclosed character class")

    def _skip(self) -> bool:
        end = skipped(self._pattern, self._at)
        is_skipped = end > self._at
        self._at = end
        return is_skipped

    def _member(self) -> None:
        pattern = self._pattern
        if pattern.startswith("[", self._at):
            if self._depth == _DEEPEST:
                raise PatternError("character classes nest too deep")
            text, self._at = _Class(pattern, self._at + 1, self._flags, self._depth + 1).translate()
            self._pieces.append(text)
        elif pattern.startswith("&&", self._at):
            self._at += 2
            self._pieces.append("&&")
        elif pattern.startswith("\\Q", self._at):
            end = pattern.find("\\E", self._at)
            quoted = pattern[self._at + 2 : end if end >= 0 else len(pattern)]
            self._at = len(pattern) if end < 0 else end + 2
            self._pieces += [self._folded(character, character) for character in quoted]
        else:
            self._escape_or_range()

    def _escape_or_range(self) -> None:
        pattern = self._pattern
        members = many(pattern, self._at, self._flags) if pattern[self._at] == "\\" else None
        if members is not None:
            self._at = members.end
            self._pieces.append(f"[^{members.text}]" if members.is_negative else members.text)
            return
        first = self._character()
        if self._flags.has_comments:
            self._skip()
        following = pattern[self._at : self._at + 2]
        if following[:1] != "-" or following[1:] in ("", "]", "["):
            self._pieces.append(self._folded(first, first))
            return
        self._at += 1
        last = self._character()
        if last < first:
            raise PatternError("illegal character range")
        self._pieces.append(self._folded(first, last))

    def _character(self) -> str:
        character = self._pattern[self._at]
        if character == "\\":
            character, self._at = one(self._pattern, self._at)
        else:
            self._at += 1
        return character

    def _folded(self, first: str, last: str) -> str:
        """Return a range, with the other case of its ASCII letters where that is asked for."""
        text = literal_member(first) if first == last else f"{literal_member(first)}-{literal_member(last)}"
        if not self._flags.folds_ascii:
            return text
        if first == last:
            return text + other_case(first)
        for lowest, highest, distance in _LETTER_CASES:
            low, high = max(first, lowest), min(last, highest)
            if low <= high:
                text += f"{chr(ord(low) + distance)}-{chr(ord(high) + distance)}"
        return text


def skipped(pattern: str, at: int) -> int:
    """Return where white space and comments end that the flag x lets begin here."""
    while at < len(pattern):
        if pattern[at] in " \t\n\x0b\f\r":
            at += 1
        elif pattern[at] == "#":
            while at < len(pattern) and pattern[at] not in "\n\r\u0085\u2028\u2029":
                at += 1
        else:
            break
    return at
