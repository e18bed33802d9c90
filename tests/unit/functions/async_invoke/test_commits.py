"""Changes to the queue that become durable together."""

import asyncio
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest

from gatewright.base.event_queue import NewItem, QueueChange
from gatewright.functions.async_invoke.commits import Commits
from gatewright.store.queue import MemoryQueue


class GatedQueue(MemoryQueue):
    """Writes only while its gate is open, and counts its commits."""

    def __init__(self) -> None:
        super().__init__()
        self.gate = threading.Event()
        self.gate.set()
        self.entered = threading.Event()
        self.commits: list[int] = []
        self.problems: list[Exception] = []

    def apply(self, changes: Sequence[QueueChange]) -> None:
        self.entered.set()
        assert self.gate.wait(10)
        if self.problems:
            raise self.problems.pop(0)
        self.commits.append(len(changes))
        super().apply(changes)


@pytest.fixture
def executor() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(1) as pool:
        yield pool


def adding(payload: bytes = b"{}", lane: str = "a") -> QueueChange:
    return QueueChange(added=(NewItem(lane, 1.0, b"", payload),))


async def entered(queue: GatedQueue) -> None:
    assert await asyncio.to_thread(queue.entered.wait, 10)


async def test_what_comes_while_a_commit_runs_is_one_commit(executor: ThreadPoolExecutor) -> None:
    queue = GatedQueue()
    added: list[NewItem] = []
    commits = Commits(queue, executor, added.append)
    queue.gate.clear()
    first = asyncio.create_task(commits.apply(adding()))
    await entered(queue)
    rest = [asyncio.create_task(commits.apply(adding())) for _ in range(100)]
    await asyncio.sleep(0)
    assert commits.waiting_bytes == 202
    assert not first.done()
    assert added == []
    queue.gate.set()
    await asyncio.gather(first, *rest)
    assert queue.commits == [1, 100]
    assert (len(added), commits.waiting_bytes) == (101, 0)


async def test_a_commit_has_its_limits(executor: ThreadPoolExecutor) -> None:
    queue = GatedQueue()
    commits = Commits(queue, executor, lambda _: None)
    await asyncio.gather(*(commits.apply(adding()) for _ in range(1200)))
    await asyncio.gather(*(commits.apply(adding(b"x" * (6 << 20))) for _ in range(4)))
    assert queue.commits == [512, 512, 176, 3, 1]


async def test_a_commit_that_fails_fails_for_those_who_wait_for_it_only(executor: ThreadPoolExecutor) -> None:
    queue = GatedQueue()
    added: list[NewItem] = []
    commits = Commits(queue, executor, added.append)
    queue.problems = [OSError("the disk is full")]
    results = await asyncio.gather(commits.apply(adding()), commits.apply(adding()), return_exceptions=True)
    assert [str(result) for result in results] == ["the disk is full"] * 2
    assert (added, commits.waiting_bytes) == ([], 0)
    await commits.apply(adding())
    assert len(added) == 1


async def test_whoever_goes_away_leaves_the_change(executor: ThreadPoolExecutor) -> None:
    queue = GatedQueue()
    added: list[NewItem] = []
    commits = Commits(queue, executor, added.append)
    queue.gate.clear()
    waiting = asyncio.create_task(commits.apply(adding()))
    await entered(queue)
    waiting.cancel()
    queue.gate.set()
    await commits.flush()
    assert len(added) == 1
    await commits.flush()
