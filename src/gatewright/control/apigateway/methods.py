"""The methods of a resource.

Source: the Method resource in the "Amazon API Gateway REST API Reference".
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from gatewright.base.operations import Shape
from gatewright.control.apigateway.constraints import HTTP_METHODS
from gatewright.control.apigateway.content_types import check_models
from gatewright.control.apigateway.documents import REQUEST_VALIDATOR, find_part
from gatewright.control.apigateway.errors import bad_request, conflict, not_built, not_found
from gatewright.control.apigateway.parameter_mappings import check_method_parameters
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
    value_element,
)
from gatewright.control.apigateway.resources import put_resource, require_resource
from gatewright.control.context import Context
from gatewright.store.types import Document, Reader, Writer

MISSING_PARAMETER = "Invalid parameter name specified"
MISSING_CONTENT_TYPE = "Content-Type specified was not found"

_AUTHORIZATION_TYPES = frozenset(("NONE", "AWS_IAM", "CUSTOM", "COGNITO_USER_POOLS"))
_BY_AUTHORIZER = frozenset(("CUSTOM", "COGNITO_USER_POOLS"))


def put_method(context: Context, request: Shape) -> Shape:
    """Add a method to a resource."""
    api_id = request["restApiId"]
    with context.store.write() as writer:
        resource = require_resource(context, writer, api_id, request["resourceId"])
        method = add_method(context, writer, api_id, resource, request)
        put_resource(context, writer, api_id, resource)
    return method


def get_method(context: Context, request: Shape) -> Shape:
    """Return a method with its integration and its responses."""
    with context.store.read() as reader:
        return require_method(context, reader, request)[1]


def update_method(context: Context, request: Shape) -> Shape:
    """Change a method by a patch."""
    api_id = request["restApiId"]
    with context.store.write() as writer:
        resource, method = require_method(context, writer, request)
        method = patched(method, request.get("patchOperations", ()), PATCH)
        check_method(context, writer, api_id, method)
        put_changed_method(context, writer, api_id, resource, method)
    return method


def delete_method(context: Context, request: Shape) -> Shape:
    """Delete a method with its integration and its responses."""
    api_id = request["restApiId"]
    with context.store.write() as writer:
        resource, method = require_method(context, writer, request)
        del resource["resourceMethods"][method["httpMethod"]]
        if not resource["resourceMethods"]:
            del resource["resourceMethods"]
        put_resource(context, writer, api_id, resource)
    return {}


def require_method(context: Context, reader: Reader, request: Shape) -> tuple[Document, Document]:
    """Return the resource and the method that a request names. Raises NotFoundException."""
    resource = require_resource(context, reader, request["restApiId"], request["resourceId"])
    method = resource.get("resourceMethods", {}).get(request["httpMethod"])
    if method is None:
        raise not_found("Invalid Method identifier specified")
    return resource, method


def put_changed_method(context: Context, writer: Writer, api_id: str, resource: Document, method: Document) -> None:
    """Write a resource with a method of it that has changed."""
    resource["resourceMethods"][method["httpMethod"]] = method
    put_resource(context, writer, api_id, resource)


def add_method(context: Context, writer: Writer, api_id: str, resource: Document, request: Shape) -> Document:
    """Put a new method into a resource, which is not written. Raises BadRequestException, ConflictException."""
    http_method = request["httpMethod"]
    check_http_method(http_method)
    methods = resource.setdefault("resourceMethods", {})
    if http_method in methods:
        raise conflict("Method already exists for this resource")
    method: Document = {
        "httpMethod": http_method,
        "authorizationType": request["authorizationType"],
        "apiKeyRequired": request.get("apiKeyRequired", False),
    }
    for member in ("authorizerId", "authorizationScopes", "operationName", "requestValidatorId"):
        if request.get(member):
            method[member] = request[member]
    for member in ("requestParameters", "requestModels"):
        if request.get(member) is not None:
            method[member] = dict(request[member])
    check_method(context, writer, api_id, method)
    methods[http_method] = method
    return method


def check_http_method(http_method: str) -> None:
    """Raise BadRequestException for what is no method of a resource or an integration."""
    if http_method not in HTTP_METHODS:
        raise bad_request(f"Invalid HttpMethod specified. Valid options are {','.join(HTTP_METHODS)}")


def check_method(context: Context, reader: Reader, api_id: str, method: Document) -> None:
    """Raise BadRequestException when a method cannot be as its document says.

    What AWS passes over is left out, and the authorization type written as AWS documents it.
    """
    _check_authorization(method)
    validator_id = method.get("requestValidatorId")
    if validator_id and find_part(context, reader, REQUEST_VALIDATOR, api_id, validator_id) is None:
        raise bad_request("Invalid Request Validator identifier specified")
    check_models(context, reader, api_id, method.get("requestModels", {}))
    check_method_parameters(method.get("requestParameters", {}))


def _check_authorization(method: Document) -> None:
    # AWS takes `none`, too: Zappa (its issue 314) and Serverless before 1.0 sent it. How AWS answers it is not known.
    authorization_type = method["authorizationType"] = method["authorizationType"].upper()
    if authorization_type not in _AUTHORIZATION_TYPES:
        raise bad_request("Invalid authorization type specified")
    if authorization_type in _BY_AUTHORIZER:
        # There are no authorizers yet (CreateAuthorizer answers 501), so whatever id is given names none.
        raise bad_request(
            "Invalid authorizer ID specified. Setting the authorization type to CUSTOM or COGNITO_USER_POOLS requires "
            "a valid authorizer."
        )
    if authorization_type != "NONE":
        raise not_built(f"authorizationType {authorization_type} of a method")
    if "authorizationScopes" in method:
        raise not_built("authorizationScopes of a method")
    # Recorded of AWS: an authorizer of a method that asks for none is passed over.
    method.pop("authorizerId", None)


_CHANGES = (ADD, REMOVE, REPLACE)

PATCH = PatchTable(
    (
        PatchPath("/apiKeyRequired", parse=boolean),
        PatchPath("/authorizationScopes", (ADD, REMOVE), apply=value_element),
        PatchPath("/authorizationType", parse=raw_text),
        PatchPath("/authorizerId"),
        PatchPath("/operationName"),
        PatchPath("/requestModels/{content_type}", _CHANGES, raw_text, entry, MISSING_CONTENT_TYPE),
        PatchPath("/requestParameters/{name}", _CHANGES, boolean, entry, MISSING_PARAMETER),
        PatchPath("/requestValidatorId"),
    ),
    name_path_or_ops,
)


OPERATIONS: Mapping[str, Callable[[Context, Shape], Shape]] = MappingProxyType(
    {"PutMethod": put_method, "GetMethod": get_method, "UpdateMethod": update_method, "DeleteMethod": delete_method}
)
