"""What the tests of asynchronous invocation are made with."""

import asyncio
from collections.abc import Awaitable, Callable

from gatewright.functions.async_invoke.types import AsyncEvent, Delivery, Handling
from gatewright.functions.errors import InvokeError
from gatewright.functions.invocation import InvocationResult
from gatewright.snapshot.types import QualifiedFunction
from tests.unit.functions.fakes import ARN

NOW = 1_795_400_000.0
QUEUE = "arn:aws:sqs:us-east-1:123456789012:failures"
TOPIC = "arn:aws:sns:us-east-1:123456789012:failures"


def accepted(**changes: object) -> AsyncEvent:
    """Return an event, changed as a test wants it."""
    fields: dict[str, object] = {
        "request_id": "request-1",
        "function_arn": ARN,
        "qualifier": None,
        "accepted_at": NOW,
        "handling": Handling(),
    }
    return AsyncEvent(**{**fields, **changes})  # type: ignore[arg-type]


def answered(payload: bytes = b'"done"', function_error: str | None = None, **changes: object) -> InvocationResult:
    """Return the result of an invocation."""
    fields: dict[str, object] = {
        "request_id": "request-1",
        "payload": payload,
        "function_error": function_error,
        "log_tail": b"",
        "executed_version": "$LATEST",
        "duration_ms": 1.0,
        "billed_duration_ms": 1,
        "memory_size_mb": 128,
        "max_memory_used_mb": 40,
        "init_duration_ms": None,
    }
    return InvocationResult(**{**fields, **changes})  # type: ignore[arg-type]


def failed(message: str = "no") -> InvocationResult:
    """Return the result of an invocation in which the function raised."""
    return answered(f'{{"errorMessage":"{message}","errorType":"ValueError"}}'.encode(), "Unhandled")


Answer = InvocationResult | InvokeError | Exception


class FakeFunctions:
    """Answers as it is told: the answers one after the other, the last one for all that follow."""

    def __init__(self, *answers: Answer, work: Callable[[bytes], Awaitable[None]] | None = None) -> None:
        self.answers = list(answers) or [answered()]
        self.asked: list[tuple[str, bytes, str, str | None]] = []
        self.running = self.most_running = 0
        self._work = work

    @property
    def events(self) -> list[bytes]:
        return [event for _, event, *_ in self.asked]

    async def invoke(
        self, target: QualifiedFunction, event: bytes, *, request_id: str, trace_header: str | None
    ) -> InvocationResult:
        self.asked.append((target.arn, event, request_id, trace_header))
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        self.running += 1
        self.most_running = max(self.running, self.most_running)
        try:
            if self._work is not None:
                await self._work(event)
            else:
                await asyncio.sleep(0)
        finally:
            self.running -= 1
        if isinstance(answer, Exception):
            raise answer
        return answer


class FakeOutbox:
    """Takes records, after it has refused as it was told to."""

    def __init__(self, *refusals: Exception) -> None:
        self.refusals = list(refusals)
        self.tries = 0
        self.sent: list[tuple[Delivery, bytes]] = []

    async def send(self, delivery: Delivery, body: bytes) -> None:
        self.tries += 1
        await asyncio.sleep(0)
        if self.refusals:
            raise self.refusals.pop(0)
        self.sent.append((delivery, body))
