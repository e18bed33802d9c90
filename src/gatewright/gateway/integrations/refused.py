"""The integration of a route whose real one cannot be called: the client gets 500, the log the reason."""

from gatewright.base.messages import Response
from gatewright.gateway.call import Call, Integration
from gatewright.gateway.errors import IntegrationFailure


def refuse(reason: str) -> Integration:
    """Return an integration that fails every call."""

    async def fail(_: Call) -> Response:
        raise IntegrationFailure(reason)

    return fail
