"""The response cache of a stage.

Source: "Cache settings for REST APIs in API Gateway". A cached response is what the integration response became, of
whatever status: API Gateway was seen to keep 4xx of back ends, too (stackoverflow.com, "Prevent caching of non 200
responses in AWS API Gateway"); gateway responses are not kept. Concurrent misses each call the integration, as on AWS.
"""

import enum
from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass
from typing import Final

from gatewright.base.clock import Clock
from gatewright.base.messages import Headers, Response

MAX_RESPONSE_BYTES: Final = 1_048_576
"""The maximum size of a response that can be cached."""
MAX_TTL_SECONDS: Final = 3600
DEFAULT_BUDGET_BYTES: Final = 64 * 1024 * 1024
"""What one cache of this node holds at most. `cacheClusterSize`, from 0.5 to 237 GB, is kept for the record alone."""

FAIL_WITH_403: Final = "FAIL_WITH_403"
SUCCEED_WITH_RESPONSE_HEADER: Final = "SUCCEED_WITH_RESPONSE_HEADER"
SUCCEED_WITHOUT_RESPONSE_HEADER: Final = "SUCCEED_WITHOUT_RESPONSE_HEADER"

UNAUTHORIZED_WARNING: Final = (
    "Warning",
    "199 Cache-control headers were ignored because the caller was unauthorized.",
)
"""The field of `SUCCEED_WITH_RESPONSE_HEADER`."""

CacheKey = tuple[Hashable, ...]

# Of an entry beside its texts and octets: the tuple of the key, its place in the order, the objects themselves.
_ENTRY_BYTES: Final = 512
_FIELD_BYTES: Final = 160


@dataclass(frozen=True, slots=True)
class CachedResponse:
    """A response as it is kept: what is made of it for one client leaves it as it is."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes

    def response(self) -> Response:
        """Return the response for one more client."""
        return Response(self.status, Headers(self.headers), self.body)


@dataclass(frozen=True, slots=True)
class _Entry:
    response: CachedResponse
    expires_at: float
    octets: int


class StageCache:
    """The cache of a stage or of its canary: bounded, the least recently used goes first."""

    __slots__ = ("_budget_bytes", "_entries", "_held_bytes", "_monotonic", "identity")

    def __init__(self, identity: Hashable, clock: Clock, budget_bytes: int = DEFAULT_BUDGET_BYTES) -> None:
        """`identity` is whose cache it is: who finds another one there begins anew."""
        self.identity = identity
        self._monotonic = clock.monotonic
        self._budget_bytes = budget_bytes
        self._entries: OrderedDict[CacheKey, _Entry] = OrderedDict()
        self._held_bytes = 0

    def __len__(self) -> int:
        """Return how many responses are held, expired ones included."""
        return len(self._entries)

    @property
    def held_bytes(self) -> int:
        """Return what the responses take, roughly."""
        return self._held_bytes

    def get(self, key: CacheKey) -> CachedResponse | None:
        """Return the response of a request, or None."""
        entry = self._entries.get(key)
        if entry is None:
            return None
        if entry.expires_at <= self._monotonic():
            self._drop(key)
            return None
        self._entries.move_to_end(key)
        return entry.response

    def put(self, key: CacheKey, response: CachedResponse, ttl_seconds: int) -> None:
        """Keep a response in the place of an earlier one; what may not be kept only takes the earlier one away."""
        self._drop(key)
        if ttl_seconds <= 0 or len(response.body) > MAX_RESPONSE_BYTES:
            return
        octets = _octets(key, response)
        if octets > self._budget_bytes:
            return
        expires_at = self._monotonic() + min(ttl_seconds, MAX_TTL_SECONDS)
        self._entries[key] = _Entry(response, expires_at, octets)
        self._held_bytes += octets
        while self._held_bytes > self._budget_bytes:
            self._drop(next(iter(self._entries)))

    def flush(self) -> None:
        """Forget everything (FlushStageCache)."""
        self._entries.clear()
        self._held_bytes = 0

    def _drop(self, key: CacheKey) -> None:
        entry = self._entries.pop(key, None)
        if entry is not None:
            self._held_bytes -= entry.octets


def cached_response(response: Response) -> CachedResponse | None:
    """Return a response for the cache; None for a stream."""
    body = response.body
    return CachedResponse(response.status, tuple(response.headers), body) if isinstance(body, bytes) else None


class Lookup(enum.Enum):
    """How a request uses the cache."""

    USE = "use"
    REFRESH = "refresh"
    """Go to the integration and replace the entry."""
    USE_WITH_WARNING = "use with warning"
    """As if the client had not asked for more, and add `UNAUTHORIZED_WARNING`."""
    REFUSE = "refuse"
    """Answer 403."""


def lookup(cache_control: str | None, *, is_authorized: bool, strategy: str) -> Lookup:
    """Tell how a request uses the cache.

    "Invalidate an API Gateway cache entry": a client asks for it with `Cache-Control: max-age=0`. `is_authorized`
    is true where no authorization is required; `strategy` is `unauthorizedCacheControlHeaderStrategy`.
    """
    if cache_control is None or not _asks_for_invalidation(cache_control):
        return Lookup.USE
    if is_authorized:
        return Lookup.REFRESH
    if strategy == FAIL_WITH_403:
        return Lookup.REFUSE
    return Lookup.USE_WITH_WARNING if strategy == SUCCEED_WITH_RESPONSE_HEADER else Lookup.USE


def _asks_for_invalidation(cache_control: str) -> bool:
    directives = cache_control.lower().split(",")
    return any("".join(directive.split()) == "max-age=0" for directive in directives)


def _octets(key: CacheKey, response: CachedResponse) -> int:
    fields = sum(len(name) + len(value) + _FIELD_BYTES for name, value in response.headers)
    return len(response.body) + fields + _ENTRY_BYTES + sum(_part_octets(part) for part in key)


def _part_octets(part: Hashable) -> int:
    if isinstance(part, str | bytes):
        return len(part) + _FIELD_BYTES
    return sum(_part_octets(each) for each in part) if isinstance(part, tuple) else 0
