"""Custom integrations: integration request, integration, integration response, in a row.

What maps a large payload runs in a thread, while other requests are served; so does what took long the last time.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

from gatewright.base.messages import Response
from gatewright.gateway.rest_apis.binding import RestBinding
from gatewright.gateway.rest_apis.call import Exchange, IntegrationRequest, IntegrationResult, RestCall, Serve
from gatewright.gateway.rest_apis.phases import integration_request, integration_response

T = TypeVar("T")

# A template that goes through a payload of this size takes some milliseconds.
_INLINE_BYTES: Final = 64 * 1024
_LONG_SECONDS: Final = 0.1


class Mapper(Generic[T]):
    """One of the two mapping phases, and whether it took long the last time."""

    __slots__ = ("_function", "is_slow")

    def __init__(self, function: Callable[..., T]) -> None:
        self._function = function
        self.is_slow = False

    def run(self, *arguments: object) -> T:
        """Map at once. Raises `RestError`."""
        began = time.perf_counter()
        try:
            return self._function(*arguments)
        finally:
            self.is_slow = time.perf_counter() - began > _LONG_SECONDS

    async def run_aside(self, *arguments: object) -> T:
        """Map in a thread. Timed there too: what was slow by accident is carried out at once again."""
        return await asyncio.get_running_loop().run_in_executor(None, self.run, *arguments)


@dataclass(frozen=True, slots=True)
class CustomIntegration:
    """The mapped integration of one method."""

    request: Mapper[IntegrationRequest]
    exchange: Exchange
    response: Mapper[Response]
    has_endpoint: bool
    """Whether there is anything to log of it; a mock has none."""

    def __call__(self, call: RestCall) -> Awaitable[Response]:
        """Return the mapped response: at once where nothing has to be waited for. Raises `RestError`."""
        if self.request.is_slow or len(call.body) > _INLINE_BYTES:
            return self._map_aside(call)
        result = self.exchange(call, self.request.run(call))
        if isinstance(result, IntegrationResult) and not self.response.is_slow:
            return self.response.run(call, result)
        return self._wait(call, result)

    async def _map_aside(self, call: RestCall) -> Response:
        request = await self.request.run_aside(call)
        return await self._wait(call, self.exchange(call, request))

    async def _wait(self, call: RestCall, exchanging: Awaitable[IntegrationResult]) -> Response:
        result = await exchanging
        if call.log is not None and self.has_endpoint:
            call.log.endpoint_response(result.status, result.headers, result.body)
        if self.response.is_slow or len(result.body) > _INLINE_BYTES:
            return await self.response.run_aside(call, result)
        return self.response.run(call, result)


def link_custom(link: Callable[[RestBinding], Exchange]) -> Callable[[RestBinding], Serve]:
    """Return what links a custom integration whose exchange `link` binds."""

    def link_all(binding: RestBinding) -> Serve:
        request, response = Mapper(integration_request.link(binding)), Mapper(integration_response.link(binding))
        return CustomIntegration(request, link(binding), response, has_endpoint=True)

    return link_all
