"""Operations on stacks in threads, and what a node takes up that was ended in the middle of them."""

import logging
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Final

from gatewright.stacks.execution.errors import NodeStopping
from gatewright.stacks.execution.journal import Journal, StackGone
from gatewright.stacks.execution.phases import end, run_phase
from gatewright.stacks.execution.places import SERVICE, STACK, Place, uuid_of
from gatewright.stacks.execution.run import Run
from gatewright.stacks.execution.statuses import FAILED_STATUS_OF_PHASE, Phase
from gatewright.stacks.execution.surroundings import FindType, Surroundings
from gatewright.stacks.resource_types.contract import ResourceType
from gatewright.store.types import Document

_log = logging.getLogger(__name__)

MOST_STACKS: Final = 16
"""Stacks that are worked on at the same time; nested ones do not count."""
_TIMED_OUT: Final = "Stack creation time exceeded the specified timeout"


class StackRuns:
    """Works on the stacks of a node. Safe to use from several threads."""

    def __init__(self, surroundings: Surroundings, own_types: "Callable[[StackRuns], FindType]") -> None:
        """`own_types` makes what finds the types that are stacks' own, before all others."""
        self.surroundings = surroundings
        self._find_own = own_types(self)
        self._executor = ThreadPoolExecutor(MOST_STACKS, thread_name_prefix="stack")
        self._guard = threading.Lock()
        self._runs: dict[str, Run] = {}
        self._futures: dict[str, Future[None]] = {}
        self._is_closed = False

    def submit(self, place: Place, uuid: str) -> "Future[None]":
        """Work on a stack until its document names no operation any more; return what is done when that is so.

        A stack that is worked on already goes on with what its document names now.
        """
        with self._guard:
            run = self._runs.get(uuid)
            if run is not None:
                run.halt.set()
            future = self._futures.get(uuid)
            if future is None or future.done():
                future = self._futures[uuid] = self._executor.submit(self.work, place, uuid)
            return future

    def future(self, uuid: str) -> "Future[None] | None":
        """Return what is done when a stack is not worked on any more; None when it is not."""
        with self._guard:
            return self._futures.get(uuid)

    def steps(self, uuid: str) -> int:
        """Return a number that changes whenever something durable happens to a stack, or within its nested ones."""
        with self._guard:
            return sum(run.journal.steps for run in self._runs.values() if run.is_within(uuid))

    def goes_on(self, uuid: str) -> bool:
        """Say whether a stack that is worked on is not to give up."""
        with self._guard:
            run = self._runs.get(uuid)
        return run is None or run.goes_on()

    def work(self, place: Place, uuid: str) -> None:
        """Work on a stack in this thread, as long as its document names an operation."""
        try:
            while (stack := self._next(place, uuid)) is not None:
                self._work_on(place, uuid, stack)
        except NodeStopping:
            _log.info("the operation on stack %s is taken up by the next node", uuid)
            self._forget(uuid)
        except StackGone:
            _log.debug("stack %s is gone", uuid)
            self._forget(uuid)
        except Exception:  # noqa: BLE001 — the top of the thread
            _log.exception("the operation on stack %s cannot go on", uuid)
            self._forget(uuid)
            self._abandon(place, uuid)

    def give_up(self, uuid: str, reason: str) -> None:
        """Have the phase that a stack is in fail."""
        with self._guard:
            run = self._runs.get(uuid)
        if run is not None:
            run.give_up(reason)

    def take_up(self) -> None:
        """Go on with all operations that a node was ended in the middle of: nested stacks go on with their parents."""
        with self.surroundings.store.read() as reader:
            stacks = [(key, stack) for key, stack in reader.scan(SERVICE, STACK) if stack.get("Operation")]
        for key, stack in stacks:
            if "ParentId" not in stack:
                partition = stack["StackId"].split(":")[1]
                self.submit(Place(key.account, key.region, partition), stack["Uuid"])

    def close(self) -> None:
        """End where that does no harm, and wait for it."""
        with self._guard:
            self._is_closed = True
            runs = list(self._runs.values())
        for run in runs:
            run.stop()
        self._executor.shutdown(wait=True, cancel_futures=True)

    def _next(self, place: Place, uuid: str) -> Document | None:
        """Return a stack whose document names an operation. When it names none, whoever submits begins anew."""
        with self._guard:
            with self.surroundings.store.read() as reader:
                stack = reader.get(place.key(STACK, uuid))
            if stack is None or not stack.get("Operation") or stack["Operation"].get("IsHeld"):
                self._futures.pop(uuid, None)
                return None
            return stack

    def _forget(self, uuid: str) -> None:
        with self._guard:
            self._futures.pop(uuid, None)

    def _abandon(self, place: Place, uuid: str) -> None:
        """End an operation that met something unforeseen, so that its stack can be deleted."""
        surroundings = self.surroundings
        with Journal(surroundings.store, place, uuid, surroundings.clock, surroundings.ids).step() as step:
            operation = step.stack.get("Operation")
            if operation is not None:
                end(step, FAILED_STATUS_OF_PHASE[Phase(operation["Phase"])], "Internal Failure")

    def _work_on(self, place: Place, uuid: str, stack: Document) -> None:
        operation: Document = stack["Operation"]
        with self._guard:
            if self._is_closed:
                raise NodeStopping
            parent = self._runs.get(uuid_of(stack.get("ParentId", "")) or "")
            run = self._runs[uuid] = Run(self.surroundings, self.find_type, place, uuid, parent)
        timer = self._timer(run, operation)
        try:
            run_phase(run, Phase(operation["Phase"]))
        finally:
            if timer is not None:
                timer.cancel()
            with self._guard:
                self._runs.pop(uuid, None)

    def _timer(self, run: Run, operation: Document) -> threading.Timer | None:
        ends_at = operation.get("EndsAt")
        if ends_at is None or operation["Phase"] != Phase.CREATE.value:
            return None
        seconds = max(0.0, ends_at - self.surroundings.clock.now())
        timer = threading.Timer(seconds, run.give_up, (_TIMED_OUT,))
        timer.daemon = True
        timer.start()
        return timer

    def find_type(self, name: str) -> ResourceType | None:
        return self._find_own(name) or self.surroundings.find_type(name)
