from datetime import UTC, datetime

from gatewright.base.clock import SystemClock, utc


def test_the_system_clock_moves_forward() -> None:
    clock = SystemClock()
    assert clock.monotonic() <= clock.monotonic()
    assert abs(clock.now() - datetime.now(UTC).timestamp()) < 60


def test_utc() -> None:
    assert utc(0.5).isoformat() == "1970-01-01T00:00:00.500000+00:00"
