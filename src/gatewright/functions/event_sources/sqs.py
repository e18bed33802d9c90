"""One queue of SQS, read for one function.

    receive ──▶ batch: full, or its window over ──▶ filter ──▶ invoke ──▶ delete what succeeded

Sources: "Using Lambda with Amazon SQS", "Implementing partial batch responses", "Using event filtering with an Amazon
SQS event source" (AWS Lambda Developer Guide); events as localstack recorded them (test_lambda_integration_sqs.py).
What a function failed at is not deleted: the queue gives it out again, or to its dead-letter queue. A batch that the
function's concurrency has no room for is tried again for as long as its messages are hidden.
"""

import asyncio
import base64
import contextlib
import logging
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Final

import orjson

from gatewright.base.clock import Clock
from gatewright.functions.errors import InvokeError, TooManyRequests
from gatewright.functions.event_sources.queue_client import CompileFilter, Message, QueueClient, QueueFault
from gatewright.functions.invocation import InvocationResult
from gatewright.snapshot.types.event_source import QueueMapping

Invoke = Callable[[QueueMapping, bytes], Awaitable[InvocationResult]]
"""Runs the function of a mapping with an event (JSON). Raises `InvokeError`."""

_RECEIVED: Final = 10
"""Messages of one ReceiveMessage."""
_WAIT_SECONDS: Final = 10
_CONCURRENCY: Final = 100
"""Batches of one mapping at once, where nothing else bounds them."""
_MAX_PAYLOAD_BYTES: Final = 6 * 1024 * 1024
"""Of a batch: the size of an event."""
_FIRST_PAUSE_SECONDS: Final = 0.5
_LONGEST_PAUSE_SECONDS: Final = 30.0

logger = logging.getLogger(__name__)


class QueuePoller:
    """Reads a queue until it is cancelled; batches that functions have by then are finished all the same."""

    def __init__(
        self, mapping: QueueMapping, client: QueueClient, invoke: Invoke, clock: Clock, compile_filter: CompileFilter
    ) -> None:
        self.mapping = mapping
        self._client = client
        self._invoke = invoke
        self._clock = clock
        self._room = asyncio.Semaphore(mapping.maximum_concurrency or _CONCURRENCY)
        self._filters = tuple(compile_filter(pattern) for pattern in mapping.patterns)
        self._visibility_seconds = 0
        self.batches: set[asyncio.Task[None]] = set()
        """Under way."""

    async def run(self) -> None:
        """Read, until cancelled. A queue that cannot be read is tried again, less and less often."""
        pause = _FIRST_PAUSE_SECONDS
        while True:
            try:
                if not self._visibility_seconds:
                    self._visibility_seconds = max(1, await self._client.visibility_seconds(self.mapping.queue_arn))
                await self._read_batch()
                pause = _FIRST_PAUSE_SECONDS
            except QueueFault as fault:
                logger.warning("%s is not read, once more in %.1f s: %s", self.mapping.queue_arn, pause, fault)
                await asyncio.sleep(pause)
                pause = min(2 * pause, _LONGEST_PAUSE_SECONDS)

    async def _read_batch(self) -> None:
        await self._room.acquire()
        messages: list[Message] = []
        try:
            await self._fill(messages)
        except BaseException:
            self._room.release()
            raise
        if not messages:
            self._room.release()
            return
        batch = asyncio.get_running_loop().create_task(self._run_batch(messages))
        self.batches.add(batch)
        batch.add_done_callback(self.batches.discard)
        batch.add_done_callback(lambda _: self._room.release())

    async def _fill(self, messages: list[Message]) -> None:
        """Wait for messages, and for more of them while the window is open."""
        mapping = self.mapping
        messages += await self._receive(min(_RECEIVED, mapping.batch_size), _WAIT_SECONDS)
        closes_at = self._clock.monotonic() + mapping.batching_window_seconds
        size = _size(messages)
        try:
            while messages and len(messages) < mapping.batch_size and size < _MAX_PAYLOAD_BYTES:
                left = closes_at - self._clock.monotonic()
                if left <= 0:
                    return
                most = min(_RECEIVED, mapping.batch_size - len(messages))
                more = await self._receive(most, max(1, min(_WAIT_SECONDS, int(left))))
                messages += more
                size += _size(more)
        except QueueFault as fault:  # what has come so far is not held back
            logger.warning("%s: a batch goes on with %d messages: %s", mapping.queue_arn, len(messages), fault)

    async def _receive(self, most: int, wait_seconds: int) -> Sequence[Message]:
        return await self._client.receive(self.mapping.queue_arn, most, wait_seconds)

    async def _run_batch(self, messages: list[Message]) -> None:
        try:
            wanted: list[Message] = []
            done: list[Message] = []
            for message in messages:
                (wanted if self._passes(message) else done).append(message)
            for part in _parts(wanted):
                done += await self._run_part(part)
            handles = [message["ReceiptHandle"] for message in done]
            if handles:
                await self._client.delete(self.mapping.queue_arn, handles)
        except QueueFault as fault:
            logger.warning("messages of %s are not deleted, and will come again: %s", self.mapping.queue_arn, fault)
        except Exception:
            logger.exception("a batch of %s failed", self.mapping.queue_arn)

    def _passes(self, message: Message) -> bool:
        if not self._filters:
            return True
        record = queue_record(message, self.mapping)
        # A body that is JSON is matched member by member, any other as the text that it is.
        with contextlib.suppress(orjson.JSONDecodeError):
            record["body"] = orjson.loads(record["body"])
        return any(matches(record) for matches in self._filters)

    async def _run_part(self, messages: list[Message]) -> list[Message]:
        """Run the function with messages that fit into one event; return those that it is done with."""
        mapping = self.mapping
        event = orjson.dumps({"Records": [queue_record(message, mapping) for message in messages]})
        gives_up_at = self._clock.monotonic() + self._visibility_seconds
        pause = 0.1
        while True:
            try:
                result = await self._invoke(mapping, event)
                break
            except TooManyRequests:
                if self._clock.monotonic() + pause >= gives_up_at:
                    return []
                await asyncio.sleep(pause)
                pause = min(2 * pause, 5.0)
            except InvokeError as error:
                logger.warning("%s is not invoked for %s: %s", mapping.function_arn, mapping.queue_arn, error)
                return []
        if result.function_error is not None:
            return []
        if not mapping.reports_failures:
            return messages
        failed = failed_items(result.payload, {message["MessageId"] for message in messages})
        return [] if failed is None else [message for message in messages if message["MessageId"] not in failed]


def queue_record(message: Message, mapping: QueueMapping) -> dict[str, Any]:
    """Return a message as one of the `Records` of an event.

    Recorded of AWS: a message without attributes has no `md5OfMessageAttributes`, but null of a mapping with a batching
    window (localstack, event_source_mapping/test_lambda_integration_sqs.snapshot.json).
    """
    attributes = message.get("MessageAttributes") or {}
    md5: dict[str, Any] = {"md5OfMessageAttributes": None} if mapping.batching_window_seconds else {}
    if attributes:
        md5 = {"md5OfMessageAttributes": message["MD5OfMessageAttributes"]}
    return {
        "messageId": message["MessageId"],
        "receiptHandle": message["ReceiptHandle"],
        "body": message.get("Body", ""),
        "attributes": dict(message.get("Attributes") or {}),
        "messageAttributes": {name: _attribute(value) for name, value in attributes.items()},
        **md5,
        "md5OfBody": message.get("MD5OfBody"),
        "eventSource": "aws:sqs",
        "eventSourceARN": mapping.queue_arn,
        "awsRegion": mapping.region,
    }


def _attribute(value: Message) -> dict[str, Any]:
    shown: dict[str, Any] = {}
    if value.get("StringValue") is not None:
        shown["stringValue"] = value["StringValue"]
    if value.get("BinaryValue") is not None:
        shown["binaryValue"] = base64.b64encode(value["BinaryValue"]).decode()
    return {**shown, "stringListValues": [], "binaryListValues": [], "dataType": value["DataType"]}


def failed_items(payload: bytes, identifiers: set[str]) -> set[str] | None:
    """Return the messages that a function says it failed at; None where its answer means that it failed at all.

    "Lambda treats a batch as a complete success" for an empty list, an empty or null `batchItemFailures` and an empty
    response; as a complete failure for an invalid response, an empty or null `itemIdentifier`, and one that is none.
    """
    try:
        answer = orjson.loads(payload or b"null")
    except orjson.JSONDecodeError:
        return None
    if answer is None:
        return set()
    if not isinstance(answer, dict):
        return None
    failures = answer.get("batchItemFailures")
    if failures is None:
        return set()
    if not isinstance(failures, list):
        return None
    failed = {str(each.get("itemIdentifier")) if isinstance(each, dict) else "" for each in failures}
    return failed if failed <= identifiers else None


def _parts(messages: list[Message]) -> list[list[Message]]:
    """Return messages in lists that each fit into one event."""
    parts: list[list[Message]] = []
    size = _MAX_PAYLOAD_BYTES
    for message in messages:
        bytes_of_message = _size([message])
        if size + bytes_of_message > _MAX_PAYLOAD_BYTES:
            parts.append([])
            size = 0
        parts[-1].append(message)
        size += bytes_of_message
    return parts


def _size(messages: Sequence[Message]) -> int:
    """Return about how many bytes messages have in an event."""
    return sum(len(orjson.dumps(message.get("Body", ""))) + 2048 for message in messages)
