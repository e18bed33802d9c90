"""The Invoke operation. Source: "Invoke", Lambda API Reference."""

import base64
import binascii
import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Protocol

import orjson

from gatewright.base.arn import FunctionReference, function_arn, parse_function_name
from gatewright.base.errors import AwsError, OperationNotImplemented
from gatewright.base.operations import Caller, Shape
from gatewright.functions.errors import InvokeError, too_large
from gatewright.functions.invocation import InvocationResult
from gatewright.functions.settings import MAX_EVENT_BYTES
from gatewright.snapshot.types import Function, QualifiedFunction

_MAX_CLIENT_CONTEXT_BYTES: Final = 3583


class Invoker(Protocol):
    """Runs functions; `invoke.Functions` is one."""

    async def invoke(
        self,
        target: QualifiedFunction,
        event: bytes,
        *,
        request_id: str | None = None,
        client_context: str | None = None,
        wants_log_tail: bool = False,
    ) -> InvocationResult:
        """Run a function once."""
        ...


@dataclass(frozen=True, slots=True)
class InvokeContext:
    """The first argument of the operations that are served here."""

    caller: Caller
    functions: Invoker
    resolve: Callable[[str], Function | None]
    """Finds a function in the current snapshot by its unqualified ARN."""


async def invoke(context: InvokeContext, request: Shape) -> Shape:
    """Run a function and wait for its answer, or only see whether it could be run."""
    target = _find(context, request)
    event = _event(request.get("Payload", b""))
    invocation_type = request.get("InvocationType", "RequestResponse")
    if invocation_type == "DryRun":
        return {"StatusCode": 204}
    if invocation_type != "RequestResponse":
        raise OperationNotImplemented(f"Lambda Invoke with InvocationType {invocation_type} is not implemented.")
    for option in ("DurableExecutionName", "TenantId"):
        if request.get(option) is not None:
            raise OperationNotImplemented(f"Lambda Invoke with {option} is not implemented.")
    wants_log_tail = request.get("LogType") == "Tail"
    try:
        result = await context.functions.invoke(
            target,
            event,
            request_id=context.caller.request_id,
            client_context=_client_context(request.get("ClientContext")),
            wants_log_tail=wants_log_tail,
        )
    except InvokeError as error:
        raise error.aws_error() from error
    return {
        "StatusCode": 200,
        "FunctionError": result.function_error,
        "LogResult": base64.b64encode(result.log_tail).decode() if wants_log_tail else None,
        "ExecutedVersion": result.executed_version,
        "Payload": result.payload,
    }


def _find(context: InvokeContext, request: Shape) -> QualifiedFunction:
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
    if target is None:
        asked = f"{arn}:{qualifier}" if qualifier else arn
        raise AwsError("ResourceNotFoundException", f"Function not found: {asked}", members={"Type": "User"})
    return target


def _qualifier(reference: FunctionReference, asked: str | None) -> str | None:
    if reference.qualifier is not None and asked is not None and reference.qualifier != asked:
        raise AwsError(
            "InvalidParameterValueException",
            "The derived qualifier from the function name does not match the specified qualifier.",
        )
    return asked or reference.qualifier


def _event(payload: bytes) -> bytes:
    if len(payload) > MAX_EVENT_BYTES:  # before it is parsed
        raise too_large(len(payload)).aws_error()
    if not payload.strip():
        return b"{}"
    try:
        orjson.loads(payload)
    except orjson.JSONDecodeError as error:
        raise AwsError(
            "InvalidRequestContentException",
            f"Could not parse request body into json: {error}",
            members={"Type": "User"},
        ) from error
    return payload


def _client_context(encoded: str | None) -> str | None:
    """Return the client context as JSON text."""
    if not encoded:
        return None
    if len(encoded) > _MAX_CLIENT_CONTEXT_BYTES:
        raise AwsError(
            "InvalidRequestContentException",
            f"Client context must be smaller than {_MAX_CLIENT_CONTEXT_BYTES} bytes.",
        )
    try:
        context = orjson.loads(base64.b64decode(encoded, validate=True))
    except (binascii.Error, orjson.JSONDecodeError) as error:
        raise AwsError(
            "InvalidRequestContentException", "Client context must be a valid Base64-encoded JSON object."
        ) from error
    return json.dumps(context)  # ASCII without line ends: it may become a field of an HTTP message


Operation = Callable[[InvokeContext, Shape], Awaitable[Shape]]

OPERATIONS: Final[Mapping[str, Operation]] = MappingProxyType({"Invoke": invoke})
