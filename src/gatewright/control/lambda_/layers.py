"""Layers: publish a version, list the layers.

Source: PublishLayerVersion and ListLayers in the "API reference", "Managing Lambda dependencies with layers", "Lambda
quotas" (AWS Lambda Developer Guide). A layer begins with its first version and is not listed when it has none left;
numbers are not used again.
"""

import base64
import hashlib
from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType

from gatewright.aws.pagination import page
from gatewright.base.clock import utc
from gatewright.base.operations import Shape
from gatewright.control.context import Context
from gatewright.control.lambda_.errors import invalid_parameter
from gatewright.control.lambda_.function_code import package_content
from gatewright.control.lambda_.layer_names import LayerTarget, resolve_own_layer
from gatewright.control.lambda_.layer_versions import (
    forget_unused,
    is_compatible,
    listed_version,
    versions_of,
    with_location,
)
from gatewright.control.lambda_.listings import page_size
from gatewright.control.lambda_.names import LAYER, LAYER_VERSION, SERVICE
from gatewright.control.lambda_.packages import check_package
from gatewright.control.lambda_.runtimes import check_compatibility, check_runtime_filter
from gatewright.store.types import Document, Reader

_LONGEST_NAME = 140


def publish_layer_version(context: Context, request: Shape) -> Shape:
    """Make a version of a layer out of a zip archive; the same archive twice is two versions."""
    target = resolve_own_layer(context, "PublishLayerVersion", request["LayerName"])
    if len(target.name) > _LONGEST_NAME:
        raise invalid_parameter(f"Layer name cannot be longer than {_LONGEST_NAME} characters")
    check_compatibility(request.get("CompatibleRuntimes") or (), request.get("CompatibleArchitectures") or ())
    content = package_content(context, "PublishLayerVersion", request["Content"])
    check_package(content, is_uploaded="ZipFile" in request["Content"])
    document = _document(context, target, request, content)
    context.store.blobs.put(content)
    with context.store.write() as writer:
        # Once more, and at little cost: unused blobs are deleted now and then, but never inside of a transaction.
        context.store.blobs.put(content)
        layer = writer.get(target.key(LAYER)) or {"Last": 0}
        version = layer["Last"] + 1
        document["LayerVersionArn"], document["Version"] = target.version_arn(version), version
        writer.put(target.key(LAYER), {"Last": version})
        writer.put(target.version_key(LAYER_VERSION, version), document)
        forget_unused(writer, target)
    return with_location(context, document)


def list_layers(context: Context, request: Shape) -> Shape:
    """List the layers of the account and Region whose newest version matches the filters, by name."""
    check_runtime_filter(request.get("CompatibleRuntime"))

    def fetch(after: str, limit: int) -> list[tuple[str, Document]]:
        with context.store.read() as reader:
            return list(_matching(context, reader, request, after, limit))

    layers, marker = page(fetch, request.get("Marker"), page_size(request), listing="ListLayers")
    return {"Layers": layers, "NextMarker": marker}


def _document(context: Context, target: LayerTarget, request: Shape, content: bytes) -> Document:
    now = utc(context.clock.now())
    document: Document = {
        "Content": {
            "CodeSha256": base64.b64encode(hashlib.sha256(content).digest()).decode(),
            "CodeSize": len(content),
        },
        "LayerArn": target.arn,
        "Description": request.get("Description") or "",
        "CreatedDate": f"{now:%Y-%m-%dT%H:%M:%S}.{now.microsecond // 1000:03}+0000",
    }
    for name in ("CompatibleRuntimes", "CompatibleArchitectures"):
        if request.get(name) is not None:  # an empty list is answered as one
            document[name] = list(dict.fromkeys(request[name]))
    if request.get("LicenseInfo"):
        document["LicenseInfo"] = request["LicenseInfo"]
    return document


def _matching(
    context: Context, reader: Reader, request: Shape, after: str, limit: int
) -> Iterable[tuple[str, Document]]:
    caller = context.caller
    for name, _ in reader.list(caller.account_id, caller.region, SERVICE, LAYER, after=after):
        target = LayerTarget(caller.partition, caller.region, caller.account_id, name)
        # Older versions that match do not count, in spite of the name (recorded of AWS by others: radkawar/stackd,
        # docs/lambda.md, "Layers and retained attachments").
        newest = next(iter(versions_of(reader, target)), None)
        if newest is not None and is_compatible(newest, request):
            yield (
                name,
                {"LayerName": name, "LayerArn": target.arn, "LatestMatchingVersion": listed_version(newest)},
            )
            limit -= 1
            if limit == 0:
                return


OPERATIONS: Mapping[str, Callable[[Context, Shape], Shape]] = MappingProxyType(
    {
        "PublishLayerVersion": publish_layer_version,
        "ListLayers": list_layers,
    }
)
