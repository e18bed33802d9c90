"""Function URLs: an address of its own for a function or one of its aliases.

Source: CreateFunctionUrlConfig, GetFunctionUrlConfig, UpdateFunctionUrlConfig, DeleteFunctionUrlConfig and
ListFunctionUrlConfigs in the "API reference", and "Creating and managing Lambda function URLs" (AWS Lambda). The texts
of the errors, and that Create and Update name an InvokeMode only where one was ever set, are recorded of AWS.
"""

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType

from gatewright.aws.pagination import page
from gatewright.base.clock import utc
from gatewright.base.errors import AwsError
from gatewright.base.operations import Shape
from gatewright.control.context import Context
from gatewright.control.lambda_.errors import conflict, constraint_violation, invalid_parameter, not_found
from gatewright.control.lambda_.names import (
    ALIAS,
    FUNCTION_URL,
    LATEST,
    SERVICE,
    FunctionTarget,
    function_key,
    resolve_function,
)
from gatewright.store.types import Document, Key, Reader

_LARGEST_PAGE = 50
_URL_ID_LENGTH = 32

# The pattern of FunctionUrlQualifier: a name that no version has.
_QUALIFIER = r"((?!^\d+$)^[0-9a-zA-Z-_]+$)"
# What is sent in a header field, or compared with one: visible US-ASCII (RFC 9110 section 5.5).
_FIELD_TEXT = re.compile(r"[!-~]*")
_LISTS = ("AllowHeaders", "AllowMethods", "AllowOrigins", "ExposeHeaders")


def create_function_url_config(context: Context, request: Shape) -> Shape:
    """Give a function or an alias a URL."""
    target = _resolve(context, "CreateFunctionUrlConfig", request)
    cors = _checked_cors(request.get("Cors"))
    with context.store.write() as writer:
        _require_target(context, writer, target)
        if writer.get(_key(context, target)) is not None:
            raise conflict(
                f"Failed to create function url config for [functionArn = {target.qualified_arn}]. "
                "Error message:  FunctionUrlConfig exists for this Lambda function"
            )
        now = _now(context)
        document: Document = {
            "UrlId": context.ids.resource_id(_URL_ID_LENGTH),
            "FunctionArn": target.qualified_arn,
            "AuthType": request["AuthType"],
            "CreationTime": now,
            "LastModifiedTime": now,
        }
        if cors:
            document["Cors"] = cors
        if request.get("InvokeMode"):
            document["InvokeMode"] = request["InvokeMode"]
        writer.put(_key(context, target), document)
    answer = _answer(context, document)
    del answer["LastModifiedTime"]
    return answer


def get_function_url_config(context: Context, request: Shape) -> Shape:
    """Return the URL of a function or an alias."""
    target = _resolve(context, "GetFunctionUrlConfig", request)
    with context.store.read() as reader:
        return _described(context, _require_url(context, reader, target))


def update_function_url_config(context: Context, request: Shape) -> Shape:
    """Change what a request names of a URL. A Cors without members removes the configuration."""
    target = _resolve(context, "UpdateFunctionUrlConfig", request)
    cors = _checked_cors(request.get("Cors"))
    with context.store.write() as writer:
        _require_target(context, writer, target)
        document = dict(_require_url(context, writer, target))
        for member in ("AuthType", "InvokeMode"):
            if request.get(member):
                document[member] = request[member]
        if cors is not None:
            document.pop("Cors", None)
            if cors:
                document["Cors"] = cors
        document["LastModifiedTime"] = _now(context)
        writer.put(_key(context, target), document)
    return _answer(context, document)


def delete_function_url_config(context: Context, request: Shape) -> Shape:
    """Delete a URL for good: the next one has another address. The function's policy stays."""
    target = _resolve(context, "DeleteFunctionUrlConfig", request)
    with context.store.write() as writer:
        _require_url(context, writer, target)
        writer.delete(_key(context, target))
    return {}


def list_function_url_configs(context: Context, request: Shape) -> Shape:
    """List the URLs of a function and of its aliases."""
    target = resolve_function(context, "ListFunctionUrlConfigs", request["FunctionName"])
    caller = context.caller
    with context.store.read() as reader:
        if reader.get(function_key(context, target)) is None:
            raise _no_function()
        documents, marker = page(
            lambda after, limit: reader.list(
                caller.account_id,
                caller.region,
                SERVICE,
                FUNCTION_URL,
                prefix=f"{target.name}/",
                after=after,
                limit=limit,
            ),
            request.get("Marker"),
            request.get("MaxItems") or _LARGEST_PAGE,
            listing=f"ListFunctionUrlConfigs/{target.name}",
        )
    return {"FunctionUrlConfigs": [_described(context, document) for document in documents], "NextMarker": marker}


def _resolve(context: Context, operation: str, request: Shape) -> FunctionTarget:
    """Return what a request means. Raises ValidationException for a version, whichever member names it."""
    target = resolve_function(context, operation, request["FunctionName"], request.get("Qualifier"))
    qualifier = target.qualifier
    if qualifier is not None and (qualifier == LATEST or qualifier.isdigit()):
        constraint = f"Member must satisfy regular expression pattern: {_QUALIFIER}"
        raise constraint_violation(qualifier, "qualifier", constraint)
    return target


def _key(context: Context, target: FunctionTarget) -> Key:
    return context.key(SERVICE, FUNCTION_URL, f"{target.name}/{target.qualifier or LATEST}")


def _require_target(context: Context, reader: Reader, target: FunctionTarget) -> None:
    """Raise ResourceNotFoundException where there is no such function, or no such alias of it."""
    if reader.get(function_key(context, target)) is None:
        raise _no_function()
    alias = target.qualifier
    if alias is not None and reader.get(context.key(SERVICE, ALIAS, f"{target.name}/{alias}")) is None:
        raise _no_function()


def _no_function() -> AwsError:
    return not_found("Function does not exist")


def _require_url(context: Context, reader: Reader, target: FunctionTarget) -> Document:
    document = reader.get(_key(context, target))
    if document is None:
        raise not_found("The resource you requested does not exist.")
    return document


def _checked_cors(cors: Shape | None) -> Document | None:
    """Return a Cors as a document holds it: with the members that say something."""
    if cors is None:
        return None
    for member in _LISTS:
        for text in cors.get(member) or ():
            if not _FIELD_TEXT.fullmatch(text):
                raise invalid_parameter(f"Invalid value in {member} of Cors: {text!r}")
    return {member: value for member, value in cors.items() if value not in (None, [])}


def _now(context: Context) -> str:
    now = utc(context.clock.now())
    return f"{now:%Y-%m-%dT%H:%M:%S}.{now.microsecond:06}Z"


def _answer(context: Context, document: Document) -> Document:
    """Return a URL's configuration as Create and Update answer it."""
    answer = {name: value for name, value in document.items() if name != "UrlId"}
    answer["FunctionUrl"] = context.node.function_url.format(url_id=document["UrlId"], region=context.caller.region)
    return answer


def _described(context: Context, document: Document) -> Document:
    """Return a URL's configuration as Get and List answer it."""
    return {"InvokeMode": "BUFFERED", **_answer(context, document)}


OPERATIONS: Mapping[str, Callable[[Context, Shape], Shape]] = MappingProxyType(
    {
        "CreateFunctionUrlConfig": create_function_url_config,
        "GetFunctionUrlConfig": get_function_url_config,
        "UpdateFunctionUrlConfig": update_function_url_config,
        "DeleteFunctionUrlConfig": delete_function_url_config,
        "ListFunctionUrlConfigs": list_function_url_configs,
    }
)
