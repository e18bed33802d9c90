"""The OPERATIONS tables of all services, bound to what they run on."""

import functools
from collections.abc import Callable, Mapping

from gatewright.base.clock import Clock
from gatewright.base.ids import Ids
from gatewright.base.operations import BoundOperation, Caller, Shape
from gatewright.control import apigateway, apigatewayv2, lambda_
from gatewright.control.context import Context, Node
from gatewright.functions import invoke
from gatewright.functions.async_invoke import AsyncInvoker
from gatewright.functions.invoke_operation import Operation as DataPlaneOperation
from gatewright.gateway.rest_apis import invoke_for_test
from gatewright.server.data_plane import DataPlane
from gatewright.server.planes import Planes
from gatewright.store.types import Store

OWN_SERVICES = frozenset({"apigateway", "lambda"})
"""The names that calls to these services are signed by."""

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
) -> Mapping[str, Mapping[str, BoundOperation]]:
    """Return service → operation name → what serves it, for `AwsEndpoint`."""

    def control(operation: ControlOperation, caller: Caller, request: Shape) -> Shape:
        return operation(Context(caller, store, clock, ids, node), request)

    def bind_all(table: Mapping[str, ControlOperation]) -> dict[str, BoundOperation]:
        return {name: planes.bind(functools.partial(control, operation)) for name, operation in table.items()}

    def bind_data_plane(operation: DataPlaneOperation) -> BoundOperation:
        async def run(caller: Caller, request: Shape) -> Shape:
            return await operation(invoke.InvokeContext(caller, functions, planes.function, events), request)

        return run

    def bind_gateway(operation: invoke_for_test.Operation) -> BoundOperation:
        async def run(caller: Caller, request: Shape) -> Shape:
            context = invoke_for_test.InvocationContext(
                caller, planes.compile_for_test, lambda: planes.functions, serving.seams, serving.log
            )
            return await operation(context, request)

        return run

    gateway = {name: bind_gateway(operation) for name, operation in invoke_for_test.OPERATIONS.items()}
    data_plane = {name: bind_data_plane(operation) for name, operation in invoke.OPERATIONS.items()}
    return {
        "lambda": bind_all(lambda_.OPERATIONS) | data_plane,
        "apigateway": bind_all(apigateway.OPERATIONS) | gateway,
        "apigatewayv2": bind_all(apigatewayv2.OPERATIONS),
    }
