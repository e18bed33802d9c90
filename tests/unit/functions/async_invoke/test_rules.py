"""When an event is tried again ("How Lambda handles errors and retries with asynchronous invocation")."""

import pytest

from gatewright.functions.async_invoke.rules import Condition, Retry, after_failure, after_setback, backoff, expires_at
from gatewright.functions.async_invoke.types import Handling
from tests.unit.functions.async_invoke.events import NOW, accepted


@pytest.mark.parametrize(
    ("attempts", "decision"),
    [(1, Retry(NOW + 60)), (2, Retry(NOW + 120)), (3, Condition.RETRIES_EXHAUSTED)],
)
def test_a_function_error_is_retried_after_one_minute_and_after_two(attempts: int, decision: object) -> None:
    assert after_failure(accepted(attempts=attempts), Handling(), NOW, 1.0) == decision


@pytest.mark.parametrize(
    ("allowed", "attempts", "is_over"), [(0, 1, True), (1, 1, False), (1, 2, True), (2, 2, False), (2, 3, True)]
)
def test_the_number_of_retries_is_configured(allowed: int, attempts: int, is_over: bool) -> None:
    decision = after_failure(accepted(attempts=attempts), Handling(maximum_retry_attempts=allowed), NOW, 1.0)
    assert (decision is Condition.RETRIES_EXHAUSTED) == is_over


def test_a_retry_that_would_come_too_late_is_none() -> None:
    """Recorded on AWS: with a maximum age of 60 there is no retry, with 90 there is one."""
    assert after_failure(accepted(attempts=1), Handling(2, 60), NOW + 1, 1.0) is Condition.EVENT_AGE_EXCEEDED
    assert after_failure(accepted(attempts=1), Handling(2, 90), NOW + 1, 1.0) == Retry(NOW + 61)
    assert after_failure(accepted(attempts=2), Handling(2, 90), NOW + 62, 1.0) is Condition.EVENT_AGE_EXCEEDED


def test_throttled_events_wait_from_one_second_to_five_minutes() -> None:
    assert [backoff(setbacks) for setbacks in (1, 2, 3, 8, 9, 10, 1000)] == [1, 2, 4, 128, 256, 300, 300]


def test_throttles_are_no_attempts_and_end_with_the_age() -> None:
    event = accepted(setbacks=100)
    assert after_setback(event, Handling(0), NOW, 1.0) == Retry(NOW + 300)
    assert after_setback(event, Handling(), NOW + 21_299, 1.0) == Retry(NOW + 21_599)
    assert after_setback(event, Handling(), NOW + 21_300, 1.0) is Condition.EVENT_AGE_EXCEEDED


def test_a_factor_scales_waits_and_age() -> None:
    assert after_failure(accepted(attempts=1), Handling(), NOW, 0.01) == Retry(NOW + 0.6)
    assert after_setback(accepted(setbacks=1), Handling(), NOW, 0.01) == Retry(NOW + 0.01)
    assert expires_at(accepted(), Handling(2, 60), 0.01) == NOW + 0.6
