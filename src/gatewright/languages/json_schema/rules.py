"""The keywords that judge a value by itself: one function each, from the keyword's value to a rule.

A rule says of which types it judges values, whether one passes, and in which words it fails. The texts are those of
json-schema-validator (`validation.properties`).
"""

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from types import MappingProxyType, NoneType
from typing import Any

from gatewright.languages.json_schema.formats import FORMATS
from gatewright.languages.json_schema.values import (
    comparable,
    json_text,
    limit_text,
    names_text,
    number_text,
    type_name,
)

STRING: frozenset[type] = frozenset({str})
NUMBER: frozenset[type] = frozenset({int, float})
ARRAY: frozenset[type] = frozenset({list})
OBJECT: frozenset[type] = frozenset({dict})
ANY: frozenset[type] = frozenset({dict, list, str, int, float, bool, NoneType})

TYPES = MappingProxyType[str, frozenset[type]](
    {
        "array": ARRAY,
        "boolean": frozenset({bool}),
        "integer": frozenset({int}),
        "null": frozenset({NoneType}),
        "number": NUMBER,
        "object": OBJECT,
        "string": STRING,
    }
)

# What a rule is given has one of its types, which the type checker cannot see.
Test = Callable[[Any], bool]


@dataclass(frozen=True, slots=True)
class Rule:
    """One keyword of one schema."""

    types: frozenset[type]
    passes: Test
    describe: Callable[[Any], list[str]]
    is_of_type: bool = False


def rule_of(types: frozenset[type], passes: Test, describe: Callable[[Any], str]) -> Rule:
    """Return a rule that fails in one way."""
    return Rule(types, passes, lambda value: [describe(value)])


def allowed_types(value: Any) -> frozenset[type]:
    """Return the Python types that `type` allows."""
    names = value if isinstance(value, list) else [value]
    return frozenset().union(*[TYPES[name] for name in names])


def type_rule(value: Any, schema: dict[str, Any]) -> Rule:
    """`type`."""
    allowed = allowed_types(value)
    names = set(value if isinstance(value, list) else [value])
    listed = names_text(names | {"integer"} if "number" in names else names)
    failed = f"does not match any allowed primitive type (allowed: {listed})"
    return Rule(
        ANY,
        lambda instance: type(instance) in allowed,
        lambda instance: [f"instance type ({type_name(instance)}) {failed}"],
        is_of_type=True,
    )


def enum_rule(value: Any, schema: dict[str, Any]) -> Rule:
    """`enum`."""
    allowed = frozenset([comparable(element) for element in value])
    listed = json_text(value)
    return rule_of(
        ANY,
        lambda instance: (instance if type(instance) is str else comparable(instance)) in allowed,
        lambda instance: f"instance value ({json_text(instance)}) not found in enum (possible values: {listed})",
    )


def minimum_rule(value: Any, schema: dict[str, Any]) -> Rule:
    """`minimum`, `exclusiveMinimum`."""
    limit = limit_text(value)
    too_small = f"numeric instance is lower than the required minimum (minimum: {limit}, found: "
    not_exclusive = f"numeric instance is not strictly greater than the required minimum {limit}"
    passes: Test = (lambda i: i > value) if schema.get("exclusiveMinimum") is True else (lambda i: i >= value)
    return rule_of(NUMBER, passes, lambda i: not_exclusive if i == value else f"{too_small}{number_text(i)})")


def maximum_rule(value: Any, schema: dict[str, Any]) -> Rule:
    """`maximum`, `exclusiveMaximum`."""
    limit = limit_text(value)
    too_large = f"numeric instance is greater than the required maximum (maximum: {limit}, found: "
    not_exclusive = f"numeric instance is not strictly lower than the required maximum {limit}"
    passes: Test = (lambda i: i < value) if schema.get("exclusiveMaximum") is True else (lambda i: i <= value)
    return rule_of(NUMBER, passes, lambda i: not_exclusive if i == value else f"{too_large}{number_text(i)})")


def multiple_of_rule(value: Any, schema: dict[str, Any]) -> Rule:
    """`multipleOf`, in decimal arithmetic: 1.1 is a multiple of 0.1."""
    divisor = Fraction(repr(value))

    def passes(instance: Any) -> bool:
        if isinstance(instance, int) and isinstance(value, int):
            return instance % value == 0
        return (Fraction(repr(instance)) / divisor).denominator == 1

    return rule_of(
        NUMBER, passes, lambda i: f"remainder of division is not zero ({number_text(i)} / {limit_text(value)})"
    )


def min_length_rule(value: Any, schema: dict[str, Any]) -> Rule:
    """`minLength`."""
    return rule_of(
        STRING,
        lambda text: len(text) >= value,
        lambda text: f'string "{text}" is too short (length: {len(text)}, required minimum: {value})',
    )


def max_length_rule(value: Any, schema: dict[str, Any]) -> Rule:
    """`maxLength`."""
    return rule_of(
        STRING,
        lambda text: len(text) <= value,
        lambda text: f'string "{text}" is too long (length: {len(text)}, maximum allowed: {value})',
    )


def format_rule(value: Any) -> Rule | None:
    """`format`; None for one that every string has."""
    describe = FORMATS.get(value)
    if describe is None:
        return None
    return Rule(
        STRING,
        lambda text: describe(text) is None,
        lambda text: [message for message in [describe(text)] if message is not None],
    )


def min_items_rule(value: Any, schema: dict[str, Any]) -> Rule:
    """`minItems`."""
    return rule_of(
        ARRAY,
        lambda array: len(array) >= value,
        lambda array: f"array is too short: must have at least {value} elements but instance has {len(array)} elements",
    )


def max_items_rule(value: Any, schema: dict[str, Any]) -> Rule:
    """`maxItems`."""
    return rule_of(
        ARRAY,
        lambda array: len(array) <= value,
        lambda array: f"array is too long: must have at most {value} elements but instance has {len(array)} elements",
    )


def unique_items_rule(value: Any, schema: dict[str, Any]) -> Rule | None:
    """`uniqueItems`."""
    if value is not True:
        return None
    return rule_of(
        ARRAY,
        lambda array: len({comparable(element) for element in array}) == len(array),
        lambda array: "array must not contain duplicate elements",
    )


def additional_items_rule(value: Any, schema: dict[str, Any]) -> Rule | None:
    """`additionalItems: false` beside a list of items."""
    items = schema.get("items")
    if value is not False or not isinstance(items, list):
        return None
    count = len(items)
    return rule_of(
        ARRAY,
        lambda array: len(array) <= count,
        lambda array: f"schema only allows {count} elements in array but instance has {len(array)} elements",
    )


def min_properties_rule(value: Any, schema: dict[str, Any]) -> Rule:
    """`minProperties`."""
    return rule_of(
        OBJECT,
        lambda members: len(members) >= value,
        lambda members: f"object has too few properties (found {len(members)} but schema requires at least {value})",
    )


def max_properties_rule(value: Any, schema: dict[str, Any]) -> Rule:
    """`maxProperties`."""
    return rule_of(
        OBJECT,
        lambda members: len(members) <= value,
        lambda members: f"object has too many properties (found {len(members)} but schema requires at most {value})",
    )


def required_rule(value: Any, schema: dict[str, Any]) -> Rule:
    """`required`."""
    required = frozenset(value)
    names = tuple(value)

    def passes(members: dict[str, Any]) -> bool:
        for name in names:  # noqa: SIM110 — `all` costs twice as much
            if name not in members:
                return False
        return True

    return rule_of(
        OBJECT,
        passes,
        lambda members: f"object has missing required properties ({names_text(required - members.keys())})",
    )


RULES = MappingProxyType[str, Callable[[Any, dict[str, Any]], Rule | None]](
    {
        "additionalItems": additional_items_rule,
        "enum": enum_rule,
        "maxItems": max_items_rule,
        "maxLength": max_length_rule,
        "maxProperties": max_properties_rule,
        "maximum": maximum_rule,
        "minItems": min_items_rule,
        "minLength": min_length_rule,
        "minProperties": min_properties_rule,
        "minimum": minimum_rule,
        "multipleOf": multiple_of_rule,
        "required": required_rule,
        "type": type_rule,
        "uniqueItems": unique_items_rule,
    }
)
