"""Method response: what an API with `minimumCompressionSize` compresses on its way to the client."""

from collections.abc import Awaitable, Callable

from gatewright.base.messages import Response
from gatewright.gateway.rest_apis.binding import RestBinding
from gatewright.gateway.rest_apis.call import RestCall
from gatewright.gateway.rest_apis.content_coding import compress_response

Compress = Callable[[RestCall, Response], Awaitable[Response]]
"""Returns the response, which it may have changed in place."""


def link(binding: RestBinding) -> Compress | None:
    """Return the phase; None where the API compresses nothing."""
    minimum_bytes = binding.deployment.source.minimum_compression_bytes
    if minimum_bytes is None:
        return None

    def compress(call: RestCall, response: Response) -> Awaitable[Response]:
        return compress_response(minimum_bytes, call.request.headers.get("accept-encoding"), response)

    return compress
