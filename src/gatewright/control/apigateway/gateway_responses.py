"""The gateway responses of a REST API: those that it has customised, and the defaults of all others.

A type that is not customised takes status, parameters and templates from DEFAULT_4XX or DEFAULT_5XX when those are.

Sources: the GatewayResponse resource in the "Amazon API Gateway REST API Reference"; "Gateway response types for API
Gateway" (API Gateway Developer Guide).
"""

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType

from gatewright.aws.pagination import page
from gatewright.base.operations import Shape
from gatewright.control.apigateway.content_types import check_templates
from gatewright.control.apigateway.documents import (
    GATEWAY_RESPONSE,
    INVALID_POSITION,
    find_part,
    listed,
    page_size,
    part_key,
    require_api,
    require_part,
)
from gatewright.control.apigateway.errors import bad_request
from gatewright.control.apigateway.methods import MISSING_CONTENT_TYPE, MISSING_PARAMETER
from gatewright.control.apigateway.parameter_mappings import check_gateway_response_mappings
from gatewright.control.apigateway.patch import (
    ADD,
    REMOVE,
    REPLACE,
    PatchPath,
    PatchTable,
    entry,
    name_path,
    parse_pointer,
    patched,
    raw_text,
)
from gatewright.control.context import Context
from gatewright.store.types import Document, Reader

DEFAULT_STATUS_CODES: Mapping[str, str | None] = MappingProxyType(
    {
        "INTEGRATION_FAILURE": "504",
        "RESOURCE_NOT_FOUND": "404",
        "REQUEST_TOO_LARGE": "413",
        "THROTTLED": "429",
        "UNSUPPORTED_MEDIA_TYPE": "415",
        "AUTHORIZER_CONFIGURATION_ERROR": "500",
        "DEFAULT_5XX": None,
        "DEFAULT_4XX": None,
        "BAD_REQUEST_PARAMETERS": "400",
        "BAD_REQUEST_BODY": "400",
        "WAF_FILTERED": "403",
        "EXPIRED_TOKEN": "403",
        "ACCESS_DENIED": "403",
        "INVALID_API_KEY": "403",
        "UNAUTHORIZED": "401",
        "API_CONFIGURATION_ERROR": "500",
        "QUOTA_EXCEEDED": "429",
        "INTEGRATION_TIMEOUT": "504",
        "MISSING_AUTHENTICATION_TOKEN": "403",
        "INVALID_SIGNATURE": "403",
        "AUTHORIZER_FAILURE": "500",
    }
)
"""Every type in the order of the example of GetGatewayResponses, with its status code unless customised."""

_STATUS_CODE = re.compile(r"[1-5]\d\d", re.ASCII)

DEFAULT_TEMPLATE = '{"message":$context.error.messageString}'


def put_gateway_response(context: Context, request: Shape) -> Shape:
    """Customise a type of gateway responses; what the request leaves out is the type's own default."""
    api_id, response_type = request["restApiId"], request["responseType"]
    response = new_gateway_response(request)
    with context.store.write() as writer:
        require_api(context, writer, api_id)
        writer.put(part_key(context, GATEWAY_RESPONSE, api_id, response_type), response)
    return _presented(response)


def get_gateway_response(context: Context, request: Shape) -> Shape:
    """Return the gateway response of a type, customised or not."""
    api_id = request["restApiId"]
    with context.store.read() as reader:
        require_api(context, reader, api_id)
        return _effective(context, reader, api_id, request["responseType"])


def get_gateway_responses(context: Context, request: Shape) -> Shape:
    """List the gateway responses of all types."""
    api_id = request["restApiId"]
    with context.store.read() as reader:
        require_api(context, reader, api_id)
        responses = [
            (f"{index:02}", _effective(context, reader, api_id, response_type))
            for index, response_type in enumerate(DEFAULT_STATUS_CODES)
        ]

    def fetch(after: str, limit: int) -> list[tuple[str, Document]]:
        return [response for response in responses if response[0] > after][:limit]

    return listed(
        *page(
            fetch,
            request.get("position"),
            page_size(request),
            listing=f"{GATEWAY_RESPONSE}/{api_id}",
            error_code="BadRequestException",
            error_message=INVALID_POSITION,
        )
    )


def update_gateway_response(context: Context, request: Shape) -> Shape:
    """Change a gateway response by a patch, which customises its type."""
    api_id, response_type = request["restApiId"], request["responseType"]
    with context.store.write() as writer:
        require_api(context, writer, api_id)
        before = _effective(context, writer, api_id, response_type)
        before.pop("defaultResponse")
        response = patched(before, request.get("patchOperations", ()), PATCH)
        for member in ("responseParameters", "responseTemplates"):
            response.setdefault(member, {})
        _check(response)
        writer.put(part_key(context, GATEWAY_RESPONSE, api_id, response_type), response)
    return _presented(response)


def delete_gateway_response(context: Context, request: Shape) -> Shape:
    """Give a type its default gateway response back."""
    api_id, response_type = request["restApiId"], request["responseType"]
    with context.store.write() as writer:
        require_api(context, writer, api_id)
        require_part(
            context, writer, GATEWAY_RESPONSE, api_id, response_type, "Gateway response type not defined on api"
        )
        writer.delete(part_key(context, GATEWAY_RESPONSE, api_id, response_type))
    return {}


def new_gateway_response(request: Shape) -> Document:
    """Return the document of a customised gateway response. Raises BadRequestException."""
    response_type = request["responseType"]
    response: Document = {
        "responseType": response_type,
        "responseParameters": dict(request.get("responseParameters") or {}),
        "responseTemplates": dict(request.get("responseTemplates") or {"application/json": DEFAULT_TEMPLATE}),
    }
    status_code = request.get("statusCode") or DEFAULT_STATUS_CODES[response_type]
    if status_code:
        response["statusCode"] = status_code
    _check(response)
    return response


def _check(response: Document) -> None:
    check_gateway_response_mappings(response["responseParameters"])
    check_templates(response["responseTemplates"])
    status_code = response.get("statusCode", "200")
    if not _STATUS_CODE.fullmatch(status_code):
        raise bad_request(f"Invalid status code specified: {status_code}")


def _effective(context: Context, reader: Reader, api_id: str, response_type: str) -> Document:
    customised = find_part(context, reader, GATEWAY_RESPONSE, api_id, response_type)
    if customised is not None:
        return _presented(customised)
    default = new_gateway_response({"responseType": response_type})
    default["defaultResponse"] = True
    status_code = default.get("statusCode")
    if status_code is not None:
        of_class = find_part(context, reader, GATEWAY_RESPONSE, api_id, f"DEFAULT_{status_code[0]}XX")
        default |= {name: value for name, value in (of_class or {}).items() if name != "responseType"}
    return default


def _presented(response: Document) -> Document:
    return {**response, "defaultResponse": False}


def _required(value: str | None, path: str) -> object:
    if not value:
        raise bad_request(f"Invalid null or empty value in {parse_pointer(path)[0]}")
    return value


_CHANGES = (ADD, REMOVE, REPLACE)

PATCH = PatchTable(
    (
        PatchPath("/statusCode", parse=raw_text),
        PatchPath("/responseParameters/{name}", _CHANGES, _required, entry, MISSING_PARAMETER),
        PatchPath("/responseTemplates/{content_type}", _CHANGES, _required, entry, MISSING_CONTENT_TYPE),
    ),
    name_path,
)


OPERATIONS: Mapping[str, Callable[[Context, Shape], Shape]] = MappingProxyType(
    {
        "PutGatewayResponse": put_gateway_response,
        "GetGatewayResponse": get_gateway_response,
        "GetGatewayResponses": get_gateway_responses,
        "UpdateGatewayResponse": update_gateway_response,
        "DeleteGatewayResponse": delete_gateway_response,
    }
)
