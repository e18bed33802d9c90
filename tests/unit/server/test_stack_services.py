"""The AWS APIs as stacks call them: in process, by the companion, on the event loop."""

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Mapping
from typing import Any

import pytest

from gatewright.aws.catalog import Catalog
from gatewright.base.errors import AwsError
from gatewright.base.ids import Ids
from gatewright.base.operations import BoundOperation, Caller, Shape
from gatewright.server.services import SERVICES
from gatewright.server.stack_services import StackServices
from gatewright.stacks.execution.errors import NodeStopping
from gatewright.stacks.execution.places import Place

PLACE = Place("123456789012", "eu-west-1")


class Own:
    """Lambda's operations as far as these tests call them."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, Caller, Shape, str]] = []
        self.blocked = asyncio.Event()

    def control(self, service: str, name: str) -> Callable[[Caller, Shape], Shape] | None:
        def operation(caller: Caller, request: Shape) -> Shape:
            self.calls.append((f"{service} {name}", caller, request, threading.current_thread().name))
            return {"FunctionName": request["FunctionName"]}

        return operation if name == "CreateFunction" else None

    def data_plane(self, service: str) -> Mapping[str, BoundOperation]:
        async def invoke(caller: Caller, request: Shape) -> Shape:
            self.calls.append((f"{service} Invoke", caller, request, threading.current_thread().name))
            if request["FunctionName"] == "endless":
                await self.blocked.wait()
            return {"StatusCode": 200}

        return {"Invoke": invoke}


class Planes:
    def __init__(self) -> None:
        self.followed = 0

    async def catch_up(self) -> None:
        self.followed += 1


def companion(service: str, region: str, operation: str, parameters: Mapping[str, Any]) -> dict[str, Any]:
    return {"Called": f"{service} {region} {operation} {dict(parameters)}"}


@pytest.fixture
async def parts() -> AsyncIterator[tuple[StackServices, Own, Planes]]:
    own, planes = Own(), Planes()
    services = StackServices(own, companion, planes.catch_up, asyncio.get_running_loop(), Ids(), Catalog(SERVICES))
    yield services, own, planes
    services.stop()


Parts = tuple[StackServices, Own, Planes]


async def call(services: StackServices, service: str, operation: str, **parameters: Any) -> dict[str, Any]:
    return await asyncio.to_thread(services.at(PLACE).call, service, operation, parameters)


FUNCTION = {"FunctionName": "f", "Role": "arn:aws:iam::123456789012:role/r", "Code": {"ZipFile": b"x"}}


async def test_an_own_operation_runs_in_the_calling_thread(parts: Parts) -> None:
    services, own, planes = parts
    assert await call(services, "lambda", "CreateFunction", **FUNCTION, Description=None) == {"FunctionName": "f"}
    ((name, caller, request, thread),) = own.calls
    assert (name, caller.region, caller.called_via) == (
        "lambda CreateFunction",
        "eu-west-1",
        "cloudformation.amazonaws.com",
    )
    assert request == FUNCTION
    assert thread != threading.current_thread().name
    assert planes.followed == 0


async def test_what_the_model_refuses_is_refused(parts: Parts) -> None:
    services, own, _ = parts
    with pytest.raises(AwsError, match="at 'functionName' failed to satisfy constraint"):
        await call(services, "lambda", "CreateFunction", **{**FUNCTION, "FunctionName": "no name"})
    assert own.calls == []


async def test_the_data_plane_is_asked_when_it_has_followed(parts: Parts) -> None:
    services, own, planes = parts
    assert await call(services, "lambda", "Invoke", FunctionName="f") == {"StatusCode": 200}
    assert planes.followed == 1
    assert own.calls[0][3] == threading.current_thread().name


async def test_what_is_not_ours_is_the_companions(parts: Parts) -> None:
    answer = await call(parts[0], "sqs", "CreateQueue", QueueName="q")
    assert answer == {"Called": "sqs eu-west-1 CreateQueue {'QueueName': 'q'}"}


async def test_what_is_not_built_is_said(parts: Parts) -> None:
    with pytest.raises(AwsError, match="CreateEventSourceMapping of lambda is not implemented"):
        await call(parts[0], "lambda", "CreateEventSourceMapping", FunctionName="f")


async def test_a_node_that_ends_waits_for_nothing(parts: Parts) -> None:
    services, _, _ = parts
    waiting = asyncio.create_task(call(services, "lambda", "Invoke", FunctionName="endless"))
    await asyncio.sleep(0.05)
    services.stop()
    with pytest.raises(NodeStopping):
        await asyncio.wait_for(waiting, 5)
    with pytest.raises(NodeStopping):
        await asyncio.to_thread(services.catch_up)
