"""Every operation of real models, both ways, against botocore's own serializers and parsers.

What botocore writes for a request we parse back to the same parameters; what we write for a result botocore parses
back to the same result; and a modeled exception arrives as itself.
"""

from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from botocore.awsrequest import HeadersDict, prepare_request_dict
from botocore.loaders import Loader
from botocore.model import OperationModel, ServiceModel
from botocore.parsers import create_parser
from botocore.serialize import create_serializer

from gatewright.aws.catalog import resolve_call
from gatewright.aws.protocols import PROTOCOLS
from gatewright.aws.protocols.types import Incoming
from gatewright.aws.service import Service, load_service
from gatewright.base.errors import AwsError
from gatewright.base.messages import Headers, Request, Response
from tests.conformance.values import make

SERVICES = (
    "lambda",
    "apigatewayv2",
    "apigateway",
    "s3",
    "iam",
    "sts",
    "sns",
    "sqs",
    "logs",
    "dynamodb",
    "cloudformation",
)
ELSEWHERE = ("ListDirectoryBuckets",)
"""Operations with the method and path of another one, told apart by the host (S3 Express)."""
REQUEST_ID = "32998fea-1b2c-4268-8c72-16138d629356"


@dataclass(frozen=True)
class Model:
    """One service, as we have it and as botocore has it."""

    ours: Service
    botocores: ServiceModel
    protocol: str


@pytest.fixture(scope="module", params=SERVICES)
def model(request: pytest.FixtureRequest) -> Model:
    ours = load_service(request.param)
    botocores = ServiceModel(Loader().load_service_model(request.param, "service-2"), request.param)
    return Model(ours, botocores, ours.protocols[0])


def operations(model: Model) -> list[OperationModel]:
    return [model.botocores.operation_model(name) for name in model.botocores.operation_names]


def wire_request(model: Model, operation: OperationModel, params: dict[str, Any]) -> tuple[Request, bytes]:
    """Return the request that botocore would send."""
    serialized = create_serializer(model.protocol, False).serialize_to_request(params, operation)
    prepare_request_dict(serialized, "http://localhost:4566")
    parts = urlsplit(serialized["url"])
    body = serialized["body"]
    octets = body if isinstance(body, bytes) else urlencode(body).encode()
    headers = Headers((name, str(value)) for name, value in serialized["headers"].items())
    return Request(serialized["method"], parts.path, parts.query, headers), octets


def test_requests(model: Model) -> None:
    for seed, operation in enumerate(operations(model)):
        shape = operation.input_shape
        params = {} if shape is None else make(shape, seed, is_request=True)
        request, body = wire_request(model, operation, params)
        query = parse_qsl(request.query, keep_blank_values=True)
        call = resolve_call(model.ours, request, query, body)
        if call.operation != operation.name and (operation.deprecated or operation.name in ELSEWHERE):
            continue
        assert call.operation == operation.name
        compiled = model.ours.operation(call.operation)
        assert compiled is not None
        parsed = PROTOCOLS[call.protocol].parse(compiled, Incoming(request.headers, body, query, call.labels))
        payload = compiled.request_binding.payload
        if payload is not None and payload.is_streaming:
            params.setdefault(payload.name, b"")
        if model.protocol == "query":
            # A form cannot hold an empty structure.
            parsed, params = without_empty(parsed), without_empty(params)
        assert parsed == params, operation.name


def test_results(model: Model) -> None:
    for seed, operation in enumerate(operations(model)):
        shape = operation.output_shape
        if operation.has_event_stream_output or (operation.deprecated and model.ours.name == "s3"):
            continue  # S3's old notification has two members of one name
        result = {} if shape is None else make(shape, seed, is_request=False)
        compiled = model.ours.operation(operation.name)
        assert compiled is not None
        response = PROTOCOLS[model.protocol].serialize(model.ours, compiled, result, REQUEST_ID)
        read = parsed_by_botocore(model.protocol, response, shape)
        metadata = read.pop("ResponseMetadata")
        if shape is not None or model.protocol != "query":
            assert metadata["RequestId"] == REQUEST_ID
        if compiled.response_binding.payload is not None:
            name = compiled.response_binding.payload.name
            # botocore reads a body that is not there as an empty one, and one that is no stream as text.
            read[name] = read[name].encode() if isinstance(result.get(name), bytes) else read[name] or result.get(name)
            result.setdefault(name, None)
        if compiled.response_binding.status is not None:
            result.setdefault(compiled.response_binding.status.name, response.status)
        assert read == result, operation.name


def test_exceptions(model: Model) -> None:
    for shape in model.botocores.error_shapes:
        error = AwsError(shape.error_code, "It is so.")
        response = PROTOCOLS[model.protocol].serialize_error(model.ours, error, REQUEST_ID)
        read = parsed_by_botocore(model.protocol, response, None)
        assert (read["Error"]["Code"], read["Error"]["Message"]) == (shape.error_code, "It is so."), shape.name
        status = shape.metadata.get("error", {}).get("httpStatusCode")
        assert status in {None, response.status}


def without_empty(value: Any) -> Any:
    """Return a value without the structures, lists and maps that hold nothing."""
    if isinstance(value, dict):
        items = {key: without_empty(item) for key, item in value.items()}
        return {key: item for key, item in items.items() if item not in ({}, [])}
    if isinstance(value, list):
        return [item for item in map(without_empty, value) if item not in ({}, [])]
    return value


def parsed_by_botocore(protocol: str, response: Response, shape: Any) -> dict[str, Any]:
    """Return what botocore makes of a response."""
    assert isinstance(response.body, bytes)
    headers = HeadersDict(response.headers)
    raw = {"status_code": response.status, "headers": headers, "body": response.body, "context": {}}
    read: dict[str, Any] = create_parser(protocol).parse(raw, shape)
    return read
