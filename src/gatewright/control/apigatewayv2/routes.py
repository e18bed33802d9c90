"""Routes of HTTP APIs.

Source: the Route resource in the "API Gateway Version 2 API Reference".
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from gatewright.base.operations import Shape
from gatewright.control.apigatewayv2.auto_deploy import TARGET_PREFIX, deploy_automatically
from gatewright.control.apigatewayv2.constraints import ROUTES_PER_API, check_lengths
from gatewright.control.apigatewayv2.documents import (
    INTEGRATION,
    ROUTE,
    items,
    list_parts,
    page_of_documents,
    part_key,
    require_api,
    require_part,
)
from gatewright.control.apigatewayv2.errors import bad_request, not_built, not_found, quota_reached, websocket_only
from gatewright.control.apigatewayv2.route_keys import check_route_key, check_unique
from gatewright.control.context import Context
from gatewright.store.types import Document, Reader, Writer

_WEBSOCKET_ONLY = (
    "ApiKeyRequired",
    "ModelSelectionExpression",
    "RequestModels",
    "RequestParameters",
    "RouteResponseSelectionExpression",
)


def create_route(context: Context, request: Shape) -> Shape:
    """Create a route; without `Target` it has no integration."""
    _refuse_unsupported(request)
    check_lengths(request)
    api_id = request["ApiId"]
    with context.store.write() as writer:
        require_api(context, writer, api_id)
        route = add_route(
            context, writer, api_id, request["RouteKey"], request.get("Target"), request.get("OperationName")
        )
        deploy_automatically(context, writer, api_id)
    return route


def get_route(context: Context, request: Shape) -> Shape:
    """Return a route."""
    with context.store.read() as reader:
        require_api(context, reader, request["ApiId"])
        return _require_route(context, reader, request)


def get_routes(context: Context, request: Shape) -> Shape:
    """List the routes of an API."""
    api_id = request["ApiId"]
    with context.store.read() as reader:
        require_api(context, reader, api_id)
        return items(*page_of_documents(context, reader, request, ROUTE, f"GetRoutes/{api_id}", prefix=f"{api_id}/"))


def update_route(context: Context, request: Shape) -> Shape:
    """Change the members of a route that the request has; an empty string takes a member away."""
    _refuse_unsupported(request)
    check_lengths(request)
    api_id = request["ApiId"]
    with context.store.write() as writer:
        require_api(context, writer, api_id)
        route = _require_route(context, writer, request)
        if "RouteKey" in request:
            if route.get("ApiGatewayManaged") and request["RouteKey"] != route["RouteKey"]:
                raise bad_request("The route key of a route created using quick create can't be modified")
            rename_route(context, writer, api_id, route, request["RouteKey"])
        for member in ("Target", "OperationName"):
            if request.get(member):
                route[member] = request[member]
            elif member in request:
                route.pop(member, None)
        _check_target(context, writer, api_id, route.get("Target"))
        writer.put(part_key(context, ROUTE, api_id, route["RouteId"]), route)
        deploy_automatically(context, writer, api_id)
    return route


def delete_route(context: Context, request: Shape) -> Shape:
    """Delete a route; deployments that have it keep serving it."""
    api_id = request["ApiId"]
    with context.store.write() as writer:
        require_api(context, writer, api_id)
        route = _require_route(context, writer, request)
        writer.delete(part_key(context, ROUTE, api_id, route["RouteId"]))
        deploy_automatically(context, writer, api_id)
    return {}


def delete_route_request_parameter(context: Context, request: Shape) -> Shape:
    """Delete a request parameter of a route. Routes of HTTP APIs have none, so that it is never found."""
    with context.store.read() as reader:
        require_api(context, reader, request["ApiId"])
        _require_route(context, reader, request)
    raise not_found("Invalid request parameter key specified")


def add_route(
    context: Context,
    writer: Writer,
    api_id: str,
    route_key: str,
    target: str | None,
    operation_name: str | None = None,
    *,
    is_managed: bool = False,
) -> Document:
    """Write a new route and return it. Deploys nothing."""
    check_route_key(route_key)
    routes = list_parts(context, writer, ROUTE, api_id)
    check_unique(route_key, routes)
    if len(routes) >= ROUTES_PER_API:
        raise quota_reached("Routes")
    _check_target(context, writer, api_id, target)
    route: Document = {
        "ApiKeyRequired": False,
        "AuthorizationType": "NONE",
        "RouteId": context.ids.short_id(),
        "RouteKey": route_key,
    }
    if target:
        route["Target"] = target
    if operation_name:
        route["OperationName"] = operation_name
    if is_managed:
        route["ApiGatewayManaged"] = True
    writer.put(part_key(context, ROUTE, api_id, route["RouteId"]), route)
    return route


def rename_route(context: Context, reader: Reader, api_id: str, route: Document, route_key: str) -> None:
    """Give a route another key, in place. Writes nothing."""
    check_route_key(route_key)
    others = [item for item in list_parts(context, reader, ROUTE, api_id) if item["RouteId"] != route["RouteId"]]
    check_unique(route_key, others)
    route["RouteKey"] = route_key


def _require_route(context: Context, reader: Reader, request: Shape) -> Document:
    return require_part(
        context, reader, ROUTE, request["ApiId"], request["RouteId"], "Invalid Route identifier specified"
    )


def _check_target(context: Context, reader: Reader, api_id: str, target: str | None) -> None:
    if not target:
        return
    if not target.startswith(TARGET_PREFIX):
        raise bad_request(f"Invalid target specified: {target}. A target has the form integrations/<INTEGRATION ID>")
    integration_id = target.removeprefix(TARGET_PREFIX)
    require_part(context, reader, INTEGRATION, api_id, integration_id, "Invalid Integration identifier specified")


def _refuse_unsupported(request: Shape) -> None:
    for member in _WEBSOCKET_ONLY:
        if request.get(member):
            raise websocket_only(member)
    if request.get("AuthorizationType", "NONE") != "NONE":
        raise not_built(f"AuthorizationType {request['AuthorizationType']} of a route")
    for member in ("AuthorizerId", "AuthorizationScopes"):
        if request.get(member):
            raise not_built(f"{member} of a route")


OPERATIONS: Mapping[str, Callable[[Context, Shape], Shape]] = MappingProxyType(
    {
        "CreateRoute": create_route,
        "GetRoute": get_route,
        "GetRoutes": get_routes,
        "UpdateRoute": update_route,
        "DeleteRoute": delete_route,
        "DeleteRouteRequestParameter": delete_route_request_parameter,
    }
)
