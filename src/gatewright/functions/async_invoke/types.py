"""What waits in the queue: events for functions, and records on their way to a destination.

DeliveryError          a record that could not be sent
└── DeliveryRefused    and will not be, however often it is tried
"""

from dataclasses import dataclass
from typing import Protocol

from gatewright.base.errors import GatewrightError


class DeliveryError(GatewrightError):
    """A record that could not be sent to its destination."""


class DeliveryRefused(DeliveryError):
    """A record that the destination cannot take."""


@dataclass(frozen=True, slots=True)
class LastResponse:
    """What the last attempt to run an event came to."""

    status: int
    """The HTTP status that Invoke would have answered with."""
    executed_version: str | None = None
    function_error: str | None = None
    payload: bytes | None = None
    """JSON, as far as it is small enough to be kept."""
    message: str | None = None
    """Why it was refused, when no code of the function ran."""


@dataclass(frozen=True, slots=True)
class Handling:
    """What is done with events of a function. Waits and ages in seconds, as AWS counts them."""

    maximum_retry_attempts: int = 2
    maximum_event_age_seconds: int = 21_600
    on_success_arn: str | None = None
    on_failure_arn: str | None = None
    dead_letter_arn: str | None = None


@dataclass(frozen=True, slots=True)
class AsyncEvent:
    """An asynchronous invocation that was accepted."""

    request_id: str
    """The same on every attempt."""
    function_arn: str
    """Unqualified."""
    qualifier: str | None
    """As it was invoked; what it means is looked up for each attempt."""
    accepted_at: float
    """Seconds since the epoch."""
    handling: Handling
    """As it was when the event was accepted: for a function that is deleted before the event has run."""
    trace_header: str | None = None
    attempts: int = 0
    """How often the function ran, or was not there any more."""
    setbacks: int = 0
    """How often in succession it was throttled or the node failed; these are no attempts."""
    last_response: LastResponse | None = None

    @property
    def qualified_arn(self) -> str:
        """Return the ARN as invocation records have it: always with a qualifier."""
        return f"{self.function_arn}:{self.qualifier or '$LATEST'}"


@dataclass(frozen=True, slots=True)
class Delivery:
    """A record on its way, or an event that goes to a dead-letter queue; the body is the item's payload."""

    target_arn: str
    function_arn: str
    """Qualified: where it comes from."""
    request_id: str
    finished_at: float
    """When the event was done with, in seconds since the epoch."""
    is_success: bool
    attributes: tuple[tuple[str, str, str], ...] = ()
    """Message attributes, for a dead-letter queue only: name, data type, value."""
    trace_header: str | None = None
    failures: int = 0
    """How often it could not be sent."""


class Outbox(Protocol):
    """Sends records to the queues, topics, buses and buckets that other services keep."""

    async def send(self, delivery: Delivery, body: bytes) -> None:
        """Send a record. Raises `DeliveryError` when it may succeed later, `DeliveryRefused` when not."""
        ...
