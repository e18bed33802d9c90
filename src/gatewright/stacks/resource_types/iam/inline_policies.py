"""Inline policies: `AWS::IAM::Policy` of several entities; `RolePolicy`, `UserPolicy` and `GroupPolicy` of one.

Source: the pages of these types (AWS CloudFormation User Guide). Ref of the first is an id that CloudFormation makes
up, of the others the names of the policy and the entity.
"""

from collections.abc import Callable
from typing import Any, Final

from gatewright.base.errors import AwsError
from gatewright.stacks.resource_types.contract import Call, Properties, Resource, ResourceType
from gatewright.stacks.resource_types.iam.entities import ENTITIES, GROUPS, ROLES, USERS, Entity, document_text


def create(call: Call, properties: Properties) -> Resource:
    """Put the policy into each entity."""
    if not any(properties.get(listed) for listed in ENTITIES):
        raise AwsError("ValidationError", "At least one of [Groups,Roles,Users] must be non-empty.")
    identifier = call.short_id()
    call.keep_id(identifier)
    _put(call, properties)
    return Resource(identifier, {"Id": identifier})


def update(call: Call, there: Resource, old: Properties, new: Properties) -> Resource:
    """Put the policy as it is to be, and delete it where it is to be no more."""
    _put(call, new)
    for listed, entity in ENTITIES.items():
        for name in old.get(listed, ()):
            if name not in new.get(listed, ()) or old["PolicyName"] != new["PolicyName"]:
                entity.delete_policy(call, name, old["PolicyName"])
    return there


def delete(call: Call, there: Resource, properties: Properties) -> None:
    """Delete the policy from each entity."""
    for listed, entity in ENTITIES.items():
        for name in properties.get(listed, ()):
            entity.delete_policy(call, name, properties["PolicyName"])


def _put(call: Call, properties: Properties) -> None:
    policy = _policy(properties)
    for listed, entity in ENTITIES.items():
        for name in properties.get(listed, ()):
            entity.call(call, "Put{}Policy", name, **policy)


def _policy(properties: Properties) -> dict[str, Any]:
    if "PolicyDocument" not in properties:
        raise AwsError("ValidationError", "PolicyDocument is required")
    return {
        "PolicyName": properties["PolicyName"],
        "PolicyDocument": document_text(properties["PolicyDocument"]),
    }


def _create_in(entity: Entity) -> Callable[[Call, Properties], Resource]:
    def create_in(call: Call, properties: Properties) -> Resource:
        name = properties[entity.parameter]
        entity.call(call, "Put{}Policy", name, **_policy(properties))
        return Resource(f"{properties['PolicyName']}|{name}")

    return create_in


def _update_in(entity: Entity) -> Callable[[Call, Resource, Properties, Properties], Resource]:
    def update_in(call: Call, there: Resource, old: Properties, new: Properties) -> Resource:
        entity.call(call, "Put{}Policy", new[entity.parameter], **_policy(new))
        return there

    return update_in


def _delete_in(entity: Entity) -> Callable[[Call, Resource, Properties], None]:
    def delete_in(call: Call, there: Resource, properties: Properties) -> None:
        entity.delete_policy(call, properties[entity.parameter], properties["PolicyName"])

    return delete_in


def _of_one(entity: Entity) -> ResourceType:
    name = f"AWS::IAM::{entity.noun}Policy"
    return ResourceType(name, _create_in(entity), _update_in(entity), _delete_in(entity))


POLICY: Final = ResourceType("AWS::IAM::Policy", create, update, delete)
ROLE_POLICY: Final = _of_one(ROLES)
USER_POLICY: Final = _of_one(USERS)
GROUP_POLICY: Final = _of_one(GROUPS)
