"""The expressions of filters: `[?(@.price < 10 && @.category in ['fiction'])]`.

    expression = conjunction {"||" conjunction}
    conjunction = term {"&&" term}
    term       = "!" term | "(" expression ")" | operand [operator operand]
    operand    = path | number | string | true | false | null | array | object | /pattern/flags

An operand alone asks whether its path leads anywhere. A path that leads nowhere compares as undefined, which is like
nothing.
"""

import re
from collections.abc import Callable
from types import MappingProxyType

import orjson

from gatewright.languages.java_patterns import compile_java
from gatewright.languages.jayway.cursor import Cursor
from gatewright.languages.jayway.errors import PathLimitError
from gatewright.languages.jayway.functions import Argument
from gatewright.languages.jayway.path import Path, Visit
from gatewright.languages.json_path import MISSING
from gatewright.languages.patterns import Pattern, PatternError, PatternTimeout

Accepts = Callable[[object, Visit], bool]
Read = Callable[[object, Visit], object]

_NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?")
_FLAGS = re.compile(r"[imsxdu]*")
_CONSTANTS = (("true", True), ("false", False), ("null", None))


class Operands:
    """Reads operands; paths by the grammar of paths, which is handed in."""

    def __init__(self, parse_path: Callable[[], Path]) -> None:
        self._parse_path = parse_path

    def parse_argument(self, cursor: Cursor) -> Argument:
        """Return an argument of a function. Raises `PathError`."""
        if cursor.peek() and cursor.peek() in "$@":
            return Argument(path=self._parse_path())
        return Argument(value=self._parse_value(cursor))

    def parse(self, cursor: Cursor) -> tuple[Read, Path | None]:
        """Return an operand, and its path if it is one. Raises `PathError`."""
        cursor.skip_blanks()
        if cursor.at("@"):
            path = self._parse_path()
            return path.read_within, path
        if cursor.at("$"):
            path = self._parse_path()
            return (lambda item, visit: path.read_within(visit.root, visit)), path
        value = self._parse_value(cursor)
        return (lambda item, visit: value), None

    def _parse_value(self, cursor: Cursor) -> object:
        first = cursor.peek()
        if first in ("'", '"'):
            return cursor.take_quoted()
        if first == "/":
            return self._parse_pattern(cursor)
        if first in ("[", "{"):
            return self._parse_json(cursor)
        for text, value in _CONSTANTS:
            if cursor.take(text):
                return value
        match = _NUMBER.match(cursor.text, cursor.position)
        if match is None:
            raise cursor.error("expected an operand")
        cursor.position = match.end()
        return int(match[0]) if match[0].lstrip("-").isdigit() else float(match[0])

    def _parse_pattern(self, cursor: Cursor) -> Pattern:
        start = cursor.position + 1
        end = start
        while end < len(cursor.text) and cursor.text[end] != "/":
            end += 2 if cursor.text[end] == "\\" else 1
        if end >= len(cursor.text):
            raise cursor.error("a pattern does not end")
        flags = _FLAGS.match(cursor.text, end + 1)
        cursor.position = flags.end() if flags else end + 1
        try:
            return compile_java(cursor.text[start:end], flags[0] if flags else "")
        except PatternError as error:
            raise cursor.error(str(error)) from error

    def _parse_json(self, cursor: Cursor) -> object:
        start, depth = cursor.position, 0
        parts: list[str] = []
        while cursor.peek():
            character = cursor.peek()
            if character in ("'", '"'):
                parts.append(orjson.dumps(cursor.take_quoted()).decode())
                continue
            depth += (character in "[{") - (character in "]}")
            parts.append(character)
            cursor.position += 1
            if depth == 0:
                break
        try:
            return orjson.loads("".join(parts))
        except orjson.JSONDecodeError as error:
            cursor.position = start
            raise cursor.error("malformed JSON") from error


def parse_filter(cursor: Cursor, operands: Operands) -> Accepts:
    """Parse an expression. Raises `PathError`."""
    terms = [_parse_conjunction(cursor, operands)]
    while _take_operator(cursor, "||"):
        terms.append(_parse_conjunction(cursor, operands))
    return terms[0] if len(terms) == 1 else lambda item, visit: any(term(item, visit) for term in terms)


def _parse_conjunction(cursor: Cursor, operands: Operands) -> Accepts:
    terms = [_parse_term(cursor, operands)]
    while _take_operator(cursor, "&&"):
        terms.append(_parse_term(cursor, operands))
    return terms[0] if len(terms) == 1 else lambda item, visit: all(term(item, visit) for term in terms)


def _take_operator(cursor: Cursor, operator: str) -> bool:
    cursor.skip_blanks()
    return cursor.take(operator)


def _parse_term(cursor: Cursor, operands: Operands) -> Accepts:
    cursor.skip_blanks()
    cursor.nest()
    try:
        if cursor.take("!"):
            term = _parse_term(cursor, operands)
            return lambda item, visit: not term(item, visit)
        if cursor.take("("):
            accepts = parse_filter(cursor, operands)
            cursor.skip_blanks()
            cursor.expect(")")
            return accepts
        return _parse_comparison(cursor, operands)
    finally:
        cursor.nesting -= 1


def _parse_comparison(cursor: Cursor, operands: Operands) -> Accepts:
    left, path = operands.parse(cursor)
    cursor.skip_blanks()
    if cursor.take("=~"):
        right, _ = operands.parse(cursor)
        return lambda item, visit: _matches(left(item, visit), right(item, visit), visit)
    for name, compare in OPERATORS.items():
        if cursor.text[cursor.position : cursor.position + len(name)].lower() == name:
            cursor.position += len(name)
            right, _ = operands.parse(cursor)
            return lambda item, visit: compare(left(item, visit), right(item, visit))
    if path is None:
        raise cursor.error("expected an operator")
    # Jayway looks from the element even where the path begins at the root.
    return lambda item, visit: path.read_within(item, visit) is not MISSING


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _equals(left: object, right: object) -> bool:
    if isinstance(left, str) and isinstance(right, str):
        return left == right
    if isinstance(left, str) and _is_number(right):
        return left == str(right)
    if _is_number(left) and isinstance(right, str):
        try:
            return left == float(right)
        except ValueError:
            return False
    if isinstance(left, bool) or isinstance(right, bool) or left is None or right is None:
        return left is right
    return left is not MISSING and type_of(left) == type_of(right) and left == right


def type_of(value: object) -> str:
    """Return the kind of a value that comparisons tell apart."""
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, (int, float)):
        return "number"
    return type(value).__name__


def _order(holds: Callable[[int], bool]) -> Callable[[object, object], bool]:
    def compare(left: object, right: object) -> bool:
        if isinstance(left, str) and isinstance(right, str):
            return holds((left > right) - (left < right))
        if (
            isinstance(left, (int, float))
            and isinstance(right, (int, float))
            and _is_number(left)
            and _is_number(right)
        ):
            return holds((left > right) - (left < right))
        return False

    return compare


def _matches(left: object, right: object, visit: Visit) -> bool:
    if isinstance(right, Pattern):
        left, right = right, left
    if not isinstance(left, Pattern) or isinstance(right, Pattern):
        return False
    texts = right if isinstance(right, list) else [right]
    try:
        return any(left.is_match(_pattern_input(text), visit.search_time) for text in texts)
    except PatternTimeout as error:
        if visit.search_time.left <= 0:
            raise PathLimitError(str(error)) from error
        return False


def _pattern_input(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str) else str(value) if _is_number(value) else ""


def _within(value: object, values: object) -> bool:
    return isinstance(values, list) and any(_equals(element, value) for element in values)


def _contains(left: object, right: object) -> bool:
    if isinstance(left, str):
        return isinstance(right, str) and right in left
    return _within(right, left)


def _size(left: object, right: object) -> bool:
    return isinstance(left, (str, list, dict)) and _is_number(right) and len(left) == right


def _empty(left: object, right: object) -> bool:
    return isinstance(left, (str, list, dict)) and (not left) is right


def _subset(left: object, right: object) -> bool:
    return isinstance(left, list) and isinstance(right, list) and all(_within(element, right) for element in left)


def _any_of(left: object, right: object) -> bool:
    return isinstance(left, list) and isinstance(right, list) and any(_within(element, right) for element in left)


# In the order in which they are tried: what begins like another one comes before it.
OPERATORS = MappingProxyType[str, Callable[[object, object], bool]](
    {
        "===": lambda left, right: type_of(left) == type_of(right) and _equals(left, right),
        "!==": lambda left, right: type_of(left) != type_of(right) or not _equals(left, right),
        "==": _equals,
        "!=": lambda left, right: not _equals(left, right),
        "<=": _order(lambda order: order <= 0),
        "<": _order(lambda order: order < 0),
        ">=": _order(lambda order: order >= 0),
        ">": _order(lambda order: order > 0),
        "in": _within,
        "nin": lambda left, right: not _within(left, right),
        "subsetof": _subset,
        "anyof": _any_of,
        "noneof": lambda left, right: isinstance(left, list) and isinstance(right, list) and not _any_of(left, right),
        "contains": _contains,
        "size": _size,
        "empty": _empty,
    }
)
