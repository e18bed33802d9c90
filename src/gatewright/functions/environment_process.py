"""The process of one execution environment, with the sandbox around it, its APIs, its link and its output.

What it does is judged in `environment`; here it is started and ended, and its end is told once all it said was heard.
"""

import asyncio
from typing import Final, Protocol

from gatewright.base.messages import Request, Response, text_response
from gatewright.functions.environment_api import EnvironmentApi
from gatewright.functions.extensions.extensions import Extensions
from gatewright.functions.extensions.host import ExtensionHost, HostEvents
from gatewright.functions.journal import Journal
from gatewright.functions.link import RuntimeLink
from gatewright.functions.log_stream import OutputPipe
from gatewright.functions.runtimes.types import Code, Launch
from gatewright.functions.sandbox.types import Process, ProcessSpec, Sandbox, SandboxSpec
from gatewright.functions.surroundings import Surroundings
from gatewright.functions.variables import environment_variables
from gatewright.snapshot.types import FunctionVersion

_MIB: Final = 1 << 20
_RUNTIME_API: Final = "/2018-06-01/"
_EXIT_GRACE_SECONDS: Final = 0.5
"""How long a runtime that closed its link may take to end by itself, so that its own exit status is reported; and how
long the link of a runtime that ended may be held open by what it started."""


class ProcessEvents(HostEvents, Protocol):
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
        "_host",
        "_is_killed",
        "_journal",
        "_link",
        "_process",
        "_surroundings",
        "output",
    )

    def __init__(
        self,
        function: FunctionVersion,
        surroundings: Surroundings,
        output: OutputPipe,
        journal: Journal,
        events: ProcessEvents,
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
        self._journal = journal
        self._host = ExtensionHost(function, surroundings, journal, output, events)
        self.output = output

    @property
    def extensions(self) -> Extensions:
        """Return its extensions, of which there may be none."""
        return self._host.extensions

    @property
    def is_started(self) -> bool:
        """Return whether there is, or was, a process."""
        return self._process is not None

    async def run(self, launch: Launch, code: Code, link: RuntimeLink) -> None:
        """Start the process and return when it is gone.

        Raises `LaunchRefused`, `SandboxError` or `OSError` when it cannot be started. It is not started when `kill` was
        called before that.
        """
        self._link = link
        sandbox: Sandbox | None = None
        api = EnvironmentApi()
        try:
            self.output.open()
            self._host.prepare(launch, code)
            sandbox = await self._surroundings.isolation.open(self._sandbox_spec(code))
            self.extensions.open(sandbox)
            await link.open()
            await api.open(sandbox, self._serve, self._surroundings.endpoint)
            if not self._is_killed:
                self._spawn(launch.seen_at(sandbox.task_root, sandbox.opt_root), link, sandbox)
                await self._ended.wait()
        finally:
            await link.close()
            await api.close()
            if sandbox is not None:
                await sandbox.close()
            await self._host.close()

    def release(self) -> None:
        """Let `run` return: the process is gone, or is not to be started any more."""
        self.output.close()
        self._ended.set()

    def kill(self) -> None:
        """End the process and what it started. Harmless when there is none."""
        self._is_killed = True
        if self._process is not None:
            self._process.kill()

    def end(self, reason: str) -> None:
        """End the process: at once, or if there are extensions when they had their time. `reason` is SHUTDOWN's."""
        if self._process is None or self._exit_status is not None or not self._host.has_extensions:
            self.kill()
        else:
            self._host.shut_down(reason, self._process, self.kill)

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
        if self._process is None:
            return 0
        peak = self._process.peak_memory_bytes()
        # Beside extensions it may be that of the shell that started them all.
        return max(peak, self._process.memory_bytes()) if self._host.has_external else peak

    def link_ended(self) -> None:
        """Take note that the runtime closed its link: it has a moment to end, so that its exit status is known."""
        if self._exit_status is not None:
            self._conclude()
        elif not self._is_killed and not self._host.is_shutting_down and self._process is not None:
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

    async def _serve(self, request: Request) -> Response:
        if self._link is not None and request.path.startswith(_RUNTIME_API):
            return await self._link.handle(request)
        response = await self.extensions.handle(request)
        return response or text_response(404, "404 page not found\n", "text/plain; charset=utf-8")

    def _spawn(self, launch: Launch, link: RuntimeLink, sandbox: Sandbox) -> None:
        spec = self._host.around(self._process_spec(launch, link, sandbox), sandbox, launch)
        self._process = sandbox.spawn(spec, self._exited)
        link.spawned()
        self.output.close_write_end()
        self._host.spawned()

    def _process_spec(self, launch: Launch, link: RuntimeLink, sandbox: Sandbox) -> ProcessSpec:
        variables = environment_variables(
            self._function,
            self._surroundings.settings,
            launch=launch.environment,
            link=link.variables(),
            sandbox=sandbox,
            log_stream=self._journal.stream.name,
            initialization_type=self._journal.initialization_type,
        )
        return ProcessSpec(
            argv=launch.argv,
            environment=variables,
            readable_paths=launch.readable_paths,
            inherited_fds=link.inherited_fds(),
            output_fd=self.output.write_fd,
            links=launch.links,
        )

    def _exited(self, status: int) -> None:
        """The process is gone, but its last words may still be on their way through the link."""
        self._exit_status = status
        self._host.process_exited()
        if self._is_killed or self._host.is_shutting_down or self._link is None or self._link.has_ended:
            self._conclude()
        else:
            asyncio.get_running_loop().call_later(_EXIT_GRACE_SECONDS, self._conclude)

    def _conclude(self) -> None:
        if not self._has_concluded:
            self._has_concluded = True
            self._events.process_ended(self._exit_status or 0)
