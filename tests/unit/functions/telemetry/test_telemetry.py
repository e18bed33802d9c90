"""Subscribers: who gets which events, batches, drops."""

import asyncio
from typing import Any

import orjson
import pytest

from gatewright.functions.telemetry.delivery import DeliveryFailed
from gatewright.functions.telemetry.subscriber import Subscriber
from gatewright.functions.telemetry.subscription import Buffering, Destination, Dialect, Subscription
from gatewright.functions.telemetry.telemetry import Telemetry
from tests.unit.functions.fakes import FakeClock, until


class FakeDelivery:
    """Keeps what is delivered, as soon as it may."""

    def __init__(self) -> None:
        self.batches: list[list[Any]] = []
        self.fails = 0
        self.may_go_on = asyncio.Event()
        self.may_go_on.set()
        self.is_closed = False

    async def deliver(self, events: list[bytes]) -> None:
        await self.may_go_on.wait()
        if self.fails:
            self.fails -= 1
            raise DeliveryFailed("not now")
        self.batches.append([orjson.loads(event) for event in events])

    def close(self) -> None:
        self.is_closed = True

    @property
    def kinds(self) -> list[str]:
        return [event["type"] for batch in self.batches for event in batch]


def subscription(
    *types: str, dialect: Dialect = Dialect.TELEMETRY, version: str = "", **buffering: int
) -> Subscription:
    return Subscription(dialect, version, types, Destination("HTTP", 1), Buffering(**buffering))


async def subscribed(telemetry: Telemetry, wanted: Subscription, name: str = "watcher") -> FakeDelivery:
    delivery = FakeDelivery()
    await telemetry.subscribe(name, wanted, delivery)  # type: ignore[arg-type]
    return delivery


def telemetry(*, parses_records: bool = False) -> Telemetry:
    return Telemetry(FakeClock(), parses_records=parses_records)


async def test_who_wants_what() -> None:
    told = telemetry()
    told.remember("platform.initStart", {"phase": "init"})
    platform = await subscribed(told, subscription("platform"), "platform")
    output = await subscribed(told, subscription("function", "extension"), "output")
    told.tell("platform.start", {"requestId": "1"})
    told.tell("platform.end", {"requestId": "1"})
    told.output("function", b"one\ntw")
    told.output("extension", b"three\n")
    told.output("function", b"o\n")
    await told.flushed()
    assert platform.kinds == ["platform.initStart", "platform.start"]
    assert output.kinds == ["function", "extension", "function"]
    assert [event["record"] for event in output.batches[0]] == ["one", "three", "two"]
    assert output.batches[0][0]["time"].endswith("Z")
    await told.close()
    assert platform.is_closed


@pytest.mark.parametrize(
    ("version", "kinds"),
    [
        ("2020-08-15", ["platform.start", "platform.end"]),
        ("2021-03-18", ["platform.start", "platform.runtimeDone", "platform.end"]),
    ],
)
async def test_the_logs_api_has_events_of_its_own(version: str, kinds: list[str]) -> None:
    told = telemetry()
    told.remember("platform.initStart", {})
    delivery = await subscribed(told, subscription("platform", dialect=Dialect.LOGS, version=version))
    for kind in ("start", "runtimeDone", "initReport", "end"):
        told.tell(f"platform.{kind}", {})
    await told.flushed()
    assert delivery.kinds == kinds
    await told.close()


async def test_lines_that_are_objects_are_sent_as_objects_in_the_json_format() -> None:
    told = telemetry(parses_records=True)
    delivery = await subscribed(told, subscription("function"))
    told.output("function", b'{"a":1}\n{broken\nplain \xff\n')
    await told.flushed()
    assert [event["record"] for event in delivery.batches[0]] == [{"a": 1}, "{broken", "plain \ufffd"]
    await told.close()


async def test_what_is_nested_deeply_is_sent_as_it_was_printed() -> None:
    """The parser takes a thousand levels, and the writer of the same library two hundred."""
    told = telemetry(parses_records=True)
    watcher = await subscribed(told, subscription("function"))
    line = b'{"a":' + b"[" * 600 + b"]" * 600 + b"}"
    told.output("function", line + b"\n")
    await told.flushed()
    assert watcher.batches[0][0]["record"] == orjson.loads(line)
    await told.close()


async def test_a_flood_of_lines_is_dropped_as_soon_as_nobody_has_room() -> None:
    told = telemetry()
    watcher = await subscribed(told, subscription("function", "platform", max_items=1000))
    slow = await subscribed(told, subscription("platform"), "not for output")
    for _ in range(20):
        told.output("function", b"x\n" * 100_000)
    await told.flushed()
    kept, lost = watcher.batches[0][:-1], watcher.batches[0][-1]
    assert len(kept) == 1000
    assert lost["record"]["droppedRecords"] == 20 * 100_000 - 1000
    assert slow.batches == []
    await told.close()


async def test_a_line_without_end_is_cut() -> None:
    told = telemetry()
    delivery = await subscribed(told, subscription("function", max_bytes=1_048_576))
    told.output("function", b"x" * 600_000)
    told.output("function", b"\n")
    await told.flushed()
    assert [len(event["record"]) for event in delivery.batches[0]] == [262_144, 262_144, 75_712]
    await told.close()


async def test_nobody_costs_nothing_and_a_new_subscription_replaces_the_old_one() -> None:
    told = telemetry()
    told.output("function", b"nobody hears this\n")
    assert not told
    old = await subscribed(told, subscription("function"))
    new = await subscribed(told, subscription("function", "platform"))
    told.output("function", b"hello\n")
    await told.flushed()
    assert (old.batches, old.is_closed, new.kinds) == ([], True, ["function"])
    await told.close()


async def test_a_batch_waits_for_its_time() -> None:
    told = telemetry()
    delivery = await subscribed(told, subscription("platform", timeout_ms=30))
    told.tell("platform.start", {})
    told.tell("platform.report", {})
    await asyncio.sleep(0)
    assert delivery.batches == []
    await until(lambda: delivery.batches)
    assert delivery.kinds == ["platform.start", "platform.report"]
    await told.close()


def dropped(records: int, octets: int) -> bytes:
    return orjson.dumps({"type": "platform.logsDropped", "record": [records, octets]})


async def test_what_a_slow_listener_cannot_take_is_dropped_and_told() -> None:
    delivery = FakeDelivery()
    delivery.may_go_on.clear()
    subscriber = Subscriber("watcher", subscription("function", max_items=2), delivery, dropped)  # type: ignore[arg-type]
    for number in range(7):
        subscriber.send(orjson.dumps({"type": str(number)}))
        await asyncio.sleep(0)
    delivery.may_go_on.set()
    await subscriber.flushed()
    assert delivery.kinds == ["0", "1", "2", "3", "platform.logsDropped"]
    assert delivery.batches[-1][-1]["record"] == [3, 36]
    await subscriber.close()


async def test_a_batch_is_tried_again() -> None:
    delivery = FakeDelivery()
    delivery.fails = 2
    subscriber = Subscriber("watcher", subscription("function"), delivery, dropped)  # type: ignore[arg-type]
    subscriber.send(b'{"type":"a"}')
    await subscriber.flushed()
    assert delivery.kinds == ["a"]
    await subscriber.close()


async def test_closing_ends_what_is_on_its_way() -> None:
    delivery = FakeDelivery()
    delivery.may_go_on.clear()
    subscriber = Subscriber("watcher", subscription("function"), delivery, dropped)  # type: ignore[arg-type]
    subscriber.send(b'{"type":"a"}')
    subscriber.flush()
    await asyncio.sleep(0)
    async with asyncio.timeout(5):
        await subscriber.close()
    assert (delivery.batches, delivery.is_closed) == ([], True)
