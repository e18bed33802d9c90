"""A node that is killed in the middle of an operation: the next one continues it, or rolls it back."""

import threading
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest

from gatewright.store import open_store
from gatewright.store.types import Store
from tests.unit.stacks.execution.nodes import SECONDS, Killed, Stacks, World, child, nested, template, thing

CHAIN = {"A": thing("1"), "B": thing({"Ref": "A"}), "C": thing({"Ref": "B"})}
NEXT = {
    "A": thing("2", Properties={"Name": "renamed"}),
    "B": thing({"Ref": "A"}),
    "D": thing("1", DependsOn="B"),
}


@pytest.fixture
def nodes() -> Iterator[list[Stacks]]:
    nodes: list[Stacks] = []
    yield nodes
    for node in nodes:
        node.runs.close()


def started(nodes: list[Stacks], store: Store, world: World) -> Stacks:
    """Return a node that has taken up what others left."""
    node = Stacks(store, world)
    nodes.append(node)
    node.runs.take_up()
    for stack in node.call("ListStacks")["StackSummaries"]:
        future = node.runs.future(stack["StackId"].rpartition("/")[2])
        if future is not None:
            future.result(SECONDS)
    return node


def killed(node: Stacks, where: str, operation: str, **request: Any) -> None:
    """Kill a node when a call to a service has been done, and its answer not been read."""
    node.world.killing = {where}
    with suppress(Killed):
        node.call(operation, **request)
    node.world.killing = set()


@pytest.mark.parametrize("where", ["create A", "create B", "create C"])
def test_a_creation_goes_on(nodes: list[Stacks], where: str) -> None:
    """What was made and not noted is met again: its name and token were there before it."""
    store, world = open_store(None), World()
    first = started(nodes, store, world)
    killed(first, where, "CreateStack", StackName="app", TemplateBody=template(CHAIN))
    assert first.status() == "CREATE_IN_PROGRESS"
    second = started(nodes, store, world)
    assert second.status() == "CREATE_COMPLETE"
    assert len(world.things) == 3
    assert sum(event == ("A", "CREATE_IN_PROGRESS", "") for event in second.events()) == 1
    assert world.calls.count(where) == 2


@pytest.mark.parametrize("where", ["create A", "update B", "create D", "delete C", "delete A"])
def test_an_update_goes_on(nodes: list[Stacks], where: str) -> None:
    store, world = open_store(None), World()
    first = started(nodes, store, world)
    first.call("CreateStack", StackName="app", TemplateBody=template(CHAIN))
    world.calls.clear()
    killed(first, where, "UpdateStack", StackName="app", TemplateBody=template(NEXT))
    second = started(nodes, store, world)
    assert second.status() == "UPDATE_COMPLETE"
    assert sorted(second.resources()) == ["A", "B", "D"]
    assert len(world.things) == 3
    assert world.things["renamed"]["Value"] == "2"
    assert world.things[second.resources()["B"]["PhysicalResourceId"]]["Value"] == "renamed"


@pytest.mark.parametrize("where", ["update B", "delete D", "delete A"])
def test_a_rollback_goes_on(nodes: list[Stacks], where: str) -> None:
    store, world = open_store(None), World()
    first = started(nodes, store, world)
    first.call("CreateStack", StackName="app", TemplateBody=template(CHAIN))
    before = {name: dict(each) for name, each in world.things.items()}
    world.failing = {"create E": "No"}
    new = {**NEXT, "E": thing("1", DependsOn="D")}
    killed(first, where, "UpdateStack", StackName="app", TemplateBody=template(new))
    second = started(nodes, store, world)
    assert second.status() == "UPDATE_ROLLBACK_COMPLETE"
    assert world.things == before
    assert sorted(second.resources()) == ["A", "B", "C"]


@pytest.mark.parametrize("where", ["delete C", "delete B", "delete A"])
def test_a_deletion_goes_on(nodes: list[Stacks], where: str) -> None:
    store, world = open_store(None), World()
    first = started(nodes, store, world)
    stack_id = first.call("CreateStack", StackName="app", TemplateBody=template(CHAIN))["StackId"]
    killed(first, where, "DeleteStack", StackName="app")
    assert first.status(stack_id) == "DELETE_IN_PROGRESS"
    second = started(nodes, store, world)
    assert second.status(stack_id) == "DELETE_COMPLETE"
    assert world.things == {}


@pytest.mark.parametrize("where", ["update Thing", "create Added", "create After", "delete Gone"])
def test_an_update_of_a_nested_stack_goes_on(nodes: list[Stacks], where: str) -> None:
    store, world = open_store(None), World()
    first = started(nodes, store, world)
    world.objects["templates/child.json"] = child("1", Gone=thing())
    first.call("CreateStack", StackName="app", TemplateBody=template({"Child": nested()}))
    world.objects["templates/child.json"] = child("2", Added=thing(DependsOn="Thing"))
    new = template({"Child": nested(), "After": thing(DependsOn="Child")})
    killed(first, where, "UpdateStack", StackName="app", TemplateBody=new)
    second = started(nodes, store, world)
    child_id = second.resources()["Child"]["PhysicalResourceId"]
    assert (second.status(), second.status(child_id)) == ("UPDATE_COMPLETE", "UPDATE_COMPLETE")
    assert sorted(second.resources(child_id)) == ["Added", "Thing"]
    assert sorted(each["Value"] for each in world.things.values()) == ["1", "1", "2"]


@pytest.mark.parametrize("where", ["create Before", "create Thing"])
def test_a_change_set_with_nested_ones_goes_on(nodes: list[Stacks], where: str) -> None:
    store, world = open_store(None), World()
    first = started(nodes, store, world)
    world.objects["templates/child.json"] = child("1")
    body = template({"Before": thing(), "Child": {**nested(), "DependsOn": "Before"}})
    request = {"StackName": "app", "ChangeSetName": "change", "ChangeSetType": "CREATE", "TemplateBody": body}
    first.call("CreateChangeSet", IncludeNestedStacks=True, **request)
    world.objects["templates/child.json"] = child("2")
    killed(first, where, "ExecuteChangeSet", StackName="app", ChangeSetName="change")
    second = started(nodes, store, world)
    child_id = second.resources()["Child"]["PhysicalResourceId"]
    assert (second.status(), second.status(child_id)) == ("CREATE_COMPLETE", "CREATE_COMPLETE")
    assert len(second.call("ListStacks")["StackSummaries"]) == 2
    assert [each["Value"] for each in world.things.values()] == ["1", "1"]


@pytest.mark.parametrize("where", ["update Thing", "delete Added"])
def test_a_roll_back_of_a_nested_stack_goes_on(nodes: list[Stacks], where: str) -> None:
    store, world = open_store(None), World()
    first = started(nodes, store, world)
    world.objects["templates/child.json"] = child("1")
    first.call("CreateStack", StackName="app", TemplateBody=template({"Child": nested()}))
    world.objects["templates/child.json"] = child("2", Added=thing())
    world.failing = {"create After": "No"}
    release = threading.Event()
    world.blocked = {"create After": release}
    new = template({"Child": nested(), "After": thing(DependsOn="Child")})
    context = first.begin("UpdateStack", {"StackName": "app", "TemplateBody": new})
    while "create After" not in world.calls:
        threading.Event().wait(0.01)
    world.killing = {where}
    release.set()
    with suppress(Killed):
        first.settled(context.begun[0])
    assert first.status() != "UPDATE_ROLLBACK_COMPLETE"
    world.killing = set()
    second = started(nodes, store, world)
    child_id = second.resources()["Child"]["PhysicalResourceId"]
    assert (second.status(), second.status(child_id)) == ("UPDATE_ROLLBACK_COMPLETE", "UPDATE_ROLLBACK_COMPLETE")
    assert [each["Value"] for each in world.things.values()] == ["1"]


def test_a_node_that_ends_fails_nothing(nodes: list[Stacks]) -> None:
    """A wait is given up, and taken up by the next node."""
    store, world = open_store(None), World()
    first = started(nodes, store, world)
    handle = {"Type": "AWS::CloudFormation::WaitConditionHandle"}
    waiting = {"Type": "AWS::CloudFormation::WaitCondition", "Properties": {"Handle": {"Ref": "H"}, "Timeout": "60"}}
    context = first.begin("CreateStack", {"StackName": "app", "TemplateBody": template({"H": handle, "W": waiting})})
    while "W" not in first.resources():
        pass
    first.runs.close()
    assert first.status() == "CREATE_IN_PROGRESS"
    second = Stacks(store, world)
    nodes.append(second)
    second.runs.take_up()
    url = second.resources()["H"]["PhysicalResourceId"]
    second.responses.receive(url.rpartition("/")[2], b'{"Status": "SUCCESS", "UniqueId": "1", "Data": "done"}')
    future = second.runs.future(context.begun[0])
    assert future is None or future.result(SECONDS) is None
    assert second.status() == "CREATE_COMPLETE"


def test_a_node_that_ends_between_two_resources_fails_nothing(nodes: list[Stacks]) -> None:
    store, world = open_store(None), World()
    first = started(nodes, store, world)
    release = threading.Event()
    world.blocked = {"create A": release}
    first.begin("CreateStack", {"StackName": "app", "TemplateBody": template(CHAIN)})
    while "create A" not in world.calls:
        threading.Event().wait(0.01)
    closing = threading.Thread(target=first.runs.close)
    closing.start()
    threading.Event().wait(0.05)
    release.set()
    closing.join(SECONDS)
    assert first.status() == "CREATE_IN_PROGRESS"
    assert world.calls == ["create A"]
    second = started(nodes, store, world)
    assert second.status() == "CREATE_COMPLETE"
    assert world.calls == ["create A", "create B", "create C"]
