"""The protocol `rest-json` (Smithy: aws.protocols#restJson1)."""

from collections.abc import AsyncIterator, Mapping
from typing import Any

import orjson

from gatewright.aws.operation import Operation
from gatewright.aws.protocols.error_members import error_members, message_name
from gatewright.aws.protocols.event_stream import CONTENT_TYPE, Event, EventStream
from gatewright.aws.protocols.http_binding import build_headers, parse_bound
from gatewright.aws.protocols.json_values import build_members, build_value, parse_json, parse_members, parse_value
from gatewright.aws.protocols.payload import build_octets, has_octets, parse_octets, refuse_event_stream
from gatewright.aws.protocols.types import Incoming, Input, Protocol
from gatewright.aws.service import Service
from gatewright.aws.shapes import Member
from gatewright.base.errors import AwsError
from gatewright.base.messages import Headers, Response


def parse(operation: Operation, incoming: Incoming) -> Input:
    """Return the input that a request carries. Raises `Malformed`."""
    binding = operation.request_binding
    parsed = parse_bound(binding, incoming)
    payload = binding.payload
    if payload is None:
        if binding.body and incoming.body:
            parsed.update(parse_members(binding.body, parse_json(incoming.body)))
    elif has_octets(payload):
        parse_octets(payload, incoming, parsed)
    elif incoming.body:
        refuse_event_stream(operation, payload)
        value = parse_json(incoming.body)
        # Clients send `{}` for a structure that the caller left out.
        if value is not None and (value != {} or operation.needs_payload):
            parsed[payload.name] = parse_value(payload, value)
    return parsed


def serialize(service: Service, operation: Operation, output: Mapping[str, Any], request_id: str) -> Response:
    """Return the response of a result."""
    binding = operation.response_binding
    status = operation.status if binding.status is None else int(output.get(binding.status.name) or operation.status)
    headers = build_headers(binding, output)
    headers.insert(0, ("x-amzn-RequestId", request_id))
    payload = binding.payload
    if payload is not None and has_octets(payload):
        return Response(status, headers, build_octets(operation, payload, output, headers))
    if status == 204:
        return Response(status, headers)
    if payload is None:
        headers.insert(0, ("Content-Type", "application/json"))
        return Response(status, headers, orjson.dumps(build_members(binding.body, output)))
    value = output.get(payload.name)
    if value is None:
        return Response(status, headers)
    if payload.shape.is_event_stream:
        return _stream(status, headers, payload, value)
    headers.insert(0, ("Content-Type", "application/json"))
    return Response(status, headers, orjson.dumps(build_value(payload, value)))


def _stream(status: int, headers: Headers, payload: Member, events: AsyncIterator[Event]) -> Response:
    """Return the response of events. A Content-Type that a member is bound to gives way to that of the encoding."""
    remapped = headers.get("Content-Type")
    if remapped is not None:
        headers.discard("Content-Type")
        headers.append(("X-Amzn-Remapped-Content-Type", remapped))
    headers.insert(0, ("Content-Type", CONTENT_TYPE))
    return Response(status, headers, EventStream(payload, events))


def serialize_error(service: Service, error: AwsError, request_id: str) -> Response:
    """Return the response of an error: its code in `x-amzn-ErrorType`, its members in the body and the headers."""
    shape, status, members = error_members(service, error)
    headers = Headers(
        [
            ("Content-Type", "application/json"),
            ("x-amzn-RequestId", request_id),
            ("x-amzn-ErrorType", error.code),
        ]
    )
    if shape is None:
        return Response(status, headers, orjson.dumps({message_name(error.code): error.message}))
    headers.extend(build_headers(shape, members))
    return Response(status, headers, orjson.dumps(build_members(shape.body, members)))


REST_JSON = Protocol(
    name="rest-json",
    parse=parse,
    serialize=serialize,
    serialize_error=serialize_error,
    malformed_error="SerializationException",
    validation_error="ValidationException",
)
