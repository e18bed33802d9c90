"""What roles, users and groups have in common: managed and inline policies, boundaries, tags.

Sources: AWS::IAM::Role, AWS::IAM::User and AWS::IAM::Group (AWS CloudFormation User Guide). A stack takes from an
entity what its properties gave it: what others attached keeps it from being deleted, as on AWS.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

from gatewright.base.errors import AwsError
from gatewright.stacks.resource_types.contract import Call, Properties
from gatewright.stacks.resource_types.outcomes import absence_is_done
from gatewright.stacks.resource_types.tags import as_list, tag_change

_ALREADY_THERE: Final = "EntityAlreadyExists"


def document_text(document: Any) -> str:
    """Return a policy document that a template has as text or as an object, as text."""
    return document if isinstance(document, str) else json.dumps(document, separators=(",", ":"))


@dataclass(frozen=True, slots=True)
class Entity:
    """A kind of entity: `Role`, `User`, `Group`."""

    noun: str

    @property
    def parameter(self) -> str:
        """Return the parameter that names one."""
        return f"{self.noun}Name"

    def call(self, call: Call, operation: str, name: str, **parameters: Any) -> dict[str, Any]:
        """Call an operation about one entity; `{}` in the operation stands for the noun."""
        return call.services.call("iam", operation.format(self.noun), {self.parameter: name, **parameters})

    def create(self, call: Call, name: str, **parameters: Any) -> dict[str, Any]:
        """Create an entity; what an attempt before this one made is taken. Return it."""
        try:
            output = self.call(call, "Create{}", name, **parameters)
        except AwsError as error:
            if error.code != _ALREADY_THERE or not call.has_made(name):
                raise
            output = self.call(call, "Get{}", name)
        entity: dict[str, Any] = output[self.noun]
        call.keep_id(name)
        return entity

    def set_policies(self, call: Call, name: str, old: Properties, new: Properties) -> None:
        """Attach and detach managed policies, put and delete inline ones."""
        before, after = old.get("ManagedPolicyArns", []), new.get("ManagedPolicyArns", [])
        for arn in after:
            if arn not in before:
                self.call(call, "Attach{}Policy", name, PolicyArn=arn)
        for arn in before:
            if arn not in after:
                self.detach(call, name, arn)
        was, wanted = _inline(old), _inline(new)
        for policy, document in wanted.items():
            if was.get(policy) != document:
                self.call(call, "Put{}Policy", name, PolicyName=policy, PolicyDocument=document)
        for policy in was.keys() - wanted.keys():
            self.delete_policy(call, name, policy)

    def set_boundary(self, call: Call, name: str, old: Properties, new: Properties) -> None:
        """Put or delete the permissions boundary."""
        boundary = new.get("PermissionsBoundary")
        if boundary == old.get("PermissionsBoundary"):
            return
        if boundary is None:
            self.call(call, "Delete{}PermissionsBoundary", name)
        else:
            self.call(call, "Put{}PermissionsBoundary", name, PermissionsBoundary=boundary)

    def set_tags(self, call: Call, name: str, present: list[dict[str, str]], wanted: Mapping[str, str]) -> None:
        """Give the entity the tags that it is to have, and no others."""
        change = tag_change({tag["Key"]: tag["Value"] for tag in present}, wanted)
        if change.put:
            self.call(call, "Tag{}", name, Tags=as_list(change.put))
        if change.remove:
            self.call(call, "Untag{}", name, TagKeys=change.remove)

    def detach(self, call: Call, name: str, arn: str) -> None:
        """Detach a managed policy."""
        with absence_is_done():
            self.call(call, "Detach{}Policy", name, PolicyArn=arn)

    def delete_policy(self, call: Call, name: str, policy: str) -> None:
        """Delete an inline policy."""
        with absence_is_done():
            self.call(call, "Delete{}Policy", name, PolicyName=policy)

    def delete(self, call: Call, name: str, properties: Properties) -> None:
        """Delete an entity, after the policies that its properties gave it."""
        self.set_policies(call, name, properties, {})
        with absence_is_done():
            self.call(call, "Delete{}", name)


def _inline(properties: Properties) -> dict[str, str]:
    return {one["PolicyName"]: document_text(one["PolicyDocument"]) for one in properties.get("Policies", ())}


ROLES: Final = Entity("Role")
USERS: Final = Entity("User")
GROUPS: Final = Entity("Group")
ENTITIES: Final = MappingProxyType({"Roles": ROLES, "Users": USERS, "Groups": GROUPS})
"""The properties of policies that list entities."""
