"""What becomes of a resource whose properties change: nothing, an update in place, or another resource in its stead.

Source: "Understand update behaviors of stack resources" (AWS CloudFormation User Guide).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

from gatewright.base.errors import AwsError
from gatewright.stacks.execution.surroundings import Schema
from gatewright.stacks.resource_types.contract import Properties, ResourceType
from gatewright.store.types import Document


class Action(Enum):
    """What is done to a resource."""

    NOTHING = "NOTHING"
    CREATE = "CREATE"
    UPDATE = "UPDATE"
    REPLACE = "REPLACE"


@dataclass(frozen=True, slots=True)
class Leaf:
    """A value that differs between two sets of properties."""

    path: tuple[str, ...]
    old: Any
    """None when it is added."""
    new: Any
    """None when it is removed."""


def compared_properties(resource: Document) -> dict[str, Any]:
    """Return the properties of a resource as they are compared: dynamic references as they are written."""
    properties: dict[str, Any] = resource["Compared"] if "Compared" in resource else resource.get("Properties") or {}
    return properties


def action_for(resource_type: ResourceType, schema: Schema | None, old: Properties, new: Properties) -> Action:
    """Return what makes a resource with `old` properties one with `new` properties."""
    if old == new:
        return Action.NOTHING
    if resource_type.update is None or (schema is not None and schema.replaced_by(old, new)):
        return Action.REPLACE
    if resource_type.replaces is not None and resource_type.replaces(old, new):
        return Action.REPLACE
    return Action.UPDATE


def refuse_same_name(schema: Schema | None, old: Properties, new: Properties) -> None:
    """Refuse to replace a resource by one of the same chosen name: both are there for a while. Raises AwsError."""
    names = () if schema is None else schema.primary_identifier
    if names and all(name in old and name in new and old[name] == new[name] for name in names):
        raise AwsError(
            "NotUpdatable",
            "CloudFormation cannot update a stack when a custom-named resource requires replacing. "
            f"Rename {new[names[0]]} and update the stack again.",
        )


def differences(old: Any, new: Any, path: tuple[str, ...] = ()) -> list[Leaf]:
    """Return the values that differ: members of objects one by one, items of lists when their number is the same."""
    if old == new and type(old) is type(new):
        return []
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        names = [*old, *(name for name in new if name not in old)]
        return [leaf for name in names for leaf in differences(old.get(name), new.get(name), (*path, str(name)))]
    if isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        pairs = enumerate(zip(old, new, strict=True))
        return [leaf for index, (a, b) in pairs for leaf in differences(a, b, (*path, str(index)))]
    return [Leaf(path, old, new)] if old != new else []


def recreation_of(
    resource_type: ResourceType, schema: Schema | None, leaf: Leaf, old: Properties, new: Properties
) -> str:
    """Return whether a change needs a new resource: `Always`, `Conditionally` or `Never`."""
    if resource_type.update is None:
        return "Always"
    if schema is not None and any(_is_below(leaf.path, path) for path in schema.create_only):
        return "Always"
    if schema is not None and any(_is_below(leaf.path, path) for path in schema.conditional_create_only):
        return "Conditionally"
    if resource_type.replaces is not None and resource_type.replaces(old, new):
        return "Conditionally"
    return "Never"


def _is_below(path: tuple[str, ...], pattern: str) -> bool:
    """Say whether one of the paths is within the other."""
    parts = pattern.split("/")
    return all(wanted in ("*", part) for wanted, part in zip(parts, path, strict=False))
