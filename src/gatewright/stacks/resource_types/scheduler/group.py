"""`AWS::Scheduler::ScheduleGroup`. Ref is the name.

Source: AWS::Scheduler::ScheduleGroup (AWS CloudFormation User Guide).
"""

from typing import Any, Final

from gatewright.stacks.resource_types.adoption import created_or_ours
from gatewright.stacks.resource_types.contract import Call, Properties, Resource, ResourceType
from gatewright.stacks.resource_types.given_tags import change_tags, given_tags
from gatewright.stacks.resource_types.outcomes import if_present
from gatewright.stacks.resource_types.tags import as_list

_LONGEST_NAME: Final = 64


def create(call: Call, properties: Properties) -> Resource:
    """Create the group."""
    name = properties.get("Name") or call.physical_name(_LONGEST_NAME)
    parameters: dict[str, Any] = {"Name": name}
    if tags := given_tags(call, properties.get("Tags")):
        parameters["Tags"] = as_list(tags)
    created_or_ours(call, name, "scheduler", "CreateScheduleGroup", parameters, "ConflictException")
    return _resource(call, name)


def update(call: Call, there: Resource, old: Properties, new: Properties) -> Resource:
    """Change the tags."""
    arn = there.attributes["Arn"]
    change_tags(
        call,
        old.get("Tags"),
        new.get("Tags"),
        lambda tags: call.services.call("scheduler", "TagResource", {"ResourceArn": arn, "Tags": as_list(tags)}),
        lambda keys: call.services.call("scheduler", "UntagResource", {"ResourceArn": arn, "TagKeys": keys}),
    )
    return _resource(call, there.physical_id)


def delete(call: Call, there: Resource, properties: Properties) -> None:
    """Delete the group with its schedules."""
    group = {"Name": there.physical_id}
    if if_present(call, "scheduler", "GetScheduleGroup", group) is not None:
        call.services.call("scheduler", "DeleteScheduleGroup", group)


def _resource(call: Call, name: str) -> Resource:
    found = call.services.call("scheduler", "GetScheduleGroup", {"Name": name})
    attributes = {"Arn": found["Arn"], "State": found.get("State", "ACTIVE")}
    attributes |= {
        member: found[member].isoformat() for member in ("CreationDate", "LastModificationDate") if member in found
    }
    return Resource(name, attributes)


TYPE: Final = ResourceType("AWS::Scheduler::ScheduleGroup", create, update, delete)
