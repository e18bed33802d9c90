"""The integration of a method.

Source: the Integration resource in the "Amazon API Gateway REST API Reference".
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from gatewright.base.operations import Shape
from gatewright.control.apigateway.content_types import check_templates, templates
from gatewright.control.apigateway.documents import require_api
from gatewright.control.apigateway.errors import not_found
from gatewright.control.apigateway.integration_checks import check_integration, is_http, is_proxy
from gatewright.control.apigateway.methods import (
    MISSING_CONTENT_TYPE,
    MISSING_PARAMETER,
    put_changed_method,
    require_method,
)
from gatewright.control.apigateway.parameter_mappings import (
    check_cache_keys,
    check_request_mappings,
    known_cache_keys,
)
from gatewright.control.apigateway.patch import (
    ADD,
    REMOVE,
    REPLACE,
    PatchPath,
    PatchTable,
    boolean,
    element,
    entry,
    integer,
    name_path_or_ops,
    patched,
    raw_text,
    text,
)
from gatewright.control.context import Context
from gatewright.store.types import Document, Reader

_SENT = (
    "uri",
    "credentials",
    "connectionId",
    "contentHandling",
    "tlsConfig",
    "responseTransferMode",
    "integrationTarget",
)


def put_integration(context: Context, request: Shape) -> Shape:
    """Give a method its integration, in place of one that it may have."""
    api_id = request["restApiId"]
    with context.store.write() as writer:
        resource, method = require_method(context, writer, request)
        integration = new_integration(context, writer, api_id, resource, method, request)
        method["methodIntegration"] = integration
        put_changed_method(context, writer, api_id, resource, method)
    return integration


def get_integration(context: Context, request: Shape) -> Shape:
    """Return the integration of a method."""
    with context.store.read() as reader:
        return require_integration(require_method(context, reader, request)[1])


def update_integration(context: Context, request: Shape) -> Shape:
    """Change the integration of a method by a patch.

    Cache keys that it had and whose parameter is gone by now go with it, and are no reason to refuse the patch: the
    AWS provider of Terraform found so of AWS (hashicorp/terraform-provider-aws, internal/service/apigateway/
    integration.go, the comments on updating in two stages).
    """
    api_id = request["restApiId"]
    with context.store.write() as writer:
        resource, method = require_method(context, writer, request)
        before = require_integration(method)
        integration = patched(before, request.get("patchOperations", ()), PATCH)
        known = known_cache_keys(method, integration.get("requestParameters", {}))
        had = before.get("cacheKeyParameters", ())
        integration["cacheKeyParameters"] = [
            key for key in integration.get("cacheKeyParameters", ()) if key not in had or known(key)
        ]
        _check(context, writer, api_id, method, integration)
        method["methodIntegration"] = integration
        put_changed_method(context, writer, api_id, resource, method)
    return integration


def delete_integration(context: Context, request: Shape) -> Shape:
    """Take the integration from a method."""
    with context.store.write() as writer:
        resource, method = require_method(context, writer, request)
        require_integration(method)
        del method["methodIntegration"]
        put_changed_method(context, writer, request["restApiId"], resource, method)
    return {}


def require_integration(method: Document) -> Document:
    """Return the integration of a method. Raises NotFoundException."""
    integration: Document | None = method.get("methodIntegration")
    if integration is None:
        raise not_found("Invalid Integration identifier specified")
    return integration


def new_integration(
    context: Context, reader: Reader, api_id: str, resource: Document, method: Document, request: Shape
) -> Document:
    """Return a new integration, checked and not yet put into its method."""
    integration: Document = {
        "type": request["type"],
        "passthroughBehavior": request.get("passthroughBehavior") or "WHEN_NO_MATCH",
        "timeoutInMillis": request.get("timeoutInMillis", 29000),
        "cacheNamespace": request.get("cacheNamespace") or resource["id"],
        "cacheKeyParameters": list(request.get("cacheKeyParameters", ())),
    }
    if request.get("integrationHttpMethod"):
        integration["httpMethod"] = request["integrationHttpMethod"]
    integration |= {member: request[member] for member in _SENT if request.get(member)}
    if is_proxy(integration):
        integration.setdefault("responseTransferMode", "BUFFERED")
    # Recorded of AWS: only what goes to a URL has a connection type.
    if is_http(integration) or request.get("connectionType") == "VPC_LINK":
        integration["connectionType"] = request.get("connectionType") or "INTERNET"
    if request.get("requestParameters") is not None:
        integration["requestParameters"] = dict(request["requestParameters"])
    if request.get("requestTemplates") is not None:
        integration["requestTemplates"] = templates(request["requestTemplates"])
    _check(context, reader, api_id, method, integration)
    return integration


def _check(context: Context, reader: Reader, api_id: str, method: Document, integration: Document) -> None:
    check_integration(integration, require_api(context, reader, api_id), context.caller.account_id)
    mappings = integration.get("requestParameters", {})
    check_request_mappings(mappings, method)
    check_cache_keys(integration["cacheKeyParameters"], method, mappings)
    check_templates(integration.get("requestTemplates", {}))


_CHANGES = (ADD, REMOVE, REPLACE)

PATCH = PatchTable(
    (
        PatchPath("/cacheKeyParameters/{name}", _CHANGES, apply=element),
        PatchPath("/cacheNamespace", parse=raw_text),
        PatchPath("/connectionId"),
        PatchPath("/connectionType"),
        PatchPath("/contentHandling", _CHANGES),
        PatchPath("/credentials"),
        PatchPath("/httpMethod"),
        PatchPath("/integrationTarget"),
        PatchPath("/passthroughBehavior", parse=raw_text),
        PatchPath("/requestParameters/{name}", _CHANGES, raw_text, entry, MISSING_PARAMETER),
        PatchPath("/requestTemplates/{content_type}", _CHANGES, text, entry, MISSING_CONTENT_TYPE),
        PatchPath("/responseTransferMode"),
        PatchPath("/timeoutInMillis", parse=integer),
        PatchPath("/tlsConfig/insecureSkipVerification", parse=boolean),
        PatchPath("/uri"),
    ),
    name_path_or_ops,
)


OPERATIONS: Mapping[str, Callable[[Context, Shape], Shape]] = MappingProxyType(
    {
        "PutIntegration": put_integration,
        "GetIntegration": get_integration,
        "UpdateIntegration": update_integration,
        "DeleteIntegration": delete_integration,
    }
)
