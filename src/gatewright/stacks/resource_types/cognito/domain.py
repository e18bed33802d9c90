"""`AWS::Cognito::UserPoolDomain`. Ref is the domain.

Source: AWS::Cognito::UserPoolDomain (AWS CloudFormation User Guide).
"""

from typing import Final

from gatewright.stacks.resource_types.contract import Call, Properties, Resource, ResourceType
from gatewright.stacks.resource_types.members import picked
from gatewright.stacks.resource_types.outcomes import absence_is_done

_SETTINGS: Final = ("CustomDomainConfig", "Domain", "ManagedLoginVersion", "Routing", "UserPoolId")


def create(call: Call, properties: Properties) -> Resource:
    """Create the domain."""
    output = call.services.call("cognito-idp", "CreateUserPoolDomain", picked(properties, _SETTINGS))
    return Resource(properties["Domain"], {"CloudFrontDistribution": output.get("CloudFrontDomain", "")})


def update(call: Call, there: Resource, old: Properties, new: Properties) -> Resource:
    """Change its settings."""
    output = call.services.call("cognito-idp", "UpdateUserPoolDomain", picked(new, _SETTINGS))
    return Resource(there.physical_id, {"CloudFrontDistribution": output.get("CloudFrontDomain", "")})


def delete(call: Call, there: Resource, properties: Properties) -> None:
    """Delete the domain."""
    with absence_is_done():
        request = {"Domain": there.physical_id, "UserPoolId": properties["UserPoolId"]}
        call.services.call("cognito-idp", "DeleteUserPoolDomain", request)


TYPE: Final = ResourceType("AWS::Cognito::UserPoolDomain", create, update, delete)
