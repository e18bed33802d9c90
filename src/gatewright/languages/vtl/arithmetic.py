"""Numbers as Velocity 1.7 reckons with them (MathUtils): integers grow from 32 to 64 bits and beyond, doubles win."""

import math
from collections.abc import Callable
from types import MappingProxyType
from typing import Any, Final

from gatewright.languages.vtl.errors import TemplateLimitFault
from gatewright.languages.vtl.tokens import Kind

INTEGER_MAX: Final = 2**31 - 1
INTEGER_MIN: Final = -(2**31)
_LONG_MAX: Final = 2**63 - 1
_LONG_MIN: Final = -(2**63)
_BITS: Final = 8192


def is_number(value: object) -> bool:
    """Return whether a value is a Number."""
    return value.__class__ is int or value.__class__ is float


def is_integer(value: object) -> bool:
    """Return whether a value is an Integer, of 32 bits."""
    return isinstance(value, int) and value.__class__ is int and INTEGER_MIN <= value <= INTEGER_MAX


def truncated(value: object) -> int:
    """Return Number.intValue()."""
    if isinstance(value, float):
        if value != value:
            return 0
        return int(min(max(value, INTEGER_MIN), INTEGER_MAX))
    assert isinstance(value, int)
    return (value + 2**31) % 2**32 - 2**31


def _double(value: int | float) -> float:
    try:
        return float(value)
    except OverflowError:
        return math.inf if value > 0 else -math.inf


def _bounded(value: int) -> int:
    if value.bit_length() > _BITS:
        raise TemplateLimitFault("a number is too large")
    return value


def _calculate(
    left: int | float,
    right: int | float,
    integers: Callable[[int, int], int],
    doubles: Callable[[float, float], float],
) -> int | float:
    if isinstance(left, int) and isinstance(right, int):
        return _bounded(integers(left, right))
    return doubles(_double(left), _double(right))


def add(left: int | float, right: int | float) -> int | float:
    """Return the sum."""
    return _calculate(left, right, int.__add__, float.__add__)


def subtract(left: int | float, right: int | float) -> int | float:
    """Return the difference."""
    return _calculate(left, right, int.__sub__, float.__sub__)


def multiply(left: int | float, right: int | float) -> int | float:
    """Return the product."""
    return _calculate(left, right, int.__mul__, float.__mul__)


def divide(left: int | float, right: int | float) -> int | float | None:
    """Return the quotient, integers truncated; None by zero."""
    if right == 0:
        return None
    return _calculate(left, right, _quotient, float.__truediv__)


def modulo(left: int | float, right: int | float) -> int | float | None:
    """Return the remainder with the sign of the dividend; None by zero."""
    if right == 0:
        return None
    return _calculate(left, right, _remainder, _double_remainder)


def _quotient(left: int, right: int) -> int:
    quotient = abs(left) // abs(right)
    return quotient if (left < 0) == (right < 0) else -quotient


def _remainder(left: int, right: int) -> int:
    if _LONG_MIN <= left <= _LONG_MAX and _LONG_MIN <= right <= _LONG_MAX:
        remainder = abs(left) % abs(right)
        return -remainder if left < 0 else remainder
    return left % abs(right)


def _double_remainder(left: float, right: float) -> float:
    return math.nan if math.isinf(left) else math.fmod(left, right)


def compare(left: int | float, right: int | float) -> int:
    """Return -1, 0 or 1; 0 also for what is not a number."""
    if left.__class__ is not right.__class__:
        left, right = _double(left), _double(right)
    if left < right:
        return -1
    return 1 if left > right else 0


_OPERATIONS: Final = MappingProxyType(
    {
        int(Kind.MINUS): subtract,
        int(Kind.MULTIPLY): multiply,
        int(Kind.DIVIDE): divide,
        int(Kind.MODULUS): modulo,
    }
)


def calculate(operator: int, left: Any, right: Any) -> object:
    """Return what an operation other than + gives; None for what are no numbers, and for a division by zero."""
    if not is_number(left) or not is_number(right):
        return None
    return _OPERATIONS[operator](left, right)
