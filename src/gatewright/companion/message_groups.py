"""The order of FIFO queues.

"FIFO queue delivery logic" (Amazon SQS Developer Guide): while messages of a group are in flight, no more of that group
are received; those that become visible again are received in their order. localstack/localstack recorded it of AWS
(tests/aws/services/lambda_/event_source_mapping/test_lambda_integration_sqs.snapshot.json,
test_report_batch_item_failures).
"""

import threading
from collections.abc import Iterable, Sequence
from typing import Any, Protocol, TypeVar


class Message(Protocol):
    """A message of moto's."""

    @property
    def group_id(self) -> str | None:
        """The group of a message in a FIFO queue."""
        ...

    @property
    def visible(self) -> bool:
        """Whether it is not in flight, or not any more."""
        ...


M = TypeVar("M", bound=Message)


class _Receiving(threading.local):
    now = False


def deliverable(visible: Iterable[M], received: Iterable[Message]) -> list[M]:
    """Return the messages whose groups have none in flight; `received` are those that are, or were until now."""
    in_flight = {message.group_id for message in received if not message.visible}
    return [message for message in visible if message.group_id not in in_flight]


def apply() -> None:
    """Let receivers see of a FIFO queue only what they may have.

    moto asks message by message whether others of its group are in flight, and takes those for it that came back and
    that it has not seen yet: so the last one of a group came first. It waits busily where there are visible messages of
    a group in flight.
    """
    from moto.sqs.models import Queue, SQSBackend

    receiving = _Receiving()
    receive, change = SQSBackend.receive_message, SQSBackend.change_message_visibility
    delete, messages_of = Queue.delete_message, Queue.__dict__["messages"].fget

    def receive_message(backend: Any, *given: Any, **named: Any) -> Any:
        receiving.now = True
        try:
            return receive(backend, *given, **named)
        finally:
            receiving.now = False

    def messages(queue: Any) -> Sequence[Any]:
        visible: list[Any] = messages_of(queue)
        if receiving.now and queue.fifo_queue:
            # A copy, as others receive and delete meanwhile.
            return deliverable(visible, queue.pending_messages.copy())
        return visible

    def delete_message(queue: Any, receipt_handle: str) -> None:
        delete(queue, receipt_handle)
        _wake(queue)

    def change_message_visibility(backend: Any, queue_name: str, *given: Any, **named: Any) -> None:
        change(backend, queue_name, *given, **named)
        _wake(backend.get_queue(queue_name))

    SQSBackend.receive_message = receive_message  # type: ignore[method-assign, assignment]
    SQSBackend.change_message_visibility = change_message_visibility  # type: ignore[method-assign, assignment]
    Queue.delete_message = delete_message  # type: ignore[method-assign, assignment]
    Queue.messages = property(messages)  # type: ignore[method-assign, assignment]
    Queue.pending_message_groups = property(lambda queue: set[str]())  # type: ignore[method-assign, assignment]


def _wake(queue: Any) -> None:
    """Let receivers who wait look again: a group may be free."""
    condition = queue._messages_lock  # noqa: SLF001 — moto has no name for others
    with condition:
        condition.notify_all()
