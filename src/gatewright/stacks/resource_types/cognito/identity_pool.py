"""`AWS::Cognito::IdentityPool`, whose Ref is the pool's id, and `AWS::Cognito::IdentityPoolRoleAttachment`.

Source: the pages of the types (AWS CloudFormation User Guide).
"""

from typing import Any, Final

from gatewright.base.errors import OperationNotImplemented
from gatewright.stacks.resource_types.contract import Call, Properties, Resource, ResourceType
from gatewright.stacks.resource_types.given_tags import given_tags
from gatewright.stacks.resource_types.members import picked
from gatewright.stacks.resource_types.outcomes import absence_is_done

_SETTINGS: Final = (
    "AllowClassicFlow",
    "AllowUnauthenticatedIdentities",
    "CognitoIdentityProviders",
    "DeveloperProviderName",
    "OpenIdConnectProviderARNs",
    "SamlProviderARNs",
    "SupportedLoginProviders",
)
_NOT_BUILT: Final = ("CognitoEvents", "CognitoStreams", "PushSync")


def create(call: Call, properties: Properties) -> Resource:
    """Create the pool."""
    name = properties.get("IdentityPoolName") or call.physical_name().replace("-", "_")
    if call.earlier_id is not None:
        return Resource(call.earlier_id, {"Id": call.earlier_id, "Name": name})
    parameters = {"IdentityPoolName": name, **_settings(call, properties)}
    pool_id = call.services.call("cognito-identity", "CreateIdentityPool", parameters)["IdentityPoolId"]
    call.keep_id(pool_id)
    return Resource(pool_id, {"Id": pool_id, "Name": name})


def update(call: Call, there: Resource, old: Properties, new: Properties) -> Resource:
    """Set everything again."""
    name = new.get("IdentityPoolName") or there.attributes["Name"]
    parameters = {"IdentityPoolId": there.physical_id, "IdentityPoolName": name, **_settings(call, new)}
    call.services.call("cognito-identity", "UpdateIdentityPool", parameters)
    return Resource(there.physical_id, {"Id": there.physical_id, "Name": name})


def delete(call: Call, there: Resource, properties: Properties) -> None:
    """Delete the pool."""
    with absence_is_done():
        call.services.call("cognito-identity", "DeleteIdentityPool", {"IdentityPoolId": there.physical_id})


def attach_roles(call: Call, properties: Properties) -> Resource:
    """Set the roles of the pool, whose id is the physical id."""
    parameters = {"Roles": {}, **picked(properties, ("IdentityPoolId", "Roles"))}
    if "RoleMappings" in properties:
        # Keys of a template cannot be what only a deployment knows: `IdentityProvider` stands in their place.
        parameters["RoleMappings"] = {
            mapping.get("IdentityProvider", key): {
                name: value for name, value in mapping.items() if name != "IdentityProvider"
            }
            for key, mapping in properties["RoleMappings"].items()
        }
    call.services.call("cognito-identity", "SetIdentityPoolRoles", parameters)
    return Resource(properties["IdentityPoolId"])


def update_roles(call: Call, there: Resource, old: Properties, new: Properties) -> Resource:
    """Set them again."""
    return attach_roles(call, new)


def detach_roles(call: Call, there: Resource, properties: Properties) -> None:
    """Leave the pool without roles."""
    with absence_is_done():
        request = {"IdentityPoolId": there.physical_id, "Roles": {}}
        call.services.call("cognito-identity", "SetIdentityPoolRoles", request)


def _settings(call: Call, properties: Properties) -> dict[str, Any]:
    for name in _NOT_BUILT:
        if name in properties:
            raise OperationNotImplemented(f"AWS::Cognito::IdentityPool: the property {name} is not implemented.")
    settings = picked(properties, _SETTINGS)
    if tags := given_tags(call, properties.get("IdentityPoolTags")):
        settings["IdentityPoolTags"] = tags
    return settings


TYPE: Final = ResourceType("AWS::Cognito::IdentityPool", create, update, delete)
ROLES: Final = ResourceType("AWS::Cognito::IdentityPoolRoleAttachment", attach_roles, update_roles, detach_roles)
