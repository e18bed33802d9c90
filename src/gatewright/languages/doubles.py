"""Floating point numbers as Java prints them."""

import math
from decimal import Decimal


def double_text(number: float) -> str:
    """Return what Double.toString returns: with an exponent from 10^7 on and below 10^-3."""
    if 1e-3 <= number < 1e7:
        return repr(number)
    if math.isnan(number):
        return "NaN"
    if math.isinf(number):
        return "Infinity" if number > 0 else "-Infinity"
    if number == 0 or 1e-3 <= abs(number) < 1e7:
        return repr(number)
    sign, digits, exponent = Decimal(repr(number)).as_tuple()
    assert isinstance(exponent, int)
    text = "".join(map(str, digits)).rstrip("0") or "0"
    exponent += len(digits) - 1
    return f"{'-' if sign else ''}{text[0]}.{text[1:] or '0'}E{exponent}"
