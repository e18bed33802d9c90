"""Functions: create, read, list.

Source: CreateFunction, GetFunction, GetFunctionConfiguration and ListFunctions in the "API reference" (AWS Lambda).
Code is ready when the call returns: `states` has what CreateFunction answers all the same.
"""

import base64
from collections.abc import Callable, Mapping
from types import MappingProxyType

from gatewright.aws.pagination import page
from gatewright.base.operations import Shape
from gatewright.control.context import Context
from gatewright.control.lambda_.configuration import apply_code, apply_layers, new_configuration, touch
from gatewright.control.lambda_.errors import conflict, qualifier_not_permitted
from gatewright.control.lambda_.function_code import PackageSizes, package_content
from gatewright.control.lambda_.function_code_signing import attach_code_signing_config
from gatewright.control.lambda_.function_layers import check_total_size
from gatewright.control.lambda_.listings import listed, page_size
from gatewright.control.lambda_.names import (
    FUNCTION,
    FUNCTION_CONCURRENCY,
    FUNCTION_TAGS,
    SERVICE,
    FunctionTarget,
    function_key,
    qualified,
    require_function,
    resolve_function,
)
from gatewright.control.lambda_.options import log_records, refuse_unbuilt
from gatewright.control.lambda_.packages import check_package
from gatewright.control.lambda_.source_keys import find_source_key, put_source_key
from gatewright.control.lambda_.states import as_created
from gatewright.control.lambda_.tag_sets import checked_tags
from gatewright.control.lambda_.versions import publish, versions_after
from gatewright.store.types import Document, Reader


def create_function(context: Context, request: Shape) -> Shape:
    """Create a function from a zip archive; with Publish, also its first version, which is then what is returned."""
    target = resolve_function(context, "CreateFunction", request["FunctionName"])
    if target.qualifier is not None:
        raise qualifier_not_permitted()
    refuse_unbuilt("CreateFunction", request)
    document = new_configuration(context, target, request)
    tags = checked_tags(context.caller, request.get("Tags") or {})
    content = package_content(context, "CreateFunction", request["Code"])
    sizes = PackageSizes(context.store.blobs)
    # Before as much as 250 MB are checked and written; the transaction below decides.
    with context.store.read() as reader:
        _refuse_existing(context, reader, target)
        apply_layers(context, reader, document, request)
    check_package(content, is_uploaded="ZipFile" in request["Code"])
    sizes.add(content)
    apply_code(document, content)
    touch(context, document)
    with context.store.read() as reader:
        check_total_size(reader, sizes, document)
    context.store.blobs.put(content)
    with context.store.write() as writer:
        _refuse_existing(context, writer, target)
        apply_layers(context, writer, document, request)
        check_total_size(writer, sizes, document)
        # Once more, and at little cost: unused blobs are deleted now and then, but never inside of a transaction.
        context.store.blobs.put(content)
        writer.put(function_key(context, target), document)
        if tags:
            writer.put(context.key(SERVICE, FUNCTION_TAGS, target.name), {"Tags": tags})
        if request.get("CodeSigningConfigArn"):
            attach_code_signing_config(context, writer, "CreateFunction", target, request["CodeSigningConfigArn"])
        put_source_key(context, writer, target, request["Code"].get("SourceKMSKeyArn"))
        version = publish(context, writer, target, document) if request.get("Publish") else None
    log_records(target, {**request, **request["Code"]})
    # The ARN of the answer is unqualified even so.
    return as_created(context, document if version is None else {**version, "FunctionArn": target.arn})


def get_function(context: Context, request: Shape) -> Shape:
    """Return a configuration and where its code can be downloaded.

    Unless a version or alias was asked for, also the function's tags and reserved concurrency.
    """
    target = resolve_function(context, "GetFunction", request["FunctionName"], request.get("Qualifier"))
    with context.store.read() as reader:
        configuration = _configuration(context, reader, target)
        source_key = find_source_key(context, reader, target, configuration["Version"])
        is_whole = target.qualifier is None  # `$LATEST` is not the function
        tags = reader.get(context.key(SERVICE, FUNCTION_TAGS, target.name)) if is_whole else None
        concurrency = reader.get(context.key(SERVICE, FUNCTION_CONCURRENCY, target.name)) if is_whole else None
    location = context.node.blob_url(base64.b64decode(configuration["CodeSha256"]).hex())
    output: Document = {"Configuration": configuration, "Code": {"RepositoryType": "S3", "Location": location}}
    if source_key is not None:
        output["Code"]["SourceKMSKeyArn"] = source_key
    if tags is not None:
        output["Tags"] = tags["Tags"]
    if concurrency is not None:
        output["Concurrency"] = {"ReservedConcurrentExecutions": concurrency["ReservedConcurrentExecutions"]}
    return output


def get_function_configuration(context: Context, request: Shape) -> Shape:
    """Return the configuration of a function, a version, or the version that an alias points to."""
    target = resolve_function(context, "GetFunctionConfiguration", request["FunctionName"], request.get("Qualifier"))
    with context.store.read() as reader:
        return _configuration(context, reader, target)


def list_functions(context: Context, request: Shape) -> Shape:
    """List the functions of the account and Region by name; with FunctionVersion ALL, each with its versions."""
    if request.get("MasterRegion", "ALL") != "ALL":
        # Lambda@Edge replicas of functions in another Region: there are none.
        return {"Functions": []}
    is_all = request.get("FunctionVersion") == "ALL"
    fetch = _versions_of_all if is_all else _functions_after
    with context.store.read() as reader:
        functions, marker = page(
            lambda after, limit: fetch(context, reader, after, limit),
            request.get("Marker"),
            page_size(request),
            listing="ListFunctions/ALL" if is_all else "ListFunctions",
        )
    return {"Functions": [listed(document) for document in functions], "NextMarker": marker}


def _functions_after(context: Context, reader: Reader, after: str, limit: int | None) -> list[tuple[str, Document]]:
    caller = context.caller
    return reader.list(caller.account_id, caller.region, SERVICE, FUNCTION, after=after, limit=limit)


def _versions_of_all(context: Context, reader: Reader, after: str, limit: int) -> list[tuple[str, Document]]:
    """Return versions of all functions beyond `after`, which is a name and a version, as are the ids returned."""
    name, _, version = after.partition("/")
    found: list[tuple[str, Document]] = []
    latest = reader.get(context.key(SERVICE, FUNCTION, name)) if name else None
    unfinished = [] if latest is None else [(name, latest)]
    for function, document in unfinished + _functions_after(context, reader, name, limit):
        versions = versions_after(context, reader, function, document, version, limit - len(found))
        found += [(f"{function}/{number}", configuration) for number, configuration in versions]
        version = ""
        if len(found) >= limit:
            break
    return found


def _configuration(context: Context, reader: Reader, target: FunctionTarget) -> Document:
    document = require_function(context, reader, target)
    return document if target.qualifier is None else qualified(document, target.qualifier)


def _refuse_existing(context: Context, reader: Reader, target: FunctionTarget) -> None:
    if reader.get(function_key(context, target)) is not None:
        raise conflict(f"Function already exist: {target.name}")


OPERATIONS: Mapping[str, Callable[[Context, Shape], Shape]] = MappingProxyType(
    {
        "CreateFunction": create_function,
        "GetFunction": get_function,
        "GetFunctionConfiguration": get_function_configuration,
        "ListFunctions": list_functions,
    }
)
