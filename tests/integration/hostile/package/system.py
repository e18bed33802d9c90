"""Attacks by system calls: on other processes, on namespaces and on the kernel."""

import contextlib
import ctypes
import os
import platform
import signal
import socket
import time

_LIBC = ctypes.CDLL(None, use_errno=True)
_COLUMN = 0 if platform.machine() == "x86_64" else 1
# name: numbers on x86-64 and on aarch64 (asm/unistd.h)
_NUMBERS = {
    "ptrace": (101, 117),
    "process_vm_readv": (310, 270),
    "mount": (165, 40),
    "umount2": (166, 39),
    "pivot_root": (155, 41),
    "chroot": (161, 51),
    "unshare": (272, 97),
    "setns": (308, 268),
    "clone3": (435, 435),
    "bpf": (321, 280),
    "perf_event_open": (298, 241),
    "userfaultfd": (323, 282),
    "io_uring_setup": (425, 425),
    "add_key": (248, 217),
    "keyctl": (250, 219),
    "request_key": (249, 218),
    "reboot": (169, 142),
    "init_module": (175, 105),
    "kexec_load": (246, 104),
    "swapon": (167, 224),
    "sethostname": (170, 161),
    "clock_settime": (227, 112),
    "acct": (163, 89),
    "syslog": (103, 116),
    "quotactl": (179, 60),
    "open_by_handle_at": (304, 265),
    "fsopen": (430, 430),
    "open_tree": (428, 428),
    "move_mount": (429, 429),
    "personality": (135, 92),
    "capset": (126, 91),
    "setuid": (105, 146),
    "setgid": (106, 144),
    "setgroups": (116, 159),
}
_NEW_USER = 0x10000000
_NEW_NS = 0x00020000
_NEW_NET = 0x40000000
_PTRACE_ATTACH = 16
_PTRACE_SEIZE = 0x4206
_ADDR_NO_RANDOMIZE = 0x0040000


def _call(name, *arguments):
    """Make a system call; return whether it succeeded."""
    return _LIBC.syscall(_NUMBERS[name][_COLUMN], *arguments) >= 0


def _succeeded(*calls):
    return [call[0] for call in calls if _call(*call)]


def trace_others(pids):
    """Attach to other processes, the sandbox's first one and the node's."""
    got = []
    for pid in pids:
        got += [f"attach {pid}"] if _call("ptrace", _PTRACE_ATTACH, pid, 0, 0) else []
        got += [f"seize {pid}"] if _call("ptrace", _PTRACE_SEIZE, pid, 0, 0) else []
    return got


def trace_own_child():
    """Trace at all: the filter leaves no use of it."""
    child = os.fork()
    if child == 0:
        signal.pause()
        os._exit(0)
    got = ["ptrace"] if _call("ptrace", _PTRACE_SEIZE, child, 0, 0) else []
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return got


def signal_others(pids):
    """Signal the node and whoever else has these numbers on the host."""
    got = []
    for pid in pids:
        try:
            os.kill(pid, 0)
            got.append(str(pid))
        except OSError:
            continue
    return got


def kill_everybody():
    """Kill all that may be killed. The own process is not among them (kill(2)), so the answer still comes."""
    with contextlib.suppress(OSError):
        os.kill(-1, signal.SIGKILL)
    return []


def mount_file_systems():
    """Mount, unmount and move what there is."""
    none, proc, tmp = b"none", b"proc", b"/tmp"
    return _succeeded(
        ("mount", none, tmp, b"tmpfs", 0, None),
        ("mount", proc, tmp, proc, 0, None),
        ("mount", b"/", b"/", None, 4096 | 32, None),  # MS_BIND | MS_REMOUNT: writable again
        ("umount2", b"/proc", 2),
        ("pivot_root", tmp, tmp),
        ("chroot", tmp),
        ("fsopen", b"tmpfs", 0),
        ("open_tree", -100, b"/", 1),
    )


def make_namespaces():
    """Get a user namespace, in which one would be root, or any other."""
    got = _succeeded(("unshare", _NEW_USER), ("unshare", _NEW_NS), ("unshare", _NEW_NET))
    got += _succeeded(("unshare", _NEW_USER | _NEW_NS | _NEW_NET))
    for kind in ("user", "mnt", "net", "pid"):
        try:
            descriptor = os.open(f"/proc/1/ns/{kind}", os.O_RDONLY)
        except OSError:
            continue
        got += [f"setns {kind}"] if _call("setns", descriptor, 0) else []
        os.close(descriptor)
    return got


def become_somebody_else():
    """Change user, groups and capabilities."""
    header = (ctypes.c_uint32 * 2)(0x20080522, 0)
    everything = (ctypes.c_uint32 * 6)(*[0xFFFFFFFF] * 6)
    got = _succeeded(("capset", header, everything), ("setgroups", 0, None))
    if os.getuid() != 0:
        got += _succeeded(("setuid", 0), ("setgid", 0))
    return got


def have_capabilities():
    """Return the sets of capabilities that are not empty, and whether new privileges can be had."""
    wanted = {"CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"}
    got = []
    with open("/proc/self/status") as status:
        for line in status:
            name, _, value = line.partition(":")
            if name in wanted and int(value, 16):
                got.append(line.strip())
            if name == "NoNewPrivs" and value.strip() != "1":
                got.append(line.strip())
            if name == "Seccomp" and value.strip() != "2":
                got.append(line.strip())
    return got


def be_root_of_the_host():
    """Tell whether the host sees this process as root: what /proc says of the map of users."""
    with open("/proc/self/uid_map") as uid_map:
        entries = [list(map(int, line.split())) for line in uid_map]
    own = os.getuid()
    return [f"{own} is {outside}" for inside, outside, count in entries if inside <= own < inside + count and own == 0]


def use_kernel_interfaces():
    """Use what is left of the kernel's more dangerous calls."""
    buffer = ctypes.create_string_buffer(256)
    return _succeeded(
        ("bpf", 5, buffer, 128),
        ("perf_event_open", buffer, 0, -1, -1, 0),
        ("userfaultfd", 0),
        ("io_uring_setup", 8, buffer),
        ("init_module", buffer, 16, b""),
        ("kexec_load", 0, 0, None, 0),
        ("swapon", b"/tmp/x", 0),
        ("acct", None),
        ("syslog", 3, buffer, 256),
        ("quotactl", 0x80000700, None, 0, buffer),
        ("open_by_handle_at", -100, buffer, 0),
        ("personality", _ADDR_NO_RANDOMIZE),
    )


def reboot_and_set_the_clock():
    """Reboot with magic numbers, set the clock (to what it shows), name the host."""
    clock = (ctypes.c_long * 2)(*divmod(time.time_ns(), 1_000_000_000))
    return _succeeded(
        ("reboot", 0xFEE1DEAD, 672274793, 0x89ABCDEF, None),  # LINUX_REBOOT_CMD_CAD_ON: harmless if it works
        ("clock_settime", 0, clock),
        ("sethostname", b"planted", 7),
    )


def use_keyrings():
    """Keep and find keys in the kernel, where they would outlive the environment."""
    return _succeeded(
        ("add_key", b"user", b"planted", b"secret", 6, -3),
        ("keyctl", 0, -3, 1),
        ("request_key", b"user", b"planted", None, -3),
    )


def open_raw_sockets():
    """Open sockets that read or forge the traffic of others."""
    got = []
    kinds = (
        ("raw", socket.AF_INET, socket.SOCK_RAW, 1),
        ("packet", socket.AF_PACKET, socket.SOCK_RAW, 0),
        ("bluetooth", 31, socket.SOCK_RAW, 0),
        ("vsock", getattr(socket, "AF_VSOCK", 40), socket.SOCK_STREAM, 0),
        ("alg", getattr(socket, "AF_ALG", 38), socket.SOCK_SEQPACKET, 0),
    )
    for name, family, kind, protocol in kinds:
        try:
            socket.socket(family, kind, protocol).close()
            got.append(name)
        except OSError:
            continue
    return got


def send_to_the_terminal():
    """Type into the terminal that the node was started from (TIOCSTI)."""
    import fcntl
    import termios

    got = []
    for path in ("/dev/tty", "/dev/console", "/dev/tty0"):
        try:
            with open(path, "rb") as terminal:
                fcntl.ioctl(terminal, termios.TIOCSTI, b"x")
            got.append(path)
        except OSError:
            continue
    return got


def raise_limits():
    """Raise hard limits and take real-time priority."""
    import resource

    got = []
    for name in ("RLIMIT_NOFILE", "RLIMIT_NPROC", "RLIMIT_DATA", "RLIMIT_CORE"):
        limit = getattr(resource, name)
        soft, hard = resource.getrlimit(limit)
        if hard == resource.RLIM_INFINITY:
            got.append(f"{name} is infinite")
            continue
        try:
            resource.setrlimit(limit, (hard + 1, hard + 1))
            got.append(name)
        except (OSError, ValueError):
            pass
        resource.setrlimit(limit, (soft, hard))
    for attempt in (lambda: os.nice(-5), lambda: os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(50))):
        try:
            attempt()
            got.append("priority")
        except OSError:
            continue
    return got


ATTACKS = {
    attack.__name__: attack
    for attack in (
        trace_others,
        trace_own_child,
        signal_others,
        kill_everybody,
        mount_file_systems,
        make_namespaces,
        become_somebody_else,
        have_capabilities,
        be_root_of_the_host,
        use_kernel_interfaces,
        reboot_and_set_the_clock,
        use_keyrings,
        open_raw_sockets,
        send_to_the_terminal,
        raise_limits,
    )
}
