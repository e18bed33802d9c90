"""The log of failed requests is bounded."""

import logging

import pytest

from gatewright.gateway.fault_log import FaultLog
from tests.unit.gateway.fakes import FakeClock, Gateway, stage


def test_many_failures_are_counted_not_written(caplog: pytest.LogCaptureFixture) -> None:
    clock = FakeClock(0.0)
    faults = FaultLog(logging.getLogger("tests.faults"), clock)
    for number in range(1000):
        faults.write(f"id{number}", "api route", "why")
    assert len(caplog.records) == 50
    assert caplog.records[0].getMessage() == "id0 api route: why"
    clock.seconds = 1.0
    faults.write("late", "api route", "why")
    assert [record.getMessage() for record in caplog.records[-2:]] == [
        "950 further failed requests were not logged",
        "late api route: why",
    ]


async def test_what_clients_do_wrong_is_not_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    gateway = Gateway().serve(stage("GET /x"))
    with caplog.at_level(logging.DEBUG, "tests.gateway"):
        await gateway.get("/other")
    assert caplog.records == []
