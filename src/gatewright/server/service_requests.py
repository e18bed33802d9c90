"""From an integration's call of an AWS service to the request that the service understands.

Sources: botocore's service models; "Basic tasks of an API integration request" (action and path forms). API Gateway
calls services with the Query protocol where they have one, names the operation in `X-Amz-Target` for JSON services, and
calls SSM as if it still had the Query protocol (recorded of AWS: localstack, test_apigateway_ssm.py).
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qsl, quote, urlencode

from gatewright.aws.service import find_service_name
from gatewright.gateway.seams import ServiceCall

if TYPE_CHECKING:
    from botocore.model import OperationModel, ServiceModel, Shape

# Names in integration URIs that are neither botocore's nor those of credential scopes.
_NAMES: Final = MappingProxyType({"iotdata": "iot-data", "geo": "location", "bedrock": "bedrock-runtime"})
_SIGNING_NAMES: Final = MappingProxyType({"appsync-api": "appsync"})

# It answers the Query protocol still, although its model is JSON's now.
_QUERY_TOO: Final = frozenset({"sqs"})
_LEGACY: Final = frozenset({"ssm"})
"""JSON services that API Gateway calls with parameters in the query, and whose answers it gets wrapped."""
_ACTION: Final = re.compile(r"(?:^|&)Action=")
_FORM: Final = "application/x-www-form-urlencoded"
_REST: Final = frozenset({"rest-json", "rest-xml"})


@dataclass(frozen=True, slots=True)
class ServiceRequest:
    """A request before it is signed."""

    method: str
    path: str
    query: str
    headers: tuple[tuple[str, str], ...]
    body: bytes
    signing_name: str


def model_name(service: str) -> str | None:
    """Return botocore's name of the service that an integration URI names; None for one that it does not know."""
    return find_service_name(_NAMES.get(service, service))


def speaks_query(model: "ServiceModel") -> bool:
    """Tell whether API Gateway calls the service with the Query protocol."""
    protocols = model.metadata.get("protocols") or [model.metadata["protocol"]]
    return "query" in protocols or "ec2" in protocols or model.service_name in _QUERY_TOO


def is_legacy(model: "ServiceModel") -> bool:
    """Tell whether API Gateway calls a JSON service as if it had the Query protocol."""
    return model.service_name in _LEGACY


def form_request(call: ServiceCall, model: "ServiceModel | None") -> ServiceRequest:
    """Return the request of a call; `model` is None for services that botocore does not know."""
    signing_name = _SIGNING_NAMES.get(call.service, call.service) if model is None else str(model.signing_name)
    path = call.path
    if call.subdomain and signing_name == "s3":
        # Virtual-hosted buckets need names of their own to be resolved; every endpoint knows the path.
        path = f"/{call.subdomain}{path}"
    action = f"Action={quote(call.action)}" if call.action else ""
    if model is not None and speaks_query(model) and (action or _ACTION.search(call.query)):
        return _query_request(call, model, path, action)
    if not call.action or model is None:
        return ServiceRequest(call.method, path, _joined(action, call.query), call.headers, call.body, signing_name)
    if model.metadata["protocol"] in _REST and call.action in model.operation_names:
        return _rest_request(call, model.operation_model(call.action), signing_name)
    return _json_request(call, model, signing_name)


def _joined(*parts: str) -> str:
    return "&".join(part for part in parts if part)


def _query_request(call: ServiceCall, model: "ServiceModel", path: str, action: str) -> ServiceRequest:
    """Return the request of a Query service as a form: to AWS that is the same, and all endpoints understand it."""
    version = "" if "Version=" in call.query else f"Version={model.api_version}"
    is_form = any(name.lower() == "content-type" and value.startswith(_FORM) for name, value in call.headers)
    body = _joined(action, version, call.query, call.body.decode("latin-1") if is_form else "").encode("latin-1")
    headers = [field for field in call.headers if field[0].lower() != "content-type"]
    headers.append(("Content-Type", _FORM))
    return ServiceRequest("POST", path, "", tuple(headers), body, str(model.signing_name))


def _json_request(call: ServiceCall, model: "ServiceModel", signing_name: str) -> ServiceRequest:
    headers, body, query = list(call.headers), call.body, call.query
    prefix = model.metadata.get("targetPrefix")
    if prefix and not _has(headers, "x-amz-target"):
        headers.append(("X-Amz-Target", f"{prefix}.{call.action}"))
        if is_legacy(model) and call.action in model.operation_names:
            body, query = _legacy_body(query, model.operation_model(call.action)), ""
    if not any(name.lower() == "content-type" and "x-amz-json" in value for name, value in headers):
        # The client's type came along: services take it for another protocol's.
        headers = [field for field in headers if field[0].lower() != "content-type"]
        headers.append(("Content-Type", f"application/x-amz-json-{model.metadata.get('jsonVersion', '1.0')}"))
    # JSON services have no other method.
    return ServiceRequest("POST", "/", query, tuple(headers), body, signing_name)


def _rest_request(call: ServiceCall, operation: "OperationModel", signing_name: str) -> ServiceRequest:
    """Return the request of an operation of a REST service, whose parameters are in the query."""
    from botocore.serialize import create_serializer

    members = operation.input_shape.members if operation.input_shape is not None else {}
    values = {name: value for name, value in parse_qsl(call.query, keep_blank_values=True) if name in members}
    labels = {name for name, shape in members.items() if shape.serialization.get("location") == "uri"}
    if not labels <= values.keys():
        # Serializing needs all of them; the service says itself what is missing.
        return ServiceRequest(call.method, call.path, call.query, call.headers, call.body, signing_name)
    serializer = create_serializer(operation.service_model.metadata["protocol"], include_validation=False)
    form = serializer.serialize_to_request(
        {name: _typed(members[name], value) for name, value in values.items()}, operation
    )
    path, _, own_query = form["url_path"].partition("?")
    query = _joined(own_query, urlencode(form["query_string"], doseq=True))
    own_headers = [(name, str(value)) for name, value in form["headers"].items() if not _has(call.headers, name)]
    body = form["body"] or call.body
    octets = body if isinstance(body, bytes) else str(body).encode()
    return ServiceRequest(form["method"], path, query, (*call.headers, *own_headers), octets, signing_name)


def _legacy_body(query: str, operation: "OperationModel") -> bytes:
    members: Mapping[str, Shape] = operation.input_shape.members if operation.input_shape is not None else {}
    parameters = parse_qsl(query, keep_blank_values=True)
    return json.dumps({name: _typed(members[name], value) for name, value in parameters if name in members}).encode()


def _typed(shape: "Shape", value: str) -> Any:
    if shape.type_name == "boolean":
        return value == "true"
    if shape.type_name in {"integer", "long"} and value.lstrip("-").isdigit():
        return int(value)
    if shape.type_name == "list":
        return value.split(",")
    return value


def _has(headers: list[tuple[str, str]] | tuple[tuple[str, str], ...], name: str) -> bool:
    return any(key.lower() == name.lower() for key, _ in headers)
