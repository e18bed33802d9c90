"""What `HTTP` and `HTTP_PROXY` have in common: a request to an endpoint, and what can go wrong with it.

Sources: "Gateway response types for API Gateway" (INTEGRATION_FAILURE, INTEGRATION_TIMEOUT, API_CONFIGURATION_ERROR);
the knowledge center of AWS, "api-gateway-500-error-vpc" (a certificate that is not accepted is a configuration error)
and "api-gateway-invalid-endpoint-address" (so is a name without an address). An endpoint that refuses connections was
seen to answer 504 `Network error communicating with endpoint`.
"""

from typing import Final
from urllib.parse import quote

from gatewright.base.messages import Headers, Response
from gatewright.gateway.rest_apis.binding import RestBinding
from gatewright.gateway.rest_apis.call import IntegrationRequest, RestCall
from gatewright.gateway.rest_apis.errors import RestError
from gatewright.gateway.rest_apis.integrations.endpoint_headers import BODILESS_METHODS, endpoint_headers
from gatewright.gateway.rest_apis.integrations.faults import configuration_error, late, network_error
from gatewright.gateway.rest_apis.integrations.response_body import read_whole
from gatewright.gateway.rest_apis.integrations.uri import INVALID_ENDPOINT
from gatewright.wire.client_errors import (
    ConnectTimeout,
    NameUnresolved,
    RequestInvalid,
    ResponseTimeout,
    TlsFailed,
    UpstreamError,
)
from gatewright.wire.client_request import Origin, UpstreamRequest, parse_url

# Dropped whoever set them (recorded of AWS); Connection is between the client and each origin.
_DROPPED: Final = frozenset({"connection", "expect", "proxy-authenticate", "te", "via"})


class HttpEndpoint:
    """Sends requests of one method to its endpoint."""

    __slots__ = ("_api_id", "_binding", "_seconds")

    def __init__(self, binding: RestBinding) -> None:
        self._binding = binding
        self._api_id = binding.facts.api_id
        self._seconds = binding.integration.timeout_ms / 1000

    def headers(self, call: RestCall, fields: Headers) -> Headers:
        """Return fields with the defaults that AWS was recorded to add, without those that go no further."""
        headers = endpoint_headers(call, fields, _DROPPED)
        headers.replace("X-Amzn-Trace-Id", call.trace_header)
        headers.replace("x-amzn-apigateway-api-id", self._api_id)
        return headers

    async def send(
        self, call: RestCall, request: IntegrationRequest, *, body_idle_seconds: float | None = None
    ) -> Response:
        """Send a request and return the response, its body perhaps still arriving. Raises `RestError`."""
        uri = with_query(request.uri, request.query)
        if call.log is not None:
            call.log.endpoint_request(uri, request.headers, request.body)
        started = self._binding.seams.clock.monotonic()
        try:
            origin, target = self._locate(uri)
            return await self._binding.seams.client.send(
                UpstreamRequest(
                    method=request.method,
                    origin=origin,
                    target=target,
                    headers=request.headers,
                    body=b"" if request.method in BODILESS_METHODS else request.body,
                    response_seconds=self._seconds,
                    body_idle_seconds=body_idle_seconds,
                    deadline_seconds=self._seconds,
                )
            )
        except UpstreamError as error:
            raise self._failed(call, uri, started, error) from error

    async def read(self, call: RestCall, response: Response) -> bytes:
        """Return the whole body of a response. Raises `RestError`."""
        try:
            return await read_whole(call, response)
        except UpstreamError as error:
            raise self._failed(call, "the response", None, error) from error

    def _locate(self, uri: str) -> tuple[Origin, str]:
        origin, target = parse_url(uri)
        if origin.scheme == "https":
            is_verified = not self._binding.integration.skips_verification
            shown = self._binding.client_certificate
            origin = Origin(origin.scheme, origin.host, origin.port, None, is_verified, shown)
        return origin, target

    def _failed(self, call: RestCall, uri: str, started: float | None, error: UpstreamError) -> RestError:
        reason = f"{uri}: {type(error).__name__}: {error}"
        if isinstance(error, RequestInvalid | NameUnresolved):
            return configuration_error(call, INVALID_ENDPOINT, reason)
        if isinstance(error, TlsFailed):
            return configuration_error(call, str(error), reason)
        clock = self._binding.seams.clock
        is_late = started is not None and clock.monotonic() - started >= self._seconds
        if isinstance(error, ResponseTimeout) or (isinstance(error, ConnectTimeout) and is_late):
            return late(call, reason)
        return network_error(call, reason)


def with_query(uri: str, query: list[tuple[str, str]]) -> str:
    """Return a URI with further, decoded, query parameters."""
    if not query:
        return uri
    added = "&".join([f"{quote(name, safe='')}={quote(value, safe='')}" for name, value in query])
    separator = "" if uri.endswith(("?", "&")) else "&" if "?" in uri else "?"
    return f"{uri}{separator}{added}"
