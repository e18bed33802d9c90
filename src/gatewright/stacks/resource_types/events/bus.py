"""`AWS::Events::EventBus` and `AWS::Events::Archive`. Ref is the name.

Source: AWS::Events::EventBus, AWS::Events::Archive (AWS CloudFormation User Guide).
"""

from typing import Any, Final

from gatewright.stacks.resource_types.adoption import created_or_ours
from gatewright.stacks.resource_types.contract import Call, Properties, Resource, ResourceType
from gatewright.stacks.resource_types.given_tags import change_tags, given_tags
from gatewright.stacks.resource_types.json_text import json_text
from gatewright.stacks.resource_types.members import is_changed, picked
from gatewright.stacks.resource_types.outcomes import absence_is_done
from gatewright.stacks.resource_types.tags import as_list

_BUS_SETTINGS: Final = ("DeadLetterConfig", "Description", "KmsKeyIdentifier", "LogConfig")
_ARCHIVE_SETTINGS: Final = ("Description", "KmsKeyIdentifier", "RetentionDays")
_LONGEST_ARCHIVE_NAME: Final = 48
_EXISTS: Final = "ResourceAlreadyExistsException"


def create_bus(call: Call, properties: Properties) -> Resource:
    """Create the bus and set its policy."""
    name = properties["Name"]
    parameters = {"Name": name, **picked(properties, (*_BUS_SETTINGS, "EventSourceName"))}
    if tags := given_tags(call, properties.get("Tags")):
        parameters["Tags"] = as_list(tags)
    arn = call.services.call("events", "CreateEventBus", parameters)["EventBusArn"]
    call.keep_id(name)
    _set_policy(call, name, {}, properties)
    return Resource(name, {"Arn": arn, "Name": name})


def update_bus(call: Call, there: Resource, old: Properties, new: Properties) -> Resource:
    """Change the settings, the policy and the tags."""
    name, arn = there.physical_id, there.attributes["Arn"]
    if is_changed(old, new, _BUS_SETTINGS):
        call.services.call("events", "UpdateEventBus", {"Name": name, **picked(new, _BUS_SETTINGS)})
    _set_policy(call, name, old, new)
    change_tags(
        call,
        old.get("Tags"),
        new.get("Tags"),
        lambda tags: call.services.call("events", "TagResource", {"ResourceARN": arn, "Tags": as_list(tags)}),
        lambda keys: call.services.call("events", "UntagResource", {"ResourceARN": arn, "TagKeys": keys}),
    )
    return there


def delete_bus(call: Call, there: Resource, properties: Properties) -> None:
    """Delete the bus."""
    with absence_is_done():
        call.services.call("events", "DeleteEventBus", {"Name": there.physical_id})


def create_archive(call: Call, properties: Properties) -> Resource:
    """Create the archive of a bus."""
    name = properties.get("ArchiveName") or call.physical_name(_LONGEST_ARCHIVE_NAME)
    parameters = {
        "ArchiveName": name,
        "EventSourceArn": properties["SourceArn"],
        **_archive(properties),
    }
    created_or_ours(call, name, "events", "CreateArchive", parameters, _EXISTS)
    return Resource(name, {"Arn": call.arn("events", f"archive/{name}")})


def update_archive(call: Call, there: Resource, old: Properties, new: Properties) -> Resource:
    """Change its settings."""
    call.services.call("events", "UpdateArchive", {"ArchiveName": there.physical_id, **_archive(new)})
    return there


def delete_archive(call: Call, there: Resource, properties: Properties) -> None:
    """Delete the archive."""
    with absence_is_done():
        call.services.call("events", "DeleteArchive", {"ArchiveName": there.physical_id})


def _archive(properties: Properties) -> dict[str, Any]:
    parameters = picked(properties, _ARCHIVE_SETTINGS)
    if "EventPattern" in properties:
        parameters["EventPattern"] = json_text(properties["EventPattern"])
    return parameters


def _set_policy(call: Call, name: str, old: Properties, new: Properties) -> None:
    if not is_changed(old, new, ["Policy"]):
        return
    if "Policy" in new:
        call.services.call("events", "PutPermission", {"EventBusName": name, "Policy": json_text(new["Policy"])})
    else:
        call.services.call("events", "RemovePermission", {"EventBusName": name, "RemoveAllPermissions": True})


BUS: Final = ResourceType("AWS::Events::EventBus", create_bus, update_bus, delete_bus)
ARCHIVE: Final = ResourceType("AWS::Events::Archive", create_archive, update_archive, delete_archive)
