"""Tags of resources of EC2, which are all tagged by the same operations."""

from typing import Any

from gatewright.stacks.resource_types.contract import Call, Properties
from gatewright.stacks.resource_types.given_tags import change_tags, given_tags
from gatewright.stacks.resource_types.tags import as_list


def tag_specifications(call: Call, kind: str, properties: Properties) -> dict[str, Any]:
    """Return the parameter of a create that tags what it makes, of a kind such as `vpc`; nothing without tags."""
    tags = given_tags(call, properties.get("Tags"))
    return {"TagSpecifications": [{"ResourceType": kind, "Tags": as_list(tags)}]} if tags else {}


def retag(call: Call, resource_id: str, old: Properties, new: Properties) -> None:
    """Make the tags of a resource what its changed properties say."""
    change_tags(
        call,
        old.get("Tags"),
        new.get("Tags"),
        lambda tags: call.services.call("ec2", "CreateTags", {"Resources": [resource_id], "Tags": as_list(tags)}),
        lambda keys: call.services.call(
            "ec2", "DeleteTags", {"Resources": [resource_id], "Tags": [{"Key": key} for key in keys]}
        ),
    )
