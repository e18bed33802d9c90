"""One execution environment: a process that runs one runtime for one function version, one invocation at a time.

What may follow what is in `states`. A runtime that speaks out of turn is killed; a mistake of ours raises.
"""

import asyncio
import logging
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, Protocol

from gatewright.base.clock import Clock
from gatewright.base.messages import Handler
from gatewright.functions import failure as failures
from gatewright.functions.environment_api import EnvironmentApi
from gatewright.functions.failure import Failure
from gatewright.functions.invocation import Invocation
from gatewright.functions.journal import Journal
from gatewright.functions.link import RuntimeEvents, RuntimeLink
from gatewright.functions.log_stream import OutputPipe
from gatewright.functions.platform_log import Report
from gatewright.functions.runtimes.types import Code, Launch, Transport
from gatewright.functions.sandbox.types import Isolation, Process, ProcessSpec, Sandbox, SandboxSpec
from gatewright.functions.settings import FunctionSettings
from gatewright.functions.states import State, transition
from gatewright.functions.variables import environment_variables
from gatewright.snapshot.types import FunctionVersion

_logger = logging.getLogger(__name__)

_MIB: Final = 1 << 20
_EXIT_GRACE_SECONDS: Final = 0.5
"""How long a runtime that closed its link may take to end by itself, so that its own exit status is reported; and how
long the link of a runtime that ended may be held open by what it started."""
_PEAK_FROM_SECONDS: Final = 0.005
"""Reading the high-water mark of memory takes 20 µs: too much after an invocation that was shorter than this."""


KILLED: Final = failures.exited(-9)
"""What the caller is told when we kill a runtime for what it did."""


class Owner(Protocol):
    """Who keeps the environment (its pool) and is told what becomes of it."""

    def environment_ready(self, environment: "ExecutionEnvironment") -> None:
        """It is IDLE: INIT is over, or an invocation is."""
        ...

    def environment_failed_to_start(self, environment: "ExecutionEnvironment", failure: Failure) -> None:
        """INIT failed. `environment_left` follows."""
        ...

    def environment_left(self, environment: "ExecutionEnvironment") -> None:
        """It takes no invocations any more; its process is being ended."""
        ...

    def invocation_ended(self, duration_ms: float) -> None:
        """An invocation came to its end."""
        ...


LinkFactory = Callable[[RuntimeEvents], RuntimeLink]


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What every environment of a node is made with."""

    settings: FunctionSettings
    clock: Clock
    isolation: Isolation
    links: Mapping[Transport, LinkFactory]
    endpoint: Handler
    """The AWS endpoint of this node."""


class ExecutionEnvironment:
    """A runtime process and its state. Used on the event loop only."""

    __slots__ = (
        "_clock",
        "_exit_status",
        "_freezes",
        "_init_duration_ms",
        "_link",
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
        "stopped",
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
        self.state = State.STARTING
        self.stopped = asyncio.Event()
        self.invocation = invocation
        """While STARTING, the one that INIT is repeated for; while BUSY, the one that runs."""
        self.phase = "init" if invocation is None else "invoke"
        self.deadline = math.inf
        """On the monotonic clock: when `limit_seconds` of what it does now are up."""
        self.limit_seconds = surroundings.settings.init_seconds
        self.idle_since = 0.0
        self.max_memory_bytes = 0
        self._init_duration_ms: float | None = None  # until the first invocation has reported it
        self._owner = owner
        self._surroundings = surroundings
        self._clock = surroundings.clock
        self.init_started = self._clock.monotonic()
        self._freezes = surroundings.settings.freeze_when_idle
        self._process: Process | None = None
        self._exit_status: int | None = None
        self._link: RuntimeLink | None = None
        self._output = OutputPipe(journal.stream, self._printed)
        if invocation is not None:
            self.limit_seconds = float(function.timeout_seconds)
            invocation.begun_at = self.init_started
            invocation.deadline = self.deadline = self.init_started + self.limit_seconds

    # The process

    async def run(self, launch: Launch, code: Code) -> None:
        """Start the process and return when it is gone. Raises `SandboxError` or `OSError` when it cannot be started.

        Call `close` afterwards, however this ends.
        """
        self._output.open()
        link = self._link = self._surroundings.links[launch.transport](self)
        self.init_started = self._clock.monotonic()
        if self.invocation is None:
            self.journal.init_started(launch.runtime_version_label)
            self.deadline = self.init_started + self.limit_seconds
        sandbox: Sandbox | None = None
        api = EnvironmentApi()
        try:
            sandbox = await self._surroundings.isolation.open(self._sandbox_spec(code))
            await link.open()
            await api.open(sandbox, link.handle, self._surroundings.endpoint)
            if self.state is State.STARTING:  # it may have been stopped meanwhile
                self._process = sandbox.spawn(self._process_spec(launch, link, sandbox), self._exited)
                link.spawned()
                self._output.close_write_end()
                await self.stopped.wait()
        finally:
            await link.close()
            await api.close()
            if sandbox is not None:
                await sandbox.close()

    def close(self) -> None:
        """End whatever is still there."""
        self.end(State.STOPPING, KILLED)
        if self._process is None and self.state is not State.STOPPED:
            self._stop()

    def _sandbox_spec(self, code: Code) -> SandboxSpec:
        function, settings = self.function, self._surroundings.settings
        return SandboxSpec(
            task_root=code.task_root,
            opt_root=code.opt_root,
            memory_bytes=function.memory_size_mb * _MIB,
            ephemeral_storage_bytes=function.ephemeral_storage_mb * _MIB,
            data_limit_bytes=(function.memory_size_mb + settings.memory_slack_mb) * _MIB,
        )

    def _process_spec(self, launch: Launch, link: RuntimeLink, sandbox: Sandbox) -> ProcessSpec:
        variables = environment_variables(
            self.function,
            self._surroundings.settings,
            launch=launch.environment,
            link=link.variables(),
            sandbox=sandbox,
            log_stream=self.journal.stream.name,
        )
        return ProcessSpec(
            argv=launch.argv,
            environment=variables,
            readable_paths=launch.readable_paths,
            inherited_fds=link.inherited_fds(),
            output_fd=self._output.write_fd,
        )

    def end(self, state: State, failure: Failure) -> None:
        """Kill the process, because it FAILED or is STOPPING, and fail what it was doing. Harmless when it ended."""
        if self.state >= State.STOPPING:
            return
        was, invocation = self.state, self.invocation
        self.state = transition(self.state, state)
        self.deadline = math.inf
        if self._process is not None:
            self._process.kill()
        self._output.drain()
        if was is State.STARTING and state is State.FAILED:
            duration_ms = (self._clock.monotonic() - self.init_started) * 1000
            self.journal.init_failed(duration_ms, self.phase, failure, invocation)
        if invocation is not None:
            if was is State.STARTING:
                self.journal.begin(invocation)
            self._finish(invocation, failure.payload(invocation.request_id), "Unhandled", failure)
        if was is State.STARTING:
            self._owner.environment_failed_to_start(self, failure)
        self._owner.environment_left(self)

    def _exited(self, status: int) -> None:
        """The process is gone, but its last words may still be on their way through the link."""
        self._exit_status = status
        if self._link is None or self._link.has_ended or self.state >= State.STOPPING:
            self._conclude()
        else:
            asyncio.get_running_loop().call_later(_EXIT_GRACE_SECONDS, self._conclude)

    def _conclude(self) -> None:
        if self.state is not State.STOPPED:
            self.end(State.FAILED, failures.exited(self._exit_status or 0))
            self._stop()

    def _stop(self) -> None:
        self._output.close()
        self.journal.printed(None)
        self.state = transition(self.state, State.STOPPED)
        self.stopped.set()

    def measure_memory(self) -> int:
        """Return the memory that the process and its children have now, in bytes."""
        used = 0 if self._process is None else self._process.memory_bytes()
        self.max_memory_bytes = max(self.max_memory_bytes, used)
        return used

    # Invocations

    def begin(self, invocation: Invocation) -> None:
        """Run an invocation. Only while IDLE."""
        self.state = transition(self.state, State.BUSY)
        clock = self._clock
        begun = clock.monotonic()
        if invocation.deadline == math.inf:  # otherwise it began with INIT
            invocation.begun_at = begun
            self.limit_seconds = float(self.function.timeout_seconds)
            invocation.deadline = begun + self.limit_seconds
        self.deadline = invocation.deadline
        self.invocation = invocation
        self.journal.begin(invocation)
        if self._freezes and self._process is not None:
            self._process.thaw()
        if self._link is not None:
            self._link.send(invocation, int((clock.now() + self.deadline - begun) * 1000))

    def _finish(
        self, invocation: Invocation, payload: bytes, function_error: str | None, failure: Failure | None
    ) -> None:
        seconds = self._clock.monotonic() - invocation.begun_at
        if (seconds >= _PEAK_FROM_SECONDS or not self.max_memory_bytes) and self._process is not None:
            self.max_memory_bytes = max(self.max_memory_bytes, self._process.peak_memory_bytes())
        size_mb = self.function.memory_size_mb
        used_mb = -(-self.max_memory_bytes // _MIB)
        if used_mb > size_mb:
            used_mb = size_mb
        report = Report(invocation.request_id, seconds * 1000, self._init_duration_ms, size_mb, used_mb, failure)
        self.invocation = None
        self._init_duration_ms = None
        self._output.drain()
        self.journal.end(invocation, report, payload, function_error)
        self._owner.invocation_ended(report.duration_ms)

    # What the link tells

    def runtime_ready(self) -> None:
        """INIT or an invocation is over."""
        state = self.state
        if state is State.STARTING:
            if self.invocation is None:
                self._init_duration_ms = (self._clock.monotonic() - self.init_started) * 1000
            if self._process is not None:
                self.max_memory_bytes = self._process.peak_memory_bytes()
            self._output.drain()
        elif state is not State.ANSWERED:
            self.protocol_broken(f"asked for an invocation while {state.name}")
            return
        self.state = transition(state, State.IDLE)
        self.deadline = math.inf
        if self.invocation is not None:
            self.begin(self.invocation)
            return
        self._owner.environment_ready(self)
        if self._freezes:
            self._freeze_if_idle()

    def _freeze_if_idle(self) -> None:
        if self.state is State.IDLE and self._process is not None:
            self._process.freeze()

    def runtime_answered(self, request_id: str, payload: bytes, function_error: str | None) -> None:
        """The function returned or raised."""
        invocation = self.invocation
        if self.state is not State.BUSY or invocation is None or invocation.request_id != request_id:
            self.protocol_broken(f"answered {request_id[:64]!r} while {self.state.name}")
            return
        self.state = transition(self.state, State.ANSWERED)
        self._finish(invocation, payload, function_error, None)

    def init_failed(self, error_type: str, error: bytes) -> None:
        """The runtime could not load the function."""
        if self.state is State.STARTING:
            self.end(State.FAILED, Failure(error_type, "", body=error))
        else:
            self.protocol_broken(f"reported a failure of INIT while {self.state.name}")

    def protocol_broken(self, reason: str) -> None:
        """Kill a runtime that cannot be understood."""
        if self.state < State.STOPPING:
            _logger.warning("%s: killed, because its runtime %s", self.function.arn, reason)
            self.end(State.FAILED, KILLED)

    def link_ended(self) -> None:
        """Give the process a moment to end, so that its own exit status is known; then kill it."""
        if self._exit_status is not None:
            self._conclude()
        elif self.state < State.STOPPING and self._process is not None:
            asyncio.get_running_loop().call_later(_EXIT_GRACE_SECONDS, self._process.kill)

    def _printed(self) -> None:
        self.journal.printed(self.invocation)
