"""Tier C: no namespaces. Landlock keeps files apart, seccomp guards the kernel, a parent process ends what is left.

The host's `/tmp`, process numbers and network are what the processes see; they reach no more of it than the rules say.
"""

import asyncio
import contextlib
import itertools
import logging
import marshal
import os
import platform
import resource
import shutil
import signal
import socket
import stat
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Final

from gatewright.functions.sandbox import confine
from gatewright.functions.sandbox.cgroups import PROCESSES, GroupLimits, Groups
from gatewright.functions.sandbox.child import Child
from gatewright.functions.sandbox.entrypoint import entrypoint_problem
from gatewright.functions.sandbox.host_files import ReadablePaths, system_files
from gatewright.functions.sandbox.network.types import Network
from gatewright.functions.sandbox.possessions import Possessions
from gatewright.functions.sandbox.seccomp import seccomp_filter
from gatewright.functions.sandbox.types import (
    CORE_LIMIT,
    EntrypointError,
    IsolationReport,
    ProcessSpec,
    SandboxError,
    SandboxSpec,
)
from gatewright.functions.sandbox.uids import UidBlock

if TYPE_CHECKING:
    from gatewright.functions.sandbox.confine import Confinement

_logger = logging.getLogger(__name__)

_PROGRAM: Final = str(Path(confine.__file__).resolve())
_SYSTEM: Final = ("/usr", "/lib", "/lib32", "/lib64", "/bin", "/sbin")
_NETWORK_FILES: Final = ("/etc/resolv.conf", "/etc/hosts", "/etc/passwd", "/etc/group")
_PROC: Final = (
    "/proc/self",
    "/proc/sys",
    "/proc/cpuinfo",
    "/proc/meminfo",
    "/proc/stat",
    "/proc/loadavg",
    "/proc/uptime",
)
_DEVICES: Final = ("/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom", "/dev/tty")
_DESCRIPTORS: Final = 1024
_SHARED_PROCESSES: Final = 4 * PROCESSES
"""Without a user id of its own, an environment's processes are counted with all others of the node's user."""
_END_SECONDS: Final = 5.0


class Confiner:
    """Builds what `confine` is told. What is the same for all environments is found once."""

    __slots__ = ("_filter", "_readable", "_system")

    def __init__(self, readable: ReadablePaths) -> None:
        """Raises `UnknownMachine`."""
        self._readable = readable
        self._filter = seccomp_filter(platform.machine())
        self._system = [*_SYSTEM, *map(str, system_files()), *_NETWORK_FILES, *_PROC]

    def confinement(
        self,
        spec: SandboxSpec,
        argv: tuple[str, ...],
        environment: Mapping[str, str],
        readable_paths: tuple[Path, ...],
        *,
        temporary: str,
        uid: int | None,
        join_files: tuple[str, ...],
        keep_fds: tuple[int, ...],
    ) -> "Confinement":
        """Return it. Raises `SandboxError`."""
        own = [spec.task_root] if spec.opt_root is None else [spec.task_root, spec.opt_root]
        missing = self._readable.missing(readable_paths)
        shown = [*own, *missing]
        if uid is not None and (hidden := _hidden_from_others((Path(argv[0]), *shown))) is not None:
            raise SandboxError(
                f"without namespaces, functions run as a user who cannot reach {hidden}: let others do so"
            )
        processes = _SHARED_PROCESSES if uid is None else PROCESSES
        return {
            "argv": list(argv),
            "environment": {"TMPDIR": temporary, **environment},
            "directory": str(spec.task_root),
            "readable": [*self._system, *map(str, shown)],
            # An interpreter that looks for a module lists the directory that it would be in.
            "listable": [*{str(path.parent) for path in missing}],
            "writable": [temporary],
            "devices": list(_DEVICES),
            "limits": [
                (resource.RLIMIT_CORE, CORE_LIMIT),
                (resource.RLIMIT_DATA, spec.data_limit_bytes),
                (resource.RLIMIT_FSIZE, spec.ephemeral_storage_bytes),
                (resource.RLIMIT_NOFILE, _DESCRIPTORS),
                (resource.RLIMIT_NPROC, processes),
            ],
            "join_files": list(join_files),
            "uid": uid,
            "node": os.getpid(),
            "keep_fds": list(keep_fds),
            "filter": self._filter,
        }


def _hidden_from_others(paths: tuple[Path, ...]) -> Path | None:
    """Return the first directory on the way to one of the paths that keeps other users out."""
    for parent in dict.fromkeys(parent for path in paths for parent in path.parents):
        if not parent.stat().st_mode & stat.S_IXOTH:
            return parent
    return None


def confine_command(confinement: "Confinement") -> tuple[tuple[str, ...], int]:
    """Return what to start, and the descriptor that it inherits. Raises `OSError`."""
    fd = os.memfd_create("confinement")
    os.write(fd, marshal.dumps(dict(confinement)))
    os.lseek(fd, 0, os.SEEK_SET)
    return (sys.executable, "-I", "-S", _PROGRAM, str(fd)), fd


class ConfinedChild(Child):
    """The parent of the function's processes, which ends them."""

    PROGRAM_DEPTH: ClassVar[int] = 1

    __slots__ = ()

    def kill(self) -> None:
        """Have it end them all. Its own end is the last."""
        self.is_ended_by_us = True
        if self._child.returncode is None:
            if self._group is not None:
                self._group.set_frozen(False)
            with contextlib.suppress(ProcessLookupError):
                os.kill(self._child.pid, signal.SIGTERM)

    def kill_at_once(self) -> None:
        """End the parent, which does not answer."""
        if self._child.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._child.pid, signal.SIGKILL)

    def _status(self) -> int:
        return self._child.wait()


class ConfinedSandbox:
    """The place of one environment."""

    def __init__(
        self,
        spec: SandboxSpec,
        confiner: Confiner,
        held: Possessions,
        temporary: Path,
        give_back: Callable[[Possessions], None],
    ) -> None:
        self._spec = spec
        self._confiner = confiner
        self._held = held
        self._temporary = temporary
        self._give_back = give_back
        self._child: ConfinedChild | None = None
        self._is_closed = False

    @property
    def task_root(self) -> str:
        """Return the path on the host: nothing is mounted elsewhere."""
        return str(self._spec.task_root)

    @property
    def opt_root(self) -> str:
        """Return the path on the host; that of nothing is `/opt`, which no rule lets the processes read."""
        return str(self._spec.opt_root or "/opt")

    @property
    def runtime_api(self) -> socket.socket:
        """Return the socket of the network."""
        return self._held.space.runtime_api

    @property
    def endpoint(self) -> socket.socket | None:
        """Return the socket of the network."""
        return self._held.space.endpoint

    def tcp_socket(self) -> socket.socket:
        """Return a socket of the network of its processes."""
        return self._held.space.tcp_socket()

    def spawn(self, spec: ProcessSpec, on_exit: Callable[[int], None]) -> ConfinedChild:
        """Start `confine`, which becomes the parent of the program."""
        problem = entrypoint_problem(spec.argv[0], self._spec.task_root)
        if problem is not None:
            raise EntrypointError(problem)
        held = self._held
        confinement = self._confiner.confinement(
            self._spec,
            _absolute(spec.argv, self._spec.task_root),
            spec.environment,
            spec.readable_paths,
            temporary=str(self._temporary),
            uid=held.uid,
            join_files=() if held.group is None else held.group.join_files,
            keep_fds=spec.inherited_fds,
        )
        fd = -1
        try:
            if held.uid is not None:
                os.fchown(spec.output_fd, held.uid, held.uid)
            command, fd = confine_command(confinement)
            started = subprocess.Popen(
                command,
                cwd="/",
                env={},
                stdin=subprocess.DEVNULL,
                stdout=spec.output_fd,
                stderr=spec.output_fd,
                pass_fds=(*spec.inherited_fds, fd),
                start_new_session=True,
            )
            self._child = ConfinedChild(started, held.group, self._spec.memory_bytes, on_exit)
        except OSError as error:
            raise SandboxError(f"cannot start a sandbox: {error}") from error
        finally:
            if fd >= 0:
                os.close(fd)
        return self._child

    async def close(self) -> None:
        """End what is left and give everything back."""
        if self._is_closed:
            return
        self._is_closed = True
        held = self._held
        if self._child is not None:
            self._child.kill()
            try:
                async with asyncio.timeout(_END_SECONDS):
                    await self._child.exited.wait()
            except TimeoutError:
                self._child.kill_at_once()
        is_empty = held.group is None or await held.group.remove()
        await held.space.close()
        await asyncio.to_thread(shutil.rmtree, self._temporary, ignore_errors=True)
        if is_empty:
            self._give_back(held)
        else:  # then its user id stays taken
            _logger.warning("processes of a sandbox do not end; their control group stays")


def _absolute(argv: tuple[str, ...], task_root: Path) -> tuple[str, ...]:
    return (str(task_root / argv[0]), *argv[1:]) if "/" in argv[0] else argv


@dataclass(slots=True)
class ConfinedIsolation:
    """Tier C."""

    report: IsolationReport
    confiner: Confiner
    network: Network
    groups: Groups | None
    uids: UidBlock | None
    directory: contextlib.AbstractContextManager[Path]
    _temporary: Path = field(init=False)
    _numbers: "itertools.count[int]" = field(default_factory=itertools.count)

    def __post_init__(self) -> None:
        self._temporary = self.directory.__enter__()
        self._temporary.chmod(0o711)

    async def open(self, spec: SandboxSpec) -> ConfinedSandbox:
        """Make the place of one environment. Raises `SandboxError`."""
        held = Possessions(await self.network.open())
        number = str(next(self._numbers))
        temporary = self._temporary / number
        try:
            held.uid = None if self.uids is None else self.uids.take()
            temporary.mkdir(mode=0o700)
            if held.uid is not None:
                os.chown(temporary, held.uid, held.uid)
            if self.groups is not None:
                held.group = self.groups.create(number, GroupLimits(spec.memory_bytes, 0))
        except (OSError, SandboxError) as error:
            await held.space.close()
            self._give_back(held)
            raise SandboxError(f"cannot make a sandbox: {error}") from error
        return ConfinedSandbox(spec, self.confiner, held, temporary, self._give_back)

    async def close(self) -> None:
        """Give everything back."""
        await self.network.close()
        if self.groups is not None:
            self.groups.close()
        if self.uids is not None:
            self.uids.close()
        self.directory.__exit__(None, None, None)

    def _give_back(self, held: Possessions) -> None:
        if self.uids is not None and held.uid is not None:
            self.uids.give_back(held.uid)
            held.uid = None
