"""How much of the bodies that one environment sends to the node's endpoint is in the node's memory at a time.

An environment has the memory of its function, the node that of everybody. Without a limit, sixty connections with a
body of 70 MB on each would take 4 GB of it, and cost who opened them next to nothing.
"""

import asyncio
from collections import deque
from typing import Final

from gatewright.base.messages import BytesBody, Handler, Request, Response

_LEAST_BYTES: Final = 64 << 10


class BodyRoom:
    """Requests whose body is still arriving wait for room, in the order in which they came.

    Until a request has room nothing is read of its body, but for what the connection holds anyway. Who sends slowly
    keeps only itself waiting: each environment has a room of its own.
    """

    __slots__ = ("_free", "_largest", "_waiting")

    def __init__(self, size_bytes: int, largest_bytes: int) -> None:
        """`largest_bytes` is the largest body that is taken, which must find room."""
        self._free = size_bytes
        self._largest = largest_bytes
        self._waiting: deque[tuple[int, asyncio.Future[None]]] = deque()

    def bounding(self, handler: Handler) -> Handler:
        """Return a handler that calls the given one when there is room for the request's body."""

        async def handle(request: Request) -> Response:
            if isinstance(request.body, BytesBody):  # it has arrived with its head
                return await handler(request)
            size = self._size(request)
            await self._take(size)
            try:
                return await handler(request)
            finally:
                self._give_back(size)

        return handle

    def _size(self, request: Request) -> int:
        """Return what a body is going to take; of a chunked one nobody knows."""
        declared = request.headers.get("Content-Length")
        if declared is None or not declared.isdecimal():
            return self._largest
        return min(max(int(declared), _LEAST_BYTES), self._largest)

    async def _take(self, size: int) -> None:
        if not self._waiting and size <= self._free:
            self._free -= size
            return
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((size, turn))
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():
                self._give_back(size)
            raise

    def _give_back(self, size: int) -> None:
        self._free += size
        while self._waiting:
            wanted, turn = self._waiting[0]
            if turn.done():  # who waited has gone
                self._waiting.popleft()
            elif wanted <= self._free:
                self._waiting.popleft()
                self._free -= wanted
                turn.set_result(None)
            else:
                return
