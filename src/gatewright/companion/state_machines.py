"""State machines: synchronous executions, which moto does not offer, and executions that events start.

Source: "StartSyncExecution" (AWS Step Functions API Reference), and the answers of AWS that localstack recorded
(tests/aws/services/stepfunctions/v2/express/test_express_sync.snapshot.json). moto has what runs an execution; here it
is run while the caller waits.
"""

import copy
import json
import logging
import threading
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Final

logger = logging.getLogger(__name__)

_MACHINE: Final = ":stateMachine:"
_MOST_SECONDS: Final = 300.0
"""Express workflows run for five minutes at most ("Step Functions service quotas")."""
_BILLED_MS: Final = 100
_BILLED_MB: Final = 64
_NO_INPUT: Final = "{}"


def is_state_machine(arn: str) -> bool:
    """Tell whether a target of an event is a state machine."""
    return arn.split(":", 3)[2:3] == ["states"] and _MACHINE in arn


def start(arn: str, event: Any) -> None:
    """Start an execution with an event; what prevents that is written to the log."""
    from moto.core.exceptions import AWSError
    from moto.stepfunctions.responses import get_backend

    _, _, _, region, account_id, _ = arn.split(":", 5)
    try:
        get_backend(account_id, region).start_execution(arn, str(uuid.uuid4()), json.dumps(event))
    except AWSError as error:
        logger.warning("an event for %s is lost: %s", arn, error)


def billed_ms(started: datetime, stopped: datetime) -> int:
    """Return the duration that AWS bills: in steps of 100 ms, one at least."""
    milliseconds = (stopped - started).total_seconds() * 1000
    return max(1, -int(-milliseconds // _BILLED_MS)) * _BILLED_MS


def answer(execution: Any, given_input: str, trace_header: str | None) -> dict[str, Any]:
    """Return what StartSyncExecution answers for a moto execution that has ended, or has run for too long."""
    stopped = execution.stop_date or datetime.now(UTC)
    output: dict[str, Any] = {
        "executionArn": execution.exec_arn,
        "stateMachineArn": execution.state_machine.arn,
        "name": execution.name,
        "startDate": execution.start_date,
        "stopDate": stopped,
        "status": "TIMED_OUT" if execution.stop_date is None else _status(execution.status),
        "input": given_input,
        "inputDetails": {"included": True},
        "outputDetails": {"included": True},
        "billingDetails": {
            "billedDurationInMilliseconds": billed_ms(execution.start_date, stopped),
            "billedMemoryUsedInMB": _BILLED_MB,
        },
    }
    if output["status"] == "SUCCEEDED":
        output["output"] = json.dumps(execution.output, separators=(",", ":"))
    optional = {"error": execution.error, "cause": execution.cause, "traceHeader": trace_header}
    return output | {name: value for name, value in optional.items() if value is not None}


def _status(status: str) -> str:
    return status if status in ("SUCCEEDED", "TIMED_OUT") else "FAILED"


def run(begin: Callable[[], None], stop: Callable[[], None], most_seconds: float = _MOST_SECONDS) -> None:
    """Run something to its end, or until it has taken too long and is told to stop."""
    running = threading.Thread(target=begin, name="execution", daemon=True)
    running.start()
    running.join(most_seconds)
    if running.is_alive():
        stop()


def apply() -> None:
    """Give moto the operation StartSyncExecution."""
    from moto.core.exceptions import AWSError
    from moto.core.responses import ActionResult
    from moto.stepfunctions.exceptions import InvalidExecutionInput
    from moto.stepfunctions.responses import StepFunctionResponse

    class StateMachineTypeNotSupported(AWSError):
        TYPE = "StateMachineTypeNotSupported"
        STATUS = 400

    def start_sync_execution(self: Any) -> ActionResult:
        backend = self.stepfunction_backend
        name, trace_header = self._get_param("name"), self._get_param("traceHeader")
        given_input = self._get_param("input", if_none=_NO_INPUT)
        if name:
            backend._validate_name(name)  # noqa: SLF001 — as its StartExecution does
        machine = backend.describe_state_machine(self._get_param("stateMachineArn"))
        if machine.type != "EXPRESS":
            raise StateMachineTypeNotSupported("This operation is not supported by this type of state machine")
        try:
            json.loads(given_input)
        except ValueError as error:
            raise InvalidExecutionInput(f"Invalid State Machine Execution Input: '{error}'") from error
        execution = _execution(backend, machine, name or str(uuid.uuid4()), given_input, trace_header)
        run(execution.start, lambda: execution.stop(datetime.now(UTC), None, None))
        return ActionResult(answer(execution, given_input, trace_header))

    StepFunctionResponse.start_sync_execution = start_sync_execution  # type: ignore[attr-defined]


def _execution(backend: Any, machine: Any, name: str, given_input: str, trace_header: str | None) -> Any:
    from moto.stepfunctions.parser.backend.execution import SyncExecution

    return SyncExecution(
        name=name,
        sm_type=machine.type,
        role_arn=machine.roleArn,
        exec_arn=f"{machine.arn.replace(_MACHINE, ':express:')}:{name}:{uuid.uuid4()}",
        account_id=backend.account_id,
        region_name=backend.region_name,
        state_machine=copy.copy(machine),  # as it is now: it may be changed meanwhile
        start_date=datetime.now(UTC),
        cloud_watch_logging_session=None,
        input_data=given_input,
        trace_header=trace_header,
        activity_store={},
    )
