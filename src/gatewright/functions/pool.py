"""The environments of one revision of a function, and the invocations that wait for one.

An invocation goes to the idle environment that was used last. If none is idle it waits, in order, for whichever comes
first: an environment that becomes free or a new one. Lambda starts one for every concurrent request; on a machine with
few CPUs that would start 64 processes for 64 requests of a millisecond each. So a new one is started at once only for
a function whose invocations are known to take longer than a start, or about which nothing is known yet. For shorter
ones it is started when the first in the queue has waited as long as a start takes: what would have been won by
starting earlier is then at most lost again, and nobody waits behind an invocation that runs long.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import Final, Protocol

from gatewright.base.clock import Clock
from gatewright.functions import error_types
from gatewright.functions.capacity import Capacity
from gatewright.functions.code import CodeCache
from gatewright.functions.environment import KILLED, ExecutionEnvironment, Surroundings
from gatewright.functions.errors import InvokeError, RuntimeUnusable, ServiceUnavailable, TooManyRequests
from gatewright.functions.failure import Failure
from gatewright.functions.invocation import Invocation
from gatewright.functions.journal import Journal
from gatewright.functions.runtimes.types import Launch, LaunchRefused
from gatewright.functions.sandbox.types import SandboxError
from gatewright.functions.states import State
from gatewright.snapshot.types import FunctionVersion

_logger = logging.getLogger(__name__)

_LEAST_PATIENCE_SECONDS: Final = 0.005
_MOST_PATIENCE_SECONDS: Final = 0.1
_FIRST_PATIENCE_SECONDS: Final = 0.03
_RETRY_SECONDS: Final = 1.0
"""After an environment could not even be started, while others still serve those who wait."""
_SURPLUS_SHARE: Final = 0.2
_WEIGHT: Final = 0.2
"""Of the newest value in a moving average."""


class Runtimes(Protocol):
    """Which runtimes there are; asked in worker threads."""

    def problem(self, runtime: str) -> str | None:
        """Return why functions of `runtime` cannot run here, or None."""
        ...

    def launch(self, function: FunctionVersion, task_root: Path) -> Launch:
        """Say what to start for a function. Raises `LaunchRefused`."""
        ...


class Pool:
    """Implements `environment.Owner`."""

    def __init__(
        self,
        function: FunctionVersion,
        surroundings: Surroundings,
        capacity: Capacity,
        code: CodeCache,
        runtimes: Runtimes,
        make_journal: Callable[[FunctionVersion], Journal],
    ) -> None:
        self.function = function
        self.environments: set[ExecutionEnvironment] = set()
        self._idle: list[ExecutionEnvironment] = []  # the one used last at the end
        self._waiting: deque[Invocation] = deque()
        self._starting: set[ExecutionEnvironment] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._surroundings = surroundings
        self._clock: Clock = surroundings.clock
        self._capacity = capacity
        self._code = code
        self._runtimes = runtimes
        self._make_journal = make_journal
        self._launch: Launch | None = None
        self._is_retired = False
        self._patience_seconds = _FIRST_PATIENCE_SECONDS
        self._start_not_before = 0.0
        self._typical_ms = -1.0  # negative until an invocation has ended

    def submit(self, invocation: Invocation) -> None:
        """Run an invocation as soon as there is an environment for it."""
        self._capacity.invocations += 1
        if self._idle:
            self._idle.pop().begin(invocation)
        else:
            self._waiting.append(invocation)
            self.start_what_is_missing(invocation.queued_at)

    def start_what_is_missing(self, now: float) -> None:
        """Start environments for those that wait, if it is time to."""
        missing = len(self._waiting) - len(self._starting)
        if missing <= 0 or not self._is_time(now):
            return
        while missing > 0 and self._capacity.can_start():
            self._start()
            missing -= 1

    def _is_time(self, now: float) -> bool:
        if now < self._start_not_before:
            return False
        if self._typical_ms < 0 or self._typical_ms > self._patience_seconds * 1000:
            return True
        return not self.environments or now - self._waiting[0].queued_at > self._patience_seconds

    def refuse_the_late(self, now: float) -> None:
        """Refuse those for whom this node has had no place for too long."""
        longest = self._surroundings.settings.queue_seconds
        while self._waiting and not self._starting and now - self._waiting[0].queued_at > longest:
            if not self._capacity.is_full():
                return
            self._refuse(self._waiting.popleft(), TooManyRequests(error_types.CONCURRENT_INVOCATION_LIMIT))

    def retire_idle(self, now: float) -> None:
        """End environments that had nothing to do for long; of several the last one may wait longest."""
        longest = self._surroundings.settings.idle_seconds
        while self._idle:
            idle = now - self._idle[0].idle_since
            if idle <= (longest if len(self.environments) == 1 else longest * _SURPLUS_SHARE):
                return
            self._idle[0].end(State.STOPPING, KILLED)

    def retire(self) -> None:
        """Serve who waits already, then end every environment."""
        self._is_retired = True
        for environment in tuple(self._idle):
            environment.end(State.STOPPING, KILLED)

    @property
    def is_gone(self) -> bool:
        """Return whether a retired pool has nothing left to do."""
        return self._is_retired and not self._waiting and not self._tasks

    @property
    def is_waited_for(self) -> bool:
        """Return whether invocations wait for an environment."""
        return bool(self._waiting)

    def longest_idle(self) -> ExecutionEnvironment | None:
        """Return the environment that could be missed best."""
        return self._idle[0] if self._idle else None

    async def close(self) -> None:
        """End everything at once."""
        self.retire()
        self._refuse_all(ServiceUnavailable("The node is stopping."))
        for environment in tuple(self.environments):
            environment.close()
        if self._tasks:
            await asyncio.wait(self._tasks)

    # From the start of an environment to its end

    def _start(self, invocation: Invocation | None = None) -> None:
        environment = ExecutionEnvironment(
            self.function, self, self._surroundings, self._make_journal(self.function), invocation
        )
        self.environments.add(environment)
        self._starting.add(environment)
        self._capacity.environments += 1
        self._capacity.starting += 1
        task = asyncio.create_task(self._run(environment))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _run(self, environment: ExecutionEnvironment) -> None:
        try:
            async with self._code.hold(self.function.code_sha256) as task_root:
                launch = await self._prepared(task_root)
                await environment.run(launch, task_root)
        except LaunchRefused as refusal:
            environment.end(State.FAILED, Failure(refusal.error_type, refusal.message))
        except InvokeError as error:
            self._cannot_start(environment, error)
        except SandboxError as error:
            self._cannot_start(environment, ServiceUnavailable(str(error)))
        except Exception:
            _logger.exception("%s: an execution environment ended for a reason nobody thought of", self.function.arn)
            self._cannot_start(environment, ServiceUnavailable("Internal error."))
        finally:
            environment.close()
            self.environments.discard(environment)
            self._capacity.environments -= 1

    async def _prepared(self, task_root: Path) -> Launch:
        if self._launch is None:
            self._launch = await asyncio.to_thread(self._prepare, task_root)
        return self._launch

    def _prepare(self, task_root: Path) -> Launch:
        problem = self._runtimes.problem(self.function.runtime)
        if problem is not None:
            raise RuntimeUnusable(problem)
        return self._runtimes.launch(self.function, task_root)

    def _cannot_start(self, environment: ExecutionEnvironment, error: InvokeError) -> None:
        _logger.error("%s: no execution environment: %s", self.function.arn, error)
        if environment.state is State.STARTING and environment.invocation is not None:
            self._refuse(environment.invocation, error)
            environment.invocation = None
        if len(self.environments) == len(self._starting):  # nobody else will serve those who wait
            self._refuse_all(error)
        else:
            self._start_not_before = self._clock.monotonic() + _RETRY_SECONDS

    def _refuse_all(self, error: InvokeError) -> None:
        while self._waiting:
            self._refuse(self._waiting.popleft(), error)

    def _refuse(self, invocation: Invocation, error: InvokeError) -> None:
        self._capacity.invocation_ended()
        invocation.refuse(error)

    def _is_started(self, environment: ExecutionEnvironment) -> None:
        self._starting.discard(environment)
        self._capacity.starting -= 1

    # What an environment tells

    def environment_ready(self, environment: ExecutionEnvironment) -> None:
        """Give it the next invocation, or keep it."""
        if environment in self._starting:
            self._is_started(environment)
            seconds = self._clock.monotonic() - environment.init_started
            seconds = self._patience_seconds * (1 - _WEIGHT) + seconds * _WEIGHT
            self._patience_seconds = min(max(seconds, _LEAST_PATIENCE_SECONDS), _MOST_PATIENCE_SECONDS)
        if self._waiting:
            environment.begin(self._waiting.popleft())
        else:
            environment.idle_since = self._clock.monotonic()
            self._idle.append(environment)
            if self._is_retired:
                environment.end(State.STOPPING, KILLED)

    def environment_failed_to_start(self, environment: ExecutionEnvironment, failure: Failure) -> None:
        """Repeat INIT as part of the invocation that waits longest, as Lambda does."""
        if environment.phase == "init" and environment.state is State.FAILED and self._waiting:
            self._start(self._waiting.popleft())

    def environment_left(self, environment: ExecutionEnvironment) -> None:
        """Replace it, if somebody waits."""
        if environment in self._starting:
            self._is_started(environment)
        if environment in self._idle:
            self._idle.remove(environment)
        if self._waiting:
            self.start_what_is_missing(self._clock.monotonic())

    def invocation_ended(self, duration_ms: float) -> None:
        """Learn how long invocations take."""
        self._capacity.invocation_ended()
        typical = self._typical_ms
        self._typical_ms = duration_ms if typical < 0 else typical + (duration_ms - typical) * _WEIGHT
