"""Functions and their versions: delete.

Source: DeleteFunction in the "API reference" (AWS Lambda): with a qualifier, one version; without, the function with
all that belongs to it. Invocations under way finish on what they started with; code goes when nothing refers to it.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from gatewright.base.operations import Shape
from gatewright.control.context import Context
from gatewright.control.lambda_.errors import conflict, function_not_found, invalid_parameter
from gatewright.control.lambda_.function_layers import forget_layers
from gatewright.control.lambda_.names import (
    ALIAS,
    EVENT_INVOKE_CONFIG,
    FUNCTION,
    FUNCTION_CODE_SIGNING,
    FUNCTION_CONCURRENCY,
    FUNCTION_POLICY,
    FUNCTION_TAGS,
    FUNCTION_URL,
    LATEST,
    PROVISIONED_CONCURRENCY,
    RECURSION_CONFIG,
    RUNTIME_MANAGEMENT,
    SERVICE,
    SOURCE_KMS_KEY,
    VERSION,
    VERSION_COUNTER,
    FunctionTarget,
    find_version,
    function_key,
    is_version,
    part_key,
    resolve_function,
    version_id,
)
from gatewright.store.types import Writer

_OF_FUNCTION = (
    FUNCTION,
    FUNCTION_CODE_SIGNING,
    FUNCTION_CONCURRENCY,
    FUNCTION_POLICY,
    FUNCTION_TAGS,
    RECURSION_CONFIG,
)
_OF_QUALIFIER = (
    EVENT_INVOKE_CONFIG,
    FUNCTION_POLICY,
    PROVISIONED_CONCURRENCY,
    RUNTIME_MANAGEMENT,
    SOURCE_KMS_KEY,
)
_PARTS = (ALIAS, FUNCTION_URL, VERSION, *_OF_QUALIFIER)


def delete_function(context: Context, request: Shape) -> Shape:
    """Delete a function, or one of its versions."""
    target = resolve_function(context, "DeleteFunction", request["FunctionName"], request.get("Qualifier"))
    if target.qualifier == LATEST:
        raise invalid_parameter("$LATEST version cannot be deleted without deleting the function.")
    if target.qualifier is not None and not is_version(target.qualifier):
        raise invalid_parameter("Deletion of aliases is not currently supported.")
    with context.store.write() as writer:
        if writer.get(function_key(context, target)) is None:
            raise function_not_found(target.arn)
        if target.qualifier is None:
            _delete_all(context, writer, target)
        else:
            _delete_version(context, writer, target, target.qualifier)
    return {"StatusCode": 204}


def delete_parts(context: Context, writer: Writer, target: FunctionTarget, qualifier: str) -> None:
    """Delete what a version or an alias has of its own: policy, concurrency and further configurations.

    The URL of an alias stays, and is that of a later alias of the same name (recorded of AWS: radkawar/stackd,
    testdata/aws/lambda/urls_control.json, September 2026). Until then it is forbidden to everybody.
    """
    for kind in _OF_QUALIFIER:
        writer.delete(part_key(context, kind, target, qualifier))


def _delete_all(context: Context, writer: Writer, target: FunctionTarget) -> None:
    caller = context.caller
    configurations = [writer.get(function_key(context, target)) or {}]
    for kind in _OF_FUNCTION:
        writer.delete(context.key(SERVICE, kind, target.name))
    for kind in _PARTS:
        for identifier, document in writer.list(
            caller.account_id, caller.region, SERVICE, kind, prefix=f"{target.name}/"
        ):
            writer.delete(context.key(SERVICE, kind, identifier))
            if kind == VERSION:
                configurations.append(document)
    counter_key = context.key(SERVICE, VERSION_COUNTER, target.name)
    counter = writer.get(counter_key)
    if counter is not None:
        writer.put(counter_key, {"Last": counter["Last"]})
    forget_layers(writer, configurations)


def _delete_version(context: Context, writer: Writer, target: FunctionTarget, number: str) -> None:
    """Delete a version; one that is not there is no error, as on AWS."""
    version = find_version(context, writer, target, number)
    if version is None:
        return
    caller = context.caller
    aliases = writer.list(caller.account_id, caller.region, SERVICE, ALIAS, prefix=f"{target.name}/")
    referring = [
        alias["Name"]
        for _, alias in aliases
        if number == alias["FunctionVersion"]
        or number in alias.get("RoutingConfig", {}).get("AdditionalVersionWeights", {})
    ]
    if referring:
        raise conflict(f"Unable to delete version because the following aliases reference it: [{', '.join(referring)}]")
    writer.delete(context.key(SERVICE, VERSION, version_id(target, number)))
    counter = writer.get(context.key(SERVICE, VERSION_COUNTER, target.name)) or {}
    latest = writer.get(function_key(context, target))
    if latest is not None and str(counter.get("Last")) == version["Version"]:
        writer.put(function_key(context, target), {**latest, "RevisionId": context.ids.request_id()})
    delete_parts(context, writer, target, number)
    forget_layers(writer, [version])


OPERATIONS: Mapping[str, Callable[[Context, Shape], Shape]] = MappingProxyType(
    {
        "DeleteFunction": delete_function,
    }
)
