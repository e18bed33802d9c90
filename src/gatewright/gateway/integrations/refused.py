"""The integration of a route whose real one cannot be called: the client gets 500, the log the reason."""

from dataclasses import dataclass

from gatewright.base.messages import Response
from gatewright.gateway.call import Call
from gatewright.gateway.errors import IntegrationFailure


@dataclass(frozen=True, slots=True)
class Refused:
    """Fails every call."""

    reason: str

    async def __call__(self, call: Call) -> Response:
        """Raise `IntegrationFailure` with the reason."""
        raise IntegrationFailure(self.reason)
