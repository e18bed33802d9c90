"""What Python 3.11 has no function for: namespaces, the flags of an interface.

Only for the processes of `spawner`, which have one thread: `unshare` moves the calling thread alone.
"""

import array
import ctypes
import fcntl
import os
import socket
from typing import Final

# linux/sched.h, linux/sockios.h, linux/if.h
NEW_USER: Final = 0x10000000
NEW_PID: Final = 0x20000000
NEW_NETWORK: Final = 0x40000000
_SIOCGIFFLAGS: Final = 0x8913
_SIOCSIFFLAGS: Final = 0x8914
_IFF_UP: Final = 0x1
_IFREQ_BYTES: Final = 40
_FLAGS_AT: Final = 16


def unshare(flags: int) -> None:
    """Leave namespaces of the calling thread for new ones. See unshare(2)."""
    _call("unshare", flags)


def bring_up(interface: str) -> None:
    """Set an interface up. See netdevice(7)."""
    request = array.array("B", interface.encode().ljust(_IFREQ_BYTES, b"\0"))
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        fcntl.ioctl(sock, _SIOCGIFFLAGS, request)
        request[_FLAGS_AT] |= _IFF_UP
        fcntl.ioctl(sock, _SIOCSIFFLAGS, request)


def _call(name: str, *arguments: int) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    if libc[name](*arguments):
        number = ctypes.get_errno()
        raise OSError(number, f"{name}: {os.strerror(number)}")
