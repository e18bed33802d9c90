"""`AWS_PROXY` with a subtype: the route calls an operation of an AWS service, whose answer is the response.

Source: "Create AWS service integrations for HTTP APIs", "Integration subtype reference" (API Gateway Developer Guide).
The parameters are mapped as those of HTTP integrations are, and typed as the operation wants them; one that has to be
there and selects nothing ends the request with 400 (seen of AWS: hashicorp/terraform-provider-aws issue 19443).
"""

import base64
from collections.abc import Callable, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final
from urllib.parse import urlencode

import orjson

from gatewright.base.errors import BodyError
from gatewright.base.integration_subtypes import SUBTYPES, Subtype
from gatewright.base.messages import Headers, Response
from gatewright.gateway.binding import Binding
from gatewright.gateway.call import Call, Integration
from gatewright.gateway.deadline import Deadline
from gatewright.gateway.errors import BadRequest, IntegrationFailure, ServiceUnavailable
from gatewright.gateway.gateway_response import body_fault
from gatewright.gateway.integrations.refused import Refused
from gatewright.gateway.integrations.stage_variables import substitute_stage_variables
from gatewright.gateway.phases.mapping_source import RequestSource
from gatewright.gateway.seams import ServiceCall, ServiceCaller, ServiceNotConfigured, ServiceUnreachable
from gatewright.languages.parameter_mapping import Value, compile_value

# What names an operation to services that speak JSON ("X-Amz-Target"), and the version of their JSON.
_TARGETS: Final = MappingProxyType(
    {
        "events": ("AWSEvents", "1.1"),
        "kinesis": ("Kinesis_20131202", "1.1"),
        "sqs": ("AmazonSQS", "1.0"),
        "states": ("AWSStepFunctions", "1.0"),
    }
)
# States' members begin in lower case.
_LOWER_CASE: Final = frozenset({"states"})


class MappingFailure(BadRequest):
    """A parameter without a value, or with one that the operation cannot take: the client is told which."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message.replace("\\", "\\\\").replace('"', '\\"')


class ServiceIntegration:
    """Calls one operation for one route."""

    def __init__(
        self, binding: Binding, subtype: Subtype, values: Mapping[str, tuple[Value, str]], role_arn: str
    ) -> None:
        """`values` are the mappings by parameter, each with its text."""
        self._subtype = subtype
        self._values = values
        self._services: ServiceCaller = binding.seams.services
        self._region = binding.facts.region
        self._role_arn = role_arn
        self._seconds = binding.integration.timeout_ms / 1000
        self._deadline = Deadline(self._seconds)
        self._reads_body = any(value.reads_body for value, _ in values.values())

    async def __call__(self, call: Call) -> Response:
        """Call the service and return its answer. Raises `GatewayError`."""
        body = b""
        if self._reads_body:
            try:
                body = await call.request.body.read()
            except BodyError as error:
                raise body_fault(error) from error
        parameters = self._parameters(RequestSource(call, body))
        region = parameters.pop("Region", self._region)
        try:
            answer = await self._deadline.wait(self._services.call(self._request(parameters, region)))
        except TimeoutError as error:
            raise ServiceUnavailable(f"{self._name} did not answer in {self._seconds:g} s") from error
        except ServiceNotConfigured as error:
            raise IntegrationFailure(str(error)) from error
        except ServiceUnreachable as error:
            raise ServiceUnavailable(f"{self._name}: {error}") from error
        content_type = answer.headers.get("content-type") or "application/json"
        if "json" in content_type:
            content_type = "application/json"
        return Response(answer.status, Headers([("Content-Type", content_type)]), answer.body)

    @property
    def _name(self) -> str:
        return f"{self._subtype.service} {self._subtype.operation}"

    def _parameters(self, source: RequestSource) -> dict[str, str]:
        parameters = {}
        for name, (value, text) in self._values.items():
            found = value.read(source)
            if found is not None and found != "":
                parameters[name] = found
            elif name in self._subtype.required:
                raise MappingFailure(f"Unable to resolve property {name} from source {text}")
        return parameters

    def _request(self, parameters: Mapping[str, str], region: str) -> ServiceCall:
        subtype = self._subtype
        target = _TARGETS.get(subtype.service)
        typed = {name: _typed(name, value) for name, value in parameters.items()}
        if target is None:
            query = urlencode({name: str(value) for name, value in typed.items()})
            return ServiceCall(
                subtype.service, region, "GET", "/", query, (), b"", self._role_arn, action=subtype.operation
            )
        prefix, version = target
        if subtype.service in _LOWER_CASE:
            typed = {name[0].lower() + name[1:]: value for name, value in typed.items()}
        if subtype.operation == "PutEvents":
            typed = {"Entries": [typed]}
        headers = (
            ("X-Amz-Target", f"{prefix}.{subtype.operation}"),
            ("Content-Type", f"application/x-amz-json-{version}"),
        )
        body = orjson.dumps(typed)
        return ServiceCall(subtype.service, region, "POST", "/", "", headers, body, self._role_arn)


def link(binding: Binding) -> Integration:
    """Bind a route to the operation of its subtype. Raises `MappingError`."""
    name = binding.integration.integration_subtype
    subtype = SUBTYPES.get(name or "")
    if subtype is None:
        return Refused(f"integration subtype {name} is not supported")
    role_arn = substitute_stage_variables(binding.integration.credentials_arn or "", binding.facts.stage_variables)
    if not role_arn:
        return Refused("CredentialsArn must be specified for integration subtypes")
    values = {key: (compile_value(text, "request"), text) for key, text in binding.integration.request_parameters}
    return ServiceIntegration(binding, subtype, values, role_arn)


def _number(text: str) -> Any:
    try:
        return int(text)
    except ValueError as error:
        raise MappingFailure(f"{text[:100]} is not a number") from error


def _json(text: str) -> Any:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise MappingFailure(f"{text[:100]} is not JSON") from error


def _list(text: str) -> Any:
    return _json(text) if text.startswith("[") else [part.strip() for part in text.split(",")]


def _time(text: str) -> Any:
    try:
        return float(text)
    except ValueError:
        pass
    try:
        return datetime.fromisoformat(text).timestamp()
    except ValueError as error:
        raise MappingFailure(f"{text[:100]} is not a time") from error


def _octets(text: str) -> Any:
    return base64.b64encode(text.encode()).decode()


_TYPES: Final[Mapping[str, Callable[[str], Any]]] = MappingProxyType(
    {
        "AttributeNames": _list,
        "Data": _octets,
        "DelaySeconds": _number,
        "MaxNumberOfMessages": _number,
        "MessageAttributeNames": _list,
        "MessageAttributes": _json,
        "MessageSystemAttributes": _json,
        "Resources": _list,
        "Time": _time,
        "VisibilityTimeout": _number,
        "WaitTimeSeconds": _number,
    }
)


def _typed(name: str, value: str) -> Any:
    convert = _TYPES.get(name)
    return value if convert is None else convert(value)
