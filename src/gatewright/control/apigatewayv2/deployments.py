"""Deployments: frozen copies of an API's routes and integrations, which stages serve."""

import json
from collections.abc import Callable, Mapping
from types import MappingProxyType

from gatewright.base.operations import Shape
from gatewright.control.apigatewayv2.auto_deploy import (
    NO_ROUTES,
    create_deployment_document,
    delete_deployment_documents,
    freeze,
)
from gatewright.control.apigatewayv2.constraints import check_lengths
from gatewright.control.apigatewayv2.documents import (
    DEPLOYMENT,
    STAGE,
    items,
    list_parts,
    page_of_documents,
    part_key,
    require_api,
    require_part,
    timestamp,
)
from gatewright.control.apigatewayv2.errors import bad_request
from gatewright.control.context import Context
from gatewright.store.types import Document, Reader

_MISSING = "Invalid Deployment identifier specified"


def create_deployment(context: Context, request: Shape) -> Shape:
    """Freeze the API as it is, and move the stage `StageName` to it when one is named."""
    check_lengths({"Description": request.get("Description")})
    api_id = request["ApiId"]
    # Terraform and others send "" for no stage.
    stage_name = request.get("StageName") or None
    with context.store.write() as writer:
        require_api(context, writer, api_id)
        stage = _stage_to_move(context, writer, api_id, stage_name) if stage_name else None
        frozen = freeze(context, writer, api_id)
        if frozen is None:
            raise bad_request(NO_ROUTES)
        failure = None
        if stage is not None and stage.get("AutoDeploy"):
            # AWS creates the deployment, marks it FAILED and leaves the stage; the text is JSON within the member.
            failure = json.dumps({"message": auto_deploy_refusal(context, api_id)}, separators=(",", ":"))
        deployment_id = create_deployment_document(
            context,
            writer,
            api_id,
            frozen,
            description=request.get("Description"),
            is_automatic=False,
            failure=failure,
        )
        if stage is not None and failure is None:
            stage["DeploymentId"] = deployment_id
            stage["LastUpdatedDate"] = timestamp(context)
            writer.put(part_key(context, STAGE, api_id, stage["StageName"]), stage)
        return require_deployment(context, writer, api_id, deployment_id)


def get_deployment(context: Context, request: Shape) -> Shape:
    """Return a deployment."""
    with context.store.read() as reader:
        return require_deployment(context, reader, request["ApiId"], request["DeploymentId"])


def get_deployments(context: Context, request: Shape) -> Shape:
    """List the deployments of an API."""
    api_id = request["ApiId"]
    with context.store.read() as reader:
        require_api(context, reader, api_id)
        return items(
            *page_of_documents(context, reader, request, DEPLOYMENT, f"GetDeployments/{api_id}", prefix=f"{api_id}/")
        )


def update_deployment(context: Context, request: Shape) -> Shape:
    """Change the description of a deployment."""
    check_lengths(request)
    api_id, deployment_id = request["ApiId"], request["DeploymentId"]
    with context.store.write() as writer:
        deployment = require_deployment(context, writer, api_id, deployment_id)
        if "Description" in request:
            deployment["Description"] = request["Description"]
            writer.put(part_key(context, DEPLOYMENT, api_id, deployment_id), deployment)
        return deployment


def delete_deployment(context: Context, request: Shape) -> Shape:
    """Delete a deployment that no stage serves."""
    api_id, deployment_id = request["ApiId"], request["DeploymentId"]
    with context.store.write() as writer:
        require_api(context, writer, api_id)
        require_deployment(context, writer, api_id, deployment_id)
        if any(stage.get("DeploymentId") == deployment_id for stage in list_parts(context, writer, STAGE, api_id)):
            raise bad_request("Active stages pointing to this deployment must be moved or deleted")
        delete_deployment_documents(context, writer, api_id, deployment_id)
    return {}


def require_deployment(context: Context, reader: Reader, api_id: str, deployment_id: str) -> Document:
    """Return a deployment of an API. Raises NotFoundException."""
    return require_part(context, reader, DEPLOYMENT, api_id, deployment_id, _MISSING)


def auto_deploy_refusal(context: Context, api_id: str) -> str:
    """Return why a stage with AutoDeploy takes no deployment."""
    return (
        f"Deployment ID cannot be set on this stage {context.caller.account_id}:{api_id} because AutoDeploy is enabled."
    )


def _stage_to_move(context: Context, reader: Reader, api_id: str, stage_name: str) -> Document:
    stage = None if "/" in stage_name else reader.get(part_key(context, STAGE, api_id, stage_name))
    if stage is None:
        raise bad_request(
            f"Stage {stage_name} does not exist. StageName specified on a CreateDeployment request must exist "
            "so the stage can be updated with the new deployment."
        )
    return stage


OPERATIONS: Mapping[str, Callable[[Context, Shape], Shape]] = MappingProxyType(
    {
        "CreateDeployment": create_deployment,
        "GetDeployment": get_deployment,
        "GetDeployments": get_deployments,
        "UpdateDeployment": update_deployment,
        "DeleteDeployment": delete_deployment,
    }
)
