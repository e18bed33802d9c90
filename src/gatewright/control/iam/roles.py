"""Roles: who may assume them, and what is known of them.

CreateRole answers with less than GetRole, and ListRoles leaves out tags and permissions boundaries (recorded:
localstack, test_iam_roles.snapshot.json).

Source: CreateRole and its relatives in the "API Reference" (IAM).
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

from gatewright.base.operations import Shape
from gatewright.control.context import Context
from gatewright.control.iam.boundaries import checked_boundary, note_boundary, shown_boundary
from gatewright.control.iam.documents import ROLE, entity_key, find, new_document, put, refuse_policies, require
from gatewright.control.iam.errors import already_exists, delete_conflict, limit_exceeded, unmodifiable
from gatewright.control.iam.markers import page_below_path
from gatewright.control.iam.policy_documents import check_trust_policy, encoded, size_of
from gatewright.control.iam.tag_sets import OF_PRINCIPALS
from gatewright.store.types import Document

_SESSION_SECONDS: Final = 3600
_TRUST_POLICY_SIZE: Final = 2048
_SERVICE_ROLE_PATH: Final = "/aws-service-role/"
_ALWAYS: Final = ("Path", "RoleName", "RoleId", "Arn", "CreateDate")


def create_role(context: Context, request: Shape) -> Shape:
    """Create a role."""
    document = request["AssumeRolePolicyDocument"]
    tags = OF_PRINCIPALS.checked(request.get("Tags") or ())
    _check_trust_policy(document)
    role = {
        **new_document(context, ROLE, request),
        "AssumeRolePolicyDocument": document,
        "MaxSessionDuration": request.get("MaxSessionDuration") or _SESSION_SECONDS,
        "Tags": tags,
    }
    if request.get("Description") is not None:
        role["Description"] = request["Description"]
    with context.store.write() as writer:
        boundary = checked_boundary(context, writer, request.get("PermissionsBoundary"))
        if find(context, writer, ROLE, request["RoleName"]) is not None:
            raise already_exists(f"Role with name {request['RoleName']} already exists.")
        put(context, writer, ROLE, note_boundary(context, writer, ROLE, role, boundary))
    return {"Role": {**role_in_brief(role), **shown_boundary(role), **_tags(role)}}


def get_role(context: Context, request: Shape) -> Shape:
    """Return a role with all that is known of it."""
    with context.store.read() as reader:
        role = require(context, reader, ROLE, request["RoleName"])
    return {"Role": {**_listed(role), **shown_boundary(role), **_tags(role), "RoleLastUsed": {}}}


def list_roles(context: Context, request: Shape) -> Shape:
    """List roles by name, those below a path only where one is given."""
    with context.store.read() as reader:
        roles, rest = page_below_path(context, reader, ROLE, request, "ListRoles")
    return {"Roles": [_listed(role) for role in roles], **rest}


def update_role(context: Context, request: Shape) -> Shape:
    """Change a role's description or how long its sessions may last."""
    with context.store.write() as writer:
        role = require(context, writer, ROLE, request["RoleName"])
        _refuse_service_linked(role)
        _describe(role, request.get("Description"))
        if request.get("MaxSessionDuration") is not None:
            role["MaxSessionDuration"] = request["MaxSessionDuration"]
        put(context, writer, ROLE, role)
    return {}


def update_role_description(context: Context, request: Shape) -> Shape:
    """Change a role's description."""
    with context.store.write() as writer:
        role = require(context, writer, ROLE, request["RoleName"])
        _describe(role, request["Description"])
        put(context, writer, ROLE, role)
    described = {name: role[name] for name in ("Description",) if name in role}
    return {"Role": {**role_in_brief(role), **described}}


def update_assume_role_policy(context: Context, request: Shape) -> Shape:
    """Replace who may assume a role."""
    with context.store.write() as writer:
        role = require(context, writer, ROLE, request["RoleName"])
        _refuse_service_linked(role)
        _check_trust_policy(request["PolicyDocument"])
        role["AssumeRolePolicyDocument"] = request["PolicyDocument"]
        put(context, writer, ROLE, role)
    return {}


def delete_role(context: Context, request: Shape) -> Shape:
    """Delete a role that has no policies and is in no instance profile."""
    with context.store.write() as writer:
        role = require(context, writer, ROLE, request["RoleName"])
        _refuse_service_linked(role)
        if role.get("InstanceProfiles"):
            raise delete_conflict("Cannot delete entity, must remove roles from instance profile first.")
        refuse_policies(role)
        note_boundary(context, writer, ROLE, role, None)
        writer.delete(entity_key(context, ROLE, role["RoleName"]))
    return {}


def role_in_brief(role: Document) -> Document:
    """Return a role as CreateRole and instance profiles show it."""
    shown = {name: role[name] for name in _ALWAYS}
    return {**shown, "AssumeRolePolicyDocument": encoded(role["AssumeRolePolicyDocument"])}


def is_service_linked(role: Document) -> bool:
    """Tell whether a role belongs to an AWS service."""
    return bool(role["Path"].startswith(_SERVICE_ROLE_PATH))


def _listed(role: Document) -> Document:
    return role_in_brief(role) | {name: role[name] for name in ("Description", "MaxSessionDuration") if name in role}


def _tags(role: Document) -> Document:
    return {"Tags": role["Tags"]} if role["Tags"] else {}


def _describe(role: Document, description: str | None) -> None:
    """Change a description: absent means as it was, empty means none."""
    if description is None:
        return
    role.pop("Description", None)
    if description:
        role["Description"] = description


def _check_trust_policy(document: str) -> None:
    check_trust_policy(document)
    if size_of(document) > _TRUST_POLICY_SIZE:
        raise limit_exceeded(f"Cannot exceed quota for ACLSizePerRole: {_TRUST_POLICY_SIZE}")


def _refuse_service_linked(role: Document) -> None:
    if is_service_linked(role):
        name = role["RoleName"]
        raise unmodifiable(f"Cannot perform the operation on the protected role '{name}' - this role is only "
                           "modifiable by AWS")  # fmt: skip


OPERATIONS: Mapping[str, Callable[[Context, Shape], Shape]] = MappingProxyType(
    {
        "CreateRole": create_role,
        "GetRole": get_role,
        "ListRoles": list_roles,
        "UpdateRole": update_role,
        "UpdateRoleDescription": update_role_description,
        "UpdateAssumeRolePolicy": update_assume_role_policy,
        "DeleteRole": delete_role,
    }
)
