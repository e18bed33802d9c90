"""Who waits for a thread: so many, so long. No AWS page: there, nobody waits for anybody else."""

import asyncio
import threading
from collections.abc import Iterator

import pytest

from gatewright.gateway.rest_apis.errors import RestError
from gatewright.gateway.rest_apis.mapping_threads import MOST_WAITING, MappingThreads


@pytest.fixture
def held() -> Iterator[threading.Event]:
    """What keeps the threads busy, until a test ends."""
    event = threading.Event()
    yield event
    event.set()


async def test_work_returns_and_raises() -> None:
    threads = MappingThreads()
    assert await threads.run(max, 1, 2) == 2
    with pytest.raises(ZeroDivisionError):
        await threads.run(divmod, 1, 0)
    threads.close()


async def test_no_more_wait_than_there_is_room_for(held: threading.Event) -> None:
    threads = MappingThreads()
    waiting = [asyncio.ensure_future(threads.run(held.wait)) for _ in range(MOST_WAITING)]
    await asyncio.sleep(0)
    with pytest.raises(RestError) as caught:
        await threads.run(held.wait)
    assert caught.value.kind.status == 429
    held.set()
    assert await asyncio.gather(*waiting) == [True] * MOST_WAITING
    assert await threads.run(max, 1, 2) == 2
    threads.close()


async def test_nobody_waits_for_ever(held: threading.Event) -> None:
    threads = MappingThreads(longest_seconds=0.05)
    for _ in range(3):
        with pytest.raises(RestError) as caught:
            await threads.run(held.wait)
        assert caught.value.kind.status == 504
    held.set()
    assert await threads.run(max, 1, 2) == 2
    threads.close()
