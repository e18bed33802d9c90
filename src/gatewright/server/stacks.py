"""The stacks of a node: made by the first call that needs them, or to finish what the node before did not."""

import asyncio
import threading
import time
from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from gatewright.base.errors import BodyError
from gatewright.base.late import late_imports
from gatewright.base.messages import Request, Response, text_response
from gatewright.base.operations import BoundOperation, Caller, Shape
from gatewright.store.types import Store

if TYPE_CHECKING:
    from gatewright.server.stack_services import StackServices
    from gatewright.stacks.execution.responses import Responses
    from gatewright.stacks.execution.runs import StackRuns
    from gatewright.stacks.operations.context import StackContext

SERVICE: Final = "cloudformation"

RESPONSES: Final = "/_gatewright/cloudformation/responses/"
"""Where custom resources and wait conditions are answered."""

IDLE_SECONDS: Final = 4.0
"""How long an answer waits for the stack that it began while nothing happens to it: a function may start meanwhile."""
SETTLE_SECONDS: Final = 10.0
"""How long it waits at most. The AWS CLI sleeps 30 seconds when it finds a stack in progress: most stacks here take a
tenth of a second, the first one of a node a second or more. One that waits for something is not waited for."""
_LOOK_SECONDS: Final = 0.25

_JSON = "application/json"


@dataclass(frozen=True, slots=True)
class StackParts:
    """What the stacks of a node are made of."""

    runs: "StackRuns"
    services: "StackServices"
    responses: "Responses"


class NodeStacks:
    """The stacks of a node, as the rest of it sees them."""

    def __init__(self, make: Callable[[], StackParts], executor: Executor) -> None:
        """`make` imports and builds them, in a worker thread; operations run in the executor's."""
        self._parts: StackParts | None = None
        self._make = make
        self._making = threading.Lock()
        self._executor = executor

    async def take_up(self, store: Store) -> None:
        """Go on with operations that a node was ended in the middle of."""
        with store.read() as reader:
            is_needed = any(stack.get("Operation") for _, stack in reader.scan(SERVICE, "stack"))
        if is_needed:
            await asyncio.to_thread(self._made)

    def operations(self) -> "dict[str, BoundOperation]":
        """Return the operations of CloudFormation, bound to this node's stacks. In a worker thread."""
        with late_imports():
            from gatewright.stacks.operations import OPERATIONS

        parts = self._made()
        return {name: self._bind(operation, parts) for name, operation in OPERATIONS.items()}

    async def respond(self, request: Request) -> Response:
        """Keep what a custom resource or a wait condition is answered with: 200, or why not."""
        if request.method != "PUT":
            return text_response(405, b'{"message":"Method Not Allowed"}', _JSON, [("Allow", "PUT")])
        parts = await asyncio.to_thread(self._made)
        try:
            body = await request.body.read()
        except BodyError as error:
            return text_response(error.status, b'{"message":"The body cannot be read"}', _JSON)
        secret = request.path.removeprefix(RESPONSES)
        received = await asyncio.to_thread(parts.responses.receive, secret, body)
        return text_response(received.value, b"" if received.value == 200 else b'{"message":"Forbidden"}', _JSON)

    async def close(self) -> None:
        """End where that does no harm: the next node takes up what is under way."""
        if self._parts is not None:
            self._parts.services.stop()
            await asyncio.to_thread(self._parts.runs.close)

    def _made(self) -> StackParts:
        with self._making:
            if self._parts is None:
                with late_imports():
                    self._parts = self._make()
                self._parts.runs.take_up()
            return self._parts

    def _bind(self, operation: "Callable[[StackContext, Shape], Shape]", parts: StackParts) -> BoundOperation:
        with late_imports():
            from gatewright.stacks.operations.context import StackContext

        async def run(caller: Caller, request: Shape) -> Shape:
            context = StackContext(caller, parts.runs)
            answer = await asyncio.get_running_loop().run_in_executor(self._executor, operation, context, request)
            for uuid in context.begun:
                await _settle(parts.runs, uuid)
            return answer

        return run


async def _settle(runs: "StackRuns", uuid: str) -> None:
    """Wait for a stack to be done, as long as it gets on, but no longer than clients like to wait for an answer."""
    future = runs.future(uuid)
    if future is None:
        return
    done = asyncio.wrap_future(future)
    begun = seen_at = time.monotonic()
    seen = -1
    while not done.done() and time.monotonic() - begun < SETTLE_SECONDS:
        await asyncio.wait([done], timeout=_LOOK_SECONDS)
        steps = runs.steps(uuid)
        if steps != seen:
            seen, seen_at = steps, time.monotonic()
        elif time.monotonic() - seen_at > IDLE_SECONDS:
            return
