"""The one timer: it is fast while something works, slow while something is there, and silent otherwise."""

import asyncio
from pathlib import Path

from gatewright.functions.sweep import Sweep

from .fakes import FakeClock, ScriptedRuntime, echo, function_version, qualified, running_node, until


class FakePool:
    """A pool as the sweep sees it."""

    def __init__(self) -> None:
        self.environments: set[object] = set()
        self.waiting: list[object] = []
        self.looked = 0

    def look(self, now: float) -> None:
        self.looked += 1


async def test_it_goes_on_while_somebody_waits_and_stops_when_nothing_is_there() -> None:
    pool = FakePool()
    sweep = Sweep(FakeClock(), 50, lambda: [pool])  # type: ignore[list-item]
    pool.waiting.append(1)
    sweep.hurry()
    await until(lambda: pool.looked >= 3)
    assert sweep.is_fast
    pool.waiting.clear()
    await until(lambda: not sweep.is_fast)
    looked = pool.looked
    await asyncio.sleep(0.06)
    assert pool.looked == looked
    sweep.hurry()
    await until(lambda: pool.looked > looked)
    sweep.stop()


async def test_a_mistake_in_it_does_not_end_it(caplog: object) -> None:
    class Broken(FakePool):
        def look(self, now: float) -> None:
            super().look(now)
            if self.looked < 3:
                raise ZeroDivisionError

    pool = Broken()
    pool.waiting.append(1)
    sweep = Sweep(FakeClock(), 50, lambda: [pool])  # type: ignore[list-item]
    sweep.hurry()
    await until(lambda: pool.looked >= 3)
    sweep.stop()


async def test_lines_of_a_long_invocation_are_seen_while_it_runs(tmp_path: Path) -> None:
    gate = asyncio.Event()

    async def runtime(runtime: ScriptedRuntime) -> int:
        header, event = await runtime.next()
        runtime.print(b"working\n")
        await gate.wait()
        await runtime.result(header["id"], event)
        return await echo(runtime)

    async with running_node(tmp_path, runtime) as node:
        running = asyncio.create_task(node.functions.invoke(qualified(function_version()), b"1"))
        await until(lambda: "working" in node.sink.text)
        assert "END" not in node.sink.text
        gate.set()
        await running
