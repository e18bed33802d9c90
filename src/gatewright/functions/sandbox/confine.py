"""Runs a program with Landlock, seccomp, limits and, as root, a user id of its own: tier C.

This file is run by itself (`python -I -S confine.py FD`); the descriptor holds a marshalled `Confinement`. It forks: a
child confines itself and becomes the program; the parent waits, and ends everything that the program left when it has
ended, when SIGTERM comes, or when the node is gone. Whatever loses its parent becomes a child of this process, so that
nothing gets away. Source: landlock(7), prctl(2), seccomp(2).
"""

from __future__ import annotations

import ctypes
import marshal
import os
import resource
import signal
import struct
import sys
import time

# Nothing else is imported, `typing` and `contextlib` included: each costs every cold start a millisecond or more.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TypedDict

    class Confinement(TypedDict):
        """What to run, and within what."""

        argv: list[str]
        environment: dict[str, str]
        directory: str
        readable: list[str]
        listable: list[str]  # directories of which names may be seen
        writable: list[str]
        devices: list[str]  # files to read and write
        limits: list[tuple[int, int]]  # resource and its limit
        join_files: list[str]
        uid: int | None
        node: int  # the process that must still be our parent
        keep_fds: list[int]
        filter: bytes  # the seccomp program


_PR_SET_PDEATHSIG = 1
_PR_SET_SECCOMP = 22
_PR_SET_CHILD_SUBREAPER = 36
_PR_SET_NO_NEW_PRIVS = 38
_SECCOMP_MODE_FILTER = 2

# The same numbers on every machine.
_LANDLOCK_CREATE_RULESET = 444
_LANDLOCK_ADD_RULE = 445
_LANDLOCK_RESTRICT_SELF = 446
_CREATE_RULESET_VERSION = 1
_RULE_PATH_BENEATH = 1

_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_DIR = 1 << 0, 1 << 1, 1 << 2, 1 << 3
_TRUNCATE, _IOCTL_DEV = 1 << 14, 1 << 15
_OF_FILES = _EXECUTE | _WRITE_FILE | _READ_FILE | _TRUNCATE | _IOCTL_DEV
_READ = _EXECUTE | _READ_FILE | _READ_DIR
_ALL_BY_VERSION = ((1, (1 << 13) - 1), (2, 1 << 13), (3, _TRUNCATE), (5, _IOCTL_DEV))
_SCOPED_ABSTRACT_SOCKETS, _SCOPED_SIGNALS = 1 << 0, 1 << 1
_SCOPES_FROM = 6

_ROUNDS, _ROUND_SECONDS = 1000, 0.001


def main() -> None:
    """Do it all, and end as the program ended."""
    fd = int(sys.argv[1])
    with open(fd, "rb") as file:
        confinement: Confinement = marshal.loads(file.read())  # noqa: S302 — the node wrote it
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM, signal.SIGCHLD})
    _prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    _prctl(_PR_SET_CHILD_SUBREAPER, 1)
    if os.getppid() != confinement["node"]:
        os._exit(0)
    for path in confinement["join_files"]:
        with open(path, "w") as file_of_group:
            file_of_group.write("0")
    own = os.getpid()
    child = os.fork()
    if child == 0:
        _become(confinement, own)
    for number in confinement["keep_fds"]:
        os.close(number)  # or the node would not see that the program closed it
    quiet = os.open(os.devnull, os.O_RDWR)
    for number in (0, 1, 2):
        os.dup2(quiet, number)
    status = _wait(child)
    _end_all()
    _end_like(status)


def _become(confinement: Confinement, parent: int) -> None:
    """Confine this process and become the program."""
    try:
        os.setsid()
        if confinement["uid"] is not None:
            os.setgroups([])
            os.setresgid(confinement["uid"], confinement["uid"], confinement["uid"])
            os.setresuid(confinement["uid"], confinement["uid"], confinement["uid"])
        _prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)  # a change of the user id clears it
        if os.getppid() != parent:
            os._exit(0)
        for number, limit in confinement["limits"]:
            hard = resource.getrlimit(number)[1]
            value = limit if hard == resource.RLIM_INFINITY else min(limit, hard)
            resource.setrlimit(number, (value, value))
        os.chdir(confinement["directory"])
        _prctl(_PR_SET_NO_NEW_PRIVS, 1)
        restrict(confinement)
        signal.pthread_sigmask(signal.SIG_SETMASK, set())
        for number in confinement["keep_fds"]:
            os.set_inheritable(number, True)
        _install(confinement["filter"])
        os.execve(  # noqa: S606 — that is what this is for
            confinement["argv"][0], confinement["argv"], confinement["environment"]
        )
    except OSError as error:
        os.write(2, f"cannot confine {confinement['argv'][0]}: {error}\n".encode())
    os._exit(127)


def landlock_version() -> int:
    """Return the version of Landlock that the kernel has; 0 without it."""
    version: int = _libc().syscall(_LANDLOCK_CREATE_RULESET, None, 0, _CREATE_RULESET_VERSION)
    return max(version, 0)


def restrict(confinement: Confinement) -> None:
    """Let this thread reach the given files only. Raises `OSError`."""
    version = landlock_version()
    handled = sum(rights for since, rights in _ALL_BY_VERSION if version >= since)
    scopes = _SCOPED_ABSTRACT_SOCKETS | _SCOPED_SIGNALS if version >= _SCOPES_FROM else 0
    attributes = struct.pack("QQQ", handled, 0, scopes)[: 24 if scopes else 8]
    ruleset = _syscall(_LANDLOCK_CREATE_RULESET, attributes, len(attributes), 0)
    for paths, rights in (
        (confinement["readable"], _READ),
        (confinement["listable"], _READ_DIR),
        (confinement["writable"], handled),
        (confinement["devices"], _READ_FILE | _WRITE_FILE | _IOCTL_DEV),
    ):
        for path in paths:
            _allow(ruleset, path, rights & handled)
    _syscall(_LANDLOCK_RESTRICT_SELF, ruleset, 0)
    os.close(ruleset)


def _allow(ruleset: int, path: str, rights: int) -> None:
    try:
        fd = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except (FileNotFoundError, PermissionError):  # what is not reachable needs no permission
        return
    try:
        rule = struct.pack("=Qi", rights if os.path.isdir(path) else rights & _OF_FILES, fd)
        _syscall(_LANDLOCK_ADD_RULE, ruleset, _RULE_PATH_BENEATH, rule, 0)
    finally:
        os.close(fd)


def _install(program: bytes) -> None:
    class Program(ctypes.Structure):
        """`struct sock_fprog`."""

        _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_char_p))

    _prctl(_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, ctypes.byref(Program(len(program) // 8, program)))


def _wait(child: int) -> int:
    """Reap what ends until the program does; return its wait status, or that of SIGKILL when we are asked to end."""
    while True:
        if signal.sigwait({signal.SIGTERM, signal.SIGCHLD}) == signal.SIGTERM:
            return int(signal.SIGKILL)
        while (ended := os.waitpid(-1, os.WNOHANG))[0]:
            if ended[0] == child:
                return ended[1]


def _end_all() -> None:
    """Kill whatever is left below this process. It is stopped first, or a fork bomb would be faster than we are."""
    for number in (signal.SIGSTOP, signal.SIGKILL):
        for _ in range(_ROUNDS):
            fresh = 0
            for pid in _below():
                if number != signal.SIGSTOP or not _is_stopped(pid):
                    _kill(pid, number)
                    fresh += 1
            try:
                while os.waitpid(-1, os.WNOHANG)[0]:
                    pass
            except ChildProcessError:
                return
            if not fresh:
                break
            time.sleep(_ROUND_SECONDS)


def _below() -> list[int]:
    found: list[int] = []
    pending = [os.getpid()]
    while pending:
        parent = pending.pop()
        try:
            for thread in os.listdir(f"/proc/{parent}/task"):
                with open(f"/proc/{parent}/task/{thread}/children") as file:
                    children = [int(pid) for pid in file.read().split()]
                found += children
                pending += children
        except OSError:  # it has ended meanwhile
            continue
    return found


def _is_stopped(pid: int) -> bool:
    try:
        with open(f"/proc/{pid}/stat") as file:
            return file.read().rpartition(")")[2].split()[0] in "TtZX"
    except OSError:
        return True


def _kill(pid: int, number: int) -> None:
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return


def _end_like(status: int) -> None:
    if os.WIFSIGNALED(status):
        number = os.WTERMSIG(status)
        resource.setrlimit(resource.RLIMIT_CORE, (1, 1))  # see CORE_LIMIT in `types`
        if number not in (signal.SIGKILL, signal.SIGSTOP):
            signal.signal(number, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_SETMASK, set())
        os.kill(os.getpid(), number)
    os._exit(os.WEXITSTATUS(status))


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def _syscall(number: int, *arguments: object) -> int:
    result: int = _libc().syscall(number, *arguments)
    if result < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return result


def _prctl(option: int, *arguments: object) -> None:
    padded = [*arguments, 0, 0, 0, 0][:4]
    if _libc().prctl(option, *(ctypes.c_ulong(each) if isinstance(each, int) else each for each in padded)) != 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


if __name__ == "__main__":
    main()
