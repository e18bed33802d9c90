"""The responses of a method, by status code.

Source: the MethodResponse resource in the "Amazon API Gateway REST API Reference".
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from gatewright.base.operations import Shape
from gatewright.control.apigateway.content_types import check_models
from gatewright.control.apigateway.errors import conflict, not_found
from gatewright.control.apigateway.methods import (
    MISSING_CONTENT_TYPE,
    MISSING_PARAMETER,
    put_changed_method,
    require_method,
)
from gatewright.control.apigateway.parameter_mappings import check_method_response_parameters
from gatewright.control.apigateway.patch import (
    ADD,
    REMOVE,
    REPLACE,
    PatchPath,
    PatchTable,
    boolean,
    entry,
    name_path_or_ops,
    patched,
    raw_text,
)
from gatewright.control.context import Context
from gatewright.store.types import Document, Reader

MISSING_RESPONSE = "Invalid Response status code specified"


def put_method_response(context: Context, request: Shape) -> Shape:
    """Add a response to a method."""
    api_id = request["restApiId"]
    with context.store.write() as writer:
        resource, method = require_method(context, writer, request)
        response = add_method_response(context, writer, api_id, method, request)
        put_changed_method(context, writer, api_id, resource, method)
    return response


def get_method_response(context: Context, request: Shape) -> Shape:
    """Return a response of a method."""
    with context.store.read() as reader:
        return _require_response(require_method(context, reader, request)[1], request)


def update_method_response(context: Context, request: Shape) -> Shape:
    """Change a response of a method by a patch."""
    api_id = request["restApiId"]
    with context.store.write() as writer:
        resource, method = require_method(context, writer, request)
        response = patched(_require_response(method, request), request.get("patchOperations", ()), PATCH)
        _check(context, writer, api_id, response)
        method["methodResponses"][response["statusCode"]] = response
        put_changed_method(context, writer, api_id, resource, method)
    return response


def delete_method_response(context: Context, request: Shape) -> Shape:
    """Delete a response of a method."""
    api_id = request["restApiId"]
    with context.store.write() as writer:
        resource, method = require_method(context, writer, request)
        response = _require_response(method, request)
        del method["methodResponses"][response["statusCode"]]
        if not method["methodResponses"]:
            del method["methodResponses"]
        put_changed_method(context, writer, api_id, resource, method)
    return {}


def add_method_response(context: Context, reader: Reader, api_id: str, method: Document, request: Shape) -> Document:
    """Put a new response into a method, which is not written. Raises BadRequestException, ConflictException."""
    status_code = request["statusCode"]
    responses = method.setdefault("methodResponses", {})
    if status_code in responses:
        raise conflict("Response already exists for this resource")
    response: Document = {"statusCode": status_code}
    for member in ("responseParameters", "responseModels"):
        if request.get(member) is not None:
            response[member] = dict(request[member])
    _check(context, reader, api_id, response)
    responses[status_code] = response
    return response


def _check(context: Context, reader: Reader, api_id: str, response: Document) -> None:
    check_models(context, reader, api_id, response.get("responseModels", {}))
    check_method_response_parameters(response.get("responseParameters", {}))


def _require_response(method: Document, request: Shape) -> Document:
    response: Document | None = method.get("methodResponses", {}).get(request["statusCode"])
    if response is None:
        raise not_found(MISSING_RESPONSE)
    return response


_CHANGES = (ADD, REMOVE, REPLACE)

PATCH = PatchTable(
    (
        PatchPath("/responseModels/{content_type}", _CHANGES, raw_text, entry, MISSING_CONTENT_TYPE),
        PatchPath("/responseParameters/{name}", _CHANGES, boolean, entry, MISSING_PARAMETER),
    ),
    name_path_or_ops,
)


OPERATIONS: Mapping[str, Callable[[Context, Shape], Shape]] = MappingProxyType(
    {
        "PutMethodResponse": put_method_response,
        "GetMethodResponse": get_method_response,
        "UpdateMethodResponse": update_method_response,
        "DeleteMethodResponse": delete_method_response,
    }
)
