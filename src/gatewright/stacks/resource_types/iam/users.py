"""`AWS::IAM::User` and `AWS::IAM::Group`, whose Ref is the name, and `AWS::IAM::UserToGroupAddition`.

Source: the pages of these types (AWS CloudFormation User Guide).
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from gatewright.stacks.resource_types.contract import Call, Properties, Resource, ResourceType
from gatewright.stacks.resource_types.iam.entities import GROUPS, USERS
from gatewright.stacks.resource_types.members import is_changed, picked
from gatewright.stacks.resource_types.outcomes import absence_is_done
from gatewright.stacks.resource_types.tags import as_list, tags_of

USER_NAME: Final = "AWS::IAM::User"
_LONGEST_USER: Final = 64
_LONGEST_GROUP: Final = 128
_ROOT: Final = "/"


def create_user(call: Call, properties: Properties) -> Resource:
    """Create the user with a password, policies and groups."""
    name = properties.get("UserName") or call.physical_name(_LONGEST_USER)
    request = picked(properties, ("Path", "PermissionsBoundary"))
    if tags := tags_of(call, USER_NAME, properties):
        request["Tags"] = as_list(tags)
    user = USERS.create(call, name, **request)
    _set_password(call, name, {}, properties)
    _set_groups(call, name, {}, properties)
    USERS.set_policies(call, name, {}, properties)
    return _resource(user, "UserName")


def update_user(call: Call, there: Resource, old: Properties, new: Properties) -> Resource:
    """Change the user's path, password, policies and groups."""
    name = there.physical_id
    if is_changed(old, new, ["Path"]):
        USERS.call(call, "UpdateUser", name, NewPath=new.get("Path", _ROOT))
    USERS.set_boundary(call, name, old, new)
    _set_password(call, name, old, new)
    _set_groups(call, name, old, new)
    USERS.set_policies(call, name, old, new)
    user = USERS.call(call, "GetUser", name)["User"]
    USERS.set_tags(call, name, user.get("Tags", []), tags_of(call, USER_NAME, new))
    return _resource(user, "UserName")


def delete_user(call: Call, there: Resource, properties: Properties) -> None:
    """Delete the user with what it was given."""
    _set_password(call, there.physical_id, properties, {})
    _set_groups(call, there.physical_id, properties, {})
    USERS.delete(call, there.physical_id, properties)


def create_group(call: Call, properties: Properties) -> Resource:
    """Create the group with its policies."""
    name = properties.get("GroupName") or call.physical_name(_LONGEST_GROUP)
    group = GROUPS.create(call, name, **picked(properties, ["Path"]))
    GROUPS.set_policies(call, name, {}, properties)
    return _resource(group, "GroupName")


def update_group(call: Call, there: Resource, old: Properties, new: Properties) -> Resource:
    """Change the group's path and policies."""
    name = there.physical_id
    if is_changed(old, new, ["Path"]):
        GROUPS.call(call, "UpdateGroup", name, NewPath=new.get("Path", _ROOT))
    GROUPS.set_policies(call, name, old, new)
    return _resource(GROUPS.call(call, "GetGroup", name)["Group"], "GroupName")


def delete_group(call: Call, there: Resource, properties: Properties) -> None:
    """Delete the group with the policies that it was given."""
    GROUPS.delete(call, there.physical_id, properties)


def create_addition(call: Call, properties: Properties) -> Resource:
    """Add users to the group."""
    _add(call, {}, properties)
    identifier = call.physical_name()
    return Resource(identifier, {"Id": identifier})


def update_addition(call: Call, there: Resource, old: Properties, new: Properties) -> Resource:
    """Add users to the group, or to another one, and take others from it."""
    _add(call, old, new)
    _take(call, old, new)
    return there


def delete_addition(call: Call, there: Resource, properties: Properties) -> None:
    """Take the users from the group."""
    _take(call, properties, {})


def _resource(entity: Mapping[str, Any], name_member: str) -> Resource:
    return Resource(entity[name_member], {"Arn": entity["Arn"]})


def _set_password(call: Call, name: str, old: Properties, new: Properties) -> None:
    before, after = old.get("LoginProfile"), new.get("LoginProfile")
    if before == after:
        return
    if after is None:
        with absence_is_done():
            USERS.call(call, "DeleteLoginProfile", name)
    else:
        USERS.call(call, "CreateLoginProfile" if before is None else "UpdateLoginProfile", name, **after)


def _set_groups(call: Call, name: str, old: Properties, new: Properties) -> None:
    before, after = old.get("Groups", []), new.get("Groups", [])
    for group in after:
        if group not in before:
            USERS.call(call, "AddUserToGroup", name, GroupName=group)
    for group in before:
        if group not in after:
            with absence_is_done():
                USERS.call(call, "RemoveUserFromGroup", name, GroupName=group)


def _memberships(properties: Properties) -> Iterator[tuple[str, str]]:
    for user in properties.get("Users", ()):
        yield properties["GroupName"], user


def _add(call: Call, old: Properties, new: Properties) -> None:
    there = set(_memberships(old))
    for group, user in _memberships(new):
        if (group, user) not in there:
            USERS.call(call, "AddUserToGroup", user, GroupName=group)


def _take(call: Call, old: Properties, new: Properties) -> None:
    kept = set(_memberships(new))
    for group, user in _memberships(old):
        if (group, user) not in kept:
            with absence_is_done():
                USERS.call(call, "RemoveUserFromGroup", user, GroupName=group)


USER: Final = ResourceType(USER_NAME, create_user, update_user, delete_user)
GROUP: Final = ResourceType("AWS::IAM::Group", create_group, update_group, delete_group)
USER_TO_GROUP_ADDITION: Final = ResourceType(
    "AWS::IAM::UserToGroupAddition", create_addition, update_addition, delete_addition
)
