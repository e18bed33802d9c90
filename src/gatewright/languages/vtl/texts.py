"""How Java prints values, and when it holds them equal."""

import re
from collections.abc import Callable, Container
from types import MappingProxyType
from typing import Final
from zlib import crc32

from gatewright.languages.doubles import double_text
from gatewright.languages.vtl.errors import TemplateFault, TemplateLimitFault
from gatewright.languages.vtl.values import Collected, Entry, ForeachScope, StringArray

DEPTH: Final = 60
# How many elements two values are compared by at most.
COMPARED: Final = 100_000
# What json-smart escapes by default, `/` included.
_ESCAPED: Final = re.compile('[\x00-\x1f"\\\\/\x7f-\x9f\u2000-\u20ff]')
_SHORT: Final = MappingProxyType(
    {'"': '\\"', "\\": "\\\\", "/": "\\/", "\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t"}
)


class Printer:
    """Puts a value's text together, of `limit` characters at most: values nest, and share what is nested.

    `scalar` gives the texts of values that hold no others. With `made`, other lists (by `id`) are of a payload,
    and json-smart's lists print as JSON, whatever is in them (recorded of AWS: localstack, pull request 12379).
    """

    def __init__(self, limit: int, scalar: Callable[[object], str], made: Container[int] | None = None) -> None:
        self._made = made
        self._pieces: list[str] = []
        self._left = limit
        self._scalar = scalar

    def text(self, value: object) -> str:
        """Return a value's text."""
        self._print(value, 0)
        return "".join(self._pieces)

    def _put(self, text: str) -> None:
        self._left -= len(text)
        if self._left < 0:
            raise TemplateLimitFault("a value's text is too long")
        self._pieces.append(text)

    def _print(self, value: object, depth: int) -> None:
        if depth > DEPTH:
            raise TemplateLimitFault("a value nests too deep to be printed")
        if isinstance(value, dict):
            self._map(value, depth)
        elif isinstance(value, ForeachScope):
            self._map(value.storage, depth)
        elif isinstance(value, list) and not isinstance(value, StringArray):
            self._list(value, depth)
        elif isinstance(value, Entry):
            self._entry(value.key, value.value, depth)
        else:
            self._put(self._scalar(value))

    def _list(self, value: list[object], depth: int) -> None:
        if self._made is not None and value.__class__ is list and id(value) not in self._made:
            self._json(value, depth)
            return
        self._put("[")
        for number, item in enumerate(value):
            if number:
                self._put(", ")
            if item is value:
                self._put("(this Collection)")
            else:
                self._print(item, depth + 1)
        self._put("]")

    def _json(self, value: object, depth: int) -> None:
        if depth > DEPTH:
            raise TemplateLimitFault("a value nests too deep to be printed")
        if isinstance(value, dict):
            for number, (key, item) in enumerate(value.items()):
                self._put(f"{',' if number else '{'}{_quoted(str(key))}:")
                self._json(item, depth + 1)
            self._put("}" if value else "{}")
        elif isinstance(value, list):
            for number, item in enumerate(value):
                self._put("," if number else "[")
                self._json(item, depth + 1)
            self._put("]" if value else "[]")
        else:
            self._put(_quoted(value) if isinstance(value, str) else self._scalar(value))

    def _map(self, value: dict[object, object], depth: int) -> None:
        self._put("{")
        for number, (key, item) in enumerate(value.items()):
            if number:
                self._put(", ")
            if item is value:
                self._put(f"{self._scalar(key)}=(this Map)")
            else:
                self._entry(key, item, depth)
        self._put("}")

    def _entry(self, key: object, value: object, depth: int) -> None:
        self._print(key, depth + 1)
        self._put("=")
        self._print(value, depth + 1)


def _quoted(text: str) -> str:
    return '"' + _ESCAPED.sub(lambda match: _SHORT.get(match[0]) or f"\\u{ord(match[0]):04X}", text) + '"'


def scalar_text(value: object) -> str:
    """Return the text of a value that holds no others."""
    if isinstance(value, str):
        return str(value)
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return double_text(value)
    if isinstance(value, StringArray):
        return f"[Ljava.lang.String;@{crc32(repr(list(value)).encode('utf-8', 'surrogatepass')):x}"
    if hasattr(value, "vtl_property"):
        return str(value)
    raise TemplateFault("a value of the host cannot be printed")


class Comparison:
    """Java's `equals`, over a bounded number of elements: values that share what is nested would take for ever."""

    def __init__(self) -> None:
        self._left = COMPARED

    def equal(self, one: object, other: object, depth: int = 0) -> bool:
        """Return whether two values are equal as Java has it: texts and numbers never are, nor 1 and 1.0."""
        self._left -= 1
        if self._left < 0 or depth > DEPTH:
            raise TemplateLimitFault("values are too large to be compared")
        if one is other:
            return True
        if isinstance(one, dict):
            return isinstance(other, dict) and self._equal_maps(one, other, depth)
        if isinstance(one, list):
            return self._is_list(one) and self._is_list(other) and self._equal_lists(one, other, depth)
        if isinstance(one, Entry):
            return (
                isinstance(other, Entry)
                and self.equal(one.key, other.key, depth + 1)
                and self.equal(one.value, other.value, depth + 1)
            )
        return one.__class__ is other.__class__ and isinstance(one, str | int | float) and one == other

    def _is_list(self, value: object) -> bool:
        return value.__class__ is list or value.__class__ is Collected

    def _equal_lists(self, one: list[object], other: object, depth: int) -> bool:
        assert isinstance(other, list)
        return (
            one.__class__ is other.__class__
            and len(one) == len(other)
            and all(self.equal(item, twin, depth + 1) for item, twin in zip(one, other, strict=True))
        )

    def _equal_maps(self, one: dict[object, object], other: dict[object, object], depth: int) -> bool:
        return len(one) == len(other) and all(
            key in other and self.equal(value, other[key], depth + 1) for key, value in one.items()
        )


def equal(one: object, other: object) -> bool:
    """Return whether two values are equal as Java's `equals` has it."""
    if one.__class__ is str or other.__class__ is str:
        return one.__class__ is other.__class__ and one == other
    return Comparison().equal(one, other)


def as_key(value: object) -> object:
    """Return a value as the key of a map; a fault for lists and maps, which Python cannot look up."""
    if value is None or isinstance(value, str | int | float):
        return value
    raise TemplateFault(f"a map's key may not be a {type(value).__name__}")


def units(text: str) -> str:
    """Return a text with each UTF-16 unit as one character: Java counts those."""
    if text.isascii() or max(text, default="") <= "\uffff":
        return text
    raw = text.encode("utf-16-le", "surrogatepass")
    return "".join(chr(raw[at] | raw[at + 1] << 8) for at in range(0, len(raw), 2))


def from_units(text: str) -> str:
    """Return a text of UTF-16 units with the pairs of surrogates joined."""
    if text.isascii():
        return text
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")
