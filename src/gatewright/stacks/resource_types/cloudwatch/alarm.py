"""`AWS::CloudWatch::Alarm` and `AWS::CloudWatch::CompositeAlarm`. Ref is the name.

Source: AWS::CloudWatch::Alarm, AWS::CloudWatch::CompositeAlarm (AWS CloudFormation User Guide); PutMetricAlarm, which
creates and changes.
"""

from collections.abc import Callable
from typing import Any, Final

from gatewright.base.errors import OperationNotImplemented
from gatewright.stacks.resource_types.contract import Call, Properties, Resource, ResourceType
from gatewright.stacks.resource_types.given_tags import change_tags, given_tags
from gatewright.stacks.resource_types.tags import as_list

_LONGEST_NAME: Final = 255
_NOT_BUILT: Final = (
    "ActionConfiguration",
    "EvaluationCriteria",
    "EvaluationInterval",
    "EvaluationWindow",
    "WarmUpConfiguration",
)


def _create_by(operation: str) -> Callable[[Call, Properties], Resource]:
    def create(call: Call, properties: Properties) -> Resource:
        """Put the alarm."""
        name = properties.get("AlarmName") or call.physical_name(_LONGEST_NAME)
        parameters = _parameters(name, properties)
        if tags := given_tags(call, properties.get("Tags")):
            parameters["Tags"] = as_list(tags)
        call.services.call("cloudwatch", operation, parameters)
        return Resource(name, {"Arn": call.arn("cloudwatch", f"alarm:{name}")})

    return create


def _update_by(operation: str) -> Callable[[Call, Resource, Properties, Properties], Resource]:
    def update(call: Call, there: Resource, old: Properties, new: Properties) -> Resource:
        """Put it again, and change its tags, which PutMetricAlarm leaves as they are."""
        call.services.call("cloudwatch", operation, _parameters(there.physical_id, new))
        arn = there.attributes["Arn"]
        change_tags(
            call,
            old.get("Tags"),
            new.get("Tags"),
            lambda tags: call.services.call("cloudwatch", "TagResource", {"ResourceARN": arn, "Tags": as_list(tags)}),
            lambda keys: call.services.call("cloudwatch", "UntagResource", {"ResourceARN": arn, "TagKeys": keys}),
        )
        return there

    return update


def delete(call: Call, there: Resource, properties: Properties) -> None:
    """Delete the alarm; DeleteAlarms says nothing of those that are gone."""
    call.services.call("cloudwatch", "DeleteAlarms", {"AlarmNames": [there.physical_id]})


def read(call: Call, there: Resource) -> Properties | None:
    """Return the alarm's settings, whose names are those of the properties."""
    request = {"AlarmNames": [there.physical_id], "AlarmTypes": ["MetricAlarm", "CompositeAlarm"]}
    found = call.services.call("cloudwatch", "DescribeAlarms", request)
    alarms = [*found.get("MetricAlarms", ()), *found.get("CompositeAlarms", ())]
    return None if not alarms else {name: value for name, value in alarms[0].items() if not name.startswith("State")}


def _parameters(name: str, properties: Properties) -> dict[str, Any]:
    for member in _NOT_BUILT:
        if member in properties:
            raise OperationNotImplemented(f"AWS::CloudWatch::Alarm: the property {member} is not implemented.")
    return {key: value for key, value in properties.items() if key != "Tags"} | {"AlarmName": name}


TYPE: Final = ResourceType(
    "AWS::CloudWatch::Alarm", _create_by("PutMetricAlarm"), _update_by("PutMetricAlarm"), delete, read
)
COMPOSITE: Final = ResourceType(
    "AWS::CloudWatch::CompositeAlarm", _create_by("PutCompositeAlarm"), _update_by("PutCompositeAlarm"), delete, read
)
