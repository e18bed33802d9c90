"""State machines: synchronous executions, which moto does not offer, and names and outputs of all others.

Source: "StartSyncExecution" (AWS Step Functions API Reference), and the answers of AWS that localstack recorded
(tests/aws/services/stepfunctions/v2/express/test_express_sync.snapshot.json). moto has what runs an execution; here it
is run while the caller waits. An execution that is given no name has one of its own ("StartExecution"), where moto
names them all None, and refuses the second.
"""

import copy
import json
import threading
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Final

_MACHINE: Final = ":stateMachine:"
_MOST_SECONDS: Final = 300.0
"""Express workflows run for five minutes at most ("Step Functions service quotas")."""
_BILLED_MS: Final = 100
_BILLED_MB: Final = 64
_NO_INPUT: Final = "{}"


def text_of(output: Any) -> str:
    """Return an output as JSON: that of a state which makes a text is a text in quotation marks."""
    return json.dumps(output, separators=(",", ":"), ensure_ascii=False)


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
        output["output"] = text_of(execution.output)
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
    """Give moto the operation StartSyncExecution, names for executions, and outputs as JSON."""
    from moto.core.exceptions import AWSError
    from moto.core.responses import ActionResult
    from moto.stepfunctions.exceptions import InvalidExecutionInput
    from moto.stepfunctions.parser.models import StepFunctionsParserBackend
    from moto.stepfunctions.responses import StepFunctionResponse

    class StateMachineTypeNotSupported(AWSError):
        TYPE = "StateMachineTypeNotSupported"
        STATUS = 400

    start_elsewhere = StepFunctionsParserBackend.start_execution
    describe_elsewhere = StepFunctionResponse.describe_execution

    def start_execution(self: Any, arn: str, name: str | None = None, *given: Any, **options: Any) -> Any:
        return start_elsewhere(self, arn, name or str(uuid.uuid4()), *given, **options)

    def describe_execution(self: Any) -> Any:
        found: Any = describe_elsewhere(self)
        if "output" in found.result:
            arn = self._get_param("executionArn")
            found.result["output"] = text_of(self.stepfunction_backend.describe_execution(arn).output)
        return found

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

    StepFunctionsParserBackend.start_execution = start_execution  # type: ignore[method-assign, assignment]
    StepFunctionResponse.describe_execution = describe_execution  # type: ignore[method-assign]
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
