"""`AWS::ApiGatewayV2::ApiGatewayManagedOverrides`: changes of what quick create made of an API. Ref is the API's id.

Source: AWS::ApiGatewayV2::ApiGatewayManagedOverrides (AWS CloudFormation User Guide). Deleting it gives back the
defaults.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from gatewright.base.errors import AwsError
from gatewright.stacks.resource_types.apigatewayv2.listings import items
from gatewright.stacks.resource_types.apigatewayv2.stage import settings_of_routes, variables
from gatewright.stacks.resource_types.contract import Call, Properties, Resource, ResourceType
from gatewright.stacks.resource_types.members import with_defaults
from gatewright.stacks.resource_types.outcomes import absence_is_done

_SERVICE: Final = "apigatewayv2"
_NOUNS: Final = MappingProxyType({"Integration": "IntegrationId", "Route": "RouteId", "Stage": "StageName"})
"""Property and noun of operations → the member that names one."""
_DEFAULTS: Final[Mapping[str, Mapping[str, Any]]] = MappingProxyType(
    {
        "Integration": {
            "Description": "",
            "IntegrationMethod": "ANY",
            "PayloadFormatVersion": "2.0",
            "TimeoutInMillis": 30_000,
        },
        "Route": {
            "AuthorizationScopes": [],
            "AuthorizationType": "NONE",
            "AuthorizerId": "",
            "OperationName": "",
            "Target": "",
        },
        "Stage": {
            "AccessLogSettings": {},
            "AutoDeploy": True,
            "DefaultRouteSettings": {"DetailedMetricsEnabled": False},
            "Description": "",
            "RouteSettings": {},
            "StageVariables": {},
        },
    }
)


def create(call: Call, properties: Properties) -> Resource:
    """Change what is there."""
    _set(call, properties["ApiId"], {}, properties)
    return Resource(properties["ApiId"], {"Id": properties["ApiId"]})


def update(call: Call, there: Resource, old: Properties, new: Properties) -> Resource:
    """Change it again."""
    _set(call, there.physical_id, old, new)
    return there


def delete(call: Call, there: Resource, properties: Properties) -> None:
    """Give back the defaults."""
    with absence_is_done():
        _set(call, there.physical_id, properties, {})


def _set(call: Call, api_id: str, old: Properties, new: Properties) -> None:
    for noun, id_member in _NOUNS.items():
        changes = with_defaults(_members(old, noun), _members(new, noun), _DEFAULTS[noun])
        if changes:
            managed = (one for one in items(call, f"Get{noun}s", {"ApiId": api_id}) if one.get("ApiGatewayManaged"))
            found = next(managed, None)
            if found is None:
                raise AwsError(
                    "NotFoundException", f"The API {api_id} has no {noun} that quick create made", status=404
                )
            target = {"ApiId": api_id, id_member: found[id_member]}
            call.services.call(_SERVICE, f"Update{noun}", {**target, **changes})


def _members(properties: Properties, noun: str) -> dict[str, Any]:
    members = dict(properties.get(noun, {}))
    if "RouteSettings" in members:
        members["RouteSettings"] = settings_of_routes(members["RouteSettings"])
    if "StageVariables" in members:
        members["StageVariables"] = variables(members["StageVariables"])
    return members


MANAGED_OVERRIDES: Final = ResourceType("AWS::ApiGatewayV2::ApiGatewayManagedOverrides", create, update, delete)
