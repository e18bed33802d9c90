"""REST APIs.

Source: the RestApi resource in the "Amazon API Gateway REST API Reference".
"""

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType

from gatewright.base.operations import Shape
from gatewright.control.apigateway.api_stages import forget_api_stage
from gatewright.control.apigateway.cloning import clone_parts
from gatewright.control.apigateway.constraints import APIS_PER_REGION, LARGEST_COMPRESSION_SIZE
from gatewright.control.apigateway.documents import (
    PARTS,
    REST_API,
    delete_parts,
    key,
    list_documents,
    listed,
    page_of_documents,
    require_api,
    timestamp,
)
from gatewright.control.apigateway.endpoint_configurations import (
    change_type,
    check_endpoint_configuration,
    endpoint_configuration,
)
from gatewright.control.apigateway.errors import bad_request, limit_exceeded, not_built
from gatewright.control.apigateway.models import put_default_models
from gatewright.control.apigateway.patch import (
    ADD,
    REMOVE,
    REPLACE,
    Change,
    Parse,
    PatchPath,
    PatchTable,
    boolean,
    element,
    name_path_or_ops,
    patched,
    raw_text,
    value_element,
)
from gatewright.control.apigateway.resources import new_root
from gatewright.control.apigatewayv2.tag_sets import checked_tags
from gatewright.control.context import Context
from gatewright.store.types import Document, Reader, Writer

_COMPRESSION_SIZE = re.compile(r"\d{1,9}", re.ASCII)
_API_KEY_SOURCES = ("HEADER", "AUTHORIZER")
_KEPT = ("description", "version", "securityPolicy", "endpointAccessMode")


def create_rest_api(context: Context, request: Shape) -> Shape:
    """Create an API: empty but for its root resource and the models Empty and Error, or a copy of another one."""
    api = new_rest_api(context, request)
    with context.store.write() as writer:
        cloned = request.get("cloneFrom")
        if cloned:
            require_api(context, writer, cloned)
        put_new_rest_api(context, writer, api)
        if cloned:
            clone_parts(context, writer, cloned, api)
    return api


def get_rest_api(context: Context, request: Shape) -> Shape:
    """Return an API."""
    with context.store.read() as reader:
        return presented(require_api(context, reader, request["restApiId"]))


def get_rest_apis(context: Context, request: Shape) -> Shape:
    """List the REST APIs of the account in the Region."""
    with context.store.read() as reader:
        return listed(*page_of_documents(context, reader, request, REST_API))


def update_rest_api(context: Context, request: Shape) -> Shape:
    """Change an API by a patch."""
    api_id = request["restApiId"]
    with context.store.write() as writer:
        api = patched(require_api(context, writer, api_id), request.get("patchOperations", ()), PATCH)
        check_rest_api(api)
        writer.put(key(context, REST_API, api_id), api)
    return presented(api)


def delete_rest_api(context: Context, request: Shape) -> Shape:
    """Delete an API with all its parts and its places in usage plans."""
    api_id = request["restApiId"]
    with context.store.write() as writer:
        require_api(context, writer, api_id)
        for kind in PARTS:
            delete_parts(context, writer, kind, api_id)
        forget_api_stage(context, writer, api_id)
        writer.delete(key(context, REST_API, api_id))
    return {}


def new_rest_api(context: Context, request: Shape) -> Document:
    """Return the document of a new API, checked and not yet written."""
    if request.get("description") == "":
        raise bad_request("Description cannot be an empty string")
    if request.get("policy"):
        raise not_built("policy of a REST API")
    api: Document = {
        "id": context.ids.resource_id(),
        "name": request["name"],
        "createdDate": timestamp(context),
        "apiKeySource": request.get("apiKeySource") or "HEADER",
        "endpointConfiguration": endpoint_configuration(request.get("endpointConfiguration") or {}),
        "disableExecuteApiEndpoint": request.get("disableExecuteApiEndpoint", False),
        "rootResourceId": context.ids.resource_id(),
        "securityPolicy": "TLS_1_0",
        "apiStatus": "AVAILABLE",
    }
    api |= {member: request[member] for member in _KEPT if request.get(member)}
    if request.get("binaryMediaTypes"):
        api["binaryMediaTypes"] = list(dict.fromkeys(request["binaryMediaTypes"]))
    if request.get("minimumCompressionSize") is not None:
        api["minimumCompressionSize"] = request["minimumCompressionSize"]
    if request.get("tags"):
        api["tags"] = checked_tags(context.caller, request["tags"])
    check_rest_api(api)
    return api


def put_new_rest_api(context: Context, writer: Writer, api: Document) -> None:
    """Write a new API with what every API has. Raises LimitExceededException."""
    _check_quota(context, writer, api["endpointConfiguration"]["types"][0])
    writer.put(key(context, REST_API, api["id"]), api)
    new_root(context, writer, api)
    put_default_models(context, writer, api["id"])


def check_rest_api(api: Document) -> None:
    """Raise BadRequestException when an API cannot be as its document says."""
    if not api.get("name"):
        raise bad_request("Name cannot be empty")
    if api["apiKeySource"] not in _API_KEY_SOURCES:
        raise bad_request(f"Invalid ApiKeySourceType specified. Valid options are {','.join(_API_KEY_SOURCES)}")
    size = api.get("minimumCompressionSize")
    if size is not None and not 0 <= size <= LARGEST_COMPRESSION_SIZE:
        raise _invalid_compression_size()
    check_endpoint_configuration(api["endpointConfiguration"])


def presented(api: Document) -> Document:
    """Return an API as GetRestApi and UpdateRestApi do: with tags even when there are none, as AWS answers."""
    return {**api, "tags": api.get("tags", {})}


def _check_quota(context: Context, reader: Reader, endpoint_type: str) -> None:
    same_type = sum(
        endpoint_type in api["endpointConfiguration"]["types"] for api in list_documents(context, reader, REST_API)
    )
    if same_type >= APIS_PER_REGION[endpoint_type]:
        raise limit_exceeded("APIs")


def _compression_size(value: str | None, path: str) -> object:
    # An empty value, or none, turns compression off.
    if not value:
        return None
    if not _COMPRESSION_SIZE.fullmatch(value):
        raise _invalid_compression_size()
    return int(value)


def _invalid_compression_size() -> Exception:
    return bad_request(f"Invalid minimum compression size, must be between 0 and {LARGEST_COMPRESSION_SIZE}")


def _endpoint_type(document: Document, change: Change, parse: Parse) -> None:
    change_type(document["endpointConfiguration"], change.text or "")


def _policy(document: Document, change: Change, parse: Parse) -> None:
    # No API has one, so there is none to take away either, as Terraform does it by an empty text.
    if change.text:
        raise not_built("policy of a REST API")


PATCH = PatchTable(
    (
        PatchPath("/name", parse=raw_text),
        PatchPath("/description", (ADD, REMOVE, REPLACE)),
        PatchPath("/version", (ADD, REMOVE, REPLACE)),
        PatchPath("/policy", apply=_policy),
        PatchPath("/apiKeySource", parse=raw_text),
        PatchPath("/minimumCompressionSize", parse=_compression_size),
        PatchPath("/binaryMediaTypes/{type}", (ADD, REMOVE, REPLACE), apply=element),
        PatchPath("/disableExecuteApiEndpoint", parse=boolean),
        PatchPath("/endpointConfiguration/ipAddressType", parse=raw_text),
        PatchPath("/endpointConfiguration/types/{type}", apply=_endpoint_type, shown_ops=(ADD, REMOVE, REPLACE)),
        PatchPath("/endpointConfiguration/vpcEndpointIds", (ADD, REMOVE), apply=value_element),
        PatchPath("/securityPolicy"),
        PatchPath("/endpointAccessMode"),
    ),
    name_path_or_ops,
)


OPERATIONS: Mapping[str, Callable[[Context, Shape], Shape]] = MappingProxyType(
    {
        "CreateRestApi": create_rest_api,
        "GetRestApi": get_rest_api,
        "GetRestApis": get_rest_apis,
        "UpdateRestApi": update_rest_api,
        "DeleteRestApi": delete_rest_api,
    }
)
