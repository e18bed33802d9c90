"""`AWS::ApiGateway::GatewayResponse`. Ref and the attribute Id are an id that CloudFormation makes up.

Source: AWS::ApiGateway::GatewayResponse (AWS CloudFormation User Guide). PutGatewayResponse puts it in the place of the
default one.
"""

from typing import Final

from gatewright.stacks.resource_types.apigateway.names import lowered, parameters
from gatewright.stacks.resource_types.contract import Call, Properties, Resource, ResourceType
from gatewright.stacks.resource_types.outcomes import absence_is_done

_TARGET: Final = ("ResponseType", "RestApiId")
_SETTINGS: Final = ("ResponseParameters", "ResponseTemplates", "StatusCode")


def create(call: Call, properties: Properties) -> Resource:
    """Put the response."""
    _put(call, properties)
    identifier = call.short_id()
    return Resource(identifier, {"Id": identifier})


def update(call: Call, there: Resource, old: Properties, new: Properties) -> Resource:
    """Put the response in the place of the old one."""
    _put(call, new)
    return there


def delete(call: Call, there: Resource, properties: Properties) -> None:
    """Go back to the default response."""
    with absence_is_done():
        call.services.call("apigateway", "DeleteGatewayResponse", parameters(properties, _TARGET))


def _put(call: Call, properties: Properties) -> None:
    # The names of the maps' entries are the user's.
    settings = {lowered(name): properties[name] for name in _SETTINGS if name in properties}
    request = {**parameters(properties, _TARGET), **settings}
    call.services.call("apigateway", "PutGatewayResponse", request)


GATEWAY_RESPONSE: Final = ResourceType("AWS::ApiGateway::GatewayResponse", create, update, delete)
