"""The regular expressions of mapping templates: Java's, with a time for all searches of one rendering together.

Why the `regex` package: docs/decisions/0012-mapping-templates.md.
"""

import time
from collections.abc import Callable, Iterator
from functools import partial
from typing import Final

import regex

from gatewright.languages.java_patterns import JAVA_FLAGS, translate_java
from gatewright.languages.patterns import PatternError, expanded_length
from gatewright.languages.vtl.errors import TemplateFault, TemplateLimitFault

PATTERN_CHARACTERS: Final = 2000
PATTERNS: Final = 64
EXPANDED_LENGTH: Final = 20_000
_NAMED_GROUP: Final = regex.compile(r"\{(\w+)\}")


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
                translated = translate_java(pattern)
                if expanded_length(translated) > EXPANDED_LENGTH:
                    raise TemplateLimitFault("a regular expression repeats too much")
                found = regex.compile(translated, JAVA_FLAGS, cache_pattern=False)
            except (PatternError, regex.error, OverflowError, RecursionError) as error:
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
        parts: list[str | int] | None = None
        pieces: list[str] = []
        at = 0
        for number, match in enumerate(self._found(compiled, text), 1):
            # As in Java, nobody looks at a replacement that is not needed.
            parts = _parts(replacement, compiled) if parts is None else parts
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
        while (match := self._timed(partial(_next, matches))) is not None:
            yield match
            if match.end() == match.start():
                # As Java's Matcher.find: what follows a match without width begins a character later.
                if match.end() == len(text):
                    return
                matches = pattern.finditer(text, match.end() + 1, timeout=max(self._left, 0.001))

    def _timed(self, search: "Callable[[float], regex.Match[str] | None]") -> "regex.Match[str] | None":
        began = time.perf_counter()
        try:
            return search(max(self._left, 0.001))
        except TimeoutError:
            raise TemplateLimitFault("regular expressions take too long") from None
        finally:
            self._left -= time.perf_counter() - began


def _next(matches: "Iterator[regex.Match[str]]", _seconds: float) -> "regex.Match[str] | None":
    return next(matches, None)


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
