"""Quotas by day, week and month."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatewright.gateway.rest_apis.quota import (
    HISTORY_DAYS,
    NEVER_USED,
    UNLIMITED,
    DayUse,
    KeyUse,
    UseRecord,
    date_of_day,
    day_of,
    day_of_date,
    first_day_of_period,
)
from gatewright.snapshot.types.usage_plan import QuotaSettings


def at(text: str) -> float:
    """Return a time in UTC as seconds since the epoch."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()


def first(period: str, offset: int, day: str) -> str:
    quota = QuotaSettings(1, offset, period)
    return date_of_day(first_day_of_period(quota, day_of_date(date.fromisoformat(day)))).isoformat()


class Counted:
    """A key's use, with a note of how often a change was told."""

    def __init__(self, quota: QuotaSettings | None, now: str, record: UseRecord = NEVER_USED) -> None:
        self.told = 0
        self.use = KeyUse(quota, record, at(now), self._tell)

    def _tell(self, use: KeyUse) -> None:
        self.told += 1

    def take(self, now: str, times: int = 1) -> list[bool]:
        return [self.use.take(at(now)) for _ in range(times)]

    def read(self, start: str, end: str, now: str) -> list[list[int]]:
        days = self.use.read(day_of(at(start)), day_of(at(end)), at(now))
        return [[day.used, day.remaining] for day in days]


DAILY = QuotaSettings(3, 0, "DAY")
WEEKLY = QuotaSettings(3, 0, "WEEK")
MONTHLY = QuotaSettings(3, 0, "MONTH")


@pytest.mark.parametrize(
    ("offset", "day", "begins"),
    [
        (0, "2026-03-01", "2026-03-01"),  # a Sunday
        (0, "2026-03-07", "2026-03-01"),
        (0, "2026-03-08", "2026-03-08"),
        (1, "2026-03-01", "2026-02-23"),
        (1, "2026-03-02", "2026-03-02"),
        (6, "2026-03-06", "2026-02-28"),
        (6, "2026-03-07", "2026-03-07"),
        (0, "1970-01-01", "1969-12-28"),
    ],
)
def test_a_week_begins_on_sunday_or_so_many_days_later(offset: int, day: str, begins: str) -> None:
    """QuotaSettings: "an offset of 0 starts on Sunday, and an offset of 1 starts on Monday"."""
    assert first("WEEK", offset, day) == begins


@pytest.mark.parametrize(
    ("offset", "day", "begins"),
    [
        (0, "2026-03-01", "2026-03-01"),
        (0, "2026-03-31", "2026-03-01"),
        (14, "2026-03-14", "2026-02-15"),
        (14, "2026-03-15", "2026-03-15"),
        (27, "2024-03-01", "2024-02-28"),  # a leap year
        (27, "2024-02-29", "2024-02-28"),
        (27, "2026-01-27", "2025-12-28"),
        (27, "2026-02-28", "2026-02-28"),
    ],
)
def test_a_month_begins_on_its_first_day_or_so_many_days_later(offset: int, day: str, begins: str) -> None:
    """QuotaSettings, "API Reference", API Gateway."""
    assert first("MONTH", offset, day) == begins


def test_a_day_is_a_period_of_its_own() -> None:
    assert first("DAY", 0, "2026-03-05") == "2026-03-05"


@given(st.sampled_from([("DAY", 0), ("WEEK", 6), ("MONTH", 27)]), st.data())
def test_periods_follow_each_other_without_gaps(period: tuple[str, int], data: st.DataObject) -> None:
    quota = QuotaSettings(1, data.draw(st.integers(0, period[1])), period[0])
    day = data.draw(st.integers(0, 60_000))
    begins = first_day_of_period(quota, day)
    assert day - 31 < begins <= day
    assert first_day_of_period(quota, begins) == begins
    assert first_day_of_period(quota, begins - 1) < begins
    following = first_day_of_period(quota, day + 1)
    assert following in (begins, day + 1)


def test_a_daily_quota_is_new_at_midnight_utc() -> None:
    """ "Usage plans and API keys for REST APIs in API Gateway"."""
    counted = Counted(DAILY, "2026-03-04T12:00:00")
    assert counted.take("2026-03-04T23:59:59.999", 4) == [True, True, True, False]
    assert counted.take("2026-03-05T00:00:00", 4) == [True, True, True, False]


def test_a_weekly_quota_is_new_on_sunday() -> None:
    counted = Counted(WEEKLY, "2026-03-04T12:00:00")
    assert counted.take("2026-03-04T12:00:00", 2) == [True, True]
    assert counted.take("2026-03-07T23:59:59", 2) == [True, False]
    assert counted.take("2026-03-08T00:00:00", 4) == [True, True, True, False]


def test_a_monthly_quota_is_new_on_the_first() -> None:
    counted = Counted(MONTHLY, "2026-02-01T00:00:00")
    assert counted.take("2026-02-28T23:59:59", 4) == [True, True, True, False]
    assert counted.take("2026-03-01T00:00:00", 4) == [True, True, True, False]


def test_the_offset_moves_the_boundary() -> None:
    counted = Counted(QuotaSettings(1, 9, "MONTH"), "2026-03-09T00:00:00")
    assert counted.take("2026-03-09T23:59:59", 2) == [True, False]
    assert counted.take("2026-03-10T00:00:00", 2) == [True, False]
    assert counted.take("2026-04-09T23:59:59") == [False]
    assert counted.take("2026-04-10T00:00:00") == [True]


def test_without_a_quota_everything_is_counted_and_nothing_refused() -> None:
    counted = Counted(None, "2026-03-04T12:00:00")
    assert all(counted.take("2026-03-04T12:00:00", 1000))
    assert counted.read("2026-03-03", "2026-03-04", "2026-03-04T12:00:00") == [[0, UNLIMITED], [1000, UNLIMITED]]


def test_a_quota_of_zero_refuses_everything() -> None:
    assert Counted(QuotaSettings(0, 0, "DAY"), "2026-03-04").take("2026-03-04") == [False]


def test_use_is_read_day_by_day() -> None:
    """GetUsage: "daily logs of used and remaining quotas", `[used quota, remaining quota]`."""
    counted = Counted(QuotaSettings(10, 0, "WEEK"), "2026-03-02T12:00:00")
    counted.take("2026-03-02T12:00:00", 2)
    counted.take("2026-03-04T12:00:00", 3)
    assert counted.read("2026-03-01", "2026-03-09", "2026-03-04T13:00:00") == [
        [0, 10],
        [2, 8],
        [0, 8],
        [3, 5],
        *([[0, 5]] * 3),  # the days to come of this week
        *([[0, 10]] * 2),  # and of the next
    ]


def test_what_was_refused_is_not_used() -> None:
    counted = Counted(DAILY, "2026-03-04")
    counted.take("2026-03-04", 10)
    assert counted.read("2026-03-04", "2026-03-04", "2026-03-04") == [[3, 0]]


def test_remaining_can_be_extended_for_the_period() -> None:
    """UpdateUsage: "Grants a temporary extension to the remaining quota"."""
    counted = Counted(WEEKLY, "2026-03-04")
    counted.take("2026-03-04", 4)
    counted.use.set_remaining(2, at("2026-03-04"))
    assert counted.take("2026-03-05", 3) == [True, True, False]
    assert counted.read("2026-03-04", "2026-03-05", "2026-03-05") == [[3, 2], [2, 0]]
    assert counted.take("2026-03-08", 4) == [True, True, True, False], "the next week has the plan's quota again"


def test_remaining_can_be_reduced() -> None:
    """ "Maintain a usage plan for REST APIs in API Gateway": "has reduced the remaining quota from 5000 to 10"."""
    counted = Counted(QuotaSettings(5000, 0, "DAY"), "2016-08-03")
    counted.use.set_remaining(10, at("2016-08-03"))
    assert counted.read("2016-08-01", "2016-08-03", "2016-08-03") == [[0, 5000], [0, 5000], [0, 10]]


def test_an_extension_means_nothing_without_a_quota() -> None:
    counted = Counted(None, "2026-03-04")
    counted.use.set_remaining(0, at("2026-03-04"))
    assert counted.take("2026-03-04") == [True]


def test_another_quota_counts_what_was_used_in_its_period() -> None:
    """UpdateUsagePlan, "API Reference", API Gateway."""
    counted = Counted(DAILY, "2026-03-02")
    counted.take("2026-03-02", 3)
    counted.take("2026-03-03", 1)
    counted.use.set_quota(QuotaSettings(5, 0, "WEEK"), at("2026-03-03"))
    assert counted.take("2026-03-03", 2) == [True, False]
    counted.use.set_quota(QuotaSettings(7, 0, "WEEK"), at("2026-03-03"))
    assert counted.take("2026-03-03", 3) == [True, True, False]
    counted.use.set_quota(None, at("2026-03-03"))
    assert counted.take("2026-03-03") == [True]


def test_a_record_brings_everything_back() -> None:
    counted = Counted(WEEKLY, "2026-03-03")
    counted.take("2026-03-03", 2)
    counted.use.set_remaining(5, at("2026-03-03"))
    again = Counted(WEEKLY, "2026-03-04", counted.use.record())
    assert again.read("2026-03-03", "2026-03-04", "2026-03-04") == [[2, 5], [0, 5]]
    assert again.take("2026-03-04", 6) == [True] * 5 + [False]
    same_day = Counted(WEEKLY, "2026-03-04", again.use.record())
    assert same_day.take("2026-03-04") == [False]
    assert Counted(WEEKLY, "2026-03-08", same_day.use.record()).take("2026-03-08", 4) == [True, True, True, False]


def test_old_days_are_forgotten() -> None:
    record = UseRecord({day: DayUse(1, 2) for day in range(100)})
    counted = Counted(DAILY, date_of_day(100).isoformat(), record)
    assert min(counted.use.record().days) == 100 - HISTORY_DAYS + 1
    assert record.is_outdated(99 + HISTORY_DAYS)
    assert not record.is_outdated(98 + HISTORY_DAYS)
    assert NEVER_USED.is_outdated(0)


def test_a_record_does_not_change_any_more() -> None:
    counted = Counted(DAILY, "2026-03-04")
    counted.take("2026-03-04")
    record = counted.use.record()
    counted.take("2026-03-05", 2)
    assert {day: use.used for day, use in record.days.items()} == {day_of(at("2026-03-04")): 1}


def test_a_change_is_told_once_until_it_is_kept() -> None:
    counted = Counted(DAILY, "2026-03-04")
    counted.take("2026-03-04", 3)
    assert counted.told == 1
    counted.use.mark_kept()
    counted.take("2026-03-04", 1)
    assert counted.told == 1, "a request that was refused changes nothing"
    counted.use.set_remaining(1, at("2026-03-04"))
    assert counted.told == 2


def test_a_clock_that_is_set_back_gives_no_new_quota() -> None:
    counted = Counted(DAILY, "2026-03-04T00:00:01")
    counted.take("2026-03-04T00:00:01", 3)
    assert counted.take("2026-03-03T23:59:59") == [False]


def test_too_many_days_are_refused() -> None:
    with pytest.raises(ValueError, match="days"):
        Counted(DAILY, "2026-03-04").read("2024-01-01", "2026-01-01", "2026-03-04")


@given(
    st.sampled_from([DAILY, WEEKLY, MONTHLY, QuotaSettings(5, 2, "WEEK"), QuotaSettings(7, 20, "MONTH")]),
    st.lists(st.integers(0, 3 * 86_400), max_size=100),
)
def test_no_period_has_more_than_its_limit(quota: QuotaSettings, pauses: list[int]) -> None:
    now = at("2026-01-25")
    use = KeyUse(quota, NEVER_USED, now, lambda _: None)
    taken: dict[int, int] = {}
    for number, pause in enumerate(pauses):
        now += pause
        if number % 7 == 3:
            use = KeyUse(quota, use.record(), now, lambda _: None)
        period = first_day_of_period(quota, day_of(now))
        is_left = taken.get(period, 0) < quota.limit
        assert use.take(now) is is_left
        taken[period] = taken.get(period, 0) + is_left
