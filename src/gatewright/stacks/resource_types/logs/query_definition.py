"""`AWS::Logs::QueryDefinition`. Ref is the id.

Source: AWS::Logs::QueryDefinition (AWS CloudFormation User Guide).
"""

from types import MappingProxyType
from typing import Any, Final

from gatewright.stacks.resource_types.contract import Call, Properties, Resource, ResourceType
from gatewright.stacks.resource_types.members import renamed
from gatewright.stacks.resource_types.outcomes import absence_is_done

_SETTINGS: Final = MappingProxyType(
    {
        "LogGroupNames": "logGroupNames",
        "Name": "name",
        "QueryLanguage": "queryLanguage",
        "QueryString": "queryString",
    }
)
_PARAMETER: Final = MappingProxyType({"DefaultValue": "defaultValue", "Description": "description", "Name": "name"})


def create(call: Call, properties: Properties) -> Resource:
    """Put the definition; with the same token, a repeated call makes no other one."""
    request = {**_parameters(properties), "clientToken": call.token}
    identifier = call.services.call("logs", "PutQueryDefinition", request)["queryDefinitionId"]
    return Resource(identifier, {"QueryDefinitionId": identifier})


def update(call: Call, there: Resource, old: Properties, new: Properties) -> Resource:
    """Put the definition in the place of the old one."""
    request = {**_parameters(new), "queryDefinitionId": there.physical_id}
    call.services.call("logs", "PutQueryDefinition", request)
    return there


def delete(call: Call, there: Resource, properties: Properties) -> None:
    """Delete the definition."""
    with absence_is_done():
        call.services.call("logs", "DeleteQueryDefinition", {"queryDefinitionId": there.physical_id})


def _parameters(properties: Properties) -> dict[str, Any]:
    request = renamed(properties, _SETTINGS)
    if "Parameters" in properties:
        request["parameters"] = [renamed(one, _PARAMETER) for one in properties["Parameters"]]
    return request


QUERY_DEFINITION: Final = ResourceType("AWS::Logs::QueryDefinition", create, update, delete)
