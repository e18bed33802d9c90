"""`AWS::SecretsManager::ResourcePolicy`. Ref is the ARN of the secret.

Source: AWS::SecretsManager::ResourcePolicy (AWS CloudFormation User Guide).
"""

from typing import Any, Final

from gatewright.stacks.resource_types.contract import Call, Properties, Resource, ResourceType
from gatewright.stacks.resource_types.json_text import json_text
from gatewright.stacks.resource_types.members import picked
from gatewright.stacks.resource_types.outcomes import absence_is_done


def create(call: Call, properties: Properties) -> Resource:
    """Set the secret's policy."""
    parameters: dict[str, Any] = {
        "SecretId": properties["SecretId"],
        "ResourcePolicy": json_text(properties["ResourcePolicy"]),
        **picked(properties, ["BlockPublicPolicy"]),
    }
    arn = call.services.call("secretsmanager", "PutResourcePolicy", parameters)["ARN"]
    return Resource(arn, {"Id": arn})


def update(call: Call, there: Resource, old: Properties, new: Properties) -> Resource:
    """Set it again."""
    return create(call, new)


def delete(call: Call, there: Resource, properties: Properties) -> None:
    """Take it away."""
    with absence_is_done():
        call.services.call("secretsmanager", "DeleteResourcePolicy", {"SecretId": there.physical_id})


TYPE: Final = ResourceType("AWS::SecretsManager::ResourcePolicy", create, update, delete)
