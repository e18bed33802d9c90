"""Method response: the CORS configuration of the API, on whatever a route answers, errors included."""

from gatewright.base.messages import Response
from gatewright.gateway.binding import Binding
from gatewright.gateway.call import Call, ResponsePhase
from gatewright.gateway.cors import LinkedCors


def link(binding: Binding) -> ResponsePhase | None:
    """Return the phase; None where no CORS is configured."""
    if binding.cors is None:
        return None
    cors = LinkedCors(binding.cors)

    async def method_response(call: Call, response: Response) -> Response:
        cors.decorate(call.request, response)
        return response

    return method_response
