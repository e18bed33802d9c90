"""The InvokeWithResponseStream operation. Source: "InvokeWithResponseStream", Lambda API Reference."""

from collections.abc import Mapping
from typing import Any, Final

from gatewright.base.errors import OperationNotImplemented
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
from gatewright.functions.streaming import StreamedInvocation, StreamOutcome

_CHUNK_BYTES: Final = 64 << 10
"""Largest PayloadChunk; SDKs hold an event whole before they pass it on."""

_Event = Mapping[str, Any]


async def invoke_with_response_stream(context: InvokeContext, request: Shape) -> Shape:
    """Run a function and pass on what it writes while it writes it.

    InvocationType is not looked at. The API reference has `DryRun`, but Lambda was recorded in September 2026 to run
    the function for that, and for `Event`, and to stream what it wrote (radkawar/stackd, testdata/aws/lambda,
    streaming.json).
    """
    function, target = find_target(context, request)
    event = read_event(request.get("Payload", b""))
    client_context = read_client_context(request.get("ClientContext"))
    if request.get("TenantId") is not None:
        raise OperationNotImplemented("Lambda InvokeWithResponseStream with TenantId is not implemented.")
    trace_header = trace_header_of(context, function)
    wants_log_tail = request.get("LogType") == "Tail"
    try:
        streamed = await context.functions.invoke_streaming(
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
        "ExecutedVersion": streamed.executed_version,
        "EventStream": _Events(streamed, wants_log_tail=wants_log_tail),
        "ResponseStreamContentType": streamed.content_type,
        "TraceHeader": streamed.trace_header,
    }


class _Events:
    """The events of one invocation: its chunks, and at the end InvokeComplete."""

    __slots__ = ("_is_complete", "_octets", "_rest", "_streamed", "_wants_log_tail")

    def __init__(self, streamed: StreamedInvocation, *, wants_log_tail: bool) -> None:
        self._streamed = streamed
        self._octets = aiter(streamed)
        self._rest = memoryview(b"")
        self._wants_log_tail = wants_log_tail
        self._is_complete = False

    def __aiter__(self) -> "_Events":
        return self

    async def __anext__(self) -> _Event:
        if not self._rest:
            if self._is_complete:
                raise StopAsyncIteration
            try:
                self._rest = memoryview(await anext(self._octets))
            except StopAsyncIteration:
                self._is_complete = True
                return {"InvokeComplete": self._completion()}
        chunk, self._rest = self._rest[:_CHUNK_BYTES], self._rest[_CHUNK_BYTES:]
        return {"PayloadChunk": {"Payload": bytes(chunk)}}

    async def aclose(self) -> None:
        """Let the function run on without a reader."""
        await self._streamed.aclose()

    def _completion(self) -> Mapping[str, str | None]:
        outcome: StreamOutcome | None = self._streamed.outcome
        if outcome is None:  # closed
            return {}
        return {
            "ErrorCode": outcome.error_code,
            "LogResult": encode_log_tail(outcome.result.log_tail) if self._wants_log_tail else None,
        }
