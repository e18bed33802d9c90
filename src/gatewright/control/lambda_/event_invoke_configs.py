"""How often and how long Lambda tries an event of an asynchronous invocation, and what becomes of it.

Source: PutFunctionEventInvokeConfig, UpdateFunctionEventInvokeConfig, GetFunctionEventInvokeConfig,
ListFunctionEventInvokeConfigs and DeleteFunctionEventInvokeConfig in the "API reference", "Configuring error handling
settings for asynchronous invocations" (AWS Lambda Developer Guide). What a configuration does not set has its default.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from gatewright.aws.pagination import page
from gatewright.base.clock import utc
from gatewright.base.errors import AwsError
from gatewright.base.operations import Shape
from gatewright.control.context import Context
from gatewright.control.lambda_.destinations import checked_destinations
from gatewright.control.lambda_.errors import invalid_parameter, not_found
from gatewright.control.lambda_.listings import page_size
from gatewright.control.lambda_.names import (
    EVENT_INVOKE_CONFIG,
    LATEST,
    SERVICE,
    FunctionTarget,
    find_function,
    part_key,
    resolve_function,
    resolve_unqualified,
)
from gatewright.store.types import Document, Key, Reader

_LIMITS = ("MaximumRetryAttempts", "MaximumEventAgeInSeconds")


def put_function_event_invoke_config(context: Context, request: Shape) -> Shape:
    """Set the configuration of a function, version or alias; what the request leaves out has its default again."""
    target = _resolve_to_change(context, "PutFunctionEventInvokeConfig", request)
    with context.store.write() as writer:
        _require_target(context, writer, target)
        document: Document = {
            "LastModified": utc(context.clock.now()).isoformat(),
            "FunctionArn": _qualified_arn(target),
            "DestinationConfig": checked_destinations(writer, target, request.get("DestinationConfig") or {}),
        }
        document |= _limits(request)
        writer.put(_key(context, target), document)
    return document


def update_function_event_invoke_config(context: Context, request: Shape) -> Shape:
    """Change the configuration of a function, version or alias; what the request leaves out stays."""
    target = _resolve_to_change(context, "UpdateFunctionEventInvokeConfig", request)
    with context.store.write() as writer:
        _require_target(context, writer, target)
        document = writer.get(_key(context, target))
        if document is None:
            raise _no_config(target)
        if request.get("DestinationConfig"):
            changed = {name: member for name, member in request["DestinationConfig"].items() if _is_said(member)}
            document["DestinationConfig"] = checked_destinations(
                writer, target, {**document["DestinationConfig"], **changed}
            )
        document |= _limits(request)
        document["LastModified"] = utc(context.clock.now()).isoformat()
        writer.put(_key(context, target), document)
    return document


def get_function_event_invoke_config(context: Context, request: Shape) -> Shape:
    """Return the configuration of a function, version or alias."""
    target = _resolve(context, "GetFunctionEventInvokeConfig", request)
    with context.store.read() as reader:
        document = reader.get(_key(context, target))
    if document is None:
        raise _no_config(target)
    return document


def list_function_event_invoke_configs(context: Context, request: Shape) -> Shape:
    """List the configurations of a function, its versions and aliases."""
    target = resolve_unqualified(context, "ListFunctionEventInvokeConfigs", request["FunctionName"])
    caller, prefix = context.caller, f"{target.name}/"
    with context.store.read() as reader:
        _require_target(context, reader, target)
        configs, marker = page(
            lambda after, limit: reader.list(
                caller.account_id,
                caller.region,
                SERVICE,
                EVENT_INVOKE_CONFIG,
                prefix=prefix,
                after=after,
                limit=limit,
            ),
            request.get("Marker"),
            page_size(request),
            listing=f"ListFunctionEventInvokeConfigs/{target.name}",
        )
    return {"FunctionEventInvokeConfigs": configs, "NextMarker": marker}


def delete_function_event_invoke_config(context: Context, request: Shape) -> Shape:
    """Delete the configuration of a function, version or alias."""
    target = _resolve(context, "DeleteFunctionEventInvokeConfig", request)
    with context.store.write() as writer:
        if not writer.delete(_key(context, target)):
            raise _no_config(target)
    return {}


def _resolve(context: Context, operation: str, request: Shape) -> FunctionTarget:
    return resolve_function(context, operation, request["FunctionName"], request.get("Qualifier"))


def _resolve_to_change(context: Context, operation: str, request: Shape) -> FunctionTarget:
    if all(request.get(name) is None for name in _LIMITS) and not request.get("DestinationConfig"):
        raise invalid_parameter("You must specify at least one of error handling or destination setting.")
    return _resolve(context, operation, request)


def _is_said(member: Shape | None) -> bool:
    """Tell whether a member of a DestinationConfig says anything: an empty Destination does, none at all does not.

    Recorded of AWS: radkawar/stackd, testdata/aws/lambda/outcomes_admission.json, September 2026.
    """
    return member is not None and member.get("Destination") is not None


def _require_target(context: Context, reader: Reader, target: FunctionTarget) -> None:
    if find_function(context, reader, target) is None:
        raise not_found("The function doesn't exist.")


def _key(context: Context, target: FunctionTarget) -> Key:
    return part_key(context, EVENT_INVOKE_CONFIG, target, target.qualifier or LATEST)


def _qualified_arn(target: FunctionTarget) -> str:
    return f"{target.arn}:{target.qualifier or LATEST}"


def _no_config(target: FunctionTarget) -> AwsError:
    return not_found(f"The function {_qualified_arn(target)} doesn't have an EventInvokeConfig")


def _limits(request: Shape) -> Document:
    return {name: request[name] for name in _LIMITS if request.get(name) is not None}


OPERATIONS: Mapping[str, Callable[[Context, Shape], Shape]] = MappingProxyType(
    {
        "PutFunctionEventInvokeConfig": put_function_event_invoke_config,
        "UpdateFunctionEventInvokeConfig": update_function_event_invoke_config,
        "GetFunctionEventInvokeConfig": get_function_event_invoke_config,
        "ListFunctionEventInvokeConfigs": list_function_event_invoke_configs,
        "DeleteFunctionEventInvokeConfig": delete_function_event_invoke_config,
    }
)
