"""The processes of external extensions: found in `/opt/extensions`, started before the runtime in the same sandbox.

A small shell script (`launcher.sh`) starts them, waits with the runtime until all have registered, and tells by a pipe
how each of them ends. It runs only where there are external extensions: nobody else pays for it.
"""

import asyncio
import contextlib
import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final, Protocol

from gatewright.functions.descriptors import out_of_the_way
from gatewright.functions.sandbox.entrypoint import entrypoint_problem

_DIRECTORY: Final = "extensions"
_SCRIPT: Final = Path(__file__).with_name("launcher.sh")
_READ_BYTES: Final = 4096
_MAX_REPORT_BYTES: Final = 64
_SIGNALLED: Final = 128
"""A shell gives the status of a process that a signal ended as this plus the signal's number."""
_RUNTIME: Final = -1
_RUNTIME_VARIABLES: Final = frozenset(
    {
        "AWS_EXECUTION_ENV",
        "AWS_LAMBDA_LOG_GROUP_NAME",
        "AWS_LAMBDA_LOG_STREAM_NAME",
        "AWS_XRAY_CONTEXT_MISSING",
        "AWS_XRAY_DAEMON_ADDRESS",
        "LAMBDA_RUNTIME_DIR",
        "LAMBDA_TASK_ROOT",
    }
)
"""Variables of the runtime's process alone ("Using the Lambda Extensions API to create extensions"), and those that
begin with an underscore."""


class ExternalEvents(Protocol):
    """What is told of the processes."""

    def extension_exited(self, index: int, status: int) -> None:
        """The process of an extension ended; `status` is negative for a signal."""
        ...

    def runtime_exited(self, status: int) -> None:
        """The process of the runtime ended."""
        ...


def external_extensions(opt_root: Path | None) -> tuple[str, ...]:
    """Return the names of the files directly in `/opt/extensions`, in order."""
    if opt_root is None:
        return ()
    try:
        with os.scandir(opt_root / _DIRECTORY) as entries:
            return tuple(sorted(entry.name for entry in entries if not entry.is_dir()))
    except OSError:
        return ()


def launch_problem(opt_root: Path, name: str) -> str | None:
    """Return Lambda's sentence when an extension cannot be started, or None."""
    return entrypoint_problem(f"./{name}", opt_root / _DIRECTORY, f"/opt/{_DIRECTORY}", {"/opt": opt_root})


class Launcher:
    """The host's side of `launcher.sh`."""

    __slots__ = ("_buffer", "_events", "_heard", "_host_fds", "_loop", "_names", "_orders", "_passed_fds", "_reports")

    def __init__(self, names: tuple[str, ...], events: ExternalEvents) -> None:
        self._names = names
        self._events = events
        self._loop = asyncio.get_running_loop()
        self._buffer = b""
        self._heard: set[int] = set()
        self._reports = self._orders = -1
        self._host_fds: list[int] = []
        self._passed_fds: list[int] = []

    def open(self) -> None:
        """Make the pipes. Raises `OSError`; call `close` also then."""
        self._reports, reports_end = self._pipe()
        orders_end, self._orders = self._pipe()
        # The sandbox opens them by their paths, perhaps as another user.
        self._passed_fds = [reports_end, orders_end]
        for fd in self._passed_fds:
            os.fchmod(fd, 0o666)
        os.set_blocking(self._reports, False)
        os.set_blocking(self._orders, False)
        self._loop.add_reader(self._reports, self._readable)

    def inherited_fds(self) -> tuple[int, ...]:
        """Return the descriptors that the process must inherit."""
        return tuple(self._passed_fds)

    def argv(
        self, program: tuple[str, ...], opt_root: str, output_fd: int, variables: Mapping[str, str], own: Iterable[str]
    ) -> tuple[str, ...]:
        """Return what to start instead of the runtime; `own` are variables that concern the runtime alone."""
        reports, orders = (f"/proc/self/fd/{fd}" for fd in self._passed_fds)
        hidden = {name for name in variables if name.startswith("_")} | _RUNTIME_VARIABLES | set(own)
        paths = (f"{opt_root}/{_DIRECTORY}/{name}" for name in self._names)
        script = _SCRIPT.read_text()
        settings = (reports, orders, f"/proc/self/fd/{output_fd}", " ".join(sorted(hidden)), str(len(self._names)))
        return ("/bin/sh", "-c", script, "launcher", *settings, *paths, *program)

    def spawned(self) -> None:
        """Give up this process's copies of what it passed on."""
        while self._passed_fds:
            self._host_fds.remove(self._passed_fds[-1])
            os.close(self._passed_fds.pop())

    def start_runtime(self) -> None:
        """Start the runtime: every extension has registered."""
        self._order(b"start\n")

    def terminate_runtime(self) -> None:
        """Send SIGTERM to the runtime."""
        self._order(b"terminate\n")

    def kill_runtime(self) -> None:
        """Send SIGKILL to the runtime, and to nothing that it started."""
        self._order(b"kill\n")

    def close(self) -> None:
        """Close every pipe. No event comes after this."""
        if self._reports >= 0:
            self._loop.remove_reader(self._reports)
        self._reports = self._orders = -1
        self._passed_fds.clear()
        while self._host_fds:
            os.close(self._host_fds.pop())

    def _pipe(self) -> tuple[int, int]:
        read_fd, write_fd = map(out_of_the_way, os.pipe2(os.O_CLOEXEC))
        self._host_fds += read_fd, write_fd
        return read_fd, write_fd

    def _order(self, order: bytes) -> None:
        with contextlib.suppress(OSError):  # it is gone: its end is told by other means
            if self._orders >= 0:
                os.write(self._orders, order)

    def _readable(self) -> None:
        try:
            octets = os.read(self._reports, _READ_BYTES)
        except OSError:
            octets = b""
        if not octets:
            self._loop.remove_reader(self._reports)
            return
        *lines, self._buffer = (self._buffer + octets).split(b"\n")
        if len(self._buffer) > _MAX_REPORT_BYTES:
            self._buffer = b""
        for line in lines:
            if self._reports >= 0:
                self._heed(line)

    def _heed(self, line: bytes) -> None:
        """Take note of one report. The processes could write their own: what is none, or comes again, is dropped."""
        kind, *numbers = line.split(b" ") if len(line) <= _MAX_REPORT_BYTES else [b""]
        if not all(number.isdigit() for number in numbers):
            return
        index = int(numbers[0]) if kind == b"extension" and len(numbers) == 2 else _RUNTIME
        if index in self._heard or index >= len(self._names):
            return
        if index != _RUNTIME:
            self._heard.add(index)
            self._events.extension_exited(index, _status(int(numbers[1])))
        elif kind == b"runtime" and len(numbers) == 1:
            self._heard.add(_RUNTIME)
            self._events.runtime_exited(_status(int(numbers[0])))


def _status(shells: int) -> int:
    return _SIGNALLED - shells if shells > _SIGNALLED else shells
