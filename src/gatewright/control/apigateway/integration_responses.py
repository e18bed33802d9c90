"""The responses of an integration, by status code.

Source: the IntegrationResponse resource in the "Amazon API Gateway REST API Reference".
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from gatewright.base.operations import Shape
from gatewright.control.apigateway.content_types import check_templates, templates
from gatewright.control.apigateway.errors import not_found
from gatewright.control.apigateway.integration_checks import check_content_handling
from gatewright.control.apigateway.integrations import require_integration
from gatewright.control.apigateway.method_responses import MISSING_RESPONSE
from gatewright.control.apigateway.methods import (
    MISSING_CONTENT_TYPE,
    MISSING_PARAMETER,
    put_changed_method,
    require_method,
)
from gatewright.control.apigateway.parameter_mappings import check_response_mappings
from gatewright.control.apigateway.patch import (
    ADD,
    REMOVE,
    REPLACE,
    PatchPath,
    PatchTable,
    entry,
    name_path_or_ops,
    patched,
    raw_text,
    text,
)
from gatewright.control.apigateway.resources import require_resource
from gatewright.control.context import Context
from gatewright.store.types import Document


def put_integration_response(context: Context, request: Shape) -> Shape:
    """Give an integration a response, in place of one of the same status code."""
    with context.store.write() as writer:
        resource, method = require_method(context, writer, request)
        response = put_response(method, request)
        put_changed_method(context, writer, request["restApiId"], resource, method)
    return response


def get_integration_response(context: Context, request: Shape) -> Shape:
    """Return a response of an integration."""
    with context.store.read() as reader:
        return _require_response(require_method(context, reader, request)[1], request)


def update_integration_response(context: Context, request: Shape) -> Shape:
    """Change a response of an integration by a patch."""
    with context.store.write() as writer:
        resource, method = require_method(context, writer, request)
        response = patched(_require_response(method, request), request.get("patchOperations", ()), PATCH)
        _check(method, response)
        method["methodIntegration"]["integrationResponses"][response["statusCode"]] = response
        put_changed_method(context, writer, request["restApiId"], resource, method)
    return response


def delete_integration_response(context: Context, request: Shape) -> Shape:
    """Take a response from an integration."""
    with context.store.write() as writer:
        resource = require_resource(context, writer, request["restApiId"], request["resourceId"])
        # Recorded of AWS: this operation alone calls a method that is not there an integration that is not there.
        method = resource.get("resourceMethods", {}).get(request["httpMethod"], {})
        response = _require_response(method, request)
        integration = method["methodIntegration"]
        del integration["integrationResponses"][response["statusCode"]]
        if not integration["integrationResponses"]:
            del integration["integrationResponses"]
        put_changed_method(context, writer, request["restApiId"], resource, method)
    return {}


def put_response(method: Document, request: Shape) -> Document:
    """Put a response into the integration of a method, which is not written. Raises BadRequestException."""
    integration = require_integration(method)
    response: Document = {"statusCode": request["statusCode"]}
    if request.get("selectionPattern") is not None:
        response["selectionPattern"] = request["selectionPattern"]
    if request.get("contentHandling"):
        response["contentHandling"] = request["contentHandling"]
    if request.get("responseParameters") is not None:
        response["responseParameters"] = dict(request["responseParameters"])
    if request.get("responseTemplates") is not None:
        response["responseTemplates"] = templates(request["responseTemplates"])
    _check(method, response)
    integration.setdefault("integrationResponses", {})[response["statusCode"]] = response
    return response


def _check(method: Document, response: Document) -> None:
    check_response_mappings(response.get("responseParameters", {}), response["statusCode"], method)
    check_templates(response.get("responseTemplates", {}))
    check_content_handling(response)


def _require_response(method: Document, request: Shape) -> Document:
    responses = require_integration(method).get("integrationResponses", {})
    response: Document | None = responses.get(request["statusCode"])
    if response is None:
        raise not_found(MISSING_RESPONSE)
    return response


_CHANGES = (ADD, REMOVE, REPLACE)

PATCH = PatchTable(
    (
        PatchPath("/contentHandling", _CHANGES),
        PatchPath("/responseParameters/{name}", _CHANGES, raw_text, entry, MISSING_PARAMETER),
        PatchPath("/responseTemplates/{content_type}", _CHANGES, text, entry, MISSING_CONTENT_TYPE),
        PatchPath("/selectionPattern", parse=raw_text),
    ),
    name_path_or_ops,
)


OPERATIONS: Mapping[str, Callable[[Context, Shape], Shape]] = MappingProxyType(
    {
        "PutIntegrationResponse": put_integration_response,
        "GetIntegrationResponse": get_integration_response,
        "UpdateIntegrationResponse": update_integration_response,
        "DeleteIntegrationResponse": delete_integration_response,
    }
)
