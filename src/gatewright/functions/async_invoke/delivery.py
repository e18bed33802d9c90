"""One attempt to send a record, and what follows on it.

AWS does not say how often it tries. Here it is tried with the back-off of throttled events for as long as Lambda keeps
events at most, and then logged.
"""

import logging
from dataclasses import replace
from typing import Final

from gatewright.base.clock import Clock
from gatewright.base.event_queue import QueueChange, QueuedItem
from gatewright.functions.async_invoke.encoding import decode_delivery, encode_delivery
from gatewright.functions.async_invoke.lane import Step, postpone
from gatewright.functions.async_invoke.rules import backoff
from gatewright.functions.async_invoke.types import Delivery, DeliveryError, DeliveryRefused, Outbox

_logger = logging.getLogger(__name__)

_LONGEST_SECONDS: Final = 21_600
_SHOWN_BYTES: Final = 2048


class Deliveries:
    """Sends records, one try each time."""

    def __init__(self, outbox: Outbox, clock: Clock, time_scale: float) -> None:
        self._outbox = outbox
        self._clock = clock
        self._time_scale = time_scale

    async def run(self, item: QueuedItem) -> Step:
        """Send a record once and return what becomes of it."""
        delivery = decode_delivery(item.header)
        try:
            await self._outbox.send(delivery, item.payload)
        except DeliveryRefused as error:
            return self._lost(item, delivery, error)
        except DeliveryError as error:
            failures = delivery.failures + 1
            due = self._clock.now() + backoff(failures) * self._time_scale
            if due >= delivery.finished_at + _LONGEST_SECONDS * self._time_scale:
                return self._lost(item, delivery, error)
            _logger.warning(
                "%s: the record of %s cannot be sent to %s and will be tried again: %s",
                delivery.function_arn,
                delivery.request_id,
                delivery.target_arn,
                error,
            )
            header = encode_delivery(replace(delivery, failures=failures))
            return Step(postpone(item, due, header), is_setback=True)
        return Step(QueueChange(removed=(item.sequence,)))

    def _lost(self, item: QueuedItem, delivery: Delivery, error: DeliveryError) -> Step:
        _logger.error(
            "%s: the record of %s is LOST, %s does not take it: %s. It begins with: %s",
            delivery.function_arn,
            delivery.request_id,
            delivery.target_arn,
            error,
            item.payload[:_SHOWN_BYTES].decode("utf-8", "replace"),
        )
        return Step(QueueChange(removed=(item.sequence,)))
