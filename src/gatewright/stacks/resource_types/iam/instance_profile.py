"""`AWS::IAM::InstanceProfile`. Ref is the name.

Source: AWS::IAM::InstanceProfile (AWS CloudFormation User Guide).
"""

from typing import Final

from gatewright.base.errors import AwsError
from gatewright.stacks.resource_types.contract import Call, Properties, Resource, ResourceType
from gatewright.stacks.resource_types.members import picked
from gatewright.stacks.resource_types.outcomes import absence_is_done

_LONGEST_NAME: Final = 128


def create(call: Call, properties: Properties) -> Resource:
    """Create the profile with its role."""
    name = properties.get("InstanceProfileName") or call.physical_name(_LONGEST_NAME)
    target = {"InstanceProfileName": name}
    try:
        output = call.services.call("iam", "CreateInstanceProfile", {**target, **picked(properties, ["Path"])})
    except AwsError as error:
        if error.code != "EntityAlreadyExists" or not call.has_made(name):
            raise
        output = call.services.call("iam", "GetInstanceProfile", target)
    call.keep_id(name)
    profile = output["InstanceProfile"]
    there = [role["RoleName"] for role in profile.get("Roles", ())]
    _set_roles(call, name, there, properties.get("Roles", []))
    return Resource(name, {"Arn": profile["Arn"]})


def update(call: Call, there: Resource, old: Properties, new: Properties) -> Resource:
    """Put another role into the profile."""
    _set_roles(call, there.physical_id, old.get("Roles", []), new.get("Roles", []))
    return there


def delete(call: Call, there: Resource, properties: Properties) -> None:
    """Take the role from the profile, and delete it."""
    _set_roles(call, there.physical_id, properties.get("Roles", []), [])
    with absence_is_done():
        call.services.call("iam", "DeleteInstanceProfile", {"InstanceProfileName": there.physical_id})


def _set_roles(call: Call, name: str, old: list[str], new: list[str]) -> None:
    # A profile has one role at most: the old one goes first.
    for role in old:
        if role not in new:
            with absence_is_done():
                request = {"InstanceProfileName": name, "RoleName": role}
                call.services.call("iam", "RemoveRoleFromInstanceProfile", request)
    for role in new:
        if role not in old:
            call.services.call("iam", "AddRoleToInstanceProfile", {"InstanceProfileName": name, "RoleName": role})


INSTANCE_PROFILE: Final = ResourceType("AWS::IAM::InstanceProfile", create, update, delete)
