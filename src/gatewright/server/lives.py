"""The lives of a node: what serves from its start, or from one reset to the next.

A reset does not ask each part of the node to forget. It builds everything once more, on a store of its own, and puts
that in the place of what was there: nothing can be left out, and what the old life has begun, in threads or in
functions that are being ended, reaches its own store and never the new one.
"""

import asyncio
import dataclasses
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import BinaryIO

from gatewright.base.messages import Handler, Request, Response
from gatewright.functions.sandbox.types import Isolation
from gatewright.server.foundation import Foundation
from gatewright.server.lasting import find_lasting
from gatewright.server.node import Node, Serving
from gatewright.store import open_store
from gatewright.wire.request_head import RequestHead


@dataclass(frozen=True, slots=True)
class Life:
    """A node, what it does, and what ends it."""

    node: Node
    serving: Serving
    parts: AsyncExitStack

    async def end(self) -> None:
        """Let what runs finish, as long as the settings say, and end everything."""
        await self.parts.aclose()

    async def cut_off(self) -> None:
        """End everything now; what is in flight is answered with an error."""
        await self.serving.cut_off()
        await self.parts.aclose()


class Lives:
    """Begins and ends the lives of a node."""

    def __init__(
        self, foundation: Foundation, isolation: Isolation, log_output: BinaryIO, serve: Callable[[Handler], None]
    ) -> None:
        """`serve` takes what answers requests from then on. Log lines of functions go to `log_output`."""
        self._foundation = foundation
        self._lasting = find_lasting(foundation, isolation)
        self._log_output = log_output
        self._serve = serve
        self._life: Life | None = None
        self._resetting = asyncio.Lock()

    async def begin(self) -> None:
        """Begin the first life, on the foundation's own store."""
        self._foundation.parts.push_async_callback(self._end)
        self._life = await self._build(self._foundation)
        self._serve(self._life.serving.handler)
        await self._life.serving.start()

    async def reset(self) -> None:
        """End what is in flight, and be a node on which nothing was ever done. One that keeps data is not reset.

        Requests that come meanwhile wait, and see the new node. When it cannot be built, the old one goes on.
        """
        # Who asked may go away; a reset that was begun comes to its end.
        await asyncio.shield(asyncio.create_task(self._reset()))

    def body_limit(self, head: RequestHead) -> int:
        """Return the largest body of a request."""
        return self._foundation.settings.wire.body_bytes if self._life is None else self._life.node.body_limit(head)

    async def _reset(self) -> None:
        async with self._resetting:
            # The old store is not closed: operations that are under way in threads come to their end on it.
            following = await self._build(dataclasses.replace(self._foundation, store=open_store(None)))
            previous, self._life = self._life, following
            is_over = asyncio.Event()
            self._serve(_after(is_over, following.serving.handler))
            try:
                if previous is not None:
                    await previous.cut_off()
                await self._lasting.reset()
            finally:
                self._serve(following.serving.handler)
                is_over.set()
                await following.serving.start()

    async def _build(self, foundation: Foundation) -> Life:
        parts = AsyncExitStack()
        node = Node(dataclasses.replace(foundation, parts=parts), self._lasting, self.reset)
        try:
            return Life(node, await node.build(self._log_output), parts)
        except BaseException:
            await parts.aclose()
            raise

    async def _end(self) -> None:
        if self._life is not None:
            await self._life.end()


def _after(is_over: asyncio.Event, handler: Handler) -> Handler:
    """Return a handler that waits before it serves."""

    async def handle(request: Request) -> Response:
        await is_over.wait()
        return await handler(request)

    return handle
