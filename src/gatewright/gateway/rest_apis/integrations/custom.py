"""Custom integrations: integration request, integration, integration response, in a row."""

from collections.abc import Callable
from dataclasses import dataclass

from gatewright.base.messages import Response
from gatewright.gateway.rest_apis.binding import RestBinding
from gatewright.gateway.rest_apis.call import Exchange, RestCall, Serve
from gatewright.gateway.rest_apis.execution_log import shown_body, shown_fields
from gatewright.gateway.rest_apis.phases import integration_request, integration_response


@dataclass(frozen=True, slots=True)
class CustomIntegration:
    """The mapped integration of one method."""

    make_request: integration_request.IntegrationRequestPhase
    exchange: Exchange
    make_response: integration_response.IntegrationResponsePhase

    async def __call__(self, call: RestCall) -> Response:
        """Return the mapped response. Raises `RestError`."""
        request = self.make_request(call)
        if call.log is None:
            return self.make_response(call, await self.exchange(call, request))
        call.log.write(f"Endpoint request body after transformations: {shown_body(request.body)}")
        call.log.write(f"Sending request to {request.uri}")
        result = await self.exchange(call, request)
        call.log.write(f"Received response. Status: {result.status}, Integration latency: {call.log.lap_ms()} ms")
        call.log.write(f"Endpoint response headers: {shown_fields(result.headers)}")
        call.log.write(f"Endpoint response body before transformations: {shown_body(result.body)}")
        return self.make_response(call, result)


def link_custom(link: Callable[[RestBinding], Exchange]) -> Callable[[RestBinding], Serve]:
    """Return what links a custom integration whose exchange `link` binds."""

    def link_all(binding: RestBinding) -> Serve:
        return CustomIntegration(integration_request.link(binding), link(binding), integration_response.link(binding))

    return link_all
