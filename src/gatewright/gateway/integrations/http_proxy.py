"""`HTTP_PROXY`: the request goes on to an origin, its response comes back as it arrives.

Sources: "Create HTTP proxy integrations for HTTP APIs"; "Create routes for HTTP APIs" (the `$default` route passes the
full request path); RFC 9110 section 7.6 (what a proxy does with fields); RFC 7239 (Forwarded).
"""

import re
from collections.abc import AsyncIterable
from urllib.parse import quote

from gatewright.base.errors import BodyError
from gatewright.base.messages import Headers, Request, Response
from gatewright.gateway.binding import Binding
from gatewright.gateway.call import Call, Integration
from gatewright.gateway.errors import BadRequest, ServiceUnavailable
from gatewright.gateway.fields import end_to_end
from gatewright.gateway.gateway_response import body_fault
from gatewright.gateway.integrations.refused import Refused
from gatewright.gateway.integrations.stage_variables import substitute_stage_variables
from gatewright.gateway.route_match import ANY, DEFAULT_ROUTE_KEY
from gatewright.gateway.seams import UpstreamClient
from gatewright.wire.client_errors import RequestInvalid, UpstreamError
from gatewright.wire.client_request import Origin, UpstreamRequest, parse_url

_VARIABLE = re.compile(r"\{([a-zA-Z0-9._-]+)\+?\}")

_PATH_SAFE = "!$&'()*+,;=:@~-._/"  # RFC 3986 section 3.3, pchar
_QUERY_SAFE = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"

_VIA = "HTTP/1.1 AmazonAPIGateway"

_FORWARDED_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")

# The client names the origin in Host and frames the body itself; Expect was answered when the body was asked for.
_REPLACED = frozenset({"host", "content-length", "expect", "forwarded", "via", "x-amzn-trace-id"})


class Target:
    """The path and query of an integration URI, with places for path parameters."""

    __slots__ = ("_appends_path", "_path", "_query")

    def __init__(self, target: str, *, appends_path: bool) -> None:
        path, _, query = target.partition("?")
        self._path = _template(path, _PATH_SAFE + "%")
        self._query = _template(query, _QUERY_SAFE)
        self._appends_path = appends_path

    def render(self, call: Call) -> str:
        """Return path and query of a request to the origin. Raises `BadRequest` for dot segments."""
        values = call.path_parameters
        if call.target_path is not None:
            path = quote(call.target_path, safe=_PATH_SAFE + "%")
        else:
            path = _fill(self._path, {name: _encode_path(value) for name, value in values.items()})
            if self._appends_path:
                path = path.removesuffix("/") + _encode_path(call.path)
        query = _fill(self._query, {name: quote(value, safe="") for name, value in values.items()})
        sent = call.request.query
        query = "&".join([part for part in (query, sent if sent.isascii() else quote(sent, safe=_QUERY_SAFE)) if part])
        path = path if path.startswith("/") else f"/{path}"
        return f"{path}?{query}" if query else path


def _template(text: str, safe: str) -> list[str]:
    """Split a text at its variables: every second part is the name of one. What no URL can hold is encoded."""
    return [part if index % 2 else quote(part, safe=safe) for index, part in enumerate(_VARIABLE.split(text))]


def _fill(parts: list[str], values: dict[str, str]) -> str:
    """Join a template's parts; a variable that the route does not have is empty."""
    return "".join([values.get(part, "") if index % 2 else part for index, part in enumerate(parts)])


def _encode_path(text: str) -> str:
    # A client could climb out of the path that the integration gives it (RFC 3986 section 5.2.4).
    if any(segment in {".", ".."} for segment in text.split("/")):
        raise BadRequest(f"dot segments in {text!r}")
    return quote(text, safe=_PATH_SAFE)


class HttpProxy:
    """Sends the requests of one route to one origin."""

    __slots__ = ("_client", "_has_mapped_host", "_method", "_origin", "_target", "_timeout_seconds")

    def __init__(
        self,
        client: UpstreamClient,
        origin: Origin,
        target: Target,
        method: str,
        timeout_seconds: float,
        *,
        has_mapped_host: bool = False,
    ) -> None:
        """`has_mapped_host`: a parameter mapping says what the origin gets as Host."""
        self._client = client
        self._has_mapped_host = has_mapped_host
        self._origin = origin
        self._target = target
        self._method = method
        self._timeout_seconds = timeout_seconds

    async def __call__(self, call: Call) -> Response:
        """Return the origin's response. Raises `GatewayError`."""
        request = call.request
        headers = proxied_headers(call, has_mapped_host=self._has_mapped_host)
        body = _upstream_body(request, headers)
        upstream = UpstreamRequest(
            method=request.method if self._method == ANY else self._method,
            origin=self._origin,
            target=self._target.render(call),
            headers=headers,
            body=body,
            response_seconds=self._timeout_seconds,
        )
        try:
            response = await self._client.send(upstream)
        except BodyError as error:
            raise body_fault(error) from error
        except RequestInvalid as error:
            raise BadRequest(str(error)) from error
        except UpstreamError as error:
            origin = f"{self._origin.scheme}://{self._origin.authority}"
            raise ServiceUnavailable(f"{origin}: {type(error).__name__}: {error}") from error
        headers = end_to_end(response.headers)
        # An origin that is an HTTP API itself has one of its own.
        headers.discard("apigw-requestid")
        return Response(response.status, headers, response.body)


def proxied_headers(call: Call, *, has_mapped_host: bool = False) -> Headers:
    """Return the fields of the request to the origin."""
    request = call.request
    headers = Headers([field for field in end_to_end(request.headers) if field[0].lower() not in _REPLACED])
    host = request.headers.get("host") or call.domain_name
    if has_mapped_host:
        # Host is not among the reserved headers of "Transform API requests and responses for HTTP APIs".
        headers[:0] = [("Host", value) for value in request.headers.get_all("host")[-1:]]
        host = call.domain_name
    element = f"for={_node(request.peer_address)};host={_quoted(host)};proto={request.scheme}"
    headers.append(("forwarded", ", ".join([*request.headers.get_all("forwarded"), element])))
    headers.append(("via", ", ".join([*request.headers.get_all("via"), _VIA])))
    headers.append(("X-Amzn-Trace-Id", call.trace_header))
    return headers


def _upstream_body(request: Request, headers: Headers) -> bytes | AsyncIterable[bytes]:
    """Return the body as it goes on; one of known length keeps its length, one that comes in chunks goes in chunks."""
    length = request.headers.get("content-length")
    if length is not None and length.strip("0") != "":
        headers.append(("Content-Length", length))
        return request.body
    if length is None and request.headers.get("transfer-encoding") is not None:
        return request.body
    return b""


def _node(address: str) -> str:
    """Return an address in the form of RFC 7239 section 6."""
    return f'"[{address}]"' if ":" in address else address


def _quoted(text: str) -> str:
    if _FORWARDED_TOKEN.fullmatch(text):
        return text
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def link(binding: Binding) -> Integration:
    """Bind a route to its origin, or to the reason why there is none."""
    integration, facts = binding.integration, binding.facts
    uri = substitute_stage_variables(integration.integration_uri, facts.stage_variables)
    # Variables stand in the path; braces elsewhere make no URL.
    placeless = _VARIABLE.sub("x", uri)
    try:
        origin, _ = parse_url(placeless)
    except RequestInvalid as error:
        return Refused(f"integration {integration.integration_id}: {error}")
    authority_end = re.search(r"[/?]|$", uri[uri.index("://") + 3 :])
    start = uri.index("://") + 3 + (authority_end.start() if authority_end else 0)
    if "{" in uri[:start]:
        return Refused(f"integration {integration.integration_id}: a variable in the host of {uri}")
    if integration.server_name_to_verify:
        origin = Origin(origin.scheme, origin.host, origin.port, integration.server_name_to_verify)
    target = Target(uri[start:].partition("#")[0], appends_path=facts.route_key == DEFAULT_ROUTE_KEY)
    return HttpProxy(
        binding.seams.client,
        origin,
        target,
        integration.integration_method,
        integration.timeout_ms / 1000,
        has_mapped_host=any(key.lower().endswith(":header.host") for key, _ in integration.request_parameters),
    )
