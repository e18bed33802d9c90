"""The account's limits and usage. Source: GetAccountSettings in the "API reference", "Lambda quotas" (AWS Lambda)."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from gatewright.base.operations import Shape
from gatewright.control.context import Context
from gatewright.control.lambda_.names import FUNCTION, SERVICE
from gatewright.control.lambda_.packages import LARGEST_UNZIPPED_BYTES, LARGEST_ZIPPED_BYTES

_CODE_STORAGE_BYTES = 75 * 1024**3


def get_account_settings(context: Context, request: Shape) -> Shape:
    """Return limits and usage in the caller's Region."""
    caller = context.caller
    with context.store.read() as reader:
        functions = reader.list(caller.account_id, caller.region, SERVICE, FUNCTION)
    return {
        "AccountLimit": {
            "TotalCodeSize": _CODE_STORAGE_BYTES,
            "CodeSizeUnzipped": LARGEST_UNZIPPED_BYTES,
            "CodeSizeZipped": LARGEST_ZIPPED_BYTES,
            "ConcurrentExecutions": context.node.account_concurrency,
            # No function can reserve concurrency yet.
            "UnreservedConcurrentExecutions": context.node.account_concurrency,
        },
        "AccountUsage": {
            "TotalCodeSize": sum(document["CodeSize"] for _, document in functions),
            "FunctionCount": len(functions),
        },
    }


OPERATIONS: Mapping[str, Callable[[Context, Shape], Shape]] = MappingProxyType(
    {
        "GetAccountSettings": get_account_settings,
    }
)
