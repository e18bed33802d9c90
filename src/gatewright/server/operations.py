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
from gatewright.store.types import Store

ControlOperation = Callable[[Context, Shape], Shape]


def bind_operations(
    planes: Planes,
    functions: invoke.Functions,
    events: AsyncInvoker,
    store: Store,
    clock: Clock,
    ids: Ids,
    node: Node,
    serving: DataPlane,
) -> Mapping[str, Late[Operations]]:
    """Return service → operation name → what serves it, for `AwsEndpoint`."""

    def control(operation: ControlOperation, caller: Caller, request: Shape) -> Shape:
        return operation(Context(caller, store, clock, ids, node), request)

    def bind_control(package: str) -> Operations:
        table: Mapping[str, ControlOperation] = import_module(package).OPERATIONS
        return {name: planes.bind(functools.partial(control, operation)) for name, operation in table.items()}

    def bind_invoke(operation: DataPlaneOperation) -> BoundOperation:
        async def run(caller: Caller, request: Shape) -> Shape:
            return await operation(invoke.InvokeContext(caller, functions, planes.function, events), request)

        return run

    def bind_data_plane(service: str) -> Operations:
        """Return the operations that AWS serves from the data plane."""
        match service:
            case "lambda":
                return {name: bind_invoke(operation) for name, operation in invoke.OPERATIONS.items()}
            case "apigateway":
                return bind_test_invoke(planes, serving)
            case _:
                return {}

    def bind(service: str, package: str) -> Operations:
        return {**bind_control(package), **bind_data_plane(service)}

    return {service: Late(functools.partial(bind, service, package)) for service, package in SERVICES.items()}


def bind_test_invoke(planes: Planes, serving: DataPlane) -> Operations:
    """Return TestInvokeMethod, which runs what serves REST APIs."""
    from gatewright.gateway.rest_apis import invoke_for_test

    def bind(operation: invoke_for_test.Operation) -> BoundOperation:
        async def run(caller: Caller, request: Shape) -> Shape:
            context = invoke_for_test.InvocationContext(
                caller, planes.compile_for_test, lambda: planes.functions, serving.seams, serving.log
            )
            return await operation(context, request)

        return run

    return {name: bind(operation) for name, operation in invoke_for_test.OPERATIONS.items()}
