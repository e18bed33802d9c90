"""`AWS::Cognito::UserPoolUser` and `AWS::Cognito::UserPoolUserToGroupAttachment`; every change replaces them.

Source: the pages of the types (AWS CloudFormation User Guide). Ref of a user is its name.
"""

from typing import Final

from gatewright.stacks.resource_types.contract import Call, Properties, Resource, ResourceType
from gatewright.stacks.resource_types.members import picked
from gatewright.stacks.resource_types.outcomes import absence_is_done

_OF_ATTACHMENTS: Final = ("GroupName", "UserPoolId", "Username")


def create_user(call: Call, properties: Properties) -> Resource:
    """Create the user; all properties are parameters."""
    name = properties.get("Username") or call.physical_name()
    found = call.services.call("cognito-idp", "AdminCreateUser", {**properties, "Username": name})
    return Resource(found["User"]["Username"])


def delete_user(call: Call, there: Resource, properties: Properties) -> None:
    """Delete the user."""
    with absence_is_done():
        request = {"UserPoolId": properties["UserPoolId"], "Username": there.physical_id}
        call.services.call("cognito-idp", "AdminDeleteUser", request)


def attach(call: Call, properties: Properties) -> Resource:
    """Add the user to the group."""
    call.services.call("cognito-idp", "AdminAddUserToGroup", picked(properties, _OF_ATTACHMENTS))
    return Resource("|".join(properties[name] for name in ("UserPoolId", "GroupName", "Username")))


def detach(call: Call, there: Resource, properties: Properties) -> None:
    """Remove the user from the group."""
    with absence_is_done():
        call.services.call("cognito-idp", "AdminRemoveUserFromGroup", picked(properties, _OF_ATTACHMENTS))


USER: Final = ResourceType("AWS::Cognito::UserPoolUser", create_user, None, delete_user)
USER_TO_GROUP: Final = ResourceType("AWS::Cognito::UserPoolUserToGroupAttachment", attach, None, detach)
