"""The phases of a request to an HTTP API, in order.

    route                  the trie of the stage finds the route (`execute_api`, `route_match`)
    authorize              (comes with access control)
    throttle               `phases.throttle`
    integration request    `phases.integration_request`: parameter mapping
    integration            `integrations`: a function or an origin
    integration response   `phases.integration_response`: parameter mapping by status
    method response        `phases.method_response`: CORS

Linking asks every phase for its part of a route and leaves out the phases that have none. A `GatewayError` anywhere up
to the integration response becomes a gateway response, which the method response then sees like any other.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeVar

from gatewright.base.messages import Response
from gatewright.gateway.binding import Binding
from gatewright.gateway.call import Call, Integration, RequestPhase, ResponsePhase
from gatewright.gateway.errors import GatewayError
from gatewright.gateway.fault_log import FaultLog
from gatewright.gateway.gateway_response import gateway_response
from gatewright.gateway.integrations.refused import Refused
from gatewright.gateway.integrations.table import INTEGRATIONS
from gatewright.gateway.phases import integration_request, integration_response, method_response, throttle

T = TypeVar("T")

REQUEST_PHASES = (throttle.link, integration_request.link)
RESPONSE_PHASES = (integration_response.link,)
FINAL_PHASES = (method_response.link,)


@dataclass(frozen=True, slots=True)
class Pipeline:
    """The phases of one route, bound."""

    request_phases: tuple[RequestPhase, ...]
    integration: Integration
    response_phases: tuple[ResponsePhase, ...]
    final_phases: tuple[ResponsePhase, ...]
    faults: FaultLog

    async def run(self, call: Call) -> Response:
        """Take a request through its phases."""
        received = call
        try:
            for phase in self.request_phases:
                passed = phase(call)
                call = passed if isinstance(passed, Call) else await passed
            response = await self.integration(call)
            for response_phase in self.response_phases:
                response = await response_phase(call, response)
        except GatewayError as error:
            if error.reason:
                self.faults.write(call.request_id, f"{call.facts.api_id} {call.facts.route_key}", error.reason)
            response = gateway_response(error)
        for final_phase in self.final_phases:
            response = await final_phase(received, response)
        return response


def link_pipeline(binding: Binding) -> Pipeline:
    """Bind the phases of a route. Raises `MappingError`."""
    integration_type = binding.integration.integration_type
    linker = INTEGRATIONS.get(integration_type)
    return Pipeline(
        request_phases=_present(link(binding) for link in REQUEST_PHASES),
        integration=linker(binding) if linker else Refused(f"integration type {integration_type} is not supported"),
        response_phases=_present(link(binding) for link in RESPONSE_PHASES),
        final_phases=_present(link(binding) for link in FINAL_PHASES),
        faults=binding.seams.faults,
    )


def _present(phases: Iterable[T | None]) -> tuple[T, ...]:
    return tuple(phase for phase in phases if phase is not None)
