"""Integrations of HTTP APIs: Lambda functions and operations of AWS services (`AWS_PROXY`), and URLs (`HTTP_PROXY`).

Source: the Integration resource in the "API Gateway Version 2 API Reference".
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from gatewright.base.operations import Shape
from gatewright.control.apigatewayv2.auto_deploy import TARGET_PREFIX, deploy_automatically
from gatewright.control.apigatewayv2.constraints import INTEGRATIONS_PER_API, check_lengths
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
from gatewright.control.apigatewayv2.errors import bad_request, conflict, not_built, quota_reached, websocket_only
from gatewright.control.apigatewayv2.integration_subtypes import check_service_parameters, check_subtype
from gatewright.control.apigatewayv2.integration_uris import check_integration_uri
from gatewright.control.apigatewayv2.parameter_mappings import (
    check_request_parameters,
    check_response_parameters,
    without_empty,
)
from gatewright.control.context import Context
from gatewright.store.types import Document, Reader, Writer

_METHODS = frozenset(("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE", "TRACE", "ANY"))
_PAYLOAD_FORMATS = MappingProxyType({"AWS_PROXY": frozenset(("1.0", "2.0")), "HTTP_PROXY": frozenset(("1.0",))})
_WEBSOCKET_ONLY = ("ContentHandlingStrategy", "RequestTemplates", "TemplateSelectionExpression")
_NOT_BUILT = ("ConnectionId", "TlsConfig")
# AWS takes PassthroughBehavior for HTTP APIs (Terraform always sends it), and neither uses nor returns it.
_MEMBERS = (
    "CredentialsArn",
    "Description",
    "IntegrationMethod",
    "IntegrationSubtype",
    "IntegrationType",
    "IntegrationUri",
    "PayloadFormatVersion",
    "TimeoutInMillis",
)
_CALLER_CREDENTIALS = ":iam::*:user/*"


def create_integration(context: Context, request: Shape) -> Shape:
    """Create an integration; no route points at it yet."""
    api_id = request["ApiId"]
    with context.store.write() as writer:
        require_api(context, writer, api_id)
        return add_integration(context, writer, api_id, request)


def get_integration(context: Context, request: Shape) -> Shape:
    """Return an integration."""
    with context.store.read() as reader:
        require_api(context, reader, request["ApiId"])
        return _require_integration(context, reader, request)


def get_integrations(context: Context, request: Shape) -> Shape:
    """List the integrations of an API."""
    api_id = request["ApiId"]
    with context.store.read() as reader:
        require_api(context, reader, api_id)
        return items(
            *page_of_documents(context, reader, request, INTEGRATION, f"GetIntegrations/{api_id}", prefix=f"{api_id}/")
        )


def update_integration(context: Context, request: Shape) -> Shape:
    """Change the members that the request has; parameters are merged, and an empty value takes one away."""
    api_id = request["ApiId"]
    with context.store.write() as writer:
        require_api(context, writer, api_id)
        integration = _require_integration(context, writer, request)
        change_integration(context, writer, api_id, integration, request)
        deploy_automatically(context, writer, api_id)
    return integration


def delete_integration(context: Context, request: Shape) -> Shape:
    """Delete an integration that no route targets."""
    api_id = request["ApiId"]
    with context.store.write() as writer:
        require_api(context, writer, api_id)
        integration = _require_integration(context, writer, request)
        if integration.get("ApiGatewayManaged"):
            raise bad_request("An integration created using quick create can't be deleted")
        target = TARGET_PREFIX + integration["IntegrationId"]
        routes = [
            route["RouteId"] for route in list_parts(context, writer, ROUTE, api_id) if route.get("Target") == target
        ]
        if routes:
            raise conflict(
                "Cannot delete Integration because it is referenced by the following Routes with Ids: "
                f"[{', '.join(routes)}]"
            )
        writer.delete(part_key(context, INTEGRATION, api_id, integration["IntegrationId"]))
    return {}


def add_integration(
    context: Context, writer: Writer, api_id: str, request: Shape, *, is_managed: bool = False
) -> Document:
    """Write a new integration and return it. Deploys nothing."""
    integration: Document = {
        "ConnectionType": "INTERNET",
        "IntegrationId": context.ids.short_id(),
        "TimeoutInMillis": 30000,
    }
    if is_managed:
        integration["ApiGatewayManaged"] = True
    _apply(integration, request)
    # On creation a mapping to nothing is left out, and the map stays, as AWS answers it.
    if "RequestParameters" in request:
        integration["RequestParameters"] = without_empty(request["RequestParameters"])
        if "IntegrationSubtype" not in integration:
            check_request_parameters(request["RequestParameters"])
    check_service_parameters(integration)
    if "ResponseParameters" in request:
        check_response_parameters(request["ResponseParameters"])
        merged = {status: without_empty(mappings) for status, mappings in request["ResponseParameters"].items()}
        integration["ResponseParameters"] = {status: mappings for status, mappings in merged.items() if mappings}
    if len(list_parts(context, writer, INTEGRATION, api_id)) >= INTEGRATIONS_PER_API:
        raise quota_reached("Integrations")
    writer.put(part_key(context, INTEGRATION, api_id, integration["IntegrationId"]), integration)
    return integration


def change_integration(context: Context, writer: Writer, api_id: str, integration: Document, request: Shape) -> None:
    """Change an integration in place and write it. Deploys nothing."""
    _apply(integration, request)
    if "RequestParameters" in request:
        _merge_request_parameters(integration, request["RequestParameters"])
    if "ResponseParameters" in request:
        _merge_response_parameters(integration, request["ResponseParameters"])
    check_service_parameters(integration)
    writer.put(part_key(context, INTEGRATION, api_id, integration["IntegrationId"]), integration)


def _apply(integration: Document, request: Shape) -> None:
    _refuse_unsupported(request)
    check_lengths(request)
    for member in _MEMBERS:
        if member in request:
            integration[member] = request[member]
    for member in ("CredentialsArn", "Description"):
        if integration.get(member) == "":
            del integration[member]
    _check(integration)


def _check(integration: Document) -> None:
    integration_type = integration["IntegrationType"]
    if integration_type not in _PAYLOAD_FORMATS:
        raise bad_request(
            "Currently, an API with a protocol type of HTTP may only be associated with proxy integrations "
            "(AWS_PROXY, HTTP_PROXY)"
        )
    if not integration.get("PayloadFormatVersion"):
        raise bad_request("PayloadFormatVersion is a required parameter for integration")
    if integration["PayloadFormatVersion"] not in _PAYLOAD_FORMATS[integration_type]:
        raise bad_request(
            f"PayloadFormatVersion {integration['PayloadFormatVersion']} is not supported for integration of type "
            f"{integration_type}"
        )
    if integration.get("IntegrationSubtype"):
        check_subtype(integration)
        return
    if integration_type == "AWS_PROXY":
        # Lambda's Invoke is a POST.
        integration.setdefault("IntegrationMethod", "POST")
    if not integration.get("IntegrationMethod"):
        raise bad_request(f"IntegrationMethod must be specified for integration of type {integration_type}")
    if integration["IntegrationMethod"] not in _METHODS:
        raise bad_request(f"Invalid HTTP method specified: {integration['IntegrationMethod']}")
    check_integration_uri(integration_type, integration.get("IntegrationUri"))


def _merge_request_parameters(integration: Document, sent: Mapping[str, str]) -> None:
    merged = {**integration.get("RequestParameters", {}), **sent}
    if "IntegrationSubtype" not in integration:
        check_request_parameters(merged)
    kept = without_empty(merged)
    if kept:
        integration["RequestParameters"] = kept
    else:
        integration.pop("RequestParameters", None)


def _merge_response_parameters(integration: Document, sent: Mapping[str, Mapping[str, str]]) -> None:
    merged: dict[str, dict[str, str]] = dict(integration.get("ResponseParameters", {}))
    for status_code, mappings in sent.items():
        # An empty block takes all mappings of its status code away.
        merged[status_code] = {**merged.get(status_code, {}), **mappings} if mappings else {}
    check_response_parameters(merged)
    kept = {status: left for status, mappings in merged.items() if (left := without_empty(mappings))}
    if kept or all(sent.values()):
        integration["ResponseParameters"] = kept
    else:
        # AWS leaves the member out after an empty block, and an empty map after an empty value.
        integration.pop("ResponseParameters", None)


def _require_integration(context: Context, reader: Reader, request: Shape) -> Document:
    return require_part(
        context,
        reader,
        INTEGRATION,
        request["ApiId"],
        request["IntegrationId"],
        "Invalid Integration identifier specified",
    )


def _refuse_unsupported(request: Shape) -> None:
    for member in _WEBSOCKET_ONLY:
        if request.get(member):
            raise websocket_only(member)
    if request.get("ConnectionType") == "VPC_LINK":
        raise not_built("ConnectionType VPC_LINK of an integration")
    for member in _NOT_BUILT:
        if request.get(member):
            raise not_built(f"{member} of an integration")
    if request.get("CredentialsArn", "").endswith(_CALLER_CREDENTIALS):
        raise not_built("passing on the caller's identity (CredentialsArn arn:aws:iam::*:user/*) of an integration")


OPERATIONS: Mapping[str, Callable[[Context, Shape], Shape]] = MappingProxyType(
    {
        "CreateIntegration": create_integration,
        "GetIntegration": get_integration,
        "GetIntegrations": get_integrations,
        "UpdateIntegration": update_integration,
        "DeleteIntegration": delete_integration,
    }
)
