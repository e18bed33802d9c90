"""Patterns for JSON events: `{ ($.user.id = 1) && ($.users[0].email = "John.Doe@example.com") }`.

    expression  := conjunction ('||' conjunction)*
    conjunction := condition ('&&' condition)*
    condition   := '(' expression ')' | selector comparison | selector 'IS' ('NULL' | 'TRUE' | 'FALSE')
                 | selector 'NOT' 'EXISTS'

How values compare is as recorded of TestMetricFilter (radkawar/stackd, testdata/aws/logs/filters.json, September
2026): objects, arrays, booleans and null are neither equal nor unequal to anything; `IS NULL` looks into an array.
"""

from collections.abc import Callable, Iterator
from typing import Any, Final

import orjson

from gatewright.languages.filter_pattern.comparisons import OPERATORS, Comparison
from gatewright.languages.filter_pattern.errors import FilterGrammarError, FilterPatternError
from gatewright.languages.filter_pattern.lexer import Lexer, Token
from gatewright.languages.filter_pattern.selectors import Selector, take_selector
from gatewright.languages.patterns import SearchTime

MOST_WILDCARD_SELECTORS: Final = 3
_DEEPEST = 100
_MISSING = object()

Condition = Callable[[Any], bool]


def compile_json(text: str, left: SearchTime) -> Callable[[str], bool]:
    """Return what tells whether a message is JSON that the expression holds for. Raises `FilterPatternError`.

    `text` is what stands between the braces.
    """
    holds = _Parser(text, left).parse()

    def is_match(message: str) -> bool:
        try:
            event = orjson.loads(message)
        except orjson.JSONDecodeError:
            return False
        return isinstance(event, dict) and holds(event)

    return is_match


class _Parser:
    """Compiles an expression to a function of the event."""

    def __init__(self, text: str, left: SearchTime) -> None:
        self._left = left
        self._tokens, self._selectors = _tokens(text)
        self._next = 0
        self._depth = 0

    def parse(self) -> Condition:
        condition = self._expression()
        if self._next < len(self._tokens):
            raise FilterGrammarError(self._tokens[self._next].text)
        return condition

    def _take(self, *kinds: str) -> Token | None:
        if self._next < len(self._tokens) and self._tokens[self._next].kind in kinds:
            self._next += 1
            return self._tokens[self._next - 1]
        return None

    def _word(self, *words: str) -> str | None:
        if self._next < len(self._tokens):
            token = self._tokens[self._next]
            if token.kind == "word" and token.text.upper() in words:
                self._next += 1
                return token.text.upper()
        return None

    def _expression(self) -> Condition:
        alternatives = [self._conjunction()]
        while self._take("||"):
            alternatives.append(self._conjunction())
        return alternatives[0] if len(alternatives) == 1 else lambda event: any(holds(event) for holds in alternatives)

    def _conjunction(self) -> Condition:
        conditions = [self._condition()]
        while self._take("&&"):
            conditions.append(self._condition())
        return conditions[0] if len(conditions) == 1 else lambda event: all(holds(event) for holds in conditions)

    def _condition(self) -> Condition:
        if self._take("("):
            self._depth += 1
            if self._depth > _DEEPEST:
                raise FilterGrammarError("(")
            condition = self._expression()
            if not self._take(")"):
                raise FilterGrammarError(")")
            self._depth -= 1
            return condition
        selector = self._take("selector")
        if selector is None:
            raise FilterGrammarError("selector")
        return self._test(self._selectors[selector.text])

    def _test(self, selector: Selector) -> Condition:
        values = selector.values
        if self._word("IS"):
            return self._is(values)
        if self._word("NOT"):
            if not self._word("EXISTS"):
                raise FilterGrammarError("NOT")
            return lambda event: next(iter(values(event)), _MISSING) is _MISSING
        sign = self._take(*OPERATORS)
        value = self._take("word", "string", "regex") if sign else None
        if sign is None or value is None:
            raise FilterGrammarError("comparison")
        comparison = Comparison(sign.kind, value, self._left)
        return lambda event: any(_holds(comparison, each) for each in values(event))

    def _is(self, values: Callable[[Any], Iterator[Any]]) -> Condition:
        word = self._word("NULL", "TRUE", "FALSE")
        if word is None:
            raise FilterGrammarError("IS")
        if word == "NULL":
            return lambda event: any(
                each is None or (isinstance(each, list) and None in each) for each in values(event)
            )
        wanted = word == "TRUE"
        return lambda event: any(each is wanted for each in values(event))


def _holds(comparison: Comparison, value: Any) -> bool:
    if isinstance(value, str):
        return comparison.holds_for_text(value)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return comparison.holds_for_number(value, repr(value))


def _tokens(text: str) -> tuple[list[Token], dict[str, Selector]]:
    """Return the tokens, and the selectors by their text."""
    lexer = Lexer(text)
    tokens: list[Token] = []
    selectors: dict[str, Selector] = {}
    wildcards = 0
    while True:
        lexer.skip_space()
        if lexer.is_at_end:
            return tokens, selectors
        if lexer.text[lexer.position] == "$":
            selector = take_selector(lexer)
            wildcards += selector.has_wildcard
            if wildcards > MOST_WILDCARD_SELECTORS:
                raise FilterPatternError(
                    f"Your input has exceeded the maximum of {MOST_WILDCARD_SELECTORS} JSON wildcard selectors allowed"
                    " per filter pattern."
                )
            selectors[selector.text] = selector
            tokens.append(Token("selector", selector.text))
            continue
        token = lexer.take("(", ")", "&&", "||", *OPERATORS) or lexer.value()
        if token is None:
            raise lexer.refuse()
        tokens.append(token)
