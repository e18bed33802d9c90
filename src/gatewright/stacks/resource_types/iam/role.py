"""`AWS::IAM::Role`. Ref is the name.

Source: AWS::IAM::Role (AWS CloudFormation User Guide).
"""

import json
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final
from urllib.parse import unquote

from gatewright.stacks.resource_types.contract import Call, Properties, Resource, ResourceType
from gatewright.stacks.resource_types.iam.entities import ROLES, document_text
from gatewright.stacks.resource_types.members import is_changed, picked
from gatewright.stacks.resource_types.outcomes import if_present
from gatewright.stacks.resource_types.tags import as_list, tags_of

NAME: Final = "AWS::IAM::Role"
_DEFAULTS: Final = MappingProxyType({"Description": "", "MaxSessionDuration": 3600})
_CREATED: Final = ("Description", "MaxSessionDuration", "Path", "PermissionsBoundary")


def create(call: Call, properties: Properties) -> Resource:
    """Create the role, and give it its policies."""
    name = properties.get("RoleName") or call.physical_name(64)
    request = {"Description": "", **picked(properties, _CREATED)}
    request["AssumeRolePolicyDocument"] = document_text(properties["AssumeRolePolicyDocument"])
    if tags := tags_of(call, NAME, properties):
        request["Tags"] = as_list(tags)
    role = ROLES.create(call, name, **request)
    ROLES.set_policies(call, name, {}, properties)
    return _resource(role)


def update(call: Call, there: Resource, old: Properties, new: Properties) -> Resource:
    """Change who may assume the role, its settings, its policies."""
    name = there.physical_id
    trust = document_text(new["AssumeRolePolicyDocument"])
    if trust != document_text(old["AssumeRolePolicyDocument"]):
        ROLES.call(call, "UpdateAssumeRolePolicy", name, PolicyDocument=trust)
    if is_changed(old, new, _DEFAULTS):
        ROLES.call(call, "UpdateRole", name, **{**_DEFAULTS, **picked(new, _DEFAULTS)})
    ROLES.set_boundary(call, name, old, new)
    ROLES.set_policies(call, name, old, new)
    role = ROLES.call(call, "GetRole", name)["Role"]
    ROLES.set_tags(call, name, role.get("Tags", []), tags_of(call, NAME, new))
    return _resource(role)


def delete(call: Call, there: Resource, properties: Properties) -> None:
    """Delete the role with the policies that it was given."""
    ROLES.delete(call, there.physical_id, properties)


def read(call: Call, there: Resource) -> Properties | None:
    """Return what GetRole and ListAttachedRolePolicies tell."""
    output = if_present(call, "iam", "GetRole", {"RoleName": there.physical_id})
    if output is None:
        return None
    attached = ROLES.call(call, "ListAttachedRolePolicies", there.physical_id).get("AttachedPolicies", ())
    role = output["Role"]
    properties = picked(role, ("Description", "MaxSessionDuration", "Path", "RoleName"))
    properties["AssumeRolePolicyDocument"] = json.loads(unquote(role["AssumeRolePolicyDocument"]))
    return {**properties, "ManagedPolicyArns": [policy["PolicyArn"] for policy in attached]}


def _resource(role: Mapping[str, Any]) -> Resource:
    return Resource(role["RoleName"], picked(role, ("Arn", "RoleId")))


ROLE: Final = ResourceType(NAME, create, update, delete, read)
