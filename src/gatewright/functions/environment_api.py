"""The HTTP APIs that the processes of one environment find at `AWS_LAMBDA_RUNTIME_API`, and the node's own endpoint.

Each environment has listeners of its own, so that the socket says whose runtime is speaking.
"""

from socket import socket
from typing import Final

from gatewright.base.messages import Handler
from gatewright.functions.body_room import BodyRoom
from gatewright.functions.sandbox.types import Sandbox
from gatewright.wire.limits import Limits
from gatewright.wire.listener import Listener
from gatewright.wire.request_head import RequestHead

_DAY_SECONDS: Final = 86_400.0
_LIMITS: Final = Limits(
    header_bytes=1 << 20,  # an X-Ray error cause travels in a field
    body_bytes=64 << 20,  # counted where it is read, to answer as Lambda does
    trailer_bytes=1 << 20,  # a function's error travels in a field
    header_seconds=_DAY_SECONDS,
    body_idle_seconds=_DAY_SECONDS,
    keep_alive_seconds=_DAY_SECONDS,  # a runtime is silent while its function works
    drain_seconds=0.1,
    connections=64,
)
"""The peer is a process of ours that a time-out of its own ends, so slowness is no reason to hang up."""
_NO_LIMIT: Final = 1 << 62
"""Of responses, which are read piece by piece: what is too much is dropped and not kept."""
_ENDPOINT_LIMITS: Final = Limits(body_bytes=70 << 20, drain_seconds=0.1, connections=64)
_BODIES_BYTES: Final = 96 << 20
"""Of all bodies that the node's endpoint has of one environment at a time: the largest one, and some besides."""


class EnvironmentApi:
    """The listeners of one environment."""

    __slots__ = ("_listeners",)

    def __init__(self) -> None:
        self._listeners: list[Listener] = []

    async def open(self, sandbox: Sandbox, runtime_api: Handler, endpoint: Handler) -> None:
        """Serve the Runtime API, and the node's endpoint where processes do not reach its own listener."""
        await self._listen(sandbox.runtime_api, Listener(runtime_api, _LIMITS, body_limit=_body_limit))
        if sandbox.endpoint is not None:
            room = BodyRoom(_BODIES_BYTES, _ENDPOINT_LIMITS.body_bytes)
            await self._listen(sandbox.endpoint, Listener(room.bounding(endpoint), _ENDPOINT_LIMITS))

    async def close(self) -> None:
        """Stop to listen and cut off who is connected."""
        for listener in self._listeners:
            await listener.drain()

    async def _listen(self, sock: socket, listener: Listener) -> None:
        self._listeners.append(listener)
        await listener.start("", 0, sock=sock)


def _body_limit(head: RequestHead) -> int:
    return _NO_LIMIT if head.path.endswith("/response") else _LIMITS.body_bytes
