"""`AWS::ApiGateway::Stage`. Ref is the name.

Sources: AWS::ApiGateway::Stage (AWS CloudFormation User Guide), where `StageName` is not required; a stack whose stage
has none is created (LocalStack's recording of AWS, `test_update_usage_plan` in
`cloudformation/resources/test_apigateway.snapshot.json`), under a name that the recording hides.
"""

from typing import Any, Final

from gatewright.base.errors import AwsError
from gatewright.stacks.resource_types.apigateway.names import members, parameters, set_tags
from gatewright.stacks.resource_types.apigateway.patches import patch
from gatewright.stacks.resource_types.apigateway.stage_settings import set_after_creation, stage_changes
from gatewright.stacks.resource_types.contract import Call, Properties, Resource, ResourceType
from gatewright.stacks.resource_types.outcomes import absence_is_done, if_present
from gatewright.stacks.resource_types.tags import is_own, tags_of

NAME: Final = "AWS::ApiGateway::Stage"
_LONGEST_NAME: Final = 128
_CREATED: Final = (
    "CacheClusterEnabled",
    "CacheClusterSize",
    "DeploymentId",
    "Description",
    "DocumentationVersion",
    "RestApiId",
    "StageName",
    "TracingEnabled",
)


def create(call: Call, properties: Properties) -> Resource:
    """Create the stage, then set what its creation does not."""
    name = properties.get("StageName") or call.physical_name(_LONGEST_NAME)
    _create(call, {**properties, "StageName": name})
    call.keep_id(name)
    patch(call, "UpdateStage", stage_target(properties, name), set_after_creation(properties))
    return Resource(name)


def update(call: Call, there: Resource, old: Properties, new: Properties) -> Resource:
    """Move the stage to another deployment, and change its settings."""
    target = stage_target(new, there.physical_id)
    patch(call, "UpdateStage", target, stage_changes(old, new))
    path = f"/restapis/{target['restApiId']}/stages/{target['stageName']}"
    set_tags(call, path, tags_of(call, NAME, new))
    return there


def delete(call: Call, there: Resource, properties: Properties) -> None:
    """Delete the stage."""
    with absence_is_done():
        call.services.call("apigateway", "DeleteStage", stage_target(properties, there.physical_id))


def stage_target(properties: Properties, name: str) -> dict[str, str]:
    """Return the parameters that name a stage."""
    return {"restApiId": properties["RestApiId"], "stageName": name}


def creation(properties: Properties) -> dict[str, Any]:
    """Return the parameters of CreateStage."""
    request = parameters(properties, _CREATED)
    if "Variables" in properties:
        request["variables"] = properties["Variables"]
    if "CanarySetting" in properties:
        request["canarySettings"] = members(properties["CanarySetting"])
    return request


def _create(call: Call, properties: Properties) -> None:
    request = creation(properties)
    if tags := tags_of(call, NAME, properties):
        request["tags"] = tags
    try:
        call.services.call("apigateway", "CreateStage", request)
    except AwsError as error:
        if error.code != "ConflictException" or not call.is_repeated:
            raise
        target = stage_target(properties, properties["StageName"])
        there = if_present(call, "apigateway", "GetStage", target) or {}
        if not is_own(call, there.get("tags") or {}):
            raise


STAGE: Final = ResourceType(NAME, create, update, delete)
