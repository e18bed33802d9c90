"""Attacks that write outside of /tmp, or more into it than is theirs."""

import contextlib
import errno
import os
import stat

_BLOCK = b"\0" * (1 << 20)


def _written(paths):
    got = []
    for path in paths:
        try:
            with open(path, "wb") as file:
                file.write(b"1")
            got.append(path)
        except OSError:
            continue
    return got


def write_code():
    """Change the function's own code, layers and runtime, which other environments share."""
    folders = ("/var/task", "/opt", "/var/runtime", os.environ["LAMBDA_TASK_ROOT"], os.path.dirname(os.__file__))
    got = _written([f"{folder}/planted.py" for folder in folders])
    for folder in ("/var/task", os.environ["LAMBDA_TASK_ROOT"]):
        with contextlib.suppress(OSError):
            os.chmod(f"{folder}/attack.py", 0o777)
            got.append(f"chmod {folder}/attack.py")
    return got + _written(["/var/task/attack.py"])


def write_system():
    """Write into the root and the usual directories of a system."""
    folders = (
        "/etc",
        "/usr",
        "/usr/bin",
        "/bin",
        "/lib",
        "/var",
        "/var/log",
        "/home",
        "/root",
        "/run",
        "/srv",
        "/proc",
    )
    return _written(["/planted", *(f"{folder}/planted" for folder in folders)])


def write_kernel_settings():
    """Change settings of the host's kernel: a core pattern alone runs a program as root."""
    return _written(
        [
            "/proc/sys/kernel/core_pattern",
            "/proc/sys/kernel/modprobe",
            "/proc/sys/kernel/hostname",
            "/proc/sys/vm/drop_caches",
            "/proc/sys/net/ipv4/ip_forward",
            "/proc/sysrq-trigger",
            "/sys/kernel/uevent_helper",
            "/sys/fs/cgroup/memory/memory.limit_in_bytes",
            "/sys/fs/cgroup/cgroup.procs",
        ]
    )


def write_host_paths(paths):
    """Write to paths of the host."""
    return _written(paths)


def leave_cgroup():
    """Move to the host's root cgroup, or lift the limits of the own one."""
    got = []
    for folder, _, names in os.walk("/sys/fs/cgroup"):
        for name in ("cgroup.procs", "tasks", "memory.limit_in_bytes", "memory.max", "pids.max"):
            if name in names:
                got += _written([f"{folder}/{name}"])
    return got


def fill_temporary_directory(limit_mb):
    """Write until /tmp is full; get hold of more than the limit."""
    written = 0
    try:
        with open("/tmp/bomb", "wb", buffering=0) as file:
            while written <= limit_mb + 64:
                file.write(_BLOCK)
                written += 1
        return [f"{written} MB"]
    except OSError as error:
        if error.errno != errno.ENOSPC:
            return [str(error)]
        return [] if written <= limit_mb else [f"{written} MB"]
    finally:
        os.unlink("/tmp/bomb")


def many_files(count):
    """Make many files in /tmp: each costs the kernel memory, however small it is."""
    made = 0
    with contextlib.suppress(OSError):
        for number in range(count):
            os.close(os.open(f"/tmp/file-{number}", os.O_CREAT | os.O_WRONLY))
            made += 1
    for number in range(made):
        os.unlink(f"/tmp/file-{number}")
    return []


def fill_shared_memory(limit_mb):
    """Fill /dev/shm."""
    written = 0
    try:
        with open("/dev/shm/bomb", "wb", buffering=0) as file:
            while written <= limit_mb:
                file.write(_BLOCK)
                written += 1
        return [f"{written} MB"]
    except OSError:
        return []
    finally:
        if os.path.exists("/dev/shm/bomb"):
            os.unlink("/dev/shm/bomb")


def make_devices():
    """Make device files and open them."""
    got = []
    for name, device in (("mem", os.makedev(1, 1)), ("disk", os.makedev(254, 0)), ("sda", os.makedev(8, 0))):
        path = f"/tmp/{name}"
        try:
            os.mknod(path, stat.S_IFBLK | 0o666, device)
            with open(path, "rb") as file:
                got.append(f"{name}: {file.read(16)!r}")
        except OSError:
            continue
    return got


def become_root_by_file():
    """Become root by a set-user-id program of one's own, or one that is there."""
    import shutil
    import subprocess

    got = []
    shutil.copy("/bin/sh", "/tmp/shell")
    with contextlib.suppress(OSError):
        os.chmod("/tmp/shell", 0o6755)
    for argv in (["/tmp/shell", "-p", "-c", "id -u"], ["su", "-c", "id -u"], ["sudo", "-n", "id", "-u"]):
        try:
            done = subprocess.run(argv, capture_output=True, text=True, timeout=5, stdin=subprocess.DEVNULL)
        except (OSError, subprocess.TimeoutExpired):
            continue
        if done.stdout.strip() == "0":
            got.append(" ".join(argv))
    os.unlink("/tmp/shell")
    return got


def leave_a_file(name):
    """Leave a file for others to find."""
    for folder in ("/tmp", "/dev/shm", "/var/tmp"):
        _written([f"{folder}/{name}"])
    return []


ATTACKS = {
    attack.__name__: attack
    for attack in (
        write_code,
        write_system,
        write_kernel_settings,
        write_host_paths,
        leave_cgroup,
        fill_temporary_directory,
        many_files,
        fill_shared_memory,
        make_devices,
        become_root_by_file,
        leave_a_file,
    )
}
