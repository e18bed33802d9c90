"""Custom integrations: integration request, integration, integration response, in a row."""

from collections.abc import Callable
from dataclasses import dataclass

from gatewright.base.messages import Response
from gatewright.gateway.rest_apis.binding import RestBinding
from gatewright.gateway.rest_apis.call import Exchange, RestCall, Serve
from gatewright.gateway.rest_apis.phases import integration_request, integration_response


@dataclass(frozen=True, slots=True)
class CustomIntegration:
    """The mapped integration of one method."""

    make_request: integration_request.IntegrationRequestPhase
    exchange: Exchange
    make_response: integration_response.IntegrationResponsePhase
    has_endpoint: bool
    """Whether there is anything to log of it; a mock has none."""

    async def __call__(self, call: RestCall) -> Response:
        """Return the mapped response. Raises `RestError`."""
        request = self.make_request(call)
        result = await self.exchange(call, request)
        if call.log is not None and self.has_endpoint:
            call.log.endpoint_response(result.status, result.headers, result.body)
        return self.make_response(call, result)


def link_custom(
    link: Callable[[RestBinding], Exchange], *, has_endpoint: bool = True
) -> Callable[[RestBinding], Serve]:
    """Return what links a custom integration whose exchange `link` binds."""

    def link_all(binding: RestBinding) -> Serve:
        make_request, make_response = integration_request.link(binding), integration_response.link(binding)
        return CustomIntegration(make_request, link(binding), make_response, has_endpoint)

    return link_all
