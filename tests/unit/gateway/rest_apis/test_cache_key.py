"""What tells cached responses apart: "Use method or integration parameters as cache keys to index cached responses"."""

from collections.abc import Hashable, Iterable

import pytest

from gatewright.gateway.rest_apis.cache import CacheKey
from gatewright.gateway.rest_apis.cache_key import Reader, link_cache_key
from gatewright.gateway.rest_apis.call import RestCall
from tests.unit.gateway.rest_apis.calls import rest_call


def read_value(expression: str) -> Reader:
    def read(call: RestCall) -> Hashable:
        return f"{expression} of {call.request_id[:4]}"

    return read


def key_of(
    call: RestCall, parameters: Iterable[str], mappings: Iterable[tuple[str, str]] = (), namespace: str = "r3s0rc"
) -> CacheKey:
    return link_cache_key(namespace, parameters, mappings, read_value)(call)


def test_parameters_that_are_no_part_of_the_key_do_not_count() -> None:
    """ "For example, you can include only the type parameter in the cache key"."""
    parameters = ["method.request.querystring.type"]
    first = key_of(rest_call(query="type=admin&department=A"), parameters)
    assert first == key_of(rest_call(query="type=admin&department=B"), parameters)
    assert first != key_of(rest_call(query="type=regular&department=A"), parameters)


def test_without_parameters_all_requests_of_a_method_are_one() -> None:
    """ "Cache keys are required when setting up caching on a resource"."""
    assert key_of(rest_call(path="/a", query="x=1"), []) == key_of(rest_call(path="/b"), []) == ("r3s0rc", "GET")
    assert key_of(rest_call(), []) != key_of(rest_call(method="HEAD"), [])


def test_namespaces() -> None:
    """PutIntegration: "You can specify the same cacheNamespace across resources to return the same cached data"."""
    assert key_of(rest_call(), [], namespace="shared") == ("shared", "GET")


def test_locations_of_parameters() -> None:
    call = rest_call(
        query="q=1&q=%32",
        headers=[("X-Tenant", "a"), ("x-tenant", "b")],
        path_parameters={"proxy": "pets/1"},
        body=b"{}",
    )
    read = {
        "method.request.querystring.q": ("1", "2"),
        "method.request.multivaluequerystring.q": ("1", "2"),
        "method.request.header.X-TENANT": ("a", "b"),
        "method.request.multivalueheader.x-tenant": ("a", "b"),
        "method.request.path.proxy": "pets/1",
        "method.request.body": b"{}",
        "method.request.querystring.Q": None,
        "method.request.header.other": None,
        "method.request.path.id": None,
    }
    assert key_of(call, read) == ("r3s0rc", "GET", *read.values())


def test_a_missing_parameter_is_no_empty_one() -> None:
    parameters = ["method.request.querystring.q"]
    assert key_of(rest_call(query="q="), parameters) != key_of(rest_call(), parameters)


def test_integration_parameters_are_what_they_are_mapped_from() -> None:
    call = rest_call(query="type=admin", headers=[("direct", "yes")])
    parameters = [
        "integration.request.header.kind",
        "integration.request.querystring.ip",
        "integration.request.path.fixed",
        "integration.request.header.direct",
    ]
    mappings = [
        ("integration.request.header.kind", "method.request.querystring.type"),
        ("integration.request.querystring.ip", "context.identity.sourceIp"),
        ("integration.request.path.fixed", "'literal'"),
    ]
    assert key_of(call, parameters, mappings) == (
        "r3s0rc",
        "GET",
        ("admin",),
        "context.identity.sourceIp of c6af",
        "'literal' of c6af",
        ("yes",),
    )


@pytest.mark.parametrize("parameter", ["context.requestId", "method.request.cookie.x", "x"])
def test_parameters_that_are_none(parameter: str) -> None:
    with pytest.raises(ValueError, match="no cache key parameter"):
        key_of(rest_call(), [parameter])
