"""Property selectors: `$.user.id`, `$.users[0].email`, `$.['cluster.name']`, with one wildcard `$.*`, `$.users[*]`."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from gatewright.languages.filter_pattern.errors import FilterPatternError, invalid_term
from gatewright.languages.filter_pattern.lexer import Lexer

_NAME = re.compile(r"[A-Za-z0-9_\-]+")
_QUOTED = re.compile(r"\['([^']*)'\]")
_INDEX = re.compile(r"\[(\d{1,9})\]")
_INDEX_BEGUN = re.compile(r"\[(?:\*|\d*)")
_ANY: Final = None


@dataclass(frozen=True, slots=True)
class Selector:
    """The way to a value: member names, indexes, and None for every member or element."""

    text: str
    steps: tuple[str | int | None, ...]

    @property
    def has_wildcard(self) -> bool:
        """Return whether it may lead to several values."""
        return _ANY in self.steps

    def values(self, event: Any) -> Iterator[Any]:
        """Yield the values that it leads to; nothing where there is none."""
        found = [event]
        for step in self.steps:
            found = [each for value in found for each in _step(value, step)]
        yield from found


def _step(value: Any, step: str | int | None) -> Iterator[Any]:
    if isinstance(value, dict):
        if step is _ANY:
            yield from value.values()
        elif step in value:
            yield value[step]
    elif isinstance(value, list):
        if step is _ANY:
            yield from value
        elif isinstance(step, int) and step < len(value):
            yield value[step]


def take_selector(lexer: Lexer) -> Selector:
    """Take the selector that begins here, with its dollar sign. Raises `FilterPatternError`."""
    text, start = lexer.text, lexer.position
    lexer.position += 1
    steps: list[str | int | None] = []
    while True:
        if text.startswith(".", lexer.position):
            steps.append(_member(lexer, start if not steps else lexer.position))
        elif text.startswith("[", lexer.position) and steps:
            steps.append(_element(lexer))
        else:
            break
    if not steps:
        raise invalid_term(text[start : lexer.position + 1])
    if steps.count(_ANY) > 1:
        raise FilterPatternError(
            "Your filter pattern has a JSON path selector that exceeds the maximum of 1 wildcard allowed per json"
            " selector."
        )
    return Selector(text[start : lexer.position], tuple(steps))


def _member(lexer: Lexer, begun: int) -> str | None:
    """Take `.name`, `.*` or `.['name']`."""
    text, position = lexer.text, lexer.position + 1
    if text.startswith("*", position):
        lexer.position = position + 1
        return _ANY
    found = _NAME.match(text, position)
    if found is not None:
        lexer.position = found.end()
        return found[0]
    quoted = _QUOTED.match(text, position)
    if quoted is None:
        raise invalid_term(text[begun : position + 1])
    lexer.position = quoted.end()
    return quoted[1]


def _element(lexer: Lexer) -> int | None:
    """Take `[0]` or `[*]`."""
    text, position = lexer.text, lexer.position
    if text.startswith("[*]", position):
        lexer.position += 3
        return _ANY
    found = _INDEX.match(text, position)
    if found is None:
        begun = _INDEX_BEGUN.match(text, position)
        raise invalid_term(text[position : (position if begun is None else begun.end()) + 1])
    lexer.position = found.end()
    return int(found[1])
