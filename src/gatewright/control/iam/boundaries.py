"""Permissions boundaries of roles and users: the managed policy that says what they may have at most.

Source: "Permissions boundaries for IAM entities" (IAM User Guide); messages as recorded (localstack,
test_iam_roles.snapshot.json).
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from gatewright.base.errors import AwsError
from gatewright.base.operations import Shape
from gatewright.control.context import Context
from gatewright.control.iam.documents import BOUNDARY, ROLE, SERVICE, USER, Entity, put, require
from gatewright.control.iam.errors import invalid_input, no_such_entity
from gatewright.control.iam.managed_policies import check_attachable
from gatewright.store.types import Document, Reader, Writer


def put_role_permissions_boundary(context: Context, request: Shape) -> Shape:
    """Set a role's boundary."""
    return _put(context, ROLE, request)


def delete_role_permissions_boundary(context: Context, request: Shape) -> Shape:
    """Remove a role's boundary."""
    return _delete(context, ROLE, request)


def put_user_permissions_boundary(context: Context, request: Shape) -> Shape:
    """Set a user's boundary."""
    return _put(context, USER, request)


def delete_user_permissions_boundary(context: Context, request: Shape) -> Shape:
    """Remove a user's boundary."""
    return _delete(context, USER, request)


def checked_boundary(context: Context, reader: Reader, arn: str | None) -> str | None:
    """Return the ARN of a policy that may be a boundary. Raises InvalidInput, NoSuchEntity."""
    if not arn:
        return None
    try:
        check_attachable(context, reader, arn)
    except AwsError as error:
        if error.code == "ValidationError":
            raise invalid_input(error.message) from error
        raise no_such_entity(f"Scope ARN: {arn} does not exist or is not attachable.") from error
    return arn


def note_boundary(context: Context, writer: Writer, entity: Entity, document: Document, arn: str | None) -> Document:
    """Change a principal's boundary in its document, and note where it is used; the caller keeps the document."""
    before = document.pop("PermissionsBoundary", None)
    place = f"{entity.kind}/{document[entity.name].lower()}"
    if before is not None:
        writer.delete(context.global_key(SERVICE, BOUNDARY, f"{before}|{place}"))
    if arn is not None:
        document["PermissionsBoundary"] = arn
        used_by = {"Kind": entity.kind, "Name": document[entity.name]}
        writer.put(context.global_key(SERVICE, BOUNDARY, f"{arn}|{place}"), used_by)
    return document


def shown_boundary(document: Document) -> Document:
    """Return the members that show a principal's boundary; none when it has none."""
    arn = document.get("PermissionsBoundary")
    if arn is None:
        return {}
    return {"PermissionsBoundary": {"PermissionsBoundaryType": "Policy", "PermissionsBoundaryArn": arn}}


def _put(context: Context, entity: Entity, request: Shape) -> Shape:
    with context.store.write() as writer:
        document = require(context, writer, entity, request[entity.name])
        arn = checked_boundary(context, writer, request["PermissionsBoundary"])
        put(context, writer, entity, note_boundary(context, writer, entity, document, arn))
    return {}


def _delete(context: Context, entity: Entity, request: Shape) -> Shape:
    with context.store.write() as writer:
        document = require(context, writer, entity, request[entity.name])
        put(context, writer, entity, note_boundary(context, writer, entity, document, None))
    return {}


OPERATIONS: Mapping[str, Callable[[Context, Shape], Shape]] = MappingProxyType(
    {
        "PutRolePermissionsBoundary": put_role_permissions_boundary,
        "DeleteRolePermissionsBoundary": delete_role_permissions_boundary,
        "PutUserPermissionsBoundary": put_user_permissions_boundary,
        "DeleteUserPermissionsBoundary": delete_user_permissions_boundary,
    }
)
