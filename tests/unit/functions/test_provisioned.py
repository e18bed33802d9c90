"""Provisioned concurrency ("Configuring provisioned concurrency for a function", Lambda Developer Guide)."""

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from gatewright.functions.errors import TooManyRequests
from gatewright.functions.provisioned import ProvisionedStatus
from gatewright.snapshot.types import Function

from .fakes import ARN, Node, ScriptedRuntime, echo, function_version, qualified, running_node, until, whole_function

ONE = function_version(version="1", identity="one")
TWO = function_version(version="2", identity="two")
LIVE = qualified(ONE, "live", provisioned_concurrency=2)


def function(live: object = LIVE, **changes: object) -> Function:
    return whole_function(qualified(function_version()), qualified(ONE, "1"), qualified(TWO, "2"), live, **changes)  # type: ignore[arg-type]


def types_of(node: Node) -> list[str]:
    return [process.spec.environment["AWS_LAMBDA_INITIALIZATION_TYPE"] for process in node.sandbox.processes]


class Gate:
    """A runtime that answers when it is let."""

    def __init__(self) -> None:
        self.open = asyncio.Event()
        self.begun = 0

    async def __call__(self, runtime: ScriptedRuntime) -> int:
        while True:
            header, event = await runtime.next()
            self.begun += 1
            await self.open.wait()
            await runtime.result(header["id"], event)


async def test_environments_are_initialized_before_there_is_an_invocation(tmp_path: Path) -> None:
    async with running_node(tmp_path) as node:
        node.functions.swap({ARN: function()})
        await until(lambda: node.functions.provisioned(ARN, "live") == ProvisionedStatus(2, 2))
        assert types_of(node) == ["provisioned-concurrency"] * 2
        for _ in range(5):
            assert (await node.functions.invoke(LIVE, b"1")).executed_version == "1"
        assert len(node.sandbox.processes) == 2
        assert (await node.functions.invoke(qualified(ONE, "1"), b"2")).payload == b"2"
        assert types_of(node)[2:] == ["on-demand"], "they are kept for the alias"


async def test_more_invocations_spill_over(tmp_path: Path) -> None:
    gate = Gate()
    async with running_node(tmp_path, gate) as node:
        node.functions.swap({ARN: function()})
        await until(lambda: node.functions.provisioned(ARN, "live").available == 2)
        running = [asyncio.create_task(node.functions.invoke(LIVE, b"%d" % number)) for number in range(3)]
        await until(lambda: gate.begun == 3)
        assert types_of(node) == ["provisioned-concurrency"] * 2 + ["on-demand"]
        assert node.functions.provisioned(ARN, "live") == ProvisionedStatus(2, 0)
        gate.open.set()
        await asyncio.gather(*running)
        await until(lambda: node.functions.provisioned(ARN, "live") == ProvisionedStatus(2, 2))


async def test_there_is_no_spill_over_beyond_what_is_reserved(tmp_path: Path) -> None:
    gate = Gate()
    async with running_node(tmp_path, gate) as node:
        node.functions.swap({ARN: function(reserved_concurrency=2)})
        await until(lambda: node.functions.provisioned(ARN, "live").available == 2)
        running = [asyncio.create_task(node.functions.invoke(LIVE, b"1")) for _ in range(2)]
        await until(lambda: gate.begun == 2)
        with pytest.raises(TooManyRequests) as caught:
            await node.functions.invoke(LIVE, b"1")
        assert caught.value.reason == "ReservedFunctionConcurrentInvocationLimitExceeded"
        gate.open.set()
        await asyncio.gather(*running)


async def test_an_environment_that_ends_is_replaced(tmp_path: Path) -> None:
    async def once(runtime: ScriptedRuntime) -> int:
        header, event = await runtime.next()
        await runtime.result(header["id"], event)
        return 0

    async with running_node(tmp_path, once, echo) as node:
        node.functions.swap({ARN: function()})
        await until(lambda: node.functions.provisioned(ARN, "live").available == 2)
        for _ in range(2):
            await node.functions.invoke(LIVE, b"1")
        await until(lambda: node.functions.provisioned(ARN, "live") == ProvisionedStatus(2, 2))


async def test_they_stay_however_long_they_are_idle(tmp_path: Path) -> None:
    async with running_node(tmp_path) as node:
        node.functions.swap({ARN: function()})
        await until(lambda: node.functions.provisioned(ARN, "live").available == 2)
        node.clock.ahead += 10_000
        await asyncio.sleep(0.05)
        assert node.functions.provisioned(ARN, "live") == ProvisionedStatus(2, 2)


async def test_a_failure_of_init_is_told_and_tried_again_later(tmp_path: Path) -> None:
    attempts = 0

    async def fails(runtime: ScriptedRuntime) -> int:
        nonlocal attempts
        attempts += 1
        return 3

    async with running_node(tmp_path, fails) as node:
        node.functions.swap({ARN: function()})
        await until(lambda: node.functions.provisioned(ARN, "live").failure)
        assert node.functions.provisioned(ARN, "live") == ProvisionedStatus(0, 0, "FUNCTION_ERROR_INIT_FAILURE")
        await asyncio.sleep(0.1)
        before = attempts
        assert before <= 2, "not again and again"
        node.clock.ahead += 11
        await until(lambda: attempts > before)


async def test_init_may_take_longer_than_on_demand(tmp_path: Path) -> None:
    attempts = 0

    async def slow(runtime: ScriptedRuntime) -> int:
        nonlocal attempts
        attempts += 1
        await asyncio.sleep(0.3)
        return await echo(runtime)

    async with running_node(tmp_path, slow, init_seconds=0.05) as node:
        node.functions.swap({ARN: function()})
        await until(lambda: node.functions.provisioned(ARN, "live") == ProvisionedStatus(2, 2))
        assert attempts == 2, "none was started again"


async def test_init_has_an_end(tmp_path: Path) -> None:
    async def hangs(runtime: ScriptedRuntime) -> int:
        await asyncio.Event().wait()
        return 0

    patient = replace(LIVE, version=replace(ONE, timeout_seconds=200))
    async with running_node(tmp_path, hangs) as node:
        node.functions.swap({ARN: function(patient)})
        await until(lambda: len(node.sandbox.processes) == 2)
        node.clock.ahead += 190
        await asyncio.sleep(0.1)
        assert node.functions.provisioned(ARN, "live") == ProvisionedStatus()
        node.clock.ahead += 20
        await until(lambda: node.functions.provisioned(ARN, "live").failure)


async def test_a_fault_of_the_node_is_not_the_functions(tmp_path: Path) -> None:
    async with running_node(tmp_path) as node:
        node.sandbox.refuses = "no more processes"
        node.functions.swap({ARN: function()})
        await until(lambda: node.functions.provisioned(ARN, "live").failure)
        assert node.functions.provisioned(ARN, "live").failure == "no more processes"
        node.sandbox.refuses = None
        node.clock.ahead += 11
        await until(lambda: node.functions.provisioned(ARN, "live") == ProvisionedStatus(2, 2))


async def test_what_nobody_asks_for_any_more_ends_in_the_midst_of_init(tmp_path: Path) -> None:
    async def hangs(runtime: ScriptedRuntime) -> int:
        await asyncio.Event().wait()
        return 0

    async with running_node(tmp_path, hangs) as node:
        node.functions.swap({ARN: function()})
        await until(lambda: len(node.sandbox.processes) == 2)
        node.functions.swap({})
        await until(lambda: node.functions.environments == 0)


async def test_weights_share_it_among_the_versions_of_an_alias(tmp_path: Path) -> None:
    weighted = replace(LIVE, provisioned_concurrency=4, additional_version=TWO, additional_weight=0.25)
    async with running_node(tmp_path) as node:
        node.functions.swap({ARN: function(weighted)})
        await until(lambda: node.functions.provisioned(ARN, "live").available == 4)
        versions = [process.spec.environment["AWS_LAMBDA_FUNCTION_VERSION"] for process in node.sandbox.processes]
        assert sorted(versions) == ["1", "1", "1", "2"]


async def test_less_and_nothing(tmp_path: Path) -> None:
    async with running_node(tmp_path) as node:
        node.functions.swap({ARN: function()})
        await until(lambda: node.functions.provisioned(ARN, "live").available == 2)
        node.functions.swap({ARN: function(replace(LIVE, provisioned_concurrency=0))})
        await until(lambda: node.functions.environments == 0)
        assert node.functions.provisioned(ARN, "live") == ProvisionedStatus()
        assert (await node.functions.invoke(replace(LIVE, provisioned_concurrency=0), b"1")).payload == b"1"
        assert types_of(node)[2:] == ["on-demand"]


async def test_an_alias_that_moves_takes_it_along(tmp_path: Path) -> None:
    async with running_node(tmp_path) as node:
        node.functions.swap({ARN: function()})
        await until(lambda: node.functions.provisioned(ARN, "live").available == 2)
        moved = replace(LIVE, version=TWO)
        node.functions.swap({ARN: function(moved)})
        await until(lambda: node.functions.provisioned(ARN, "live") == ProvisionedStatus(2, 2))
        assert (await node.functions.invoke(moved, b"1")).executed_version == "2"
        await until(lambda: node.functions.environments == 2)


async def test_nobody_elses_environment_takes_their_place(tmp_path: Path) -> None:
    async with running_node(tmp_path, max_environments=2, queue_seconds=0.1) as node:
        node.functions.swap({ARN: function()})
        await until(lambda: node.functions.provisioned(ARN, "live").available == 2)
        with pytest.raises(TooManyRequests):
            await node.functions.invoke(qualified(TWO, "2"), b"1")
        assert node.functions.provisioned(ARN, "live") == ProvisionedStatus(2, 2)


async def test_a_node_without_a_place_for_all_of_them(tmp_path: Path) -> None:
    async with running_node(tmp_path, max_environments=1) as node:
        node.functions.swap({ARN: function()})
        await until(lambda: node.functions.provisioned(ARN, "live").available == 1)
        status = node.functions.provisioned(ARN, "live")
        assert status.failure is not None
        assert "functions.max_environments" in status.failure
        node.functions.swap({ARN: function(replace(LIVE, provisioned_concurrency=1))})
        assert node.functions.provisioned(ARN, "live") == ProvisionedStatus(1, 1)


async def test_weighted_aliases_share_their_invocations(tmp_path: Path) -> None:
    weighted = replace(LIVE, provisioned_concurrency=0, additional_version=TWO, additional_weight=0.3)
    async with running_node(tmp_path) as node:
        node.functions.swap({ARN: function(weighted)})
        served = [(await node.functions.invoke(weighted, b"1")).executed_version for _ in range(400)]
        assert 60 < served.count("2") < 180  # six standard deviations around 120
