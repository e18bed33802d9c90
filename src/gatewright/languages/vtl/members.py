"""What compiled templates call to reach into values: methods, properties and indexes."""

import math
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from gatewright.languages.vtl import collections, numbers, strings
from gatewright.languages.vtl.arithmetic import is_integer
from gatewright.languages.vtl.calls import Methods, Signature, invoke
from gatewright.languages.vtl.errors import TemplateFault
from gatewright.languages.vtl.run import FREE, SIZED, Run
from gatewright.languages.vtl.texts import as_key
from gatewright.languages.vtl.values import (
    MISSING,
    Character,
    Collected,
    Cursor,
    Entry,
    ForeachScope,
    StringArray,
)

METHODS: Final[Mapping[type, Methods]] = MappingProxyType(
    {
        str: strings.STRING,
        Character: strings.CHARACTER,
        int: numbers.INTEGER,
        float: numbers.DOUBLE,
        bool: numbers.BOOLEAN,
        list: collections.LIST,
        dict: collections.MAP,
        StringArray: collections.ARRAY,
        Collected: collections.COLLECTED,
        Entry: collections.ENTRY,
        Cursor: collections.CURSOR,
        ForeachScope: collections.SCOPE,
    }
)


def call(
    run: Run, target: Any, signature: Signature, arguments: tuple[object, ...], hosts: set[type] | None = None
) -> object:
    """Call a method; None when there is none. The class of a host object is added to `hosts`."""
    table = METHODS.get(target.__class__)
    if table is not None:
        if isinstance(target, SIZED) and len(target) > FREE:
            run.watch()
        overloads = table.get(signature)
        found = MISSING if overloads is None else invoke(run, target, overloads, arguments)
        if found is not MISSING:
            return found
        if arguments and (signature[0], 0) in table:
            # Velocity 1.7 takes a method without parameters for one that takes any, and Java then throws.
            raise TemplateFault(f"wrong number of arguments: {signature[0]}")
        return None
    vtl_call = getattr(target, "vtl_call", None)
    run.watch()
    if vtl_call is None:
        return run.text(target) if signature == ("toString", 0) and target is not None else None
    if hosts is not None and hasattr(type(target), "vtl_call"):
        hosts.add(type(target))
    found = vtl_call(signature[0], arguments)
    if found.__class__ is str and len(found) > FREE:
        run.charge(len(found))
    return None if found is MISSING else found


def property_of(target: Any, name: str) -> object:
    """Return a property; None when there is none."""
    if target is None:
        return None
    kind = target.__class__
    if kind is dict:
        return target.get(name)
    vtl_property = getattr(target, "vtl_property", None)
    if vtl_property is not None:
        found = vtl_property(name)
        return None if found is MISSING else found
    plain = name[:1].lower() + name[1:]
    if isinstance(target, Entry):
        return target.key if plain == "key" else target.value if plain == "value" else None
    if isinstance(target, ForeachScope):
        read = collections.SCOPE_PROPERTIES.get(plain)
        return read(target) if read is not None else target.get(name)
    return _bean_property(kind, target, plain)


def _bean_property(kind: type, target: Any, name: str) -> object:
    if name == "empty" and kind in (str, list, Collected):
        return not target
    if name == "blank" and kind is str:
        return not str(target).strip()
    if kind is float and name in ("naN", "infinite"):
        return math.isnan(target) if name == "naN" else math.isinf(target)
    return None


def put_property(run: Run, target: Any, name: str, value: object) -> None:
    """Carry out `#set($target.name = value)`."""
    if target.__class__ is dict:
        run.charge(1)
        target[name] = value
    elif isinstance(target, ForeachScope):
        target.storage[name] = value
    elif isinstance(target, Entry) and name.lower() == "value":
        target.map[target.key] = target.value = value
    elif hasattr(target, "vtl_put"):
        target.vtl_put(name, value)


def index(run: Run, target: Any, argument: Any) -> object:
    """Return `target[argument]`."""
    argument = _from_end(target, argument)
    if target.__class__ is dict:
        return target.get(as_key(argument))
    return call(run, target, ("get", 1), (argument,))


def put_index(run: Run, target: Any, argument: Any, value: object) -> None:
    """Carry out `#set($target[argument] = value)`."""
    argument = _from_end(target, argument)
    if target.__class__ in (list, StringArray):
        call(run, target, ("set", 2), (argument, value))
    elif target.__class__ is dict or isinstance(target, ForeachScope):
        call(run, target, ("put", 2), (argument, value))
    elif hasattr(target, "vtl_put") and argument.__class__ is str:
        target.vtl_put(argument, value)


def _from_end(target: Any, argument: Any) -> Any:
    """Return an index as it is; negative ones count from the end."""
    if not is_integer(argument) or argument >= 0:
        return argument
    if not isinstance(target, list | dict | ForeachScope):
        raise TemplateFault("a negative index requires a size()")
    size = len(target.storage if isinstance(target, ForeachScope) else target)
    return size + argument
