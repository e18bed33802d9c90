"""The protocols `json` 1.0 and 1.1 (Smithy: aws.protocols#awsJson1_0, aws.protocols#awsJson1_1)."""

from collections.abc import Mapping
from typing import Any

import orjson

from gatewright.aws.operation import Operation
from gatewright.aws.protocols.error_members import error_members, message_name
from gatewright.aws.protocols.json_values import build_members, parse_json, parse_members
from gatewright.aws.protocols.payload import refuse_event_stream
from gatewright.aws.protocols.types import Incoming, Input, Protocol
from gatewright.aws.service import Service
from gatewright.base.errors import AwsError
from gatewright.base.messages import Headers, Response


def parse(operation: Operation, incoming: Incoming) -> Input:
    """Return the input that a request carries. Raises `Malformed`."""
    if operation.input is None:
        return {}
    members = operation.input.shape.members.values()
    for member in members:
        refuse_event_stream(operation, member)
    return parse_members(members, parse_json(incoming.body))


def serialize(service: Service, operation: Operation, output: Mapping[str, Any], request_id: str) -> Response:
    """Return the response of a result; an operation without output answers with nothing."""
    headers = _headers(service, request_id)
    if operation.output is None:
        return Response(operation.status, headers, b"")
    members = operation.output.shape.members.values()
    for member in members:
        refuse_event_stream(operation, member)
    return Response(operation.status, headers, orjson.dumps(build_members(members, output)))


def serialize_error(service: Service, error: AwsError, request_id: str) -> Response:
    """Return the response of an error: `__type` and the members of its shape."""
    shape, status, members = error_members(service, error)
    headers = _headers(service, request_id)
    structure = service.error_shape(error.code)
    if "awsQueryCompatible" in service.metadata:
        # "AWS query protocol compatibility trait" (Smithy): the code that the query protocol had for it.
        fault = "Sender" if status < 500 else "Receiver"
        headers.append(("x-amzn-query-error", f"{error.code};{fault}"))
    body: dict[str, Any] = {"__type": structure.name if structure else error.code}
    if structure is None or shape is None:
        body[message_name(error.code)] = error.message
    else:
        body |= build_members(structure.members.values(), members)
        if not any(name.lower() == "message" for name in body):
            body["message"] = error.message
    return Response(status, headers, orjson.dumps(body))


def _headers(service: Service, request_id: str) -> Headers:
    version = service.metadata.get("jsonVersion", "1.0")
    return Headers([("x-amzn-RequestId", request_id), ("Content-Type", f"application/x-amz-json-{version}")])


JSON_RPC = Protocol(
    name="json",
    parse=parse,
    serialize=serialize,
    serialize_error=serialize_error,
    malformed_error="SerializationException",
    validation_error="ValidationException",
)
