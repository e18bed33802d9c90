"""The filter's logic on both machines, and the filter itself on this one."""

import ctypes
import errno as errors
import os
import platform
import socket
import sys

import pytest

from gatewright.functions.sandbox.seccomp import UnknownMachine, filter_instructions, seccomp_filter

from .bpf import ALLOW, KILL, answer, errno

X86_64, AARCH64 = 0xC000003E, 0xC00000B7
MACHINES = [("x86_64", X86_64, 0), ("aarch64", AARCH64, 1)]
# name → numbers on both, from the kernel's tables (None: not there)
NUMBERS = {
    "read": (0, 63),
    "write": (1, 64),
    "openat": (257, 56),
    "execve": (59, 221),
    "futex": (202, 98),
    "prctl": (157, 167),
    "setuid": (105, 146),
    "memfd_create": (319, 279),
    "ptrace": (101, 117),
    "mount": (165, 40),
    "umount2": (166, 39),
    "unshare": (272, 97),
    "setns": (308, 268),
    "bpf": (321, 280),
    "keyctl": (250, 219),
    "io_uring_setup": (425, 425),
    "process_vm_writev": (311, 271),
    "perf_event_open": (298, 241),
    "kexec_load": (246, 104),
    "finit_module": (313, 273),
    "open_by_handle_at": (304, 265),
    "reboot": (169, 142),
    "clone": (56, 220),
    "clone3": (435, 435),
    "socket": (41, 198),
    "socketpair": (53, 199),
    "ioctl": (16, 29),
    "iopl": (172, None),
}
ALLOWED = ("read", "write", "openat", "execve", "futex", "prctl", "setuid", "memfd_create")
DENIED = (
    "ptrace", "mount", "umount2", "unshare", "setns", "bpf", "keyctl", "io_uring_setup", "process_vm_writev",
    "perf_event_open", "kexec_load", "finit_module", "open_by_handle_at", "reboot",
)  # fmt: skip


def number(name: str, column: int) -> int:
    found = NUMBERS[name][column]
    assert found is not None
    return found


@pytest.mark.parametrize(("machine", "architecture", "column"), MACHINES)
def test_what_is_allowed_and_what_is_not(machine: str, architecture: int, column: int) -> None:
    program = seccomp_filter(machine)
    for name in ALLOWED:
        assert answer(program, architecture, number(name, column)) == ALLOW, name
    for name in DENIED:
        assert answer(program, architecture, number(name, column)) == errno(errors.EPERM), name


@pytest.mark.parametrize(("machine", "architecture", "column"), MACHINES)
def test_new_processes_but_no_new_namespaces(machine: str, architecture: int, column: int) -> None:
    program = seccomp_filter(machine)
    fork, thread = 17, 0x3D0F00  # SIGCHLD; what pthread_create asks for
    clone = number("clone", column)
    assert answer(program, architecture, clone, fork) == ALLOW
    assert answer(program, architecture, clone, thread) == ALLOW
    for flag in (0x80, 0x20000, 0x2000000, 0x4000000, 0x8000000, 0x10000000, 0x20000000, 0x40000000):
        assert answer(program, architecture, clone, flag | fork) == errno(errors.EPERM), hex(flag)
    assert answer(program, architecture, number("clone3", column)) == errno(errors.ENOSYS)


@pytest.mark.parametrize(("machine", "architecture", "column"), MACHINES)
def test_families_of_sockets(machine: str, architecture: int, column: int) -> None:
    program = seccomp_filter(machine)
    for call in ("socket", "socketpair"):
        for family in range(64):
            wanted = ALLOW if family in (1, 2, 10, 16) else errno(errors.EAFNOSUPPORT)
            assert answer(program, architecture, number(call, column), family) == wanted, (call, family)


@pytest.mark.parametrize(("machine", "architecture", "column"), MACHINES)
def test_nobody_types_into_a_terminal(machine: str, architecture: int, column: int) -> None:
    program = seccomp_filter(machine)
    ioctl = number("ioctl", column)
    assert answer(program, architecture, ioctl, 1, 0x5401) == ALLOW  # TCGETS
    for request in (0x5412, 0x541C, 0xFFFFFFFF_00005412):  # the kernel looks at the lower half only
        assert answer(program, architecture, ioctl, 1, request) == errno(errors.EPERM)


@pytest.mark.parametrize(("machine", "architecture", "column"), MACHINES)
def test_numbers_that_are_none(machine: str, architecture: int, column: int) -> None:
    program = seccomp_filter(machine)
    assert answer(program, architecture, 462) == ALLOW
    assert answer(program, architecture, 463) == errno(errors.ENOSYS)
    assert answer(program, architecture, 0xFFFFFFFF) == errno(errors.ENOSYS)
    other = AARCH64 if architecture == X86_64 else X86_64
    assert answer(program, other, number("read", column)) == KILL
    assert answer(program, 0x40000003, 1) == KILL  # 32-bit


def test_the_second_table_of_x86_is_closed() -> None:
    assert answer(seccomp_filter("x86_64"), X86_64, 0x40000000) == errno(errors.ENOSYS)
    assert answer(seccomp_filter("x86_64"), X86_64, 172) == errno(errors.EPERM)  # iopl, which arm64 does not have


@pytest.mark.parametrize(("machine", "architecture", "column"), MACHINES)
def test_every_call_has_an_answer(machine: str, architecture: int, column: int) -> None:
    """No jump leads astray, and the kernel takes programs of up to 4,096 instructions."""
    program = seccomp_filter(machine)
    assert len(filter_instructions(machine)) <= 4096
    answers = {answer(program, architecture, call) for call in range(600)}
    assert answers == {ALLOW, errno(errors.EPERM), errno(errors.ENOSYS), errno(errors.EAFNOSUPPORT)}


def test_a_machine_without_a_table() -> None:
    with pytest.raises(UnknownMachine, match="riscv64"):
        seccomp_filter("riscv64")


@pytest.mark.skipif(platform.machine() not in ("x86_64", "aarch64"), reason="no table for this machine")
def test_the_kernel_takes_it() -> None:
    """A child installs the filter and then tries."""
    child = os.fork()
    if child == 0:
        os._exit(_try_under_the_filter())
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def _try_under_the_filter() -> int:
    class Program(ctypes.Structure):
        _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_char_p))

    program = seccomp_filter(platform.machine())
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(38, 1, 0, 0, 0)
    if libc.prctl(22, 2, ctypes.byref(Program(len(program) // 8, program)), 0, 0) != 0:
        return 1
    if libc.unshare(0x10000000) != -1 or ctypes.get_errno() != errors.EPERM:
        return 2
    try:
        socket.socket(38, socket.SOCK_SEQPACKET)  # AF_ALG
        return 3
    except OSError as error:
        if error.errno != errors.EAFNOSUPPORT:
            return 4
    with socket.socket():
        pass
    pid = os.fork()
    if pid == 0:
        os.execv(
            sys.executable, [sys.executable, "-I", "-S", "-c", "import _thread; _thread.start_new_thread(id, (1,))"]
        )
    return 0 if os.waitpid(pid, 0)[1] == 0 else 5
