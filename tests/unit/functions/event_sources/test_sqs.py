"""Reading a queue for a function: batches, filters, what is deleted and what comes again.

AWS documentation: "Using Lambda with Amazon SQS", "Implementing partial batch responses", "Using event filtering with
an Amazon SQS event source" (AWS Lambda Developer Guide).
"""

import asyncio
import dataclasses
import json
from collections.abc import Sequence
from typing import Any

import pytest

from gatewright.base.clock import SystemClock
from gatewright.functions.errors import TooManyRequests
from gatewright.functions.event_sources.queue_client import Message, QueueFault
from gatewright.functions.event_sources.sqs import QueuePoller, failed_items, queue_record
from gatewright.functions.invocation import InvocationResult
from gatewright.languages.event_patterns import compile_pattern
from gatewright.snapshot.types.event_source import QueueMapping

ARN = "arn:aws:sqs:us-east-1:123456789012:orders"
MAPPING = QueueMapping(
    uuid="u",
    queue_arn=ARN,
    region="us-east-1",
    function_arn="arn:aws:lambda:us-east-1:123456789012:function:f",
    qualifier="",
    batch_size=10,
    batching_window_seconds=0,
    reports_failures=False,
    maximum_concurrency=None,
    patterns=(),
)


def message(number: int, body: str | None = None) -> Message:
    return {
        "MessageId": f"m{number}",
        "ReceiptHandle": f"r{number}",
        "Body": body or f"body {number}",
        "MD5OfBody": "md5",
        "Attributes": {"ApproximateReceiveCount": "1", "SenderId": "sender"},
    }


class Queue:
    """A queue that gives every message out once."""

    def __init__(self, *messages: Message) -> None:
        self.waiting = list(messages)
        self.deleted: list[str] = []
        self.asked: list[int] = []
        self.faults = 0

    async def receive(self, queue_arn: str, most: int, wait_seconds: int) -> Sequence[Message]:
        assert queue_arn == ARN
        self.asked.append(most)
        if self.faults:
            self.faults -= 1
            raise QueueFault("gone")
        if not self.waiting:
            await asyncio.sleep(0.02)
        received, self.waiting = self.waiting[:most], self.waiting[most:]
        return received

    async def delete(self, queue_arn: str, receipt_handles: Sequence[str]) -> None:
        self.deleted += receipt_handles

    async def visibility_seconds(self, queue_arn: str) -> int:
        return 30


class Function:
    """Answers what it is told, and remembers the events."""

    def __init__(self, *answers: bytes | str | Exception) -> None:
        self.answers = list(answers)
        self.events: list[Any] = []
        self.running = self.most_running = 0

    async def __call__(self, mapping: QueueMapping, event: bytes) -> InvocationResult:
        answer = self.answers.pop(0) if self.answers else b"null"
        if isinstance(answer, Exception):
            raise answer
        self.events.append(json.loads(event)["Records"])
        self.running += 1
        self.most_running = max(self.most_running, self.running)
        await asyncio.sleep(0.01)
        self.running -= 1
        failure = "Unhandled" if isinstance(answer, str) else None
        payload = answer.encode() if isinstance(answer, str) else answer
        return result(payload, failure)


def result(payload: bytes, failure: str | None) -> InvocationResult:
    fields = {field.name: None for field in dataclasses.fields(InvocationResult)}
    return InvocationResult(**{**fields, "payload": payload, "function_error": failure})  # type: ignore[arg-type]


async def read(queue: Queue, function: Function, seconds: float = 0.2, **changes: Any) -> QueuePoller:
    mapping = dataclasses.replace(MAPPING, **changes)
    poller = QueuePoller(mapping, queue, function, SystemClock(), compile_pattern)
    task = asyncio.create_task(poller.run())
    await asyncio.sleep(seconds)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    if poller.batches:
        await asyncio.wait(poller.batches)
    return poller


async def test_a_batch_becomes_an_event_and_is_deleted() -> None:
    queue, function = Queue(message(1), message(2)), Function()
    await read(queue, function)
    assert function.events == [[queue_record(message(1), MAPPING), queue_record(message(2), MAPPING)]]
    assert queue.deleted == ["r1", "r2"]


def test_the_record_of_a_message_with_attributes() -> None:
    attributes = {
        "text": {"DataType": "String", "StringValue": "x"},
        "octets": {"DataType": "Binary", "BinaryValue": b"\x00\x01"},
    }
    record = queue_record({**message(1), "MessageAttributes": attributes, "MD5OfMessageAttributes": "m"}, MAPPING)
    assert record == {
        "messageId": "m1",
        "receiptHandle": "r1",
        "body": "body 1",
        "attributes": {"ApproximateReceiveCount": "1", "SenderId": "sender"},
        "messageAttributes": {
            "text": {"stringValue": "x", "stringListValues": [], "binaryListValues": [], "dataType": "String"},
            "octets": {"binaryValue": "AAE=", "stringListValues": [], "binaryListValues": [], "dataType": "Binary"},
        },
        "md5OfMessageAttributes": "m",
        "md5OfBody": "md5",
        "eventSource": "aws:sqs",
        "eventSourceARN": ARN,
        "awsRegion": "us-east-1",
    }


def test_the_record_of_a_message_without_attributes() -> None:
    """Null with a batching window, else nothing: localstack, test_lambda_integration_sqs.snapshot.json.

    Recorded in test_sqs_event_source_mapping, with a window, and test_failing_lambda_retries_after_visibility_timeout.
    """
    windowed = dataclasses.replace(MAPPING, batching_window_seconds=1)
    assert queue_record(message(1), windowed)["md5OfMessageAttributes"] is None
    assert "md5OfMessageAttributes" not in queue_record(message(1), MAPPING)


async def test_messages_of_a_function_that_fails_stay() -> None:
    queue, function = Queue(message(1)), Function("raised")
    await read(queue, function)
    assert len(function.events) == 1
    assert queue.deleted == []


async def test_a_function_may_say_which_messages_it_failed_at() -> None:
    answer = b'{"batchItemFailures": [{"itemIdentifier": "m2"}]}'
    queue, function = Queue(message(1), message(2), message(3)), Function(answer)
    await read(queue, function, reports_failures=True)
    assert queue.deleted == ["r1", "r3"]


async def test_what_it_says_counts_only_where_it_was_asked_to() -> None:
    queue, function = Queue(message(1)), Function(b'{"batchItemFailures": [{"itemIdentifier": "m1"}]}')
    await read(queue, function)
    assert queue.deleted == ["r1"]


@pytest.mark.parametrize(
    ("payload", "failed"),
    [
        (b"", set()),
        (b"null", set()),
        (b"{}", set()),
        (b'{"batchItemFailures": []}', set()),
        (b'{"batchItemFailures": null}', set()),
        (b'{"batchItemFailures": [{"itemIdentifier": "m1"}]}', {"m1"}),
        (b'{"batchItemFailures": [{"itemIdentifier": ""}]}', None),
        (b'{"batchItemFailures": [{"itemIdentifier": null}]}', None),
        (b'{"batchItemFailures": [{"item": "m1"}]}', None),
        (b'{"batchItemFailures": [{"itemIdentifier": "other"}]}', None),
        (b'{"batchItemFailures": "m1"}', None),
        (b"not JSON", None),
        (b"[]", None),
    ],
)
def test_partial_batch_responses(payload: bytes, failed: set[str] | None) -> None:
    assert failed_items(payload, {"m1", "m2"}) == failed


async def test_filtered_messages_are_deleted_without_an_invocation() -> None:
    pattern = json.dumps({"body": {"state": ["ready"]}})
    queue = Queue(message(1, '{"state": "ready"}'), message(2, '{"state": "new"}'), message(3, "plain"))
    function = Function()
    await read(queue, function, patterns=(pattern,))
    assert [[record["messageId"] for record in event] for event in function.events] == [["m1"]]
    assert function.events[0][0]["body"] == '{"state": "ready"}'
    assert sorted(queue.deleted) == ["r1", "r2", "r3"]


async def test_a_window_collects_more_than_one_reception() -> None:
    queue, function = Queue(*(message(number) for number in range(25))), Function()
    await read(queue, function, batch_size=25, batching_window_seconds=5)
    assert [len(event) for event in function.events] == [25]
    assert queue.asked[:3] == [10, 10, 5]


async def test_without_a_window_nothing_is_waited_for() -> None:
    queue, function = Queue(*(message(number) for number in range(4))), Function()
    await read(queue, function, batch_size=3)
    assert [len(event) for event in function.events] == [3, 1]


async def test_batches_at_once_are_bounded() -> None:
    queue, function = Queue(*(message(number) for number in range(12))), Function()
    await read(queue, function, batch_size=1, maximum_concurrency=2)
    assert len(function.events) == 12
    assert function.most_running == 2


async def test_a_throttled_batch_is_tried_again() -> None:
    queue = Queue(message(1))
    function = Function(TooManyRequests("ReservedFunctionConcurrentInvocationLimitExceeded"))
    await read(queue, function, seconds=0.4)
    assert len(function.events) == 1
    assert queue.deleted == ["r1"]


async def test_large_messages_are_several_events() -> None:
    queue, function = Queue(*(message(number, "x" * 1_000_000) for number in range(10))), Function()
    await read(queue, function)
    assert [len(event) for event in function.events] == [6, 4]
    assert len(queue.deleted) == 10


async def test_a_queue_that_cannot_be_read_is_tried_again() -> None:
    queue, function = Queue(message(1)), Function()
    queue.faults = 1
    await read(queue, function, seconds=0.8)
    assert queue.deleted == ["r1"]
