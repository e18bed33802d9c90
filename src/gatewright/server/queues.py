"""Queues of SQS, which the companion has: what event source mappings read."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final

from gatewright.base.arn import Arn, parse_arn
from gatewright.base.errors import AwsError
from gatewright.functions.event_sources.queue_client import Message, QueueFault

Call = Callable[[str, str, str, Mapping[str, Any]], dict[str, Any]]
"""Calls an operation: service, region, operation, parameters. Raises AwsError. Slow: for worker threads."""

_WAITING_THREADS: Final = 64
"""Each mapping that waits for messages holds one."""
_OTHER_THREADS: Final = 8
_RECEIVE: Final = "ReceiveMessage"
_DELETED_AT_ONCE: Final = 10


class Queues:
    """Calls SQS in threads of its own. Meets `functions.event_sources.queue_client.QueueClient`."""

    def __init__(self, call: Call) -> None:
        self._call = call
        self._waiting = ThreadPoolExecutor(_WAITING_THREADS, thread_name_prefix="queue-waiting")
        # Deletions must not stand behind mappings that wait.
        self._others = ThreadPoolExecutor(_OTHER_THREADS, thread_name_prefix="queue")
        self._urls: dict[str, str] = {}

    def attributes(self, queue: Arn) -> Mapping[str, str]:
        """Return the attributes of a queue (`control.context.Node`). Raises AwsError."""
        request = {"QueueUrl": self._url(str(queue)), "AttributeNames": ["All"]}
        found: dict[str, str] = self._call("sqs", queue.region, "GetQueueAttributes", request)["Attributes"]
        return found

    async def receive(self, queue_arn: str, most: int, wait_seconds: int) -> Sequence[Message]:
        """Return messages, and give them back when nobody waits for them any more."""
        request = {
            "MaxNumberOfMessages": most,
            "WaitTimeSeconds": wait_seconds,
            "AttributeNames": ["All"],
            "MessageAttributeNames": ["All"],
        }
        receiving = self._in_thread(queue_arn, _RECEIVE, request)
        try:
            answer = await asyncio.shield(receiving)
        except asyncio.CancelledError:
            receiving.add_done_callback(lambda done: self._give_back(queue_arn, done))
            raise
        messages: list[Message] = answer.get("Messages", [])
        return messages

    async def delete(self, queue_arn: str, receipt_handles: Sequence[str]) -> None:
        """Delete messages."""
        for start in range(0, len(receipt_handles), _DELETED_AT_ONCE):
            part = receipt_handles[start : start + _DELETED_AT_ONCE]
            entries = [{"Id": str(number), "ReceiptHandle": handle} for number, handle in enumerate(part)]
            answer = await self._in_thread(queue_arn, "DeleteMessageBatch", {"Entries": entries})
            if answer.get("Failed"):
                raise QueueFault(str(answer["Failed"]))

    async def visibility_seconds(self, queue_arn: str) -> int:
        """Return the queue's VisibilityTimeout."""
        answer = await self._in_thread(queue_arn, "GetQueueAttributes", {"AttributeNames": ["VisibilityTimeout"]})
        return int(answer["Attributes"]["VisibilityTimeout"])

    def close(self) -> None:
        """End, without waiting for calls that are under way."""
        for executor in (self._waiting, self._others):
            executor.shutdown(wait=False, cancel_futures=True)

    def _in_thread(
        self, queue_arn: str, operation: str, parameters: Mapping[str, Any]
    ) -> "asyncio.Future[dict[str, Any]]":
        executor = self._waiting if operation == _RECEIVE else self._others
        return asyncio.get_running_loop().run_in_executor(executor, self._call_queue, queue_arn, operation, parameters)

    def _call_queue(self, queue_arn: str, operation: str, parameters: Mapping[str, Any]) -> dict[str, Any]:
        try:
            request = {"QueueUrl": self._url(queue_arn), **parameters}
            return self._call("sqs", queue_arn.split(":")[3], operation, request)
        except AwsError as error:
            self._urls.pop(queue_arn, None)
            raise QueueFault(f"{operation}: {error.code}: {error.message}") from error

    def _url(self, queue_arn: str) -> str:
        url = self._urls.get(queue_arn)
        if url is None:
            queue = parse_arn(queue_arn)
            if queue is None:
                raise AwsError("InvalidAddress", f"{queue_arn} is no queue")
            request = {"QueueName": queue.resource, "QueueOwnerAWSAccountId": queue.account}
            url = self._urls[queue_arn] = str(self._call("sqs", queue.region, "GetQueueUrl", request)["QueueUrl"])
        return url

    def _give_back(self, queue_arn: str, done: "asyncio.Future[dict[str, Any]]") -> None:
        if done.cancelled() or done.exception() is not None:
            return
        entries = [
            {"Id": str(number), "ReceiptHandle": message["ReceiptHandle"], "VisibilityTimeout": 0}
            for number, message in enumerate(done.result().get("Messages", []))
        ]
        if entries:
            giving = self._in_thread(queue_arn, "ChangeMessageVisibilityBatch", {"Entries": entries})
            giving.add_done_callback(lambda given: given.exception())  # else they come again a little later
