"""Token buckets."""

from hypothesis import given
from hypothesis import strategies as st

from gatewright.gateway.throttle import TokenBucket
from tests.unit.gateway.fakes import FakeClock


def test_a_burst_and_then_the_rate() -> None:
    clock = FakeClock(0.0)
    bucket = TokenBucket(rate=2.0, burst=3, monotonic=clock.monotonic)
    assert [bucket.take() for _ in range(5)] == [True, True, True, False, False]
    clock.seconds = 0.5
    assert [bucket.take() for _ in range(2)] == [True, False]
    clock.seconds = 1.25
    assert [bucket.take() for _ in range(2)] == [True, False]


def test_it_never_holds_more_than_the_burst() -> None:
    clock = FakeClock(0.0)
    bucket = TokenBucket(rate=100.0, burst=2, monotonic=clock.monotonic)
    clock.seconds = 3600
    assert [bucket.take() for _ in range(3)] == [True, True, False]


def test_a_rate_of_zero_lets_nothing_new_through() -> None:
    clock = FakeClock(0.0)
    bucket = TokenBucket(rate=0.0, burst=0, monotonic=clock.monotonic)
    clock.seconds = 1e9
    assert not bucket.take()


@given(
    st.floats(0.1, 1000), st.integers(1, 50), st.lists(st.floats(0, 2, allow_subnormal=False), min_size=1, max_size=200)
)
def test_never_more_than_burst_and_rate_allow(rate: float, burst: int, pauses: list[float]) -> None:
    clock = FakeClock(0.0)
    bucket = TokenBucket(rate, burst, clock.monotonic)
    taken = 0
    for pause in pauses:
        clock.seconds += pause
        taken += bucket.take()
        assert taken <= burst + rate * clock.seconds + 1e-6
