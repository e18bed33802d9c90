"""Deployments that follow the API: what a deployment freezes, and when stages with AutoDeploy get a new one.

As AWS does it, a change of the API, of a route, or of an existing integration deploys; making or deleting an
integration does not, since no route points at it. It happens in the transaction of the change itself, so that the
change is served by the time its caller has the answer (AWS takes some seconds).

Sources: "Publish HTTP APIs for customers to invoke" and AutoDeploy in the "API Gateway Version 2 API Reference".
"""

from gatewright.control.apigatewayv2.documents import (
    DEPLOYED_ROUTES,
    DEPLOYMENT,
    INTEGRATION,
    ROUTE,
    STAGE,
    list_parts,
    part_key,
    require_api,
    timestamp,
)
from gatewright.control.context import Context
from gatewright.store.types import Document, Reader, Writer

NO_ROUTES = "Unable to deploy API because no routes exist in this API"
TARGET_PREFIX = "integrations/"

_DESCRIPTION = "Automatic deployment triggered by changes to the Api configuration"
# AWS keeps every automatic deployment. Each holds a copy of all routes, so that an API deployed by every save of a
# file would grow without bound: of those that no stage serves any more, we keep the newest.
_SUPERSEDED_KEPT = 20


def deploy_automatically(context: Context, writer: Writer, api_id: str, stage_name: str | None = None) -> None:
    """Give a new deployment to every stage of the API that has AutoDeploy, or to one of them."""
    stages = [
        stage
        for stage in list_parts(context, writer, STAGE, api_id)
        if stage.get("AutoDeploy") and stage_name in (None, stage["StageName"])
    ]
    if not stages:
        return
    frozen = freeze(context, writer, api_id)
    if frozen is None:
        message = f"Deployment attempt failed: {NO_ROUTES}"
    else:
        deployment_id = create_deployment_document(context, writer, api_id, frozen, description=_DESCRIPTION)
        message = f"Successfully deployed stage with deployment ID '{deployment_id}'"
    for stage in stages:
        if frozen is not None:
            stage["DeploymentId"] = deployment_id
        stage["LastDeploymentStatusMessage"] = message
        stage["LastUpdatedDate"] = timestamp(context)
        writer.put(part_key(context, STAGE, api_id, stage["StageName"]), stage)
    _prune(context, writer, api_id)


def freeze(context: Context, reader: Reader, api_id: str) -> Document | None:
    """Return what a deployment serves; None when the API has no routes.

    That is its routes, the integrations that they target, and its CORS configuration: like a change of a route, one of
    CORS reaches a stage with its next deployment.
    """
    routes = list_parts(context, reader, ROUTE, api_id)
    if not routes:
        return None
    targets = {route.get("Target", "").removeprefix(TARGET_PREFIX) for route in routes}
    integrations = list_parts(context, reader, INTEGRATION, api_id)
    return {
        "Routes": routes,
        "Integrations": [item for item in integrations if item["IntegrationId"] in targets],
        "CorsConfiguration": require_api(context, reader, api_id).get("CorsConfiguration"),
    }


def create_deployment_document(
    context: Context,
    writer: Writer,
    api_id: str,
    frozen: Document,
    *,
    description: str | None,
    is_automatic: bool = True,
    failure: str | None = None,
) -> str:
    """Write a deployment and what it serves, and return its id. `failure` is why it reached no stage."""
    deployment_id = context.ids.resource_id(6)
    deployment: Document = {
        "AutoDeployed": is_automatic,
        "CreatedDate": timestamp(context),
        "DeploymentId": deployment_id,
        "DeploymentStatus": "FAILED" if failure else "DEPLOYED",
    }
    if failure:
        deployment["DeploymentStatusMessage"] = failure
    if description:
        deployment["Description"] = description
    writer.put(part_key(context, DEPLOYMENT, api_id, deployment_id), deployment)
    writer.put(part_key(context, DEPLOYED_ROUTES, api_id, deployment_id), frozen)
    return deployment_id


def delete_deployment_documents(context: Context, writer: Writer, api_id: str, deployment_id: str) -> None:
    """Delete a deployment and what it served."""
    writer.delete(part_key(context, DEPLOYMENT, api_id, deployment_id))
    writer.delete(part_key(context, DEPLOYED_ROUTES, api_id, deployment_id))


def _prune(context: Context, writer: Writer, api_id: str) -> None:
    in_use = {stage.get("DeploymentId") for stage in list_parts(context, writer, STAGE, api_id)}
    superseded = sorted(
        (
            deployment
            for deployment in list_parts(context, writer, DEPLOYMENT, api_id)
            if deployment["AutoDeployed"] and deployment["DeploymentId"] not in in_use
        ),
        key=lambda deployment: deployment["CreatedDate"],
        reverse=True,
    )
    for deployment in superseded[_SUPERSEDED_KEPT:]:
        delete_deployment_documents(context, writer, api_id, deployment["DeploymentId"])
