"""What reading a queue needs from the outside."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from gatewright.base.errors import GatewrightError

Message = Mapping[str, Any]
"""A message as ReceiveMessage returns it, with all attributes (Amazon SQS API Reference)."""


CompileFilter = Callable[[str], Callable[[Any], bool]]
"""Makes of the pattern of a filter what tells whether a record matches it."""


class QueueFault(GatewrightError):
    """A queue that gave no answer, or an error; the text says which."""


class QueueClient(Protocol):
    """Calls SQS."""

    async def receive(self, queue_arn: str, most: int, wait_seconds: int) -> Sequence[Message]:
        """Return up to `most` messages, 10 at most; wait for the first one. Raises `QueueFault`.

        Whoever is cancelled while it waits gives the messages back that it would have got.
        """
        ...

    async def delete(self, queue_arn: str, receipt_handles: Sequence[str]) -> None:
        """Delete messages. Raises `QueueFault`."""
        ...

    async def visibility_seconds(self, queue_arn: str) -> int:
        """Return how long a message that was received is nobody else's. Raises `QueueFault`."""
        ...
