"""A host with a network of its own to test on: its loopback services, its addresses, and a world beyond it.

Two network namespaces that are made for the test and joined by a virtual cable:

    host   127.0.0.1, 10.77.0.1       where the node runs, and what functions must not reach
    world  10.77.0.2                  what they may reach

A thread enters one with `inside`; sockets that it makes there, and processes that it starts there, stay there.
"""

import contextlib
import ctypes
import os
import shutil
import socket
import struct
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import pytest

from gatewright.functions.sandbox.network.kernel import NEW_NETWORK, bring_up, unshare

HOST = "10.77.0.1"
WORLD = "10.77.0.2"
RESOLVER = "127.0.0.53"
"""Of the host, where systemd-resolved listens."""
ANSWER = "192.0.2.53"
"""What the resolver says of every name."""
_OWN = "/proc/thread-self/ns/net"


@dataclass
class HostNetwork:
    """The two namespaces, and what listens in them."""

    host: int
    world: int
    _listening: list[socket.socket] = field(default_factory=list)

    @contextlib.contextmanager
    def inside(self, namespace: int) -> Iterator[None]:
        """Have this thread in one of the namespaces for the length of a block."""
        before = os.open(_OWN, os.O_RDONLY)
        try:
            _set_namespace(namespace)
            yield
        finally:
            _set_namespace(before)
            os.close(before)

    def listen(self, namespace: int, address: str) -> int:
        """Accept connections at an address; return the port. Nothing is sent."""
        with self.inside(namespace):
            sock = socket.create_server((address, 0))
        self._listening.append(sock)
        return int(sock.getsockname()[1])

    def listen_to_datagrams(self, namespace: int, address: str) -> socket.socket:
        """Return a socket that gets datagrams."""
        with self.inside(namespace):
            sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            sock.bind((address, 0))
        sock.settimeout(10)
        self._listening.append(sock)
        return sock

    def listen_to_name(self, name: str) -> None:
        """Listen on an abstract Unix socket of the host."""
        with self.inside(self.host):
            sock = socket.socket(socket.AF_UNIX)
        sock.bind(f"\0{name}")
        sock.listen()
        self._listening.append(sock)

    def resolve(self) -> None:
        """Answer DNS queries as a resolver on the host's loopback interface."""
        with self.inside(self.host):
            datagrams = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            datagrams.bind((RESOLVER, 53))
        self._listening.append(datagrams)
        threading.Thread(target=_answer_queries, args=(datagrams,), daemon=True).start()

    def close(self) -> None:
        """End everything."""
        for sock in self._listening:
            with contextlib.suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)
            sock.close()
        for namespace in (self.host, self.world):
            os.close(namespace)


@contextlib.contextmanager
def host_network() -> Iterator[HostNetwork]:
    """Make the namespaces. Skips the test where that cannot be."""
    if os.geteuid() != 0 or not can_make_networks():
        pytest.skip("networks are made by root, with ip of iproute2")
    network = HostNetwork(_new_namespace(), _new_namespace())
    try:
        with network.inside(network.world):
            holder = subprocess.Popen(["sleep", "60"])
        try:
            with network.inside(network.host):
                _ip(f"link add cable type veth peer name cable netns {holder.pid}")
                _ip(f"addr add {HOST}/24 dev cable")
                _ip("link set cable up")
            with network.inside(network.world):
                _ip(f"addr add {WORLD}/24 dev cable")
                _ip("link set cable up")
            with network.inside(network.host):
                _ip(f"route add default via {WORLD}")
        finally:
            holder.kill()
            holder.wait()
        yield network
    finally:
        network.close()


@cache
def can_make_networks() -> bool:
    """Tell whether we have what it takes."""
    if shutil.which("ip") is None:
        return False
    return subprocess.run(["unshare", "--net", "ip", "link"], capture_output=True).returncode == 0


def mounted(folder: Path, hidden: tuple[str, ...], user: int | None) -> tuple[str, ...]:
    """Return what to put before a program so that it finds the host's resolver, a tunnel device that everybody may
    open, as is usual, and none of some programs.
    """
    resolver, tunnel = folder / "resolv.conf", folder / "tun"
    resolver.write_text(f"nameserver {RESOLVER}\noptions timeout:2\n")
    if not tunnel.exists():
        os.mknod(tunnel, 0o666 | 0o020000, os.makedev(10, 200))
        tunnel.chmod(0o666)
    lines = [f"mount --bind {resolver} /etc/resolv.conf", f"mount --bind {tunnel} /dev/net/tun"]
    lines += [f"mount --bind /dev/null {path}" for path in map(shutil.which, hidden) if path is not None]
    become = [] if user is None else ["setpriv", f"--reuid={user}", f"--regid={user}", "--clear-groups"]
    return ("unshare", "--mount", "sh", "-ec", "\n".join([*lines, 'exec "$@"']), "sh", *become)


def _ip(arguments: str) -> None:
    subprocess.run(["ip", *arguments.split()], check=True, timeout=10)


def _new_namespace() -> int:
    before = os.open(_OWN, os.O_RDONLY)
    try:
        unshare(NEW_NETWORK)
        bring_up("lo")
        return os.open(_OWN, os.O_RDONLY)
    finally:
        _set_namespace(before)
        os.close(before)


def _set_namespace(namespace: int) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.setns(namespace, NEW_NETWORK):
        raise OSError(ctypes.get_errno(), "setns")


def _answer_queries(sock: socket.socket) -> None:
    """Say that every name is at `ANSWER`: RFC 1035, section 4.1. Other types than A have no records."""
    while True:
        try:
            query, sender = sock.recvfrom(512)
        except OSError:
            return
        if not query:  # shut down
            return
        end = query.index(b"\0", 12) + 5
        records = b""
        if query[end - 4 : end - 2] == b"\0\1":
            records = b"\xc0\x0c" + struct.pack(">HHIH", 1, 1, 60, 4) + socket.inet_aton(ANSWER)
        head = query[:2] + b"\x81\x80" + struct.pack(">HHHH", 1, bool(records), 0, 0)
        with contextlib.suppress(OSError):
            sock.sendto(head + query[12:end] + records, sender)
