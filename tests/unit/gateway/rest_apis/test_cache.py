"""The response cache of a stage: "Cache settings for REST APIs in API Gateway"."""

from collections.abc import AsyncIterator

import pytest

from gatewright.base.messages import Headers, Response
from gatewright.gateway.rest_apis.cache import (
    FAIL_WITH_403,
    MAX_RESPONSE_BYTES,
    SUCCEED_WITH_RESPONSE_HEADER,
    SUCCEED_WITHOUT_RESPONSE_HEADER,
    UNAUTHORIZED_WARNING,
    CachedResponse,
    Lookup,
    StageCache,
    cached_response,
    lookup,
)
from tests.unit.gateway.rest_apis.calls import StoppedClock

KEY = ("r3s0rc", "GET")
PETS = CachedResponse(200, (("Content-Type", "application/json"),), b'[{"id": 1}]')


def of_size(octets: int) -> CachedResponse:
    return CachedResponse(200, (), bytes(octets))


def test_responses_are_kept_for_their_time_to_live() -> None:
    """ "API Gateway caches responses from your endpoint for a specified time-to-live (TTL) period, in seconds"."""
    clock = StoppedClock()
    cache = StageCache("stage", clock)
    assert cache.get(KEY) is None
    cache.put(KEY, PETS, 300)
    clock.seconds += 299
    assert cache.get(KEY) is PETS
    clock.seconds += 1
    assert cache.get(KEY) is None
    assert (len(cache), cache.held_bytes) == (0, 0)


def test_maximum_time_to_live() -> None:
    """ "The maximum TTL value is 3600 seconds. TTL=0 means caching is disabled"."""
    clock = StoppedClock()
    cache = StageCache("stage", clock)
    cache.put(KEY, PETS, 0)
    assert cache.get(KEY) is None
    cache.put(KEY, PETS, 10_000)
    clock.seconds += 3600
    assert cache.get(KEY) is None


def test_maximum_size_of_a_response() -> None:
    """ "The maximum size of a response that can be cached is 1048576 bytes"."""
    cache = StageCache("stage", StoppedClock())
    cache.put(KEY, of_size(MAX_RESPONSE_BYTES), 300)
    assert cache.get(KEY) is not None
    cache.put(KEY, of_size(MAX_RESPONSE_BYTES + 1), 300)
    assert cache.get(KEY) is None


def test_a_new_response_replaces_the_entry() -> None:
    """ "This replaces the existing cache entry with the new response"."""
    cache = StageCache("stage", StoppedClock())
    cache.put(KEY, PETS, 300)
    held = cache.held_bytes
    other = CachedResponse(404, PETS.headers, PETS.body)
    cache.put(KEY, other, 300)
    assert cache.get(KEY) is other
    assert cache.held_bytes == held


def test_flush() -> None:
    """ "Flush the API stage cache in API Gateway"."""
    cache = StageCache("stage", StoppedClock())
    cache.put(KEY, PETS, 300)
    cache.flush()
    assert cache.get(KEY) is None
    assert (len(cache), cache.held_bytes, cache.identity) == (0, 0, "stage")


def test_least_recently_used_responses_go_first() -> None:
    """Not on the page: a cache of a node is bounded by a budget of its own."""
    cache = StageCache("stage", StoppedClock(), budget_bytes=4000)
    for name in ("a", "b", "c"):
        cache.put((name,), of_size(500), 300)
    assert cache.get(("a",)) is not None
    cache.put(("d",), of_size(500), 300)
    assert [name for name in "abcd" if cache.get((name,))] == ["a", "c", "d"]
    assert cache.held_bytes <= 4000
    cache.put(("e",), of_size(4000), 300)
    assert len(cache) == 3


def test_keys_and_fields_count() -> None:
    """Not on the page: nobody fills a node with keys of great length and responses of none."""
    cache = StageCache("stage", StoppedClock(), budget_bytes=100_000)
    for number in range(100):
        fields = (("Name", "v" * 1000),)
        cache.put((number, ("k" * 5000, None), b"b" * 100), CachedResponse(200, fields, b""), 300)
    assert len(cache) < 17


async def test_what_is_cached() -> None:
    """Responses of every status, but no streams; each client gets one of its own."""
    response = Response(503, Headers([("A", "b")]), b"body")
    kept = cached_response(response)
    assert kept == CachedResponse(503, (("A", "b"),), b"body")
    assert kept is not None
    kept.response().headers.add("C", "d")
    assert kept.response() == response

    async def stream() -> AsyncIterator[bytes]:
        yield b""

    assert cached_response(Response(200, Headers(), stream())) is None


@pytest.mark.parametrize(
    ("cache_control", "asks"),
    [
        (None, False),
        ("max-age=0", True),
        ("MAX-AGE = 0", True),
        ("no-store, max-age=0", True),
        ("no-cache", False),
        ("max-age=01", False),
        ("s-maxage=0", False),
        ("max-age=60", False),
        ("", False),
    ],
)
def test_requests_that_ask_for_invalidation(cache_control: str | None, asks: bool) -> None:
    """ "Invalidate an API Gateway cache entry": "a request that contains the Cache-Control: max-age=0 header"."""
    expected = Lookup.REFRESH if asks else Lookup.USE
    assert lookup(cache_control, is_authorized=True, strategy=FAIL_WITH_403) is expected


@pytest.mark.parametrize(
    ("strategy", "expected"),
    [
        (FAIL_WITH_403, Lookup.REFUSE),
        (SUCCEED_WITH_RESPONSE_HEADER, Lookup.USE_WITH_WARNING),
        (SUCCEED_WITHOUT_RESPONSE_HEADER, Lookup.USE),
    ],
)
def test_unauthorized_requests(strategy: str, expected: Lookup) -> None:
    """ "The three options result in the following behaviors"."""
    assert lookup("max-age=0", is_authorized=False, strategy=strategy) is expected
    assert lookup("no-cache", is_authorized=False, strategy=strategy) is Lookup.USE
    assert UNAUTHORIZED_WARNING[0] == "Warning"
