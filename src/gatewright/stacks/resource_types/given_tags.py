"""Tags of resources in services that are not ours: the stack's, and those of a property.

CloudFormation's own (`aws:cloudformation:…`) are left out: services take what begins with `aws:` from CloudFormation
only, and refuse it from others, as moto does ("Tag naming limits and requirements", Tagging AWS Resources).
"""

from collections.abc import Callable, Mapping
from typing import Any

from gatewright.stacks.resource_types.contract import Call
from gatewright.stacks.resource_types.tags import as_mapping, tag_change


def given_tags(call: Call, tags: Any) -> dict[str, str]:
    """Return the tags of a resource, by key. Those of its property win."""
    return {key: value for key, value in call.tags.items() if not key.startswith("aws:")} | as_mapping(tags)


def change_tags(
    call: Call,
    old: Any,
    new: Any,
    put: Callable[[Mapping[str, str]], object],
    remove: Callable[[list[str]], object],
) -> None:
    """Make the tags of a resource what a changed property says; `put` and `remove` are called if there is something."""
    change = tag_change(given_tags(call, old), given_tags(call, new))
    if change.remove:
        remove(change.remove)
    if change.put:
        put(change.put)
