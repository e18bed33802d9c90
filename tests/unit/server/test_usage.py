"""What API keys used is kept: behind the requests, across restarts, and when the node is killed."""

import asyncio
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import AsyncExitStack, contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from gatewright.control.context import QuotaUsage
from gatewright.gateway.rest_apis.usage_plans import MOST_CHANGES, TakeResult, UsagePlanDirectory
from gatewright.server.usage import KeptUsage, load_usage, open_usage
from gatewright.snapshot.compile_usage_plan import compile_usage_plans
from gatewright.store import open_store
from gatewright.store.errors import StoreClosed, StoreUnavailable
from gatewright.store.types import Document, Key, Store, Writer
from tests.unit.control.contexts import START, FakeClock

ACCOUNT, REGION = "123456789012", "us-east-1"
PLACE = (ACCOUNT, REGION)
TODAY = "2026-01-01"


def key(kind: str, identifier: str) -> Key:
    return Key(ACCOUNT, REGION, "apigateway", kind, identifier)


def put_plan(store: Store, *key_ids: str, quota: Document | None = None) -> None:
    """As CreateApiKey, CreateUsagePlan and CreateUsagePlanKey leave it."""
    with store.write() as writer:
        plan = {"id": "p1", "name": "basic", "apiStages": [{"apiId": "a1", "stage": "prod"}], "quota": quota}
        writer.put(key("usageplan", "p1"), plan)
        for key_id in key_ids:
            writer.put(key("apikey", key_id), {"id": key_id, "value": f"value-of-{key_id}", "enabled": True})
            writer.put(key("usageplankey", f"p1/{key_id}"), {"id": key_id, "type": "API_KEY"})


class Node:
    """What of a node counts the use of keys."""

    def __init__(self, store: Store, clock: FakeClock) -> None:
        self.store = store
        self.clock = clock
        self.directory = UsagePlanDirectory(clock, load_usage(store, clock))
        self.usage = KeptUsage(store, self.directory, clock)
        self.follow()

    def follow(self) -> None:
        with self.store.read() as reader:
            plans = compile_usage_plans(reader, *PLACE)
        self.directory.swap({PLACE: plans} if plans else {})

    def take(self, times: int = 1, key_id: str = "k1") -> list[str]:
        grants = [self.directory.find(*PLACE, "a1", "prod", f"value-of-{key_id}") for _ in range(times)]
        return [grant.take("/GET").value for grant in grants if grant]

    def documents(self) -> dict[str, Document]:
        with self.store.read() as reader:
            return dict(reader.list(*PLACE, "apigateway", "usage"))

    async def read(self, key_id: str | None = "k1", start: str = TODAY, end: str = TODAY) -> Any:
        days = date.fromisoformat(start), date.fromisoformat(end)
        return await asyncio.to_thread(self.usage.read, *PLACE, "p1", key_id, *days)

    async def set_remaining(self, remaining: int, key_id: str = "k1") -> None:
        await asyncio.to_thread(self.usage.set_remaining, *PLACE, "p1", key_id, remaining)


@pytest.fixture
def store() -> Iterator[Store]:
    opened = open_store(None)
    yield opened
    opened.close()


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


DAILY = {"limit": 5, "offset": 0, "period": "DAY"}


def test_the_seam_of_the_control_plane_fits() -> None:
    def accept(usage: QuotaUsage) -> None:
        """Only a type checker looks."""

    assert accept
    assert {"read", "set_remaining"} <= set(dir(KeptUsage))


async def test_counts_are_kept_when_they_are_written(store: Store, clock: FakeClock) -> None:
    put_plan(store, "k1", quota=DAILY)
    node = Node(store, clock)
    node.take(2)
    assert node.documents() == {}, "a request does not wait for the store"
    await node.usage.write()
    assert node.documents() == {"p1/k1": {"usagePlanId": "p1", "keyId": "k1", "days": {TODAY: [2, 3]}}}
    await node.usage.close()


async def test_nothing_is_written_when_nothing_was_used(store: Store, clock: FakeClock) -> None:
    put_plan(store, "k1", quota=DAILY)
    node = Node(store, clock)
    node.take()
    await node.usage.write()
    before = store.revision()
    await node.usage.write()
    assert store.revision() == before
    await node.usage.close()


async def test_a_clean_stop_loses_nothing(store: Store, clock: FakeClock) -> None:
    put_plan(store, "k1", quota=DAILY)
    node = Node(store, clock)
    node.usage.start()
    node.take(4)
    await node.usage.close()
    again = Node(store, clock)
    assert again.take(2) == ["OK", "QUOTA_EXCEEDED"]
    assert await again.read() == {"k1": [[5, 0]]}
    await again.usage.close()


async def test_what_is_opened_ends_with_the_node(store: Store, clock: FakeClock) -> None:
    put_plan(store, "k1", quota=DAILY)
    async with AsyncExitStack() as parts:
        usage = open_usage(store, clock, parts)
        with store.read() as reader:
            plans = compile_usage_plans(reader, *PLACE)
        assert plans is not None
        usage.directory.swap({PLACE: plans})
        grant = usage.directory.find(*PLACE, "a1", "prod", "value-of-k1")
        assert grant is not None
        grant.take("/GET")
    again = Node(store, clock)
    assert await again.read() == {"k1": [[1, 4]]}
    await again.usage.close()


async def test_counts_are_written_now_and_then(store: Store, clock: FakeClock) -> None:
    put_plan(store, "k1", quota=DAILY)
    node = Node(store, clock)
    node.usage.start(write_seconds=0.01)
    node.take(3)
    async with asyncio.timeout(5):
        while not node.documents():
            await asyncio.sleep(0.01)
    assert node.documents()["p1/k1"]["days"] == {TODAY: [3, 2]}
    await node.usage.close()


async def test_use_is_read_from_other_threads(store: Store, clock: FakeClock) -> None:
    """GetUsage, "API Reference", API Gateway."""
    put_plan(store, "k2", "k1", quota=DAILY)
    node = Node(store, clock)
    node.take(2, "k2")
    assert await node.read(None) == {"k1": [[0, 5]], "k2": [[2, 3]]}
    assert await node.read("k2", "2025-12-31", "2026-01-02") == {"k2": [[0, 5], [2, 3], [0, 5]]}
    assert await node.read("k3") == {}
    clock.advance(86_400)
    assert await node.read("k2", TODAY, "2026-01-02") == {"k2": [[2, 3], [0, 5]]}
    with pytest.raises(ValueError, match="days"):
        await node.read("k2", "0001-01-01", "9999-12-31")
    await node.usage.close()


async def test_what_update_usage_sets_is_durable(store: Store, clock: FakeClock) -> None:
    """UpdateUsage, "API Reference", API Gateway."""
    put_plan(store, "k1", quota=DAILY)
    node = Node(store, clock)
    node.take(6)
    await node.set_remaining(3)
    assert node.documents()["p1/k1"]["extension"] == {"requests": 3, "date": TODAY}
    assert await node.read() == {"k1": [[5, 3]]}
    killed = Node(store, clock)
    assert killed.take(4) == ["OK", "OK", "OK", "QUOTA_EXCEEDED"]
    await node.set_remaining(3, "k2")
    await node.usage.close()
    await killed.usage.close()


async def test_operations_in_all_threads_do_not_wait_for_each_other(store: Store, clock: FakeClock) -> None:
    key_ids = [f"k{number}" for number in range(40)]
    put_plan(store, *key_ids, quota=DAILY)
    node = Node(store, clock)
    async with asyncio.timeout(20):
        await asyncio.gather(*(node.set_remaining(number, key_id) for number, key_id in enumerate(key_ids)))
    assert {key_id: days[0][1] for key_id, days in (await node.read(None)).items()} == {
        key_id: number for number, key_id in enumerate(key_ids)
    }
    await node.usage.close()


async def test_counts_are_exact_while_they_are_written_and_read(store: Store, clock: FakeClock) -> None:
    put_plan(store, "k1", quota={"limit": 5000, "offset": 0, "period": "DAY"})
    node = Node(store, clock)
    node.usage.start(write_seconds=0.001)
    results: list[str] = []

    async def client() -> None:
        for _ in range(60):
            results.extend(node.take(10))
            await asyncio.sleep(0)

    await asyncio.gather(*(client() for _ in range(10)), *(node.read() for _ in range(20)))
    assert results.count("OK") == 5000
    assert await node.read() == {"k1": [[5000, 0]]}
    await node.usage.close()
    assert node.documents()["p1/k1"]["days"] == {TODAY: [5000, 0]}


async def test_a_write_ends_though_keys_are_used_all_the_time(store: Store, clock: FakeClock) -> None:
    put_plan(store, "k1", quota={"limit": 1_000_000, "offset": 0, "period": "DAY"})
    node = Node(store, clock)

    async def client() -> None:
        while True:
            node.take()
            await asyncio.sleep(0)

    traffic = asyncio.create_task(client())
    before = store.revision()
    async with asyncio.timeout(5):
        await asyncio.sleep(0.01)
        await node.usage.write()
    assert store.revision() - before <= 1
    traffic.cancel()
    await node.usage.close()


async def test_more_changes_than_a_transaction_takes_are_written(store: Store, clock: FakeClock) -> None:
    key_ids = [f"k{number:04}" for number in range(MOST_CHANGES + 1)]
    put_plan(store, *key_ids, quota=DAILY)
    node = Node(store, clock)
    for key_id in key_ids:
        node.take(1, key_id)
    await node.usage.write()
    assert len(node.documents()) == len(key_ids)
    await node.usage.close()


async def test_what_cannot_be_written_is_written_later(clock: FakeClock, caplog: pytest.LogCaptureFixture) -> None:
    store = Failing(open_store(None))
    put_plan(store, "k1", quota=DAILY)
    node = Node(store, clock)
    node.take(2)
    store.fails = True
    with pytest.raises(StoreUnavailable):
        await node.usage.write()
    node.usage.start(write_seconds=0.001)
    async with asyncio.timeout(5):
        while "the use of API keys cannot be kept: no space" not in caplog.text:
            await asyncio.sleep(0.001)
    with pytest.raises(StoreUnavailable):
        await node.set_remaining(1)
    store.fails = False
    await node.usage.close()
    assert node.documents()["p1/k1"]["days"] == {TODAY: [2, 1]}
    store.close()


async def test_a_write_that_is_given_up_is_not_overtaken(clock: FakeClock) -> None:
    store = Failing(open_store(None))
    put_plan(store, "k1", quota=DAILY)
    node = Node(store, clock)
    node.take(1)
    store.may_write.clear()
    write = asyncio.create_task(node.usage.write())
    await asyncio.sleep(0.05)
    write.cancel()
    node.take(1)
    later = asyncio.create_task(node.usage.write())
    await asyncio.sleep(0.05)
    assert not later.done()
    store.may_write.set()
    with pytest.raises(asyncio.CancelledError):
        await write
    await later
    assert node.documents()["p1/k1"]["days"] == {TODAY: [2, 3]}
    await node.usage.close()
    store.close()


async def test_documents_of_keys_that_left_the_plan_are_removed(store: Store, clock: FakeClock) -> None:
    """DeleteUsagePlanKey, "API Reference", API Gateway."""
    put_plan(store, "k1", "k2", quota=DAILY)
    node = Node(store, clock)
    node.take(1, "k1")
    node.take(1, "k2")
    await node.usage.write()
    with store.write() as writer:
        writer.delete(key("usageplankey", "p1/k1"))
    node.take(1, "k1")  # before the data plane has followed
    await node.usage.write()
    assert set(node.documents()) == {"p1/k2"}
    node.follow()
    await node.usage.write()
    with store.write() as writer:
        writer.delete(key("usageplan", "p1"))
    node.follow()
    await node.usage.write()
    assert node.documents() == {}
    await node.usage.close()


async def test_what_nobody_asks_for_is_removed_at_the_start(store: Store, clock: FakeClock) -> None:
    put_plan(store, "k1", "k2", "k3")
    with store.write() as writer:
        for key_id, day in (("k1", TODAY), ("k2", "2025-10-03"), ("k3", "2025-10-04"), ("gone", TODAY)):
            document = {"usagePlanId": "p1", "keyId": key_id, "days": {day: [1, -1]}}
            writer.put(key("usage", f"p1/{key_id}"), document)
    records = load_usage(store, clock)
    assert {name[3] for name in records} == {"k1", "k3"}
    with store.read() as reader:
        assert [identifier for identifier, _ in reader.list(*PLACE, "apigateway", "usage")] == ["p1/k1", "p1/k3"]


async def test_a_document_that_is_damaged_does_not_stop_the_start(
    store: Store, clock: FakeClock, caplog: pytest.LogCaptureFixture
) -> None:
    put_plan(store, "k1")
    with store.write() as writer:
        writer.put(key("usage", "p1/k1"), {"days": {"yesterday": [1]}})
    assert load_usage(store, clock) == {}
    assert "p1/k1" in caplog.text


async def test_a_node_that_stops_answers_no_more(store: Store, clock: FakeClock) -> None:
    put_plan(store, "k1", quota=DAILY)
    node = Node(store, clock)
    await node.usage.close()
    with pytest.raises(StoreClosed):
        await node.read()


@pytest.mark.slow
def test_a_killed_node_forgets_at_most_the_last_second(tmp_path: Path) -> None:
    """The promise of `server/usage.py`, at a tenth of its interval; the child is `usage_crash.py`."""
    with open_at(tmp_path) as store:
        put_plan(store, "k1", quota={"limit": 1_000_000, "offset": 0, "period": "DAY"})
    command = [sys.executable, "-m", "tests.unit.server.usage_crash", str(tmp_path / "data")]
    child = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[3])
    assert child.stdout is not None
    lines = [int(child.stdout.readline()) for _ in range(15)]
    child.send_signal(signal.SIGKILL)
    child.wait()
    lines += [int(line) for line in child.stdout.read().split()]
    child.stdout.close()
    with open_at(tmp_path) as store:
        records = load_usage(store, FakeClock(START))
        (record,) = records.values()
        used = sum(day.used for day in record.days.values())
    # A line is said every tenth of a second, and a write is due as often.
    assert lines[-11] <= used <= lines[-1] + 1000


@contextmanager
def open_at(path: Path) -> Iterator[Store]:
    store = open_store(path / "data")
    try:
        yield store
    finally:
        store.close()


class Failing:
    """A store whose disk may be full, or slow."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.fails = False
        self.may_write = threading.Event()
        self.may_write.set()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    @contextmanager
    def write(self) -> Iterator[Writer]:
        self.may_write.wait(5)
        if self.fails:
            raise StoreUnavailable("no space")
        with self._store.write() as writer:
            yield writer


def test_results_are_named_like_gateway_responses() -> None:
    """ "Gateway response types for API Gateway": THROTTLED and QUOTA_EXCEEDED."""
    assert [result.value for result in TakeResult] == ["OK", "THROTTLED", "QUOTA_EXCEEDED"]
