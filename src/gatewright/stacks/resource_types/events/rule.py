"""`AWS::Events::Rule`. Ref is the name; of a rule on another bus than the default one, `BUS|NAME`.

Source: AWS::Events::Rule (AWS CloudFormation User Guide); PutRule and PutTargets (Amazon EventBridge API Reference).
"""

from collections.abc import Mapping
from typing import Any, Final

from gatewright.base.errors import AwsError
from gatewright.stacks.resource_types.contract import Call, Properties, Resource, ResourceType
from gatewright.stacks.resource_types.given_tags import change_tags, given_tags
from gatewright.stacks.resource_types.json_text import json_text
from gatewright.stacks.resource_types.members import is_changed, picked, renamed
from gatewright.stacks.resource_types.outcomes import absence_is_done, if_present
from gatewright.stacks.resource_types.tags import as_list

_LONGEST_NAME: Final = 64
_DEFAULT_BUS: Final = "default"
_TARGETS_AT_ONCE: Final = 10
_SETTINGS: Final = ("Description", "RoleArn", "ScheduleExpression", "State")


def create(call: Call, properties: Properties) -> Resource:
    """Put the rule, then its targets."""
    name = properties.get("Name") or call.physical_name(_LONGEST_NAME)
    bus = properties.get("EventBusName")
    parameters = _rule(name, properties)
    if tags := given_tags(call, properties.get("Tags")):
        parameters["Tags"] = as_list(tags)
    arn = call.services.call("events", "PutRule", parameters)["RuleArn"]
    physical_id = name if bus is None or _bus_name(bus) == _DEFAULT_BUS else f"{_bus_name(bus)}|{name}"
    call.keep_id(physical_id)
    _put_targets(call, name, bus, properties.get("Targets", []))
    return Resource(physical_id, {"Arn": arn, "RuleName": name})


def update(call: Call, there: Resource, old: Properties, new: Properties) -> Resource:
    """Put the rule again, and the targets that differ."""
    bus, name = _bus_and_name(there.physical_id)
    if is_changed(old, new, (*_SETTINGS, "EventPattern")):
        call.services.call("events", "PutRule", _rule(name, new))
    before = {target["Id"]: target for target in old.get("Targets", ())}
    after = {target["Id"]: target for target in new.get("Targets", ())}
    _remove_targets(call, name, bus, [key for key in before if key not in after])
    _put_targets(call, name, bus, [target for key, target in after.items() if before.get(key) != target])
    arn = there.attributes["Arn"]
    change_tags(
        call,
        old.get("Tags"),
        new.get("Tags"),
        lambda tags: call.services.call("events", "TagResource", {"ResourceARN": arn, "Tags": as_list(tags)}),
        lambda keys: call.services.call("events", "UntagResource", {"ResourceARN": arn, "TagKeys": keys}),
    )
    return there


def delete(call: Call, there: Resource, properties: Properties) -> None:
    """Remove the targets, without which a rule can be deleted, then the rule."""
    bus, name = _bus_and_name(there.physical_id)
    rule = {"Rule": name, **_on(bus)}
    with absence_is_done():
        targets = call.services.call("events", "ListTargetsByRule", rule)["Targets"]
        _remove_targets(call, name, bus, [target["Id"] for target in targets])
        call.services.call("events", "DeleteRule", {"Name": name, **_on(bus)})


def read(call: Call, there: Resource) -> Properties | None:
    """Return the rule without its targets."""
    bus, name = _bus_and_name(there.physical_id)
    found = if_present(call, "events", "DescribeRule", {"Name": name, **_on(bus)})
    return None if found is None else picked(found, (*_SETTINGS, "EventPattern", "Name"))


def replaces(old: Properties, new: Properties) -> bool:
    """Tell whether the rule would be on another bus."""
    before, after = (_bus_name(one.get("EventBusName", _DEFAULT_BUS)) for one in (old, new))
    return before != after


def _rule(name: str, properties: Properties) -> dict[str, Any]:
    parameters = {"Name": name, **picked(properties, (*_SETTINGS, "EventBusName"))}
    if "EventPattern" in properties:
        parameters["EventPattern"] = json_text(properties["EventPattern"])
    return parameters


def _put_targets(call: Call, name: str, bus: str | None, targets: list[Mapping[str, Any]]) -> None:
    for start in range(0, len(targets), _TARGETS_AT_ONCE):
        part = [_target(target) for target in targets[start : start + _TARGETS_AT_ONCE]]
        output = call.services.call("events", "PutTargets", {"Rule": name, "Targets": part, **_on(bus)})
        _check(output)


def _remove_targets(call: Call, name: str, bus: str | None, ids: list[str]) -> None:
    for start in range(0, len(ids), _TARGETS_AT_ONCE):
        part = ids[start : start + _TARGETS_AT_ONCE]
        _check(call.services.call("events", "RemoveTargets", {"Rule": name, "Ids": part, **_on(bus)}))


def _check(output: Mapping[str, Any]) -> None:
    """Raise AwsError for a target that was refused while the call was not."""
    for failed in output.get("FailedEntries", ()):
        raise AwsError(failed.get("ErrorCode", "ValidationException"), failed.get("ErrorMessage", str(failed)))


def _target(target: Mapping[str, Any]) -> dict[str, Any]:
    """Return a target as the operation takes it; what ECS is told has other names there."""
    made = dict(target)
    if "EcsParameters" in target:
        given = dict(target["EcsParameters"])
        made["EcsParameters"] = {
            name: value
            for name, value in given.items()
            if name not in ("TagList", "PlacementStrategies", "NetworkConfiguration")
        } | renamed(given, {"TagList": "Tags", "PlacementStrategies": "PlacementStrategy"})
        if "NetworkConfiguration" in given:
            network = given["NetworkConfiguration"].get("AwsVpcConfiguration", {})
            made["EcsParameters"]["NetworkConfiguration"] = {"awsvpcConfiguration": network}
    return made


def _bus_and_name(physical_id: str) -> tuple[str | None, str]:
    bus, _, name = physical_id.rpartition("|")
    return bus or None, name


def _bus_name(bus: str) -> str:
    return bus.rpartition("/")[2]


def _on(bus: str | None) -> dict[str, str]:
    return {} if bus is None else {"EventBusName": bus}


TYPE: Final = ResourceType("AWS::Events::Rule", create, update, delete, read, replaces=replaces)
