"""Throttle: a request takes a token from each bucket that it passes, or gets 429.

"Throttle requests to your REST APIs for better throughput in API Gateway": after the limits of the usage plan come
those of the stage for the method, then the account's.
"""

from gatewright.gateway.rest_apis.binding import RestBinding
from gatewright.gateway.rest_apis.call import RequestPhase, RestCall
from gatewright.gateway.rest_apis.errors import THROTTLED, RestError


def link(binding: RestBinding) -> RequestPhase | None:
    """Return the phase; None where nothing throttles."""
    buckets = binding.buckets
    if not buckets:
        return None

    def throttle(call: RestCall) -> None:
        for bucket in buckets:
            if not bucket.take():
                raise RestError(THROTTLED)

    return throttle
