"""Versions of layers: read, list, delete.

Source: GetLayerVersion, GetLayerVersionByArn, ListLayerVersions and DeleteLayerVersion in the "API reference" (AWS
Lambda). "Deleted versions can no longer be viewed or added to functions", but functions that have one keep it.
"""

import base64
from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType

from gatewright.aws.pagination import page
from gatewright.base.operations import Shape
from gatewright.control.context import Context
from gatewright.control.lambda_.layer_names import (
    LayerTarget,
    check_may_read,
    check_number,
    find_version,
    layer_not_found,
    resolve_layer,
    resolve_layer_version,
    resolve_own_layer,
)
from gatewright.control.lambda_.listings import page_size
from gatewright.control.lambda_.names import (
    DELETED_LAYER_VERSION,
    FUNCTION,
    LAYER_VERSION,
    LAYER_VERSION_POLICY,
    SERVICE,
    VERSION,
)
from gatewright.control.lambda_.runtimes import check_runtime_filter
from gatewright.store.types import Document, Key, Reader, Writer

_NOT_LISTED = frozenset({"Content", "LayerArn"})


def get_layer_version(context: Context, request: Shape) -> Shape:
    """Return a version of a layer, with a URL from which its archive can be downloaded for ten minutes."""
    check_number(request["VersionNumber"])
    return _get(context, resolve_layer(context, request["LayerName"]), request["VersionNumber"])


def get_layer_version_by_arn(context: Context, request: Shape) -> Shape:
    """Return the version of a layer that an ARN names."""
    return _get(context, *resolve_layer_version(request["Arn"]))


def list_layer_versions(context: Context, request: Shape) -> Shape:
    """List the versions of a layer that match the filters, the newest first; none for a layer that is not there."""
    check_runtime_filter(request.get("CompatibleRuntime"))
    target = resolve_own_layer(context, "ListLayerVersions", request["LayerName"])
    with context.store.read() as reader:
        matching = [document for document in versions_of(reader, target) if is_compatible(document, request)]

    def fetch(after: str, limit: int) -> list[tuple[str, Document]]:
        # Keys that grow as the versions fall.
        keyed = ((f"{10**10 - document['Version']:011}", document) for document in matching)
        return [(key, document) for key, document in keyed if key > after][:limit]

    versions, marker = page(
        fetch, request.get("Marker"), page_size(request), listing=f"ListLayerVersions/{target.name}"
    )
    return {"LayerVersions": [listed_version(document) for document in versions], "NextMarker": marker}


def delete_layer_version(context: Context, request: Shape) -> Shape:
    """Delete a version of a layer; one that is not there is no error."""
    version = request["VersionNumber"]
    check_number(version)
    target = resolve_own_layer(context, "DeleteLayerVersion", request["LayerName"])
    with context.store.write() as writer:
        document = find_version(writer, target, version)
        if document is not None:
            writer.delete(target.version_key(LAYER_VERSION, version))
            writer.delete(target.version_key(LAYER_VERSION_POLICY, version))
            writer.put(target.version_key(DELETED_LAYER_VERSION, version), document)
        forget_unused(writer, target)
    return {}


def versions_of(reader: Reader, target: LayerTarget) -> list[Document]:
    """Return the versions of a layer that were not deleted, the newest first."""
    listed = reader.list(target.account, target.region, SERVICE, LAYER_VERSION, prefix=f"{target.name}/")
    return [document for _, document in reversed(listed)]


def is_compatible(document: Document, request: Shape) -> bool:
    """Tell whether a version matches the filters of a listing; one that names nothing matches no filter."""
    return all(
        request.get(wanted) is None or request[wanted] in (document.get(declared) or ())
        for wanted, declared in (
            ("CompatibleRuntime", "CompatibleRuntimes"),
            ("CompatibleArchitecture", "CompatibleArchitectures"),
        )
    )


def listed_version(document: Document) -> Document:
    """Return a version as listings show it."""
    return {name: value for name, value in document.items() if name not in _NOT_LISTED}


def with_location(context: Context, document: Document) -> Document:
    """Return a version with the URL of its archive."""
    content = document["Content"]
    location = context.node.blob_url(base64.b64decode(content["CodeSha256"]).hex())
    return {**document, "Content": {"Location": location, **content}}


def forget_unused(writer: Writer, target: LayerTarget) -> None:
    """Delete what is kept of deleted versions of a layer that no version of any function has any more."""
    kept = writer.list(target.account, target.region, SERVICE, DELETED_LAYER_VERSION, prefix=f"{target.name}/")
    if not kept:
        return
    used = set(_used_layers(writer))
    for identifier, document in kept:
        if document["LayerVersionArn"] not in used:
            writer.delete(Key(target.account, target.region, SERVICE, DELETED_LAYER_VERSION, identifier))


def _get(context: Context, target: LayerTarget, version: int) -> Document:
    with context.store.read() as reader:
        check_may_read(context, reader, target, version)
        document = find_version(reader, target, version) if target.region == context.caller.region else None
    if document is None:
        raise layer_not_found()
    return with_location(context, document)


def _used_layers(reader: Reader) -> Iterable[str]:
    """Yield the ARNs of the layers' versions that functions of any account have."""
    for kind in (FUNCTION, VERSION):
        for _, document in reader.scan(SERVICE, kind):
            for layer in document.get("Layers") or ():
                yield layer["Arn"]


OPERATIONS: Mapping[str, Callable[[Context, Shape], Shape]] = MappingProxyType(
    {
        "GetLayerVersion": get_layer_version,
        "GetLayerVersionByArn": get_layer_version_by_arn,
        "ListLayerVersions": list_layer_versions,
        "DeleteLayerVersion": delete_layer_version,
    }
)
