"""`AWS::Scheduler::Schedule`. Ref is the name.

Source: AWS::Scheduler::Schedule (AWS CloudFormation User Guide).
"""

from typing import Any, Final

from gatewright.stacks.resource_types.adoption import created_or_ours
from gatewright.stacks.resource_types.contract import Call, Properties, Resource, ResourceType
from gatewright.stacks.resource_types.members import is_changed, picked
from gatewright.stacks.resource_types.outcomes import absence_is_done

_LONGEST_NAME: Final = 64
_SETTINGS: Final = (
    "Description",
    "EndDate",
    "FlexibleTimeWindow",
    "GroupName",
    "KmsKeyArn",
    "ScheduleExpression",
    "ScheduleExpressionTimezone",
    "StartDate",
    "State",
    "Target",
)


def create(call: Call, properties: Properties) -> Resource:
    """Create the schedule."""
    name = properties.get("Name") or call.physical_name(_LONGEST_NAME)
    parameters = {"Name": name, **picked(properties, _SETTINGS)}
    created_or_ours(call, name, "scheduler", "CreateSchedule", parameters, "ConflictException")
    return _resource(call, name, properties)


def update(call: Call, there: Resource, old: Properties, new: Properties) -> Resource:
    """Set all of it again: UpdateSchedule gives what is left out its default."""
    call.services.call("scheduler", "UpdateSchedule", {"Name": there.physical_id, **picked(new, _SETTINGS)})
    return _resource(call, there.physical_id, new)


def delete(call: Call, there: Resource, properties: Properties) -> None:
    """Delete the schedule."""
    with absence_is_done():
        call.services.call("scheduler", "DeleteSchedule", {"Name": there.physical_id, **_group(properties)})


def replaces(old: Properties, new: Properties) -> bool:
    """Tell whether the schedule would be in another group: there it is another."""
    return is_changed(old, new, ["GroupName"])


def _group(properties: Properties) -> dict[str, Any]:
    return picked(properties, ["GroupName"])


def _resource(call: Call, name: str, properties: Properties) -> Resource:
    group = properties.get("GroupName", "default")
    return Resource(name, {"Arn": call.arn("scheduler", f"schedule/{group}/{name}")})


TYPE: Final = ResourceType("AWS::Scheduler::Schedule", create, update, delete, replaces=replaces)
