"""Cache: around all that follows the method request, what a stage keeps of a method's responses.

Source: "Cache settings for REST APIs in API Gateway". Caching is on for GET methods when it is on for the stage, and
for other methods by settings of their own; a proxy integration's response is kept like a mapped one.
"""

from collections.abc import Awaitable

from gatewright.base.messages import Response
from gatewright.gateway.rest_apis.binding import RestBinding
from gatewright.gateway.rest_apis.cache import UNAUTHORIZED_WARNING, CacheKey, Lookup, cached_response, lookup
from gatewright.gateway.rest_apis.cache_key import Reader, link_cache_key
from gatewright.gateway.rest_apis.call import RestCall, Serve
from gatewright.gateway.rest_apis.errors import ACCESS_DENIED, RestError
from gatewright.gateway.rest_apis.mapping_source import RequestSource
from gatewright.languages.rest_mapping import compile_request_value


def link(binding: RestBinding, serve: Serve) -> Serve:
    """Return what serves from the cache, or `serve` itself where nothing is cached. Raises `ValueError`."""
    cache, settings = binding.cache, binding.settings
    if cache is None or settings is None or settings.cache_ttl_seconds <= 0:
        return serve
    integration = binding.integration
    key_of = link_cache_key(
        integration.cache_namespace, integration.cache_key_parameters, integration.request_parameters, _link_reader
    )
    ttl_seconds = settings.cache_ttl_seconds
    is_authorized = not settings.requires_cache_control_authorization
    strategy = settings.unauthorized_cache_control

    async def keep(key: CacheKey, serving: Awaitable[Response]) -> Response:
        response = await serving
        keeping = cached_response(response)
        if keeping is not None:
            cache.put(key, keeping, ttl_seconds)
        return response

    def serve_cached(call: RestCall) -> Awaitable[Response]:
        asked = call.request.headers.get("cache-control")
        use = Lookup.USE if asked is None else lookup(asked, is_authorized=is_authorized, strategy=strategy)
        if use is Lookup.REFUSE:
            raise RestError(ACCESS_DENIED)
        if use is Lookup.USE_WITH_WARNING:
            call.response_headers.append(UNAUTHORIZED_WARNING)
        key = key_of(call)
        if use is not Lookup.REFRESH:
            kept = cache.get(key)
            if kept is not None:
                return kept.response()
        return keep(key, serve(call))

    return serve_cached


def _link_reader(expression: str) -> Reader:
    value = compile_request_value(expression)

    def read(call: RestCall) -> str | None:
        found = value.read(RequestSource(call))
        return ",".join(found) if isinstance(found, list) else found

    return read
