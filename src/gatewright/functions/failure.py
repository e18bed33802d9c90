"""Why an environment could not answer, and what its caller is told. See "Troubleshoot invocation issues in Lambda"."""

import signal
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

import orjson

from gatewright.functions import error_types

# As Go's runtime spells them, in which Lambda's supervisor is written.
_SIGNAL_TEXTS: Final[Mapping[int, str]] = MappingProxyType(
    {
        signal.SIGHUP: "hangup",
        signal.SIGINT: "interrupt",
        signal.SIGQUIT: "quit",
        signal.SIGILL: "illegal instruction",
        signal.SIGTRAP: "trace/breakpoint trap",
        signal.SIGABRT: "aborted",
        signal.SIGBUS: "bus error",
        signal.SIGFPE: "floating point exception",
        signal.SIGKILL: "killed",
        signal.SIGUSR1: "user defined signal 1",
        signal.SIGSEGV: "segmentation fault",
        signal.SIGUSR2: "user defined signal 2",
        signal.SIGPIPE: "broken pipe",
        signal.SIGALRM: "alarm clock",
        signal.SIGTERM: "terminated",
        signal.SIGXCPU: "CPU time limit exceeded",
        signal.SIGXFSZ: "file size limit exceeded",
        signal.SIGSYS: "bad system call",
    }
)


@dataclass(frozen=True, slots=True)
class Failure:
    """An environment's failure."""

    error_type: str
    message: str
    """Lambda's sentence without the `RequestId: … Error: ` before it."""
    body: bytes = b""
    """The error object that the runtime itself gave; it goes to the caller as it is."""

    @property
    def is_timeout(self) -> bool:
        """Return whether the time was up."""
        return self.error_type == error_types.TIMED_OUT

    def text(self, request_id: str) -> str:
        """Return the sentence as the log and the caller see it."""
        return f"RequestId: {request_id} Error: {self.message}"

    def payload(self, request_id: str) -> bytes:
        """Return the error object that answers an invocation."""
        return self.body or error_object(self.error_type, self.text(request_id))


def error_object(error_type: str, message: str) -> bytes:
    """Return Lambda's error object as JSON."""
    return orjson.dumps({"errorType": error_type, "errorMessage": message})


def exited(status: int) -> Failure:
    """Return the failure of a process that ended by itself; `status` is negative for a signal."""
    if status == 0:
        return Failure(error_types.EXIT_ERROR, "Runtime exited without providing a reason")
    return Failure(error_types.EXIT_ERROR, f"Runtime exited with error: {_reason(status)}")


def extension_exited(status: int) -> Failure:
    """Return the failure of an external extension that ended by itself."""
    return Failure(error_types.EXTENSION_CRASH, "exit code 0" if status == 0 else _reason(status))


def _reason(status: int) -> str:
    return f"exit status {status}" if status > 0 else f"signal: {_SIGNAL_TEXTS.get(-status, f'signal {-status}')}"


def timed_out(seconds: float) -> Failure:
    """Return the failure of a function that ran longer than its time-out."""
    return Failure(error_types.TIMED_OUT, f"Task timed out after {seconds:.2f} seconds")


# The one error object whose message comes first.
RESPONSE_TOO_LARGE: Final = orjson.dumps(
    {
        "errorMessage": "Response payload size exceeded maximum allowed payload size (6291556 bytes).",
        "errorType": error_types.RESPONSE_TOO_LARGE,
    }
)
STREAMED_RESPONSE_TOO_LARGE: Final = orjson.dumps(orjson.loads(RESPONSE_TOO_LARGE), option=orjson.OPT_INDENT_2)
"""The same for Invoke of a function that streams. Lambda lays it out in this way (recorded in 2026)."""
