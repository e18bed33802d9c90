"""Throttles and quotas of usage plans.

Source: the ThrottleSettings and QuotaSettings types in the "Amazon API Gateway REST API Reference"; texts as AWS
answers them where known.
"""

import math
from types import MappingProxyType

from gatewright.base.operations import Shape
from gatewright.control.apigateway.errors import bad_request
from gatewright.store.types import Document

_LAST_OFFSETS = MappingProxyType({"DAY": 0, "WEEK": 6, "MONTH": 27})


def check_throttle(throttle: Shape) -> Document:
    """Return a throttle as a document holds it. Raises BadRequestException."""
    burst, rate = throttle.get("burstLimit"), throttle.get("rateLimit")
    if burst is not None and burst < 0:
        raise bad_request("Usage Plan throttle burstLimit must be a non-negative numeric")
    if rate is not None and not (math.isfinite(rate) and rate >= 0):
        raise bad_request("Usage Plan throttle rateLimit must be a non-negative numeric")
    document: Document = {} if burst is None else {"burstLimit": burst}
    return document if rate is None else {**document, "rateLimit": float(rate)}


def check_quota(quota: Shape) -> Document:
    """Return a quota as a document holds it. Raises BadRequestException."""
    limit, offset, period = quota.get("limit", 0), quota.get("offset", 0), quota.get("period") or ""
    if limit < 1:
        # AWS's text, though it takes no zero either.
        raise bad_request("Usage Plan quota limit must be a non-negative numeric")
    if period not in _LAST_OFFSETS:
        raise bad_request(f"Invalid Usage Plan quota period specified. Must be one of [{', '.join(_LAST_OFFSETS)}]")
    last = _LAST_OFFSETS[period]
    if not 0 <= offset <= last:
        allowed = f"between 0 and {last} inclusive" if last else "zero"
        raise bad_request(f"Usage Plan quota offset must be {allowed} in the {period} period")
    return {"limit": limit, "offset": offset, "period": period}
