"""Event patterns: JSON objects that say which events match, of event filtering in Lambda and of rules of EventBridge.

Sources: "Control which events Lambda sends to your function" (Filter rule syntax, AWS Lambda Developer Guide) and
"Comparison operators for use in event patterns" (Amazon EventBridge User Guide). A member of a pattern is an object,
matched member by member, or a list of alternatives; of a list in the event, any element may match. Texts are compared
as they are, numbers by value.

    pattern  {"body": {"state": ["ready", {"prefix": "al"}], "size": [{"numeric": [">", 10, "<=", 20]}]}}
"""

import ipaddress
import json
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final

from gatewright.base.errors import GatewrightError

Test = Callable[[Any], bool]
"""Whether a value of the event matches; `MISSING` stands for a member that is not there."""

MISSING: Final = object()

_DEEPEST: Final = 64
_ALTERNATIVES: Final = 1000


class PatternInvalid(GatewrightError):
    """A text that is no event pattern."""


def compile_pattern(text: str) -> Test:
    """Compile a pattern. Raises `PatternInvalid`."""
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise PatternInvalid(f"it is not JSON: {error}") from error
    if not isinstance(document, dict) or not document:
        raise PatternInvalid("it is not an object with members")
    return _compile_object(document, 0)


def _compile_object(document: Mapping[str, Any], depth: int) -> Test:
    if depth > _DEEPEST:
        raise PatternInvalid("it nests too deep")
    if not document:
        raise PatternInvalid("an object has no members")
    members: list[tuple[str, Test]] = []
    choices: list[Test] = []
    for name, value in document.items():
        if name == "$or" and isinstance(value, list):
            choices.append(_compile_or(value, depth))
        elif isinstance(value, dict):
            members.append((name, _compile_object(value, depth + 1)))
        elif isinstance(value, list):
            members.append((name, _compile_alternatives(value, depth + 1)))
        else:
            raise PatternInvalid(f"{name!r} must be an object or an array")

    def matches_one(event: Any) -> bool:
        fields = event if isinstance(event, dict) else {}
        return all(test(fields.get(name, MISSING)) for name, test in members) and all(test(event) for test in choices)

    def matches(event: Any) -> bool:
        if isinstance(event, list):
            return any(matches_one(each) for each in event)
        return matches_one(event)

    return matches


def _compile_or(alternatives: list[Any], depth: int) -> Test:
    if len(alternatives) < 2 or not all(isinstance(each, dict) for each in alternatives):
        raise PatternInvalid("$or needs two objects at least")
    tests = [_compile_object(each, depth + 1) for each in alternatives]
    return lambda event: any(test(event) for test in tests)


def _compile_alternatives(alternatives: list[Any], depth: int) -> Test:
    if not alternatives:
        raise PatternInvalid("an empty array matches nothing")
    if len(alternatives) > _ALTERNATIVES:
        raise PatternInvalid(f"more than {_ALTERNATIVES} alternatives")
    tests = [_compile_alternative(each, depth) for each in alternatives]

    def matches(value: Any) -> bool:
        values = value if isinstance(value, list) and value else [value]
        return any(test(each) for each in values for test in tests)

    return matches


def _compile_alternative(alternative: Any, depth: int) -> Test:
    if isinstance(alternative, list):
        raise PatternInvalid("an array in an array")
    if not isinstance(alternative, dict):
        return _equal_to(alternative)
    if len(alternative) != 1:
        raise PatternInvalid("an operator stands alone in its object")
    [(operator, operand)] = alternative.items()
    compile_operator = _OPERATORS.get(operator)
    if compile_operator is None:
        raise PatternInvalid(f"unrecognized match type {operator}")
    return compile_operator(operand, depth)


def _equal_to(wanted: Any) -> Test:
    if _is_number(wanted):
        return lambda value: _is_number(value) and value == wanted
    return lambda value: type(value) is type(wanted) and value == wanted


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _exists(operand: Any, _: int) -> Test:
    if not isinstance(operand, bool):
        raise PatternInvalid("exists takes true or false")
    # "Exists" looks at leaves only: an object is none.
    return lambda value: (value is not MISSING and not isinstance(value, dict)) is operand


def _prefix(operand: Any, _: int) -> Test:
    text = _text_or_insensitive("prefix", operand)
    if isinstance(operand, dict):
        return lambda value: isinstance(value, str) and value.lower().startswith(text)
    return lambda value: isinstance(value, str) and value.startswith(text)


def _suffix(operand: Any, _: int) -> Test:
    text = _text_or_insensitive("suffix", operand)
    if isinstance(operand, dict):
        return lambda value: isinstance(value, str) and value.lower().endswith(text)
    return lambda value: isinstance(value, str) and value.endswith(text)


def _text_or_insensitive(operator: str, operand: Any) -> str:
    if isinstance(operand, dict) and operand.keys() == {"equals-ignore-case"}:
        return _text(operator, operand["equals-ignore-case"]).lower()
    return _text(operator, operand)


def _text(operator: str, operand: Any) -> str:
    if not isinstance(operand, str) or not operand:
        raise PatternInvalid(f"{operator} takes a string")
    return operand


def _ignoring_case(operand: Any, _: int) -> Test:
    if not isinstance(operand, str):
        raise PatternInvalid("equals-ignore-case takes a string")
    text = operand.lower()
    return lambda value: isinstance(value, str) and value.lower() == text


def _wildcard(operand: Any, _: int) -> Test:
    parts = _text("wildcard", operand).split("*")
    if any(not part for part in parts[1:-1]):
        raise PatternInvalid("wildcard with two asterisks in a row")
    return lambda value: isinstance(value, str) and matches_parts(value, parts)


def matches_parts(value: str, parts: list[str]) -> bool:
    """Tell whether a text has the parts in their order, the first at its begin and the last at its end."""
    first, *middle = parts
    if not middle:
        return value == first
    *middle, last = middle
    if len(value) < len(first) + len(last) or not value.startswith(first) or not value.endswith(last):
        return False
    position, end = len(first), len(value) - len(last)
    for part in middle:
        found = value.find(part, position, end)
        if found < 0:
            return False
        position = found + len(part)
    return True


def _cidr(operand: Any, _: int) -> Test:
    try:
        network = ipaddress.ip_network(operand, strict=False)
    except ValueError as error:
        raise PatternInvalid(f"cidr: {error}") from error

    def matches(value: Any) -> bool:
        try:
            return isinstance(value, str) and ipaddress.ip_address(value) in network
        except ValueError:
            return False

    return matches


def _anything_but(operand: Any, depth: int) -> Test:
    if isinstance(operand, dict):
        if len(operand) != 1 or next(iter(operand)) not in _INSIDE_ANYTHING_BUT:
            raise PatternInvalid("anything-but takes values, or one of prefix, suffix, equals-ignore-case and wildcard")
        [(operator, inner)] = operand.items()
        inner_tests = [_OPERATORS[operator](each, depth) for each in (inner if isinstance(inner, list) else [inner])]
    else:
        inner_tests = [_equal_to(each) for each in (operand if isinstance(operand, list) else [operand])]
        if not inner_tests or not all(isinstance(each, str | int | float) for each in _as_list(operand)):
            raise PatternInvalid("anything-but takes strings or numbers")
    return lambda value: value is not MISSING and not any(test(value) for test in inner_tests)


def _as_list(operand: Any) -> list[Any]:
    return operand if isinstance(operand, list) else [operand]


_INSIDE_ANYTHING_BUT: Final = frozenset({"prefix", "suffix", "equals-ignore-case", "wildcard"})

_COMPARISONS: Mapping[str, Callable[[float, float], bool]] = MappingProxyType(
    {
        "=": lambda value, bound: value == bound,
        "<": lambda value, bound: value < bound,
        "<=": lambda value, bound: value <= bound,
        ">": lambda value, bound: value > bound,
        ">=": lambda value, bound: value >= bound,
    }
)


def _numeric(operand: Any, _: int) -> Test:
    if not isinstance(operand, list) or len(operand) not in (2, 4):
        raise PatternInvalid("numeric takes one or two comparisons")
    comparisons = list(zip(operand[::2], operand[1::2], strict=True))
    for sign, bound in comparisons:
        if not isinstance(sign, str) or sign not in _COMPARISONS or not _is_number(bound):
            raise PatternInvalid("numeric takes signs with numbers")
    return lambda value: (
        _is_number(value) and all(_COMPARISONS[sign](float(value), float(bound)) for sign, bound in comparisons)
    )


_OPERATORS: Mapping[str, Callable[[Any, int], Test]] = MappingProxyType(
    {
        "anything-but": _anything_but,
        "cidr": _cidr,
        "equals-ignore-case": _ignoring_case,
        "exists": _exists,
        "numeric": _numeric,
        "prefix": _prefix,
        "suffix": _suffix,
        "wildcard": _wildcard,
    }
)
