"""JSON values as the validator's messages write them, and as JSON Schema compares them."""

import json
from collections.abc import Hashable
from decimal import Decimal

_NAMES = ((bool, "boolean"), (int, "integer"), (float, "number"), (str, "string"), (list, "array"), (dict, "object"))


def type_name(value: object) -> str:
    """Return the primitive type of a value; a number with a fraction or an exponent is never an integer."""
    for python_type, name in _NAMES:
        if isinstance(value, python_type):
            return name
    return "null"


def number_text(value: float) -> str:
    """Return a number of an instance as Java's BigDecimal without trailing zeros writes it: 600.5, 1E+3."""
    return str(value) if isinstance(value, int) else str(Decimal(repr(value)).normalize())


def limit_text(value: float) -> str:
    """Return a number of a schema: whole ones are written as such."""
    return str(int(value)) if value == int(value) and abs(value) < 2**63 else number_text(value)


def json_text(value: object) -> str:
    """Return compact JSON."""
    if isinstance(value, dict):
        return "{" + ",".join([f"{json_text(name)}:{json_text(member)}" for name, member in value.items()]) + "}"
    if isinstance(value, list):
        return "[" + ",".join([json_text(element) for element in value]) + "]"
    if isinstance(value, float):
        return number_text(value)
    return json.dumps(value, ensure_ascii=False)


def names_text(names: object) -> str:
    """Return names as a sorted JSON array of strings."""
    return json_text(sorted(names)) if isinstance(names, (set, frozenset, list)) else "[]"


def comparable(value: object) -> Hashable:
    """Return what is equal for equal JSON values: 1 and 1.0 are, 1 and true are not."""
    if isinstance(value, bool):
        return ("boolean", value)
    if isinstance(value, dict):
        return frozenset([(name, comparable(member)) for name, member in value.items()])
    if isinstance(value, list):
        return ("array", *[comparable(element) for element in value])
    return value if isinstance(value, (str, int, float)) else None
