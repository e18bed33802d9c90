"""How much of its quota an API key has used under a usage plan, day by day.

Periods begin at midnight UTC: of every day, of a weekday, or of a day of the month. "The day that a time period starts.
For example, with a time period of WEEK, an offset of 0 starts on Sunday, and an offset of 1 starts on Monday"
(QuotaSettings, "API Reference", as the SDKs for Ruby and Rust have it; UpdateUsagePlan accepts 0 to 6 and 0 to 27).

A day is the number of days since 1970-01-01.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from types import MappingProxyType
from typing import Final

from gatewright.snapshot.types.usage_plan import QuotaSettings

HISTORY_DAYS: Final = 90
"""How long the use of a day is remembered."""
MOST_DAYS_READ: Final = 366
UNLIMITED: Final = -1
"""What remains where there is no quota."""

_DAY_SECONDS: Final = 86_400
_EPOCH: Final = date(1970, 1, 1)
_EPOCH_WEEKDAY: Final = 4
"""1970-01-01 was a Thursday; Sunday is 0."""


@dataclass(frozen=True, slots=True)
class DayUse:
    """One day of a key."""

    used: int
    remaining: int
    """What was left of the period's quota at the end of the day, or is left now."""


@dataclass(frozen=True, slots=True)
class UseRecord:
    """What is kept of the use of a key. Never changed: it may be read in another thread."""

    days: Mapping[int, DayUse]
    extension: int = 0
    """Requests that UpdateUsage granted beyond the limit (or took from it) …"""
    extended_on: int = 0
    """… on this day, for the rest of the period."""

    def is_outdated(self, today: int) -> bool:
        """Whether nothing of it would be remembered."""
        return all(day <= today - HISTORY_DAYS for day in self.days)


NEVER_USED: Final = UseRecord(MappingProxyType({}))


def day_of(seconds: float) -> int:
    """Return the day of a time since the epoch."""
    return int(seconds // _DAY_SECONDS)


def day_of_date(day: date) -> int:
    """Return the number of a day."""
    return (day - _EPOCH).days


def date_of_day(day: int) -> date:
    """Return the date of a day."""
    return _EPOCH + timedelta(days=day)


def first_day_of_period(quota: QuotaSettings, day: int) -> int:
    """Return the first day of the period to which a day belongs."""
    return _FIRST_DAY[quota.period](quota.offset, day)


def _first_of_week(offset: int, day: int) -> int:
    return day - (day + _EPOCH_WEEKDAY - offset) % 7


def _first_of_month(offset: int, day: int) -> int:
    today = date_of_day(day)
    first = today.replace(day=1)
    if today.day <= offset:
        first = (first - timedelta(days=1)).replace(day=1)
    return day_of_date(first) + offset


_FIRST_DAY: Final[Mapping[str, Callable[[int, int], int]]] = MappingProxyType(
    {"DAY": lambda _, day: day, "WEEK": _first_of_week, "MONTH": _first_of_month}
)


class KeyUse:
    """Counts the requests of one key under one usage plan. On the event loop only."""

    __slots__ = (
        *("_allowed", "_changed", "_day", "_day_ends", "_extended_on", "_extension", "_is_changed", "_past", "_quota"),
        *("_used_in_period", "_used_today"),
    )

    def __init__(
        self, quota: QuotaSettings | None, record: UseRecord, now: float, changed: Callable[["KeyUse"], None]
    ) -> None:
        """Begin with what is recorded. `changed` is called at the first change, and the first after `mark_kept`."""
        self._quota = quota
        self._changed = changed
        self._is_changed = False
        self._extension = record.extension
        self._extended_on = record.extended_on
        self._past = record.days
        self._allowed: float = math.inf
        self._used_in_period = 0
        self._open_day(day_of(now))

    def take(self, now: float) -> bool:
        """Count a request; False, and not counted, when the quota is used up."""
        if now >= self._day_ends:
            self._turn(now)
        if self._used_in_period >= self._allowed:
            return False
        self._used_today += 1
        self._used_in_period += 1
        if not self._is_changed:
            self._is_changed = True
            self._changed(self)
        return True

    def set_quota(self, quota: QuotaSettings | None, now: float) -> None:
        """Go on under another quota: what was used in its current period counts."""
        if quota == self._quota:
            return
        self._turn(now)
        self._close_day()
        self._quota = quota
        self._open_day(self._day)

    def set_remaining(self, remaining: int, now: float) -> None:
        """Leave so many requests for the rest of the period. Without a quota it changes nothing."""
        self._turn(now)
        if self._quota is None:
            return
        self._extension = remaining + self._used_in_period - self._quota.limit
        self._extended_on = self._day
        self._allowed = self._quota.limit + self._extension
        if not self._is_changed:
            self._is_changed = True
            self._changed(self)

    def read(self, first: int, last: int, now: float) -> list[DayUse]:
        """Return the use of each of the days. Raises `ValueError` when they are too many."""
        if last - first >= MOST_DAYS_READ:
            raise ValueError(f"more than {MOST_DAYS_READ} days")
        self._turn(now)
        known = {**self._past, self._day: self._today()}
        last_known = max((day for day in known if day < first), default=None)
        days = []
        for day in range(first, last + 1):
            use = known.get(day)
            if use is None:
                use = DayUse(0, self._left_by(day, last_known, known))
            else:
                last_known = day
            days.append(use)
        return days

    def record(self) -> UseRecord:
        """Return what is to be kept."""
        return UseRecord(self._with_today(), self._extension, self._extended_on)

    def mark_kept(self) -> None:
        """Tell the next change again."""
        self._is_changed = False

    def _left_by(self, day: int, last_known: int | None, known: Mapping[int, DayUse]) -> int:
        """Return what was left on a day without use: what the last one with use in its period left, or everything."""
        if self._quota is None:
            return UNLIMITED
        if last_known is None or last_known < first_day_of_period(self._quota, day):
            return self._quota.limit
        return known[last_known].remaining

    def _with_today(self) -> Mapping[int, DayUse]:
        if not self._used_today and self._extended_on != self._day:
            return self._past
        # A new mapping each time: records that were given away keep theirs.
        return {**self._past, self._day: self._today()}

    def _today(self) -> DayUse:
        remaining = UNLIMITED if self._allowed == math.inf else max(int(self._allowed) - self._used_in_period, 0)
        return DayUse(self._used_today, remaining)

    def _turn(self, now: float) -> None:
        """Begin the day, if it is another. A clock that was set back does not bring an old day back."""
        if now >= self._day_ends:
            self._close_day()
            self._open_day(day_of(now))

    def _close_day(self) -> None:
        self._past = self._with_today()

    def _open_day(self, day: int) -> None:
        known = {each: use for each, use in self._past.items() if each > day - HISTORY_DAYS}
        today = known.pop(day, None)
        self._past = known
        self._day = day
        self._day_ends = (day + 1) * _DAY_SECONDS
        self._used_today = today.used if today else 0
        self._open_period(known)

    def _open_period(self, known: Mapping[int, DayUse]) -> None:
        if self._quota is None:
            self._allowed = math.inf
            return
        first = first_day_of_period(self._quota, self._day)
        self._used_in_period = self._used_today + sum(use.used for each, use in known.items() if each >= first)
        if not first <= self._extended_on <= self._day:
            self._extension = 0
        self._allowed = self._quota.limit + self._extension
