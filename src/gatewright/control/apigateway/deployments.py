"""Deployments: frozen copies of a REST API, which stages serve.

Sources: the Deployment type and its operations in the "Amazon API Gateway REST API Reference"; "Create a canary
release deployment" (API Gateway Developer Guide); texts as AWS answers them.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from gatewright.base.errors import AwsError
from gatewright.base.operations import Shape
from gatewright.control.apigateway.deployed_api import api_summary, freeze
from gatewright.control.apigateway.documents import (
    DEPLOYED_API,
    DEPLOYMENT,
    PART_ID_LENGTH,
    STAGE,
    find_part,
    list_parts,
    listed,
    page_of_documents,
    part_key,
    require_api,
    require_part,
    timestamp,
)
from gatewright.control.apigateway.errors import bad_request
from gatewright.control.apigateway.patch import PatchPath, PatchTable, name_paths_of_op, patched
from gatewright.control.apigateway.stage_settings import cache_members, canary_document, check_stage_name
from gatewright.control.apigateway.stages import add_stage, put_stage
from gatewright.control.context import Context
from gatewright.store.types import Document, Reader

_DEPLOYMENT_PATCH = PatchTable((PatchPath("/description"),), name_paths_of_op)
_API_SUMMARY = "apisummary"


def create_deployment(context: Context, request: Shape) -> Shape:
    """Freeze the API as it is; the stage `stageName` is made, moved to the deployment, or gets it as its canary."""
    api_id, stage_name = request["restApiId"], request.get("stageName")
    with context.store.write() as writer:
        api = require_api(context, writer, api_id)
        # Terraform and others send "" for no stage.
        stage = find_part(context, writer, STAGE, api_id, stage_name) if stage_name else None
        if request.get("canarySettings") is not None and stage is None:
            raise _no_stage_for_canary(stage_name)
        if stage_name:
            check_stage_name(stage_name)
        frozen = freeze(context, writer, api)
        deployment: Document = {"id": context.ids.resource_id(PART_ID_LENGTH), "createdDate": timestamp(context)}
        if request.get("description"):
            deployment["description"] = request["description"]
        writer.put(part_key(context, DEPLOYMENT, api_id, deployment["id"]), deployment)
        writer.put(part_key(context, DEPLOYED_API, api_id, deployment["id"]), frozen)
        if stage is not None:
            put_stage(context, writer, api_id, _moved(stage, deployment["id"], request))
        elif stage_name:
            members = {**request, "description": request.get("stageDescription"), "deploymentId": deployment["id"]}
            add_stage(context, writer, api_id, stage_name, members)
    return deployment


def get_deployment(context: Context, request: Shape) -> Shape:
    """Return a deployment, with a summary of its methods when `embed` asks for it."""
    api_id, deployment_id = request["restApiId"], request["deploymentId"]
    with context.store.read() as reader:
        deployment = _require_deployment(context, reader, api_id, deployment_id)
        if _API_SUMMARY in (name.lower() for name in request.get("embed") or ()):
            deployment["apiSummary"] = api_summary(
                find_part(context, reader, DEPLOYED_API, api_id, deployment_id) or {"resources": []}
            )
    return deployment


def get_deployments(context: Context, request: Shape) -> Shape:
    """List the deployments of an API."""
    with context.store.read() as reader:
        require_api(context, reader, request["restApiId"])
        return listed(*page_of_documents(context, reader, request, DEPLOYMENT, parent_id=request["restApiId"]))


def update_deployment(context: Context, request: Shape) -> Shape:
    """Change the description of a deployment."""
    api_id, deployment_id = request["restApiId"], request["deploymentId"]
    with context.store.write() as writer:
        deployment = _require_deployment(context, writer, api_id, deployment_id)
        deployment = patched(deployment, request.get("patchOperations", []), _DEPLOYMENT_PATCH)
        writer.put(part_key(context, DEPLOYMENT, api_id, deployment_id), deployment)
    return deployment


def delete_deployment(context: Context, request: Shape) -> Shape:
    """Delete a deployment that no stage and no canary serves."""
    api_id, deployment_id = request["restApiId"], request["deploymentId"]
    with context.store.write() as writer:
        _require_deployment(context, writer, api_id, deployment_id)
        for stage in list_parts(context, writer, STAGE, api_id):
            if deployment_id in (stage["deploymentId"], stage.get("canarySettings", {}).get("deploymentId")):
                raise bad_request("Active stages pointing to this deployment must be moved or deleted")
        writer.delete(part_key(context, DEPLOYMENT, api_id, deployment_id))
        writer.delete(part_key(context, DEPLOYED_API, api_id, deployment_id))
    return {}


def _require_deployment(context: Context, reader: Reader, api_id: str, deployment_id: str) -> Document:
    return require_part(context, reader, DEPLOYMENT, api_id, deployment_id, "Invalid Deployment identifier specified")


def _moved(stage: Document, deployment_id: str, request: Shape) -> Document:
    """Return a stage that exists as a deployment changes it."""
    if request.get("canarySettings") is not None:
        return {**stage, "canarySettings": canary_document(request["canarySettings"], deployment_id)}
    moved = {**stage, "deploymentId": deployment_id}
    if request.get("stageDescription"):
        moved["description"] = request["stageDescription"]
    if request.get("variables"):
        moved["variables"] = {**stage.get("variables", {}), **request["variables"]}
    if request.get("tracingEnabled") is not None:
        moved["tracingEnabled"] = request["tracingEnabled"]
    if request.get("cacheClusterEnabled") is not None or request.get("cacheClusterSize"):
        enabled = request.get("cacheClusterEnabled")
        moved.update(
            cache_members(
                stage["cacheClusterEnabled"] if enabled is None else enabled,
                request.get("cacheClusterSize") or stage.get("cacheClusterSize"),
            )
        )
    return moved


def _no_stage_for_canary(stage_name: str | None) -> AwsError:
    # The missing space after the first sentence is AWS's own.
    prefix = "Invalid deployment content specified."
    if stage_name:
        return bad_request(
            f"{prefix}Stage {stage_name} must already be created before making a canary release deployment"
        )
    shown = "null" if stage_name is None else stage_name
    return bad_request(
        f"{prefix}Non null and non empty stageName must be provided for canary deployment. Provided value is {shown}"
    )


OPERATIONS: Mapping[str, Callable[[Context, Shape], Shape]] = MappingProxyType(
    {
        "CreateDeployment": create_deployment,
        "GetDeployment": get_deployment,
        "GetDeployments": get_deployments,
        "UpdateDeployment": update_deployment,
        "DeleteDeployment": delete_deployment,
    }
)
