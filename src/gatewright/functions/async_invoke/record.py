"""What is sent when an event is done with: the invocation record, and the attributes of a dead letter.

Source: "Capturing records of Lambda asynchronous invocations". The destination of a record that is too large for it
gets the record without payloads (DestinationConfig, Lambda API reference).
"""

import re
from datetime import UTC, datetime
from typing import Final

import orjson

from gatewright.base.arn import parse_arn
from gatewright.functions.async_invoke.rules import Condition
from gatewright.functions.async_invoke.types import AsyncEvent, LastResponse

_ERROR_MESSAGE_BYTES: Final = 1024
_ZERO_CONCURRENCY: Final = "Function not invoked. Function isconfigured with zero reserved concurrent executions"
"""As Lambda spells it."""
_MAX_BYTES: Final = (("sqs", 1_048_576), ("sns", 262_144), ("events", 262_144), ("lambda", 1_048_576))
"""What a message may have, by service: Amazon SQS and SNS quotas, "Calculating PutEvents event entry size"."""
_EVENT_ENVELOPE_BYTES: Final = 2048
"""More than source, detail type, time and resources of an event take, which count for its size."""

# What is not #x9 | #xA | #xD | #x20 to #xD7FF | #xE000 to #xFFFD | #x10000 to #x10FFFF. Said like that, it would take
# eight times as long to compile.
_NOT_ALLOWED = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def invocation_record(
    event: AsyncEvent, payload: bytes, condition: Condition, finished_at: float, target_arn: str
) -> bytes:
    """Return the record of an event as JSON, no larger than its destination takes."""
    limit = _limit(target_arn)
    record = _record(event, payload, condition, finished_at)
    for member in ("responsePayload", "requestPayload"):
        body = orjson.dumps(record)
        if len(body) <= limit:
            return body
        record.pop(member, None)
    return orjson.dumps(record)


def _limit(target_arn: str) -> int:
    arn = parse_arn(target_arn)
    service = "" if arn is None else arn.service
    limit = dict(_MAX_BYTES).get(service, 1 << 30)
    return limit - _EVENT_ENVELOPE_BYTES if service == "events" else limit


def _record(event: AsyncEvent, payload: bytes, condition: Condition, finished_at: float) -> dict[str, object]:
    timestamp = datetime.fromtimestamp(finished_at, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    record: dict[str, object] = {
        "version": "1.0",
        "timestamp": timestamp,
        "requestContext": {
            "requestId": event.request_id,
            "functionArn": event.qualified_arn,
            "condition": str(condition),
            # Recorded: 1 also of an event that succeeded only when tried again (radkawar/stackd, docs/lambda.md).
            "approximateInvokeCount": 1 if condition is Condition.SUCCESS else event.attempts,
        },
        "requestPayload": orjson.Fragment(payload),
    }
    response = event.last_response
    if response is not None:
        record["responseContext"] = _response_context(response)
        if response.payload is not None:
            record |= _response_payload(response.payload)
    return record


def _response_context(response: LastResponse) -> dict[str, object]:
    context: dict[str, object] = {"statusCode": response.status}
    if response.executed_version is not None:
        context["executedVersion"] = response.executed_version
    if response.function_error is not None:
        context["functionError"] = response.function_error
    return context


def _response_payload(payload: bytes) -> dict[str, object]:
    """Return the response as a member of the record; a custom runtime may have answered with anything."""
    try:
        orjson.loads(payload)
    except orjson.JSONDecodeError:
        message = "The function response payload could not be parsed as JSON."
        return {
            "deliveryError": {
                "statusCode": 400,
                "errorCode": "InvalidRequestContentException",
                "errorMessage": message,
            }
        }
    return {"responsePayload": orjson.Fragment(payload)}


def dead_letter_attributes(event: AsyncEvent, condition: Condition) -> tuple[tuple[str, str, str], ...]:
    """Return the message attributes of a dead letter as (name, data type, value)."""
    attributes = [("RequestID", "String", event.request_id)]
    response = event.last_response
    if condition is Condition.ZERO_RESERVED_CONCURRENCY:
        message: str | None = _ZERO_CONCURRENCY
    else:
        message = None if response is None else _error_message(response)
        if response is not None:
            attributes.append(("ErrorCode", "Number", str(response.status)))
    if message:
        attributes.append(("ErrorMessage", "String", _first_kilobyte(message)))
    return tuple(attributes)


def _error_message(response: LastResponse) -> str | None:
    if response.payload is None:
        return response.message
    try:
        error = orjson.loads(response.payload)
    except orjson.JSONDecodeError:
        return response.payload.decode("utf-8", "replace")
    message = error.get("errorMessage") if isinstance(error, dict) else None
    return message if isinstance(message, str) else response.message


def _first_kilobyte(message: str) -> str:
    """Return the beginning of a message, without the characters that no message of SQS may have ("SendMessage")."""
    octets = message.encode("utf-8", "replace")[:_ERROR_MESSAGE_BYTES]
    return _NOT_ALLOWED.sub(" ", octets.decode("utf-8", "replace"))
