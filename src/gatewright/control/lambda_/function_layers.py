"""The layers of a function: which ones a configuration may name, and how large all of it may be.

Source: "Managing Lambda dependencies with layers", "Lambda quotas" (AWS Lambda Developer Guide), Layers of
CreateFunction in the "API reference". A deleted version can no longer be named, but stays with the functions that have
it.
"""

import base64
from collections.abc import Iterable, Sequence

from gatewright.control.context import Context
from gatewright.control.lambda_.errors import invalid_parameter
from gatewright.control.lambda_.function_code import PackageSizes
from gatewright.control.lambda_.layer_names import check_may_read, find_version, resolve_layer_version
from gatewright.control.lambda_.layer_versions import forget_unused
from gatewright.control.lambda_.names import DELETED_LAYER_VERSION, LAYER_VERSION
from gatewright.control.lambda_.packages import LARGEST_UNZIPPED_BYTES
from gatewright.store.types import Document, Reader, Writer

_MOST_LAYERS = 5


def layers_of(context: Context, reader: Reader, arns: Sequence[str]) -> list[Document]:
    """Return the Layers member of a configuration that names versions of layers. Raises AwsError."""
    if len(arns) > _MOST_LAYERS:
        raise invalid_parameter(f"Cannot reference more than {_MOST_LAYERS} layers.")
    named: dict[str, str] = {}
    layers = []
    for version_arn in arns:
        layer_arn = version_arn.rpartition(":")[0]
        if layer_arn in named:
            raise invalid_parameter(
                "Two different versions of the same layer are not allowed to be referenced in the same function. "
                f"{named[layer_arn]} and {version_arn} are versions of the same layer."
            )
        named[layer_arn] = version_arn
        layers.append({"Arn": version_arn, "CodeSize": _require(context, reader, version_arn)["Content"]["CodeSize"]})
    return layers


def check_total_size(reader: Reader, sizes: PackageSizes, configuration: Document) -> None:
    """Raise InvalidParameterValueException when a function and its layers are larger than 250 MB unzipped."""
    layers = configuration.get("Layers")
    if not layers:
        return
    total = sizes.unzipped_bytes(_blob_name(configuration["CodeSha256"]))
    for layer in layers:
        total += sizes.unzipped_bytes(_blob_name(find_layer_version(reader, layer["Arn"])["Content"]["CodeSha256"]))
    if total > LARGEST_UNZIPPED_BYTES:
        raise invalid_parameter(
            f"Function code combined with layers exceeds the maximum allowed size of {LARGEST_UNZIPPED_BYTES} bytes. "
            f"The actual size is {total} bytes."
        )


def find_layer_version(reader: Reader, version_arn: str) -> Document:
    """Return the document of a layer's version that a function has, deleted or not."""
    layer, version = resolve_layer_version(version_arn)
    for kind in (LAYER_VERSION, DELETED_LAYER_VERSION):
        document = reader.get(layer.version_key(kind, version))
        if document is not None:
            return document
    raise LookupError(f"there is no layer {version_arn}")


def forget_layers(writer: Writer, configurations: Iterable[Document]) -> None:
    """Delete what is kept of deleted versions of layers, of those that functions had and no function has any more."""
    arns = {layer["Arn"] for document in configurations for layer in document.get("Layers") or ()}
    for layer in {resolve_layer_version(arn)[0] for arn in arns}:
        forget_unused(writer, layer)


def _require(context: Context, reader: Reader, version_arn: str) -> Document:
    """Return the document of a version that a function may come to have."""
    caller = context.caller
    if ":::awslayer:" in version_arn:  # the model lets AWS's own layers pass
        raise invalid_parameter(f"Layer version {version_arn} does not exist.")
    layer, version = resolve_layer_version(version_arn)
    check_may_read(context, reader, layer, version)
    if layer.region != caller.region:
        raise invalid_parameter(
            f"Layers are not in the same region as the function. Layers are expected to be in region {caller.region}."
        )
    document = find_version(reader, layer, version)
    if document is None:
        raise invalid_parameter(f"Layer version {version_arn} does not exist.")
    return document


def _blob_name(code_sha256: str) -> str:
    return base64.b64decode(code_sha256).hex()
