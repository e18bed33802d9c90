"""The parts of a node that are made by the first who needs them (`base.late`), as those who need them see them."""

from collections.abc import Callable
from typing import Protocol

from gatewright.base.late import Late
from gatewright.base.messages import Handler, Request, Response
from gatewright.gateway.seams import ServiceCall, ServiceCaller


class Answering(Protocol):
    """What answers requests: `aws.endpoint.AwsEndpoint`."""

    async def handle(self, request: Request) -> Response:
        """Answer a request."""
        ...


def late_handler(make: Callable[[], Answering]) -> Handler:
    """Return a handler whose first request has made what answers it."""
    part = Late(make)

    async def handle(request: Request) -> Response:
        return await (await part.get()).handle(request)

    return handle


class LateServiceCaller:
    """Calls AWS services for integrations. The first call has made what forms and signs calls."""

    def __init__(self, make: Callable[[], ServiceCaller]) -> None:
        self._part = Late(make)

    async def call(self, call: ServiceCall) -> Response:
        """Return the service's answer. Raises `ServiceUnreachable`."""
        return await (await self._part.get()).call(call)
