"""Functions: change code or configuration.

Source: UpdateFunctionCode and UpdateFunctionConfiguration in the "API reference" (AWS Lambda). Both give the function a
new RevisionId, also when nothing changed; execution environments of the old revision finish what they do and end.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from gatewright.base.operations import Shape
from gatewright.control.context import Context
from gatewright.control.lambda_.configuration import apply_code, apply_layers, apply_settings, touch
from gatewright.control.lambda_.errors import invalid_parameter, revision_mismatch
from gatewright.control.lambda_.function_code import PackageSizes, package_content
from gatewright.control.lambda_.function_layers import check_total_size, forget_layers
from gatewright.control.lambda_.names import FunctionTarget, function_key, require_function, resolve_latest
from gatewright.control.lambda_.options import log_records, refuse_unbuilt
from gatewright.control.lambda_.packages import check_package
from gatewright.control.lambda_.runtime_management import refuse_runtime_change
from gatewright.control.lambda_.source_keys import put_source_key
from gatewright.control.lambda_.states import as_created, as_updated
from gatewright.control.lambda_.versions import make_publishable, publish
from gatewright.store.types import Document, Reader


def update_function_code(context: Context, request: Shape) -> Shape:
    """Replace a function's deployment package; with DryRun, only check whether that could be done.

    With Publish, a version of the result is published, unless nothing changed since the last, and returned.
    """
    target = resolve_latest(context, "UpdateFunctionCode", request["FunctionName"])
    _refuse_image(context, target, request)
    content = package_content(context, "UpdateFunctionCode", request)
    sizes = PackageSizes(context.store.blobs)
    is_dry_run = bool(request.get("DryRun"))
    with context.store.read() as reader:
        document = _require_revision(context, reader, target, request)
    check_package(content, is_uploaded=request.get("ZipFile") is not None)
    sizes.add(content)
    document = _with_code(document, request, content)
    with context.store.read() as reader:
        check_total_size(reader, sizes, document)
    if is_dry_run:
        return document
    context.store.blobs.put(content)
    version = None
    with context.store.write() as writer:
        context.store.blobs.put(content)  # as in CreateFunction
        document = _with_code(_require_revision(context, writer, target, request), request, content)
        check_total_size(writer, sizes, document)
        touch(context, document)
        writer.put(function_key(context, target), document)
        put_source_key(context, writer, target, request.get("SourceKMSKeyArn"))
        make_publishable(context, writer, target)
        if request.get("Publish"):
            version = publish(context, writer, target, document)
    log_records(target, request)
    return as_updated(context, document) if version is None else as_created(context, version)


def update_function_configuration(context: Context, request: Shape) -> Shape:
    """Change the settings that the request has; the others stay."""
    target = resolve_latest(context, "UpdateFunctionConfiguration", request["FunctionName"])
    refuse_unbuilt("UpdateFunctionConfiguration", request)
    sizes = PackageSizes(context.store.blobs)
    if request.get("Layers"):
        # Archives are read before the transaction, which then knows the sizes.
        with context.store.read() as reader:
            document = _require_revision(context, reader, target, request)
            apply_layers(context, reader, document, request)
            check_total_size(reader, sizes, document)
    with context.store.write() as writer:
        document = _require_revision(context, writer, target, request)
        refuse_runtime_change(context, writer, target, document, request.get("Runtime"))
        apply_settings(context, document, request)
        before = dict(document)
        if request.get("Layers") is not None:
            apply_layers(context, writer, document, request)
            check_total_size(writer, sizes, document)
        touch(context, document)
        writer.put(function_key(context, target), document)
        make_publishable(context, writer, target)
        forget_layers(writer, [before])
    log_records(target, request)
    return as_updated(context, document)


def _require_revision(context: Context, reader: Reader, target: FunctionTarget, request: Shape) -> Document:
    document = require_function(context, reader, target)
    revision_id = request.get("RevisionId")
    if revision_id and revision_id != document["RevisionId"]:
        raise revision_mismatch()
    return document


def _refuse_image(context: Context, target: FunctionTarget, request: Shape) -> None:
    """Raise InvalidParameterValueException for an image: all functions here are of the other package type."""
    if request.get("ImageUri"):
        with context.store.read() as reader:
            require_function(context, reader, target)
        raise invalid_parameter("Please don't provide ImageUri when updating a function with packageType Zip.")


def _with_code(document: Document, request: Shape, content: bytes) -> Document:
    apply_code(document, content)
    if request.get("Architectures"):
        document["Architectures"] = request["Architectures"]
    return document


OPERATIONS: Mapping[str, Callable[[Context, Shape], Shape]] = MappingProxyType(
    {
        "UpdateFunctionCode": update_function_code,
        "UpdateFunctionConfiguration": update_function_configuration,
    }
)
