"""One invocation on its way through pool and environment."""

import asyncio
import math
from dataclasses import dataclass

from gatewright.functions.errors import InvokeError
from gatewright.functions.response_sink import ResponseSink
from gatewright.functions.settings import LOG_TAIL_BYTES


# Not frozen, for the same reason as `base.messages.Request`: one is made for every invocation (1.9 µs against 0.5).
@dataclass(slots=True)
class InvocationResult:
    """What an invocation came to. Nobody changes it."""

    request_id: str
    payload: bytes
    """JSON: the function's result, or Lambda's error object when `function_error` is set."""
    function_error: str | None
    """`Unhandled` when the function failed."""
    log_tail: bytes
    """The last 4 KiB of the log, when it was asked for."""
    executed_version: str
    duration_ms: float
    billed_duration_ms: int
    memory_size_mb: int
    max_memory_used_mb: int
    init_duration_ms: float | None
    """Set for the first invocation of an environment."""
    error_type: str | None = None
    """Lambda's name of the failure when the environment broke (`Sandbox.Timedout`, `Runtime.ExitError`)."""
    trace_header: str = ""
    """What the function was given as its trace."""
    is_streamed: bool = False
    """Whether the runtime streamed the payload: it is whatever the function wrote then, not JSON."""


@dataclass(slots=True)
class Invocation:
    """A request to run the function once. Not frozen: one is made for every request and filled in as it proceeds."""

    request_id: str
    invoked_arn: str
    event: bytes
    trace_header: str
    client_context: str | None
    wants_log_tail: bool
    future: "asyncio.Future[InvocationResult]"
    """Resolved once. Whoever awaits it may go away; the invocation runs on."""
    queued_at: float
    response: ResponseSink | None = None
    """Where the response goes if the runtime streams it; None when it is to be collected."""
    begun_at: float = 0.0
    deadline: float = math.inf
    """When the function's time is up, on the monotonic clock; infinite until the time runs."""
    log_tail: bytes = b""

    def keep_tail(self, lines: bytes) -> None:
        """Remember what was logged, as far as LogType=Tail shows it."""
        if self.wants_log_tail and lines:
            self.log_tail = (self.log_tail + lines[-LOG_TAIL_BYTES:])[-LOG_TAIL_BYTES:]

    def resolve(self, result: InvocationResult) -> None:
        """Answer whoever still waits."""
        if not self.future.done():
            self.future.set_result(result)

    def refuse(self, error: InvokeError) -> None:
        """Tell whoever still waits that it will not run."""
        if not self.future.done():
            self.future.set_exception(error)
