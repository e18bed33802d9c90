"""Schedule expressions, after the examples of their pages.

AWS documentation: "Setting a schedule pattern for scheduled rules (legacy) in Amazon EventBridge" (Amazon EventBridge
User Guide); "Schedule types on EventBridge Scheduler" (EventBridge Scheduler User Guide).
"""

import time
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from gatewright.languages.schedule_expressions import ScheduleInvalid, parse_schedule


def at(text: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()


NEXT = [
    # The examples of cron expressions
    ("cron(0 10 * * ? *)", "2026-03-04T10:00:00", "2026-03-05T10:00:00"),
    ("cron(15 12 * * ? *)", "2026-03-04T10:00:00", "2026-03-04T12:15:00"),
    ("cron(0 18 ? * MON-FRI *)", "2026-03-06T18:00:00", "2026-03-09T18:00:00"),
    ("cron(0 8 1 * ? *)", "2026-03-04T10:00:00", "2026-04-01T08:00:00"),
    ("cron(0/15 * * * ? *)", "2026-03-04T10:16:00", "2026-03-04T10:30:00"),
    ("cron(0/10 * ? * MON-FRI *)", "2026-03-06T23:55:00", "2026-03-09T00:00:00"),
    ("cron(0/5 8-17 ? * MON-FRI *)", "2026-03-06T17:55:00", "2026-03-09T08:00:00"),
    ("cron(0/30 0-2 ? * MON-FRI *)", "2026-03-04T02:30:00", "2026-03-05T00:00:00"),
    ("cron(0 9 ? * 2#1 *)", "2026-03-04T10:00:00", "2026-04-06T09:00:00"),
    # Wildcards
    ("cron(0 0 L * ? *)", "2028-02-01T00:00:00", "2028-02-29T00:00:00"),
    ("cron(0 0 15W * ? *)", "2026-02-01T00:00:00", "2026-02-16T00:00:00"),
    ("cron(0 0 1W * ? *)", "2026-07-31T00:00:00", "2026-08-03T00:00:00"),
    ("cron(0 0 ? * 6L *)", "2026-03-01T00:00:00", "2026-03-27T00:00:00"),
    ("cron(0 0 ? * L *)", "2026-03-01T00:00:00", "2026-03-07T00:00:00"),
    ("cron(0 0 ? JAN,jul SUN *)", "2026-03-01T00:00:00", "2026-07-05T00:00:00"),
    ("cron(0 0 29 2 ? *)", "2096-03-01T00:00:00", "2104-02-29T00:00:00"),
    ("cron(0 0 1 1 ? 2030)", "2026-03-01T00:00:00", "2030-01-01T00:00:00"),
    ("cron(0 0 ? * FRI-MON *)", "2026-03-03T00:00:00", "2026-03-06T00:00:00"),
    ("at(2026-03-04T10:00:01)", "2026-03-04T10:00:00", "2026-03-04T10:00:01"),
]


@pytest.mark.parametrize(("expression", "moment", "due"), NEXT)
def test_when_it_is_due(expression: str, moment: str, due: str) -> None:
    assert parse_schedule(expression).next_after(at(moment), 0) == at(due)


@pytest.mark.parametrize("expression", ["cron(0 0 1 1 ? 2020)", "cron(0 0 31 2 ? *)", "at(2020-01-01T00:00:00)"])
def test_never_again(expression: str) -> None:
    began = time.perf_counter()
    assert parse_schedule(expression).next_after(at("2026-03-04T10:00:00"), 0) is None
    assert time.perf_counter() - began < 2


def test_a_rate_counts_from_its_begin() -> None:
    rate = parse_schedule("rate(5 minutes)")
    assert rate.next_after(100.0, 100.0) == 400.0
    assert rate.next_after(400.0, 100.0) == 700.0
    assert rate.next_after(950.0, 100.0) == 1000.0
    assert parse_schedule("rate(1 hour)").next_after(0.0, 0.0) == 3600.0
    assert parse_schedule("rate(2 days)").next_after(0.0, 0.0) == 172800.0


def test_a_time_zone() -> None:
    schedule = parse_schedule("cron(0 9 * * ? *)", ZoneInfo("America/New_York"))
    assert schedule.next_after(at("2026-01-01T00:00:00"), 0) == at("2026-01-01T14:00:00")
    assert schedule.next_after(at("2026-07-01T00:00:00"), 0) == at("2026-07-01T13:00:00")


@pytest.mark.parametrize(
    "expression",
    [
        "",
        "rate(1 minutes)",
        "rate(5 minute)",
        "rate(0 minutes)",
        "rate(5 seconds)",
        "cron(0 10 * * *)",
        "cron(0 10 * * * *)",
        "cron(0 10 ? * ? *)",
        "cron(60 10 * * ? *)",
        "cron(0 24 * * ? *)",
        "cron(0 10 32 * ? *)",
        "cron(0 10 * 13 ? *)",
        "cron(0 10 ? * 8 *)",
        "cron(0 10 ? * 2#6 *)",
        "cron(0/0 10 * * ? *)",
        "cron(, 10 * * ? *)",
        "at(2026-13-01T00:00:00)",
        "every day",
    ],
)
def test_what_is_none(expression: str) -> None:
    with pytest.raises(ScheduleInvalid):
        parse_schedule(expression)


@pytest.mark.parametrize(("expression", "seconds"), [("rate(5 minute)", 300.0), ("rate(1 hours)", 3600.0)])
def test_schedulers_do_not_look_at_singular_and_plural(expression: str, seconds: float) -> None:
    """CreateSchedule, EventBridge Scheduler API Reference: minute | minutes | hour | hours | day | days."""
    assert parse_schedule(expression, takes_any_unit=True).next_after(0.0, 0.0) == seconds
    with pytest.raises(ScheduleInvalid):
        parse_schedule("rate(0 minutes)", takes_any_unit=True)
