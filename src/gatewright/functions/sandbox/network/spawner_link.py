"""The node's end of the spawner: see `spawner` for what is said."""

import asyncio
import contextlib
import json
import logging
import os
import socket
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from gatewright.functions.sandbox.network.plan import MAX_MESSAGE_BYTES, SPARE_SOCKETS, Plan
from gatewright.functions.sandbox.types import SandboxError

_logger = logging.getLogger(__name__)

_SPAWNER: Final = "gatewright.functions.sandbox.network.spawner"
_PACKAGES: Final = Path(__file__).parents[4]
"""The directory that has the package `gatewright`: all that the spawner imports besides the standard library."""
_READY_SECONDS: Final = 10.0
_SPACE_SECONDS: Final = 10.0
_END_SECONDS: Final = 5.0
_SPACE_FDS: Final = 3 + SPARE_SOCKETS


@dataclass(frozen=True, slots=True)
class Opened:
    """A space as the spawner hands it over."""

    number: int
    namespace_fd: int
    runtime_api: socket.socket
    endpoint: socket.socket
    spare: list[socket.socket]

    def close(self) -> None:
        """Close the descriptors. Once."""
        self.runtime_api.close()
        self.endpoint.close()
        for sock in self.spare:
            sock.close()
        os.close(self.namespace_fd)


class SpawnerLink:
    """A running spawner. Used on the event loop only."""

    def __init__(self, plan: Plan, on_space_lost: Callable[[int, str], None], on_end: Callable[[], None]) -> None:
        """`on_space_lost` hears of a space that was opened and has lost its helper; `on_end` that the spawner ended."""
        self._plan = plan
        self._on_space_lost = on_space_lost
        self._on_end = on_end
        self._loop = asyncio.get_running_loop()
        self._control: socket.socket | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._ready: asyncio.Future[int] | None = None
        self._opening: dict[int, asyncio.Future[Opened]] = {}
        self._numbers = 0

    async def start(self) -> int:
        """Start the spawner; return the descriptor of the user namespace that owns all spaces, which `close` closes.

        Raises `SandboxError` when namespaces cannot be had.
        """
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._control.setblocking(False)
        with theirs:
            try:
                self._process = _spawn(theirs.fileno(), self._plan)
            except OSError as error:
                raise SandboxError(f"cannot start the spawner of network namespaces: {error}") from error
        self._loop.add_reader(self._control, self._readable)
        self._ready = self._loop.create_future()
        try:
            async with asyncio.timeout(_READY_SECONDS):
                return await self._ready
        except TimeoutError as error:
            raise SandboxError("the spawner of network namespaces did not start") from error

    async def open(self) -> Opened:
        """Make a space. Raises `SandboxError`. One that comes when nobody waits any more is closed."""
        self._numbers += 1
        number, future = self._numbers, self._loop.create_future()
        self._opening[number] = future
        try:
            self._send({"open": number})
            async with asyncio.timeout(_SPACE_SECONDS):
                opened: Opened = await future
        except BaseException as error:
            if future.done() and not future.cancelled() and future.exception() is None:
                future.result().close()
            self.end(number)
            if isinstance(error, TimeoutError):
                raise SandboxError(f"no network namespace after {_SPACE_SECONDS:.0f} s") from error
            raise
        finally:
            self._opening.pop(number, None)
        return opened

    def end(self, number: int) -> None:
        """End the helper of a space. Harmless when the spawner has ended."""
        if self._control is not None:
            with contextlib.suppress(SandboxError):
                self._send({"close": number})

    async def close(self) -> None:
        """End the spawner and with it every helper."""
        self._hang_up()
        process, self._process = self._process, None
        if process is None:
            return
        try:
            await asyncio.to_thread(process.wait, _END_SECONDS)
        except subprocess.TimeoutExpired:
            _logger.warning("the spawner of network namespaces does not end")
            process.kill()
            process.wait()

    def _send(self, message: dict[str, int]) -> None:
        try:
            if self._control is None:
                raise ConnectionResetError
            self._control.send(json.dumps(message).encode())
        except OSError as error:
            raise SandboxError(f"the spawner of network namespaces does not answer: {error}") from error

    def _readable(self) -> None:
        assert self._control is not None
        flags = socket.MSG_DONTWAIT | socket.MSG_CMSG_CLOEXEC
        try:
            packet, fds, _, _ = socket.recv_fds(self._control, MAX_MESSAGE_BYTES, _SPACE_FDS, flags)
        except BlockingIOError:
            return
        except OSError:
            packet, fds = b"", []
        if packet:
            self._take(json.loads(packet), fds)
        else:
            self._hang_up()
            self._on_end()

    def _take(self, message: dict[str, object], fds: list[int]) -> None:
        match message:
            case {"ready": int(pid)}:
                self._take_ready(pid, str(message.get("reason", "")), fds)
            case {"opened": int(number)}:
                self._take_opened(number, fds)
            case {"failed": int(number), "reason": str(reason)}:
                self.end(number)
                self._fail(number, reason)
            case {"ended": int(number), "reason": str(reason)}:
                if not self._fail(number, reason or "its helper ended"):
                    self._on_space_lost(number, reason)

    def _take_ready(self, pid: int, reason: str, fds: list[int]) -> None:
        if self._ready is None or self._ready.done():
            _close_all(fds)
        elif pid and fds:
            self._ready.set_result(fds[0])
        else:
            self._ready.set_exception(SandboxError(f"namespaces are not available: {reason}"))

    def _take_opened(self, number: int, fds: list[int]) -> None:
        future = self._opening.pop(number, None)
        if future is not None and not future.done() and len(fds) == _SPACE_FDS:
            runtime_api, endpoint, *spare = (socket.socket(fileno=fd) for fd in fds[1:])
            future.set_result(Opened(number, fds[0], runtime_api, endpoint, spare))
            return
        # Nobody waits for it any more, or the node has no descriptors left.
        _close_all(fds)
        self.end(number)
        if future is not None and not future.done():
            future.set_exception(SandboxError("no descriptors left for a network namespace"))

    def _fail(self, number: int, reason: str) -> bool:
        future = self._opening.pop(number, None)
        if future is None or future.done():
            return False
        future.set_exception(SandboxError(f"no network namespace: {reason}"))
        return True

    def _hang_up(self) -> None:
        if self._control is None:
            return
        self._loop.remove_reader(self._control)
        self._control.close()
        self._control = None
        for number in list(self._opening):
            self._fail(number, "the spawner of network namespaces ended")
        if self._ready is not None and not self._ready.done():
            self._ready.set_exception(SandboxError("the spawner of network namespaces ended at once"))


def _spawn(control_fd: int, plan: Plan) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        [sys.executable, "-P", "-s", "-S", "-m", _SPAWNER, str(control_fd), plan.to_json()],
        env={"PYTHONPATH": str(_PACKAGES)},
        cwd="/",
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        pass_fds=(control_fd,),
        start_new_session=True,  # Ctrl-C is the node's to answer
    )


def _close_all(fds: list[int]) -> None:
    for fd in fds:
        os.close(fd)
