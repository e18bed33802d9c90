"""The values of templates: Python's for Java's, the few kinds of Java's that Python lacks, and objects of the host.

Java                    Python
String                  str
Integer, Long, BigInteger   int, by size
Double                  float
Boolean, null           bool, None
LinkedHashMap           dict
ArrayList               list
String[], Character, Map.Entry, keySet(), values(), Iterator    the classes below
"""

from collections.abc import Iterable
from typing import Final, Protocol, final


@final
class Missing:
    """What a host object answers for a property or method that it does not have."""

    def __repr__(self) -> str:
        return "MISSING"


MISSING: Final = Missing()


class HostObject(Protocol):
    """An object that the host lends to templates, such as `$input`. `str()` of it is what is printed."""

    def vtl_property(self, name: str) -> object:
        """Return the value of `$object.name`, MISSING without such a property."""

    def vtl_call(self, name: str, arguments: tuple[object, ...]) -> object:
        """Return what `$object.name(arguments)` returns, MISSING without such a method."""

    def vtl_put(self, name: str, value: object) -> None:
        """Carry out `#set($object.name = value)`."""


class Character(str):
    """Java's Character: printed like a text, but not equal to one."""

    __slots__ = ()


class StringArray(list[object]):
    """Java's String[], as `split` returns."""

    __slots__ = ()


class Collected(list[object]):
    """Java's `keySet()`, `values()` and `entrySet()`: collections without positions, as they were when asked for."""

    __slots__ = ("origin",)

    def __init__(self, items: Iterable[object], origin: dict[object, object]) -> None:
        super().__init__(items)
        self.origin = origin


class Entry:
    """Java's Map.Entry."""

    __slots__ = ("key", "map", "value")

    def __init__(self, mapping: dict[object, object], key: object) -> None:
        self.map = mapping
        self.key = key
        self.value = mapping[key]


class Cursor:
    """Java's Iterator."""

    __slots__ = ("_at", "_items")

    def __init__(self, items: list[object]) -> None:
        self._items = items
        self._at = 0

    def has_next(self) -> bool:
        """Return whether there is another element."""
        return self._at < len(self._items)

    def next(self) -> object:
        """Return the next element; IndexError without one."""
        self._at += 1
        return self._items[self._at - 1]


class ForeachScope:
    """`$foreach`: where the loop stands, and a map of its own."""

    __slots__ = ("has_next", "index", "parent", "replaced", "storage")

    def __init__(self, previous: object) -> None:
        self.index = -1
        self.has_next = False
        self.parent = previous if isinstance(previous, ForeachScope) else None
        self.replaced = previous if self.parent is None else None
        self.storage: dict[object, object] = {}

    def get(self, name: object) -> object:
        """Return what was set in this loop or one around it."""
        scope: ForeachScope | None = self
        while scope is not None:
            if scope.storage.get(name) is not None or name in scope.storage:
                return scope.storage[name]
            scope = scope.parent
        return None

    def topmost(self) -> "ForeachScope":
        """Return the outermost loop."""
        scope = self
        while scope.parent is not None:
            scope = scope.parent
        return scope
