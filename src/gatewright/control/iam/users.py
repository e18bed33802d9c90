"""Users, and what changes when one gets another name.

Source: CreateUser and its relatives in the "API Reference" (IAM); members and messages as recorded (localstack,
test_iam_users.snapshot.json).
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

from gatewright.base.operations import Shape
from gatewright.control.context import Context
from gatewright.control.iam.boundaries import checked_boundary, note_boundary, shown_boundary
from gatewright.control.iam.documents import (
    ACCESS_KEY,
    SERVICE,
    USER,
    arn_of,
    as_date,
    entity_key,
    find,
    new_document,
    put,
    refuse_policies,
    require,
)
from gatewright.control.iam.errors import already_exists, delete_conflict, validation_error
from gatewright.control.iam.markers import page_below_path
from gatewright.control.iam.memberships import membership_key
from gatewright.control.iam.renaming import move_attachments
from gatewright.control.iam.tag_sets import OF_PRINCIPALS
from gatewright.control.principals import PrincipalKind, calling_principal
from gatewright.store.types import Document, Reader, Writer

_SHOWN: Final = ("Path", "UserName", "UserId", "Arn", "CreateDate")


def create_user(context: Context, request: Shape) -> Shape:
    """Create a user."""
    name = request["UserName"]
    user = {**new_document(context, USER, request), "Tags": OF_PRINCIPALS.checked(request.get("Tags") or ())}
    with context.store.write() as writer:
        boundary = checked_boundary(context, writer, request.get("PermissionsBoundary"))
        if find(context, writer, USER, name) is not None:
            raise already_exists(f"User with name {name} already exists.")
        put(context, writer, USER, note_boundary(context, writer, USER, user, boundary))
    return {"User": _whole(user)}


def get_user(context: Context, request: Shape) -> Shape:
    """Return a user: the one that is named, else the caller."""
    with context.store.read() as reader:
        if not request.get("UserName") and calling_principal(context, reader).kind is PrincipalKind.ROOT:
            return {"User": _root(context)}
        return {"User": _whole(named_user(context, reader, request))}


def list_users(context: Context, request: Shape) -> Shape:
    """List users by name, those below a path only where one is given."""
    with context.store.read() as reader:
        shown, rest = page_below_path(context, reader, USER, request, "ListUsers")
    return {"Users": [shown_user(user) for user in shown], **rest}


def update_user(context: Context, request: Shape) -> Shape:
    """Give a user another name or path; its id, keys, groups and policies stay."""
    with context.store.write() as writer:
        user = require(context, writer, USER, request["UserName"])
        before = user["UserName"]
        name, path = request.get("NewUserName") or before, request.get("NewPath") or user["Path"]
        if name.lower() != before.lower() and find(context, writer, USER, name) is not None:
            raise already_exists(f"User with name {name} already exists.")
        _take_out(context, writer, user)
        writer.delete(entity_key(context, USER, before))
        user |= {"UserName": name, "Path": path, "Arn": arn_of(context, USER, path, name)}
        _put_in(context, writer, user)
        move_attachments(context, writer, USER, user, before)
        put(context, writer, USER, user)
    return {}


def delete_user(context: Context, request: Shape) -> Shape:
    """Delete a user that has nothing left."""
    with context.store.write() as writer:
        user = require(context, writer, USER, request["UserName"])
        if user.get("AccessKeys"):
            raise delete_conflict("Cannot delete entity, must delete access keys first.")
        if user.get("Groups"):
            raise delete_conflict("Cannot delete entity, must remove users from group first.")
        refuse_policies(user)
        note_boundary(context, writer, USER, user, None)
        writer.delete(entity_key(context, USER, user["UserName"]))
    return {}


def named_user(context: Context, reader: Reader, request: Shape) -> Document:
    """Return the user that a request names, or whose access key it is signed with. Raises ValidationError."""
    if request.get("UserName"):
        return require(context, reader, USER, request["UserName"])
    user = calling_principal(context, reader).user
    if user is None:
        raise validation_error("Must specify userName when calling with non-User credentials")
    return user


def shown_user(user: Document) -> Document:
    """Return a user as listings show it."""
    return {name: user[name] for name in _SHOWN}


def _whole(user: Document) -> Document:
    return {**shown_user(user), **shown_boundary(user), **({"Tags": user["Tags"]} if user["Tags"] else {})}


def _root(context: Context) -> Document:
    """Return the account's root user, which has no name and no path; when it was created is not known here."""
    arn = f"arn:{context.caller.partition}:iam::{context.caller.account_id}:root"
    return {"UserId": context.caller.account_id, "Arn": arn, "CreateDate": as_date(0)}


def _take_out(context: Context, writer: Writer, user: Document) -> None:
    for group in user.get("Groups", ()):
        writer.delete(membership_key(context, group, user["UserName"]))


def _put_in(context: Context, writer: Writer, user: Document) -> None:
    """Write a user's name where it is named: in its groups and its access keys."""
    for group in user.get("Groups", ()):
        writer.put(membership_key(context, group, user["UserName"]), {"UserName": user["UserName"]})
    for access_key_id in user.get("AccessKeys", ()):
        key = context.global_key(SERVICE, ACCESS_KEY, access_key_id)
        access_key = writer.get(key)
        if access_key is not None:
            writer.put(key, {**access_key, "UserName": user["UserName"]})


OPERATIONS: Mapping[str, Callable[[Context, Shape], Shape]] = MappingProxyType(
    {
        "CreateUser": create_user,
        "GetUser": get_user,
        "ListUsers": list_users,
        "UpdateUser": update_user,
        "DeleteUser": delete_user,
    }
)
