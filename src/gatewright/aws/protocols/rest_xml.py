"""The protocol `rest-xml` (Smithy: aws.protocols#restXml), S3's dialect of its errors included."""

from collections.abc import Mapping
from typing import Any

from gatewright.aws.errors import Malformed
from gatewright.aws.operation import Operation
from gatewright.aws.protocols.error_members import error_members
from gatewright.aws.protocols.http_binding import build_headers, parse_bound
from gatewright.aws.protocols.payload import build_octets, has_octets, parse_octets, refuse_event_stream
from gatewright.aws.protocols.types import Incoming, Input, Protocol
from gatewright.aws.protocols.xml_tree import parse_xml
from gatewright.aws.protocols.xml_values import (
    parse_members,
    parse_value,
    start_tag,
    text_node,
    write_members,
    write_value,
)
from gatewright.aws.service import Service
from gatewright.aws.shapes import Member
from gatewright.base.errors import AwsError
from gatewright.base.messages import Headers, Response

_DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n'


def parse(operation: Operation, incoming: Incoming) -> Input:
    """Return the input that a request carries. Raises `Malformed`."""
    binding = operation.request_binding
    parsed = parse_bound(binding, incoming)
    payload = binding.payload
    if payload is None:
        if binding.body and incoming.body.strip():
            parsed.update(parse_members(binding.body, parse_xml(incoming.body)))
    elif has_octets(payload):
        parse_octets(payload, incoming, parsed)
    elif incoming.body.strip():
        refuse_event_stream(operation, payload)
        root = parse_xml(incoming.body)
        if payload.type != "structure":
            raise Malformed("The body is not a structure")
        parsed[payload.name] = parse_value(payload, root)
    return parsed


def serialize(service: Service, operation: Operation, output: Mapping[str, Any], request_id: str) -> Response:
    """Return the response of a result."""
    binding = operation.response_binding
    status = operation.status if binding.status is None else int(output.get(binding.status.name) or operation.status)
    headers = build_headers(binding, output)
    headers[:0] = _request_id_headers(service, request_id)
    payload = binding.payload
    if payload is not None and has_octets(payload):
        return Response(status, headers, build_octets(operation, payload, output, headers))
    if payload is None and not binding.body:
        return Response(status, headers)
    out: list[str] = [_DECLARATION]
    if payload is None:
        _write_root(service, operation, output, out)
    else:
        refuse_event_stream(operation, payload)
        value = output.get(payload.name)
        if value is None:
            return Response(status, headers)
        write_value(payload, value, out, _root_name(payload))
    headers.insert(0, ("Content-Type", "application/xml"))
    return Response(status, headers, "".join(out).encode())


def serialize_error(service: Service, error: AwsError, request_id: str) -> Response:
    """Return the response of an error: `<ErrorResponse><Error>`, of S3 `<Error>` alone."""
    binding, status, members = error_members(service, error)
    headers = Headers([("Content-Type", "application/xml"), *_request_id_headers(service, request_id)])
    out = [f"<Code>{text_node(error.code)}</Code><Message>{text_node(error.message)}</Message>"]
    if binding is not None:
        headers.extend(build_headers(binding, members))
        write_members((member for member in binding.body if member.wire_name.lower() != "message"), members, out)
    identifier = f"<RequestId>{request_id}</RequestId>"
    if _has_bare_errors(service):
        body = f"<Error>{''.join(out)}{identifier}<HostId>{request_id}</HostId></Error>"
    else:
        fault = "Sender" if status < 500 else "Receiver"
        namespace = _namespace(service)
        opening = f"<ErrorResponse {namespace}>" if namespace else "<ErrorResponse>"
        body = f"{opening}<Error><Type>{fault}</Type>{''.join(out)}</Error>{identifier}</ErrorResponse>"
    return Response(status, headers, (_DECLARATION + body).encode())


def _write_root(service: Service, operation: Operation, output: Mapping[str, Any], out: list[str]) -> None:
    """Write the root element of a body without a payload member."""
    use = operation.output
    if use is None:
        return
    name = _root_name(use)
    namespace = "" if use.xml_namespace else _namespace(service)
    out.append(start_tag(use, name, output, namespace))
    write_members(operation.response_binding.body, output, out)
    out.append(f"</{name}>")


def _root_name(use: Member) -> str:
    return use.wire_name if use.has_location_name else use.shape.location_name or use.shape.name


def _namespace(service: Service) -> str:
    uri = service.metadata.get("xmlNamespace")
    return f'xmlns="{uri}"' if isinstance(uri, str) else ""


def _has_bare_errors(service: Service) -> bool:
    """Say whether errors stand without an envelope (Smithy: `noErrorWrapping`), which only S3's do."""
    return str(service.metadata.get("endpointPrefix", "")).startswith("s3")


def _request_id_headers(service: Service, request_id: str) -> list[tuple[str, str]]:
    if _has_bare_errors(service):
        return [("x-amz-request-id", request_id), ("x-amz-id-2", request_id)]
    return [("x-amzn-RequestId", request_id)]


REST_XML = Protocol(
    name="rest-xml",
    parse=parse,
    serialize=serialize,
    serialize_error=serialize_error,
    malformed_error="MalformedXML",
    validation_error="ValidationError",
)
