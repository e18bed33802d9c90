"""When a function's runtime is updated.

Source: PutRuntimeManagementConfig and GetRuntimeManagementConfig in the "API reference", "Understanding how Lambda
manages runtime version updates" (AWS Lambda Developer Guide). A record: functions run on what this machine has.
"""

import logging
from collections.abc import Callable, Mapping
from types import MappingProxyType

from gatewright.base.operations import Shape
from gatewright.control.context import Context
from gatewright.control.lambda_.errors import invalid_parameter
from gatewright.control.lambda_.names import (
    LATEST,
    RUNTIME_MANAGEMENT,
    FunctionTarget,
    is_version,
    part_key,
    require_function,
    resolve_function,
)
from gatewright.store.types import Document, Reader

_log = logging.getLogger(__name__)

_MANUAL = "Manual"


def put_runtime_management_config(context: Context, request: Shape) -> Shape:
    """Set when the runtime of $LATEST or a version is updated."""
    target = _resolve(context, "PutRuntimeManagementConfig", request)
    mode, version_arn = request["UpdateRuntimeOn"], request.get("RuntimeVersionArn")
    # "This is only required if you're using the Manual runtime update mode." What Lambda answers is not documented.
    if mode == _MANUAL and not version_arn:
        raise invalid_parameter("RuntimeVersionArn is required when UpdateRuntimeOn is Manual.")
    if mode != _MANUAL and version_arn:
        raise invalid_parameter(f"RuntimeVersionArn cannot be specified when UpdateRuntimeOn is {mode}.")
    document: Document = {"UpdateRuntimeOn": mode}
    if version_arn:
        document["RuntimeVersionArn"] = version_arn
    with context.store.write() as writer:
        require_function(context, writer, target)
        writer.put(part_key(context, RUNTIME_MANAGEMENT, target, target.qualifier or LATEST), document)
    if mode == _MANUAL:
        _log.warning("%s: its runtime version is a record only; it runs on what is installed", target.arn)
    return _described(target, document)


def get_runtime_management_config(context: Context, request: Shape) -> Shape:
    """Return when the runtime of $LATEST or a version is updated: automatically, unless something else was set."""
    target = _resolve(context, "GetRuntimeManagementConfig", request)
    with context.store.read() as reader:
        require_function(context, reader, target)
        document = reader.get(part_key(context, RUNTIME_MANAGEMENT, target, target.qualifier or LATEST))
    return _described(target, document or {"UpdateRuntimeOn": "Auto"})


def refuse_runtime_change(
    context: Context, reader: Reader, target: FunctionTarget, configuration: Document, runtime: str | None
) -> None:
    """Raise InvalidParameterValueException when a function whose runtime version is fixed gets another runtime."""
    document = reader.get(part_key(context, RUNTIME_MANAGEMENT, target, LATEST))
    if document is None or document["UpdateRuntimeOn"] != _MANUAL or runtime in (None, configuration.get("Runtime")):
        return
    raise invalid_parameter(
        "Cannot change runtime identifier when runtime management configuration is set to 'Manual'. Change the runtime "
        "management configuration to 'Auto' or 'FunctionUpdate', then retry."
    )


def _resolve(context: Context, operation: str, request: Shape) -> FunctionTarget:
    target = resolve_function(context, operation, request["FunctionName"], request.get("Qualifier"))
    # "This can be $LATEST or a published version number."
    if target.qualifier not in (None, LATEST) and not is_version(target.qualifier):
        raise invalid_parameter("Runtime management configurations do not support aliases.")
    return target


def _described(target: FunctionTarget, document: Document) -> Document:
    return {**document, "FunctionArn": f"{target.arn}:{target.qualifier or LATEST}"}


OPERATIONS: Mapping[str, Callable[[Context, Shape], Shape]] = MappingProxyType(
    {
        "PutRuntimeManagementConfig": put_runtime_management_config,
        "GetRuntimeManagementConfig": get_runtime_management_config,
    }
)
