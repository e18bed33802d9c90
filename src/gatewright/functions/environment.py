"""One execution environment: a process that runs one runtime for one function version, one invocation at a time.

What may follow what is in `states`. A runtime that speaks out of turn is killed; a mistake of ours raises. The process
itself is `environment_process`'s.
"""

import logging
import math
from types import MappingProxyType
from typing import Final, Protocol

from gatewright.functions import failure as failures
from gatewright.functions.environment_process import EnvironmentProcess
from gatewright.functions.extensions.extensions import Extensions
from gatewright.functions.failure import Failure
from gatewright.functions.invocation import Invocation
from gatewright.functions.journal import Journal
from gatewright.functions.link import RuntimeLink
from gatewright.functions.log_stream import OutputPipe
from gatewright.functions.platform_records import Report
from gatewright.functions.response_sink import CollectedResponse, Ending, ResponseSink
from gatewright.functions.runtimes.types import Code, Launch
from gatewright.functions.settings import FunctionSettings
from gatewright.functions.states import (
    ANSWERED,
    BUSY,
    FAILED,
    IDLE,
    INITIALIZING,
    SETTLING,
    STARTED,
    STARTING,
    STOPPED,
    STOPPING,
    STREAMING,
    State,
    transition,
)
from gatewright.functions.surroundings import Surroundings
from gatewright.functions.variables import PROVISIONED
from gatewright.snapshot.types import FunctionVersion

_logger = logging.getLogger(__name__)

_MIB: Final = 1 << 20
_MAX_CONTENT_TYPE: Final = 4096
"""It becomes a field of what the caller gets."""
_PROVISIONED_INIT_SECONDS: Final = 130.0
"""Or the function's time-out, if that is more: nobody waits for environments that are provisioned."""
_PEAK_FROM_SECONDS: Final = 0.005
"""Reading the high-water mark of memory takes 20 µs: too much after an invocation that was shorter than this."""


_SHUTDOWN_REASONS: Final = MappingProxyType(
    {
        (STOPPING, False): "spindown",
        (STOPPING, True): "spindown",
        (FAILED, False): "failure",
        (FAILED, True): "timeout",
    }
)
"""What extensions are told, by why the environment ends. The documentation has it in capitals, Lambda sends it so."""

KILLED: Final = failures.exited(-9)
"""What the caller is told when we kill a runtime for what it did."""


class Owner(Protocol):
    """Who keeps the environment (its pool) and is told what becomes of it."""

    def environment_ready(self, environment: "ExecutionEnvironment") -> None:
        """It is IDLE: INIT is over, or an invocation is."""
        ...

    def environment_failed_to_start(self, environment: "ExecutionEnvironment") -> None:
        """INIT failed. `environment_left` follows."""
        ...

    def environment_left(self, environment: "ExecutionEnvironment") -> None:
        """It takes no invocations any more; its process is being ended."""
        ...

    def invocation_ended(self, duration_ms: float) -> None:
        """An invocation came to its end."""
        ...


class ExecutionEnvironment:
    """A runtime process and its state. Used on the event loop only."""

    __slots__ = (
        "_clock",
        "_extensions",
        "_freezes",
        "_init_duration_ms",
        "_link",
        "_outcome",
        "_output",
        "_owner",
        "_process",
        "_surroundings",
        "deadline",
        "function",
        "idle_since",
        "init_started",
        "invocation",
        "journal",
        "limit_seconds",
        "max_memory_bytes",
        "phase",
        "state",
    )

    def __init__(
        self,
        function: FunctionVersion,
        owner: Owner,
        surroundings: Surroundings,
        journal: Journal,
        invocation: Invocation | None = None,
    ) -> None:
        """With an invocation, INIT is part of it and shares its time-out: it is the second attempt."""
        self.function = function
        self.journal = journal
        self.state = STARTING
        self.invocation = invocation
        """While STARTING, the one that INIT is repeated for; while BUSY, the one that runs."""
        self.phase = "init" if invocation is None else "invoke"
        self.deadline = math.inf
        """On the monotonic clock: when `limit_seconds` of what it does now are up."""
        self.limit_seconds = _init_seconds(function, surroundings.settings, journal.initialization_type)
        self.idle_since = 0.0
        self.max_memory_bytes = 0
        self._init_duration_ms: float | None = None  # until the first invocation has reported it
        self._owner = owner
        self._surroundings = surroundings
        self._clock = surroundings.clock
        self.init_started = self._clock.monotonic()
        self._freezes = surroundings.settings.freeze_when_idle
        self._link: RuntimeLink | None = None
        self._output = OutputPipe(journal.stream, lambda: journal.printed(self.invocation))
        self._process = EnvironmentProcess(function, surroundings, self._output, journal, self)
        self._extensions: Extensions | None = None  # until there is one
        self._outcome: tuple[bytes, str | None, Failure | None] = (b"", None, None)  # while extensions work on
        if invocation is not None:
            self.limit_seconds = float(function.timeout_seconds)
            invocation.begun_at = self.init_started
            invocation.deadline = self.deadline = self.init_started + self.limit_seconds

    # The process

    async def run(self, launch: Launch, code: Code) -> None:
        """Start the process and return when it is gone. Raises `SandboxError` or `OSError` when it cannot be started.

        Call `close` afterwards, however this ends.
        """
        link = self._link = self._surroundings.links[launch.transport](self)
        self.init_started = self._clock.monotonic()
        if self.invocation is None:
            self.journal.init_started(launch.runtime_version_label)
        self._process.extensions.init_started(
            self.journal.initialization_type, self.phase, launch.runtime_version_label
        )
        if self.invocation is None:
            self.deadline = self.init_started + self.limit_seconds
        await self._process.run(launch, code, link)

    def close(self) -> None:
        """End whatever is still there."""
        self.end(STOPPING, KILLED)
        if not self._process.is_started:
            self.process_ended(0)

    def end(self, state: State, failure: Failure) -> None:
        """Kill the process, because it FAILED or is STOPPING, and fail what it was doing. Harmless when it ended."""
        if self.state >= STOPPING:
            return
        was, invocation = self.state, self.invocation
        self.state = transition(self.state, state)
        self.deadline = math.inf
        self._process.end(_SHUTDOWN_REASONS[state, failure.is_timeout])
        self._output.drain()
        if was in INITIALIZING and state is FAILED:
            duration_ms = (self._clock.monotonic() - self.init_started) * 1000
            extensions = self._process.extensions.init_ended(
                self.journal.initialization_type, self.phase, duration_ms, failure
            )
            self.journal.init_failed(duration_ms, self.phase, failure, invocation, extensions)
        if invocation is not None:
            if was in INITIALIZING:
                self.journal.begin(invocation)
            ending: Ending = failure.payload(invocation.request_id), "Unhandled"
            if was is STREAMING and invocation.response is not None:
                ending = invocation.response.conclude(None if failure.is_timeout else ending[0])
            self._finish(invocation, *ending, failure)
        if was in INITIALIZING:
            self._owner.environment_failed_to_start(self)
        self._owner.environment_left(self)

    def process_ended(self, status: int) -> None:
        """The process is gone: by itself, unless it was being ended."""
        if self.state is not STOPPED:
            self.end(FAILED, failures.exited(status))
            self._process.release()
            self.journal.process_ended()
            self.state = transition(self.state, STOPPED)

    def measure_memory(self) -> int:
        """Return the memory that the process and its children have now, in bytes."""
        used = self._process.memory_bytes()
        self.max_memory_bytes = max(self.max_memory_bytes, used)
        return used

    # Invocations

    def begin(self, invocation: Invocation) -> None:
        """Run an invocation. Only while IDLE."""
        self.state = transition(self.state, BUSY)
        clock = self._clock
        begun = clock.monotonic()
        if invocation.deadline == math.inf:  # otherwise it began with INIT
            invocation.begun_at = begun
            self.limit_seconds = float(self.function.timeout_seconds)
            invocation.deadline = begun + self.limit_seconds
        self.deadline = invocation.deadline
        self.invocation = invocation
        self.journal.begin(invocation)
        if self._freezes:
            self._process.thaw()
        deadline_ms = int((clock.now() + self.deadline - begun) * 1000)
        if self._extensions is not None:
            self._extensions.invoke(invocation, deadline_ms, self.function.version)
        if self._link is not None:
            self._link.send(invocation, deadline_ms)

    def _finish(
        self, invocation: Invocation, payload: bytes, function_error: str | None, failure: Failure | None
    ) -> None:
        report = self._report(invocation, failure)
        self.invocation = None
        self._init_duration_ms = None
        self._output.drain()
        if self._extensions is not None:
            self._extensions.reported(report, invocation)
        self.journal.end(invocation, report, payload, function_error)
        self._owner.invocation_ended(report.duration_ms)

    def _report(self, invocation: Invocation, failure: Failure | None) -> Report:
        seconds = self._clock.monotonic() - invocation.begun_at
        if failure is not None and failure.is_timeout:  # nobody pays for how long it took us to notice
            seconds = self.limit_seconds
        if seconds >= _PEAK_FROM_SECONDS or not self.max_memory_bytes:
            self.max_memory_bytes = max(self.max_memory_bytes, self._process.peak_memory_bytes())
        size_mb = self.function.memory_size_mb
        used_mb = -(-self.max_memory_bytes // _MIB)
        if used_mb > size_mb:
            used_mb = size_mb
        return Report(invocation.request_id, seconds * 1000, self._init_duration_ms, size_mb, used_mb, failure)

    def _answer(
        self, invocation: Invocation, payload: bytes, function_error: str | None, failure: Failure | None
    ) -> None:
        """Answer the caller, though the invocation goes on until the extensions are done with it."""
        self._outcome = payload, function_error, failure
        self._output.drain()
        if self._extensions is not None:
            self._extensions.responding(is_complete=True)
        if not invocation.wants_log_tail:  # the end of the log is still to come
            self.journal.answer(invocation, self._report(invocation, failure), payload, function_error)

    # What the link tells

    def runtime_ready(self) -> None:
        """INIT or an invocation is over, as far as the runtime is concerned."""
        state = self.state
        if self._extensions is not None:
            if self._is_waiting(self._extensions):
                return
            state = self.state
        if state is not ANSWERED and state is not SETTLING:
            if state not in INITIALIZING:
                self.protocol_broken(f"asked for an invocation while {state.name}")
                return
            self._init_ended()
        self.state = transition(state, IDLE)
        self.deadline = math.inf
        if self.invocation is not None:
            self.begin(self.invocation)
            return
        self._owner.environment_ready(self)
        if self._freezes and self.state is IDLE and not self._process.extensions.telemetry:
            self._process.freeze()  # not with listeners for telemetry, who have what just happened still to take

    def _init_ended(self) -> None:
        duration_ms = (self._clock.monotonic() - self.init_started) * 1000
        if self.invocation is None:
            self._init_duration_ms = duration_ms
        self.max_memory_bytes = self._process.peak_memory_bytes()
        self._output.drain()
        extensions = self._process.extensions.init_ended(self.journal.initialization_type, self.phase, duration_ms)
        self.journal.init_ended(duration_ms, self.phase, extensions)

    def runtime_answered(self, request_id: str, payload: bytes, function_error: str | None) -> None:
        """The function returned or raised."""
        invocation = self.invocation
        if self.state is not BUSY or invocation is None or invocation.request_id != request_id:
            self.protocol_broken(f"answered {request_id[:64]!r} while {self.state.name}")
            return
        self.state = transition(self.state, ANSWERED)
        if self._extensions is None:
            self._finish(invocation, payload, function_error, None)
        else:
            self._answer(invocation, payload, function_error, None)

    def runtime_responding(self, request_id: str, content_type: str) -> ResponseSink | None:
        """The function begins to stream its response."""
        invocation = self.invocation
        if self.state is not BUSY or invocation is None or invocation.request_id != request_id:
            self.protocol_broken(f"began to answer {request_id[:64]!r} while {self.state.name}")
            return None
        if len(content_type) > _MAX_CONTENT_TYPE:
            self.protocol_broken(f"announced a content type of {len(content_type)} characters")
            return None
        self.state = transition(self.state, STREAMING)
        if invocation.response is None:
            invocation.response = CollectedResponse()
        invocation.response.begin(content_type, self.function.version)
        if self._extensions is not None:
            self._extensions.responding(is_complete=False)
        return invocation.response

    def response_ended(self, failure: Failure | None = None) -> None:
        """The streamed response is over; `failure` is set when it broke off.

        That the function raised meanwhile is for its own log only: Lambda lets what was written stand as the response.
        """
        invocation = self.invocation
        if self.state is not STREAMING or invocation is None or invocation.response is None:
            self.protocol_broken(f"ended a response while {self.state.name}")
            return
        self.state = transition(self.state, ANSWERED)
        broken_off = None if failure is None else failure.payload(invocation.request_id)
        payload, function_error = invocation.response.conclude(broken_off)
        if self._extensions is None:
            self._finish(invocation, payload, function_error, failure)
        else:
            self._answer(invocation, payload, function_error, failure)

    def init_failed(self, error_type: str, error: bytes) -> None:
        """The runtime could not load the function."""
        if self.state is STARTING:
            self.end(FAILED, Failure(error_type, "", body=error))
        else:
            self.protocol_broken(f"reported a failure of INIT while {self.state.name}")

    def protocol_broken(self, reason: str) -> None:
        """Kill a runtime that cannot be understood."""
        if self.state < STOPPING:
            _logger.warning("%s: killed, because its runtime %s", self.function.arn, reason)
            self.end(FAILED, KILLED)

    def link_ended(self) -> None:
        """The runtime closed its side."""
        self._process.link_ended()

    # What the extensions tell

    def _is_waiting(self, extensions: Extensions) -> bool:
        """Take note that the runtime is ready. Return whether an extension is not, so that the phase goes on."""
        state, invocation = self.state, self.invocation
        if state is STARTING:
            self.state = transition(state, STARTED)
            extensions.runtime_initialized(self.journal.initialization_type, self.phase)
        elif state is ANSWERED and invocation is not None:
            self.state = transition(state, SETTLING)
            extensions.runtime_done(invocation, self._outcome[0], self._outcome[2])
        if self.state is STARTED:
            return not extensions.registry.are_initialized
        if self.state is not SETTLING:
            return False
        if not extensions.registry.are_done:
            return True
        if invocation is not None:
            self._finish(invocation, *self._outcome)
        return False

    def extensions_progressed(self) -> None:
        """There are extensions from now on; or the phase may be over now, for which they had been waited for."""
        self._extensions = self._process.extensions
        if self.state is STARTED or self.state is SETTLING:
            self.runtime_ready()


def _init_seconds(function: FunctionVersion, settings: FunctionSettings, initialization_type: str) -> float:
    """Return the limit of INIT ("Understanding the Lambda execution environment lifecycle")."""
    if initialization_type == PROVISIONED:
        return max(settings.init_seconds, _PROVISIONED_INIT_SECONDS, function.timeout_seconds)
    return settings.init_seconds
