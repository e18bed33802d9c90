"""What is due by the clock: "Creating an Amazon EventBridge rule that runs on a schedule" (EventBridge User Guide)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest

from gatewright.companion.inputs import input_of
from gatewright.companion.schedules import Due, Timetable, scheduled_event

FUNCTION = "arn:aws:lambda:us-east-1:123456789012:function:f"
JOBS = "arn:aws:batch:us-east-1:123456789012:job-queue/q"
START = 1767225600.0  # 2026-01-01T00:00:00Z


@dataclass
class FakeDeliveries:
    made: list[tuple[str, Any]] = field(default_factory=list)

    def to_target(self, target: Mapping[str, Any], event: dict[str, Any]) -> bool:
        if ":batch:" in target["Arn"]:
            return False
        self.made.append((target["Arn"], input_of(target, event)))
        return True


def due(expression: str = "rate(1 minute)", **changes: Any) -> Due:
    members: dict[str, Any] = {
        "identity": ("rule", expression),
        "expression": expression,
        "time_zone": "UTC",
        "targets": ({"Arn": FUNCTION},),
        "event": lambda: {"detail-type": "Scheduled Event"},
    }
    return Due(**{**members, **changes})


def timetable(*found: Due) -> tuple[Timetable, FakeDeliveries, list[Due]]:
    deliveries, dues = FakeDeliveries(), list(found)

    def source() -> Iterator[Due]:
        return iter(dues)

    return Timetable(deliveries, [source]), deliveries, dues  # type: ignore[arg-type]


def test_a_rate_is_delivered_when_its_time_has_passed() -> None:
    table, deliveries, _ = timetable(due())
    for seconds in (0, 30, 59.9):
        table.look(START + seconds)
    assert deliveries.made == []
    table.look(START + 60.2)
    table.look(START + 60.7)
    assert deliveries.made == [(FUNCTION, {"detail-type": "Scheduled Event"})]
    table.look(START + 120.1)
    assert len(deliveries.made) == 2


def test_what_was_missed_is_delivered_once() -> None:
    table, deliveries, _ = timetable(due())
    table.look(START)
    table.look(START + 3600)
    assert len(deliveries.made) == 1


def test_a_target_with_an_input_of_its_own() -> None:
    table, deliveries, _ = timetable(due(targets=({"Arn": FUNCTION, "Input": '{"a": 1}'},)))
    table.look(START)
    table.look(START + 61)
    assert deliveries.made == [(FUNCTION, {"a": 1})]


def test_a_schedule_that_is_gone_and_one_that_changes() -> None:
    table, deliveries, dues = timetable(due())
    table.look(START)
    dues.clear()
    table.look(START + 61)
    dues.append(due("rate(5 minutes)"))
    table.look(START + 62)
    table.look(START + 200)
    assert deliveries.made == []
    table.look(START + 62 + 301)
    assert len(deliveries.made) == 1


def test_a_schedule_has_a_begin_and_an_end() -> None:
    table, deliveries, _ = timetable(due("cron(* * * * ? *)", begins=START + 600, ends=START + 700))
    table.look(START)
    for minute in range(1, 30):
        table.look(START + 60 * minute + 1)
    assert len(deliveries.made) == 1


def test_at_a_time() -> None:
    table, deliveries, _ = timetable(due("at(2026-01-01T00:10:00)"))
    for minute in range(30):
        table.look(START + 60 * minute + 1)
    assert len(deliveries.made) == 1


def test_other_targets_and_broken_expressions_are_reported_once(caplog: pytest.LogCaptureFixture) -> None:
    table, deliveries, _ = timetable(
        due(targets=({"Arn": JOBS},)), due("rate(x)", identity=("broken",)), due(time_zone="Mars", identity=("far",))
    )
    for minute in range(5):
        table.look(START + 60 * minute + 1)
    assert deliveries.made == []
    assert len(caplog.records) == 3


def test_a_target_that_cannot_be_delivered_to_concerns_no_other(caplog: pytest.LogCaptureFixture) -> None:
    """Here the input of one cannot be made; the others come in their time, and once."""
    broken = {"Arn": FUNCTION, "InputTransformer": {"InputPathsMap": {}}}
    other = {"Arn": f"{FUNCTION}:other"}
    table, deliveries, _ = timetable(
        due(identity=("first",)), due(identity=("broken",), targets=(broken, other)), due(identity=("last",))
    )
    for seconds in (0, 60.2, 60.7, 61.2):
        table.look(START + seconds)
    assert [arn for arn, _ in deliveries.made] == [FUNCTION, f"{FUNCTION}:other", FUNCTION]
    assert [record.getMessage() for record in caplog.records] == ["schedule broken: a target gets nothing"]


def test_what_was_reported_is_forgotten_with_what_is_gone(caplog: pytest.LogCaptureFixture) -> None:
    table, _, dues = timetable(due("rate(x)"))
    for _ in range(2):
        table.look(START)
    assert len(caplog.records) == 1
    again = dues.pop()
    table.look(START + 1)
    dues.append(again)
    table.look(START + 2)
    assert len(caplog.records) == 2


def test_the_event_of_a_rule() -> None:
    event = scheduled_event("arn:rule", "123456789012", "us-east-1")
    assert event["detail-type"] == "Scheduled Event"
    assert (event["source"], event["resources"], event["detail"]) == ("aws.events", ["arn:rule"], {})


def test_the_unit_of_a_rate_fits_its_number_in_rules_only() -> None:
    """ "Rate expressions reference" (Amazon EventBridge User Guide) and CreateSchedule (Scheduler's API Reference)."""
    for is_scheduler in (False, True):
        table, deliveries, _ = timetable(due("rate(5 minute)", takes_any_unit=is_scheduler))
        table.look(START)
        table.look(START + 301)
        assert bool(deliveries.made) is is_scheduler
