"""Attacks that use more than is theirs, or that leave something behind."""

import contextlib
import os
import signal
import sys
import threading
import time

_MIB = 1 << 20


def fork_bomb(limit):
    """Fork until it fails; children fork on. Return the number of processes when it is more than the limit."""
    deadline = time.monotonic() + 3
    own = os.getpid()
    made = 0
    while time.monotonic() < deadline:
        try:
            child = os.fork()
        except OSError:
            break
        if child == 0:
            if made % 2:
                with contextlib.suppress(OSError):
                    os.fork()
            time.sleep(60)
            os._exit(0)
        made += 1
    assert os.getpid() == own
    processes = sum(name.isdigit() for name in os.listdir("/proc"))
    return [f"{processes} processes"] if processes > limit else []


def thread_bomb(limit):
    """Start threads until it fails."""
    release = threading.Event()
    started = 0
    with contextlib.suppress(RuntimeError):
        while started <= limit:
            threading.Thread(target=release.wait, daemon=True).start()
            started += 1
    release.set()
    return [f"{started} threads"] if started > limit else []


def descriptor_bomb(limit):
    """Open descriptors until it fails."""
    opened = []
    with contextlib.suppress(OSError):
        while len(opened) <= limit:
            opened.append(os.open("/dev/null", os.O_RDONLY))
    for descriptor in opened:
        os.close(descriptor)
    return [f"{len(opened)} descriptors"] if len(opened) > limit else []


def memory_bomb(size_mb):
    """Take memory and touch it."""
    kept = []
    for _ in range(size_mb):
        kept.append(os.urandom(1024) * 1024)
    return [f"{len(kept)} MB"]


def memory_bomb_of_children(size_mb, children):
    """Take memory in several processes, each of which stays below the limit."""
    for _ in range(children):
        if os.fork() == 0:
            kept = [os.urandom(1024) * 1024 for _ in range(size_mb)]
            time.sleep(60)
            os._exit(len(kept))
    time.sleep(5)
    return [f"{children} times {size_mb} MB"]


def log_flood(size_mb):
    """Print without end."""
    line = b"x" * 1023 + b"\n"
    for _ in range(size_mb * 1024):
        os.write(1, line)
    return []


def log_one_endless_line(size_mb):
    """Print without ever ending the line."""
    for _ in range(size_mb * 16):
        os.write(1, b"y" * 65_536)
    return []


def forge_platform_lines(request_id):
    """Print what looks like a REPORT of another invocation; it can only land in the own log."""
    print(f"REPORT RequestId: {request_id}\tDuration: 0.01 ms\tBilled Duration: 1 ms")
    return []


def burn_processors(processes, seconds):
    """Keep every processor busy, in many processes."""
    for _ in range(processes):
        if os.fork() == 0:
            end = time.monotonic() + seconds
            while time.monotonic() < end:
                pass
            os._exit(0)
    time.sleep(seconds)
    return []


def run_for_ever():
    """Never answer."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    while True:
        pass


def leave_zombies(count):
    """Be a parent that never waits for its children."""
    for _ in range(count):
        try:
            if os.fork() == 0:
                os._exit(0)
        except OSError:
            break
    return []


def leave_daemon(marker):
    """Leave a process behind that belongs to no session, no group and no parent of ours."""
    if os.fork() == 0:
        os.setsid()
        for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
            signal.signal(number, signal.SIG_IGN)
        if os.fork() == 0:
            for descriptor in range(3):
                os.dup2(os.open("/dev/null", os.O_RDWR), descriptor)
            os.execv(sys.executable, [sys.executable, "-S", "-c", f"import time; time.sleep(600) # {marker}"])
        os._exit(0)
    os.wait()
    return []


def exit_at_once(status):
    """End the process in the middle of an invocation."""
    os._exit(status)


def crash():
    """Write to no address."""
    import ctypes

    ctypes.memset(0, 1, 1)


def stop_itself():
    """Stop the process, which then neither answers nor ends."""
    os.kill(os.getpid(), signal.SIGSTOP)
    return []


def _channel():
    """Find the socket to the host among the descriptors."""
    for name in os.listdir("/proc/self/fd"):
        try:
            if os.readlink(f"/proc/self/fd/{name}").startswith("socket:"):
                return int(name)
        except OSError:
            continue
    raise AssertionError("no socket")


def _frame(kind, header, body=b""):
    lengths = (5 + len(header) + len(body)).to_bytes(4, "big"), bytes([kind]), len(header).to_bytes(4, "big")
    return b"".join((*lengths, header, body))


def _send(octets):
    descriptor = _channel()
    os.set_blocking(descriptor, True)
    sent = 0
    while sent < len(octets):
        sent += os.write(descriptor, octets[sent:])


def answer_twice(request_id):
    """Answer, and answer again."""
    _send(_frame(17, b'{"id":"%s"}' % request_id.encode(), b'"first"') * 2)
    time.sleep(2)
    return ["still here"]


def answer_another(request_id):
    """Answer an invocation of somebody else."""
    _send(_frame(17, b'{"id":"%s"}' % request_id.encode(), b'"planted"'))
    time.sleep(2)
    return ["still here"]


def ask_twice():
    """Ask for another invocation in the middle of one."""
    _send(_frame(16, b"") * 2)
    time.sleep(2)
    return ["still here"]


def send_octets(count, kind):
    """Send what is no frame: an unknown type, impossible lengths, noise."""
    octets = {
        "noise": os.urandom(count),
        "zeros": bytes(count),
        "ones": b"\xff" * count,
        "unknown type": _frame(99, b"{}"),
        "header longer than the frame": b"\x00\x00\x00\x10\x11\xff\xff\xff\xff" + bytes(count),
        "no json": _frame(17, b"{{{{"),
        "header of another type": _frame(17, b"[1]"),
        "id of another type": _frame(17, b'{"id":[]}'),
        "deep json": _frame(17, b'{"id":' + b"[" * 100_000),
    }[kind]
    _send(octets)
    time.sleep(2)
    return ["still here"]


def send_oversized_frame(size_mb, request_id):
    """Answer with more than a response may hold."""
    head = b'{"id":"%s"}' % request_id.encode()
    size = size_mb * _MIB
    _send((5 + len(head) + size).to_bytes(4, "big") + b"\x11" + len(head).to_bytes(4, "big") + head)
    for _ in range(size_mb):
        _send(b"x" * _MIB)
    time.sleep(2)
    return ["still here"]


def send_half_a_frame():
    """Begin a frame and never end it."""
    _send(b"\x00\x00\xff\xff\x11\x00\x00")
    time.sleep(60)
    return []


def flood_the_channel(size_mb):
    """Send frames that are valid and mean nothing now, as fast as they are taken."""
    frames = _frame(16, b"") * 7000
    for _ in range(size_mb * 16):
        _send(frames)
    return ["still here"]


def close_the_channel():
    """Close the socket to the host and live on."""
    os.close(_channel())
    time.sleep(60)
    return []


ATTACKS = {
    attack.__name__: attack
    for attack in (
        fork_bomb,
        thread_bomb,
        descriptor_bomb,
        memory_bomb,
        memory_bomb_of_children,
        log_flood,
        log_one_endless_line,
        forge_platform_lines,
        burn_processors,
        run_for_ever,
        leave_zombies,
        leave_daemon,
        exit_at_once,
        crash,
        stop_itself,
        answer_twice,
        answer_another,
        ask_twice,
        send_octets,
        send_oversized_frame,
        send_half_a_frame,
        flood_the_channel,
        close_the_channel,
    )
}
