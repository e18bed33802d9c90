"""Patterns for space-delimited events: `[ip, user, ..., status_code = 4*, bytes > 1000]`.

    pattern   := '[' field (',' field)* ']'
    field     := '...' | name? | condition (('&&' | '||') condition)*
    condition := name operator value

A message is split at white space; what is in brackets or in quotation marks is one field. Without `...` the last field
takes all that is left; with it, the fields that no name is for are called by their numbers ($1 is the first). As
recorded of TestMetricFilter (radkawar/stackd, testdata/aws/logs/filters.json, September 2026).
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from gatewright.languages.filter_pattern.comparisons import OPERATORS, Comparison
from gatewright.languages.filter_pattern.errors import FilterGrammarError, FilterPatternError
from gatewright.languages.filter_pattern.lexer import Lexer, Token
from gatewright.languages.patterns import SearchTime

_ELLIPSIS: Final = "..."
_CLOSING: Mapping[str, str] = MappingProxyType({'"': '"', "[": "]"})
_SPACE = re.compile(r"\s*")
_WORD = re.compile(r"\S+")


@dataclass(frozen=True, slots=True)
class _Field:
    name: str
    holds: Callable[[str], bool] | None


@dataclass(frozen=True, slots=True)
class _Part:
    """A field of a message: its text, and where it begins and ends there."""

    text: str
    start: int
    end: int


def compile_fields(text: str, left: SearchTime) -> Callable[[str], Mapping[str, str] | None]:
    """Return what gives a message's fields by their names, or None when it does not match.

    `text` is what stands between the brackets. Raises `FilterPatternError`.
    """
    fields = _fields(text, left)
    names = [field.name for field in fields]
    if names in ([""], [_ELLIPSIS]):
        return lambda message: {f"${number}": part.text for number, part in enumerate(_parts(message), 1)}
    if _ELLIPSIS in names:
        place = names.index(_ELLIPSIS)
        return lambda message: _extract(message, fields[:place], fields[place + 1 :])
    return lambda message: _extract_all(message, fields)


def _extract_all(message: str, fields: list[_Field]) -> Mapping[str, str] | None:
    """Return the fields of a message that has at least as many; the last one is the rest of it."""
    parts = []
    for part in _parts(message):
        parts.append(part)
        if len(parts) == len(fields):
            break
    if len(parts) < len(fields):
        return None
    texts = [part.text for part in parts]
    if message[parts[-1].end :].strip():
        texts[-1] = message[parts[-1].start :].rstrip()
    return _named(fields, texts, 1)


def _extract(message: str, before: list[_Field], after: list[_Field]) -> Mapping[str, str] | None:
    """Return the fields of a message: the first ones, the last ones, and those in between by their numbers."""
    texts = [part.text for part in _parts(message)]
    if len(texts) < len(before) + len(after):
        return None
    first = _named(before, texts, 1)
    end = len(texts) - len(after)
    last = _named(after, texts[end:], end + 1)
    if first is None or last is None:
        return None
    return {**first, **{f"${number + 1}": texts[number] for number in range(len(before), end)}, **last}


def _named(fields: list[_Field], texts: list[str], number: int) -> dict[str, str] | None:
    """Return the values by name; None when a condition does not hold. `number` is that of the first text."""
    for field, text in zip(fields, texts, strict=False):
        if field.holds is not None and not field.holds(text):
            return None
    return {
        f"${field.name or number + offset}": text
        for offset, (field, text) in enumerate(zip(fields, texts, strict=False))
    }


def _parts(message: str) -> Iterator[_Part]:
    unclosed: set[str] = set()
    start = _after(_SPACE, message, 0)
    while start < len(message):
        closing = _CLOSING.get(message[start])
        end = -1
        if closing is not None and closing not in unclosed:
            end = message.find(closing, start + 1)
            if end < 0:
                unclosed.add(closing)  # it is nowhere after this place: not to be looked for again
        if end >= 0:
            part = _Part(message[start + 1 : end], start, end + 1)
        else:
            end = _after(_WORD, message, start)
            part = _Part(message[start:end], start, end)
        yield part
        start = _after(_SPACE, message, part.end)


def _after(pattern: "re.Pattern[str]", text: str, position: int) -> int:
    found = pattern.match(text, position)
    return position if found is None else found.end()


def _fields(text: str, left: SearchTime) -> list[_Field]:
    fields: list[_Field] = []
    names: set[str] = set()
    for tokens in _split(_tokens(text)):
        field = _field(tokens, left)
        if field.name in names:
            raise FilterPatternError(f"Duplicate field '{field.name}'")
        if field.name:
            names.add(field.name)
        fields.append(field)
    return fields


def _tokens(text: str) -> list[Token]:
    lexer = Lexer(text)
    tokens: list[Token] = []
    while True:
        lexer.skip_space()
        if lexer.is_at_end:
            return tokens
        token = lexer.take(",", "&&", "||", *OPERATORS) or lexer.value()
        if token is None:
            raise lexer.refuse()
        tokens.append(token)


def _split(tokens: list[Token]) -> Iterator[list[Token]]:
    """Yield the tokens between the commas."""
    field: list[Token] = []
    for token in tokens:
        if token.kind == ",":
            yield field
            field = []
        else:
            field.append(token)
    yield field


def _field(tokens: list[Token], left: SearchTime) -> _Field:
    if not tokens:
        return _Field("", None)
    name = tokens[0]
    if name.kind != "word":
        raise FilterGrammarError(name.text)
    if len(tokens) == 1:
        return _Field(name.text, None)
    if name.text == _ELLIPSIS:
        raise FilterGrammarError(_ELLIPSIS)
    alternatives: list[list[Comparison]] = [[]]
    for place in range(0, len(tokens), 4):
        condition, joint = tokens[place : place + 3], tokens[place + 3 : place + 4]
        alternatives[-1].append(_comparison(name.text, condition, left))
        if joint and (joint[0].kind not in ("&&", "||") or place + 4 == len(tokens)):
            raise FilterGrammarError(joint[0].text)
        if joint and joint[0].kind == "||":
            alternatives.append([])
    return _Field(
        name.text,
        lambda text: any(all(each.holds_for_field(text) for each in conditions) for conditions in alternatives),
    )


def _comparison(name: str, condition: list[Token], left: SearchTime) -> Comparison:
    if len(condition) < 3:
        raise FilterGrammarError(name)
    field, sign, value = condition
    # The guide itself writes [w1=ERROR || W1=WARNING, w2].
    if field.kind != "word" or field.text.lower() != name.lower() or sign.kind not in OPERATORS:
        raise FilterGrammarError(field.text)
    if value.kind not in ("word", "string", "regex"):
        raise FilterGrammarError(value.text)
    return Comparison(sign.kind, value, left)
