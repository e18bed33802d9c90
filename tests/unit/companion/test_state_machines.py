"""Synchronous executions: StartSyncExecution (AWS Step Functions API Reference), and localstack's recordings of AWS."""

import json
import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from gatewright.companion.rules import deliver, is_ours
from gatewright.companion.state_machines import answer, billed_ms, is_state_machine, run

MACHINE = "arn:aws:states:us-east-1:123456789012:stateMachine:m"
FUNCTION = "arn:aws:lambda:us-east-1:123456789012:function:f"
QUEUE = "arn:aws:sqs:us-east-1:123456789012:q"
STARTED = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass
class FakeDeliveries:
    made: list[tuple[str, str, Any]] = field(default_factory=list)

    def to_function(self, function_arn: str, event: Any) -> None:
        self.made.append(("function", function_arn, event))

    def to_state_machine(self, arn: str, event: Any) -> None:
        self.made.append(("state machine", arn, event))


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


def test_which_targets_are_ours() -> None:
    assert is_state_machine(MACHINE)
    assert not is_state_machine("arn:aws:states:us-east-1:123456789012:activity:a")
    assert [is_ours({"Arn": arn}) for arn in (MACHINE, FUNCTION, QUEUE)] == [True, True, False]


def test_a_state_machine_gets_the_input_of_its_target() -> None:
    """ "Amazon EventBridge input transformation": `InputPath` selects what the target gets."""
    deliveries, event = FakeDeliveries(), {"detail": {"state": "stopped"}}
    for arn in (MACHINE, FUNCTION):
        deliver(deliveries, {"Arn": arn, "InputPath": "$.detail"}, event)  # type: ignore[arg-type]
    assert json.dumps(deliveries.made) == json.dumps(
        [("state machine", MACHINE, {"state": "stopped"}), ("function", FUNCTION, {"state": "stopped"})]
    )
