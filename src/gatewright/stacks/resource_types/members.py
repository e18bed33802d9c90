"""Members of properties on their way into parameters of operations."""

from collections.abc import Iterable, Mapping
from typing import Any

from gatewright.stacks.resource_types.contract import Properties


def picked(properties: Properties, names: Iterable[str]) -> dict[str, Any]:
    """Return the properties of some names that are given."""
    return {name: properties[name] for name in names if name in properties}


def renamed(properties: Properties, names: Mapping[str, str]) -> dict[str, Any]:
    """Return the properties of some names that are given, by the names that operations have for them."""
    return {parameter: properties[name] for name, parameter in names.items() if name in properties}


def with_defaults(old: Properties, new: Properties, defaults: Mapping[str, Any]) -> dict[str, Any]:
    """Return the members that differ as they are to be: what is not there any more becomes its default."""
    differing = [name for name in {**old, **new} if old.get(name) != new.get(name)]
    return {name: new[name] if name in new else defaults[name] for name in differing}


def is_changed(old: Properties, new: Properties, names: Iterable[str]) -> bool:
    """Tell whether any of some properties differs."""
    return any(old.get(name) != new.get(name) for name in names)
