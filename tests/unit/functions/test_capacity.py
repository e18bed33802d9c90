"""What the node has under way."""

import asyncio
from pathlib import Path

import pytest

from gatewright.functions.capacity import Capacity
from gatewright.functions.settings import FunctionSettings


def capacity(idle: int = 0, **changes: int) -> Capacity:
    left = [None] * idle

    def evict() -> bool:
        return bool(left) and left.pop() is None

    return Capacity(FunctionSettings(endpoint_url="http://x", code_directory=Path("/nowhere"), **changes), 2, evict)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("made", "environments", "starting", "can_start"),
    [
        (capacity(), 0, 0, True),
        (capacity(), 10, 3, True),
        (capacity(), 10, 4, False),
        (capacity(parallel_starts=1), 10, 1, False),
        (capacity(max_environments=2), 1, 0, True),
        (capacity(max_environments=2), 2, 0, False),
        (capacity(idle=1, max_environments=2), 2, 0, True),
        (capacity(idle=1, max_environments=2), 2, 4, False),
    ],
)
def test_can_start(made: Capacity, environments: int, starting: int, can_start: bool) -> None:
    made.environments, made.starting = environments, starting
    assert made.can_start() is can_start


@pytest.mark.parametrize(
    ("made", "starting", "can_provision"),
    [
        (capacity(), 1, True),
        (capacity(), 2, False),
        (capacity(parallel_starts=1), 0, True),
        (capacity(parallel_starts=1), 1, False),
        (capacity(max_environments=0), 0, False),
    ],
)
def test_half_of_the_starts_are_for_those_who_wait(made: Capacity, starting: int, can_provision: bool) -> None:
    made.starting = starting
    assert made.can_provision() is can_provision


async def test_draining() -> None:
    made = capacity()
    await made.drain(0)
    made.invocations = 2
    await made.drain(0.001)
    assert made.invocations == 2
    waiting = asyncio.create_task(made.drain(20))
    await asyncio.sleep(0)
    made.invocation_ended()
    await asyncio.sleep(0)
    assert not waiting.done()
    made.invocation_ended()
    await waiting
