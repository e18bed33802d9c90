"""`AWS::Logs::Destination`. Ref is the name.

Source: AWS::Logs::Destination (AWS CloudFormation User Guide).
"""

from typing import Any, Final

from gatewright.stacks.resource_types.contract import Call, Properties, Resource, ResourceType
from gatewright.stacks.resource_types.members import is_changed
from gatewright.stacks.resource_types.outcomes import absence_is_done
from gatewright.stacks.resource_types.tags import tag_change, tags_of

NAME: Final = "AWS::Logs::Destination"


def create(call: Call, properties: Properties) -> Resource:
    """Put the destination, then its policy."""
    request = _parameters(properties)
    if tags := tags_of(call, NAME, properties):
        request["tags"] = tags
    destination = call.services.call("logs", "PutDestination", request)["destination"]
    call.keep_id(properties["DestinationName"])
    _put_policy(call, {}, properties)
    return Resource(properties["DestinationName"], {"Arn": destination["arn"]})


def update(call: Call, there: Resource, old: Properties, new: Properties) -> Resource:
    """Put the destination in the place of the old one."""
    if is_changed(old, new, ("RoleArn", "TargetArn")):
        call.services.call("logs", "PutDestination", _parameters(new))
    _put_policy(call, old, new)
    arn = there.attributes["Arn"]
    present = call.services.call("logs", "ListTagsForResource", {"resourceArn": arn}).get("tags", {})
    change = tag_change(present, tags_of(call, NAME, new))
    if change.put:
        call.services.call("logs", "TagResource", {"resourceArn": arn, "tags": dict(change.put)})
    if change.remove:
        call.services.call("logs", "UntagResource", {"resourceArn": arn, "tagKeys": change.remove})
    return there


def delete(call: Call, there: Resource, properties: Properties) -> None:
    """Delete the destination."""
    with absence_is_done():
        call.services.call("logs", "DeleteDestination", {"destinationName": there.physical_id})


def _parameters(properties: Properties) -> dict[str, Any]:
    return {
        "destinationName": properties["DestinationName"],
        "roleArn": properties["RoleArn"],
        "targetArn": properties["TargetArn"],
    }


def _put_policy(call: Call, old: Properties, new: Properties) -> None:
    if "DestinationPolicy" in new and is_changed(old, new, ["DestinationPolicy"]):
        request = {"destinationName": new["DestinationName"], "accessPolicy": new["DestinationPolicy"]}
        call.services.call("logs", "PutDestinationPolicy", request)


DESTINATION: Final = ResourceType(NAME, create, update, delete)
