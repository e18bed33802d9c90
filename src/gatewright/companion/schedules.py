"""What is due by the clock: rules of EventBridge with a schedule, and schedules of EventBridge Scheduler.

Sources: "Creating an Amazon EventBridge rule that runs on a schedule" (Amazon EventBridge User Guide): the event of a
scheduled rule; "Managing targets in EventBridge Scheduler" (EventBridge Scheduler User Guide): a target gets its
`Input`, or an event. Targets of other kinds than `targets` has are written to the log, once each.
"""

import json
import logging
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from gatewright.companion.deliveries import Deliveries
from gatewright.languages.schedule_expressions import ScheduleInvalid, parse_schedule

logger = logging.getLogger(__name__)

_LOOK_SECONDS: Final = 0.5


@dataclass(frozen=True, slots=True)
class Due:
    """Something that has a schedule."""

    identity: tuple[str, ...]
    """Changes with the expression: then its time begins anew."""
    expression: str
    time_zone: str
    targets: tuple[dict[str, Any], ...]
    event: Callable[[], dict[str, Any]]
    """What targets get that have no input of their own."""
    begins: float | None = None
    ends: float | None = None
    takes_any_unit: bool = False
    """Whether it is one of EventBridge Scheduler's, which do not look at singular and plural in rates."""


@dataclass(slots=True)
class Timetable:
    """Looks at what has a schedule, and delivers what is due."""

    deliveries: Deliveries
    sources: list[Callable[[], Iterator[Due]]] = field(default_factory=list)
    _next: dict[tuple[str, ...], float | None] = field(default_factory=dict)
    _reported: set[tuple[str, ...]] = field(default_factory=set)

    def start(self) -> None:
        """Look twice a second, in a thread, for as long as the process lives."""
        threading.Thread(target=self._run, name="schedules", daemon=True).start()

    def _run(self) -> None:
        while True:
            time.sleep(_LOOK_SECONDS)
            try:
                self.look(time.time())
            except Exception:  # moto's state may change under our hands
                logger.exception("what is due could not be found out")

    def look(self, now: float) -> None:
        """Deliver what is due at a time, and find out when each is due next."""
        found = {due.identity: due for source in self.sources for due in source()}
        for identity in self._next.keys() - found.keys():
            del self._next[identity]
        self._reported &= found.keys()
        for identity, due in found.items():
            if identity not in self._next:
                self._next[identity] = self._next_of(due, now, now)
                continue
            at = self._next[identity]
            if at is None or at > now:
                continue
            # What was missed, on a machine that slept, is not made up for.
            self._next[identity] = self._next_of(due, now, at)
            if due.ends is None or at <= due.ends:
                self._deliver(due)

    def _next_of(self, due: Due, now: float, begun: float) -> float | None:
        try:
            zone = ZoneInfo(due.time_zone)
            schedule = parse_schedule(due.expression, zone, takes_any_unit=due.takes_any_unit)
            return schedule.next_after(max(now, due.begins or 0.0), begun)
        except (ScheduleInvalid, ZoneInfoNotFoundError, ValueError) as error:
            self._report_once(due, str(error))
            return None

    def _deliver(self, due: Due) -> None:
        for target in due.targets:
            try:
                is_built = self.deliveries.to_target(target, due.event())
            except Exception:  # nobody checks targets before: one that is none concerns no other
                logger.exception("schedule %s: a target gets nothing", due.identity[0])
                continue
            if not is_built:
                self._report_once(due, f"nothing is delivered to {target['Arn']}")

    def _report_once(self, due: Due, text: str) -> None:
        if due.identity not in self._reported:
            self._reported.add(due.identity)
            logger.warning("schedule %s: %s", due.identity[0], text)


def scheduled_event(rule_arn: str, account_id: str, region: str) -> dict[str, Any]:
    """Return the event of a rule that is due."""
    return {
        "version": "0",
        "id": str(uuid.uuid4()),
        "detail-type": "Scheduled Event",
        "source": "aws.events",
        "account": account_id,
        "time": f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}",
        "region": region,
        "resources": [rule_arn],
        "detail": {},
    }


def rules_due() -> Iterator[Due]:
    """Yield the rules of moto that have a schedule."""
    from moto.events.models import events_backends

    for account_id, regions in list(events_backends.items()):
        for region, backend in list(regions.items()):
            for bus in list(backend.event_buses.values()):
                for rule in list(bus.rules.values()):
                    if rule.scheduled_expression and rule.state == "ENABLED":
                        yield Due(
                            (rule.arn, rule.scheduled_expression),
                            rule.scheduled_expression,
                            "UTC",
                            tuple(rule.targets),
                            _event_of(rule.arn, account_id, region),
                        )


def _event_of(arn: str, account_id: str, region: str) -> Callable[[], dict[str, Any]]:
    return lambda: scheduled_event(arn, account_id, region)


def schedules_due() -> Iterator[Due]:
    """Yield the schedules of moto's EventBridge Scheduler."""
    from moto.scheduler.models import scheduler_backends

    for account_id, regions in list(scheduler_backends.items()):
        for region, backend in list(regions.items()):
            for group in list(backend.schedule_groups.values()):
                for schedule in list(group.schedules.values()):
                    if schedule.state == "ENABLED":
                        yield _due_of(schedule, account_id, region)


def _due_of(schedule: Any, account_id: str, region: str) -> Due:
    target = dict(schedule.target)
    if target.get("Input") is not None and not _is_json(target["Input"]):
        target["Input"] = json.dumps(target["Input"])
    return Due(
        (schedule.arn, schedule.schedule_expression, schedule.schedule_expression_timezone or "UTC"),
        schedule.schedule_expression,
        schedule.schedule_expression_timezone or "UTC",
        (target,),
        _event_of(schedule.arn, account_id, region),
        _seconds(schedule.start_date),
        _seconds(schedule.end_date),
        takes_any_unit=True,
    )


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except ValueError:
        return False
    return True


def _seconds(moment: Any) -> float | None:
    try:
        return None if moment is None else float(moment)
    except ValueError:
        return datetime.fromisoformat(str(moment)).timestamp()
