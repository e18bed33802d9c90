"""From the text of a path to its steps.

path      = ("$" | "@") step*            a path that begins otherwise is taken as if it began with "$."
step      = "." name | "." "*" | ".." step | "[" selector "]" | "." function
selector  = "*" | 'name' {"," 'name'} | n {"," n} | [n] ":" [n] | "?(" expression ")"
function  = name "(" [argument {"," argument}] ")"
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache

from gatewright.languages.jayway.cursor import Cursor
from gatewright.languages.jayway.filters import Operands, parse_filter
from gatewright.languages.jayway.functions import FUNCTIONS, Argument, bind_function
from gatewright.languages.jayway.path import (
    Continue,
    Path,
    Visit,
    collect,
    filter_step,
    function_step,
    index_step,
    property_step,
    scan_step,
    slice_step,
    wildcard_step,
)

PATH_LENGTH = 10_000
_SHORT = 100
_NAME_ENDS = ".[( \t\r\n"
# Within an expression a path ends where an operator or a bracket begins.
_OPERAND_NAME_ENDS = _NAME_ENDS + ")]=!<>~&|,"
_INDEX = re.compile(r"\s*(-?\d{1,9})\s*")
_SLICE = re.compile(r"\s*(-?\d{1,9})?\s*:\s*(-?\d{1,9})?\s*(?::[^\]]*)?\]")


@dataclass(frozen=True, slots=True)
class Names:
    """`.name`, `['a','b']`."""

    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Indexes:
    """`[1]`, `[0,2]`."""

    indexes: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Slice:
    """`[1:3]`."""

    start: int | None
    end: int | None


@dataclass(frozen=True, slots=True)
class Wildcard:
    """`.*`, `[*]`."""


@dataclass(frozen=True, slots=True)
class Scan:
    """`..`."""


@dataclass(frozen=True, slots=True)
class Filter:
    """`[?(…)]`."""

    accepts: Callable[[object, Visit], bool]


@dataclass(frozen=True, slots=True)
class Function:
    """`.length()`."""

    name: str
    arguments: tuple[Argument, ...]


Token = Names | Indexes | Slice | Wildcard | Scan | Filter | Function


def compile_path(text: str) -> Path:
    """Compile a path. Raises `PathError`."""
    # Templates read the same few paths for every request. A pattern, which may take megabytes, is between parentheses.
    return _remembered(text) if len(text) <= _SHORT and "(" not in text else _parse_text(text)


def _parse_text(text: str) -> Path:
    stripped = text.strip()
    cursor = Cursor(stripped if stripped.startswith(("$", "@")) else f"$.{stripped}")
    if len(text) > PATH_LENGTH:
        raise cursor.error("the path is too long")
    path = _parse_path(cursor, _NAME_ENDS)
    if cursor.peek():
        raise cursor.error("unexpected text")
    return path


_remembered = lru_cache(1024)(_parse_text)


def _parse_path(cursor: Cursor, name_ends: str) -> Path:
    start = cursor.position
    tokens: list[Token] = []
    cursor.position += 1
    if cursor.peek() and cursor.peek() not in ".[" and name_ends is _NAME_ENDS:
        raise cursor.error("expected '.' or '['")
    while cursor.peek() and cursor.peek() in ".[":
        _parse_step(cursor, tokens, name_ends)
        if tokens and isinstance(tokens[-1], Function) and cursor.at("."):
            raise cursor.error("a function ends a path")
    return _compile(cursor.text[start : cursor.position], tokens)


def _parse_step(cursor: Cursor, tokens: list[Token], name_ends: str) -> None:
    if cursor.take(".."):
        tokens.append(Scan())
        if cursor.at("["):
            _parse_bracket(cursor, tokens)
        else:
            _parse_name(cursor, tokens, name_ends)
    elif cursor.at("["):
        _parse_bracket(cursor, tokens)
    else:
        cursor.expect(".")
        if cursor.at("["):
            _parse_bracket(cursor, tokens)
        else:
            _parse_name(cursor, tokens, name_ends)


def _parse_name(cursor: Cursor, tokens: list[Token], name_ends: str) -> None:
    if cursor.take("*"):
        tokens.append(Wildcard())
        return
    name = cursor.take_until(name_ends)
    if not name:
        raise cursor.error("expected a name")
    if cursor.at("("):
        tokens.append(_parse_function(cursor, name))
    elif cursor.peek().isspace() and name_ends is _NAME_ENDS:
        raise cursor.error("a name with white space goes into brackets and quotes")
    else:
        tokens.append(Names((name,)))


def _parse_bracket(cursor: Cursor, tokens: list[Token]) -> None:
    cursor.expect("[")
    cursor.skip_blanks()
    if cursor.peek() in ("'", '"'):
        tokens.append(_parse_names(cursor))
    elif cursor.take("*"):
        tokens.append(Wildcard())
    elif cursor.take("?"):
        tokens.append(Filter(_parse_expression(cursor)))
    else:
        tokens.append(_parse_numbers(cursor))
        return
    cursor.skip_blanks()
    cursor.expect("]")


def _parse_names(cursor: Cursor) -> Names:
    names = [cursor.take_quoted()]
    cursor.skip_blanks()
    while cursor.take(","):
        cursor.skip_blanks()
        if cursor.peek() not in ("'", '"'):
            raise cursor.error("expected a quoted name")
        names.append(cursor.take_quoted())
        cursor.skip_blanks()
    return Names(tuple(names))


def _parse_numbers(cursor: Cursor) -> Indexes | Slice:
    match = _SLICE.match(cursor.text, cursor.position)
    if match is not None and (match[1] or match[2]):
        cursor.position = match.end()
        return Slice(int(match[1]) if match[1] else None, int(match[2]) if match[2] else None)
    indexes: list[int] = []
    while True:
        match = _INDEX.match(cursor.text, cursor.position)
        if match is None:
            raise cursor.error("expected a subscript")
        cursor.position = match.end()
        indexes.append(int(match[1]))
        if cursor.take("]"):
            return Indexes(tuple(indexes))
        cursor.expect(",")


def _parse_expression(cursor: Cursor) -> Callable[[object, Visit], bool]:
    cursor.skip_blanks()
    cursor.expect("(")
    cursor.nest()
    accepts = parse_filter(cursor, Operands(lambda: _parse_path(cursor, _OPERAND_NAME_ENDS)))
    cursor.skip_blanks()
    cursor.expect(")")
    cursor.nesting -= 1
    return accepts


def _parse_function(cursor: Cursor, name: str) -> Function:
    if name not in FUNCTIONS:
        raise cursor.error(f"there is no function {name!r}")
    cursor.expect("(")
    cursor.nest()
    operands = Operands(lambda: _parse_path(cursor, _OPERAND_NAME_ENDS))
    arguments: list[Argument] = []
    cursor.skip_blanks()
    while not cursor.take(")"):
        arguments.append(operands.parse_argument(cursor))
        cursor.skip_blanks()
        if not cursor.take(",") and not cursor.at(")"):
            raise cursor.error("expected ',' or ')'")
        cursor.skip_blanks()
    cursor.nesting -= 1
    return Function(name, tuple(arguments))


def _compile(text: str, tokens: list[Token]) -> Path:
    last = tokens[-1] if tokens else None
    if isinstance(last, Function) and isinstance(tokens[0], Scan):
        # What a scan finds is what the function counts, not each finding by itself.
        # A length is that of all findings together.
        counted = [Wildcard()] if last.name in ("length", "size") else []
        scanned = _compile(text, [*tokens[:-1], *counted])
        tokens = [replace(last, arguments=(Argument(path=scanned),))]
    definite = [_is_definite(token, position == len(tokens) - 1) for position, token in enumerate(tokens)]
    following: Continue | None = None
    for position in range(len(tokens) - 1, -1, -1):
        token = tokens[position]
        if isinstance(token, Scan):
            following = _scan(tokens[position + 1], position + 2 < len(tokens), following or collect)
        else:
            following = _step(token, following, all(definite[:position]))
    return Path(text, all(definite), _plain(tokens), following or collect)


def _is_definite(token: Token, is_last: bool) -> bool:
    match token:
        case Names(names):
            return len(names) == 1 or is_last
        case Indexes(indexes):
            return len(indexes) == 1
        case _:
            return isinstance(token, Function)


def _plain(tokens: list[Token]) -> tuple[str | int, ...] | None:
    steps: list[str | int] = []
    for token in tokens:
        if isinstance(token, Names) and len(token.names) == 1:
            steps.append(token.names[0])
        elif isinstance(token, Indexes) and len(token.indexes) == 1:
            steps.append(token.indexes[0])
        else:
            return None
    return tuple(steps)


def _step(token: Token, following: Continue | None, is_upstream_definite: bool) -> Continue:
    match token:
        case Names(names):
            return property_step(names, following, is_upstream_definite)
        case Indexes(indexes):
            return index_step(indexes, following, is_upstream_definite)
        case Slice(start, end):
            return slice_step(start, end, following, is_upstream_definite)
        case Filter(accepts):
            return filter_step(accepts, following, is_upstream_definite)
        case Function(name, arguments):
            return function_step(bind_function(name, arguments))
        case _:
            return wildcard_step(following)


def _scan(following: Token, has_more: bool, walk: Continue) -> Continue:
    if not isinstance(following, Names):
        return scan_step(walk, following.accepts if isinstance(following, Filter) else None)
    names = following.names
    is_iterated = len(names) > 1 and has_more
    return scan_step(
        walk, lambda node, visit: isinstance(node, dict) and (is_iterated or all(name in node for name in names))
    )
