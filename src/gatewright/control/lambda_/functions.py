"""Functions: create, read, list, delete.

Source: CreateFunction, GetFunction, GetFunctionConfiguration, ListFunctions and DeleteFunction in the "API reference"
(AWS Lambda). Code is ready when the call returns, so `State` is `Active` at once and AWS's waiters do not wait.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from gatewright.aws.pagination import page
from gatewright.base.operations import Shape
from gatewright.control.context import Context
from gatewright.control.lambda_.configuration import apply_code, new_configuration, touch
from gatewright.control.lambda_.errors import (
    conflict,
    function_not_found,
    invalid_parameter,
    qualifier_not_permitted,
)
from gatewright.control.lambda_.names import (
    FUNCTION,
    FUNCTION_POLICY,
    FUNCTION_TAGS,
    LATEST,
    SERVICE,
    FunctionTarget,
    function_key,
    qualified,
    require_function,
    resolve_function,
    resolve_unqualified,
)
from gatewright.control.lambda_.options import log_records, refuse_unbuilt
from gatewright.control.lambda_.packages import check_package
from gatewright.control.lambda_.tag_sets import checked_tags
from gatewright.store.types import Document, Reader

LARGEST_PAGE = 50
"""ListFunctions "returns a maximum of 50 items in each response, even if you set the number higher"."""

# "To get the additional fields …, use GetFunction" (ListFunctions).
_NOT_LISTED = frozenset(
    {
        "State",
        "StateReason",
        "StateReasonCode",
        "LastUpdateStatus",
        "LastUpdateStatusReason",
        "LastUpdateStatusReasonCode",
        "RuntimeVersionConfig",
    }
)


def create_function(context: Context, request: Shape) -> Shape:
    """Create a function from a zip archive in the request."""
    target = resolve_function(context, "CreateFunction", request["FunctionName"])
    if target.qualifier is not None:
        raise qualifier_not_permitted()
    refuse_unbuilt("CreateFunction", request)
    document = new_configuration(context, target, request)
    tags = checked_tags(request.get("Tags") or {})
    content = package_content("CreateFunction", request["Code"])
    # Before 50 MiB are checked and written; the transaction below decides.
    with context.store.read() as reader:
        _refuse_existing(context, reader, target)
    check_package(content)
    apply_code(document, content)
    touch(context, document)
    context.store.blobs.put(content)
    with context.store.write() as writer:
        _refuse_existing(context, writer, target)
        # Once more, and at little cost: unused blobs are deleted now and then, but never inside of a transaction.
        context.store.blobs.put(content)
        writer.put(function_key(context, target), document)
        if tags:
            writer.put(context.key(SERVICE, FUNCTION_TAGS, target.name), {"Tags": tags})
    log_records(target, request)
    return document


def get_function(context: Context, request: Shape) -> Shape:
    """Return a function's configuration, where its code came from, and its tags."""
    target = resolve_function(context, "GetFunction", request["FunctionName"], request.get("Qualifier"))
    with context.store.read() as reader:
        configuration = _configuration(context, reader, target)
        tags = reader.get(context.key(SERVICE, FUNCTION_TAGS, target.name))
    # No Location: this node does not serve deployment packages for download yet.
    output: Document = {"Configuration": configuration, "Code": {"RepositoryType": "S3"}}
    if tags is not None:
        output["Tags"] = tags["Tags"]
    return output


def get_function_configuration(context: Context, request: Shape) -> Shape:
    """Return a function's configuration."""
    target = resolve_function(context, "GetFunctionConfiguration", request["FunctionName"], request.get("Qualifier"))
    with context.store.read() as reader:
        return _configuration(context, reader, target)


def list_functions(context: Context, request: Shape) -> Shape:
    """List the functions of the account and Region, by name."""
    if request.get("MasterRegion", "ALL") != "ALL":
        # Lambda@Edge replicas of functions in another Region: there are none.
        return {"Functions": []}
    caller = context.caller
    with context.store.read() as reader:
        functions, marker = page(
            lambda after, limit: reader.list(
                caller.account_id, caller.region, SERVICE, FUNCTION, after=after, limit=limit
            ),
            request.get("Marker"),
            page_size(request),
            listing="ListFunctions",
        )
    if request.get("FunctionVersion") == "ALL":
        functions = [qualified(document) for document in functions]
    return {"Functions": [listed(document) for document in functions], "NextMarker": marker}


def delete_function(context: Context, request: Shape) -> Shape:
    """Delete a function with its policy and tags. Its code goes when nothing refers to it any more."""
    target = resolve_function(context, "DeleteFunction", request["FunctionName"], request.get("Qualifier"))
    if target.qualifier == LATEST:
        raise invalid_parameter("$LATEST version cannot be deleted without deleting the function.")
    with context.store.write() as writer:
        if writer.get(function_key(context, target)) is None:
            raise function_not_found(target.arn)
        if target.qualifier is not None:
            raise function_not_found(target.qualified_arn)
        for kind in (FUNCTION, FUNCTION_POLICY, FUNCTION_TAGS):
            writer.delete(context.key(SERVICE, kind, target.name))
    return {"StatusCode": 204}


def list_versions_by_function(context: Context, request: Shape) -> Shape:
    """List a function's versions: only $LATEST, since versions cannot be published yet."""
    target = resolve_unqualified(context, "ListVersionsByFunction", request["FunctionName"])
    with context.store.read() as reader:
        document = require_function(context, reader, target)
    versions, marker = page(
        lambda after, limit: [(LATEST, document)] if after < LATEST else [],
        request.get("Marker"),
        page_size(request),
        listing=f"ListVersionsByFunction/{target.name}",
    )
    return {"Versions": [listed(qualified(version)) for version in versions], "NextMarker": marker}


def package_content(operation: str, code: Shape) -> bytes:
    """Return the archive that a request brings. Raises when it brings none, or in a way that is not built."""
    refuse_unbuilt(operation, code)
    content = code.get("ZipFile")
    if content is None:
        raise invalid_parameter("Please provide a source for function code.")
    return bytes(content)


def page_size(request: Shape) -> int:
    """Return how many items a page of a listing holds."""
    return min(request.get("MaxItems") or LARGEST_PAGE, LARGEST_PAGE)


def listed(document: Document) -> Document:
    """Return a configuration as listings show it."""
    return {name: value for name, value in document.items() if name not in _NOT_LISTED}


def _configuration(context: Context, reader: Reader, target: FunctionTarget) -> Document:
    document = require_function(context, reader, target)
    return document if target.qualifier is None else qualified(document)


def _refuse_existing(context: Context, reader: Reader, target: FunctionTarget) -> None:
    if reader.get(function_key(context, target)) is not None:
        raise conflict(f"Function already exist: {target.name}")


OPERATIONS: Mapping[str, Callable[[Context, Shape], Shape]] = MappingProxyType(
    {
        "CreateFunction": create_function,
        "GetFunction": get_function,
        "GetFunctionConfiguration": get_function_configuration,
        "ListFunctions": list_functions,
        "DeleteFunction": delete_function,
        "ListVersionsByFunction": list_versions_by_function,
    }
)
