"""Schedule expressions of EventBridge: `rate(5 minutes)`, `cron(0 10 * * ? *)`, `at(2026-01-01T00:00:00)`.

Sources: "Setting a schedule pattern for scheduled rules" (Amazon EventBridge User Guide), "Schedule types on
EventBridge Scheduler" (EventBridge Scheduler User Guide). Rules are in UTC; schedules have a time zone.
"""

import calendar
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from types import MappingProxyType
from typing import Final, Protocol

from gatewright.base.errors import GatewrightError

_RATE = re.compile(r"rate\((\d{1,9}) +(minute|hour|day)(s?)\)")
_CRON = re.compile(r"cron\(([^()]{1,256})\)")
_AT = re.compile(r"at\((\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2})\)")
_SECONDS: Final = MappingProxyType({"minute": 60, "hour": 3600, "day": 86400})
_MONTHS: Final = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_WEEKDAYS: Final = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")
_FIRST_YEAR, _LAST_YEAR = 1970, 2199
_DAYS_AHEAD: Final = 366 * 8 + 1
"""The longest that a pattern which ever comes can take: 29 February around 2100."""


class ScheduleInvalid(GatewrightError):
    """A text that is no schedule expression."""


class Schedule(Protocol):
    """When something is due."""

    def next_after(self, moment: float, begun: float) -> float | None:
        """Return when it is due next, later than `moment`; None for never again. Seconds since the epoch.

        `begun` is when the schedule was made: rates count from there.
        """
        ...


@dataclass(frozen=True, slots=True)
class _Rate:
    seconds: int

    def next_after(self, moment: float, begun: float) -> float | None:
        passed = max(0.0, moment - begun)
        return begun + (int(passed // self.seconds) + 1) * self.seconds


@dataclass(frozen=True, slots=True)
class _Once:
    at: float

    def next_after(self, moment: float, begun: float) -> float | None:
        return self.at if moment < self.at else None


DayTest = Callable[[int, int, int], bool]
"""Whether a day (year, month, day) is one of those that a field means."""


@dataclass(frozen=True, slots=True)
class _Cron:
    minutes: tuple[int, ...]
    hours: tuple[int, ...]
    months: frozenset[int]
    years: frozenset[int]
    is_day: DayTest
    zone: tzinfo

    def next_after(self, moment: float, begun: float) -> float | None:
        local = datetime.fromtimestamp(moment, self.zone)
        day = local.date()
        for _ in range(_DAYS_AHEAD):
            if day.year > _LAST_YEAR:
                return None
            if self._has(day.year, day.month, day.day):
                for hour in self.hours:
                    for minute in self.minutes:
                        due = datetime(day.year, day.month, day.day, hour, minute, tzinfo=self.zone).timestamp()
                        if due > moment:
                            return due
            try:
                day += timedelta(days=1)
            except OverflowError:
                return None
        later = [year for year in self.years if year > day.year]
        if not later:
            return None
        return self.next_after(datetime(min(later), 1, 1, tzinfo=self.zone).timestamp() - 1, begun)

    def _has(self, year: int, month: int, day: int) -> bool:
        return year in self.years and month in self.months and self.is_day(year, month, day)


def parse_schedule(expression: str, zone: tzinfo = UTC, *, takes_any_unit: bool = False) -> Schedule:
    """Parse an expression. Raises `ScheduleInvalid`.

    Rules want the unit of a rate to fit its number ("Rate expressions reference"). EventBridge Scheduler does not: both
    `rate(5 minute)` and `rate(1 hours)` are schedules (`takes_any_unit`).
    """
    rate = _RATE.fullmatch(expression)
    if rate is not None:
        number = int(rate[1])
        # "If the value is equal to 1, then the unit must be singular", else plural.
        is_fitting = takes_any_unit or (number == 1) != bool(rate[3])
        if number < 1 or not is_fitting:
            raise ScheduleInvalid(f"{expression}: the unit does not fit the number")
        return _Rate(number * _SECONDS[rate[2]])
    once = _AT.fullmatch(expression)
    if once is not None:
        try:
            return _Once(datetime.fromisoformat(once[1]).replace(tzinfo=zone).timestamp())
        except ValueError as error:
            raise ScheduleInvalid(f"{expression}: {error}") from error
    cron = _CRON.fullmatch(expression)
    if cron is None:
        raise ScheduleInvalid(f"{expression} is no schedule expression")
    return _parse_cron(expression, cron[1].split(), zone)


def _parse_cron(expression: str, fields: list[str], zone: tzinfo) -> _Cron:
    if len(fields) != 6:
        raise ScheduleInvalid(f"{expression}: cron has six fields")
    minute, hour, day_of_month, month, day_of_week, year = (field.upper() for field in fields)
    # "You can't specify the Day-of-month and Day-of-week fields in the same cron expression."
    if (day_of_month == "?") == (day_of_week == "?"):
        raise ScheduleInvalid(f"{expression}: one of day-of-month and day-of-week must be ?")
    try:
        is_day = _days_of_week(day_of_week) if day_of_month == "?" else _days_of_month(day_of_month)
        return _Cron(
            tuple(sorted(_numbers(minute, 0, 59))),
            tuple(sorted(_numbers(hour, 0, 23))),
            frozenset(_numbers(month, 1, 12, _MONTHS)),
            frozenset(_numbers(year, _FIRST_YEAR, _LAST_YEAR)),
            is_day,
            zone,
        )
    except ValueError as error:
        raise ScheduleInvalid(f"{expression}: {error}") from error


def _numbers(field: str, first: int, last: int, names: tuple[str, ...] = ()) -> set[int]:
    """Return the numbers of a field: `*`, `1,2`, `1-3`, `0/5`, `*/5`, names. Raises `ValueError`."""
    found: set[int] = set()
    for part in field.split(","):
        span, slash, step = part.partition("/")
        every = _number(step, 1, last, ()) if slash else 1
        if span == "*":
            begin, end = first, last
        elif "-" in span:
            low, _, high = span.partition("-")
            begin, end = _number(low, first, last, names), _number(high, first, last, names)
            if begin > end:
                found |= set(range(begin, last + 1, every))
                begin = first
        else:
            begin = _number(span, first, last, names)
            end = last if slash else begin
        found |= set(range(begin, end + 1, every))
    return found


def _number(text: str, first: int, last: int, names: tuple[str, ...]) -> int:
    if text in names:
        return names.index(text) + 1
    if not text.isascii() or not text.isdigit() or len(text) > 4 or not first <= int(text) <= last:
        raise ValueError(f"{text or 'nothing'} is not one of {first} to {last}")
    return int(text)


def _last_day(year: int, month: int) -> int:
    return calendar.monthrange(year, month)[1]


def _weekday(year: int, month: int, day: int) -> int:
    """Return 1 for Sunday to 7 for Saturday."""
    return (calendar.weekday(year, month, day) + 1) % 7 + 1


def _days_of_month(field: str) -> DayTest:
    if field == "L":
        return lambda year, month, day: day == _last_day(year, month)
    if field == "LW":
        return lambda year, month, day: day == _nearest_weekday(year, month, _last_day(year, month))
    if field.endswith("W"):
        wanted = _number(field[:-1], 1, 31, ())
        return lambda year, month, day: (
            wanted <= _last_day(year, month) and day == _nearest_weekday(year, month, wanted)
        )
    days = _numbers(field, 1, 31)
    return lambda year, month, day: day in days


def _nearest_weekday(year: int, month: int, day: int) -> int:
    """Return the weekday that is nearest to a day, in the same month."""
    weekday, last = _weekday(year, month, day), _last_day(year, month)
    if weekday == 7:
        return day - 1 if day > 1 else day + 2
    if weekday == 1:
        return day + 1 if day < last else day - 2
    return day


def _days_of_week(field: str) -> DayTest:
    if field == "L":
        return lambda year, month, day: _weekday(year, month, day) == 7
    name, hash_sign, which = field.partition("#")
    if hash_sign:
        wanted, number = _number(name, 1, 7, _WEEKDAYS), _number(which, 1, 5, ())
        return lambda year, month, day: _weekday(year, month, day) == wanted and (day - 1) // 7 + 1 == number
    if field.endswith("L"):
        wanted = _number(field[:-1], 1, 7, _WEEKDAYS)
        return lambda year, month, day: _weekday(year, month, day) == wanted and day > _last_day(year, month) - 7
    days = _numbers(field, 1, 7, _WEEKDAYS)
    return lambda year, month, day: _weekday(year, month, day) in days
