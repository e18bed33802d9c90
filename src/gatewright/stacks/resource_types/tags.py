"""Tags of a resource: the stack's, CloudFormation's own, and those of its properties.

Source: "Resource tags" (AWS CloudFormation User Guide). Tags of a property win over the stack's of the same key.
Which types get `aws:cloudformation:…` tags is said by their schemas (`tagging`).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from gatewright.stacks.resource_types.contract import Call, Properties
from gatewright.stacks.resource_types.schemas import schema_of

_SYSTEM = "aws:cloudformation:"
STACK_ID = f"{_SYSTEM}stack-id"
LOGICAL_ID = f"{_SYSTEM}logical-id"


def tags_of(call: Call, type_name: str, properties: Properties) -> dict[str, str]:
    """Return the tags that a resource is to have, by key."""
    schema = schema_of(type_name)
    if schema is None or schema.tag_property is None:
        return {}
    of_stack = {key: value for key, value in call.tags.items() if schema.has_system_tags or not key.startswith(_SYSTEM)}
    return of_stack | as_mapping(properties.get(schema.tag_property))


def as_mapping(tags: Any) -> dict[str, str]:
    """Return the tags of a property, which has a list of keys and values, or an object."""
    if isinstance(tags, Mapping):
        return dict(tags)
    return {tag["Key"]: tag.get("Value", "") for tag in tags or ()}


def as_list(tags: Mapping[str, str]) -> list[dict[str, str]]:
    """Return tags as most services want them: `[{"Key": …, "Value": …}]`."""
    return [{"Key": key, "Value": value} for key, value in tags.items()]


def is_own(call: Call, tags: Mapping[str, str]) -> bool:
    """Tell by its tags whether a resource is what this logical id of this stack made."""
    own = call.tags.get(STACK_ID), call.tags.get(LOGICAL_ID)
    return None not in own and own == (tags.get(STACK_ID), tags.get(LOGICAL_ID))


@dataclass(frozen=True, slots=True)
class TagChange:
    """What to do for the tags of a resource to be those that are wanted."""

    put: Mapping[str, str]
    remove: list[str]


def tag_change(present: Mapping[str, str], wanted: Mapping[str, str]) -> TagChange:
    """Compare tags. Those of CloudFormation's own that a resource has stay."""
    put = {key: value for key, value in wanted.items() if present.get(key) != value}
    return TagChange(put, [key for key in present if key not in wanted and not key.startswith(_SYSTEM)])
