"""The AWS APIs as resources of stacks call them: those of this node in process, all others by the companion.

A control-plane operation runs in the calling thread, on what the model's validation let through, and the data plane
does not follow it: a stack makes many calls, and has what they wrote served once, before it says that it is complete.
Operations of the data plane (Invoke) run on the event loop, after what was written has been followed.
"""

import asyncio
import threading
from collections.abc import Callable, Collection, Coroutine, Mapping, Sequence
from concurrent.futures import Future
from typing import Any, Final, Protocol, TypeVar

from gatewright.aws.catalog import Catalog
from gatewright.aws.validation import message, prepare, violations
from gatewright.base.clock import Clock
from gatewright.base.errors import AwsError, OperationNotImplemented
from gatewright.base.ids import Ids
from gatewright.base.late import late_imports
from gatewright.base.operations import BoundOperation, Caller, Shape
from gatewright.server.services import SERVICES
from gatewright.server.stacks import StackParts
from gatewright.stacks.execution.errors import NodeStopping
from gatewright.stacks.execution.own_types import find_own_types
from gatewright.stacks.execution.places import Place
from gatewright.stacks.execution.responses import Responses
from gatewright.stacks.execution.runs import StackRuns
from gatewright.stacks.execution.surroundings import Surroundings
from gatewright.stacks.resource_types.contract import ResourceType, Services
from gatewright.stacks.resource_types.schemas import schema_of
from gatewright.stacks.resource_types.table import TYPES
from gatewright.store.types import Store

_CALLED_VIA: Final = "cloudformation.amazonaws.com"
"""With it, services take tags whose keys begin with `aws:`."""
_LOOK_SECONDS: Final = 0.5

T = TypeVar("T")

CatchUp = Callable[[], Coroutine[Any, Any, None]]


class OwnOperations(Protocol):
    """The operations of this node's services (`server.operations`)."""

    def control(self, service: str, name: str) -> Callable[[Caller, Shape], Shape] | None:
        """Return a control-plane operation, to be called in a worker thread; None when there is none."""
        ...

    def data_plane(self, service: str) -> Mapping[str, BoundOperation]:
        """Return the operations that the data plane serves."""
        ...


class CallCompanion(Protocol):
    """Calls an operation of the companion (`server.companion`)."""

    def __call__(self, service: str, region: str, operation: str, parameters: Mapping[str, Any]) -> dict[str, Any]:
        """Return its output, bodies as octets. Raises AwsError."""
        ...


class StackServices:
    """The AWS APIs for a node's stacks. Called in threads that are none of the event loop's."""

    def __init__(
        self,
        own: OwnOperations,
        companion: CallCompanion,
        catch_up: CatchUp,
        loop: asyncio.AbstractEventLoop,
        ids: Ids,
        catalog: Catalog,
    ) -> None:
        self._own = own
        self._companion = companion
        self._catch_up = catch_up
        self._loop = loop
        self._ids = ids
        self._catalog = catalog
        self._stopping = threading.Event()
        self._expected: set[str] = set()

    def at(self, place: Place) -> Services:
        """Return the APIs in an account and region."""
        return _ServicesAt(self, place)

    def expect(self, types: Collection[str]) -> None:
        """Load the services of ours that resources of these types will call, in a thread beside.

        Their packages and models take half a second of a slow processor each: as long as clients take between a change
        set and its execution.
        """
        names = {name.split("::")[1].lower() for name in types if name.startswith("AWS::")}
        new = (names & SERVICES.keys()) - self._expected
        self._expected |= new
        if new:
            threading.Thread(target=self._load, args=(sorted(new),), name="services", daemon=True).start()

    def catch_up(self) -> None:
        """Have the data plane serve what was written until now. Raises `NodeStopping`."""
        self._wait(self._catch_up())

    def stop(self) -> None:
        """Wait for nothing any more: the event loop ends."""
        self._stopping.set()

    def call(self, place: Place, service: str, operation: str, parameters: Mapping[str, Any]) -> dict[str, Any]:
        """Call an operation. Raises AwsError, `NodeStopping`."""
        if service not in SERVICES:
            return self._companion(service, place.region, operation, parameters)
        values = self._validated(service, operation, parameters)
        request_id = self._ids.request_id()
        caller = Caller(place.account_id, place.region, request_id, partition=place.partition, called_via=_CALLED_VIA)
        control = self._own.control(service, operation)
        if control is not None:
            return dict(control(caller, values))
        bound = self._own.data_plane(service).get(operation)
        if bound is None:
            raise OperationNotImplemented(f"The operation {operation} of {service} is not implemented by gatewright.")
        self.catch_up()
        return dict(self._wait(_run(bound, caller, values)))

    def _load(self, names: Sequence[str]) -> None:
        for name in names:
            if self._stopping.is_set():
                return
            with late_imports():
                self._own.control(name, "")
            self._catalog.service(name)

    def _validated(self, name: str, operation_name: str, parameters: Mapping[str, Any]) -> dict[str, Any]:
        service = self._catalog.service(name)
        is_first = not service.is_compiled(operation_name)
        operation = service.operation(operation_name)
        if operation is None:
            raise OperationNotImplemented(f"{service.title} has no operation {operation_name}.")
        if is_first:
            prepare(operation)
        values = {key: value for key, value in parameters.items() if value is not None}
        for token in operation.idempotency_tokens:
            values.setdefault(token, str(self._ids.uuid()))
        found = violations(operation, values)
        if found:
            code = service.corrections.validation_error or "ValidationException"
            raise AwsError(code, message(found, service.corrections.validation_messages))
        return values

    def _wait(self, coroutine: Coroutine[Any, Any, T]) -> T:
        if self._stopping.is_set():
            coroutine.close()
            raise NodeStopping
        future: Future[T] = asyncio.run_coroutine_threadsafe(coroutine, self._loop)
        while True:
            try:
                return future.result(_LOOK_SECONDS)
            except TimeoutError:
                if future.done():
                    return future.result()
                if self._stopping.is_set():
                    future.cancel()
                    raise NodeStopping from None


def build_stacks(services: StackServices, store: Store, clock: Clock, ids: Ids, url: str) -> StackParts:
    """Build the stacks of a node; `url` is what precedes the secrets in the URLs where stacks are answered."""
    responses = Responses(store, ids)
    surroundings = Surroundings(
        store=store,
        clock=clock,
        ids=ids,
        find_type=_find_type,
        schema_of=schema_of,
        services=services.at,
        expect=services.expect,
        catch_up=services.catch_up,
        response_url=lambda secret: f"{url}{secret}",
    )
    return StackParts(StackRuns(surroundings, find_own_types(responses)), services, responses)


class _ServicesAt:
    """The APIs in an account and region."""

    __slots__ = ("_place", "_services")

    def __init__(self, services: StackServices, place: Place) -> None:
        self._services = services
        self._place = place

    def call(self, service: str, operation: str, parameters: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """Call an operation."""
        return self._services.call(self._place, service, operation, parameters or {})


async def _run(bound: BoundOperation, caller: Caller, values: Shape) -> Shape:
    return await bound(caller, values)


def _find_type(name: str) -> ResourceType | None:
    return TYPES.get(name)
