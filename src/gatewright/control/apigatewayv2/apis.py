"""HTTP APIs.

Source: the Api resource in the "API Gateway Version 2 API Reference".
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from gatewright.base.operations import Shape
from gatewright.control.apigatewayv2.auto_deploy import deploy_automatically
from gatewright.control.apigatewayv2.constraints import check_lengths
from gatewright.control.apigatewayv2.cors import cors_document
from gatewright.control.apigatewayv2.documents import (
    API,
    PARTS,
    SERVICE,
    api_key,
    items,
    page_of_documents,
    require_api,
    timestamp,
)
from gatewright.control.apigatewayv2.errors import bad_request, not_built, websocket_only
from gatewright.control.apigatewayv2.quick_create import quick_create, update_quick_created
from gatewright.control.apigatewayv2.tag_sets import checked_tags
from gatewright.control.context import Context
from gatewright.store.types import Document

_API_KEY_SELECTION = ("$request.header.x-api-key", "$context.authorizer.usageIdentifierKey")
# The page has the second form, AWS answers with the first.
_ROUTE_SELECTION = ("$request.method $request.path", "${request.method} ${request.path}")
_CLEARABLE = ("Description", "Version")


def create_api(context: Context, request: Shape) -> Shape:
    """Create an API, and with `Target` all that it needs to serve it."""
    if request["ProtocolType"] != "HTTP":
        raise not_built(f"ProtocolType {request['ProtocolType']} of an API")
    api = new_api(context, request)
    with context.store.write() as writer:
        writer.put(api_key(context, api["ApiId"]), api)
        quick_create(context, writer, api["ApiId"], request)
    return api


def get_api(context: Context, request: Shape) -> Shape:
    """Return an API."""
    with context.store.read() as reader:
        return presented(context, require_api(context, reader, request["ApiId"]))


def get_apis(context: Context, request: Shape) -> Shape:
    """List the APIs of the account in the Region."""
    with context.store.read() as reader:
        apis, token = page_of_documents(context, reader, request, API, "GetApis")
    return items([presented(context, api) for api in apis], token)


def update_api(context: Context, request: Shape) -> Shape:
    """Change the members that the request has; a CORS configuration is replaced as a whole."""
    api_id = request["ApiId"]
    with context.store.write() as writer:
        api = require_api(context, writer, api_id)
        change_api(api, request)
        writer.put(api_key(context, api_id), api)
        update_quick_created(context, writer, api_id, request)
        deploy_automatically(context, writer, api_id)
    return presented(context, api)


def delete_api(context: Context, request: Shape) -> Shape:
    """Delete an API with all its parts."""
    api_id = request["ApiId"]
    caller = context.caller
    with context.store.write() as writer:
        require_api(context, writer, api_id)
        for kind in PARTS:
            for identifier, _ in writer.list(caller.account_id, caller.region, SERVICE, kind, prefix=f"{api_id}/"):
                writer.delete(context.key(SERVICE, kind, identifier))
        writer.delete(api_key(context, api_id))
    return {}


def new_api(context: Context, request: Shape) -> Document:
    """Return the document of a new API, checked and not yet written. Raises BadRequestException."""
    api_id = context.ids.resource_id()
    api: Document = {
        "ApiEndpoint": _endpoint(context, api_id),
        "ApiId": api_id,
        "ApiKeySelectionExpression": _API_KEY_SELECTION[0],
        "CreatedDate": timestamp(context),
        "DisableExecuteApiEndpoint": False,
        "IpAddressType": "ipv4",
        "ProtocolType": "HTTP",
        "RouteSelectionExpression": _ROUTE_SELECTION[0],
        "Tags": checked_tags(context.caller, request.get("Tags", {})),
    }
    change_api(api, request)
    return api


def change_api(api: Document, request: Shape) -> None:
    """Change the members of an API that a request has, in place. Raises BadRequestException."""
    check_lengths(request)
    # False is what HTTP APIs do anyway.
    if request.get("DisableSchemaValidation"):
        raise websocket_only("DisableSchemaValidation")
    _check_expression(request, "ApiKeySelectionExpression", _API_KEY_SELECTION)
    _check_expression(request, "RouteSelectionExpression", _ROUTE_SELECTION)
    for member in ("ApiKeySelectionExpression", "RouteSelectionExpression", "Name", "IpAddressType"):
        if request.get(member):
            api[member] = request[member]
    if "DisableExecuteApiEndpoint" in request:
        api["DisableExecuteApiEndpoint"] = request["DisableExecuteApiEndpoint"]
    for member in _CLEARABLE:
        if request.get(member):
            api[member] = request[member]
        elif member in request:
            api.pop(member, None)
    if request.get("CorsConfiguration"):
        api["CorsConfiguration"] = cors_document(request["CorsConfiguration"])
    elif "CorsConfiguration" in request:
        api.pop("CorsConfiguration", None)


def _check_expression(request: Shape, member: str, accepted: tuple[str, ...]) -> None:
    if request.get(member) and request[member] not in accepted:
        raise bad_request(f"Invalid {member} specified for protocol type HTTP: {request[member]}")


def presented(context: Context, api: Document) -> Document:
    """Return an API as operations answer it."""
    # The node may listen elsewhere than when the API was created.
    return {**api, "ApiEndpoint": _endpoint(context, api["ApiId"])}


def _endpoint(context: Context, api_id: str) -> str:
    return context.node.execute_api_url.format(api_id=api_id)


OPERATIONS: Mapping[str, Callable[[Context, Shape], Shape]] = MappingProxyType(
    {
        "CreateApi": create_api,
        "GetApi": get_api,
        "GetApis": get_apis,
        "UpdateApi": update_api,
        "DeleteApi": delete_api,
    }
)
