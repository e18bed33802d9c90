"""Comparisons of a field with a value, in patterns for JSON and for space-delimited events.

A number is compared as a number; `=` and `!=` also compare texts, with `*` for anything at the beginning and the end of
the value (within it, an asterisk is only itself), or search with a regular expression.
"""

import operator
import re
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

from gatewright.languages.filter_pattern.errors import FilterGrammarError, invalid_term
from gatewright.languages.filter_pattern.lexer import Token
from gatewright.languages.patterns import SearchTime

OPERATORS: Final = ("!=", "<=", ">=", "=", "<", ">")
"""The longer ones first."""

TextTest = Callable[[str], bool]
NumberTest = Callable[[float], bool]

_NUMBER = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?")
_ORDER: Mapping[str, Callable[[float, float], bool]] = MappingProxyType(
    {"<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge, "=": operator.eq, "!=": operator.ne}
)
_WORDS_OF_THE_GRAMMAR = frozenset({"NULL", "EXISTS", "IS"})


class Comparison:
    """`= 404`, `!= "4*"`, `>= 10`, `= %regex%`: what follows the field."""

    __slots__ = ("_number_test", "_text_test")

    def __init__(self, sign: str, value: Token, left: SearchTime) -> None:
        """Raises `FilterPatternError`. `left` is the time that all searches of a pattern have together."""
        number = as_number(value.text) if value.kind == "word" else None
        self._number_test: NumberTest | None = None
        self._text_test: TextTest | None = None
        if number is not None:
            compare = _ORDER[sign]
            self._number_test = lambda given: compare(given, number)
        if sign not in ("=", "!="):
            if number is None:
                raise invalid_term(value.text)
            return
        if value.kind == "word" and value.text.upper() in _WORDS_OF_THE_GRAMMAR:
            raise FilterGrammarError(value.text)
        test = _text_test(value, left)
        self._text_test = test if sign == "=" else lambda given: not test(given)

    def holds_for_number(self, number: float, text: str) -> bool:
        """Compare a number of a JSON event; `text` is how it is written."""
        if self._number_test is not None:
            return self._number_test(number)
        return self._text_test is not None and self._text_test(text)

    def holds_for_text(self, text: str) -> bool:
        """Compare a string of a JSON event: with a number, its text."""
        return self._text_test is not None and self._text_test(text)

    def holds_for_field(self, text: str) -> bool:
        """Compare a field of a space-delimited event, which may be a number or a text."""
        if self._number_test is not None:
            number = as_number(text)
            if number is not None:
                return self._number_test(number)
        return self._text_test is not None and self._text_test(text)


def as_number(text: str) -> float | None:
    """Return the number that a text is, or None."""
    return float(text) if len(text) < 400 and _NUMBER.fullmatch(text) else None


def _text_test(value: Token, left: SearchTime) -> TextTest:
    if value.regex is not None:
        return value.regex.searcher(left)
    text = value.string if value.kind == "string" else value.text
    if text == "*":
        return lambda given: True
    begins, ends = text.startswith("*"), text.endswith("*") and len(text) > 1
    wanted = text[1 if begins else 0 : -1 if ends else None]
    if begins and ends:
        return lambda given: wanted in given
    if begins:
        return lambda given: given.endswith(wanted)
    if ends:
        return lambda given: given.startswith(wanted)
    return lambda given: given == wanted
