"""The tokens that the kinds of filter patterns have in common.

What cannot begin or go on with a token is reported with what came before of that token, as AWS does: `$..` of
`$..value`, `[0:` of `$.arr[0:2]`, `%hello!` of `%hello!%` (recorded of TestMetricFilter by radkawar/stackd,
testdata/aws/logs/filters.json, September 2026).
"""

import re
from dataclasses import dataclass
from typing import Final

from gatewright.languages.filter_pattern.errors import FilterPatternError, invalid_term
from gatewright.languages.filter_pattern.regexes import compile_regex
from gatewright.languages.patterns import Pattern

MOST_REGEXES: Final = 2

_SPACE = re.compile(r"\s*")
_WORD = re.compile(r"[A-Za-z0-9_.*+\-]+")
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
# "Supported regular expressions (regex) syntax": letters, digits, these symbols, and these operators.
_IN_REGEX = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_#=@/;:,-^$?[]{}|\\*+.")


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of a pattern. `text` is as it stands there."""

    kind: str
    """An operator or bracket itself, or `word`, `string`, `regex`, `selector`."""
    text: str
    string: str = ""
    """Of a string: what is between its quotation marks."""
    regex: Pattern | None = None


class Lexer:
    """Reads tokens from a pattern, one after the other."""

    __slots__ = ("position", "regexes", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        self.position = 0
        self.regexes = 0

    def skip_space(self) -> bool:
        """Skip white space; return whether there was any, or the pattern begins here."""
        before = self.position
        found = _SPACE.match(self.text, before)
        assert found is not None
        self.position = found.end()
        return self.position > before or before == 0

    @property
    def is_at_end(self) -> bool:
        """Return whether nothing is left."""
        return self.position >= len(self.text)

    def take(self, *operators: str) -> Token | None:
        """Take the first of the operators that stands here."""
        for operator in operators:
            if self.text.startswith(operator, self.position):
                self.position += len(operator)
                return Token(operator, operator)
        return None

    def value(self) -> Token | None:
        """Take a string, regular expression or word; None when something else stands here."""
        character = self.text[self.position : self.position + 1]
        if character == '"':
            return self.string()
        if character == "%":
            return self.regex()
        found = _WORD.match(self.text, self.position)
        if found is None:
            return None
        self.position = found.end()
        return Token("word", found[0])

    def string(self) -> Token:
        """Take what is in quotation marks; a backslash takes the meaning from the next character."""
        start = self.position
        end = start + 1
        while end < len(self.text) and self.text[end] != '"':
            end += 2 if self.text[end] == "\\" else 1
        if end >= len(self.text):
            raise invalid_term(self.text[start:])
        self.position = end + 1
        inner = self.text[start + 1 : end]
        return Token("string", self.text[start : end + 1], _ESCAPED.sub(r"\1", inner) if "\\" in inner else inner)

    def regex(self) -> Token:
        """Take what is in percent signs."""
        start = self.position
        end = start + 1
        while end < len(self.text) and self.text[end] != "%":
            if self.text[end] not in _IN_REGEX:
                raise invalid_term(self.text[start : end + 1])
            end += 1
        if end >= len(self.text):
            raise invalid_term(self.text[start:])
        self.regexes += 1
        if self.regexes > MOST_REGEXES:
            raise FilterPatternError(
                f"Your input has exceeded the maximum of {MOST_REGEXES} regular expressions per filter pattern."
            )
        self.position = end + 1
        return Token("regex", self.text[start : end + 1], regex=compile_regex(self.text[start + 1 : end]))

    def refuse(self) -> FilterPatternError:
        """Build the error of the character that stands here, or of the one after half an operator."""
        length = 2 if self.text[self.position] in "!&|" else 1
        return invalid_term(self.text[self.position : self.position + length])
