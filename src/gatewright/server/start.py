"""How a node starts and how it ends. What serves is built by `server.node`, and anew at resets by `server.lives`.

What takes long happens at once: the machine's tiers and networks are tried, which other processes do, while Python
imports what serves in a thread.
"""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack, suppress
from typing import TYPE_CHECKING, BinaryIO

from gatewright.base.messages import Handler, Request, Response, text_response
from gatewright.server.foundation import Foundation
from gatewright.server.function_isolation import begin_to_find_tier, open_isolation
from gatewright.settings import Settings
from gatewright.store import open_store
from gatewright.wire.listener import Listener
from gatewright.wire.request_head import RequestHead

if TYPE_CHECKING:
    from gatewright.server.lives import Lives

# Control-plane operations are short and share one writer; more threads would only wait for it.
_OPERATION_THREADS = 8
_ABORT_SECONDS = 0.5


class Server:
    """One node. It listens first, so that a port that is taken is said before anything is opened or changed."""

    def __init__(self, settings: Settings, log_output: BinaryIO) -> None:
        self._settings = settings
        self._log_output = log_output
        self._listener = Listener(_answer_while_starting, settings.wire, body_limit=self._body_limit)
        self._parts = AsyncExitStack()
        self._lives: Lives | None = None

    @property
    def url(self) -> str:
        """Where the node is reached."""
        host = self._settings.host
        return f"http://{f'[{host}]' if ':' in host else host}:{self._listener.port}"

    @property
    def connections(self) -> int:
        """Number of open connections."""
        return self._listener.connections

    async def start(self) -> None:
        """Listen, build everything, serve. Raises `SettingsError` when something that was set cannot be used."""
        await self._listener.start(self._settings.host, self._settings.port)
        try:
            await self._build()
        except BaseException:
            await self.abort()
            raise

    async def stop(self) -> None:
        """Let what is in flight finish, as long as the settings say; then end everything, in reverse order."""
        await self._listener.drain()
        await self._parts.aclose()

    async def abort(self) -> None:
        """End everything now; what is in flight is lost."""
        with suppress(TimeoutError):
            async with asyncio.timeout(_ABORT_SECONDS):
                await self._parts.aclose()

    async def _build(self) -> None:
        settings, port = self._settings, self._listener.port
        executor = ThreadPoolExecutor(_OPERATION_THREADS, thread_name_prefix="operation")
        self._parts.callback(executor.shutdown)
        tier = begin_to_find_tier(settings, executor)
        loading = asyncio.get_running_loop().run_in_executor(executor, _load_node)
        store = open_store(None if settings.is_ephemeral else settings.data_dir)
        self._parts.callback(store.close)
        ground = Foundation(settings, self.url, port, executor, store, self._parts)
        isolation = await open_isolation(tier, settings, port, ground.work_directory("network"), self._parts)
        make = await loading
        self._lives = make(ground, isolation, self._log_output, self._serve)
        await self._lives.begin()

    def _serve(self, handler: Handler) -> None:
        self._listener.handler = handler

    def _body_limit(self, head: RequestHead) -> int:
        return self._settings.wire.body_bytes if self._lives is None else self._lives.body_limit(head)


def _load_node() -> "type[Lives]":
    from gatewright.server.lives import Lives

    return Lives


async def _answer_while_starting(_: Request) -> Response:
    return text_response(503, b'{"message":"gatewright is starting"}', "application/json", [("Retry-After", "1")])
