"""Integration response: the parameter mapping for the status that the integration answered with."""

from collections.abc import AsyncIterator

from gatewright.base.messages import Headers, Response
from gatewright.gateway.binding import Binding
from gatewright.gateway.call import Call, ResponsePhase
from gatewright.gateway.errors import IntegrationFailure, ServiceUnavailable
from gatewright.gateway.phases.integration_request import apply_to_headers
from gatewright.gateway.phases.mapping_source import RequestSource
from gatewright.languages.parameter_mapping import Location, Mapping, compile_response_mappings
from gatewright.wire.client_errors import UpstreamError

BODY_LIMIT_BYTES = 10 * 1024 * 1024
"""Payload size of an HTTP API ("Quotas for configuring and running an HTTP API"): what a mapping may hold in memory."""


def link(binding: Binding) -> ResponsePhase | None:
    """Return the phase; None where nothing is mapped. Raises `MappingError`."""
    by_status = {
        int(status): mappings
        for status, parameters in binding.integration.response_parameters
        if (mappings := compile_response_mappings(parameters))
    }
    if not by_status:
        return None

    async def integration_response(call: Call, response: Response) -> Response:
        mappings = by_status.get(response.status)
        if mappings is None:
            return response
        try:
            return await _apply(mappings, call, response)
        except BaseException:
            # Nobody will read the rest: the origin's connection must not wait for it.
            await _close(response.body)
            raise

    return integration_response


async def _apply(mappings: tuple[Mapping, ...], call: Call, response: Response) -> Response:
    body = response.body
    if any(mapping.value.reads_body for mapping in mappings) and not isinstance(body, bytes):
        body = await _read(body)
    source = RequestSource(call, body if isinstance(body, bytes) else b"", response.headers)
    values = [mapping.value.read(source) for mapping in mappings]
    headers, status = Headers(response.headers), response.status
    for mapping, value in zip(mappings, values, strict=True):
        if value is None:
            continue
        if mapping.location is Location.STATUS_CODE:
            status = _status(value)
        else:
            apply_to_headers(headers, mapping, value)
    return Response(status, headers, body)


def _status(value: str) -> int:
    if len(value) == 3 and value.isascii() and value.isdigit() and "200" <= value <= "599":
        return int(value)
    raise IntegrationFailure(f"overwrite:statuscode to {value[:80]!r}")


async def _read(parts: AsyncIterator[bytes]) -> bytes:
    body = bytearray()
    try:
        async for part in parts:
            body += part
            if len(body) > BODY_LIMIT_BYTES:
                raise IntegrationFailure(f"a response of more than {BODY_LIMIT_BYTES} octets cannot be mapped")
    except UpstreamError as error:
        raise ServiceUnavailable(f"{type(error).__name__}: {error}") from error
    return bytes(body)


async def _close(body: bytes | AsyncIterator[bytes]) -> None:
    aclose = getattr(body, "aclose", None)
    if aclose is not None:
        await aclose()
