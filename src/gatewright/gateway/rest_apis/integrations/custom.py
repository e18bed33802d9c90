"""Custom integrations: integration request, integration, integration response, in a row.

What maps a large payload runs in a thread, while other requests are served; so does what took long the last time.
"""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, TypeVar

from gatewright.base.messages import Response
from gatewright.gateway.rest_apis.binding import RestBinding
from gatewright.gateway.rest_apis.call import Exchange, RestCall, Serve
from gatewright.gateway.rest_apis.phases import integration_request, integration_response

T = TypeVar("T")

# A template that goes through a payload of this size takes some milliseconds.
_INLINE_BYTES: Final = 64 * 1024
_LONG_SECONDS: Final = 0.1


@dataclass(slots=True)
class CustomIntegration:
    """The mapped integration of one method."""

    make_request: integration_request.IntegrationRequestPhase
    exchange: Exchange
    make_response: integration_response.IntegrationResponsePhase
    has_endpoint: bool
    """Whether there is anything to log of it; a mock has none."""
    is_slow: bool = False
    """Whether a mapping took long the last time."""

    async def __call__(self, call: RestCall) -> Response:
        """Return the mapped response. Raises `RestError`."""
        if self.is_slow or len(call.body) > _INLINE_BYTES:
            request = await self._aside(self.make_request, call)
        else:
            request = self._timed(self.make_request, call)
        result = await self.exchange(call, request)
        if call.log is not None and self.has_endpoint:
            call.log.endpoint_response(result.status, result.headers, result.body)
        if self.is_slow or len(result.body) > _INLINE_BYTES:
            return await self._aside(self.make_response, call, result)
        return self._timed(self.make_response, call, result)

    def _timed(self, function: Callable[..., T], *arguments: object) -> T:
        began = time.perf_counter()
        try:
            return function(*arguments)
        finally:
            self.is_slow = time.perf_counter() - began > _LONG_SECONDS

    async def _aside(self, function: Callable[..., T], *arguments: object) -> T:
        # Timed there too: what was slow by accident is carried out at once again.
        return await asyncio.get_running_loop().run_in_executor(None, self._timed, function, *arguments)


def link_custom(
    link: Callable[[RestBinding], Exchange], *, has_endpoint: bool = True
) -> Callable[[RestBinding], Serve]:
    """Return what links a custom integration whose exchange `link` binds."""

    def link_all(binding: RestBinding) -> Serve:
        make_request, make_response = integration_request.link(binding), integration_response.link(binding)
        return CustomIntegration(make_request, link(binding), make_response, has_endpoint)

    return link_all
