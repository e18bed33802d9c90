"""`AWS::ApiGateway::Deployment`. Ref is the id.

Source: AWS::ApiGateway::Deployment (AWS CloudFormation User Guide). One that names a stage makes it, or moves it, or
becomes its canary; deleting it deletes the stage, or ends the canary, if that still serves it: API Gateway deletes no
deployment that a stage serves.
"""

from typing import Any, Final

from gatewright.stacks.resource_types.apigateway.names import members
from gatewright.stacks.resource_types.apigateway.patches import changes, patch, settings_of
from gatewright.stacks.resource_types.apigateway.stage import creation, stage_target
from gatewright.stacks.resource_types.apigateway.stage_settings import (
    METHOD_SETTINGS,
    set_after_creation,
    stage_changes,
)
from gatewright.stacks.resource_types.contract import Call, Properties, Resource, ResourceType
from gatewright.stacks.resource_types.members import is_changed, picked
from gatewright.stacks.resource_types.outcomes import absence_is_done, if_present

_DESCRIPTION: Final = "/description"
_CANARY: Final = "/canarySettings"


def create(call: Call, properties: Properties) -> Resource:
    """Freeze the API as it is, and move or make the stage that is named."""
    request: dict[str, Any] = {"restApiId": properties["RestApiId"]}
    if "Description" in properties:
        request["description"] = properties["Description"]
    stage = properties.get("StageDescription", {})
    name = properties.get("StageName")
    if name:
        request["stageName"] = name
        request |= {
            parameter: stage[member]
            for member, parameter in (
                ("Description", "stageDescription"),
                ("CacheClusterEnabled", "cacheClusterEnabled"),
                ("CacheClusterSize", "cacheClusterSize"),
                ("TracingEnabled", "tracingEnabled"),
                ("Variables", "variables"),
            )
            if member in stage
        }
    if "DeploymentCanarySettings" in properties:
        request["canarySettings"] = members(properties["DeploymentCanarySettings"])
    deployment = call.services.call("apigateway", "CreateDeployment", request)
    call.keep_id(deployment["id"])
    if name:
        rest = picked(_stage(properties), ("AccessLogSetting", "CanarySetting", "DocumentationVersion"))
        operations = [*set_after_creation(_stage(properties)), *stage_changes({}, rest)]
        patch(call, "UpdateStage", stage_target(properties, name), operations)
    return Resource(deployment["id"], {"DeploymentId": deployment["id"]})


def update(call: Call, there: Resource, old: Properties, new: Properties) -> Resource:
    """Change the description, and the stage: one of another name is made or moved here, and takes the other's place."""
    paths = {"Description": _DESCRIPTION}
    operations = changes(settings_of(old, paths), settings_of(new, paths), {_DESCRIPTION: ""})
    target = {"restApiId": new["RestApiId"], "deploymentId": there.physical_id}
    patch(call, "UpdateDeployment", target, operations)
    name = new.get("StageName")
    if name and is_changed(old, new, ("StageName", "StageDescription")):
        _set_stage(call, there.physical_id, name, old, new)
    former = old.get("StageName")
    if former and former != name:
        # Nobody else knows of it: a deployment that it serves could not be deleted.
        with absence_is_done():
            _withdraw(call, there.physical_id, stage_target(old, former))
    return there


def delete(call: Call, there: Resource, properties: Properties) -> None:
    """Delete the deployment, after the stage or the canary that it made, if that still serves it."""
    target = {"restApiId": properties["RestApiId"], "deploymentId": there.physical_id}
    name = properties.get("StageName")
    with absence_is_done():
        if name:
            _withdraw(call, there.physical_id, stage_target(properties, name))
        call.services.call("apigateway", "DeleteDeployment", target)


def _withdraw(call: Call, deployment_id: str, target: dict[str, str]) -> None:
    """Have a stage not serve a deployment any more."""
    stage = if_present(call, "apigateway", "GetStage", target) or {}
    if stage.get("deploymentId") == deployment_id:
        call.services.call("apigateway", "DeleteStage", target)
    elif stage.get("canarySettings", {}).get("deploymentId") == deployment_id:
        patch(call, "UpdateStage", target, [{"op": "remove", "path": _CANARY}])


def _stage(properties: Properties) -> dict[str, Any]:
    """Return the stage that a StageDescription describes; its settings of methods are those of all methods."""
    description = dict(properties.get("StageDescription", {}))
    of_all = picked(description, METHOD_SETTINGS)
    settings = [{"ResourcePath": "/*", "HttpMethod": "*", **of_all}] if of_all else []
    return {**description, "MethodSettings": [*settings, *description.get("MethodSettings", ())]}


def _set_stage(call: Call, deployment_id: str, name: str, old: Properties, new: Properties) -> None:
    target = stage_target(new, name)
    there = if_present(call, "apigateway", "GetStage", target)
    wanted = {**_stage(new), "DeploymentId": deployment_id, "RestApiId": new["RestApiId"], "StageName": name}
    if there is None:
        call.services.call("apigateway", "CreateStage", creation(wanted))
        patch(call, "UpdateStage", target, set_after_creation(wanted))
        return
    before = {**_stage(old), "DeploymentId": there["deploymentId"]} if old.get("StageName") == name else {}
    patch(call, "UpdateStage", target, stage_changes(before, wanted))


DEPLOYMENT: Final = ResourceType("AWS::ApiGateway::Deployment", create, update, delete)
