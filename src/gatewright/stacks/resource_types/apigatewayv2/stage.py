"""`AWS::ApiGatewayV2::Stage`. Ref is the name.

Source: AWS::ApiGatewayV2::Stage (AWS CloudFormation User Guide); UpdateStage in the "Amazon API Gateway Version 2 API
Reference": variables and settings of routes are merged, an empty variable is taken away.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from gatewright.base.errors import AwsError
from gatewright.stacks.resource_types.apigatewayv2.listings import set_tags
from gatewright.stacks.resource_types.coercion import as_text, coerced
from gatewright.stacks.resource_types.contract import Call, Properties, Resource, ResourceType
from gatewright.stacks.resource_types.members import picked, with_defaults
from gatewright.stacks.resource_types.outcomes import absence_is_done, if_present
from gatewright.stacks.resource_types.schemas import schema_of
from gatewright.stacks.resource_types.tags import is_own, tags_of

NAME: Final = "AWS::ApiGatewayV2::Stage"
_SERVICE: Final = "apigatewayv2"
_SETTINGS: Final = (
    "AccessLogSettings",
    "AutoDeploy",
    "ClientCertificateId",
    "DefaultRouteSettings",
    "DeploymentId",
    "Description",
    "RouteSettings",
    "StageVariables",
)
_DEFAULTS: Final = MappingProxyType(
    {
        "AccessLogSettings": {},
        "AutoDeploy": False,
        "ClientCertificateId": "",
        "DefaultRouteSettings": {"DetailedMetricsEnabled": False},
        "DeploymentId": "",
        "Description": "",
        "RouteSettings": {},
        "StageVariables": {},
    }
)


def create(call: Call, properties: Properties) -> Resource:
    """Create the stage."""
    request = {**stage_target(properties), **_parameters(properties)}
    if tags := tags_of(call, NAME, properties):
        request["Tags"] = tags
    try:
        call.services.call(_SERVICE, "CreateStage", request)
    except AwsError as error:
        if error.code != "ConflictException" or not call.is_repeated:
            raise
        there = if_present(call, _SERVICE, "GetStage", stage_target(properties)) or {}
        if not is_own(call, there.get("Tags") or {}):
            raise
    return Resource(properties["StageName"])


def update(call: Call, there: Resource, old: Properties, new: Properties) -> Resource:
    """Change the stage's settings, or move it to another deployment."""
    target = stage_target(new)
    before, after = _parameters(old), _parameters(new)
    changes = with_defaults(before, after, _DEFAULTS)
    if changes.get("AccessLogSettings") == {}:
        del changes["AccessLogSettings"]
        call.services.call(_SERVICE, "DeleteAccessLogSettings", target)
    if "StageVariables" in changes:
        gone = before.get("StageVariables", {}).keys() - after.get("StageVariables", {}).keys()
        changes["StageVariables"] = {**dict.fromkeys(gone, ""), **after.get("StageVariables", {})}
    for route_key in sorted(before.get("RouteSettings", {}).keys() - after.get("RouteSettings", {}).keys()):
        with absence_is_done():
            call.services.call(_SERVICE, "DeleteRouteSettings", {**target, "RouteKey": route_key})
    if changes:
        call.services.call(_SERVICE, "UpdateStage", {**target, **changes})
    set_tags(call, f"/apis/{new['ApiId']}/stages/{there.physical_id}", tags_of(call, NAME, new))
    return there


def delete(call: Call, there: Resource, properties: Properties) -> None:
    """Delete the stage."""
    with absence_is_done():
        call.services.call(_SERVICE, "DeleteStage", stage_target(properties))


def stage_target(properties: Properties) -> dict[str, str]:
    """Return the parameters that name a stage."""
    return {"ApiId": properties["ApiId"], "StageName": properties["StageName"]}


def settings_of_routes(value: Any) -> Any:
    """Return settings by route as operations take them: to the schema they are any JSON."""
    schema = schema_of(NAME)
    definitions = {} if schema is None else schema.definitions
    return coerced(value, {"type": "object", "map": {"": "#RouteSettings"}}, definitions)


def variables(value: Any) -> Any:
    """Return stage variables as operations take them: as text."""
    return {name: as_text(one) for name, one in value.items()} if isinstance(value, Mapping) else value


def _parameters(properties: Properties) -> dict[str, Any]:
    parameters = picked(properties, _SETTINGS)
    if "RouteSettings" in parameters:
        parameters["RouteSettings"] = settings_of_routes(parameters["RouteSettings"])
    if "StageVariables" in parameters:
        parameters["StageVariables"] = variables(parameters["StageVariables"])
    return parameters


STAGE: Final = ResourceType(NAME, create, update, delete)
