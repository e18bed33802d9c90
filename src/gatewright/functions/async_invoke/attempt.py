"""One attempt to run an event, and what follows on it."""

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import replace
from typing import Final, Protocol

from gatewright.base.arn import parse_arn, parse_function_name
from gatewright.base.clock import Clock
from gatewright.base.event_queue import NewItem, QueueChange, QueuedItem
from gatewright.base.ids import Ids
from gatewright.functions.async_invoke.encoding import decode_event, encode_event, new_delivery, new_event
from gatewright.functions.async_invoke.lane import Step, postpone
from gatewright.functions.async_invoke.lineage import extend, is_loop
from gatewright.functions.async_invoke.record import dead_letter_attributes, invocation_record
from gatewright.functions.async_invoke.rules import Condition, Retry, after_failure, after_setback, expires_at
from gatewright.functions.async_invoke.types import AsyncEvent, Delivery, Handling, LastResponse
from gatewright.functions.errors import InvokeError
from gatewright.functions.invocation import InvocationResult
from gatewright.snapshot.types import Function, QualifiedFunction

_logger = logging.getLogger(__name__)

_SMALL_BYTES: Final = 64 * 1024
"""Records of more are made in a thread: parsing 6 MB of JSON would hold up everybody's requests."""
_THROTTLED: Final = 429
_NOT_FOUND: Final = 404


class EventInvoker(Protocol):
    """Runs functions; `invoke.Functions` is one."""

    async def invoke(
        self, target: QualifiedFunction, event: bytes, *, request_id: str, trace_header: str | None
    ) -> InvocationResult:
        """Run a function once."""
        ...


Resolve = Callable[[str], Function | None]
"""Finds a function in the current snapshot by its unqualified ARN."""


def handling_of(target: QualifiedFunction) -> Handling:
    """Return what is done with events for a qualifier of a function.

    A version keeps the dead-letter queue that it was published with: recorded in October 2026 (radkawar/stackd,
    testdata/aws/lambda/dlq_ownership_20261001.json), against "Adding a dead-letter queue".
    """
    config = target.async_config
    return Handling(
        config.maximum_retry_attempts,
        config.maximum_event_age_seconds,
        config.on_success_arn,
        config.on_failure_arn,
        target.version.dead_letter_arn,
    )


class Attempts:
    """Runs events, one attempt each time."""

    def __init__(
        self,
        functions: EventInvoker,
        resolve: Resolve,
        clock: Clock,
        ids: Ids,
        executor: Executor,
        time_scale: float,
    ) -> None:
        self._functions = functions
        self._resolve = resolve
        self._clock = clock
        self._ids = ids
        self._executor = executor
        self._time_scale = time_scale
        self.is_stopping = False
        """Whether the node ends: what it ends with is not held against an event."""

    async def run(self, item: QueuedItem) -> Step:
        """Run an event once, unless something is against it, and return what becomes of it."""
        event = decode_event(item.header)
        function = self._resolve(event.function_arn)
        target = None if function is None else function.qualified.get(event.qualifier or "")
        handling = event.handling if function is None or target is None else handling_of(target)
        if function is not None and function.reserved_concurrency == 0:
            return await self._finish(item, event, handling, Condition.ZERO_RESERVED_CONCURRENCY)
        if self._clock.now() >= expires_at(event, handling, self._time_scale):
            return await self._finish(item, event, handling, Condition.EVENT_AGE_EXCEEDED)
        if function is None or target is None:
            return await self._after_failure(item, _not_found(event), handling)
        if function.recursive_loop == "Terminate" and is_loop(event.trace_header, function.arn):
            response = LastResponse(400, function_error="RecursiveInvocationException")
            stopped = replace(event, last_response=response)
            return await self._finish(item, stopped, handling, Condition.RECURSIVE_INVOCATION)
        return await self._invoke(item, event, handling, target)

    async def _invoke(self, item: QueuedItem, event: AsyncEvent, handling: Handling, target: QualifiedFunction) -> Step:
        try:
            result = await self._functions.invoke(
                target, item.payload, request_id=event.request_id, trace_header=event.trace_header
            )
        except InvokeError as error:
            if self.is_stopping:
                return Step(None)
            return await self._after_refusal(item, event, handling, error.status, error.message)
        except Exception:
            _logger.exception("%s: an asynchronous invocation broke in the node", event.qualified_arn)
            return await self._after_refusal(item, event, handling, 500, "Internal error.")
        if self.is_stopping and result.error_type is not None:  # it may have been us who ended the environment
            return Step(None)
        function_error = None if result.function_error is None else _text(result.function_error)
        response = LastResponse(200, result.executed_version, function_error, result.payload)
        event = replace(event, attempts=event.attempts + 1, setbacks=0, last_response=response)
        if result.function_error is None:
            step = await self._finish(item, event, handling, Condition.SUCCESS)
        else:
            step = await self._after_failure(item, event, handling)
        return replace(step, work_seconds=result.duration_ms / 1000)

    async def _after_refusal(
        self, item: QueuedItem, event: AsyncEvent, handling: Handling, status: int, message: str
    ) -> Step:
        event = replace(event, last_response=LastResponse(status, message=_text(message)))
        if status != _THROTTLED and status < 500:
            return await self._after_failure(item, replace(event, attempts=event.attempts + 1), handling)
        event = replace(event, setbacks=event.setbacks + 1)
        decision = after_setback(event, handling, self._clock.now(), self._time_scale)
        if isinstance(decision, Retry):
            return Step(postpone(item, decision.due, encode_event(event)), is_setback=True)
        return replace(await self._finish(item, event, handling, decision), is_setback=True)

    async def _after_failure(self, item: QueuedItem, event: AsyncEvent, handling: Handling) -> Step:
        decision = after_failure(event, handling, self._clock.now(), self._time_scale)
        if isinstance(decision, Retry):
            return Step(postpone(item, decision.due, encode_event(event)))
        return await self._finish(item, event, handling, decision)

    async def _finish(self, item: QueuedItem, event: AsyncEvent, handling: Handling, condition: Condition) -> Step:
        """Take an event out of the queue, and put what is to be told of it in, at once."""
        is_success = condition is Condition.SUCCESS
        destination = handling.on_success_arn if is_success else handling.on_failure_arn
        added: list[NewItem] = []
        if destination is not None:
            added.append(await self._record(item, event, condition, destination))
        if not is_success and handling.dead_letter_arn is not None:
            attributes = dead_letter_attributes(event, condition)
            added.append(self._dead_letter(item, event, handling.dead_letter_arn, attributes))
        if not is_success:
            _logger.warning(
                "%s: the event %s is given up (%s after %d attempts), %s",
                event.qualified_arn,
                event.request_id,
                condition,
                event.attempts,
                "recorded" if added else "and nothing is configured to take it",
            )
        return Step(QueueChange(added=tuple(added), removed=(item.sequence,)))

    async def _record(self, item: QueuedItem, event: AsyncEvent, condition: Condition, target_arn: str) -> NewItem:
        now = self._clock.now()
        response = event.last_response
        size = len(item.payload) + (0 if response is None or response.payload is None else len(response.payload))
        arguments = (event, item.payload, condition, now, target_arn)
        if size <= _SMALL_BYTES:
            body = invocation_record(*arguments)
        else:
            loop = asyncio.get_running_loop()
            body = await loop.run_in_executor(self._executor, invocation_record, *arguments)
        delivery = Delivery(
            target_arn,
            event.qualified_arn,
            event.request_id,
            now,
            is_success=condition is Condition.SUCCESS,
            trace_header=event.trace_header,
        )
        return self._handed_on(delivery, body) or new_delivery(delivery, body, now)

    def _handed_on(self, delivery: Delivery, body: bytes) -> NewItem | None:
        """Return a record for a function of this node as an event of that function; None for other destinations."""
        arn, reference = parse_arn(delivery.target_arn), parse_function_name(delivery.target_arn)
        if arn is None or arn.service != "lambda" or reference is None:
            return None
        qualifier = reference.qualifier
        function_arn = delivery.target_arn.removesuffix(f":{qualifier}")
        function = self._resolve(function_arn)
        target = None if function is None else function.qualified.get(qualifier or "")
        handling = Handling() if function is None or target is None else handling_of(target)
        now = self._clock.now()
        trace_header = extend(delivery.trace_header or "", function_arn).trace_header
        event = AsyncEvent(self._ids.request_id(), function_arn, qualifier, now, handling, trace_header)
        return new_event(event, body, now)

    def _dead_letter(
        self, item: QueuedItem, event: AsyncEvent, target_arn: str, attributes: tuple[tuple[str, str, str], ...]
    ) -> NewItem:
        now = self._clock.now()
        delivery = Delivery(
            target_arn,
            event.qualified_arn,
            event.request_id,
            now,
            is_success=False,
            attributes=attributes,
            trace_header=event.trace_header,
        )
        return new_delivery(delivery, item.payload, now)


def _text(value: str) -> str:
    """Return a text that JSON can hold: one that names a file may have octets that are no characters."""
    return value.encode("utf-8", "replace").decode()


def _not_found(event: AsyncEvent) -> AsyncEvent:
    """Count an attempt for a function, version or alias that is not there any more, as Lambda does."""
    response = LastResponse(_NOT_FOUND, message=f"Function not found: {event.qualified_arn}")
    return replace(event, attempts=event.attempts + 1, setbacks=0, last_response=response)
