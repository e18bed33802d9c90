"""`AWS::ApiGateway::Method` with its integration and responses. Ref is `{RestApiId}|{ResourceId}|{HttpMethod}`.

Source: AWS::ApiGateway::Method (AWS CloudFormation User Guide); the id as stacks of 2026 had it. AWS changes a method
by deleting and putting it (its handler's permissions): what is deployed serves meanwhile.
"""

from collections.abc import Iterable
from typing import Any, Final

from gatewright.base.errors import AwsError
from gatewright.stacks.resource_types.apigateway.names import lowered
from gatewright.stacks.resource_types.contract import Call, Properties, Resource, ResourceType
from gatewright.stacks.resource_types.outcomes import absence_is_done

_TARGET: Final = ("RestApiId", "ResourceId", "HttpMethod")
_METHOD: Final = (
    "ApiKeyRequired",
    "AuthorizationScopes",
    "AuthorizerId",
    "OperationName",
    "RequestModels",
    "RequestValidatorId",
)
_INTEGRATION: Final = (
    "CacheKeyParameters",
    "CacheNamespace",
    "ConnectionId",
    "ConnectionType",
    "ContentHandling",
    "Credentials",
    "IntegrationHttpMethod",
    "IntegrationTarget",
    "PassthroughBehavior",
    "RequestParameters",
    "RequestTemplates",
    "ResponseTransferMode",
    "TimeoutInMillis",
    "Type",
    "Uri",
)
_INTEGRATION_RESPONSE: Final = (
    "ContentHandling",
    "ResponseParameters",
    "ResponseTemplates",
    "SelectionPattern",
    "StatusCode",
)


def create(call: Call, properties: Properties) -> Resource:
    """Put the method, its responses, its integration, and the integration's responses."""
    target = _members(properties, _TARGET)
    if call.is_repeated:
        _delete(call, target)
    request = {
        **target,
        "authorizationType": properties.get("AuthorizationType", "NONE"),
        **_members(properties, _METHOD),
    }
    if "RequestParameters" in properties:
        request["requestParameters"] = _required(properties["RequestParameters"])
    call.services.call("apigateway", "PutMethod", request)
    identifier = "|".join(properties[name] for name in _TARGET)
    call.keep_id(identifier)
    for response in properties.get("MethodResponses", ()):
        _put_response(call, target, response)
    if "Integration" in properties:
        _put_integration(call, target, properties["Integration"])
    return Resource(identifier)


def update(call: Call, there: Resource, old: Properties, new: Properties) -> Resource:
    """Delete the method and put it as it is to be."""
    _delete(call, _members(new, _TARGET))
    create(call, new)
    return there


def delete(call: Call, there: Resource, properties: Properties) -> None:
    """Delete the method."""
    _delete(call, _members(properties, _TARGET))


def _delete(call: Call, target: dict[str, Any]) -> None:
    with absence_is_done():
        call.services.call("apigateway", "DeleteMethod", target)


def _put_response(call: Call, target: dict[str, Any], response: Properties) -> None:
    request = {**target, **_members(response, ("ResponseModels", "StatusCode"))}
    if "ResponseParameters" in response:
        request["responseParameters"] = _required(response["ResponseParameters"])
    call.services.call("apigateway", "PutMethodResponse", request)


def _put_integration(call: Call, target: dict[str, Any], integration: Properties) -> None:
    call.services.call("apigateway", "PutIntegration", {**target, **_members(integration, _INTEGRATION)})
    for response in integration.get("IntegrationResponses", ()):
        request = {**target, **_members(response, _INTEGRATION_RESPONSE)}
        call.services.call("apigateway", "PutIntegrationResponse", request)


def _members(properties: Properties, names: Iterable[str]) -> dict[str, Any]:
    return {lowered(name): properties[name] for name in names if name in properties}


def _required(names: Properties) -> dict[str, bool]:
    """Return for each parameter whether it is required; templates have it as text, too. Raises AwsError."""
    result: dict[str, bool] = {}
    for name, value in names.items():
        text = str(value).lower()
        if text not in {"true", "false"}:
            raise AwsError("BadRequestException", f"Invalid value of {name}: {value}. It must be true or false")
        result[name] = text == "true"
    return result


METHOD: Final = ResourceType("AWS::ApiGateway::Method", create, update, delete)
