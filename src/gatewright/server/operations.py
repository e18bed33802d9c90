"""The operations of all services, bound to what they run on. Each service's are imported by the first call of it."""

import functools
from collections.abc import Callable, Mapping
from importlib import import_module

from gatewright.aws.endpoint import Operations
from gatewright.base.clock import Clock
from gatewright.base.ids import Ids
from gatewright.base.late import Late
from gatewright.base.operations import BoundOperation, Caller, Shape
from gatewright.control.context import Context, Node
from gatewright.functions import invoke
from gatewright.functions.async_invoke import AsyncInvoker
from gatewright.functions.invoke_operation import Operation as DataPlaneOperation
from gatewright.server.data_plane import DataPlane
from gatewright.server.planes import Planes
from gatewright.server.services import SERVICES
from gatewright.server.stacks import SERVICE as STACKS
from gatewright.server.stacks import NodeStacks
from gatewright.store.types import Store

ControlOperation = Callable[[Context, Shape], Shape]


class ServiceOperations:
    """The operations of a node's services, as the event loop calls them and as its stacks do."""

    def __init__(
        self,
        planes: Planes,
        functions: invoke.Functions,
        events: AsyncInvoker,
        store: Store,
        clock: Clock,
        ids: Ids,
        node: Node,
        serving: DataPlane,
    ) -> None:
        self._planes = planes
        self._functions = functions
        self._events = events
        self._store = store
        self._clock = clock
        self._ids = ids
        self._node = node
        self._serving = serving

    def bound(self, stacks: NodeStacks) -> Mapping[str, Late[Operations]]:
        """Return service → operation name → what serves it, for `AwsEndpoint`."""
        controls = {service: Late(functools.partial(self._bind, service)) for service in SERVICES if service != STACKS}
        return {**controls, STACKS: Late(stacks.operations)}

    def control(self, service: str, name: str) -> Callable[[Caller, Shape], Shape] | None:
        """Return a control-plane operation, to be called in a worker thread; None when there is none."""
        if service == STACKS:
            return None
        operation = _table(service).get(name)
        return None if operation is None else functools.partial(self._control, operation)

    def data_plane(self, service: str) -> Operations:
        """Return the operations that AWS serves from the data plane."""
        match service:
            case "lambda":
                return {name: self._bind_invoke(operation) for name, operation in invoke.OPERATIONS.items()}
            case "apigateway":
                return bind_test_invoke(self._planes, self._serving)
            case _:
                return {}

    def _bind(self, service: str) -> Operations:
        table = _table(service)
        control = {
            name: self._planes.bind(functools.partial(self._control, operation)) for name, operation in table.items()
        }
        return {**control, **self.data_plane(service)}

    def _control(self, operation: ControlOperation, caller: Caller, request: Shape) -> Shape:
        return operation(Context(caller, self._store, self._clock, self._ids, self._node), request)

    def _bind_invoke(self, operation: DataPlaneOperation) -> BoundOperation:
        async def run(caller: Caller, request: Shape) -> Shape:
            context = invoke.InvokeContext(caller, self._functions, self._planes.function, self._events)
            return await operation(context, request)

        return run


def _table(service: str) -> Mapping[str, ControlOperation]:
    """Return the operations of a service's control plane, whose package the first who asks imports."""
    table: Mapping[str, ControlOperation] = import_module(SERVICES[service]).OPERATIONS
    return table


def bind_test_invoke(planes: Planes, serving: DataPlane) -> Operations:
    """Return TestInvokeMethod, which runs what serves REST APIs."""
    from gatewright.gateway.rest_apis import invoke_for_test

    def bind(operation: invoke_for_test.Operation) -> BoundOperation:
        async def run(caller: Caller, request: Shape) -> Shape:
            context = invoke_for_test.InvocationContext(
                caller, planes.compile_for_test, lambda: planes.snapshot, serving.seams, serving.log
            )
            return await operation(context, request)

        return run

    return {name: bind(operation) for name, operation in invoke_for_test.OPERATIONS.items()}
