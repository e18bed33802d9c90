"""String.format: the conversions that templates use."""

import re
from decimal import ROUND_HALF_UP, Decimal
from typing import Final, Protocol

from gatewright.languages.vtl.errors import TemplateFault, TemplateLimitFault

_SPECIFIER: Final = re.compile(r"%(?:(\d+)\$)?([-#+ 0,(<]*)(\d+)?(?:\.(\d+))?([a-zA-Z%])")
_WIDEST: Final = 10_000


class Texts(Protocol):
    """Prints values."""

    def text(self, value: object) -> str: ...


def java_format(texts: Texts, pattern: str, arguments: tuple[object, ...]) -> str:
    """Return what String.format returns; a fault for what it throws on."""
    pieces: list[str] = []
    at = following = 0
    for match in _SPECIFIER.finditer(pattern):
        _literal(pieces, pattern[at : match.start()])
        at = match.end()
        position, flags, width, precision, conversion = match.groups()
        if max(int(width or 0), int(precision or 0)) > _WIDEST:
            raise TemplateLimitFault("a format is too wide")
        if conversion in "%n":
            pieces.append(_pad("%" if conversion == "%" else "\n", flags, width))
            continue
        if position is None:
            position, following = following, following + 1
        else:
            position = int(position) - 1
        if position >= len(arguments):
            raise TemplateFault(f"MissingFormatArgument: {match.group()}")
        pieces.append(_pad(_convert(texts, conversion, flags, width, precision, arguments[position]), flags, width))
    _literal(pieces, pattern[at:])
    return "".join(pieces)


def _literal(pieces: list[str], text: str) -> None:
    if "%" in text:
        raise TemplateFault("UnknownFormatConversion")
    pieces.append(text)


def _pad(text: str, flags: str, width: str | None) -> str:
    size = int(width or 0)
    return text.ljust(size) if "-" in flags else text.rjust(size)


def _convert(texts: Texts, conversion: str, flags: str, width: str | None, precision: str | None, value: object) -> str:
    kind = conversion.lower()
    if kind == "s" or (value is None and kind in "dfxcbe"):
        text = "false" if kind == "b" else texts.text(value)
        text = text if precision is None else text[: int(precision)]
    elif kind == "b":
        text = "false" if value is False else "true"
    elif kind == "d" and isinstance(value, int) and not isinstance(value, bool):
        text = _signed(f"{abs(value):,}" if "," in flags else str(abs(value)), value < 0, flags, width)
    elif kind == "x" and isinstance(value, int) and not isinstance(value, bool):
        text = _signed(f"{value % (2**32 if value >= -(2**31) else 2**64):x}", False, flags, width)
    elif kind == "f" and isinstance(value, float):
        digits = Decimal(repr(value)).quantize(Decimal(1).scaleb(-int(precision or 6)), ROUND_HALF_UP)
        text = _signed(f"{abs(digits):,f}" if "," in flags else f"{abs(digits):f}", value < 0, flags, width)
    elif kind == "c" and isinstance(value, str) and len(value) == 1:
        text = str(value)
    else:
        raise TemplateFault(f"IllegalFormatConversion: {conversion}")
    return text.upper() if conversion.isupper() else text


def _signed(digits: str, is_negative: bool, flags: str, width: str | None) -> str:
    sign = "-" if is_negative else "+" if "+" in flags else " " if " " in flags else ""
    if "0" in flags:
        digits = digits.rjust(int(width or 0) - len(sign), "0")
    return sign + digits
