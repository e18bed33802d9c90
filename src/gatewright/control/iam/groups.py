"""Groups of users.

Source: CreateGroup and its relatives in the "API Reference" (IAM); members and messages as recorded (localstack,
test_iam_groups.snapshot.json).
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from gatewright.base.operations import Shape
from gatewright.control.context import Context
from gatewright.control.iam.documents import (
    GROUP,
    USER,
    arn_of,
    entity_key,
    find,
    new_document,
    put,
    refuse_policies,
    require,
)
from gatewright.control.iam.errors import already_exists, delete_conflict
from gatewright.control.iam.markers import page_below_path, page_of
from gatewright.control.iam.memberships import members_of, membership_key, shown_group
from gatewright.control.iam.renaming import move_attachments
from gatewright.control.iam.users import shown_user


def create_group(context: Context, request: Shape) -> Shape:
    """Create a group."""
    name = request["GroupName"]
    group = new_document(context, GROUP, request)
    with context.store.write() as writer:
        if find(context, writer, GROUP, name) is not None:
            raise already_exists(f"Group with name {name} already exists.")
        put(context, writer, GROUP, group)
    return {"Group": shown_group(group)}


def get_group(context: Context, request: Shape) -> Shape:
    """Return a group and its users, by name."""
    with context.store.read() as reader:
        group = require(context, reader, GROUP, request["GroupName"])
        members = members_of(context, reader, group)
    users, rest = page_of(request, f"GetGroup/{group['GroupName']}", members)
    return {"Group": shown_group(group), "Users": [shown_user(user) for user in users], **rest}


def list_groups(context: Context, request: Shape) -> Shape:
    """List groups by name, those below a path only where one is given."""
    with context.store.read() as reader:
        shown, rest = page_below_path(context, reader, GROUP, request, "ListGroups")
    return {"Groups": [shown_group(group) for group in shown], **rest}


def update_group(context: Context, request: Shape) -> Shape:
    """Give a group another name or path; its id, users and policies stay."""
    with context.store.write() as writer:
        group = require(context, writer, GROUP, request["GroupName"])
        before = group["GroupName"]
        name, path = request.get("NewGroupName") or before, request.get("NewPath") or group["Path"]
        if name.lower() != before.lower() and find(context, writer, GROUP, name) is not None:
            raise already_exists(f"Group with name {name} already exists.")
        members = [user for _, user in members_of(context, writer, group)]
        writer.delete(entity_key(context, GROUP, before))
        group |= {"GroupName": name, "Path": path, "Arn": arn_of(context, GROUP, path, name)}
        for user in members:
            user["Groups"] = [name if each == before else each for each in user["Groups"]]
            put(context, writer, USER, user)
            writer.delete(membership_key(context, before, user["UserName"]))
            writer.put(membership_key(context, name, user["UserName"]), {"UserName": user["UserName"]})
        move_attachments(context, writer, GROUP, group, before)
        put(context, writer, GROUP, group)
    return {}


def delete_group(context: Context, request: Shape) -> Shape:
    """Delete a group that has no users and no policies."""
    with context.store.write() as writer:
        group = require(context, writer, GROUP, request["GroupName"])
        if members_of(context, writer, group):
            raise delete_conflict("Cannot delete entity, must remove users from group first.")
        refuse_policies(group)
        writer.delete(entity_key(context, GROUP, group["GroupName"]))
    return {}


OPERATIONS: Mapping[str, Callable[[Context, Shape], Shape]] = MappingProxyType(
    {
        "CreateGroup": create_group,
        "GetGroup": get_group,
        "ListGroups": list_groups,
        "UpdateGroup": update_group,
        "DeleteGroup": delete_group,
    }
)
