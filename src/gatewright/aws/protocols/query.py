"""The protocol `query` (Smithy: aws.protocols#awsQuery): forms in, XML out."""

from collections.abc import Mapping
from typing import Any

from gatewright.aws.operation import Operation
from gatewright.aws.protocols.error_members import error_members
from gatewright.aws.protocols.form_values import build_tree, parse_form, parse_members
from gatewright.aws.protocols.types import Incoming, Input, Protocol
from gatewright.aws.protocols.xml_values import text_node, write_members
from gatewright.aws.service import Service
from gatewright.base.errors import AwsError
from gatewright.base.messages import Headers, Response


def parse(operation: Operation, incoming: Incoming) -> Input:
    """Return the input that a form in the body or the query carries. Raises `Malformed`."""
    if operation.input is None:
        return {}
    fields = parse_form(incoming.body) + incoming.query
    return parse_members(operation.input.shape.members.values(), build_tree(fields))


def serialize(service: Service, operation: Operation, output: Mapping[str, Any], request_id: str) -> Response:
    """Return the response of a result."""
    name = f"{operation.name}Response"
    out = [f"<{name}{_namespace(service)}>"]
    if operation.output is not None:
        members = operation.output.shape.members.values()
        if operation.result_wrapper:
            out.append(f"<{operation.result_wrapper}>")
        write_members(members, output, out)
        if operation.result_wrapper:
            out.append(f"</{operation.result_wrapper}>")
    out.append(f"<ResponseMetadata><RequestId>{request_id}</RequestId></ResponseMetadata></{name}>")
    return Response(operation.status, _headers(request_id), "".join(out).encode())


def serialize_error(service: Service, error: AwsError, request_id: str) -> Response:
    """Return the response of an error."""
    binding, status, members = error_members(service, error)
    fault = "Sender" if status < 500 else "Receiver"
    out = [
        f"<ErrorResponse{_namespace(service)}><Error><Type>{fault}</Type>",
        f"<Code>{text_node(error.code)}</Code><Message>{text_node(error.message)}</Message>",
    ]
    if binding is not None:
        write_members((member for member in binding.body if member.wire_name.lower() != "message"), members, out)
    out.append(f"</Error><RequestId>{request_id}</RequestId></ErrorResponse>")
    return Response(status, _headers(request_id), "".join(out).encode())


def _headers(request_id: str) -> Headers:
    return Headers([("x-amzn-RequestId", request_id), ("Content-Type", "text/xml")])


def _namespace(service: Service) -> str:
    uri = service.metadata.get("xmlNamespace")
    return f' xmlns="{uri}"' if isinstance(uri, str) else ""


QUERY = Protocol(
    name="query",
    parse=parse,
    serialize=serialize,
    serialize_error=serialize_error,
    malformed_error="MalformedInput",
    validation_error="ValidationError",
)
