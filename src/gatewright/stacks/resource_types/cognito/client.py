"""`AWS::Cognito::UserPoolClient`. Ref is the client's id.

Source: AWS::Cognito::UserPoolClient (AWS CloudFormation User Guide).
"""

from typing import Any, Final

from gatewright.stacks.resource_types.contract import Call, Properties, Resource, ResourceType
from gatewright.stacks.resource_types.outcomes import absence_is_done

_NOT_IN_UPDATES: Final = "GenerateSecret"


def create(call: Call, properties: Properties) -> Resource:
    """Create the client; all properties are parameters."""
    name = properties.get("ClientName") or f"{call.logical_id}-{call.random_part}"
    parameters = {**properties, "ClientName": name}
    return _resource(call.services.call("cognito-idp", "CreateUserPoolClient", parameters)["UserPoolClient"])


def update(call: Call, there: Resource, old: Properties, new: Properties) -> Resource:
    """Set everything again: UpdateUserPoolClient gives what is left out its default."""
    name = new.get("ClientName") or there.attributes["Name"]
    given = {key: value for key, value in new.items() if key != _NOT_IN_UPDATES}
    parameters = {**given, "ClientId": there.physical_id, "ClientName": name}
    return _resource(call.services.call("cognito-idp", "UpdateUserPoolClient", parameters)["UserPoolClient"])


def delete(call: Call, there: Resource, properties: Properties) -> None:
    """Delete the client, if its pool is still there."""
    with absence_is_done():
        request = {"UserPoolId": properties["UserPoolId"], "ClientId": there.physical_id}
        call.services.call("cognito-idp", "DeleteUserPoolClient", request)


def _resource(found: dict[str, Any]) -> Resource:
    attributes = {"ClientId": found["ClientId"], "Name": found["ClientName"]}
    if "ClientSecret" in found:
        attributes["ClientSecret"] = found["ClientSecret"]
    return Resource(found["ClientId"], attributes)


TYPE: Final = ResourceType("AWS::Cognito::UserPoolClient", create, update, delete)
