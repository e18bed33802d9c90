"""Which users are in which groups: a document for each membership, and the groups' names in the user's document.

Source: AddUserToGroup, RemoveUserFromGroup, ListGroupsForUser in the "API Reference" (IAM); messages as recorded
(localstack, test_iam_groups.snapshot.json).
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

from gatewright.base.operations import Shape
from gatewright.control.context import Context
from gatewright.control.iam.documents import GROUP, MEMBERSHIP, SERVICE, USER, list_all, put, require
from gatewright.control.iam.errors import limit_exceeded
from gatewright.control.iam.markers import page_of
from gatewright.store.types import Document, Key, Reader

_MOST_GROUPS: Final = 10
_SHOWN: Final = ("Path", "GroupName", "GroupId", "Arn", "CreateDate")


def add_user_to_group(context: Context, request: Shape) -> Shape:
    """Put a user into a group; one that is in it stays in it."""
    with context.store.write() as writer:
        user = require(context, writer, USER, request["UserName"])
        group = require(context, writer, GROUP, request["GroupName"])["GroupName"]
        groups = user.setdefault("Groups", [])
        if group in groups:
            return {}
        if len(groups) >= _MOST_GROUPS:
            raise limit_exceeded(f"Cannot exceed quota for GroupsPerUser: {_MOST_GROUPS}")
        groups.append(group)
        put(context, writer, USER, user)
        writer.put(membership_key(context, group, user["UserName"]), {"UserName": user["UserName"]})
    return {}


def remove_user_from_group(context: Context, request: Shape) -> Shape:
    """Take a user out of a group; one that is not in it stays out of it."""
    with context.store.write() as writer:
        user = require(context, writer, USER, request["UserName"])
        group = require(context, writer, GROUP, request["GroupName"])["GroupName"]
        if group in user.get("Groups", ()):
            user["Groups"].remove(group)
            put(context, writer, USER, user)
            writer.delete(membership_key(context, group, user["UserName"]))
    return {}


def list_groups_for_user(context: Context, request: Shape) -> Shape:
    """List the groups that a user is in, by name."""
    with context.store.read() as reader:
        user = require(context, reader, USER, request["UserName"])
        groups = [require(context, reader, GROUP, name) for name in user.get("Groups", ())]
    listed = sorted((group["GroupName"].lower(), shown_group(group)) for group in groups)
    shown, rest = page_of(request, f"ListGroupsForUser/{user['UserName']}", listed)
    return {"Groups": shown, **rest}


def members_of(context: Context, reader: Reader, group: Document) -> list[tuple[str, Document]]:
    """Return (key of a listing, user) of the users in a group."""
    found = list_all(context, reader, MEMBERSHIP, f"{group['GroupName'].lower()}/")
    return [(key, require(context, reader, USER, membership["UserName"])) for key, membership in found]


def shown_group(group: Document) -> Document:
    """Return a group as answers show it."""
    return {name: group[name] for name in _SHOWN}


def membership_key(context: Context, group: str, user: str) -> Key:
    """Return the key of the document that says that a user is in a group."""
    return context.global_key(SERVICE, MEMBERSHIP, f"{group.lower()}/{user.lower()}")


OPERATIONS: Mapping[str, Callable[[Context, Shape], Shape]] = MappingProxyType(
    {
        "AddUserToGroup": add_user_to_group,
        "RemoveUserFromGroup": remove_user_from_group,
        "ListGroupsForUser": list_groups_for_user,
    }
)
