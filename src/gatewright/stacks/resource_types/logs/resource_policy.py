"""`AWS::Logs::ResourcePolicy`. Ref is the name.

Source: AWS::Logs::ResourcePolicy (AWS CloudFormation User Guide).
"""

import json
from typing import Final

from gatewright.stacks.resource_types.contract import Call, Properties, Resource, ResourceType
from gatewright.stacks.resource_types.outcomes import absence_is_done


def create(call: Call, properties: Properties) -> Resource:
    """Put the policy."""
    _put(call, properties)
    return Resource(properties["PolicyName"])


def update(call: Call, there: Resource, old: Properties, new: Properties) -> Resource:
    """Put the policy in the place of the old one."""
    _put(call, new)
    return there


def delete(call: Call, there: Resource, properties: Properties) -> None:
    """Delete the policy."""
    with absence_is_done():
        call.services.call("logs", "DeleteResourcePolicy", {"policyName": there.physical_id})


def _put(call: Call, properties: Properties) -> None:
    document = properties["PolicyDocument"]
    text = document if isinstance(document, str) else json.dumps(document)
    call.services.call("logs", "PutResourcePolicy", {"policyName": properties["PolicyName"], "policyDocument": text})


RESOURCE_POLICY: Final = ResourceType("AWS::Logs::ResourcePolicy", create, update, delete)
