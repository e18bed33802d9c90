"""Token buckets.

"Throttle requests to your HTTP APIs for better throughput in API Gateway": a bucket fills at the steady rate up to the
burst; each request takes a token, and where there is none the client gets 429.
"""

from collections.abc import Callable
from dataclasses import dataclass

ACCOUNT_RATE_LIMIT = 10_000.0
"""Requests per second of an account in a region ("Amazon API Gateway quotas")."""
ACCOUNT_BURST_LIMIT = 5_000


@dataclass(frozen=True, slots=True)
class AccountThrottle:
    """What one account may call in one region, over all its APIs ("Amazon API Gateway quotas")."""

    rate_limit: float = ACCOUNT_RATE_LIMIT
    burst_limit: int = ACCOUNT_BURST_LIMIT


class TokenBucket:
    """One throttle. Tokens are counted when somebody asks, so an idle bucket costs nothing."""

    __slots__ = ("_monotonic", "_tokens", "_updated", "burst", "rate")

    def __init__(self, rate: float, burst: int, monotonic: Callable[[], float]) -> None:
        """Begin full: `burst` tokens, `rate` new ones a second."""
        self.rate = rate
        self.burst = burst
        self._monotonic = monotonic
        self._tokens = float(burst)
        self._updated = monotonic()

    def take(self) -> bool:
        """Take a token; False when there is none."""
        now = self._monotonic()
        tokens = self._tokens + (now - self._updated) * self.rate
        self._updated = now
        if tokens > self.burst:
            tokens = float(self.burst)
        if tokens < 1.0:
            self._tokens = tokens
            return False
        self._tokens = tokens - 1.0
        return True


def bucket_like(old: TokenBucket | None, rate: float, burst: int, monotonic: Callable[[], float]) -> TokenBucket:
    """Return a bucket of a rate and burst: the old one with its tokens, if that has them."""
    if old is not None and (old.rate, old.burst) == (rate, burst):
        return old
    return TokenBucket(rate, burst, monotonic)
