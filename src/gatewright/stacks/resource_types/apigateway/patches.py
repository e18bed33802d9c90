"""Patches that make one state of a resource another: settings by their paths, compared.

Source: "Patch operations" in the "Amazon API Gateway REST API Reference". A path is a JSON Pointer: `~1` is a slash.
"""

import json
from collections.abc import Iterable, Mapping
from typing import Any, TypeAlias

from gatewright.stacks.resource_types.coercion import as_text
from gatewright.stacks.resource_types.contract import Call

PatchOperation: TypeAlias = dict[str, str]
Settings: TypeAlias = Mapping[str, str]
"""What is set, as text, by its path."""


def escaped(segment: str) -> str:
    """Return a segment of a path."""
    return segment.replace("~", "~0").replace("/", "~1")


def text_of(value: Any) -> str:
    """Return a value as patches have it: JSON for objects and lists."""
    text = as_text(value)
    return text if isinstance(text, str) else json.dumps(text, separators=(",", ":"))


def settings_of(properties: Mapping[str, Any], paths: Mapping[str, str]) -> dict[str, str]:
    """Return the properties that have a path, by it."""
    return {path: text_of(properties[name]) for name, path in paths.items() if name in properties}


def members_of(value: Mapping[str, Any], prefix: str) -> dict[str, str]:
    """Return the entries of a map below a path, such as `/variables`."""
    return {f"{prefix}/{escaped(name)}": text_of(entry) for name, entry in value.items()}


def replacements(settings: Settings) -> list[PatchOperation]:
    """Return operations that set all of some settings."""
    return [{"op": "replace", "path": path, "value": value} for path, value in settings.items()]


def changes(old: Settings, new: Settings, defaults: Settings, removable: Iterable[str] = ()) -> list[PatchOperation]:
    """Return operations that make old settings new ones.

    What is not there any more gets the value that `defaults` has for its path, or is removed. Of what lies below a
    path in `removable`, the whole is removed once when nothing of it is left.
    """
    operations: list[PatchOperation] = []
    gone = [path for path in old if path not in new]
    for whole in removable:
        below = f"{whole}/"
        lost = [path for path in gone if path.startswith(below)]
        if lost and not any(path.startswith(below) for path in new):
            operations.append({"op": "remove", "path": whole})
            gone = [path for path in gone if path not in lost]
    for path in gone:
        if path in defaults:
            operations.append({"op": "replace", "path": path, "value": defaults[path]})
        else:
            operations.append({"op": "remove", "path": path})
    return operations + replacements({path: value for path, value in new.items() if old.get(path) != value})


def element_changes(prefix: str, old: Iterable[str], new: Iterable[str]) -> list[PatchOperation]:
    """Return operations for a list whose elements are named by paths: `/binaryMediaTypes/image~1png`."""
    before, after = list(old), list(new)
    removed = [{"op": "remove", "path": f"{prefix}/{escaped(one)}"} for one in before if one not in after]
    return removed + [{"op": "add", "path": f"{prefix}/{escaped(one)}"} for one in after if one not in before]


def value_changes(path: str, old: Iterable[str], new: Iterable[str]) -> list[PatchOperation]:
    """Return operations for a list whose elements are values of one path: `/apiStages`."""
    before, after = list(old), list(new)
    added = [{"op": "add", "path": path, "value": one} for one in after if one not in before]
    return added + [{"op": "remove", "path": path, "value": one} for one in before if one not in after]


def patch(call: Call, operation: str, target: Mapping[str, str], operations: list[PatchOperation]) -> None:
    """Call an Update operation, if there is anything to change."""
    if operations:
        call.services.call("apigateway", operation, {**target, "patchOperations": operations})
