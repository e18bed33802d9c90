"""When an event is tried again, and when it is given up.

Source: "How Lambda handles errors and retries with asynchronous invocation". That an event is given up at once when its
next attempt would come after its maximum age is recorded behaviour of Lambda (MaximumEventAgeInSeconds 60: no retry).
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from gatewright.functions.async_invoke.types import AsyncEvent, Handling

_RETRY_SECONDS: Final = 60.0
"""Before the first retry of a function error; the second one waits twice as long."""
_FIRST_BACKOFF_SECONDS: Final = 1.0
_LONGEST_BACKOFF_SECONDS: Final = 300.0


class Condition(StrEnum):
    """Why an event is done with, as invocation records say it."""

    SUCCESS = "Success"
    RETRIES_EXHAUSTED = "RetriesExhausted"
    EVENT_AGE_EXCEEDED = "EventAgeExceeded"
    ZERO_RESERVED_CONCURRENCY = "ZeroReservedConcurrency"
    RECURSIVE_INVOCATION = "RecursiveInvocation"


@dataclass(frozen=True, slots=True)
class Retry:
    """Try again."""

    due: float
    """In seconds since the epoch."""


def backoff(setbacks: int) -> float:
    """Return how long to wait after so many setbacks in succession, in seconds."""
    return min(_FIRST_BACKOFF_SECONDS * 2.0 ** min(setbacks - 1, 16), _LONGEST_BACKOFF_SECONDS)


def expires_at(event: AsyncEvent, handling: Handling, time_scale: float) -> float:
    """Return when an event is too old, in seconds since the epoch."""
    return event.accepted_at + handling.maximum_event_age_seconds * time_scale


def after_failure(event: AsyncEvent, handling: Handling, now: float, time_scale: float) -> Retry | Condition:
    """Return what follows on an attempt that failed; the event counts it already."""
    if event.attempts > handling.maximum_retry_attempts:
        return Condition.RETRIES_EXHAUSTED
    return _retry_or_expire(event, handling, now + _RETRY_SECONDS * event.attempts * time_scale, time_scale)


def after_setback(event: AsyncEvent, handling: Handling, now: float, time_scale: float) -> Retry | Condition:
    """Return what follows on a throttle or an error of the node; the event counts it already."""
    return _retry_or_expire(event, handling, now + backoff(event.setbacks) * time_scale, time_scale)


def _retry_or_expire(event: AsyncEvent, handling: Handling, due: float, time_scale: float) -> Retry | Condition:
    return Retry(due) if due < expires_at(event, handling, time_scale) else Condition.EVENT_AGE_EXCEEDED
