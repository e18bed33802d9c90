"""The account's limits and usage. Source: GetAccountSettings in the "API reference", "Lambda quotas" (AWS Lambda)."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from gatewright.base.operations import Shape
from gatewright.control.context import Context
from gatewright.control.lambda_.concurrency import unreserved_concurrency
from gatewright.control.lambda_.names import (
    DELETED_LAYER_VERSION,
    FUNCTION,
    LAYER_VERSION,
    SERVICE,
    VERSION,
)
from gatewright.control.lambda_.packages import LARGEST_UNZIPPED_BYTES, LARGEST_ZIPPED_BYTES
from gatewright.store.types import Document, Reader

_CODE_STORAGE_BYTES = 75 * 1024**3


def get_account_settings(context: Context, request: Shape) -> Shape:
    """Return limits and usage in the caller's Region."""
    with context.store.read() as reader:
        functions = _all_of(context, reader, FUNCTION)
        stored = [*functions, *_all_of(context, reader, VERSION)]
        # Layers that were deleted while functions have them still take space.
        layers = [*_all_of(context, reader, LAYER_VERSION), *_all_of(context, reader, DELETED_LAYER_VERSION)]
        unreserved = unreserved_concurrency(context, reader)
    return {
        "AccountLimit": {
            "TotalCodeSize": _CODE_STORAGE_BYTES,
            "CodeSizeUnzipped": LARGEST_UNZIPPED_BYTES,
            "CodeSizeZipped": LARGEST_ZIPPED_BYTES,
            "ConcurrentExecutions": context.node.account_concurrency,
            "UnreservedConcurrentExecutions": unreserved,
        },
        "AccountUsage": {
            "TotalCodeSize": sum(document["CodeSize"] for document in stored)
            + sum(document["Content"]["CodeSize"] for document in layers),
            "FunctionCount": len(functions),
        },
    }


def _all_of(context: Context, reader: Reader, kind: str) -> list[Document]:
    caller = context.caller
    return [document for _, document in reader.list(caller.account_id, caller.region, SERVICE, kind)]


OPERATIONS: Mapping[str, Callable[[Context, Shape], Shape]] = MappingProxyType(
    {
        "GetAccountSettings": get_account_settings,
    }
)
