"""Provisioned concurrency: environments of a version or alias that are kept initialized.

Source: PutProvisionedConcurrencyConfig, GetProvisionedConcurrencyConfig, ListProvisionedConcurrencyConfigs and
DeleteProvisionedConcurrencyConfig in the "API reference", "Configuring provisioned concurrency for a function" (AWS
Lambda Developer Guide). What was asked for is kept here; how far it has come is the data plane's to say.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from gatewright.aws.pagination import page
from gatewright.base.clock import utc
from gatewright.base.errors import AwsError
from gatewright.base.operations import Shape
from gatewright.control.context import Context
from gatewright.control.lambda_.concurrency import (
    least_unreserved,
    provisioned_concurrency,
    reserved_concurrency,
    unreserved_concurrency,
)
from gatewright.control.lambda_.errors import concurrency_limit, conflict, invalid_parameter
from gatewright.control.lambda_.listings import page_size
from gatewright.control.lambda_.names import (
    ALIAS,
    LATEST,
    PROVISIONED_CONCURRENCY,
    SERVICE,
    FunctionTarget,
    is_version,
    part_key,
    require_function,
    require_resource,
    resolve_function,
    resolve_unqualified,
)
from gatewright.store.types import Document, Reader

_UNPUBLISHED = "Provisioned Concurrency Configs cannot be applied to unpublished function versions."


def put_provisioned_concurrency_config(context: Context, request: Shape) -> Shape:
    """Ask for initialized environments of a version or alias, in place of what was asked for before."""
    if request["Qualifier"] == LATEST:
        raise invalid_parameter(_UNPUBLISHED)
    target, qualifier = _resolve(context, "PutProvisionedConcurrencyConfig", request)
    wanted = request["ProvisionedConcurrentExecutions"]
    with context.store.write() as writer:
        configuration = require_resource(context, writer, target)
        if configuration["Version"] == LATEST:  # an alias may point to it
            raise invalid_parameter(_UNPUBLISHED)
        _refuse_both(context, writer, target, qualifier)
        _check_limits(context, writer, target, qualifier, wanted)
        document: Document = {
            "RequestedProvisionedConcurrentExecutions": wanted,
            "LastModified": f"{utc(context.clock.now()):%Y-%m-%dT%H:%M:%S}+0000",
        }
        writer.put(part_key(context, PROVISIONED_CONCURRENCY, target, qualifier), document)
    # The data plane has not heard of it yet.
    return {**_described(context, target, qualifier, document), "Status": "IN_PROGRESS"}


def get_provisioned_concurrency_config(context: Context, request: Shape) -> Shape:
    """Return how far the provisioned concurrency of a version or alias has come."""
    target, qualifier = _resolve_published(context, "GetProvisionedConcurrencyConfig", request)
    with context.store.read() as reader:
        require_resource(context, reader, target)
        document = reader.get(part_key(context, PROVISIONED_CONCURRENCY, target, qualifier))
    if document is None:
        raise AwsError(
            "ProvisionedConcurrencyConfigNotFoundException",
            "No Provisioned Concurrency Config found for this function",
            status=404,
        )
    return _described(context, target, qualifier, document)


def list_provisioned_concurrency_configs(context: Context, request: Shape) -> Shape:
    """List the provisioned concurrency of a function's versions and aliases."""
    target = resolve_unqualified(context, "ListProvisionedConcurrencyConfigs", request["FunctionName"])
    caller, prefix = context.caller, f"{target.name}/"
    with context.store.read() as reader:
        require_function(context, reader, target)
        # Pairs, since an item's qualifier is in the id of its document.
        configs, marker = page(
            lambda after, limit: [
                (identifier, (identifier.removeprefix(prefix), document))
                for identifier, document in reader.list(
                    caller.account_id,
                    caller.region,
                    SERVICE,
                    PROVISIONED_CONCURRENCY,
                    prefix=prefix,
                    after=after,
                    limit=limit,
                )
            ],
            request.get("Marker"),
            page_size(request),
            listing=f"ListProvisionedConcurrencyConfigs/{target.name}",
        )
    items = [
        {"FunctionArn": f"{target.arn}:{qualifier}", **_described(context, target, qualifier, document)}
        for qualifier, document in configs
    ]
    return {"ProvisionedConcurrencyConfigs": items, "NextMarker": marker}


def delete_provisioned_concurrency_config(context: Context, request: Shape) -> Shape:
    """End the provisioned concurrency of a version or alias; that there is none is no error."""
    target, qualifier = _resolve_published(context, "DeleteProvisionedConcurrencyConfig", request)
    with context.store.write() as writer:
        require_resource(context, writer, target)
        writer.delete(part_key(context, PROVISIONED_CONCURRENCY, target, qualifier))
    return {}


def _resolve(context: Context, operation: str, request: Shape) -> tuple[FunctionTarget, str]:
    target = resolve_function(context, operation, request["FunctionName"], request["Qualifier"])
    return target, target.qualifier or LATEST


def _resolve_published(context: Context, operation: str, request: Shape) -> tuple[FunctionTarget, str]:
    if request["Qualifier"] == LATEST:
        raise invalid_parameter("The function resource provided must be an alias or a published version.")
    return _resolve(context, operation, request)


def _refuse_both(context: Context, reader: Reader, target: FunctionTarget, qualifier: str) -> None:
    """Raise ResourceConflictException when a version and an alias of it would both have provisioned concurrency.

    An alias that shares its traffic out cannot be given any; one that has it can come to share its traffic out.
    """
    if is_version(qualifier):
        caller = context.caller
        aliases = reader.list(caller.account_id, caller.region, SERVICE, ALIAS, prefix=f"{target.name}/")
        for _, alias in aliases:
            key = part_key(context, PROVISIONED_CONCURRENCY, target, alias["Name"])
            if qualifier in _versions_of(alias) and reader.get(key) is not None:
                raise conflict("Version is pointed by a Provisioned Concurrency alias")
        return
    versions = _versions_of(reader.get(part_key(context, ALIAS, target, qualifier)) or {})
    if len(versions) > 1:
        raise invalid_parameter("Alias with weights can not be used with Provisioned Concurrency")
    for version in versions:
        if reader.get(part_key(context, PROVISIONED_CONCURRENCY, target, version)) is not None:
            raise conflict(
                "Alias can't be used for Provisioned Concurrency configuration on an already Provisioned version"
            )


def _versions_of(alias: Document) -> list[str]:
    weights = (alias.get("RoutingConfig") or {}).get("AdditionalVersionWeights") or {}
    return [*filter(None, [alias.get("FunctionVersion")]), *weights]


def _check_limits(context: Context, reader: Reader, target: FunctionTarget, qualifier: str, wanted: int) -> None:
    """Raise InvalidParameterValueException when the function's or the account's concurrency is not enough."""
    others = provisioned_concurrency(context, reader, target, without=qualifier)
    reserved = reserved_concurrency(context, reader, target)
    if reserved is not None:
        if reserved < others + wanted:
            raise invalid_parameter(
                "Requested Provisioned Concurrency should not be greater than the reservedConcurrentExecution for "
                "function"
            )
        return
    if wanted > context.node.account_concurrency:
        raise concurrency_limit(
            "Specified ConcurrentExecutions for function is greater than account's unreserved concurrency "
            f"[{context.node.account_concurrency}]."
        )
    least = least_unreserved(context)
    if unreserved_concurrency(context, reader, without=target.name) - others - wanted < least:
        raise concurrency_limit(
            "Specified ConcurrentExecutions for function decreases account's UnreservedConcurrentExecution below its "
            f"minimum value of [{least}]."
        )


def _described(context: Context, target: FunctionTarget, qualifier: str, document: Document) -> Document:
    requested = document["RequestedProvisionedConcurrentExecutions"]
    environments = context.node.provisioned_environments(target.arn, qualifier)
    allocated = min(environments.allocated, requested)  # those of a larger configuration are still ending
    description: Document = {
        **document,
        "AllocatedProvisionedConcurrentExecutions": allocated,
        "AvailableProvisionedConcurrentExecutions": min(environments.available, requested),
        "Status": "READY" if allocated == requested else "IN_PROGRESS",
    }
    if environments.failure is not None and allocated < requested:
        description |= {"Status": "FAILED", "StatusReason": environments.failure}
    return description


OPERATIONS: Mapping[str, Callable[[Context, Shape], Shape]] = MappingProxyType(
    {
        "PutProvisionedConcurrencyConfig": put_provisioned_concurrency_config,
        "GetProvisionedConcurrencyConfig": get_provisioned_concurrency_config,
        "ListProvisionedConcurrencyConfigs": list_provisioned_concurrency_configs,
        "DeleteProvisionedConcurrencyConfig": delete_provisioned_concurrency_config,
    }
)
