"""A shared time limit behaves as `asyncio.timeout`."""

import asyncio

import pytest

from gatewright.gateway.deadline import Deadline


async def value(seconds: float, result: int) -> int:
    await asyncio.sleep(seconds)
    return result


async def test_what_is_in_time() -> None:
    assert await Deadline(30).wait(value(0, 7)) == 7


async def test_what_is_late() -> None:
    deadline = Deadline(0.01)
    with pytest.raises(TimeoutError):
        await deadline.wait(value(30, 7))
    task = asyncio.current_task()
    assert task is not None
    assert task.cancelling() == 0
    assert await deadline.wait(value(0, 8)) == 8, "the task goes on, and so does the deadline"


async def test_errors_pass() -> None:
    async def fail() -> None:
        raise KeyError("x")

    with pytest.raises(KeyError):
        await Deadline(30).wait(fail())


async def test_a_cancellation_from_elsewhere_is_one() -> None:
    task = asyncio.create_task(Deadline(30).wait(value(30, 7)))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_both_at_once_is_a_cancellation() -> None:
    deadline = Deadline(0)
    begun = asyncio.Event()

    async def run() -> None:
        begun.set()
        await deadline.wait(value(30, 7))

    task = asyncio.create_task(run())
    await begun.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert task.cancelled()


async def test_many_end_each_in_their_time() -> None:
    deadline = Deadline(0.02)
    results = await asyncio.gather(
        *[deadline.wait(value(30 if number % 2 else 0, number)) for number in range(200)], return_exceptions=True
    )
    assert [result for result in results if not isinstance(result, TimeoutError)] == list(range(0, 200, 2))
    assert len(results) == 200


async def test_later_waits_are_watched_too() -> None:
    deadline = Deadline(0.02)
    for _ in range(3):
        assert await deadline.wait(value(0, 1)) == 1
        with pytest.raises(TimeoutError):
            await deadline.wait(value(30, 1))


async def test_nothing_is_remembered_of_what_ended() -> None:
    deadline = Deadline(30)
    for number in range(100):
        await deadline.wait(value(0, number))
    assert not deadline._ends
    assert not deadline._expired
