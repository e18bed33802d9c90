"""`AWS::ApiGateway::ApiKey`. Ref is the id.

Source: AWS::ApiGateway::ApiKey (AWS CloudFormation User Guide).
"""

from types import MappingProxyType
from typing import Any, Final

from gatewright.stacks.resource_types.apigateway.names import earlier, parameters, set_tags
from gatewright.stacks.resource_types.apigateway.patches import changes, patch, settings_of, value_changes
from gatewright.stacks.resource_types.contract import Call, Properties, Resource, ResourceType
from gatewright.stacks.resource_types.outcomes import absence_is_done
from gatewright.stacks.resource_types.tags import tags_of

NAME: Final = "AWS::ApiGateway::ApiKey"
_LONGEST_NAME: Final = 128
_PATCHES: Final = MappingProxyType({"CustomerId": "/customerId", "Description": "/description", "Enabled": "/enabled"})
_DEFAULTS: Final = MappingProxyType({"/customerId": "", "/description": "", "/enabled": "false"})
_PROPERTIES: Final = ("CustomerId", "Description", "Enabled", "GenerateDistinctId", "StageKeys", "Value")


def create(call: Call, properties: Properties) -> Resource:
    """Create the key."""
    made = earlier(call, "GetApiKeys")
    if made is None:
        request = parameters(properties, _PROPERTIES)
        request["name"] = properties.get("Name") or call.physical_name(_LONGEST_NAME)
        if tags := tags_of(call, NAME, properties):
            request["tags"] = tags
        made = call.services.call("apigateway", "CreateApiKey", request)
    return Resource(made["id"], {"APIKeyId": made["id"]})


def update(call: Call, there: Resource, old: Properties, new: Properties) -> Resource:
    """Change the key, and the stages that it is for."""
    operations = changes(settings_of(old, _PATCHES), settings_of(new, _PATCHES), _DEFAULTS)
    operations += value_changes("/stages", _stages(old), _stages(new))
    patch(call, "UpdateApiKey", {"apiKey": there.physical_id}, operations)
    set_tags(call, f"/apikeys/{there.physical_id}", tags_of(call, NAME, new))
    return there


def delete(call: Call, there: Resource, properties: Properties) -> None:
    """Delete the key."""
    with absence_is_done():
        call.services.call("apigateway", "DeleteApiKey", {"apiKey": there.physical_id})


def _stages(properties: Properties) -> list[str]:
    keys: list[dict[str, Any]] = properties.get("StageKeys", [])
    return [f"{key['RestApiId']}/{key['StageName']}" for key in keys]


API_KEY: Final = ResourceType(NAME, create, update, delete)
