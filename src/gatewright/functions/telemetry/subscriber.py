"""One subscriber: its buffer, its timer and the batch that is on its way."""

import asyncio
import logging
from collections.abc import Callable
from typing import Final

from gatewright.functions.telemetry.buffer import EventBuffer
from gatewright.functions.telemetry.delivery import Delivery, DeliveryFailed
from gatewright.functions.telemetry.subscription import Subscription

_logger = logging.getLogger(__name__)

_ATTEMPTS: Final = 8
_FIRST_PAUSE_SECONDS: Final = 0.05
_LONGEST_PAUSE_SECONDS: Final = 1.0

DroppedEvent = Callable[[int, int], bytes]
"""Makes platform.logsDropped out of a number of records and octets."""


class Subscriber:
    """Sends what it is given, in order and in batches. A batch that cannot be delivered after some time is dropped."""

    __slots__ = ("_buffer", "_delivery", "_dropped_event", "_task", "_timer", "name", "subscription")

    def __init__(self, name: str, subscription: Subscription, delivery: Delivery, dropped_event: DroppedEvent) -> None:
        self.name = name
        """Of the extension."""
        self.subscription = subscription
        self._delivery = delivery
        self._dropped_event = dropped_event
        self._buffer = EventBuffer(subscription.buffering)
        self._timer: asyncio.TimerHandle | None = None
        self._task: asyncio.Task[None] | None = None

    def send(self, event: bytes) -> None:
        """Send an event soon."""
        self._buffer.add(event)
        if self._buffer.is_full:
            self.flush()
        elif self._timer is None and self._task is None:
            seconds = self.subscription.buffering.timeout_ms / 1000
            self._timer = asyncio.get_running_loop().call_later(seconds, self.flush)

    def is_full(self) -> bool:
        """Return whether an event would be dropped."""
        return self._buffer.is_full

    def miss(self, records: int, octets: int) -> None:
        """Count what is not sent, because there is no room for it."""
        self._buffer.drop(records, octets)

    def flush(self) -> None:
        """Send what there is now, or after what is on its way."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._task is None and len(self._buffer):
            self._task = asyncio.create_task(self._deliver())

    async def flushed(self) -> None:
        """Return when all that was given was sent or dropped."""
        self.flush()
        while self._task is not None:
            await asyncio.wait((self._task,))

    async def close(self) -> None:
        """Send nothing any more."""
        self._buffer.take()
        if self._timer is not None:
            self._timer.cancel()
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait((self._task,))
        self._delivery.close()

    async def _deliver(self) -> None:
        try:
            while len(self._buffer):
                events = self._buffer.take()
                records, octets = self._buffer.take_dropped()
                if records:
                    events.append(self._dropped_event(records, octets))
                if not await self._try(events):
                    self._buffer.drop(len(events), sum(map(len, events)))
        except Exception:
            _logger.exception("telemetry of %s could not be sent for a reason nobody thought of", self.name)
        finally:
            self._task = None

    async def _try(self, events: list[bytes]) -> bool:
        pause = _FIRST_PAUSE_SECONDS
        for attempt in range(_ATTEMPTS):
            if attempt:
                await asyncio.sleep(pause)
                pause = min(pause * 2, _LONGEST_PAUSE_SECONDS)
            try:
                await self._delivery.deliver(events)
            except DeliveryFailed as failure:
                reason = failure
            else:
                return True
        _logger.warning("%d events of telemetry for %s are dropped: %s", len(events), self.name, reason)
        return False
