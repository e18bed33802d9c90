"""The methods of Java's Integer, Long, Double and Boolean."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from gatewright.languages.vtl.arithmetic import compare, truncated
from gatewright.languages.vtl.calls import Body, Run, methods
from gatewright.languages.vtl.texts import scalar_text

_LONG = 2**64


def _int_value(_run: Run, number: int | float) -> int:
    return truncated(number)


def _long_value(_run: Run, number: int | float) -> int:
    if isinstance(number, float):
        if number != number:
            return 0
        return int(min(max(number, -(2**63)), 2**63 - 1))
    return (number + _LONG // 2) % _LONG - _LONG // 2


def _double_value(_run: Run, number: int | float) -> float:
    return float(number)


def _equals(_run: Run, number: object, other: object) -> bool:
    return number.__class__ is other.__class__ and number == other


def _compare(_run: Run, number: int | float, other: int | float) -> int:
    return compare(number, other)


def _text(_run: Run, value: object) -> str:
    return scalar_text(value)


def _parse_integer(_run: Run, _number: int, text: str) -> int:
    found = int(text) if text.lstrip("+-").isdecimal() and "_" not in text else None
    if found is None or found != truncated(found):
        raise ValueError(f'For input string: "{text}"')
    return found


_NUMBER: Final[Mapping[str, Body]] = MappingProxyType(
    {
        "intValue": _int_value,
        "longValue": _long_value,
        "doubleValue": _double_value,
        "floatValue": _double_value,
        "shortValue": lambda _run, number: (truncated(number) + 2**15) % 2**16 - 2**15,
        "byteValue": lambda _run, number: (truncated(number) + 2**7) % 2**8 - 2**7,
        "equals o": _equals,
        "compareTo n": _compare,
        "toString": _text,
    }
)
INTEGER = methods(
    {
        **_NUMBER,
        "hashCode": lambda run, number: truncated(_long_value(run, number)),
        "parseInt s": _parse_integer,
        "valueOf s": _parse_integer,
        "valueOf i": lambda _run, _number, other: other,
        "toString i": lambda _run, _number, other: str(other),
        "max ii": lambda _run, _number, one, other: max(one, other),
        "min ii": lambda _run, _number, one, other: min(one, other),
        "toHexString i": lambda _run, _number, other: f"{other % 2**32:x}",
        "toBinaryString i": lambda _run, _number, other: f"{other % 2**32:b}",
    }
)
DOUBLE = methods(
    {
        **_NUMBER,
        "isNaN": lambda _run, number: number != number,
        "isInfinite": lambda _run, number: number in (float("inf"), float("-inf")),
        "parseDouble s": lambda _run, _number, text: float(text),
        "valueOf s": lambda _run, _number, text: float(text),
        "valueOf n": lambda _run, _number, other: float(other),
        "max nn": lambda _run, _number, one, other: max(float(one), float(other)),
        "min nn": lambda _run, _number, one, other: min(float(one), float(other)),
    }
)
BOOLEAN = methods(
    {
        "booleanValue": lambda _run, value: value,
        "toString": _text,
        "equals o": _equals,
        "compareTo b": lambda _run, value, other: int(value) - int(other),
        "hashCode": lambda _run, value: 1231 if value else 1237,
        "parseBoolean s": lambda _run, _value, text: text.lower() == "true",
    }
)
