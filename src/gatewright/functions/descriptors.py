"""Numbers of descriptors that processes inherit."""

import fcntl
import os
from typing import Final

_FIRST: Final = 10


def out_of_the_way(fd: int) -> int:
    """Return the same open file under a number of two digits; the other number is closed. Raises `OSError`.

    Scripts in shells name those of one digit as they please: a descriptor that is to reach the program behind a script
    must not have one.
    """
    if fd >= _FIRST:
        return fd
    try:
        return fcntl.fcntl(fd, fcntl.F_DUPFD_CLOEXEC, _FIRST)
    finally:
        os.close(fd)
