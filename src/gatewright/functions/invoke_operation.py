"""The Invoke and InvokeAsync operations. Sources: "Invoke" and "InvokeAsync", Lambda API Reference."""

from collections.abc import Awaitable, Callable, Mapping
from types import MappingProxyType
from typing import Final

from gatewright.base.errors import AwsError, OperationNotImplemented
from gatewright.base.operations import Shape
from gatewright.functions.errors import InvokeError
from gatewright.functions.invoke_request import (
    InvokeContext,
    encode_log_tail,
    find_target,
    read_client_context,
    read_event,
    trace_header_of,
)
from gatewright.functions.settings import MAX_ASYNC_EVENT_BYTES, MAX_EVENT_BYTES, MAX_INVOKE_ASYNC_BYTES
from gatewright.functions.streaming_operation import invoke_with_response_stream
from gatewright.snapshot.types import QualifiedFunction

_TOO_LARGE: Final = 413

__all__ = ["OPERATIONS", "InvokeContext", "Operation"]


async def invoke(context: InvokeContext, request: Shape) -> Shape:
    """Run a function and wait for its answer, keep an event for it, or only see whether it could be run."""
    function, target = find_target(context, request)
    invocation_type = request.get("InvocationType", "RequestResponse")
    limit_bytes = MAX_ASYNC_EVENT_BYTES if invocation_type == "Event" else MAX_EVENT_BYTES
    event = read_event(request.get("Payload", b""), limit_bytes, invocation_type)
    if invocation_type == "DryRun":
        return {"StatusCode": 204}
    for option in ("DurableExecutionName", "TenantId"):
        if request.get(option) is not None:
            raise OperationNotImplemented(f"Lambda Invoke with {option} is not implemented.")
    if invocation_type == "Event":  # the client context is for synchronous invocations only: it is not even looked at
        await _submit(context, target, event, context.caller.trace_header)
        return {"StatusCode": 202}
    client_context = read_client_context(request.get("ClientContext"))
    trace_header = trace_header_of(context, function)
    wants_log_tail = request.get("LogType") == "Tail"
    try:
        result = await context.functions.invoke(
            target,
            event,
            request_id=context.caller.request_id,
            trace_header=trace_header,
            client_context=client_context,
            wants_log_tail=wants_log_tail,
        )
    except InvokeError as error:
        raise error.aws_error() from error
    return {
        "StatusCode": 200,
        "FunctionError": result.function_error,
        "LogResult": encode_log_tail(result.log_tail) if wants_log_tail else None,
        "ExecutedVersion": result.executed_version,
        "Payload": result.payload,
        "ContentType": "application/octet-stream" if result.is_streamed and result.payload else None,
        "TraceHeader": result.trace_header or None,
    }


async def invoke_async(context: InvokeContext, request: Shape) -> Shape:
    """Keep an event for a function. The trace is not continued, and events are smaller than those of Invoke."""
    _, target = find_target(context, request)
    try:
        event = read_event(request["InvokeArgs"], MAX_INVOKE_ASYNC_BYTES, "Event")
    except AwsError as error:
        if error.status != _TOO_LARGE:
            raise
        # Of this operation alone: recorded in September 2026 (radkawar/stackd, testdata/aws/lambda/invoke_async.json).
        raise AwsError("RequestEntityTooLargeException", error.message, status=_TOO_LARGE) from error
    await _submit(context, target, event, None)
    return {"Status": 202}


async def _submit(context: InvokeContext, target: QualifiedFunction, event: bytes, trace_header: str | None) -> None:
    try:
        await context.events.submit(target, event, request_id=context.caller.request_id, trace_header=trace_header)
    except InvokeError as error:
        raise error.aws_error() from error


Operation = Callable[[InvokeContext, Shape], Awaitable[Shape]]

OPERATIONS: Final[Mapping[str, Operation]] = MappingProxyType(
    {"Invoke": invoke, "InvokeAsync": invoke_async, "InvokeWithResponseStream": invoke_with_response_stream}
)
