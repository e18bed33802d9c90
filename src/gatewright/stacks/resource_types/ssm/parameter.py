"""`AWS::SSM::Parameter`. Ref is the name.

Source: AWS::SSM::Parameter (AWS CloudFormation User Guide): names that it makes up begin with `CFN-`, and values are
`String` or `StringList`.
"""

from typing import Any, Final

from gatewright.base.errors import AwsError
from gatewright.stacks.resource_types.adoption import is_ours
from gatewright.stacks.resource_types.contract import Call, Properties, Resource, ResourceType
from gatewright.stacks.resource_types.given_tags import change_tags, given_tags
from gatewright.stacks.resource_types.members import is_changed, picked
from gatewright.stacks.resource_types.outcomes import absence_is_done
from gatewright.stacks.resource_types.tags import as_list, as_mapping

_SETTINGS: Final = ("AllowedPattern", "DataType", "Description", "Policies", "Tier", "Type", "Value")


def create(call: Call, properties: Properties) -> Resource:
    """Put the parameter; one that is there already is somebody else's."""
    name = properties.get("Name") or f"CFN-{call.logical_id}-{call.random_part}"
    parameters: dict[str, Any] = {"Name": name, **picked(properties, _SETTINGS), "Overwrite": is_ours(call, name)}
    tags = given_tags(call, as_mapping(properties.get("Tags")))
    if tags and not parameters["Overwrite"]:
        parameters["Tags"] = as_list(tags)
    call.services.call("ssm", "PutParameter", parameters)
    return _resource(call, name, properties)


def update(call: Call, there: Resource, old: Properties, new: Properties) -> Resource:
    """Put it again, as its next version, when something differs."""
    name = there.physical_id
    if is_changed(old, new, _SETTINGS):
        call.services.call("ssm", "PutParameter", {"Name": name, **picked(new, _SETTINGS), "Overwrite": True})
    of_type = {"ResourceType": "Parameter", "ResourceId": name}
    change_tags(
        call,
        old.get("Tags"),
        new.get("Tags"),
        lambda tags: call.services.call("ssm", "AddTagsToResource", {**of_type, "Tags": as_list(tags)}),
        lambda keys: call.services.call("ssm", "RemoveTagsFromResource", {**of_type, "TagKeys": keys}),
    )
    return _resource(call, name, new)


def delete(call: Call, there: Resource, properties: Properties) -> None:
    """Delete the parameter."""
    with absence_is_done():
        call.services.call("ssm", "DeleteParameter", {"Name": there.physical_id})


def read(call: Call, there: Resource) -> Properties | None:
    """Return what it is; None when it is gone."""
    try:
        found = call.services.call("ssm", "GetParameter", {"Name": there.physical_id})["Parameter"]
    except AwsError as error:
        if error.code != "ParameterNotFound":
            raise
        return None
    return picked(found, ("Name", "Type", "Value"))


def _resource(call: Call, name: str, properties: Properties) -> Resource:
    arn = call.arn("ssm", f"parameter/{name.removeprefix('/')}")
    return Resource(name, {"Arn": arn, **picked(properties, ("Type", "Value"))})


TYPE: Final = ResourceType("AWS::SSM::Parameter", create, update, delete, read)
