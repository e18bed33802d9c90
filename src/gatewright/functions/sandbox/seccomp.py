"""The system calls that no function needs, as a seccomp filter in classic BPF.

A function's runtime may do what programs do; it may not reach for what has been the kernel's weak side: namespaces,
mounts, other processes' memory, kernel keyrings, BPF, io_uring, sockets of unusual families, terminals of others. What
is refused fails with EPERM. Calls newer than this table fail with ENOSYS, as on an older kernel, so that libraries
fall back; so does clone3, whose flags a filter cannot see. Source: seccomp(2), and Docker's default profile for what
programs do without.
"""

import struct
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from gatewright.base.errors import GatewrightError

_COLUMNS: Final[Mapping[str, int]] = MappingProxyType({"x86_64": 0, "aarch64": 1})
_AUDIT_ARCH: Final = (0xC000003E, 0xC00000B7)

# name → number on x86-64, number on arm64 (None: not there). From the kernel's syscall tables.
_DENIED: Final[Mapping[str, tuple[int | None, int | None]]] = MappingProxyType(
    {
        # other processes
        "ptrace": (101, 117),
        "process_vm_readv": (310, 270),
        "process_vm_writev": (311, 271),
        "kcmp": (312, 272),
        "pidfd_getfd": (438, 438),
        # mounts and namespaces
        "mount": (165, 40),
        "umount2": (166, 39),
        "pivot_root": (155, 41),
        "chroot": (161, 51),
        "open_tree": (428, 428),
        "move_mount": (429, 429),
        "fsopen": (430, 430),
        "fsconfig": (431, 431),
        "fsmount": (432, 432),
        "fspick": (433, 433),
        "mount_setattr": (442, 442),
        "unshare": (272, 97),
        "setns": (308, 268),
        "name_to_handle_at": (303, 264),
        "open_by_handle_at": (304, 265),
        # the machine
        "reboot": (169, 142),
        "sethostname": (170, 161),
        "setdomainname": (171, 162),
        "swapon": (167, 224),
        "swapoff": (168, 225),
        "init_module": (175, 105),
        "finit_module": (313, 273),
        "delete_module": (176, 106),
        "kexec_load": (246, 104),
        "kexec_file_load": (320, 294),
        "acct": (163, 89),
        "settimeofday": (164, 170),
        "clock_settime": (227, 112),
        "adjtimex": (159, 171),
        "clock_adjtime": (305, 266),
        "quotactl": (179, 60),
        "quotactl_fd": (443, 443),
        "syslog": (103, 116),
        "vhangup": (153, 58),
        "fanotify_init": (300, 262),
        "iopl": (172, None),
        "ioperm": (173, None),
        # large and often broken parts of the kernel
        "bpf": (321, 280),
        "perf_event_open": (298, 241),
        "userfaultfd": (323, 282),
        "io_uring_setup": (425, 425),
        "io_uring_enter": (426, 426),
        "io_uring_register": (427, 427),
        "add_key": (248, 217),
        "request_key": (249, 218),
        "keyctl": (250, 219),
        "personality": (135, 92),
        "modify_ldt": (154, None),
        "uselib": (134, None),
        "ustat": (136, None),
        "sysfs": (139, None),
        "_sysctl": (156, None),
        "nfsservctl": (180, 42),
        "lookup_dcookie": (212, 18),
        # placing memory of others
        "mbind": (237, 235),
        "set_mempolicy": (238, 237),
        "migrate_pages": (256, 238),
        "move_pages": (279, 239),
    }
)
_CLONE: Final = (56, 220)
_CLONE3: Final = (435, 435)
_SOCKET: Final = (41, 198)
_SOCKETPAIR: Final = (53, 199)
_IOCTL: Final = (16, 29)
_NEWEST_KNOWN: Final = 462  # mseal, Linux 6.10

_X32_BIT: Final = 0x4000_0000
_NAMESPACE_FLAGS: Final = 0x7E02_0080  # CLONE_NEWNS, CGROUP, UTS, IPC, USER, PID, NET, TIME
_FAMILIES: Final = (1, 2, 10, 16)
"""AF_UNIX, AF_INET, AF_INET6 and AF_NETLINK, by which the C library lists interfaces."""
_TERMINAL_REQUESTS: Final = (0x5412, 0x541C)
"""TIOCSTI and TIOCLINUX put input into a terminal."""

_ALLOW: Final = 0x7FFF_0000
_KILL_PROCESS: Final = 0x8000_0000
_ERRNO: Final = 0x0005_0000
_EPERM: Final = 1
_ENOSYS: Final = 38
_EAFNOSUPPORT: Final = 97

_LOAD: Final = 0x20
_JUMP_EQUAL: Final = 0x15
_JUMP_AT_LEAST: Final = 0x35
_JUMP_GREATER: Final = 0x25
_JUMP_ANY_BIT: Final = 0x45
_RETURN: Final = 0x06

# struct seccomp_data: nr, arch, instruction pointer, six arguments of 64 bits (the lower half first on both machines)
_NUMBER: Final = 0
_ARCHITECTURE: Final = 4
_ARGUMENTS: Final = 16


class UnknownMachine(GatewrightError):
    """There is no table of system calls for this kind of machine."""


@dataclass(frozen=True, slots=True)
class Instruction:
    """One `struct sock_filter`."""

    code: int
    jump_true: int
    jump_false: int
    operand: int


def seccomp_filter(machine: str) -> bytes:
    """Return the program for `x86_64` or `aarch64`, as bwrap and prctl(2) take it. Raises `UnknownMachine`."""
    return b"".join(
        struct.pack("=HBBI", part.code, part.jump_true, part.jump_false, part.operand)
        for part in filter_instructions(machine)
    )


def filter_instructions(machine: str) -> list[Instruction]:
    """Return the program as a list. Raises `UnknownMachine`."""
    if machine not in _COLUMNS:
        raise UnknownMachine(f"no seccomp filter for {machine}: x86_64 and aarch64 are known")
    column = _COLUMNS[machine]
    program = [
        _load(_ARCHITECTURE),
        Instruction(_JUMP_EQUAL, 1, 0, _AUDIT_ARCH[column]),
        _answer(_KILL_PROCESS),  # 32-bit calls have other numbers
        _load(_NUMBER),
    ]
    if column == 0:
        program += [Instruction(_JUMP_AT_LEAST, 0, 1, _X32_BIT), _fail(_ENOSYS)]
    program += [Instruction(_JUMP_GREATER, 0, 1, _NEWEST_KNOWN), _fail(_ENOSYS)]
    program += [Instruction(_JUMP_EQUAL, 0, 1, _CLONE3[column]), _fail(_ENOSYS)]
    program += _when(_CLONE[column], [_load(_ARGUMENTS), Instruction(_JUMP_ANY_BIT, 0, 1, _NAMESPACE_FLAGS)], _EPERM)
    for call in (_SOCKET, _SOCKETPAIR):
        program += _socket_families(call[column])
    program += _terminal_requests(_IOCTL[column])
    denied = sorted(number for row in _DENIED.values() if (number := row[column]) is not None)
    for number in denied:
        program += [Instruction(_JUMP_EQUAL, 0, 1, number), _fail(_EPERM)]
    return [*program, _answer(_ALLOW)]


def _when(number: int, test: list[Instruction], error: int) -> list[Instruction]:
    """Test the arguments of one call: its last instruction jumps over the refusal unless it applies."""
    body = [*test, _fail(error), _answer(_ALLOW)]
    return [Instruction(_JUMP_EQUAL, 0, len(body), number), *body]


def _socket_families(number: int) -> list[Instruction]:
    allowed = [Instruction(_JUMP_EQUAL, len(_FAMILIES) - index, 0, family) for index, family in enumerate(_FAMILIES)]
    body = [_load(_ARGUMENTS), *allowed, _fail(_EAFNOSUPPORT), _answer(_ALLOW)]
    return [Instruction(_JUMP_EQUAL, 0, len(body), number), *body]


def _terminal_requests(number: int) -> list[Instruction]:
    first, second = _TERMINAL_REQUESTS
    # The kernel looks at the lower half of the request only.
    test = [
        _load(_ARGUMENTS + 8),
        Instruction(_JUMP_EQUAL, 1, 0, first),
        Instruction(_JUMP_EQUAL, 0, 1, second),
    ]
    return _when(number, test, _EPERM)


def _load(offset: int) -> Instruction:
    return Instruction(_LOAD, 0, 0, offset)


def _answer(value: int) -> Instruction:
    return Instruction(_RETURN, 0, 0, value)


def _fail(errno: int) -> Instruction:
    return _answer(_ERRNO | errno)
