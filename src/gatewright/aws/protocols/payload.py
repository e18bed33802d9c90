"""Bodies that are one string or blob: Invoke's Payload, an S3 object."""

from collections.abc import AsyncIterator, Mapping
from typing import Any

from gatewright.aws.errors import Malformed
from gatewright.aws.operation import Operation
from gatewright.aws.protocols.types import Incoming
from gatewright.aws.shapes import Member
from gatewright.base.errors import OperationNotImplemented
from gatewright.base.messages import Headers


def has_octets(payload: Member) -> bool:
    """Say whether the body is taken as it is."""
    return payload.type in {"blob", "string"}


def parse_octets(payload: Member, incoming: Incoming, parsed: dict[str, Any]) -> None:
    """Put the body into the input; no body is no member, unless it is a stream, which may be empty."""
    if not incoming.body and not payload.is_streaming:
        return
    if payload.type == "blob":
        parsed[payload.name] = incoming.body
        return
    try:
        parsed[payload.name] = incoming.body.decode()
    except UnicodeDecodeError as error:
        raise Malformed("The request body is not valid UTF-8") from error


def build_octets(
    operation: Operation, payload: Member, output: Mapping[str, Any], headers: Headers
) -> bytes | AsyncIterator[bytes]:
    """Return the body and see to its Content-Type."""
    body: bytes | str | AsyncIterator[bytes] | None = output.get(payload.name)
    if body is None:
        return b""
    if headers.get("Content-Type") is None:
        usual = "application/octet-stream" if payload.type == "blob" else "text/plain"
        headers.insert(0, ("Content-Type", operation.payload_content_type or usual))
    return body.encode() if isinstance(body, str) else body


def refuse_event_stream(operation: Operation, payload: Member) -> None:
    """Raise `OperationNotImplemented` when the body is a stream of events."""
    if payload.shape.is_event_stream:
        raise OperationNotImplemented(
            f"{operation.name} of {operation.service} is not implemented: its body is an event stream."
        )
