"""The Condition element: operators, set qualifiers, `IfExists`, and what a missing key means.

Source: "IAM JSON policy elements: Condition operators" and "Set operators for multivalued context keys" (IAM User
Guide). A value of a request that is not of the operator's type (a number for IpAddress) matches nothing.
"""

import base64
import binascii
import enum
import ipaddress
import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from types import MappingProxyType
from typing import Any

from gatewright.base.policy_patterns import (
    ContextKeys,
    PolicyError,
    compile_arn_pattern,
    compile_pattern,
    match_arn,
)

Test = Callable[[str, ContextKeys], bool]
"""Compares one value of the request with one value of the policy."""


class Qualifier(enum.Enum):
    """How a condition treats a key with several values."""

    NONE = ""
    FOR_ALL_VALUES = "ForAllValues"
    FOR_ANY_VALUE = "ForAnyValue"


@dataclass(frozen=True, slots=True)
class Operator:
    """A condition operator. `compile` makes the test of one policy value; negated operators are the inverse."""

    compile: Callable[[str, bool], Test]
    is_negated: bool = False


@dataclass(frozen=True, slots=True)
class Condition:
    """One operator applied to one key. `key` is in lower case; `tests` are its values, compiled."""

    operator: str
    key: str
    values: tuple[str, ...]
    qualifier: Qualifier
    is_negated: bool
    if_exists: bool
    tests: tuple[Test, ...] = field(compare=False, repr=False)

    def holds(self, context: ContextKeys) -> bool:
        """Tell whether a request satisfies the condition."""
        actual = context.get(self.key, ())
        if self.operator == "Null":
            return any((value == "true") is not bool(actual) for value in self.values)
        if not actual:
            return self._holds_without_key()
        if self.qualifier is Qualifier.FOR_ALL_VALUES:
            return all(self._matches(value, context) is not self.is_negated for value in actual)
        if self.qualifier is Qualifier.FOR_ANY_VALUE:
            return any(self._matches(value, context) is not self.is_negated for value in actual)
        return any(self._matches(value, context) for value in actual) is not self.is_negated

    def _holds_without_key(self) -> bool:
        if self.if_exists or self.qualifier is Qualifier.FOR_ALL_VALUES:
            return True
        return self.is_negated and self.qualifier is Qualifier.NONE

    def _matches(self, value: str, context: ContextKeys) -> bool:
        return any(test(value, context) for test in self.tests)


def parse_conditions(element: object, *, has_variables: bool) -> tuple[Condition, ...]:
    """Parse a Condition element; all of its conditions must hold. Raises `PolicyError`."""
    if not isinstance(element, Mapping):
        raise PolicyError("Condition must be a JSON object")
    conditions = []
    for name, keys in element.items():
        if not isinstance(keys, Mapping):
            raise PolicyError(f"Condition operator {name} must hold a JSON object of condition keys")
        for key, values in keys.items():
            conditions.append(_parse_condition(str(name), str(key), values, has_variables))
    return tuple(conditions)


def _parse_condition(name: str, key: str, values: object, has_variables: bool) -> Condition:
    qualifier, bare_name = _split_qualifier(name)
    if_exists = bare_name.endswith("IfExists") and bare_name != "NullIfExists"
    bare_name = bare_name.removesuffix("IfExists") if if_exists else bare_name
    known = OPERATORS.get(bare_name)
    if known is None or (bare_name == "Null" and qualifier is not Qualifier.NONE):
        raise PolicyError(f"Invalid condition operator: {name}")
    if not key:
        raise PolicyError(f"Condition operator {name} has an empty condition key")
    texts = tuple(_text(value, name, key) for value in (values if isinstance(values, list) else [values]))
    if bare_name == "Null":
        texts = tuple(text.lower() for text in texts)
    try:
        tests = tuple(known.compile(text, has_variables) for text in texts)
    except (ValueError, InvalidOperation) as error:
        raise PolicyError(f"Invalid value for condition operator {name}, key {key}: {error}") from error
    return Condition(bare_name, key.lower(), texts, qualifier, known.is_negated, if_exists, tests)


def _split_qualifier(name: str) -> tuple[Qualifier, str]:
    prefix, colon, bare_name = name.partition(":")
    if not colon:
        return Qualifier.NONE, name
    for qualifier in (Qualifier.FOR_ALL_VALUES, Qualifier.FOR_ANY_VALUE):
        if prefix == qualifier.value:
            return qualifier, bare_name
    raise PolicyError(f"Invalid condition operator: {name}")


def _text(value: object, name: str, key: str) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str | int | float):
        return str(value)
    raise PolicyError(f"Condition operator {name}, key {key}: values must be strings, numbers or booleans")


def _compile_string(text: str, has_variables: bool) -> Test:
    return compile_pattern(text, has_variables=has_variables, has_wildcards=False).matches


def _compile_string_ignore_case(text: str, has_variables: bool) -> Test:
    return compile_pattern(text, has_variables=has_variables, has_wildcards=False, ignore_case=True).matches


def _compile_string_like(text: str, has_variables: bool) -> Test:
    return compile_pattern(text, has_variables=has_variables).matches


def _compile_arn(text: str, has_variables: bool) -> Test:
    patterns = compile_arn_pattern(text, has_variables=has_variables)
    return lambda value, context: match_arn(patterns, value, context)


def _compile_bool(text: str, has_variables: bool) -> Test:
    wanted = _parse_bool(text)
    return lambda value, context: value.lower() == wanted


def _compile_binary(text: str, has_variables: bool) -> Test:
    return _typed(_parse_base64, operator.eq)(text, has_variables)


def _compile_ip_address(text: str, has_variables: bool) -> Test:
    network = ipaddress.ip_network(text, strict=False)

    def test(value: str, context: ContextKeys) -> bool:
        try:
            return ipaddress.ip_address(value) in network
        except ValueError:
            return False

    return test


def _typed(parse: Callable[[str], Any], compare: Callable[[Any, Any], bool]) -> Callable[[str, bool], Test]:
    """Return the compiler of an operator that compares two values of one type."""

    def compile_value(text: str, has_variables: bool) -> Test:
        wanted = parse(text)

        def test(value: str, context: ContextKeys) -> bool:
            try:
                return compare(parse(value), wanted)
            except (ValueError, InvalidOperation):
                return False

        return test

    return compile_value


def _parse_number(text: str) -> Decimal:
    number = Decimal(text.strip())
    if not number.is_finite():
        raise ValueError(f"not a number: {text}")
    return number


def _parse_date(text: str) -> datetime:
    """Parse a date in a W3C profile of ISO 8601 (`2024`, `2024-01`, `2024-01-31T12:00:00Z`) or epoch seconds."""
    text = text.strip()
    if text.lstrip("-").isdigit() and len(text) != 4:
        try:
            return datetime.fromtimestamp(int(text), UTC)
        except (OverflowError, OSError) as error:
            raise ValueError(f"not a date: {text}") from error
    if len(text) == 4:
        text += "-01-01"
    elif len(text) == 7:
        text += "-01"
    date = datetime.fromisoformat(text)
    return date if date.tzinfo else date.replace(tzinfo=UTC)


def _parse_bool(text: str) -> str:
    if text.lower() not in {"true", "false"}:
        raise ValueError(f"not a boolean: {text}")
    return text.lower()


def _compile_null(text: str, has_variables: bool) -> Test:
    _parse_bool(text)
    return lambda value, context: False


def _parse_base64(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error as error:
        raise ValueError(f"not base64: {text}") from error


OPERATORS: Mapping[str, Operator] = MappingProxyType(
    {
        "StringEquals": Operator(_compile_string),
        "StringNotEquals": Operator(_compile_string, is_negated=True),
        "StringEqualsIgnoreCase": Operator(_compile_string_ignore_case),
        "StringNotEqualsIgnoreCase": Operator(_compile_string_ignore_case, is_negated=True),
        "StringLike": Operator(_compile_string_like),
        "StringNotLike": Operator(_compile_string_like, is_negated=True),
        "NumericEquals": Operator(_typed(_parse_number, operator.eq)),
        "NumericNotEquals": Operator(_typed(_parse_number, operator.eq), is_negated=True),
        "NumericLessThan": Operator(_typed(_parse_number, operator.lt)),
        "NumericLessThanEquals": Operator(_typed(_parse_number, operator.le)),
        "NumericGreaterThan": Operator(_typed(_parse_number, operator.gt)),
        "NumericGreaterThanEquals": Operator(_typed(_parse_number, operator.ge)),
        "DateEquals": Operator(_typed(_parse_date, operator.eq)),
        "DateNotEquals": Operator(_typed(_parse_date, operator.eq), is_negated=True),
        "DateLessThan": Operator(_typed(_parse_date, operator.lt)),
        "DateLessThanEquals": Operator(_typed(_parse_date, operator.le)),
        "DateGreaterThan": Operator(_typed(_parse_date, operator.gt)),
        "DateGreaterThanEquals": Operator(_typed(_parse_date, operator.ge)),
        "Bool": Operator(_compile_bool),
        "BinaryEquals": Operator(_compile_binary),
        "IpAddress": Operator(_compile_ip_address),
        "NotIpAddress": Operator(_compile_ip_address, is_negated=True),
        # "ArnEquals and ArnLike behave identically", and so do their negations.
        "ArnEquals": Operator(_compile_arn),
        "ArnLike": Operator(_compile_arn),
        "ArnNotEquals": Operator(_compile_arn, is_negated=True),
        "ArnNotLike": Operator(_compile_arn, is_negated=True),
        "Null": Operator(_compile_null),
    }
)
