"""Responses of integrations that are needed whole: mapped, converted, cached or compressed ones.

Source: the payload size of "Quotas for configuring and running a REST API"; the message was seen in an execution log.
"""

from collections.abc import AsyncIterator
from typing import Final, NoReturn

from gatewright.base.messages import Headers, Response
from gatewright.gateway.rest_apis.call import RestCall
from gatewright.gateway.rest_apis.integrations.faults import configuration_error

MAX_RESPONSE_BYTES: Final = 10_485_760


async def read_whole(call: RestCall, response: Response) -> bytes:
    """Return the body of a response. Raises `RestError` when it is too large, and what its iterator raises."""
    body = response.body
    if isinstance(body, bytes):
        content = body
    else:
        try:
            content = await _read(call, response.headers, body)
        finally:
            # One that was not read to its end still holds a connection.
            aclose = getattr(body, "aclose", None)
            if aclose is not None:
                await aclose()
    if len(content) > MAX_RESPONSE_BYTES:
        _refuse(call, len(content))
    return content


async def _read(call: RestCall, headers: Headers, body: AsyncIterator[bytes]) -> bytes:
    length = headers.get("content-length")
    if length is not None and length.isdigit() and int(length) > MAX_RESPONSE_BYTES:
        _refuse(call, int(length))
    content = bytearray()
    async for part in body:
        content += part
        if len(content) > MAX_RESPONSE_BYTES:
            _refuse(call, len(content))
    return bytes(content)


def _refuse(call: RestCall, length: int) -> NoReturn:
    reason = f"Integration response of reported length {length} is larger than allowed maximum of {MAX_RESPONSE_BYTES}"
    raise configuration_error(call, f"{reason} bytes.")
