"""When environments are started, shared and retired."""

import asyncio
import os
from dataclasses import replace
from pathlib import Path

import pytest

from gatewright.functions.errors import TooManyRequests
from gatewright.functions.settings import CREDENTIALS_SECONDS, ENVIRONMENT_SECONDS

from .fakes import Node, ScriptedRuntime, echo, function_version, qualified, running_node, until

FUNCTION = function_version(timeout_seconds=900)


class Gate:
    """Runtimes that answer when they are let."""

    def __init__(self) -> None:
        self.open = asyncio.Event()
        self.begun: list[bytes] = []

    async def __call__(self, runtime: ScriptedRuntime) -> int:
        while True:
            header, event = await runtime.next()
            self.begun.append(event)
            await self.open.wait()
            await runtime.result(header["id"], event)


def invoke(node: Node, count: int) -> list["asyncio.Task[object]"]:
    return [asyncio.create_task(node.functions.invoke(qualified(FUNCTION), b"%d" % number)) for number in range(count)]


async def test_the_environment_that_was_used_last_is_used_next(tmp_path: Path) -> None:
    gate = Gate()
    served: list[int] = []

    async def runtime(runtime: ScriptedRuntime) -> int:
        while True:
            header, event = await runtime.next()
            served.append(runtime.process.pid)
            await gate.open.wait()
            await runtime.result(header["id"], event)

    async with running_node(tmp_path, runtime) as node:
        both = invoke(node, 2)
        await until(lambda: len(served) == 2)
        gate.open.set()
        await asyncio.gather(*both)
        for _ in range(4):
            await node.functions.invoke(qualified(FUNCTION), b"1")
        assert len(set(served[2:])) == 1


async def test_concurrent_invocations_of_a_function_that_takes_long_run_at_once(tmp_path: Path) -> None:
    gate = Gate()
    async with running_node(tmp_path, gate, parallel_starts=2) as node:
        running = invoke(node, 7)
        await until(lambda: len(gate.begun) == 7)
        assert len(node.sandbox.processes) == 7
        gate.open.set()
        results = await asyncio.gather(*running)
        assert [result.payload for result in results] == [b"%d" % number for number in range(7)]  # type: ignore[attr-defined]


async def test_short_invocations_share_a_few_environments(tmp_path: Path) -> None:
    """64 at once, of a function that answers at once: nobody is served by starting 64 processes."""
    async with running_node(tmp_path, parallel_starts=2) as node:
        await node.functions.invoke(qualified(FUNCTION), b"1")

        async def client() -> None:
            for _ in range(20):
                await node.functions.invoke(qualified(FUNCTION), b"1")

        await asyncio.gather(*(client() for _ in range(64)))
        assert len(node.sandbox.processes) < 32


async def test_having_waited_for_the_first_start_is_no_reason_for_another(tmp_path: Path) -> None:
    let_in = asyncio.Event()

    async def slow_start(runtime: ScriptedRuntime) -> int:
        await let_in.wait()
        return await echo(runtime)

    async with running_node(tmp_path, slow_start, parallel_starts=1) as node:

        async def client() -> None:
            for _ in range(5):
                await node.functions.invoke(qualified(FUNCTION), b"1")

        clients = [asyncio.create_task(client()) for _ in range(16)]
        await until(lambda: node.sandbox.processes)
        node.clock.ahead += 5  # longer than the patience with a queue
        let_in.set()
        await asyncio.gather(*clients)
        assert len(node.sandbox.processes) <= 2  # one, unless this machine stands still for a moment


async def test_a_queue_that_never_empties_gets_another_environment_while_there_are_cpus(tmp_path: Path) -> None:
    async with running_node(tmp_path) as node:
        await node.functions.invoke(qualified(FUNCTION), b"1")
        clients_stop = asyncio.Event()

        async def client() -> None:
            while not clients_stop.is_set():
                await node.functions.invoke(qualified(FUNCTION), b"1")

        clients = [asyncio.create_task(client()) for _ in range(8)]
        await until(lambda: len(node.sandbox.processes) >= min(2, os.cpu_count() or 1))
        clients_stop.set()
        await asyncio.gather(*clients)


async def test_nobody_waits_behind_an_invocation_that_runs_long(tmp_path: Path) -> None:
    """The function is known to be quick; this time it is not."""
    gate = Gate()
    gate.open.set()
    async with running_node(tmp_path, gate, echo) as node:
        for _ in range(20):
            await node.functions.invoke(qualified(FUNCTION), b"1")
        gate.open.clear()
        slow = asyncio.create_task(node.functions.invoke(qualified(FUNCTION), b"slow"))
        await until(lambda: b"slow" in gate.begun)
        assert (await node.functions.invoke(qualified(FUNCTION), b"2")).payload == b"2"
        assert not slow.done()
        gate.open.set()
        await slow


async def test_whoever_came_first_is_served_first(tmp_path: Path) -> None:
    gate = Gate()
    async with running_node(tmp_path, gate, max_environments=1) as node:
        running = invoke(node, 5)
        gate.open.set()
        await asyncio.gather(*running)
        assert gate.begun == [b"0", b"1", b"2", b"3", b"4"]
        assert len(node.sandbox.processes) == 1


async def test_a_full_node_refuses_who_waited_too_long(tmp_path: Path) -> None:
    gate = Gate()
    async with running_node(tmp_path, gate, max_environments=1, queue_seconds=5) as node:
        first = asyncio.create_task(node.functions.invoke(qualified(FUNCTION), b"1"))
        await until(lambda: gate.begun)
        second = asyncio.create_task(node.functions.invoke(qualified(FUNCTION), b"2"))
        await asyncio.sleep(0.05)
        assert not second.done()
        node.clock.ahead += 6
        with pytest.raises(TooManyRequests):
            await second
        gate.open.set()
        await first
        assert node.functions.running == 0


async def test_an_idle_environment_of_another_function_makes_room(tmp_path: Path) -> None:
    other = replace(FUNCTION, arn=FUNCTION.arn + "2", name="orders2")
    async with running_node(tmp_path, max_environments=2) as node:
        for function in (FUNCTION, other, replace(other, arn=FUNCTION.arn + "3"), other):
            await node.functions.invoke(qualified(function), b"1")
        assert len(node.sandbox.processes) == 3
        await until(lambda: "KILL" in node.sandbox.processes[0].signals)
        assert node.sandbox.processes[1].signals == []


@pytest.mark.slow
async def test_idle_environments_are_retired_surplus_ones_sooner(tmp_path: Path) -> None:
    gate = Gate()
    async with running_node(tmp_path, gate, idle_seconds=300) as node:
        both = invoke(node, 2)
        await until(lambda: len(gate.begun) == 2)
        gate.open.set()
        await asyncio.gather(*both)

        def ended() -> int:
            return sum("KILL" in process.signals for process in node.sandbox.processes)

        node.clock.ahead += 61
        await until(lambda: ended() == 1)
        node.clock.ahead += 100
        await asyncio.sleep(1.1)  # one turn of the slow sweep
        assert ended() == 1
        node.clock.ahead += 200
        await until(lambda: ended() == 2)
        assert (await node.functions.invoke(qualified(FUNCTION), b"1")).payload == b"1"


@pytest.mark.slow
async def test_an_environment_ends_before_its_credentials_do(tmp_path: Path) -> None:
    async with running_node(tmp_path, echo, idle_seconds=1e6) as node:
        assert (await node.functions.invoke(qualified(FUNCTION), b"1")).payload == b"1"
        node.clock.ahead += ENVIRONMENT_SECONDS - 60
        await asyncio.sleep(1.1)  # one turn of the slow sweep
        assert "KILL" not in node.sandbox.processes[0].signals
        node.clock.ahead += 200
        await until(lambda: "KILL" in node.sandbox.processes[0].signals)
        assert (await node.functions.invoke(qualified(FUNCTION), b"2")).payload == b"2"
    assert ENVIRONMENT_SECONDS < CREDENTIALS_SECONDS


async def test_an_idle_process_that_ends_is_forgotten(tmp_path: Path) -> None:
    async def once(runtime: ScriptedRuntime) -> int:
        header, event = await runtime.next()
        await runtime.result(header["id"], event)
        waiting = asyncio.create_task(runtime.next())
        await asyncio.sleep(0.05)
        waiting.cancel()
        return 1

    async with running_node(tmp_path, once, echo) as node:
        await node.functions.invoke(qualified(FUNCTION), b"1")
        await until(lambda: not node.functions.environments)
        assert (await node.functions.invoke(qualified(FUNCTION), b"2")).payload == b"2"
        assert node.sink.text.count("Status: error") == 0
