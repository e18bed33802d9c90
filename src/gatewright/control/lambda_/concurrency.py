"""Reserved concurrency: how many invocations at once a function keeps for itself, and cannot exceed.

Source: PutFunctionConcurrency, GetFunctionConcurrency and DeleteFunctionConcurrency in the "API reference",
"Configuring reserved concurrency for a function" (AWS Lambda Developer Guide). Zero switches a function off. A change
gives the function a new RevisionId (recorded of AWS: radkawar/stackd, docs/lambda.md, "Concurrency").
"""

from collections import Counter
from collections.abc import Callable, Mapping
from types import MappingProxyType

from gatewright.base.errors import AwsError
from gatewright.base.operations import Shape
from gatewright.control.context import Context
from gatewright.control.lambda_.errors import concurrency_limit, function_not_found, qualifier_not_permitted
from gatewright.control.lambda_.names import (
    FUNCTION_CONCURRENCY,
    LATEST,
    PROVISIONED_CONCURRENCY,
    SERVICE,
    FunctionTarget,
    change_revision,
    find_function,
    require_function,
    resolve_function,
    resolve_unqualified,
)
from gatewright.store.types import Reader

_LEAST_UNRESERVED = 100
"""What has to stay for the functions that reserve nothing ("Lambda quotas"); of smaller accounts, all of it."""


def put_function_concurrency(context: Context, request: Shape) -> Shape:
    """Reserve concurrency for a function, in place of what it has reserved."""
    target = resolve_function(context, "PutFunctionConcurrency", request["FunctionName"])
    if target.qualifier is not None:
        raise qualifier_not_permitted()
    wanted = request["ReservedConcurrentExecutions"]
    with context.store.write() as writer:
        if find_function(context, writer, target) is None:
            raise _function_not_found(target)
        least = least_unreserved(context)
        if unreserved_concurrency(context, writer, without=target.name) - wanted < least:
            raise concurrency_limit(
                "Specified ReservedConcurrentExecutions for function decreases account's "
                f"UnreservedConcurrentExecution below its minimum value of [{least}]."
            )
        provisioned = provisioned_concurrency(context, writer, target)
        if provisioned > wanted:
            raise concurrency_limit(
                f" ReservedConcurrentExecutions  {wanted} should not be lower than function's total provisioned "
                f"concurrency [{provisioned}]."
            )
        if reserved_concurrency(context, writer, target) != wanted:
            key = context.key(SERVICE, FUNCTION_CONCURRENCY, target.name)
            writer.put(key, {"ReservedConcurrentExecutions": wanted})
            change_revision(context, writer, target)
    return {"ReservedConcurrentExecutions": wanted}


def get_function_concurrency(context: Context, request: Shape) -> Shape:
    """Return what a function has reserved; an empty object when that is nothing."""
    target = resolve_unqualified(context, "GetFunctionConcurrency", request["FunctionName"])
    with context.store.read() as reader:
        require_function(context, reader, target)
        reserved = reserved_concurrency(context, reader, target)
    return {} if reserved is None else {"ReservedConcurrentExecutions": reserved}


def delete_function_concurrency(context: Context, request: Shape) -> Shape:
    """Let a function share the account's concurrency again."""
    target = resolve_unqualified(context, "DeleteFunctionConcurrency", request["FunctionName"])
    with context.store.write() as writer:
        if find_function(context, writer, target) is None:
            raise _function_not_found(target)
        if writer.delete(context.key(SERVICE, FUNCTION_CONCURRENCY, target.name)):
            change_revision(context, writer, target)
    return {}


def _function_not_found(target: FunctionTarget) -> AwsError:
    """Build the error of the two operations that write: unlike the one that reads, they answer with the version."""
    return function_not_found(f"{target.arn}:{LATEST}")


def reserved_concurrency(context: Context, reader: Reader, target: FunctionTarget) -> int | None:
    """Return what a function has reserved, or None."""
    document = reader.get(context.key(SERVICE, FUNCTION_CONCURRENCY, target.name))
    return None if document is None else int(document["ReservedConcurrentExecutions"])


def provisioned_concurrency(context: Context, reader: Reader, target: FunctionTarget, *, without: str = "") -> int:
    """Return the provisioned concurrency of all versions and aliases of a function but `without`."""
    caller = context.caller
    prefix = f"{target.name}/"
    configs = reader.list(caller.account_id, caller.region, SERVICE, PROVISIONED_CONCURRENCY, prefix=prefix)
    return sum(
        document["RequestedProvisionedConcurrentExecutions"]
        for identifier, document in configs
        if identifier != f"{prefix}{without}"
    )


def unreserved_concurrency(context: Context, reader: Reader, *, without: str = "") -> int:
    """Return what of the account's concurrency no function but `without` keeps, by reserving or provisioning.

    Provisioned concurrency counts towards what its function has reserved, if it has reserved anything.
    """
    account, region = context.caller.account_id, context.caller.region
    kept: Counter[str] = Counter()
    for identifier, document in reader.list(account, region, SERVICE, PROVISIONED_CONCURRENCY):
        kept[identifier.partition("/")[0]] += document["RequestedProvisionedConcurrentExecutions"]
    for name, document in reader.list(account, region, SERVICE, FUNCTION_CONCURRENCY):
        kept[name] = document["ReservedConcurrentExecutions"]
    return context.node.account_concurrency - kept.total() + kept[without]


def least_unreserved(context: Context) -> int:
    """Return how much of the account's concurrency has to stay unreserved."""
    return min(_LEAST_UNRESERVED, context.node.account_concurrency)


OPERATIONS: Mapping[str, Callable[[Context, Shape], Shape]] = MappingProxyType(
    {
        "PutFunctionConcurrency": put_function_concurrency,
        "GetFunctionConcurrency": get_function_concurrency,
        "DeleteFunctionConcurrency": delete_function_concurrency,
    }
)
