"""Wait conditions: stacks that wait until something outside of them says that it is done.

Sources: "AWS::CloudFormation::WaitCondition", "AWS::CloudFormation::WaitConditionHandle", "Create wait conditions in a
CloudFormation template" (AWS CloudFormation User Guide).
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from gatewright.base.clock import Clock
from gatewright.stacks.execution.errors import ResourceFailed
from gatewright.stacks.execution.responses import Responses
from gatewright.stacks.resource_types.contract import Call, Properties, Resource, ResourceType

CONDITION: Final = "AWS::CloudFormation::WaitCondition"
HANDLE: Final = "AWS::CloudFormation::WaitConditionHandle"

_LOOK_SECONDS: Final = 0.1


@dataclass(frozen=True, slots=True)
class WaitConditions:
    """The resource types of waiting."""

    responses: Responses
    clock: Clock
    url: Callable[[str], str]

    def handle_type(self) -> ResourceType:
        """Return the type of handles: URLs that take signals."""

        def create(call: Call, properties: Properties) -> Resource:
            if call.earlier_id is not None:
                return Resource(call.earlier_id)
            url = self.url(self.responses.open(is_single=False))
            call.keep_id(url)
            return Resource(url)

        def delete(call: Call, resource: Resource, properties: Properties) -> None:
            self.responses.close(_secret_of(resource.physical_id))

        return ResourceType(HANDLE, create, _no_update(HANDLE), delete)

    def condition_type(self) -> ResourceType:
        """Return the type of conditions, which wait for the signals of a handle, or for those of a creation policy."""

        def create(call: Call, properties: Properties) -> Resource:
            physical_id = f"{call.stack_id}/{call.logical_id}"
            if "Handle" not in properties:
                return Resource(physical_id, {"Data": "{}"})
            return Resource(physical_id, {"Data": json.dumps(self._wait(call, properties))})

        def delete(call: Call, resource: Resource, properties: Properties) -> None:
            """Do nothing: there is nothing but the record."""

        return ResourceType(CONDITION, create, _no_update(CONDITION), delete)

    def _wait(self, call: Call, properties: Properties) -> dict[str, str]:
        wanted = int(properties.get("Count", 1))
        end = self.clock.monotonic() + float(properties.get("Timeout", 0))
        while True:
            signals = _signals(self.responses.bodies(_secret_of(properties["Handle"])))
            for unique_id, signal in signals.items():
                if signal.get("Status") == "FAILURE":
                    reason = signal.get("Reason", "")
                    raise ResourceFailed(f"WaitCondition received failed message: '{reason}' for uniqueId: {unique_id}")
            if len(signals) >= wanted:
                return {unique_id: str(signal.get("Data", "")) for unique_id, signal in signals.items()}
            if self.clock.monotonic() >= end:
                raise ResourceFailed(
                    f"WaitCondition timed out. Received {len(signals)} conditions when expecting {wanted}"
                )
            call.wait(_LOOK_SECONDS)


def _signals(bodies: list[str]) -> dict[str, Mapping[str, Any]]:
    """Return signals by their unique ids; the first one of an id counts."""
    signals: dict[str, Mapping[str, Any]] = {}
    for body in bodies:
        try:
            signal = json.loads(body)
        except ValueError:
            continue
        if isinstance(signal, dict) and signal.get("Status") in {"SUCCESS", "FAILURE"} and signal.get("UniqueId"):
            signals.setdefault(str(signal["UniqueId"]), signal)
    return signals


def _secret_of(url: str) -> str:
    return url.rpartition("/")[2]


def _no_update(name: str) -> Callable[[Call, Resource, Properties, Properties], Resource]:
    def update(call: Call, resource: Resource, old: Properties, new: Properties) -> Resource:
        raise ResourceFailed(f"Update to resource type {name} is not supported.")

    return update
