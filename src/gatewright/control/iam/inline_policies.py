"""Inline policies: those that are part of one role, user or group.

A principal's document has them by name in `InlinePolicies`.

Source: PutRolePolicy and its relatives in the "API Reference", "IAM and AWS STS quotas" (IAM).
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

from gatewright.base.operations import Shape
from gatewright.control.context import Context
from gatewright.control.iam.documents import GROUP, ROLE, USER, Entity, put, require
from gatewright.control.iam.errors import limit_exceeded, no_such_entity
from gatewright.control.iam.markers import page_of
from gatewright.control.iam.policy_documents import check_identity_policy, encoded, size_of
from gatewright.store.types import Document

SIZES: Final = MappingProxyType({ROLE.kind: 10_240, USER.kind: 2_048, GROUP.kind: 5_120})
"""How much all inline policies of one principal may have together, white space aside."""


def put_role_policy(context: Context, request: Shape) -> Shape:
    """Add or replace a policy of a role."""
    return _put(context, ROLE, request)


def get_role_policy(context: Context, request: Shape) -> Shape:
    """Return a policy of a role."""
    return _get(context, ROLE, request)


def list_role_policies(context: Context, request: Shape) -> Shape:
    """List the names of a role's policies."""
    return _list(context, ROLE, request)


def delete_role_policy(context: Context, request: Shape) -> Shape:
    """Delete a policy of a role."""
    return _delete(context, ROLE, request)


def put_user_policy(context: Context, request: Shape) -> Shape:
    """Add or replace a policy of a user."""
    return _put(context, USER, request)


def get_user_policy(context: Context, request: Shape) -> Shape:
    """Return a policy of a user."""
    return _get(context, USER, request)


def list_user_policies(context: Context, request: Shape) -> Shape:
    """List the names of a user's policies."""
    return _list(context, USER, request)


def delete_user_policy(context: Context, request: Shape) -> Shape:
    """Delete a policy of a user."""
    return _delete(context, USER, request)


def put_group_policy(context: Context, request: Shape) -> Shape:
    """Add or replace a policy of a group."""
    return _put(context, GROUP, request)


def get_group_policy(context: Context, request: Shape) -> Shape:
    """Return a policy of a group."""
    return _get(context, GROUP, request)


def list_group_policies(context: Context, request: Shape) -> Shape:
    """List the names of a group's policies."""
    return _list(context, GROUP, request)


def delete_group_policy(context: Context, request: Shape) -> Shape:
    """Delete a policy of a group."""
    return _delete(context, GROUP, request)


def inline_policies(document: Document) -> list[tuple[str, str]]:
    """Return a principal's inline policies, (name, text), in the order of their names."""
    return sorted(document.get("InlinePolicies", {}).items())


def shown_inline_policies(document: Document) -> list[Document]:
    """Return a principal's inline policies as GetAccountAuthorizationDetails shows them."""
    return [{"PolicyName": name, "PolicyDocument": encoded(text)} for name, text in inline_policies(document)]


def _put(context: Context, entity: Entity, request: Shape) -> Shape:
    name, text = request["PolicyName"], request["PolicyDocument"]
    with context.store.write() as writer:
        document = require(context, writer, entity, request[entity.name])
        check_identity_policy(text)
        policies = {**document.get("InlinePolicies", {}), name: text}
        most = SIZES[entity.kind]
        if sum(size_of(each) for each in policies.values()) > most:
            raise limit_exceeded(
                f"Maximum policy size of {most} bytes exceeded for {entity.kind} {document[entity.name]}"
            )
        document["InlinePolicies"] = policies
        put(context, writer, entity, document)
    return {}


def _get(context: Context, entity: Entity, request: Shape) -> Shape:
    name = request["PolicyName"]
    with context.store.read() as reader:
        document = require(context, reader, entity, request[entity.name])
    text = document.get("InlinePolicies", {}).get(name)
    if text is None:
        raise no_such_entity(f"The {entity.kind} policy with name {name} cannot be found.")
    return {entity.name: document[entity.name], "PolicyName": name, "PolicyDocument": encoded(text)}


def _list(context: Context, entity: Entity, request: Shape) -> Shape:
    with context.store.read() as reader:
        document = require(context, reader, entity, request[entity.name])
    names = [(name, name) for name, _ in inline_policies(document)]
    shown, rest = page_of(request, f"inline/{document['Arn']}", names)
    return {"PolicyNames": shown, **rest}


def _delete(context: Context, entity: Entity, request: Shape) -> Shape:
    name = request["PolicyName"]
    with context.store.write() as writer:
        document = require(context, writer, entity, request[entity.name])
        if document.get("InlinePolicies", {}).pop(name, None) is None:
            raise no_such_entity(f"The {entity.kind} policy with name {name} cannot be found.")
        put(context, writer, entity, document)
    return {}


OPERATIONS: Mapping[str, Callable[[Context, Shape], Shape]] = MappingProxyType(
    {
        "PutRolePolicy": put_role_policy,
        "GetRolePolicy": get_role_policy,
        "ListRolePolicies": list_role_policies,
        "DeleteRolePolicy": delete_role_policy,
        "PutUserPolicy": put_user_policy,
        "GetUserPolicy": get_user_policy,
        "ListUserPolicies": list_user_policies,
        "DeleteUserPolicy": delete_user_policy,
        "PutGroupPolicy": put_group_policy,
        "GetGroupPolicy": get_group_policy,
        "ListGroupPolicies": list_group_policies,
        "DeleteGroupPolicy": delete_group_policy,
    }
)
