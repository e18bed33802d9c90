"""Every wire request of the protocol cases is routed to its operation and parsed back to its parameters."""

import gzip
from urllib.parse import parse_qsl, urlencode

import pytest
from botocore.model import ServiceModel
from botocore.serialize import create_serializer

from gatewright.aws.catalog import resolve_call
from gatewright.aws.content_encoding import gunzip, is_gzip
from gatewright.aws.protocols import PROTOCOLS
from gatewright.aws.protocols.types import Incoming
from gatewright.base.errors import AwsError
from gatewright.base.messages import Headers, Request
from tests.conformance.plain_values import plain
from tests.conformance.protocol_cases import Case, exceptions, load

CASES = load("input")


def check(case: Case) -> None:
    """Fail when the request is not parsed to the parameters of the case."""
    wire = case.case["serialized"]
    path, _, query_text = wire.get("uri", "/").partition("?")
    query = parse_qsl(query_text, keep_blank_values=True)
    headers = Headers(wire.get("headers", {}).items())
    if "targetPrefix" in case.model["metadata"]:
        # The cases about host names leave the header out.
        headers.replace("X-Amz-Target", f"{case.model['metadata']['targetPrefix']}.{case.operation}")
    body = wire.get("body", "").encode() if "body" in wire else written_by_botocore(case)
    service = case.service()
    if is_gzip(headers):
        headers, body = gunzip(headers, gzip.compress(body))
    call = resolve_call(service, Request(wire.get("method", "POST"), path, query_text, headers), query, body)
    assert call.operation == case.operation
    operation = service.operation(call.operation)
    assert operation is not None
    parsed = PROTOCOLS[call.protocol].parse(operation, Incoming(headers, body, query, call.labels))
    params = dict(case.case["params"])
    if operation.request_binding.query_map is not None:
        # Some cases put into the map what other members name too; an operation gets it once, as the member.
        name = operation.request_binding.query_map.name
        named = {member.wire_name for member in operation.request_binding.query}
        params[name] = {key: value for key, value in params.get(name, {}).items() if key not in named} or None
    # A null member is one that is not there.
    assert plain(parsed) == {name: value for name, value in params.items() if value is not None}


def written_by_botocore(case: Case) -> bytes:
    """Return the body of a case that only says that it is compressed."""
    operation = ServiceModel(case.model).operation_model(case.operation)
    protocol = case.model["metadata"]["protocol"]
    body = create_serializer(protocol).serialize_to_request(case.case["params"], operation)["body"]
    return body if isinstance(body, bytes) else urlencode(body).encode()


@pytest.mark.parametrize("case", [case for case in CASES if case.name not in exceptions()], ids=lambda case: case.name)
def test_request(case: Case) -> None:
    check(case)


@pytest.mark.parametrize("case", [case for case in CASES if case.name in exceptions()], ids=lambda case: case.name)
def test_exception_still_fails(case: Case) -> None:
    # Whatever the reason: what passes leaves the list.
    with pytest.raises((AssertionError, AwsError)):
        check(case)
