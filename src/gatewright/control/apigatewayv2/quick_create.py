"""Quick create: an API with one integration, a route to it, and a `$default` stage that deploys automatically.

What quick create makes is marked ApiGatewayManaged: the integration can be changed but not deleted, the key of the
route only changes through UpdateApi, and the stage not at all.

Source: Target, RouteKey and CredentialsArn of CreateApi and UpdateApi in the "API Gateway Version 2 API Reference".
"""

from collections.abc import Iterable

from gatewright.base.operations import Shape
from gatewright.control.apigatewayv2.auto_deploy import TARGET_PREFIX
from gatewright.control.apigatewayv2.documents import INTEGRATION, ROUTE, list_parts, part_key
from gatewright.control.apigatewayv2.errors import bad_request
from gatewright.control.apigatewayv2.integration_uris import is_function_uri
from gatewright.control.apigatewayv2.integrations import add_integration, change_integration
from gatewright.control.apigatewayv2.route_keys import DEFAULT_ROUTE_KEY
from gatewright.control.apigatewayv2.routes import add_route, rename_route
from gatewright.control.apigatewayv2.stage_settings import DEFAULT_STAGE_NAME
from gatewright.control.apigatewayv2.stages import add_stage
from gatewright.control.context import Context
from gatewright.store.types import Document, Writer

MEMBERS = ("Target", "RouteKey", "CredentialsArn")


def quick_create(context: Context, writer: Writer, api_id: str, request: Shape) -> None:
    """Write integration, route and stage of a new API, when the request has a target."""
    target = request.get("Target")
    if not target:
        for member in MEMBERS:
            if request.get(member):
                raise bad_request(f"{member} is part of quick create and needs a Target")
        return
    integration = add_integration(
        context, writer, api_id, _integration_members(target, request.get("CredentialsArn")), is_managed=True
    )
    add_route(
        context,
        writer,
        api_id,
        request.get("RouteKey") or DEFAULT_ROUTE_KEY,
        TARGET_PREFIX + integration["IntegrationId"],
        is_managed=True,
    )
    stage = {"StageName": DEFAULT_STAGE_NAME, "AutoDeploy": True}
    add_stage(context, writer, api_id, stage, is_managed=True)


def update_quick_created(context: Context, writer: Writer, api_id: str, request: Shape) -> None:
    """Change integration and route of a quick-created API as the request says. Deploys nothing."""
    sent = [member for member in MEMBERS if request.get(member)]
    if not sent:
        return
    if "Target" in sent or "CredentialsArn" in sent:
        integration = _managed(list_parts(context, writer, INTEGRATION, api_id), sent)
        if "Target" in sent:
            members = _integration_members(request["Target"], request.get("CredentialsArn"))
        else:
            members = {"CredentialsArn": request["CredentialsArn"]}
        change_integration(context, writer, api_id, integration, members)
    if "RouteKey" in sent:
        route = _managed(list_parts(context, writer, ROUTE, api_id), sent)
        rename_route(context, writer, api_id, route, request["RouteKey"])
        writer.put(part_key(context, ROUTE, api_id, route["RouteId"]), route)


def _integration_members(target: str, credentials_arn: str | None) -> Document:
    if is_function_uri(target):
        members = {"IntegrationType": "AWS_PROXY", "IntegrationMethod": "POST", "PayloadFormatVersion": "2.0"}
    else:
        members = {"IntegrationType": "HTTP_PROXY", "IntegrationMethod": "ANY", "PayloadFormatVersion": "1.0"}
    members["IntegrationUri"] = target
    if credentials_arn:
        members["CredentialsArn"] = credentials_arn
    return members


def _managed(parts: Iterable[Document], sent: list[str]) -> Document:
    for part in parts:
        if part.get("ApiGatewayManaged"):
            return part
    raise bad_request(f"{', '.join(sent)} can only be updated for an API that was created using quick create")
