"""Custom integrations: integration request, integration, integration response, in a row.

What maps a large payload runs in a thread, while other requests are served; so does what takes long (`mapper`).
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final

from gatewright.base.messages import Response
from gatewright.gateway.rest_apis.binding import RestBinding
from gatewright.gateway.rest_apis.call import Exchange, IntegrationRequest, IntegrationResult, RestCall, Serve
from gatewright.gateway.rest_apis.integrations.mapper import Mapper
from gatewright.gateway.rest_apis.mapping_threads import MappingThreads
from gatewright.gateway.rest_apis.phases import integration_request, integration_response
from gatewright.gateway.rest_apis.templates import MappingTakesLong

# A template that goes through a payload of this size takes some milliseconds.
_INLINE_BYTES: Final = 64 * 1024


@dataclass(frozen=True, slots=True)
class CustomIntegration:
    """The mapped integration of one method."""

    request: Mapper[IntegrationRequest]
    exchange: Exchange
    response: Mapper[Response]
    has_endpoint: bool
    """Whether there is anything to log of it; a mock has none."""
    threads: MappingThreads
    """Where mappings are carried out that must not keep others waiting."""

    def __call__(self, call: RestCall) -> Awaitable[Response]:
        """Return the mapped response: at once where nothing has to be waited for. Raises `RestError`."""
        if self.request.is_slow or len(call.body) > _INLINE_BYTES or call.log is not None:
            return self._map_aside(call)
        try:
            request = self.request.run(call)
        except MappingTakesLong:
            call.context = None  # what the template has changed there it will change again
            return self._map_aside(call)
        result = self.exchange(call, request)
        if not isinstance(result, IntegrationResult):
            return self._wait(call, result)
        if self.response.is_slow:
            return self.threads.run(self.response.run_aside, call, result)
        try:
            return self.response.run(call, result)
        except MappingTakesLong:
            return self.threads.run(self._respond_again, call, result)

    async def _map_aside(self, call: RestCall) -> Response:
        request = await self.threads.run(self.request.run_aside, call)
        return await self._wait(call, self.exchange(call, request))

    async def _wait(self, call: RestCall, exchanging: Awaitable[IntegrationResult]) -> Response:
        result = await exchanging
        if call.log is not None:
            if self.has_endpoint:
                call.log.endpoint_response(result.status, result.headers, result.body)
            return await self.threads.run(self.response.run_aside, call, result)
        if self.response.is_slow or len(result.body) > _INLINE_BYTES:
            return await self.threads.run(self.response.run_aside, call, result)
        try:
            return self.response.run(call, result)
        except MappingTakesLong:
            return await self.threads.run(self._respond_again, call, result)

    def _respond_again(self, call: RestCall, result: IntegrationResult) -> Response:
        """Map a response whose mapping was given up: `$context` is first made what the request left of it."""
        if call.context is not None:
            call.context = None
            self.request.run_aside(call)
        return self.response.run_aside(call, result)


def link_custom(link: Callable[[RestBinding], Exchange]) -> Callable[[RestBinding], Serve]:
    """Return what links a custom integration whose exchange `link` binds."""

    def link_all(binding: RestBinding) -> Serve:
        request, response = Mapper(integration_request.link(binding)), Mapper(integration_response.link(binding))
        return CustomIntegration(request, link(binding), response, True, binding.seams.mappings)

    return link_all
