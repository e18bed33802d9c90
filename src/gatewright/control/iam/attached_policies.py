"""Managed policies that are attached to roles, users and groups.

A principal's document has their ARNs in `AttachedPolicies`; for the other way round there is a document for each
attachment (`documents.ATTACHMENT`), written in the same transaction.

Source: AttachRolePolicy and its relatives, ListEntitiesForPolicy in the "API Reference" (IAM); messages as recorded
(localstack, test_iam_roles.snapshot.json, test_iam_policies.snapshot.json).
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

from gatewright.base.operations import Shape
from gatewright.control.context import Context
from gatewright.control.iam.documents import (
    ATTACHMENT,
    BOUNDARY,
    GROUP,
    PRINCIPALS,
    ROLE,
    SERVICE,
    USER,
    Entity,
    list_all,
    put,
    require,
)
from gatewright.control.iam.errors import limit_exceeded, no_such_entity
from gatewright.control.iam.managed_policies import check_attachable, check_policy_arn, is_aws_managed
from gatewright.control.iam.markers import page_of
from gatewright.store.types import Document, Key, Reader, Writer

MOST_ATTACHED: Final = 10
_USAGES: Final = MappingProxyType({ATTACHMENT: "PermissionsPolicy", BOUNDARY: "PermissionsBoundary"})


def attach_role_policy(context: Context, request: Shape) -> Shape:
    """Attach a managed policy to a role."""
    return _attach(context, ROLE, request)


def detach_role_policy(context: Context, request: Shape) -> Shape:
    """Detach a managed policy from a role."""
    return _detach(context, ROLE, request)


def list_attached_role_policies(context: Context, request: Shape) -> Shape:
    """List the managed policies that are attached to a role."""
    return _list(context, ROLE, request)


def attach_user_policy(context: Context, request: Shape) -> Shape:
    """Attach a managed policy to a user."""
    return _attach(context, USER, request)


def detach_user_policy(context: Context, request: Shape) -> Shape:
    """Detach a managed policy from a user."""
    return _detach(context, USER, request)


def list_attached_user_policies(context: Context, request: Shape) -> Shape:
    """List the managed policies that are attached to a user."""
    return _list(context, USER, request)


def attach_group_policy(context: Context, request: Shape) -> Shape:
    """Attach a managed policy to a group."""
    return _attach(context, GROUP, request)


def detach_group_policy(context: Context, request: Shape) -> Shape:
    """Detach a managed policy from a group."""
    return _detach(context, GROUP, request)


def list_attached_group_policies(context: Context, request: Shape) -> Shape:
    """List the managed policies that are attached to a group."""
    return _list(context, GROUP, request)


def list_entities_for_policy(context: Context, request: Shape) -> Shape:
    """List what a managed policy is attached to, or is the boundary of: groups, then users, then roles."""
    arn = request["PolicyArn"]
    wanted, path = request.get("EntityFilter"), request.get("PathPrefix") or "/"
    usage = request.get("PolicyUsageFilter")
    kinds = [kind for kind, name in _USAGES.items() if usage in (None, name)]
    with context.store.read() as reader:
        check_attachable(context, reader, arn)
        used = {f"{each['Kind']}/{each['Name'].lower()}": each for kind in kinds for _, each in
                list_all(context, reader, kind, f"{arn}|")}  # fmt: skip
        found = [
            (place, (entity, document))
            for place, each in sorted(used.items())
            for entity, document in [_principal(context, reader, each)]
            if document["Path"].startswith(path) and wanted in (None, entity.label)
        ]
    shown, rest = page_of(request, f"ListEntitiesForPolicy/{arn}/{wanted}/{path}/{usage}", found)
    return {
        **{f"Policy{entity.label}s": _identified(entity, shown) for entity in (GROUP, USER, ROLE)},
        **rest,
    }


def attached_policies(document: Document) -> list[Document]:
    """Return what is attached to a principal, as listings show it, in the order of the policies' names."""
    shown = [{"PolicyName": arn.rpartition("/")[2], "PolicyArn": arn} for arn in document.get("AttachedPolicies", ())]
    return sorted(shown, key=_place)


def attachment_key(context: Context, arn: str, entity: Entity, name: str) -> Key:
    """Return the key of the document that says that a policy is attached to a principal."""
    return context.global_key(SERVICE, ATTACHMENT, f"{arn}|{entity.kind}/{name.lower()}")


def note_attachment(context: Context, writer: Writer, arn: str, entity: Entity, name: str) -> None:
    """Write the document that says that a policy is attached to a principal."""
    writer.put(attachment_key(context, arn, entity, name), {"Kind": entity.kind, "Name": name})


def _attach(context: Context, entity: Entity, request: Shape) -> Shape:
    arn = request["PolicyArn"]
    check_policy_arn(arn)
    with context.store.write() as writer:
        document = require(context, writer, entity, request[entity.name])
        check_attachable(context, writer, arn)
        attached = document.setdefault("AttachedPolicies", [])
        if arn in attached:
            return {}
        if len(attached) >= MOST_ATTACHED:
            raise limit_exceeded(f"Cannot exceed quota for PoliciesPer{entity.label}: {MOST_ATTACHED}")
        attached.append(arn)
        put(context, writer, entity, document)
        note_attachment(context, writer, arn, entity, document[entity.name])
    return {}


def _detach(context: Context, entity: Entity, request: Shape) -> Shape:
    arn = request["PolicyArn"]
    check_policy_arn(arn)
    with context.store.write() as writer:
        document = require(context, writer, entity, request[entity.name])
        if arn not in document.get("AttachedPolicies", ()):
            raise no_such_entity(f"Policy {arn} was not found.")
        document["AttachedPolicies"].remove(arn)
        put(context, writer, entity, document)
        writer.delete(attachment_key(context, arn, entity, document[entity.name]))
    return {}


def _list(context: Context, entity: Entity, request: Shape) -> Shape:
    path = request.get("PathPrefix") or "/"
    with context.store.read() as reader:
        document = require(context, reader, entity, request[entity.name])
    found = [
        (_place(each), each)
        for each in attached_policies(document)
        if each["PolicyArn"].partition(":policy")[2].startswith(path)
    ]
    shown, rest = page_of(request, f"attached/{document['Arn']}/{path}", found)
    return {"AttachedPolicies": shown, **rest}


def _place(policy: Document) -> str:
    """Return the key of a policy in a listing: AWS may have one of the same name."""
    return f"{policy['PolicyName'].lower()}/{'aws' if is_aws_managed(policy['PolicyArn']) else ''}"


def _principal(context: Context, reader: Reader, used_by: Document) -> tuple[Entity, Document]:
    entity = next(each for each in PRINCIPALS if each.kind == used_by["Kind"])
    return entity, require(context, reader, entity, used_by["Name"])


def _identified(entity: Entity, shown: list[tuple[Entity, Document]]) -> list[Document]:
    return [
        {entity.name: document[entity.name], entity.id: document[entity.id]}
        for each, document in shown
        if each is entity
    ]


OPERATIONS: Mapping[str, Callable[[Context, Shape], Shape]] = MappingProxyType(
    {
        "AttachRolePolicy": attach_role_policy,
        "DetachRolePolicy": detach_role_policy,
        "ListAttachedRolePolicies": list_attached_role_policies,
        "AttachUserPolicy": attach_user_policy,
        "DetachUserPolicy": detach_user_policy,
        "ListAttachedUserPolicies": list_attached_user_policies,
        "AttachGroupPolicy": attach_group_policy,
        "DetachGroupPolicy": detach_group_policy,
        "ListAttachedGroupPolicies": list_attached_group_policies,
        "ListEntitiesForPolicy": list_entities_for_policy,
    }
)
