"""Events from their acceptance to their end: the rules, the lanes, the beginning and the end of a node."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Mapping
from dataclasses import replace

import orjson
import pytest

from gatewright.base.clock import SystemClock
from gatewright.base.event_queue import EventQueue, NewItem, QueueChange
from gatewright.base.ids import Ids
from gatewright.functions.async_invoke import AsyncInvoker, DeliveryError, DeliveryRefused
from gatewright.functions.async_invoke.encoding import encode_event
from gatewright.functions.async_invoke.lineage import MAX_INVOCATIONS
from gatewright.functions.async_invoke.types import Handling
from gatewright.functions.errors import CodeUnusable, FunctionGone, InvokeError, ServiceUnavailable, TooManyRequests
from gatewright.functions.settings import FunctionLimits
from gatewright.snapshot.types import AsyncConfig, Function, QualifiedFunction
from gatewright.store.queue import MemoryQueue
from tests.unit.functions.async_invoke.events import QUEUE, TOPIC, FakeFunctions, FakeOutbox, accepted, answered, failed
from tests.unit.functions.fakes import ARN, function_version, qualified, until, whole_function

SCALE = 0.001
BUS = "arn:aws:events:us-east-1:123456789012:event-bus/default"
THROTTLED = TooManyRequests("ConcurrentInvocationLimitExceeded")


def function(name: str = "orders", dead_letter: str | None = None, **changes: object) -> Function:
    """Return a function with the alias `live`; `changes` are of its asynchronous configuration or of itself."""
    config = AsyncConfig(**{key: changes.pop(key) for key in tuple(changes) if hasattr(AsyncConfig(), key)})  # type: ignore[arg-type]
    arn = ARN.replace(":orders", f":{name}")
    version = function_version(arn=arn, name=name, dead_letter_arn=dead_letter)
    made = whole_function(qualified(version, "live"), **changes)
    by_qualifier = {key: replace(each, async_config=config) for key, each in made.qualified.items()}
    return replace(made, qualified=by_qualifier)


def queued(
    name: str = "orders", seconds_ago: float = 0.0, header: bytes | None = None, handling: Handling | None = None
) -> QueueChange:
    """Return the change that puts an event into the queue, as an earlier node has left it."""
    at = SystemClock().now() - seconds_ago
    arn = ARN.replace(":orders", f":{name}")
    event = accepted(function_arn=arn, accepted_at=at, handling=handling or Handling())
    return QueueChange(added=(NewItem(arn, at, encode_event(event) if header is None else header, b"{}"),))


class Bench:
    """A node's asynchronous invocations, with fakes at every seam."""

    def __init__(self, functions: FakeFunctions, *served: Function, queue: EventQueue | None = None) -> None:
        self.functions = functions
        self.served: dict[str, Function] = {each.arn: each for each in served or (function(),)}
        self.queue = queue or MemoryQueue()
        self.outbox = FakeOutbox()
        self.limits = FunctionLimits(async_time_scale=SCALE)
        self.invoker: AsyncInvoker

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator["Bench"]:
        self.invoker = AsyncInvoker(
            self.queue,
            self.functions,
            self.served.get,
            self.outbox,
            self.limits,
            SystemClock(),
            Ids(),
        )
        await self.invoker.start()
        try:
            yield self
        finally:
            await self.invoker.close()

    async def submit(self, event: bytes = b"{}", name: str = "orders", qualifier: str = "", **options: object) -> None:
        target = self.target(name, qualifier)
        await self.invoker.submit(target, event, **{"request_id": "request-1", **options})  # type: ignore[arg-type]

    def target(self, name: str = "orders", qualifier: str = "") -> QualifiedFunction:
        return self.served[ARN.replace(":orders", f":{name}")].qualified[qualifier]

    async def idle(self) -> None:
        """Wait until nothing is in the queue any more."""
        await until(lambda: not self.queue.lanes())

    def record(self, index: int = 0) -> Mapping[str, object]:
        record: Mapping[str, object] = orjson.loads(self.outbox.sent[index][1])
        return record


async def test_an_event_is_run_once_with_its_request_id() -> None:
    async with Bench(FakeFunctions()).running() as bench:
        await bench.submit(b'{"q":1}', trace_header="Root=1-2-3;Parent=4;Sampled=1")
        await bench.idle()
    ((arn, event, request_id, trace_header),) = bench.functions.asked
    assert (arn, event, request_id) == (ARN, b'{"q":1}', "request-1")
    assert trace_header is not None
    assert trace_header.startswith("Root=1-2-3;Parent=4;Sampled=1;Lineage=")
    assert bench.outbox.sent == []


async def test_an_alias_is_looked_up_for_each_attempt() -> None:
    async def move(event: bytes) -> None:
        made = bench.served[ARN]
        moved = replace(made.qualified["live"], version=function_version(version="2"))
        bench.served[ARN] = replace(made, qualified={**made.qualified, "live": moved})

    bench = Bench(FakeFunctions(failed(), answered(), work=move))
    async with bench.running():
        await bench.submit(qualifier="live")
        await bench.idle()
    assert [arn for arn, *_ in bench.functions.asked] == [f"{ARN}:live"] * 2


async def test_a_version_keeps_the_dead_letter_queue_it_was_published_with() -> None:
    """As recorded (radkawar/stackd, testdata/aws/lambda/dlq_ownership_20261001_summary.json)."""
    served = function(dead_letter=TOPIC, maximum_retry_attempts=0)
    live = served.qualified["live"]
    own = replace(live, version=replace(live.version, dead_letter_arn=QUEUE))
    served = replace(served, qualified={**served.qualified, "live": own})
    async with Bench(FakeFunctions(failed()), served).running() as bench:
        await bench.submit(b"1", qualifier="live")
        await bench.submit(b"2")
        await bench.idle()
    assert sorted((delivery.target_arn, body) for delivery, body in bench.outbox.sent) == [(TOPIC, b"2"), (QUEUE, b"1")]


@pytest.mark.parametrize(("retries", "attempts"), [(0, 1), (1, 2), (2, 3)])
async def test_function_errors_are_retried_with_the_same_id_and_then_recorded(retries: int, attempts: int) -> None:
    served = function(dead_letter=TOPIC, maximum_retry_attempts=retries, on_failure_arn=QUEUE, on_success_arn=BUS)
    async with Bench(FakeFunctions(failed()), served).running() as bench:
        await bench.submit(b'{"q":1}')
        await bench.idle()
    assert [request_id for *_, request_id, _ in bench.functions.asked] == ["request-1"] * attempts
    sent = {delivery.target_arn: (delivery, body) for delivery, body in bench.outbox.sent}
    assert set(sent) == {QUEUE, TOPIC}
    record = orjson.loads(sent[QUEUE][1])
    assert record["requestContext"]["condition"] == "RetriesExhausted"
    assert record["requestContext"]["approximateInvokeCount"] == attempts
    assert record["responsePayload"] == {"errorMessage": "no", "errorType": "ValueError"}
    assert sent[QUEUE][0].attributes == ()
    assert sent[TOPIC][1] == b'{"q":1}'
    assert {name: value for name, _, value in sent[TOPIC][0].attributes} == {
        "RequestID": "request-1",
        "ErrorCode": "200",
        "ErrorMessage": "no",
    }


async def test_a_success_after_a_failure_is_a_success() -> None:
    served = function(dead_letter=TOPIC, on_failure_arn=QUEUE, on_success_arn=BUS)
    async with Bench(FakeFunctions(failed(), answered(b'{"a":1}')), served).running() as bench:
        await bench.submit(qualifier="live")
        await bench.idle()
    ((delivery, body),) = bench.outbox.sent
    assert (delivery.target_arn, delivery.is_success, delivery.function_arn) == (BUS, True, f"{ARN}:live")
    record = orjson.loads(body)
    assert record["requestContext"]["condition"] == "Success"
    assert record["responseContext"] == {"statusCode": 200, "executedVersion": "$LATEST"}
    assert record["responsePayload"] == {"a": 1}


@pytest.mark.parametrize(
    "refusal", [THROTTLED, CodeUnusable("broken zip: \udcff.txt"), ServiceUnavailable("no process")]
)
async def test_throttles_and_errors_of_the_node_are_no_attempts(refusal: InvokeError) -> None:
    served = function(maximum_retry_attempts=0, on_success_arn=QUEUE)
    async with Bench(FakeFunctions(*[refusal] * 5, answered()), served).running() as bench:
        await bench.submit()
        await bench.idle()
    assert len(bench.functions.asked) == 6
    assert bench.record()["requestContext"]["approximateInvokeCount"] == 1  # type: ignore[index]


async def test_an_event_that_is_throttled_for_ever_is_too_old_in_the_end() -> None:
    served = function(dead_letter=TOPIC, maximum_event_age_seconds=60, on_failure_arn=QUEUE)
    async with Bench(FakeFunctions(THROTTLED), served).running() as bench:
        await bench.submit()
        await bench.idle()
    assert len(bench.functions.asked) >= 2
    records = {delivery.target_arn: orjson.loads(body) for delivery, body in bench.outbox.sent}
    assert records[QUEUE]["requestContext"]["condition"] == "EventAgeExceeded"
    assert records[QUEUE]["requestContext"]["approximateInvokeCount"] == 0
    assert records[QUEUE]["responseContext"] == {"statusCode": 429}
    attributes = next(delivery.attributes for delivery, _ in bench.outbox.sent if delivery.target_arn == TOPIC)
    assert ("ErrorCode", "Number", "429") in attributes
    assert ("ErrorMessage", "String", "Rate Exceeded.") in attributes


async def test_what_waited_too_long_is_not_run() -> None:
    bench = Bench(FakeFunctions(), function(maximum_event_age_seconds=60, on_failure_arn=QUEUE))
    bench.queue.apply([queued(seconds_ago=1.0)])
    async with bench.running():
        await bench.idle()
    assert bench.functions.asked == []
    assert bench.record()["requestContext"]["condition"] == "EventAgeExceeded"  # type: ignore[index]


async def test_no_reserved_concurrency_sends_events_on_without_running_them() -> None:
    served = function(dead_letter=TOPIC, on_failure_arn=QUEUE, reserved_concurrency=0)
    async with Bench(FakeFunctions(), served).running() as bench:
        await bench.submit()
        await bench.idle()
    assert bench.functions.asked == []
    records = {delivery.target_arn: orjson.loads(body) for delivery, body in bench.outbox.sent}
    assert records[QUEUE]["requestContext"]["condition"] == "ZeroReservedConcurrency"
    assert "responseContext" not in records[QUEUE]
    assert records[TOPIC] == {}


async def test_a_function_that_is_gone_counts_as_tried_and_is_recorded_as_it_was_configured() -> None:
    bench = Bench(FakeFunctions())
    bench.served.clear()
    handling = Handling(maximum_retry_attempts=1, on_failure_arn=QUEUE, dead_letter_arn=TOPIC)
    bench.queue.apply([queued(handling=handling)])
    async with bench.running():
        await bench.idle()
    records = {delivery.target_arn: orjson.loads(body) for delivery, body in bench.outbox.sent}
    assert bench.functions.asked == []
    assert records[QUEUE]["requestContext"]["condition"] == "RetriesExhausted"
    assert records[QUEUE]["requestContext"]["approximateInvokeCount"] == 2
    assert records[QUEUE]["responseContext"] == {"statusCode": 404}
    attributes = next(delivery.attributes for delivery, _ in bench.outbox.sent if delivery.target_arn == TOPIC)
    assert ("ErrorMessage", "String", f"Function not found: {ARN}:$LATEST") in attributes


async def test_a_function_that_goes_while_it_is_called_counts_as_tried() -> None:
    served = function(maximum_retry_attempts=1, on_failure_arn=QUEUE)
    async with Bench(FakeFunctions(FunctionGone("Function not found")), served).running() as bench:
        await bench.submit()
        await bench.idle()
    assert len(bench.functions.asked) == 2
    assert bench.record()["responseContext"] == {"statusCode": 404}


async def test_a_mistake_of_ours_is_an_error_of_the_node() -> None:
    async with Bench(FakeFunctions(ValueError("a bug"), answered())).running() as bench:
        await bench.submit()
        await bench.idle()
    assert len(bench.functions.asked) == 2


class TestDestinations:
    async def test_a_function_of_this_node_gets_the_record_as_its_event(self) -> None:
        other = ARN.replace(":orders", ":audit")
        served = function(on_success_arn=f"{other}:live"), function("audit")
        async with Bench(FakeFunctions(), *served).running() as bench:
            await bench.submit(b'{"q":1}')
            await bench.idle()
        (_, (arn, event, request_id, trace_header)) = bench.functions.asked
        assert arn == f"{other}:live"
        assert request_id != "request-1"
        assert orjson.loads(event)["requestPayload"] == {"q": 1}
        assert trace_header is not None
        assert trace_header.count("|") == 1  # both functions are counted
        assert bench.outbox.sent == []

    async def test_functions_that_are_each_others_destinations_are_stopped(self) -> None:
        other = ARN.replace(":orders", ":audit")
        served = function(on_success_arn=other), function("audit", on_success_arn=ARN, dead_letter=QUEUE)
        async with Bench(FakeFunctions(), *served).running() as bench:
            await bench.submit()
            await bench.idle()
        assert len(bench.functions.asked) == 2 * MAX_INVOCATIONS
        assert bench.outbox.sent == []  # it is `orders` that is stopped, and it has no destination for that

    async def test_a_loop_reaches_the_dead_letter_queue(self) -> None:
        served = function(on_success_arn=ARN, dead_letter=QUEUE)
        async with Bench(FakeFunctions(), served).running() as bench:
            await bench.submit()
            await bench.idle()
        assert len(bench.functions.asked) == MAX_INVOCATIONS
        assert [delivery.target_arn for delivery, _ in bench.outbox.sent] == [QUEUE]

    async def test_a_loop_may_be_allowed(self) -> None:
        bench = Bench(FakeFunctions(), function(on_success_arn=ARN, recursive_loop="Allow"))
        async with bench.running():
            await bench.submit()
            await until(lambda: len(bench.functions.asked) > 2 * MAX_INVOCATIONS)
            bench.served[ARN] = function()
            await bench.idle()

    async def test_a_record_that_cannot_be_sent_is_tried_again(self) -> None:
        bench = Bench(FakeFunctions(), function(on_success_arn=QUEUE))
        bench.outbox = FakeOutbox(*[DeliveryError("unreachable")] * 3)
        async with bench.running():
            await bench.submit()
            await bench.idle()
        assert bench.outbox.tries == 4
        assert [(delivery.failures, delivery.target_arn) for delivery, _ in bench.outbox.sent] == [(3, QUEUE)]

    async def test_a_record_that_is_refused_is_logged(self, caplog: pytest.LogCaptureFixture) -> None:
        bench = Bench(FakeFunctions(), function(on_success_arn=QUEUE))
        bench.outbox = FakeOutbox(DeliveryRefused("there is no companion"))
        async with bench.running():
            await bench.submit(b'{"q":"precious"}')
            await bench.idle()
        assert bench.outbox.tries == 1
        assert "LOST" in caplog.text
        assert "there is no companion" in caplog.text
        assert "precious" in caplog.text

    async def test_a_record_that_could_never_be_sent_is_logged(self, caplog: pytest.LogCaptureFixture) -> None:
        bench = Bench(FakeFunctions(), function(on_success_arn=QUEUE))
        bench.limits = FunctionLimits(async_time_scale=0.000_01)  # six hours are 216 ms
        bench.outbox = FakeOutbox(*[DeliveryError("unreachable")] * 100_000)
        async with bench.running():
            await bench.submit()
            await bench.idle()
        assert bench.outbox.tries > 2
        assert "LOST" in caplog.text

    async def test_a_destination_that_is_down_holds_up_nothing_else(self) -> None:
        bench = Bench(FakeFunctions(), function(on_success_arn=QUEUE), function("audit", on_success_arn=TOPIC))

        class Half(FakeOutbox):
            async def send(self, delivery: object, body: bytes) -> None:
                if getattr(delivery, "target_arn", "") == QUEUE:
                    await asyncio.sleep(3600)
                await super().send(delivery, body)  # type: ignore[arg-type]

        bench.outbox = Half()
        async with bench.running():
            for _ in range(20):
                await bench.submit()
            for _ in range(20):
                await bench.submit(name="audit")
            await until(lambda: len(bench.outbox.sent) == 20)
            assert len(bench.functions.asked) == 40


class TestLanes:
    async def test_events_of_a_function_begin_in_their_order(self) -> None:
        events = [b"%d" % number for number in range(300)]
        async with Bench(FakeFunctions()).running() as bench:
            for event in events:
                await bench.submit(event)
            await bench.idle()
        assert bench.functions.events == events

    async def test_a_flood_for_one_function_does_not_keep_others_waiting(self) -> None:
        async def work(event: bytes) -> None:
            await asyncio.sleep(0.005)

        bench = Bench(FakeFunctions(work=work), function(), function("audit"))
        bench.limits = FunctionLimits(async_concurrency=8)
        async with bench.running():
            await asyncio.gather(*(bench.submit() for _ in range(2000)))
            await bench.submit(b'"late"', name="audit")
            await until(lambda: b'"late"' in bench.functions.events)
            assert len(bench.functions.asked) < 500
            assert bench.functions.most_running <= 8

    @pytest.mark.slow
    async def test_invocations_without_end_leave_places_for_other_functions(self) -> None:
        async def work(event: bytes) -> None:
            if event == b'"endless"':
                await asyncio.sleep(3600)

        bench = Bench(FakeFunctions(work=work), function(), function("bills"), function("audit"))
        bench.limits = FunctionLimits(async_concurrency=16)
        async with bench.running():
            for name in ("orders", "bills"):
                await asyncio.gather(*(bench.submit(b'"endless"', name=name) for _ in range(50)))
            await until(lambda: bench.functions.running >= 12)
            for _ in range(20):
                await bench.submit(b'"quick"', name="audit")
            await until(lambda: bench.functions.events.count(b'"quick"') == 20)
            assert bench.functions.running < 16

    async def test_no_more_at_once_than_the_function_has_reserved(self) -> None:
        async def work(event: bytes) -> None:
            await asyncio.sleep(0.15)  # long enough for it to be given more, if there were more

        async with Bench(FakeFunctions(work=work), function(reserved_concurrency=2)).running() as bench:
            for _ in range(8):
                await bench.submit()
            await bench.idle()
        assert bench.functions.most_running == 2

    @pytest.mark.slow
    async def test_long_invocations_get_company(self) -> None:
        async def work(event: bytes) -> None:
            await until(lambda: bench.functions.running >= 20 or bench.functions.most_running >= 20)

        bench = Bench(FakeFunctions(work=work))
        async with bench.running():
            await asyncio.gather(*(bench.submit() for _ in range(20)))
            await bench.idle()
        assert bench.functions.most_running == 20

    async def test_short_invocations_stay_few(self) -> None:
        async with Bench(FakeFunctions()).running() as bench:
            await asyncio.gather(*(bench.submit() for _ in range(2000)))
            await bench.idle()
        assert bench.functions.most_running <= 4

    async def test_a_throttled_function_is_asked_less_and_less(self) -> None:
        bench = Bench(FakeFunctions(THROTTLED))
        bench.limits = FunctionLimits()
        async with bench.running():
            await asyncio.gather(*(bench.submit() for _ in range(300)))
            await asyncio.sleep(0.75)
            assert 4 <= len(bench.functions.asked) <= 12

    async def test_a_disk_that_cannot_be_read_is_tried_again(self) -> None:
        class Failing(MemoryQueue):
            failures = 1

            def look(self, lane: str, limit: int) -> list[tuple[int, float]]:
                if self.failures:
                    self.failures -= 1
                    raise OSError("input/output error")
                return super().look(lane, limit)

        async with Bench(FakeFunctions(), queue=Failing()).running() as bench:
            await bench.submit()
            await bench.idle()
        assert len(bench.functions.asked) == 1

    async def test_events_that_wait_for_their_time_are_not_in_memory(self) -> None:
        bench = Bench(FakeFunctions(failed()))
        bench.limits = FunctionLimits()
        async with bench.running():
            await asyncio.gather(*(bench.submit() for _ in range(500)))
            await until(lambda: len(bench.functions.asked) == 500)
            await until(lambda: not bench.invoker._lanes[ARN]._taken)
            assert not bench.invoker._lanes[ARN]._due
            assert bench.queue.lanes()[0].items == 500


class TestLimits:
    async def test_a_full_queue_refuses(self) -> None:
        bench = Bench(FakeFunctions(THROTTLED))
        bench.limits = FunctionLimits(async_queue_mb=2)
        async with bench.running():
            event = b'"' + b"x" * 1_000_000 + b'"'
            await bench.submit(event)
            await bench.submit(event)
            await bench.submit(event)
            with pytest.raises(TooManyRequests) as refused:
                await bench.submit(b"{}")
            assert refused.value.reason == "CallerRateLimitExceeded"

    async def test_what_has_run_makes_room(self) -> None:
        bench = Bench(FakeFunctions())
        bench.limits = FunctionLimits(async_queue_mb=1)
        async with bench.running():
            for _ in range(5):
                await bench.submit(b'"' + b"x" * 1_048_000 + b'"')
                await bench.idle()
                await until(lambda: bench.invoker._queued_bytes == 0)

    async def test_a_disk_that_fails_loses_no_acknowledged_event(self) -> None:
        class Failing(MemoryQueue):
            failures = 0

            def apply(self, changes: object) -> None:
                if self.failures:
                    self.failures -= 1
                    raise OSError("the disk is full")
                super().apply(changes)  # type: ignore[arg-type]

        queue = Failing()
        bench = Bench(FakeFunctions(), queue=queue)
        async with bench.running():
            queue.failures = 1
            with pytest.raises(OSError, match="full"):
                await bench.submit(b"1")
            await bench.submit(b"2")
            queue.failures = 1  # of the commit that takes it out
            await until(lambda: bench.functions.asked)
            await bench.idle()
        assert bench.functions.events == [b"2"]


class TestLife:
    async def test_what_is_in_the_queue_is_run_by_the_next_node(self) -> None:
        bench = Bench(FakeFunctions(), function(), function("audit"))
        bench.queue.apply([queued(), queued("audit")])
        async with bench.running():
            await bench.idle()
        assert sorted(arn for arn, *_ in bench.functions.asked) == [ARN.replace(":orders", ":audit"), ARN]

    async def test_a_stopping_node_takes_nothing_more(self) -> None:
        async with Bench(FakeFunctions()).running() as bench:
            bench.invoker.stop()
            with pytest.raises(ServiceUnavailable):
                await bench.submit()

    async def test_what_runs_when_the_node_stops_comes_to_its_end(self) -> None:
        released = asyncio.Event()

        async def work(event: bytes) -> None:
            await released.wait()

        async with Bench(FakeFunctions(work=work), function(on_success_arn=QUEUE)).running() as bench:
            await bench.submit()
            await until(lambda: bench.functions.running)
            bench.invoker.stop()
            released.set()
        assert [lane.lane for lane in bench.queue.lanes()] == [f"to {QUEUE}"]  # the record waits for the next node

    async def test_what_does_not_end_stays_in_the_queue(self) -> None:
        async def work(event: bytes) -> None:
            await asyncio.sleep(3600)

        async with Bench(FakeFunctions(work=work)).running() as bench:
            await bench.submit()
            await until(lambda: bench.functions.running)
            began = asyncio.get_running_loop().time()
        assert asyncio.get_running_loop().time() - began < 5
        assert [lane.items for lane in bench.queue.lanes()] == [1]

    @pytest.mark.parametrize(
        "ending",
        [
            ServiceUnavailable("The node is stopping."),
            answered(b'{"errorType":"Runtime.ExitError"}', "Unhandled", error_type="Runtime.ExitError"),
        ],
    )
    async def test_what_the_end_of_the_node_ends_is_not_held_against_an_event(self, ending: Exception) -> None:
        released = asyncio.Event()

        async def work(event: bytes) -> None:
            await released.wait()

        served = function(maximum_retry_attempts=0, dead_letter=QUEUE)
        async with Bench(FakeFunctions(ending, work=work), served).running() as bench:
            await bench.submit()
            await until(lambda: bench.functions.running)
            bench.invoker.stop()
            released.set()
        assert [lane.lane for lane in bench.queue.lanes()] == [ARN]

    async def test_an_item_that_nobody_understands_stays_and_holds_up_nothing(self) -> None:
        bench = Bench(FakeFunctions())
        bench.queue.apply([queued(header=b"not json")])
        async with bench.running():
            for _ in range(20):
                await bench.submit()
            await until(lambda: len(bench.functions.asked) == 20)
            await until(lambda: [lane.items for lane in bench.queue.lanes()] == [1])
