"""Body: read to its end and decompressed, before anything looks at it.

Sources: "Payload compression for REST APIs in API Gateway"; payload size in "Quotas for configuring and running a REST
API in API Gateway" (10 MB). Of a body that announces its length the listener leaves the refusal to us, for it is a
gateway response (REQUEST_TOO_LARGE); one in chunks it ends when it becomes too large.
"""

from collections.abc import Awaitable

from gatewright.base.errors import BodyError
from gatewright.base.messages import Body, BytesBody
from gatewright.gateway.rest_apis.binding import RestBinding
from gatewright.gateway.rest_apis.call import RequestPhase, RestCall
from gatewright.gateway.rest_apis.content_coding import decompress, request_coding
from gatewright.gateway.rest_apis.errors import REQUEST_TOO_LARGE, RestError, body_fault


def link(binding: RestBinding) -> RequestPhase | None:
    """Return the phase."""
    minimum_bytes = binding.deployment.source.minimum_compression_bytes
    limit = binding.seams.body_bytes

    def body(call: RestCall) -> Awaitable[None] | None:
        sent = call.request.body
        if not isinstance(sent, BytesBody):
            announced = call.request.headers.get("content-length")
            # The listener has checked that it is a number.
            if announced is not None and int(announced) > limit:
                raise RestError(REQUEST_TOO_LARGE, f"a body of {announced} bytes")
            return _read(call, sent, minimum_bytes)
        if len(sent.content) > limit:
            raise RestError(REQUEST_TOO_LARGE, f"a body of {len(sent.content)} bytes")
        call.body = sent.content
        return _decode(call, minimum_bytes) if call.body else None

    return body


async def _read(call: RestCall, sent: Body, minimum_bytes: int | None) -> None:
    try:
        call.body = await sent.read()
    except BodyError as error:
        raise body_fault(error) from error
    decoding = _decode(call, minimum_bytes)
    if decoding is not None:
        await decoding


def _decode(call: RestCall, minimum_bytes: int | None) -> Awaitable[None] | None:
    coding = request_coding(call.request.headers.get("content-encoding"), len(call.body), minimum_bytes)
    return None if coding is None else _decompress(call, coding)


async def _decompress(call: RestCall, coding: str) -> None:
    call.body = await decompress(call.body, coding)
