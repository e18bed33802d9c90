"""The methods of Java's lists, maps, their views and entries, and iterators."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

from gatewright.languages.vtl.calls import Body, Run, methods
from gatewright.languages.vtl.errors import TemplateFault
from gatewright.languages.vtl.texts import as_key, equal
from gatewright.languages.vtl.values import Collected, Cursor, Entry, ForeachScope

Map = dict[object, object]
List = list[object]


def _position(items: List, index: int, end: int) -> int:
    if not 0 <= index < end:
        raise TemplateFault(f"Index {index} out of bounds for length {len(items)}")
    return index


def _get(_run: Run, items: List, index: int) -> object:
    return items[_position(items, index, len(items))]


def _set(_run: Run, items: List, index: int, value: object) -> object:
    at = _position(items, index, len(items))
    old, items[at] = items[at], value
    return old


def _add(run: Run, items: List, value: object) -> bool:
    run.charge(1)
    items.append(value)
    return True


def _insert(run: Run, items: List, index: int, value: object) -> str:
    run.charge(1 + len(items) // 8)
    items.insert(_position(items, index, len(items) + 1), value)
    return ""


def _add_all(run: Run, items: List, more: List) -> bool:
    run.charge(len(more))
    items.extend(list(more))
    return bool(more)


def _insert_all(run: Run, items: List, index: int, more: List) -> bool:
    run.charge(len(more) + len(items) // 8)
    at = _position(items, index, len(items) + 1)
    items[at:at] = list(more)
    return bool(more)


def _remove_at(_run: Run, items: List, index: int) -> object:
    return items.pop(_position(items, index, len(items)))


def _remove(run: Run, items: List, value: object) -> bool:
    at = _index_of(run, items, value)
    if at >= 0:
        del items[at]
    return at >= 0


def _index_of(run: Run, items: List, value: object) -> int:
    run.charge(len(items))
    return next((at for at, item in enumerate(items) if equal(item, value)), -1)


def _last_index_of(run: Run, items: List, value: object) -> int:
    run.charge(len(items))
    return next((at for at in range(len(items) - 1, -1, -1) if equal(items[at], value)), -1)


def _contains(run: Run, items: List, value: object) -> bool:
    return _index_of(run, items, value) >= 0


def _contains_all(run: Run, items: List, values: List) -> bool:
    return all(_contains(run, items, value) for value in values)


def _remove_all(run: Run, items: List, values: List) -> bool:
    kept = [item for item in items if not _contains(run, values, item)]
    return _keep(items, kept)


def _retain_all(run: Run, items: List, values: List) -> bool:
    return _keep(items, [item for item in items if _contains(run, values, item)])


def _keep(items: List, kept: List) -> bool:
    has_changed = len(kept) != len(items)
    items[:] = kept
    return has_changed


def _sub_list(run: Run, items: List, begin: int, end: int) -> List:
    if not 0 <= begin <= end <= len(items):
        raise TemplateFault(f"subList: {begin}, {end} of {len(items)}")
    run.charge(end - begin)
    return items[begin:end]


def _clear(_run: Run, items: List | Map) -> str:
    items.clear()
    return ""


def _unsupported(_run: Run, *_arguments: object) -> object:
    raise TemplateFault("UnsupportedOperationException")


def _map_get(_run: Run, mapping: Map, key: object) -> object:
    return mapping.get(as_key(key))


def _map_put(run: Run, mapping: Map, key: object, value: object) -> object:
    run.charge(1)
    old = mapping.get(as_key(key))
    mapping[key] = value
    return old


def _put_if_absent(run: Run, mapping: Map, key: object, value: object) -> object:
    if mapping.get(as_key(key)) is not None:
        return mapping[key]
    return _map_put(run, mapping, key, value)


def _put_all(run: Run, mapping: Map, more: Map) -> str:
    run.charge(len(more))
    mapping.update(more)
    return ""


def _map_remove(_run: Run, mapping: Map, key: object) -> object:
    return mapping.pop(as_key(key), None)


def _or_default(_run: Run, mapping: Map, key: object, default: object) -> object:
    return mapping[key] if as_key(key) in mapping else default


def _contains_value(run: Run, mapping: Map, value: object) -> bool:
    run.charge(len(mapping))
    return any(equal(item, value) for item in mapping.values())


def entries(mapping: Map) -> Collected:
    """Return a map's entries."""
    return Collected((Entry(mapping, key) for key in mapping), mapping)


def _viewed(run: Run, mapping: Map, kind: str) -> Collected:
    run.charge(len(mapping))
    if kind == "entries":
        return entries(mapping)
    return Collected(mapping if kind == "keys" else mapping.values(), mapping)


def _set_value(_run: Run, entry: Entry, value: object) -> object:
    old, entry.value = entry.value, value
    entry.map[entry.key] = value
    return old


def _next(_run: Run, cursor: Cursor) -> object:
    return cursor.next()


def _cursor(run: Run, items: List) -> Cursor:
    run.charge(len(items))
    return Cursor(list(items))


_READ_COLLECTION: Final[Mapping[str, Body]] = MappingProxyType(
    {
        "size": lambda _run, items: len(items),
        "isEmpty": lambda _run, items: not items,
        "contains o": _contains,
        "containsAll c": _contains_all,
        "iterator": _cursor,
        "equals o": lambda _run, items, other: equal(items, other),
        "toString": lambda run, items: run.text(items),
    }
)
_READ_LIST: Final[Mapping[str, Body]] = MappingProxyType(
    {
        **_READ_COLLECTION,
        "get i": _get,
        "indexOf o": _index_of,
        "lastIndexOf o": _last_index_of,
        "subList ii": _sub_list,
    }
)
LIST = methods(
    {
        **_READ_LIST,
        # "Variables for data transformations for API Gateway": `$input.path('$.pets').count()`.
        "count": lambda _run, items: len(items),
        "set io": _set,
        "add o": _add,
        "add io": _insert,
        "addAll c": _add_all,
        "addAll ic": _insert_all,
        "remove i": _remove_at,
        "remove o": _remove,
        "removeAll c": _remove_all,
        "retainAll c": _retain_all,
        "clear": _clear,
    }
)
# Velocity wraps arrays as lists of fixed size.
ARRAY = methods(
    {
        **_READ_LIST,
        "set io": _set,
        "add o": _unsupported,
        "add io": _unsupported,
        "addAll c": _unsupported,
        "remove i": _unsupported,
        "remove o": _unsupported,
        "clear": _unsupported,
        "toString": lambda run, items: run.text(items),
    }
)
COLLECTED = methods({**_READ_COLLECTION, "add o": _unsupported, "addAll c": _unsupported})
MAP = methods(
    {
        "size": lambda _run, mapping: len(mapping),
        "isEmpty": lambda _run, mapping: not mapping,
        "get o": _map_get,
        "getOrDefault oo": _or_default,
        "put oo": _map_put,
        "putIfAbsent oo": _put_if_absent,
        "putAll m": _put_all,
        "remove o": _map_remove,
        "containsKey o": lambda _run, mapping, key: as_key(key) in mapping,
        "containsValue o": _contains_value,
        "keySet": lambda run, mapping: _viewed(run, mapping, "keys"),
        "values": lambda run, mapping: _viewed(run, mapping, "values"),
        "entrySet": lambda run, mapping: _viewed(run, mapping, "entries"),
        "clear": _clear,
        "equals o": lambda _run, mapping, other: equal(mapping, other),
        "toString": lambda run, mapping: run.text(mapping),
    }
)
ENTRY = methods(
    {
        "getKey": lambda _run, entry: entry.key,
        "getValue": lambda _run, entry: entry.value,
        "setValue o": _set_value,
        "equals o": lambda _run, entry, other: equal(entry, other),
        "toString": lambda run, entry: run.text(entry),
    }
)
CURSOR = methods({"hasNext": lambda _run, cursor: cursor.has_next(), "next": _next})
SCOPE = methods(
    {
        "getIndex": lambda _run, scope: scope.index,
        "getCount": lambda _run, scope: scope.index + 1,
        "hasNext": lambda _run, scope: scope.has_next,
        "getHasNext": lambda _run, scope: scope.has_next,
        "isFirst": lambda _run, scope: scope.index < 1,
        "getFirst": lambda _run, scope: scope.index < 1,
        "isLast": lambda _run, scope: not scope.has_next,
        "getLast": lambda _run, scope: not scope.has_next,
        "getParent": lambda _run, scope: scope.parent,
        "getTopmost": lambda _run, scope: scope.topmost(),
        "getReplaced": lambda _run, scope: scope.replaced,
        "get o": lambda _run, scope, key: scope.get(as_key(key)),
        "put oo": lambda run, scope, key, value: _map_put(run, scope.storage, key, value),
        "containsKey o": lambda _run, scope, key: as_key(key) in scope.storage,
        "size": lambda _run, scope: len(scope.storage),
        "isEmpty": lambda _run, scope: not scope.storage,
        "toString": lambda run, scope: run.text(scope),
    }
)
# Properties of loops: `$foreach.index` and the like, before what is set in the loop.
SCOPE_PROPERTIES: Final[Mapping[str, Callable[[ForeachScope], object]]] = MappingProxyType(
    {
        "index": lambda scope: scope.index,
        "count": lambda scope: scope.index + 1,
        "hasNext": lambda scope: scope.has_next,
        "first": lambda scope: scope.index < 1,
        "last": lambda scope: not scope.has_next,
        "parent": lambda scope: scope.parent,
        "topmost": lambda scope: scope.topmost(),
        "replaced": lambda scope: scope.replaced,
    }
)
