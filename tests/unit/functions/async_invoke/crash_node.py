"""The child of the crash test: accepts and runs events until it is killed, and says what it acknowledged.

What ran and what was sent is written to files by the fakes at the seams, with one system call each: that survives the
kill. Each fifth event fails at first, so that retries are interrupted as well.
"""

import asyncio
import os
import sys
from itertools import count
from pathlib import Path

import orjson

from gatewright.base.clock import SystemClock
from gatewright.base.ids import Ids
from gatewright.functions.async_invoke import AsyncInvoker, Delivery
from gatewright.functions.invocation import InvocationResult
from gatewright.functions.settings import FunctionLimits
from gatewright.snapshot.types import AsyncConfig, QualifiedFunction
from gatewright.store import open_store
from tests.unit.functions.async_invoke.events import QUEUE, answered, failed
from tests.unit.functions.fakes import ARN, function_version, qualified, whole_function

SENDERS = 20
TARGET = qualified(function_version(), "live", async_config=AsyncConfig(on_success_arn=QUEUE))
FUNCTION = whole_function(TARGET)


class Journal:
    """Lines in a file."""

    def __init__(self, path: Path) -> None:
        self._handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)

    def add(self, line: object) -> None:
        os.write(self._handle, f"{line}\n".encode())


class Functions:
    """Writes down what ran."""

    def __init__(self, ran: Journal, failed_file: Path) -> None:
        self._ran = ran
        self._failed_journal = Journal(failed_file)
        self._failed = set(failed_file.read_text().split())

    async def invoke(
        self, target: QualifiedFunction, event: bytes, *, request_id: str, trace_header: str | None
    ) -> InvocationResult:
        await asyncio.sleep(0.001)
        number = orjson.loads(event)
        if number % 5 == 0 and request_id not in self._failed:
            self._failed.add(request_id)
            self._failed_journal.add(request_id)
            return failed()
        self._ran.add(number)
        return answered(event)


class Outbox:
    """Writes down what was sent."""

    def __init__(self, sent: Journal) -> None:
        self._sent = sent

    async def send(self, delivery: Delivery, body: bytes) -> None:
        self._sent.add(orjson.loads(body)["requestPayload"])


async def serve(directory: Path, first: int) -> None:
    """Accept events for ever, numbered from `first`; without a number, run what is left and end."""
    store = open_store(directory / "data")
    functions = Functions(Journal(directory / "ran"), directory / "failed")
    outbox = Outbox(Journal(directory / "sent"))
    limits = FunctionLimits(async_time_scale=0.005)
    functions_by_arn = {ARN: FUNCTION}
    invoker = AsyncInvoker(store.queue, functions, functions_by_arn.get, outbox, limits, SystemClock(), Ids())
    await invoker.start()
    print("ready", flush=True)
    numbers = count(first)

    async def send() -> None:
        for number in numbers:
            await invoker.submit(TARGET, b"%d" % number, request_id=f"request-{number}")
            os.write(1, b"%d\n" % number)

    if first:
        await asyncio.gather(*(send() for _ in range(SENDERS)))
    while store.queue.lanes():
        await asyncio.sleep(0.25)
    await invoker.close()
    store.close()


if __name__ == "__main__":
    asyncio.run(serve(Path(sys.argv[1]), int(sys.argv[2])))
