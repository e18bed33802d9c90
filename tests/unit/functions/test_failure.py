"""What callers are told of failures ("Troubleshoot invocation issues in Lambda", Lambda Developer Guide)."""

import signal

import orjson
import pytest

from gatewright.functions.failure import RESPONSE_TOO_LARGE, Failure, exited, timed_out

ID = "36a25077-8935-44b7-b923-be2fe3fa4aa5"


@pytest.mark.parametrize(
    ("status", "message"),
    [
        (0, "Runtime exited without providing a reason"),
        (1, "Runtime exited with error: exit status 1"),
        (127, "Runtime exited with error: exit status 127"),
        (-signal.SIGKILL, "Runtime exited with error: signal: killed"),
        (-signal.SIGSEGV, "Runtime exited with error: signal: segmentation fault"),
        (-signal.SIGABRT, "Runtime exited with error: signal: aborted"),
        (-signal.SIGTERM, "Runtime exited with error: signal: terminated"),
        (-signal.SIGFPE, "Runtime exited with error: signal: floating point exception"),
        (-63, "Runtime exited with error: signal: signal 63"),
    ],
)
def test_how_a_process_ended(status: int, message: str) -> None:
    assert orjson.loads(exited(status).payload(ID)) == {
        "errorType": "Runtime.ExitError",
        "errorMessage": f"RequestId: {ID} Error: {message}",
    }


def test_the_time_was_up() -> None:
    failure = timed_out(3)
    assert failure.is_timeout
    assert failure.payload(ID) == (
        b'{"errorType":"Sandbox.Timedout","errorMessage":"RequestId: ' + ID.encode() + b" Error: "
        b'Task timed out after 3.00 seconds"}'
    )


def test_what_the_runtime_said_goes_out_as_it_is() -> None:
    assert Failure("Runtime.ImportModuleError", "", body=b'{"errorType": "x"}').payload(ID) == b'{"errorType": "x"}'


def test_a_response_that_is_too_large() -> None:
    assert orjson.loads(RESPONSE_TOO_LARGE) == {
        "errorType": "Function.ResponseSizeTooLarge",
        "errorMessage": "Response payload size exceeded maximum allowed payload size (6291556 bytes).",
    }
