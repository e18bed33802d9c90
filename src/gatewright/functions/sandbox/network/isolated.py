"""`outbound` and `none`: a network namespace for each environment, made before it is needed.

The addresses are the same in every one: the Runtime API at 127.0.0.1:9001 as in AWS's emulator, the node at 127.0.0.1
and its own port. Making a namespace and starting its helper takes longer than a cold start may, so a few are always
ready.
"""

import asyncio
import contextlib
import errno
import logging
import os
import socket
from collections import deque
from collections.abc import Callable, Collection, Coroutine
from ipaddress import IPv4Address
from pathlib import Path
from typing import Final, Protocol

from gatewright.functions.sandbox.network.plan import Plan
from gatewright.functions.sandbox.network.spawner_link import Opened, SpawnerLink
from gatewright.functions.sandbox.network.types import MountedFile
from gatewright.functions.sandbox.types import SandboxError

_logger = logging.getLogger(__name__)

READY_SPACES: Final = 4
"""How many wait for an environment."""
REFILL_SECONDS: Final = 0.1
"""How long after one was taken another is made: a cold start is over by then."""


class IsolatedSpace:
    """A network namespace, its two listeners, and its helper if it has one."""

    __slots__ = ("_entry", "_files", "_is_closed", "_link", "_opened")

    def __init__(self, opened: Opened, link: "Link", entry: tuple[str, ...], files: tuple[MountedFile, ...]) -> None:
        self._opened = opened
        self._link = link
        self._entry = entry
        self._files = files
        self._is_closed = False

    @property
    def number(self) -> int:
        """Return what the spawner calls it."""
        return self._opened.number

    @property
    def runtime_api(self) -> socket.socket:
        """Return the socket at 127.0.0.1:9001 of the namespace."""
        return self._opened.runtime_api

    @property
    def endpoint(self) -> socket.socket | None:
        """Return the socket at 127.0.0.1 and the node's port of the namespace."""
        return self._opened.endpoint

    @property
    def entry(self) -> tuple[str, ...]:
        """Return the call of `nsenter`."""
        return self._entry

    @property
    def files(self) -> tuple[MountedFile, ...]:
        """Return the node's own files for all spaces."""
        return self._files

    def tcp_socket(self) -> socket.socket:
        """Return one of the spare sockets. Raises `OSError` when none is left."""
        if not self._opened.spare:
            raise OSError(errno.EMFILE, "this network has no socket left")
        return self._opened.spare.pop()

    async def close(self) -> None:
        """End the helper; the namespace ends with its last process and descriptor."""
        if not self._is_closed:
            self._is_closed = True
            self._opened.close()
            self._link.end(self._opened.number)


class Link(Protocol):
    """What a network needs of its spawner: `SpawnerLink`."""

    async def start(self) -> int:
        """Start it. Return the descriptor of the user namespace. Raises `SandboxError`."""
        ...

    async def open(self) -> Opened:
        """Have a space made. Raises `SandboxError`."""
        ...

    def end(self, number: int) -> None:
        """Have a space's helper ended."""
        ...

    async def close(self) -> None:
        """End it."""
        ...


LinkFactory = Callable[[Plan, Callable[[int, str], None], Callable[[], None]], Link]
"""Makes a link from the plan, what hears of a space that lost its helper, and what hears of the spawner's end."""


class IsolatedNetwork:
    """Spaces from a spawner, which is started again should it end."""

    def __init__(
        self,
        name: str,
        plan: Plan,
        nsenter: Path,
        files: tuple[MountedFile, ...],
        *,
        ready_spaces: int = READY_SPACES,
        refill_seconds: float = REFILL_SECONDS,
        make_link: LinkFactory = SpawnerLink,
        host_addresses: Callable[[], Collection[IPv4Address]] = tuple,
    ) -> None:
        """`name` is `outbound` or `none`; `host_addresses` says what spaces that are ready are made against."""
        self._name = name
        self._plan = plan
        self._nsenter = nsenter
        self._files = files
        self._ready_spaces = ready_spaces
        self._refill_seconds = refill_seconds
        self._refilling: asyncio.TimerHandle | None = None
        self._make_link = make_link
        self._host_addresses = host_addresses
        self._addresses: Collection[IPv4Address] = ()
        self._ready: deque[IsolatedSpace] = deque()
        self._waiting: deque[asyncio.Future[IsolatedSpace]] = deque()
        self._making: set[asyncio.Task[None]] = set()
        self._in_making = 0
        """How many of them have made nothing yet. Whoever they tell of it may ask for more before they have ended."""
        self._link: Link | None = None
        self._user_namespace_fd = -1
        self._starting = asyncio.Lock()
        self._is_closed = False
        self._closing: set[asyncio.Task[None]] = set()
        self._last_problem = ""

    @property
    def name(self) -> str:
        """Return `outbound` or `none`."""
        return self._name

    @property
    def warnings(self) -> tuple[str, ...]:
        """Return (): this is as it should be."""
        return ()

    async def open(self) -> IsolatedSpace:
        """Return a space that is ready, or the next one that will be. Raises `SandboxError`."""
        if self._is_closed:
            raise SandboxError("the node is stopping")
        self._drop_stale()
        if self._ready:
            space = self._ready.popleft()
            self._refill_later()
            return space
        future: asyncio.Future[IsolatedSpace] = asyncio.get_running_loop().create_future()
        self._waiting.append(future)
        self._make_missing(len(self._waiting))
        self._refill_soon()
        try:
            return await future
        except asyncio.CancelledError:
            if future.done() and not future.cancelled() and future.exception() is None:
                self._offer(future.result())
            raise
        finally:
            with contextlib.suppress(ValueError):
                self._waiting.remove(future)

    async def close(self) -> None:
        """End what is ready or being made, and the spawner."""
        self._is_closed = True
        if self._refilling is not None:
            self._refilling.cancel()
        for task in self._making:
            task.cancel()
        await asyncio.gather(*self._making, *self._closing, return_exceptions=True)
        while self._ready:
            await self._ready.popleft().close()
        while self._waiting:
            self._refuse(self._waiting.popleft(), SandboxError("the node is stopping"))
        await self._drop_link()

    def _drop_stale(self) -> None:
        """Give up what is ready when the host has other addresses now: the spaces' firewalls do not know them."""
        addresses = self._host_addresses()
        if addresses != self._addresses:
            self._addresses = addresses
            while self._ready:
                self._run(self._ready.popleft().close())

    def _refill_later(self) -> None:
        """Leave the CPU to the environment that starts now, unless it took the last: others may be about to start."""
        if self._ready:
            self._refill_soon()
        else:
            self._refill()

    def _refill_soon(self) -> None:
        if self._refilling is None and not self._is_closed:
            self._refilling = asyncio.get_running_loop().call_later(self._refill_seconds, self._refill)

    def _refill(self) -> None:
        """Have as many made as somebody waits for and as shall be ready."""
        if self._refilling is not None:
            self._refilling.cancel()
            self._refilling = None
        self._make_missing(self._ready_spaces + len(self._waiting) - len(self._ready))

    def _make_missing(self, wanted: int) -> None:
        """Have so many made, with those that are being made already."""
        for _ in range(0 if self._is_closed else wanted - self._in_making):
            self._in_making += 1
            task = asyncio.create_task(self._make())
            self._making.add(task)
            task.add_done_callback(self._making.discard)

    async def _make(self) -> None:
        try:
            link = await self._live_link()
            opened = await link.open()
        except SandboxError as error:
            self._in_making -= 1
            self._failed(error)
            return
        self._in_making -= 1
        self._offer(IsolatedSpace(opened, link, self._entry(opened.namespace_fd), self._files))

    def _offer(self, space: IsolatedSpace) -> None:
        while self._waiting:
            future = self._waiting.popleft()
            if not future.done():
                future.set_result(space)
                return
        self._ready.append(space)

    def _failed(self, error: SandboxError) -> None:
        """Tell one who waits; the others' spaces are being made, or they are told in turn."""
        while self._waiting:
            if self._refuse(self._waiting.popleft(), error):
                return
        if str(error) != self._last_problem:
            self._last_problem = str(error)
            _logger.warning("no network for functions could be made ready: %s", error)

    @staticmethod
    def _refuse(future: "asyncio.Future[IsolatedSpace]", error: SandboxError) -> bool:
        if future.done():
            return False
        future.set_exception(SandboxError(str(error)))
        return True

    def _entry(self, namespace_fd: int) -> tuple[str, ...]:
        own = f"/proc/{os.getpid()}/fd"
        user = () if os.geteuid() == 0 else (f"--user={own}/{self._user_namespace_fd}", "--preserve-credentials")
        return (str(self._nsenter), *user, f"--net={own}/{namespace_fd}", "--")

    # The spawner

    async def _live_link(self) -> Link:
        async with self._starting:
            if self._link is None:
                link = self._make_link(self._plan, self._space_lost, self._spawner_ended)
                try:
                    self._user_namespace_fd = await link.start()
                except BaseException:
                    await link.close()
                    raise
                self._link = link
            return self._link

    def _space_lost(self, number: int, reason: str) -> None:
        spare = next((space for space in self._ready if space.number == number), None)
        if spare is None:
            _logger.warning("an execution environment has lost its way out of its network: %s", reason)
            return
        self._ready.remove(spare)
        self._run(spare.close())

    def _spawner_ended(self) -> None:
        if self._link is None or self._is_closed:
            return
        _logger.error("the spawner of network namespaces ended: running functions have lost their way out")
        spares, self._ready = list(self._ready), deque()
        for space in spares:
            self._run(space.close())
        self._run(self._drop_link())

    def _run(self, closing: Coroutine[None, None, None]) -> None:
        task = asyncio.get_running_loop().create_task(closing)
        self._closing.add(task)
        task.add_done_callback(self._closing.discard)

    async def _drop_link(self) -> None:
        link, self._link = self._link, None
        if link is not None:
            await link.close()
            os.close(self._user_namespace_fd)
