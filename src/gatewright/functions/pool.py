"""The environments of one revision of a function, and the invocations that wait for one.

An invocation goes to the idle environment that was used last. If none is idle it waits, in order, for whichever comes
first: an environment that becomes free or a new one. When new ones are started is `patience`'s to say.
"""

import asyncio
import logging
import math
from collections import deque
from collections.abc import Callable, Sequence
from typing import Final

from gatewright.base.clock import Clock
from gatewright.functions import error_types
from gatewright.functions.capacity import Capacity
from gatewright.functions.code import CodeCache
from gatewright.functions.concurrency import FunctionConcurrency, ScalingRate
from gatewright.functions.environment import KILLED, ExecutionEnvironment
from gatewright.functions.errors import InvokeError, ServiceUnavailable, TooManyRequests
from gatewright.functions.failure import Failure
from gatewright.functions.invocation import Invocation
from gatewright.functions.journal import Journal
from gatewright.functions.launching import Launching, Runtimes
from gatewright.functions.patience import Patience
from gatewright.functions.runtimes.types import LaunchRefused
from gatewright.functions.sandbox.types import EntrypointError, SandboxError
from gatewright.functions.settings import ENVIRONMENT_SECONDS
from gatewright.functions.states import State
from gatewright.functions.surroundings import Surroundings
from gatewright.functions.variables import ON_DEMAND
from gatewright.snapshot.types import FunctionVersion

_logger = logging.getLogger(__name__)

_RETRY_SECONDS: Final = 1.0
"""After an environment could not even be started, while others still serve those who wait."""
_KEPT_RETRY_SECONDS: Final = 10.0
"""After an environment that is kept initialized failed in INIT: the code will hardly have changed sooner."""
_NODE_IS_FULL: Final = "This node has no place for more environments (functions.max_environments)."
_SURPLUS_SHARE: Final = 0.2
"""Of `idle_seconds`: how long an environment stays idle that is not the only one."""
_SATURATED_SECONDS: Final = 0.1
_OLD_SECONDS: Final = 60.0
"""How often environments are looked for that have lived for long."""


class Pool:
    """Implements `environment.Owner`."""

    def __init__(
        self,
        function: FunctionVersion,
        surroundings: Surroundings,
        capacity: Capacity,
        code: CodeCache,
        runtimes: Runtimes,
        make_journal: Callable[[FunctionVersion, str], Journal],
        concurrency: FunctionConcurrency,
        initialization_type: str = ON_DEMAND,
    ) -> None:
        self.function = function
        self.concurrency = concurrency
        self.kept = 0
        """Environments that are kept initialized, whether or not there is something to do."""
        self.environments: set[ExecutionEnvironment] = set()
        """Those that were not ended yet."""
        self.idle: list[ExecutionEnvironment] = []
        """Those that could take an invocation, the one that was used last at the end."""
        self.waiting: deque[Invocation] = deque()
        """Invocations for which there was no environment yet, in order."""
        self._starting: set[ExecutionEnvironment] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._surroundings = surroundings
        self._clock: Clock = surroundings.clock
        self._capacity = capacity
        self._code = code
        self._launching = Launching(runtimes, function)
        self._make_journal = make_journal
        self.initialization_type = initialization_type
        self._scaling_rate = ScalingRate(surroundings.settings.scaling_rate, surroundings.clock.monotonic())
        self._start_failure: str | None = None  # why the last environment failed to start, if it did
        self._is_retired = False
        self._patience = Patience()
        self._start_not_before = 0.0
        self._look_for_old_at = surroundings.clock.monotonic() + _OLD_SECONDS
        self._joined_at = -math.inf  # when an environment was started and began to serve
        self._queued_since = math.inf  # the first look since which somebody waited at every look

    def submit(self, invocation: Invocation) -> None:
        """Run an invocation as soon as there is an environment for it. Its `concurrency` is taken already."""
        self._capacity.invocations += 1
        if self.idle:
            self.idle.pop().begin(invocation)
        else:
            self.waiting.append(invocation)
            self._start_what_is_missing(invocation.queued_at)

    def look(self, now: float) -> None:
        """Do what is due: start, refuse and retire. The sweep calls it."""
        if self.waiting:
            self._queued_since = min(self._queued_since, now)
            self._start_what_is_missing(now)
            self._refuse_the_late(now)
        else:
            self._queued_since = math.inf
        while len(self.environments) < self.kept and now >= self._start_not_before and self._capacity.can_provision():
            self._start()
        self._retire_idle(now)
        if now >= self._look_for_old_at:
            self._look_for_old_at = now + _OLD_SECONDS
            for environment in _old(self.idle, now):
                environment.end(State.STOPPING, KILLED)

    def _start_what_is_missing(self, now: float) -> None:
        missing = len(self.waiting) - len(self._starting)
        if missing <= 0 or now < self._start_not_before:
            return
        # Whoever waited for the first environments to start is served by them now: that wait asks for no more of them.
        waited_since = max(self.waiting[0].queued_at, self._joined_at)
        if self.environments and not self._patience.is_over(now - waited_since):
            # Everybody is served soon, but there is always a queue: one more helps while there are CPUs for it.
            if now - self._queued_since < _SATURATED_SECONDS or len(self.environments) >= self._capacity.cpu_count:
                return
            self._queued_since = now
            missing = 1
        while missing > 0 and self._capacity.can_start():
            if self._scaling_rate.take(now):
                self._start()
            else:  # requests came in faster than the function can scale: refuse the newest
                self._refuse(self.waiting.pop(), TooManyRequests(self.concurrency.reason))
            missing -= 1

    def _refuse_the_late(self, now: float) -> None:
        """Refuse those for whom this node has had no place for too long."""
        longest = self._surroundings.settings.queue_seconds
        while self.waiting and not self._starting and now - self.waiting[0].queued_at > longest:
            if not self._capacity.is_full():
                return
            self._refuse(self.waiting.popleft(), TooManyRequests(error_types.CONCURRENT_INVOCATION_LIMIT))

    def _retire_idle(self, now: float) -> None:
        """End environments that had nothing to do for long; of several the last one may wait longest."""
        longest = self._surroundings.settings.idle_seconds
        while self.idle and len(self.environments) > self.kept:
            idle = now - self.idle[0].idle_since
            if idle <= (longest if len(self.environments) == 1 else longest * _SURPLUS_SHARE):
                return
            self.idle[0].end(State.STOPPING, KILLED)

    def retire(self) -> None:
        """Serve who waits already, then end every environment."""
        self._is_retired = True
        self.kept = 0
        unneeded = [*self.idle]
        if not self.waiting:
            unneeded += [environment for environment in self._starting if environment.invocation is None]
        for environment in unneeded:
            environment.end(State.STOPPING, KILLED)

    @property
    def shortage(self) -> str | None:
        """Return why there are fewer environments than are kept, if that is not just a matter of time."""
        if self._start_failure is None and len(self.environments) < self.kept and self._capacity.is_full():
            return _NODE_IS_FULL
        return self._start_failure

    @property
    def is_gone(self) -> bool:
        """Return whether a retired pool has nothing left to do."""
        return self._is_retired and not self.waiting and not self._tasks

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
            self.function,
            self,
            self._surroundings,
            self._make_journal(self.function, self.initialization_type),
            invocation,
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
            async with self._code.hold_code(self.function) as code:
                launch = await self._launching.launch(code)
                await environment.run(launch, code)
        except LaunchRefused as refusal:
            environment.end(State.FAILED, Failure(refusal.error_type, refusal.message))
        except EntrypointError as error:
            environment.end(State.FAILED, Failure(error_types.INVALID_ENTRYPOINT, str(error)))
        except InvokeError as error:
            self._cannot_start(environment, error)
        except (SandboxError, OSError) as error:
            self._cannot_start(environment, ServiceUnavailable(str(error)))
        except Exception:
            _logger.exception("%s: an execution environment ended for a reason nobody thought of", self.function.arn)
            self._cannot_start(environment, ServiceUnavailable("Internal error."))
        finally:
            environment.close()
            self._capacity.environments -= 1

    def _cannot_start(self, environment: ExecutionEnvironment, error: InvokeError) -> None:
        _logger.error("%s: no execution environment: %s", self.function.arn, error)
        self._start_failure = str(error)
        if environment.state is State.STARTING and environment.invocation is not None:
            self._refuse(environment.invocation, error)
            environment.invocation = None
        if not self.environments - {environment}:  # nobody else will serve those who wait
            self._start_not_before = self._clock.monotonic() + _KEPT_RETRY_SECONDS if self.kept else 0.0
            self._refuse_all(error)
        else:
            self._start_not_before = self._clock.monotonic() + _RETRY_SECONDS

    def _refuse_all(self, error: InvokeError) -> None:
        while self.waiting:
            self._refuse(self.waiting.popleft(), error)

    def _refuse(self, invocation: Invocation, error: InvokeError) -> None:
        self._capacity.invocation_ended()
        self.concurrency.release()
        invocation.refuse(error)

    def _is_started(self, environment: ExecutionEnvironment) -> None:
        self._starting.discard(environment)
        self._capacity.starting -= 1

    # What an environment tells

    def environment_ready(self, environment: ExecutionEnvironment) -> None:
        """Give it the next invocation, or keep it."""
        if environment in self._starting:
            self._is_started(environment)
            self._start_failure = None
            self._joined_at = self._clock.monotonic()
            self._patience.learn_start(self._joined_at - environment.init_started)
        if self.waiting:
            environment.begin(self.waiting.popleft())
        else:
            environment.idle_since = self._clock.monotonic()
            self.idle.append(environment)
            if self._is_retired:
                environment.end(State.STOPPING, KILLED)

    def environment_failed_to_start(self, environment: ExecutionEnvironment) -> None:
        """Repeat INIT as part of the invocation that waits longest, as Lambda does."""
        if environment.state is not State.FAILED:  # it is not to blame
            return
        self._start_failure = error_types.PROVISIONED_INIT_FAILURE
        if self.kept:
            self._start_not_before = self._clock.monotonic() + _KEPT_RETRY_SECONDS
        if environment.phase == "init" and self.waiting:
            self._start(self.waiting.popleft())

    def environment_left(self, environment: ExecutionEnvironment) -> None:
        """Replace it, if somebody waits."""
        self.environments.discard(environment)
        if environment in self._starting:
            self._is_started(environment)
        if environment in self.idle:
            self.idle.remove(environment)
        if self.waiting:
            self._start_what_is_missing(self._clock.monotonic())

    def invocation_ended(self, duration_ms: float) -> None:
        """Learn how long invocations take."""
        self._capacity.invocation_ended()
        self.concurrency.release()
        self._patience.learn_invocation(duration_ms)


def _old(environments: Sequence[ExecutionEnvironment], now: float) -> list[ExecutionEnvironment]:
    """Return those that have lived for long: they end before their credentials do, and kept ones are replaced."""
    return [each for each in environments if now - each.init_started > ENVIRONMENT_SECONDS]
