"""Synchronous executions: StartSyncExecution (AWS Step Functions API Reference), and localstack's recordings of AWS."""

import threading
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from gatewright.companion.state_machines import answer, billed_ms, run, text_of

MACHINE = "arn:aws:states:us-east-1:123456789012:stateMachine:m"
STARTED = datetime(2026, 1, 1, tzinfo=UTC)


def execution(status: str, stopped: datetime | None = STARTED + timedelta(seconds=0.25), **members: Any) -> Any:
    given: dict[str, Any] = {
        "exec_arn": "arn:aws:states:us-east-1:123456789012:express:m:e:1",
        "state_machine": SimpleNamespace(arn=MACHINE),
        "name": "e",
        "start_date": STARTED,
        "stop_date": stopped,
        "status": status,
        "output": {"a": [1]},
        "error": None,
        "cause": None,
    }
    return SimpleNamespace(**{**given, **members})


@pytest.mark.parametrize(("milliseconds", "billed"), [(0, 100), (1, 100), (100, 100), (100.5, 200), (7512, 7600)])
def test_what_is_billed(milliseconds: float, billed: int) -> None:
    assert billed_ms(STARTED, STARTED + timedelta(milliseconds=milliseconds)) == billed


def test_an_execution_that_succeeded() -> None:
    """test_base[BASE_PASS_RESULT] of the recordings."""
    assert answer(execution("SUCCEEDED"), "{}", "Root=1") == {
        "executionArn": "arn:aws:states:us-east-1:123456789012:express:m:e:1",
        "stateMachineArn": MACHINE,
        "name": "e",
        "startDate": STARTED,
        "stopDate": STARTED + timedelta(seconds=0.25),
        "status": "SUCCEEDED",
        "input": "{}",
        "inputDetails": {"included": True},
        "output": '{"a":[1]}',
        "outputDetails": {"included": True},
        "billingDetails": {"billedDurationInMilliseconds": 300, "billedMemoryUsedInMB": 64},
        "traceHeader": "Root=1",
    }


@pytest.mark.parametrize("status", ["FAILED", "ABORTED"])
def test_an_execution_that_failed(status: str) -> None:
    """test_base[BASE_RAISE_FAILURE] of the recordings: no output, but its details."""
    made = answer(execution(status, error="SomeFailure", cause="why"), "{}", None)
    assert (made["status"], made["error"], made["cause"]) == ("FAILED", "SomeFailure", "why")
    assert "output" not in made
    assert made["outputDetails"] == {"included": True}
    assert "traceHeader" not in made


def test_an_execution_that_runs_for_too_long() -> None:
    made = answer(execution("RUNNING", stopped=None), "{}", None)
    assert made["status"] == "TIMED_OUT"
    assert made["stopDate"] > STARTED


def test_what_takes_too_long_is_stopped() -> None:
    ended, stops = threading.Event(), []

    def stop() -> None:
        stops.append(True)
        ended.set()

    run(ended.wait, stop, 0.05)
    assert stops == [True]
    run(lambda: None, stop, 5)
    assert stops == [True]


def test_outputs_are_json() -> None:
    assert [text_of(value) for value in ("é", None, {"a": [1]})] == ['"é"', "null", '{"a":[1]}']
