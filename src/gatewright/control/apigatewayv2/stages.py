"""Stages of HTTP APIs: named deployments with variables and throttling.

Source: the Stage resource in the "API Gateway Version 2 API Reference".
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from gatewright.base.operations import Shape
from gatewright.control.apigatewayv2.auto_deploy import deploy_automatically
from gatewright.control.apigatewayv2.constraints import STAGES_PER_API, check_lengths
from gatewright.control.apigatewayv2.deployments import auto_deploy_refusal, require_deployment
from gatewright.control.apigatewayv2.documents import (
    ROUTE,
    STAGE,
    items,
    list_parts,
    page_of_documents,
    part_key,
    require_api,
    require_part,
    timestamp,
)
from gatewright.control.apigatewayv2.errors import (
    bad_request,
    conflict,
    not_built,
    not_found,
    quota_reached,
    websocket_only,
)
from gatewright.control.apigatewayv2.stage_settings import (
    check_stage_name,
    merged_route_settings,
    merged_variables,
    route_settings_document,
)
from gatewright.control.apigatewayv2.tag_sets import checked_tags
from gatewright.control.context import Context
from gatewright.store.types import Document, Reader, Writer


def create_stage(context: Context, request: Shape) -> Shape:
    """Create a stage; one with AutoDeploy serves the API at once."""
    check_stage_name(request["StageName"])
    api_id = request["ApiId"]
    with context.store.write() as writer:
        require_api(context, writer, api_id)
        return add_stage(context, writer, api_id, request)


def get_stage(context: Context, request: Shape) -> Shape:
    """Return a stage."""
    with context.store.read() as reader:
        require_api(context, reader, request["ApiId"])
        return require_stage(context, reader, request["ApiId"], request["StageName"])


def get_stages(context: Context, request: Shape) -> Shape:
    """List the stages of an API."""
    api_id = request["ApiId"]
    with context.store.read() as reader:
        require_api(context, reader, api_id)
        return items(*page_of_documents(context, reader, request, STAGE, f"GetStages/{api_id}", prefix=f"{api_id}/"))


def update_stage(context: Context, request: Shape) -> Shape:
    """Change the members that the request has; variables and route settings are merged by name."""
    api_id, name = request["ApiId"], request["StageName"]
    with context.store.write() as writer:
        require_api(context, writer, api_id)
        stage = _require_changeable_stage(context, writer, api_id, name)
        was_automatic = stage.get("AutoDeploy", False)
        _apply(context, writer, api_id, stage, request)
        stage["LastUpdatedDate"] = timestamp(context)
        writer.put(part_key(context, STAGE, api_id, name), stage)
        if stage.get("AutoDeploy") and not was_automatic:
            deploy_automatically(context, writer, api_id, name)
        return require_stage(context, writer, api_id, name)


def delete_stage(context: Context, request: Shape) -> Shape:
    """Delete a stage; its deployment stays."""
    api_id, name = request["ApiId"], request["StageName"]
    with context.store.write() as writer:
        require_api(context, writer, api_id)
        _require_changeable_stage(context, writer, api_id, name)
        writer.delete(part_key(context, STAGE, api_id, name))
    return {}


def delete_route_settings(context: Context, request: Shape) -> Shape:
    """Delete what a stage sets for one route."""
    api_id, name, route_key = request["ApiId"], request["StageName"], request["RouteKey"]
    with context.store.write() as writer:
        require_api(context, writer, api_id)
        stage = _require_changeable_stage(context, writer, api_id, name)
        if stage["RouteSettings"].pop(route_key, None) is None:
            raise not_found(f"Unable to find Route by key {route_key} within the provided RouteSettings")
        stage["LastUpdatedDate"] = timestamp(context)
        writer.put(part_key(context, STAGE, api_id, name), stage)
    return {}


def delete_access_log_settings(context: Context, request: Shape) -> Shape:
    """Delete the access log settings of a stage. No stage has any, since they are not built."""
    with context.store.read() as reader:
        require_api(context, reader, request["ApiId"])
        require_stage(context, reader, request["ApiId"], request["StageName"])
    return {}


def add_stage(context: Context, writer: Writer, api_id: str, request: Shape, *, is_managed: bool = False) -> Document:
    """Write a new stage and return it as it is after its first automatic deployment, if it has one."""
    name = request["StageName"]
    key = part_key(context, STAGE, api_id, name)
    if writer.get(key) is not None:
        raise conflict("Stage already exists")
    if len(list_parts(context, writer, STAGE, api_id)) >= STAGES_PER_API:
        raise quota_reached("Stages")
    now = timestamp(context)
    stage: Document = {
        "CreatedDate": now,
        "DefaultRouteSettings": {"DetailedMetricsEnabled": False},
        "LastUpdatedDate": now,
        "RouteSettings": {},
        "StageName": name,
        "StageVariables": {},
        "Tags": checked_tags(context.caller, request.get("Tags", {})),
    }
    if is_managed:
        stage["ApiGatewayManaged"] = True
    _apply(context, writer, api_id, stage, request)
    writer.put(key, stage)
    if stage.get("AutoDeploy"):
        deploy_automatically(context, writer, api_id, name)
    return require_stage(context, writer, api_id, name)


def require_stage(context: Context, reader: Reader, api_id: str, name: str) -> Document:
    """Return a stage of an API. Raises NotFoundException."""
    return require_part(context, reader, STAGE, api_id, name, "Invalid stage identifier specified")


def _require_changeable_stage(context: Context, reader: Reader, api_id: str, name: str) -> Document:
    stage = require_stage(context, reader, api_id, name)
    if stage.get("ApiGatewayManaged"):
        raise bad_request("A stage created using quick create can't be modified")
    return stage


def _apply(context: Context, reader: Reader, api_id: str, stage: Document, request: Shape) -> None:
    _refuse_unsupported(request)
    check_lengths(request)
    if "AutoDeploy" in request:
        stage["AutoDeploy"] = request["AutoDeploy"]
    # Terraform and others send "" for no deployment.
    if request.get("DeploymentId"):
        if stage.get("AutoDeploy"):
            raise bad_request(auto_deploy_refusal(context, api_id))
        require_deployment(context, reader, api_id, request["DeploymentId"])
        stage["DeploymentId"] = request["DeploymentId"]
    if request.get("Description"):
        stage["Description"] = request["Description"]
    elif "Description" in request:
        stage.pop("Description", None)
    if "DefaultRouteSettings" in request:
        stage["DefaultRouteSettings"] = route_settings_document(request["DefaultRouteSettings"])
    if "RouteSettings" in request:
        stage["RouteSettings"] = merged_route_settings(
            stage["RouteSettings"], request["RouteSettings"], list_parts(context, reader, ROUTE, api_id)
        )
    if "StageVariables" in request:
        stage["StageVariables"] = merged_variables(stage["StageVariables"], request["StageVariables"])


def _refuse_unsupported(request: Shape) -> None:
    if request.get("AccessLogSettings"):
        raise not_built("AccessLogSettings of a stage")
    if request.get("ClientCertificateId"):
        raise websocket_only("ClientCertificateId")


OPERATIONS: Mapping[str, Callable[[Context, Shape], Shape]] = MappingProxyType(
    {
        "CreateStage": create_stage,
        "GetStage": get_stage,
        "GetStages": get_stages,
        "UpdateStage": update_stage,
        "DeleteStage": delete_stage,
        "DeleteRouteSettings": delete_route_settings,
        "DeleteAccessLogSettings": delete_access_log_settings,
    }
)
