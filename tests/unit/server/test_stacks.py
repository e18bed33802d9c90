"""The stacks of a node as the rest of it sees them: answers that wait, URLs of responses, what is taken up."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any, cast

import pytest

from gatewright.base.messages import BytesBody, Headers, Request
from gatewright.base.operations import Caller
from gatewright.server.stack_services import StackServices
from gatewright.server.stacks import RESPONSES, NodeStacks, StackParts
from tests.unit.stacks.execution.nodes import Stacks, template, thing

CALLER = Caller("123456789012", "us-east-1", "request")


class NoServices:
    def stop(self) -> None:
        """Do nothing."""


@pytest.fixture
def stacks() -> Stacks:
    return Stacks()


@pytest.fixture
def executor() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(2) as executor:
        yield executor


def node_of(stacks: Stacks, executor: ThreadPoolExecutor) -> tuple[NodeStacks, list[str]]:
    """Return the stacks, and what is appended to when they are made."""
    made: list[str] = []

    def make() -> StackParts:
        made.append("made")
        return StackParts(stacks.runs, cast("StackServices", NoServices()), stacks.responses)

    return NodeStacks(make, executor), made


async def test_an_answer_waits_for_the_stack(stacks: Stacks, executor: ThreadPoolExecutor) -> None:
    node, made = node_of(stacks, executor)
    operations = node.operations()
    body = template({f"T{number}": thing() for number in range(20)})
    await operations["CreateStack"](CALLER, {"StackName": "app", "TemplateBody": body})
    described = await operations["DescribeStacks"](CALLER, {"StackName": "app"})
    assert described["Stacks"][0]["StackStatus"] == "CREATE_COMPLETE"
    node.operations()
    assert made == ["made"]
    await node.close()


async def put(node: NodeStacks, secret: str, body: bytes = b"{}", method: str = "PUT") -> int:
    request = Request(method, f"{RESPONSES}{secret}", "", Headers(), BytesBody(body))
    return (await node.respond(request)).status


async def test_responses_are_kept_once(stacks: Stacks, executor: ThreadPoolExecutor) -> None:
    node, _ = node_of(stacks, executor)
    secret = stacks.responses.open(is_single=True)
    assert await put(node, secret, method="GET") == 405
    assert await put(node, secret, b"x" * 70_000) == 413
    assert await put(node, secret) == 200
    assert await put(node, secret) == 403
    assert await put(node, "guessed") == 404
    assert stacks.responses.bodies(secret) == ["{}"]
    await node.close()


@pytest.mark.parametrize("is_under_way", [True, False])
async def test_only_what_is_under_way_is_taken_up(
    stacks: Stacks, executor: ThreadPoolExecutor, is_under_way: bool
) -> None:
    handle: dict[str, Any] = {"Type": "AWS::CloudFormation::WaitConditionHandle"}
    wait = {"Type": "AWS::CloudFormation::WaitCondition", "Properties": {"Handle": {"Ref": "H"}, "Timeout": "60"}}
    resources = {"H": handle, **({"W": wait} if is_under_way else {})}
    context = stacks.begin("CreateStack", {"StackName": "app", "TemplateBody": template(resources)})
    if is_under_way:
        while "W" not in stacks.resources():
            pass
    elif (future := stacks.runs.future(context.begun[0])) is not None:
        future.result(10)
    stacks.runs.close()
    again = Stacks(stacks.store, stacks.world)
    node, made = node_of(again, executor)
    await node.take_up(stacks.store)
    assert made == (["made"] if is_under_way else [])
    if is_under_way:
        secret = again.resources()["H"]["PhysicalResourceId"].rpartition("/")[2]
        await put(node, secret, json.dumps({"Status": "SUCCESS", "UniqueId": "1"}).encode())
        if (future := again.runs.future(context.begun[0])) is not None:
            future.result(10)
        assert again.status() == "CREATE_COMPLETE"
    await node.close()
