"""What tells cached responses of a stage apart.

Sources: "Cache settings for REST APIs in API Gateway" ("Use method or integration parameters as cache keys"), and
`cacheNamespace` and `cacheKeyParameters` of PutIntegration: resources of one namespace share their responses; without
any parameters all requests of a method get the same one.
"""

from collections.abc import Callable, Hashable, Iterable

from gatewright.gateway.rest_apis.cache import CacheKey
from gatewright.gateway.rest_apis.call import RestCall

Reader = Callable[[RestCall], Hashable]
"""Reads one parameter of a request: None where it is not there, which is another key than an empty value."""


def link_cache_key(
    namespace: str,
    cache_key_parameters: Iterable[str],
    request_parameters: Iterable[tuple[str, str]],
    read_value: Callable[[str], Reader],
) -> Callable[[RestCall], CacheKey]:
    """Return what makes the key of a request.

    `cache_key_parameters` are such as `method.request.querystring.type` and `integration.request.header.x`; the latter
    are read where `request_parameters`, the integration's mappings, take them from. `read_value` links what a mapping
    takes from elsewhere: `context.identity.sourceIp`, `stageVariables.x`, `'literal'`. Raises `ValueError`.
    """
    mappings = dict(request_parameters)
    readers = tuple(_link_parameter(parameter, mappings, read_value) for parameter in cache_key_parameters)

    def key(call: RestCall) -> CacheKey:
        return (namespace, call.request.method, *[read(call) for read in readers])

    return key


def _link_parameter(parameter: str, mappings: dict[str, str], read_value: Callable[[str], Reader]) -> Reader:
    if parameter.startswith("method.request."):
        return _link_method_parameter(parameter)
    if not parameter.startswith("integration.request."):
        raise ValueError(f"{parameter} is no cache key parameter")
    source = mappings.get(parameter)
    if source is None:
        # A proxy integration passes on what the method request has.
        return _link_method_parameter(parameter.replace("integration.", "method.", 1))
    return _link_method_parameter(source) if source.startswith("method.request.") else read_value(source)


def _link_method_parameter(parameter: str) -> Reader:
    location, _, name = parameter.removeprefix("method.request.").partition(".")
    if location in ("querystring", "multivaluequerystring"):

        def read_query(call: RestCall) -> Hashable:
            values = call.query.get(name)
            return None if values is None else tuple(values)

        return read_query
    if location in ("header", "multivalueheader"):
        lowered = name.lower()

        def read_header(call: RestCall) -> Hashable:
            return tuple([value for field, value in call.request.headers if field.lower() == lowered]) or None

        return read_header
    if location == "path":
        return lambda call: call.path_parameters.get(name)
    if location.startswith("body"):
        return lambda call: call.body
    raise ValueError(f"{parameter} is no cache key parameter")
