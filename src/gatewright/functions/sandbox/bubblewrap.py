"""The command line that puts a process into a sandbox of bubblewrap's: tiers A and B.

    [sh: joins the control group] ▸ [enters the network] ▸ bwrap: namespaces, files, seccomp ▸ [setpriv: uid]
    ▸ prlimit ▸ sh

Everything that is the same for all environments is put together once. bwrap gets its arguments through a descriptor,
and no environment variable: see `launch_script`. Tier A: the node is root, so bwrap mounts as root what only root can
read, and `setpriv` then takes a user id that is no one else's, without a capability. A user namespace that root makes
would leave host uid 0 behind the uid inside: whoever has that writes `/proc/sys`. So there is none, and `/proc/sys` is
read-only besides. Tier B: the node is not root, and bwrap makes a user namespace.
"""

import os
import platform
import resource
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from gatewright.functions.sandbox.cgroups import PROCESSES
from gatewright.functions.sandbox.host_files import ReadablePaths, system_mounts
from gatewright.functions.sandbox.network.types import MountedFile
from gatewright.functions.sandbox.seccomp import seccomp_filter
from gatewright.functions.sandbox.types import CORE_LIMIT, SandboxError, SandboxSpec

SANDBOX_UID: Final = 993
SANDBOX_GID: Final = 990
_USER: Final = "sbx_user1051"
TASK_ROOT: Final = "/var/task"
OPT_ROOT: Final = "/opt"
TMP: Final = "/tmp"  # noqa: S108 — the sandbox's
_DESCRIPTORS: Final = 1024
_SHM_BYTES: Final = 64 << 20
_MIB: Final = 1 << 20
_JOIN: Final = 'n=$1; shift; while [ "$n" -gt 0 ]; do echo 0 >"$1" || exit 125; shift; n=$((n-1)); done; exec "$@"'

_NAMESPACES: Final = ("--unshare-pid", "--unshare-ipc", "--unshare-uts", "--unshare-cgroup-try")
_DEVICES: Final = ("--dev", "/dev", "--size", str(_SHM_BYTES), "--perms", "1777", "--tmpfs", "/dev/shm")  # noqa: S108 — the sandbox's
_PROC: Final = ("--proc", "/proc", "--ro-bind", "/proc/sys", "/proc/sys")
_DIRECTORIES: Final = ("/etc", "/etc/ssl", "/etc/pki", "/etc/pki/tls", "/var", "/var/runtime", "/var/lang", OPT_ROOT)
_OPEN_TO_ALL: Final = "0755"
"""bwrap makes the parents of a mount for itself only (0700)."""
_ROOT_CAPABILITIES: Final = ("CAP_SETUID", "CAP_SETGID", "CAP_SETPCAP")


@dataclass(frozen=True, slots=True)
class Tools:
    """The programs that set a sandbox up."""

    bwrap: Path
    sh: Path
    prlimit: Path
    setpriv: Path | None
    """Needed by root only."""


@dataclass(frozen=True, slots=True)
class Contents:
    """What one sandbox is put together from."""

    spec: SandboxSpec
    readable_paths: tuple[Path, ...]
    links: tuple[tuple[str, Path], ...]
    network_files: tuple[MountedFile, ...]
    network_entry: tuple[str, ...]
    uid: int | None
    """The host's user id of its processes: for tier A."""
    join_files: tuple[str, ...]
    """Of the control group."""


@dataclass(frozen=True, slots=True)
class Command:
    """A program to start, and descriptors that it inherits and that are ours to close."""

    argv: tuple[str, ...]
    fds: tuple[int, ...]

    def close(self) -> None:
        """Close our copies."""
        for fd in self.fds:
            os.close(fd)


class Bubblewrap:
    """Builds the command lines of one node."""

    __slots__ = ("_filter", "_head", "_readable", "_tools")

    def __init__(self, tools: Tools, readable: ReadablePaths) -> None:
        """Raises `UnknownMachine`."""
        self._tools = tools
        self._readable = readable
        self._filter = seccomp_filter(platform.machine())
        head = [*_NAMESPACES, "--die-with-parent", "--hostname", "169.254.0.1"]
        if tools.setpriv is None:
            head += ["--unshare-user", "--uid", str(SANDBOX_UID), "--gid", str(SANDBOX_GID), "--cap-drop", "ALL"]
        else:
            head += ["--cap-drop", "ALL"]
            for capability in _ROOT_CAPABILITIES:
                head += ["--cap-add", capability]
        for directory in _DIRECTORIES:
            head += ["--perms", _OPEN_TO_ALL, "--dir", directory]
        head += [*system_mounts(), *_PROC, *_DEVICES, "--remount-ro", "/dev", "--clearenv"]
        self._head = _joined(head)

    def command(self, contents: Contents, program: Sequence[str]) -> Command:
        """Return what to start for `program`; its standard input is to be a `launch_script`. Raises `SandboxError`."""
        fds: list[int] = []
        try:
            fds.append(_memory_file("seccomp", self._filter))
            for name, text in _accounts(contents.uid):
                fds.append(_memory_file(name, text))
            arguments = self._head + _joined(self._own(contents, *fds))
            fds.append(_memory_file("arguments", arguments))
        except BaseException as error:
            Command((), tuple(fds)).close()
            if isinstance(error, OSError):
                raise SandboxError(f"no descriptors for a sandbox: {error}") from error
            raise
        tools = self._tools
        argv: list[str] = []
        if contents.join_files:
            argv += [str(tools.sh), "-c", _JOIN, "sh", str(len(contents.join_files)), *contents.join_files]
        argv += [*contents.network_entry, str(tools.bwrap), "--args", str(fds[-1]), "--"]
        if tools.setpriv is not None and contents.uid is not None:
            ids = (f"--reuid={contents.uid}", f"--regid={contents.uid}")
            argv += [str(tools.setpriv), *ids, "--clear-groups", "--inh-caps=-all", "--ambient-caps=-all"]
            argv += ["--bounding-set=-all", "--"]
        argv += [*_limits(tools.prlimit, contents.spec), str(tools.sh), "-s", "--", *program]
        return Command(tuple(argv), tuple(fds))

    def _own(self, contents: Contents, filter_fd: int, passwd_fd: int, group_fd: int) -> Iterator[str]:
        spec = contents.spec
        yield from ("--perms", "1777", "--size", str(spec.ephemeral_storage_bytes), "--tmpfs", TMP)
        yield from ("--ro-bind", str(spec.task_root), TASK_ROOT)
        if spec.opt_root is not None:
            yield from ("--ro-bind", str(spec.opt_root), OPT_ROOT)
        for fd, name in ((passwd_fd, "/etc/passwd"), (group_fd, "/etc/group")):
            yield from ("--perms", "0444", "--ro-bind-data", str(fd), name)
        for file in contents.network_files:
            yield from ("--ro-bind", str(file.source), file.target)
        made = {Path("/"), Path(TMP), *map(Path, _DIRECTORIES)}
        for path in self._readable.missing(contents.readable_paths):
            for parent in reversed(path.parents):
                if parent not in made:
                    made.add(parent)
                    yield from ("--perms", _OPEN_TO_ALL, "--dir", str(parent))
            yield from ("--ro-bind", str(path), str(path))
        for place, path in contents.links:
            yield from ("--symlink", str(path), place)
        yield from ("--remount-ro", "/", "--chdir", TASK_ROOT, "--seccomp", str(filter_fd))


def _accounts(uid: int | None) -> Iterator[tuple[str, bytes]]:
    """Yield the files of accounts, which name the user as Lambda does."""
    user, group = (SANDBOX_UID, SANDBOX_GID) if uid is None else (uid, uid)
    yield (
        "passwd",
        f"root:x:0:0:root:/root:/sbin/nologin\n{_USER}:x:{user}:{group}::/home/{_USER}:/sbin/nologin\n".encode(),
    )
    yield "group", f"root:x:0:\n{_USER}:x:{group}:\n".encode()


def _limits(prlimit: Path, spec: SandboxSpec) -> list[str]:
    storage = spec.ephemeral_storage_bytes + _MIB  # beyond what fits, so that a full /tmp says ENOSPC
    wanted = (
        ("core", resource.RLIMIT_CORE, CORE_LIMIT),
        ("data", resource.RLIMIT_DATA, spec.data_limit_bytes),
        ("fsize", resource.RLIMIT_FSIZE, storage),
        ("nofile", resource.RLIMIT_NOFILE, _DESCRIPTORS),
        ("nproc", resource.RLIMIT_NPROC, PROCESSES),
        ("sigpending", resource.RLIMIT_SIGPENDING, PROCESSES),
    )
    arguments = [str(prlimit)]
    for name, number, value in wanted:
        most = resource.getrlimit(number)[1]
        limit = value if most == resource.RLIM_INFINITY else min(value, most)
        arguments.append(f"--{name}={limit}:{limit}")
    return [*arguments, "--"]


def _memory_file(name: str, content: bytes) -> int:
    fd = os.memfd_create(name)
    os.write(fd, content)
    os.lseek(fd, 0, os.SEEK_SET)
    return fd


def _joined(arguments: Sequence[str] | Iterator[str]) -> bytes:
    return b"".join(os.fsencode(argument) + b"\0" for argument in arguments)
