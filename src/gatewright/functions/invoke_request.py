"""What the operations that invoke a function have in common: finding it, reading the event, the client context."""

import base64
import binascii
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Protocol

import orjson

from gatewright.base.arn import FunctionReference, function_arn, parse_function_name
from gatewright.base.errors import AwsError
from gatewright.base.operations import Caller, Shape
from gatewright.functions.async_invoke.lineage import extend
from gatewright.functions.errors import too_large
from gatewright.functions.invocation import InvocationResult
from gatewright.functions.settings import MAX_EVENT_BYTES
from gatewright.functions.streaming import StreamedInvocation
from gatewright.snapshot.types import Function, QualifiedFunction

_MAX_CLIENT_CONTEXT_BYTES: Final = 3583
_LINE_WITHIN = re.compile("\r(?!\n)")


class Invoker(Protocol):
    """Runs functions; `invoke.Functions` is one."""

    async def invoke(
        self,
        target: QualifiedFunction,
        event: bytes,
        *,
        request_id: str | None = None,
        trace_header: str | None = None,
        client_context: str | None = None,
        wants_log_tail: bool = False,
    ) -> InvocationResult:
        """Run a function once."""
        ...

    async def invoke_streaming(
        self,
        target: QualifiedFunction,
        event: bytes,
        *,
        request_id: str | None = None,
        trace_header: str | None = None,
        client_context: str | None = None,
        wants_log_tail: bool = False,
    ) -> StreamedInvocation:
        """Run a function once and return when it begins to respond."""
        ...


class EventSubmitter(Protocol):
    """Keeps events for functions and runs them later; `async_invoke.AsyncInvoker` is one."""

    async def submit(
        self, target: QualifiedFunction, event: bytes, *, request_id: str, trace_header: str | None = None
    ) -> None:
        """Keep an event (JSON); it is durable on return. Raises `InvokeError` when it cannot be kept.

        `trace_header` is that of the request. A loop of functions is stopped when the event would run, so that it
        reaches a dead-letter queue.
        """
        ...


@dataclass(frozen=True, slots=True)
class InvokeContext:
    """The first argument of the operations that are served here."""

    caller: Caller
    functions: Invoker
    resolve: Callable[[str], Function | None]
    """Finds a function in the current snapshot by its unqualified ARN."""
    events: EventSubmitter


def find_target(context: InvokeContext, request: Shape) -> tuple[Function, QualifiedFunction]:
    """Return the function that `FunctionName` and `Qualifier` name, and what they mean of it."""
    name = request["FunctionName"]
    reference = parse_function_name(name)
    if reference is None:
        raise AwsError("InvalidParameterValueException", f"The function name {name} is not valid.")
    qualifier = _qualifier(reference, request.get("Qualifier"))
    caller = context.caller
    if reference.region is not None and reference.region != caller.region:
        raise AwsError(
            "ResourceNotFoundException",
            f"Functions from '{reference.region}' are not reachable in this region ('{caller.region}')",
        )
    arn = function_arn(caller.partition, caller.region, reference.account or caller.account_id, reference.name)
    function = context.resolve(arn)
    target = None if function is None else function.qualified.get(qualifier or "")
    if function is None or target is None:
        # Unlike GetFunction, which answers with what it was asked for (recorded of AWS in November 2025).
        asked = f"{arn}:{qualifier or '$LATEST'}"
        raise AwsError("ResourceNotFoundException", f"Function not found: {asked}", members={"Type": "User"})
    return function, target


def _qualifier(reference: FunctionReference, asked: str | None) -> str | None:
    if reference.qualifier is not None and asked is not None and reference.qualifier != asked:
        raise AwsError(
            "InvalidParameterValueException",
            "The derived qualifier from the function name does not match the specified qualifier.",
        )
    return asked or reference.qualifier


def read_event(payload: bytes, limit_bytes: int = MAX_EVENT_BYTES, invocation_type: str = "RequestResponse") -> bytes:
    """Return the event of a payload, which must be JSON; nothing is an empty object."""
    if len(payload) > limit_bytes:  # before it is parsed
        raise too_large(len(payload), limit_bytes, invocation_type).aws_error()
    if not payload.strip():
        return b"{}"
    try:
        orjson.loads(payload)
    except orjson.JSONDecodeError as error:
        raise AwsError(
            "InvalidRequestContentException",
            f"Could not parse request body into json: Could not parse payload into json: {error}",
            members={"Type": "User"},
        ) from error
    return payload


def read_client_context(encoded: str | None) -> str | None:
    """Return the client context as JSON text."""
    if not encoded:
        return None
    if len(encoded) > _MAX_CLIENT_CONTEXT_BYTES:
        raise AwsError(
            "InvalidRequestContentException",
            f"Client context must be smaller than {_MAX_CLIENT_CONTEXT_BYTES} bytes.",
        )
    try:
        # ASCII without line ends: it may become a field of an HTTP message.
        return json.dumps(orjson.loads(base64.b64decode(encoded, validate=True)))
    except (binascii.Error, orjson.JSONDecodeError, RecursionError) as error:  # the last for what nests too deep
        raise AwsError(
            "InvalidRequestContentException", "Client context must be a valid Base64-encoded JSON object."
        ) from error


def encode_log_tail(lines: bytes) -> str:
    """Return LogResult: the end of the log, in which a character that was cut in two is a replacement character.

    The lines of one message are shown as lines. Runtimes put carriage returns between them, so that they stay together
    in the log. Recorded of AWS in September 2026 (radkawar/stackd, testdata/aws/lambda/invocation_tails.json).
    """
    text = _LINE_WITHIN.sub("\n", lines.decode("utf-8", "replace"))
    return base64.b64encode(text.encode()).decode()


def trace_header_of(context: InvokeContext, function: Function) -> str | None:
    """Return the trace header of a request, in which this invocation is counted; None when it has none.

    Raises RecursiveInvocationException when a loop of functions came to this synchronous invocation.
    """
    if context.caller.trace_header is None:
        return None
    lineage = extend(context.caller.trace_header, function.arn)
    if function.recursive_loop == "Terminate" and lineage.is_loop:
        raise AwsError(
            "RecursiveInvocationException",
            "Lambda has detected your function being invoked in a recursive loop with other Amazon Web Services"
            " resources and stopped your function's invocation.",
            members={"Type": "User"},
        )
    return lineage.trace_header
