"""`AWS::KMS::Alias`. Ref is the name of the alias.

Source: AWS::KMS::Alias (AWS CloudFormation User Guide).
"""

from typing import Final

from gatewright.stacks.resource_types.contract import Call, Properties, Resource, ResourceType
from gatewright.stacks.resource_types.outcomes import absence_is_done


def create(call: Call, properties: Properties) -> Resource:
    """Create the alias."""
    name = properties["AliasName"]
    call.services.call("kms", "CreateAlias", {"AliasName": name, "TargetKeyId": properties["TargetKeyId"]})
    return Resource(name)


def update(call: Call, there: Resource, old: Properties, new: Properties) -> Resource:
    """Point it to another key."""
    request = {"AliasName": there.physical_id, "TargetKeyId": new["TargetKeyId"]}
    call.services.call("kms", "UpdateAlias", request)
    return there


def delete(call: Call, there: Resource, properties: Properties) -> None:
    """Delete the alias."""
    with absence_is_done():
        call.services.call("kms", "DeleteAlias", {"AliasName": there.physical_id})


TYPE: Final = ResourceType("AWS::KMS::Alias", create, update, delete)
