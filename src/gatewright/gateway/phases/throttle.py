"""Throttle: a request takes a token from each bucket that it passes, or gets 429."""

from gatewright.gateway.binding import Binding
from gatewright.gateway.call import Call, RequestPhase
from gatewright.gateway.errors import TooManyRequests


def link(binding: Binding) -> RequestPhase | None:
    """Return the phase; None where nothing throttles."""
    buckets = binding.buckets
    if not buckets:
        return None

    def throttle(call: Call) -> Call:
        for bucket in buckets:
            if not bucket.take():
                raise TooManyRequests
        return call

    return throttle
