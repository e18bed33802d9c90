"""What the status of bwrap says of the function's process."""

import signal

import pytest

from gatewright.functions.sandbox.child import exit_status


@pytest.mark.parametrize("status", [0, 1, 2, 127, 128, 129, 130, 255, -9])
def test_a_program_that_ended_by_itself(status: int) -> None:
    """AWS's client for Node.js ends with 128 and 129."""
    assert exit_status(status) == status


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSEGV, signal.SIGABRT, signal.SIGTERM, signal.SIGSYS])
def test_a_program_that_a_signal_ended(number: signal.Signals) -> None:
    assert exit_status(128 + number) == -number
