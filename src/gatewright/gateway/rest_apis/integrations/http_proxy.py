"""`HTTP_PROXY`: the request goes on to an endpoint as it came, its response comes back.

Sources: "Set up HTTP integrations in API Gateway"; "Content type conversions in API Gateway"; "Set up an HTTP proxy
integration with payload response streaming in API Gateway". As AWS was recorded (localstack,
test_apigateway_http.py): mapped headers replace the client's, mapped query parameters come behind those of the same
name, and the endpoint sees X-Forwarded-*.
"""

from typing import Final

from gatewright.base.messages import Headers, Response
from gatewright.gateway.fields import connection_options, field_value, is_field_name
from gatewright.gateway.rest_apis.binary_media import convert_request, convert_response
from gatewright.gateway.rest_apis.binding import RestBinding
from gatewright.gateway.rest_apis.call import IntegrationRequest, RestCall, Serve
from gatewright.gateway.rest_apis.execution_log import shown_body
from gatewright.gateway.rest_apis.header_remapping import remap_response_fields
from gatewright.gateway.rest_apis.integrations.faults import refuse_illegal_mapping
from gatewright.gateway.rest_apis.integrations.http_endpoint import HttpEndpoint
from gatewright.gateway.rest_apis.integrations.uri import UriTemplate, check_http_endpoint
from gatewright.gateway.rest_apis.mapping_source import RequestSource
from gatewright.gateway.rest_apis.received_headers import forwarded_fields, received
from gatewright.languages.rest_mapping import Location, Mapping, compile_request_mappings
from gatewright.snapshot.types.rest_api import TEST_INVOKE_STAGE

_ANY: Final = "ANY"
_STREAM: Final = "STREAM"

# "Stream the integration response for your proxy integrations": the idle timeout of Regional and private endpoints is
# 5 minutes, that of edge-optimized ones 30 seconds.
_IDLE_SECONDS: Final = 300.0
_EDGE_IDLE_SECONDS: Final = 30.0

# Not the client's to say, or dropped (recorded of AWS); X-Forwarded-* are said anew.
_REPLACED: Final = frozenset(
    {"content-encoding", "host", "via", "x-forwarded-for", "x-forwarded-port", "x-forwarded-proto"}
)


class HttpProxy:
    """Sends the requests of one method to one endpoint."""

    __slots__ = ("_content_handling", "_endpoint", "_idle_seconds", "_mappings", "_method", "_types", "_uri")

    def __init__(
        self, binding: RestBinding, uri: UriTemplate, mappings: tuple[Mapping, ...], idle_seconds: float | None
    ) -> None:
        """`idle_seconds` is how long a streamed response may pause; None for responses that are read whole."""
        integration = binding.integration
        self._content_handling = integration.content_handling
        self._endpoint = HttpEndpoint(binding)
        self._idle_seconds = idle_seconds
        self._mappings = mappings
        self._method = integration.http_method
        self._types = binding.deployment.binary
        self._uri = uri

    async def __call__(self, call: RestCall) -> Response:
        """Return the endpoint's response. Raises `RestError`."""
        response = await self._endpoint.send(call, self._request(call), body_idle_seconds=self._idle_seconds)
        if self._idle_seconds is not None:
            return Response(response.status, _response_headers(response.headers), response.body)
        body = await self._endpoint.read(call, response)
        if call.log is not None:
            call.log.endpoint_response(response.status, response.headers, body)
        converted = Response(response.status, _response_headers(response.headers), self._convert(call, response, body))
        if call.log is not None:
            call.log.write(f"Method response body after transformations: {shown_body(body)}")
        return converted

    def _request(self, call: RestCall) -> IntegrationRequest:
        request = call.request
        query = {name: list(values) for name, values in call.query.items()}
        path: dict[str, str] = {}
        mapped = Headers()
        if self._mappings:
            source = RequestSource(call)
            for mapping in self._mappings:
                value = mapping.value.read(source)
                if value is not None:
                    _put(mapping, value, mapped, query, path)
            refuse_illegal_mapping(call, mapped, "HTTP_PROXY")
        seen = received(request.headers)
        headers = Headers([field for field in seen if field[0].lower() not in _REPLACED])
        if call.facts.stage_name != TEST_INVOKE_STAGE:  # a test does not come in by the front door
            headers += forwarded_fields(request, seen)
        for name, text in mapped:
            headers.replace(name, text)
        content_type = request.headers.get("content-type")
        body = convert_request(self._types, self._content_handling, content_type, call.body)[0] if call.body else b""
        return IntegrationRequest(
            method=request.method if self._method == _ANY else self._method,
            uri=self._uri.render(path),
            headers=self._endpoint.headers(call, headers),
            query=[(name, value) for name, values in query.items() for value in values],
            body=body,
        )

    def _convert(self, call: RestCall, response: Response, body: bytes) -> bytes:
        # What is compressed is neither text nor base64 to anybody.
        if not body or response.headers.get("content-encoding") is not None:
            return body
        accept, content_type = call.request.headers.get("accept"), response.headers.get("content-type")
        return convert_response(self._types, None, accept, content_type, body)[0]


def _put(
    mapping: Mapping, value: str | list[str], headers: Headers, query: dict[str, list[str]], path: dict[str, str]
) -> None:
    if mapping.location is Location.QUERYSTRING:
        query.setdefault(mapping.name, []).extend(value if isinstance(value, list) else [value])
        return
    text = ",".join(value) if isinstance(value, list) else value
    if mapping.location is Location.PATH:
        path[mapping.name] = text
        return
    content = field_value(text)
    if content is not None and is_field_name(mapping.name):
        headers.replace(mapping.name, content)


def _response_headers(received_fields: Headers) -> Headers:
    connection = received_fields.get("connection")
    dropped = {"via"} if connection is None else {"via"} | (connection_options(connection) - {"connection"})
    headers = Headers(remap_response_fields(field for field in received_fields if field[0].lower() not in dropped))
    if headers.get("content-type") is None:
        headers.append(("Content-Type", "application/json"))
    return headers


def link(binding: RestBinding) -> Serve:
    """Bind a method to its endpoint. Raises `ValueError` for a URI that is none."""
    integration, variables = binding.integration, binding.facts.stage_variables
    check_http_endpoint(integration.uri, variables)
    idle_seconds = None
    if integration.response_transfer_mode == _STREAM:
        is_edge = binding.deployment.source.endpoint_type == "EDGE"
        idle_seconds = _EDGE_IDLE_SECONDS if is_edge else _IDLE_SECONDS
    uri = UriTemplate(integration.uri, variables)
    return HttpProxy(binding, uri, tuple(compile_request_mappings(integration.request_parameters)), idle_seconds)
