"""The extensions of one environment beside its process: what has to be done for them from its start to its end."""

import asyncio
from collections.abc import Callable
from typing import Final, Protocol

from gatewright.functions import error_types
from gatewright.functions.extensions.extensions import Extensions
from gatewright.functions.extensions.processes import ExternalProcesses, RuntimeAlone
from gatewright.functions.extensions.shutdown import shut_down
from gatewright.functions.failure import Failure, exited
from gatewright.functions.journal import Journal
from gatewright.functions.log_stream import OutputPipe
from gatewright.functions.runtimes.types import OPT_ROOT, Code, Launch, LaunchRefused
from gatewright.functions.sandbox.entrypoint import entrypoint_problem
from gatewright.functions.sandbox.types import Process, ProcessSpec, Sandbox
from gatewright.functions.states import State
from gatewright.functions.surroundings import Surroundings
from gatewright.functions.telemetry.subscription import Dialect
from gatewright.snapshot.types import FunctionVersion

_IN_LAYERS: Final = f"{OPT_ROOT}/"


class HostEvents(Protocol):
    """What the environment is told."""

    @property
    def state(self) -> State:
        """Return where the environment is."""
        ...

    def extensions_progressed(self) -> None:
        """There is an extension, or one of them registered or is ready."""
        ...

    def end(self, state: State, failure: Failure) -> None:
        """The runtime or an extension is gone, so that the environment is of no use any more: it FAILED."""
        ...


class ExtensionHost:
    """Does next to nothing while there are no extensions."""

    __slots__ = (
        "_alone",
        "_clock",
        "_events",
        "_external",
        "_journal",
        "_output",
        "_shutdown",
        "extensions",
    )

    def __init__(
        self,
        function: FunctionVersion,
        surroundings: Surroundings,
        journal: Journal,
        output: OutputPipe,
        events: HostEvents,
    ) -> None:
        """`output` is the runtime's."""
        self._clock = surroundings.clock
        self._journal = journal
        self._output = output
        self._events = events
        self._external: ExternalProcesses | None = None
        self._alone: RuntimeAlone | None = None
        self._shutdown: asyncio.Task[None] | None = None
        self.extensions = Extensions(
            function, surroundings.clock, surroundings.ids, self, lambda: events.state is State.STARTING
        )

    @property
    def has_extensions(self) -> bool:
        """Return whether there are any."""
        return len(self.extensions.registry) > 0

    @property
    def has_external(self) -> bool:
        """Return whether there are processes besides the runtime."""
        return self._external is not None

    @property
    def is_shutting_down(self) -> bool:
        """Return whether the processes are ending because they were told to."""
        return self._shutdown is not None

    # For the process

    def prepare(self, launch: Launch, code: Code) -> None:
        """Look for external extensions. Raises `LaunchRefused` when one of them, or the runtime beside them, cannot be.

        Without them it is the sandbox that looks at the runtime's program: it starts it.
        """
        self._external = ExternalProcesses.of(code.opt_root, self.extensions, self._journal, self._runtime_ended)
        if self._external is not None:
            problem = _runtime_problem(launch.argv[0], code)
            if problem is not None:
                raise LaunchRefused(error_types.INVALID_ENTRYPOINT, problem)

    def around(self, spec: ProcessSpec, sandbox: Sandbox, launch: Launch) -> ProcessSpec:
        """Return what to start, so that external extensions are started before the runtime. Raises `OSError`."""
        if self._external is None:
            return spec
        self._external.open()
        return self._external.around(spec, sandbox, launch)

    def spawned(self) -> None:
        """The processes have what they inherit."""
        if self._external is not None:
            self._external.spawned()

    def shut_down(self, reason: str, process: Process, kill: Callable[[], None]) -> None:
        """Have the processes end by themselves, as far as they do in their time; then `kill`."""
        if self._shutdown is None:
            process.thaw()
            self._shutdown = asyncio.get_running_loop().create_task(self._shut_down(reason, process, kill))

    def process_exited(self) -> None:
        """The process that was started is gone."""
        if self._alone is not None:
            self._alone.ended()

    async def close(self) -> None:
        """Give everything back, when the processes are gone."""
        if self._shutdown is not None:
            self._shutdown.cancel()
        if self._external is not None:
            self._external.close()
        await self.extensions.close()

    async def _shut_down(self, reason: str, process: Process, kill: Callable[[], None]) -> None:
        try:
            if self._external is not None:
                await shut_down(reason, self.extensions, self._external, self._clock)
            else:
                self._alone = RuntimeAlone(process)
                await shut_down(reason, self.extensions, self._alone, self._clock)
        finally:
            kill()

    # What the extensions tell

    def extensions_progressed(self) -> None:
        """One of them came, registered or is ready."""
        if self._external is not None and self._events.state is State.STARTING:
            self._external.proceed()
        self._events.extensions_progressed()

    def extension_failed(self, failure: Failure) -> None:
        """One of them broke."""
        self._events.end(State.FAILED, failure)

    def subscribed(self, name: str, dialect: Dialect, types: tuple[str, ...]) -> None:
        """One of them subscribed to telemetry."""
        self._output.tap = self._printed
        self._journal.subscribed(name, dialect.value, types)

    def _printed(self, octets: bytes) -> None:
        self.extensions.telemetry.output("function", octets)

    def _runtime_ended(self, status: int) -> None:
        """The runtime ended, though the process that started it has not."""
        self._events.end(State.FAILED, exited(status))


def _runtime_problem(program: str, code: Code) -> str | None:
    if program.startswith(_IN_LAYERS) and code.opt_root is not None:
        return entrypoint_problem(f"./{program.removeprefix(_IN_LAYERS)}", code.opt_root, "/opt")
    return entrypoint_problem(program, code.task_root)
