"""Custom resources: a function or a topic is asked to create, update and delete, and answers at a URL.

Function-backed ones are invoked for their result, not as an event: a function that cannot be invoked or that fails
before it answered fails its resource at once, where AWS waits for the time-out (docs/differences.md). A function that
returned may answer later, from where it likes.

Source: "Custom resources", "Custom resource request and response reference" (AWS CloudFormation User Guide).
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from gatewright.base.arn import parse_arn
from gatewright.base.clock import Clock
from gatewright.base.errors import AwsError
from gatewright.stacks.execution.errors import ResourceFailed
from gatewright.stacks.execution.responses import Responses, parse_answer
from gatewright.stacks.resource_types.contract import Call, Properties, Resource, ResourceType

PREFIX: Final = "Custom::"
CUSTOM_RESOURCE: Final = "AWS::CloudFormation::CustomResource"

_LOOK_SECONDS: Final = 0.05
_DEFAULT_SECONDS: Final = 3600


@dataclass(frozen=True, slots=True)
class HiddenResource(Resource):
    """A resource that was answered with NoEcho: its attributes are used, and not shown."""


@dataclass(frozen=True, slots=True)
class CustomResources:
    """Asks for custom resources."""

    responses: Responses
    clock: Clock
    url: Callable[[str], str]
    """Where functions answer, by a secret."""
    catch_up: Callable[[], None]
    """Has functions that were just created be there."""

    def resource_type(self, name: str) -> ResourceType:
        """Return the type of custom resources with a type name."""

        def create(call: Call, properties: Properties) -> Resource:
            return self._made(call, self._ask(call, _request("Create", name, properties)))

        def update(call: Call, resource: Resource, old: Properties, new: Properties) -> Resource:
            request = _request("Update", name, new)
            request |= {"PhysicalResourceId": resource.physical_id, "OldResourceProperties": _texts(old)}
            return self._made(call, self._ask(call, request))

        def delete(call: Call, resource: Resource, properties: Properties) -> None:
            self._ask(call, {**_request("Delete", name, properties), "PhysicalResourceId": resource.physical_id})

        return ResourceType(name, create, update, delete)

    def _made(self, call: Call, answer: Mapping[str, Any]) -> Resource:
        physical_id = answer.get("PhysicalResourceId")
        if not isinstance(physical_id, str) or not physical_id:
            raise ResourceFailed("Invalid PhysicalResourceId")
        data = answer.get("Data")
        attributes = data if isinstance(data, dict) else {}
        is_hidden = str(answer.get("NoEcho", False)).lower() == "true"
        return HiddenResource(physical_id, attributes) if is_hidden else Resource(physical_id, attributes)

    def _ask(self, call: Call, request: dict[str, Any]) -> Mapping[str, Any]:
        """Send a request and wait for its answer. Raises `ResourceFailed`, AwsError, `Cancelled`."""
        properties = request["ResourceProperties"]
        name = self.responses.open(is_single=True)
        try:
            request |= {
                "ResponseURL": self.url(name),
                "StackId": call.stack_id,
                "RequestId": call.token,
                "LogicalResourceId": call.logical_id,
            }
            self.catch_up()
            failure = _send(call, properties["ServiceToken"], request)
            return self._answer(call, name, _seconds(properties), failure)
        finally:
            self.responses.close(name)

    def _answer(self, call: Call, name: str, seconds: float, failure: str | None) -> Mapping[str, Any]:
        end = self.clock.monotonic() + seconds
        while not (bodies := self.responses.bodies(name)):
            if failure is not None:
                raise ResourceFailed(failure)
            if self.clock.monotonic() >= end:
                raise ResourceFailed(
                    "CloudFormation did not receive a response from your Custom Resource. Please check your logs for "
                    f"requestId [{call.token}]."
                )
            call.wait(_LOOK_SECONDS)
        answer = parse_answer(bodies[0])
        if isinstance(answer, str):
            raise ResourceFailed(answer)
        if answer.get("Status") == "SUCCESS":
            return answer
        if isinstance(answer.get("PhysicalResourceId"), str) and answer["PhysicalResourceId"]:
            call.keep_id(answer["PhysicalResourceId"])
        status, reason = answer.get("Status"), answer.get("Reason") or "null"
        raise ResourceFailed(
            f"Received response status [{status}] from custom resource. Message returned: {reason} "
            f"(RequestId: {call.token})"
        )


def _request(kind: str, name: str, properties: Properties) -> dict[str, Any]:
    return {"RequestType": kind, "ResourceType": name, "ResourceProperties": _texts(properties)}


def _texts(value: Any) -> Any:
    """Return properties as custom resources get them: every scalar is text."""
    if isinstance(value, Mapping):
        return {name: _texts(member) for name, member in value.items()}
    if isinstance(value, list):
        return [_texts(item) for item in value]
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str) or value is None else str(value)


def _seconds(properties: Mapping[str, Any]) -> float:
    try:
        return float(properties.get("ServiceTimeout", _DEFAULT_SECONDS))
    except ValueError as error:
        raise ResourceFailed(f"ServiceTimeout {properties['ServiceTimeout']} is no number of seconds") from error


def _send(call: Call, service_token: str, request: Mapping[str, Any]) -> str | None:
    """Send a request; return why no answer is to be expected, None when one is."""
    arn = parse_arn(service_token)
    message = json.dumps(request)
    if arn is not None and arn.service == "sns":
        call.services.call("sns", "Publish", {"TopicArn": service_token, "Message": message})
        return None
    if arn is None or arn.service != "lambda":
        raise AwsError("InvalidRequest", f"Invalid service token: {service_token}")
    answer = call.services.call("lambda", "Invoke", {"FunctionName": service_token, "Payload": message.encode()})
    if not answer.get("FunctionError"):
        return None
    payload = answer.get("Payload") or b""
    return f"The function {service_token} failed before it answered: {_error_text(payload)}"


def _error_text(payload: bytes) -> str:
    try:
        error = json.loads(payload)
        return f"{error['errorType']}: {error['errorMessage']}"
    except (ValueError, KeyError, TypeError):
        return payload.decode("utf-8", "replace")
