"""The process of one execution environment, with the sandbox around it, its APIs, its link and its output.

What it does is judged in `environment`; here it is started and ended, and its end is told once all it said was heard.
"""

import asyncio
from typing import Final, Protocol

from gatewright.functions.environment_api import EnvironmentApi
from gatewright.functions.journal import Journal
from gatewright.functions.link import RuntimeLink
from gatewright.functions.log_stream import OutputPipe
from gatewright.functions.runtimes.types import Code, Launch
from gatewright.functions.sandbox.types import Process, ProcessSpec, Sandbox, SandboxSpec
from gatewright.functions.surroundings import Surroundings
from gatewright.functions.variables import environment_variables
from gatewright.snapshot.types import FunctionVersion

_MIB: Final = 1 << 20
_EXIT_GRACE_SECONDS: Final = 0.5
"""How long a runtime that closed its link may take to end by itself, so that its own exit status is reported; and how
long the link of a runtime that ended may be held open by what it started."""


class ProcessEvents(Protocol):
    """What a process tells its environment."""

    def process_ended(self, status: int) -> None:
        """It is gone, and nothing that it said is still on its way; `status` is negative for a signal."""
        ...


class EnvironmentProcess:
    """At most one process: there is none until `run` has started it."""

    __slots__ = (
        "_ended",
        "_events",
        "_exit_status",
        "_function",
        "_has_concluded",
        "_is_killed",
        "_link",
        "_process",
        "_surroundings",
        "output",
    )

    def __init__(
        self, function: FunctionVersion, surroundings: Surroundings, output: OutputPipe, events: ProcessEvents
    ) -> None:
        self._function = function
        self._surroundings = surroundings
        self._events = events
        self._process: Process | None = None
        self._link: RuntimeLink | None = None
        self._exit_status: int | None = None
        self._is_killed = False
        self._has_concluded = False
        self._ended = asyncio.Event()
        self.output = output

    @property
    def is_started(self) -> bool:
        """Return whether there is, or was, a process."""
        return self._process is not None

    async def run(self, launch: Launch, code: Code, link: RuntimeLink, journal: Journal) -> None:
        """Start the process and return when it is gone. Raises `SandboxError` or `OSError` when it cannot be started.

        It is not started when `kill` was called before that.
        """
        self._link = link
        sandbox: Sandbox | None = None
        api = EnvironmentApi()
        try:
            self.output.open()
            sandbox = await self._surroundings.isolation.open(self._sandbox_spec(code))
            await link.open()
            await api.open(sandbox, link.handle, self._surroundings.endpoint)
            if not self._is_killed:
                seen = launch.seen_at(sandbox.task_root, sandbox.opt_root)
                self._process = sandbox.spawn(self._process_spec(seen, link, sandbox, journal), self._exited)
                link.spawned()
                self.output.close_write_end()
                await self._ended.wait()
        finally:
            await link.close()
            await api.close()
            if sandbox is not None:
                await sandbox.close()

    def release(self) -> None:
        """Let `run` return: the process is gone, or is not to be started any more."""
        self.output.close()
        self._ended.set()

    def kill(self) -> None:
        """End the process and what it started. Harmless when there is none."""
        self._is_killed = True
        if self._process is not None:
            self._process.kill()

    def freeze(self) -> None:
        """Stop the process from running until `thaw`."""
        if self._process is not None:
            self._process.freeze()

    def thaw(self) -> None:
        """Let the process run on."""
        if self._process is not None:
            self._process.thaw()

    def memory_bytes(self) -> int:
        """Return the memory that the process and its children have now; 0 without one."""
        return 0 if self._process is None else self._process.memory_bytes()

    def peak_memory_bytes(self) -> int:
        """Return the most memory that the process had so far; 0 without one."""
        return 0 if self._process is None else self._process.peak_memory_bytes()

    def link_ended(self) -> None:
        """Take note that the runtime closed its link: it has a moment to end, so that its exit status is known."""
        if self._exit_status is not None:
            self._conclude()
        elif not self._is_killed and self._process is not None:
            asyncio.get_running_loop().call_later(_EXIT_GRACE_SECONDS, self._process.kill)

    def _sandbox_spec(self, code: Code) -> SandboxSpec:
        function, settings = self._function, self._surroundings.settings
        return SandboxSpec(
            task_root=code.task_root,
            opt_root=code.opt_root,
            memory_bytes=function.memory_size_mb * _MIB,
            ephemeral_storage_bytes=function.ephemeral_storage_mb * _MIB,
            data_limit_bytes=(function.memory_size_mb + settings.memory_slack_mb) * _MIB,
        )

    def _process_spec(self, launch: Launch, link: RuntimeLink, sandbox: Sandbox, journal: Journal) -> ProcessSpec:
        variables = environment_variables(
            self._function,
            self._surroundings.settings,
            launch=launch.environment,
            link=link.variables(),
            sandbox=sandbox,
            log_stream=journal.stream.name,
            initialization_type=journal.initialization_type,
        )
        return ProcessSpec(
            argv=launch.argv,
            environment=variables,
            readable_paths=launch.readable_paths,
            inherited_fds=link.inherited_fds(),
            output_fd=self.output.write_fd,
        )

    def _exited(self, status: int) -> None:
        """The process is gone, but its last words may still be on their way through the link."""
        self._exit_status = status
        if self._is_killed or self._link is None or self._link.has_ended:
            self._conclude()
        else:
            asyncio.get_running_loop().call_later(_EXIT_GRACE_SECONDS, self._conclude)

    def _conclude(self) -> None:
        if not self._has_concluded:
            self._has_concluded = True
            self._events.process_ended(self._exit_status or 0)
