"""Patterns for unstructured events: terms that must all be there, `?` of which one must be, `-` that must not be.

As AWS does, `?` terms are ignored beside any others (recorded of TestMetricFilter and FilterLogEvents by
radkawar/stackd, testdata/aws/logs/filters.json, September 2026; the guide says so of "?" with other terms, too).
"""

from collections.abc import Callable

from gatewright.languages.filter_pattern.errors import invalid_term
from gatewright.languages.filter_pattern.lexer import Lexer, Token
from gatewright.languages.patterns import SearchTime

TextTest = Callable[[str], bool]


def compile_terms(text: str, left: SearchTime) -> Callable[[str], bool]:
    """Return what tells whether a message has the terms. Raises `FilterPatternError`."""
    lexer = Lexer(text)
    terms: dict[str, list[TextTest]] = {"": [], "?": [], "-": []}
    while True:
        has_space = lexer.skip_space()
        if lexer.is_at_end:
            break
        if not has_space:
            raise lexer.refuse()
        sign = lexer.take("?", "-")
        lexer.skip_space()
        terms["" if sign is None else sign.text].append(_test(_term(lexer), left))
    return _matcher(terms[""], terms["?"], terms["-"])


def _term(lexer: Lexer) -> Token:
    character = lexer.text[lexer.position : lexer.position + 1]
    if character == '"':
        return lexer.string()
    if character == "%":
        return lexer.regex()
    start = end = lexer.position
    while end < len(lexer.text) and _is_plain(lexer.text[end]):
        end += 1
    if end == start:
        raise invalid_term(lexer.text[start : start + 1])
    lexer.position = end
    return Token("string", lexer.text[start:end], lexer.text[start:end])


def _is_plain(character: str) -> bool:
    return character.isascii() and (character.isalnum() or character == "_")


def _test(term: Token, left: SearchTime) -> TextTest:
    if term.regex is not None:
        return term.regex.searcher(left)
    wanted = term.string
    return lambda message: wanted in message


def _matcher(required: list[TextTest], optional: list[TextTest], excluded: list[TextTest]) -> Callable[[str], bool]:
    if required or excluded or not optional:
        return lambda message: all(test(message) for test in required) and not any(test(message) for test in excluded)
    return lambda message: any(test(message) for test in optional)
