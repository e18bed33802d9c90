"""User ids of the host for environments: one for each, shared with nobody while it is in use.

Several nodes may run on one machine. Each takes a block of its own, by binding an abstract Unix socket of the block's
name: the kernel gives that to one process and takes it back when that ends, however it ends.
"""

import contextlib
import socket
from collections import deque
from typing import Final

from gatewright.functions.sandbox.types import SandboxError

BLOCK_UIDS: Final = 4096
_BLOCKS: Final = 64


class UidBlock:
    """The user ids of one node. The one that was free longest is taken first."""

    def __init__(self, first: int) -> None:
        """Take a free block, the first of which begins at `first`. Raises `SandboxError` when there is none."""
        self._claim = socket.socket(socket.AF_UNIX)
        for block in range(_BLOCKS):
            self.first = first + block * BLOCK_UIDS
            with contextlib.suppress(OSError):
                self._claim.bind(f"\0gatewright-uids-{self.first}")
                break
        else:
            self._claim.close()
            raise SandboxError(f"no free block of user ids from {first} on: {_BLOCKS} nodes run on this machine")
        self._free = deque(range(self.first, self.first + BLOCK_UIDS))

    def take(self) -> int:
        """Return a user id that no environment has. Raises `SandboxError` when all are taken."""
        if not self._free:
            raise SandboxError(f"all {BLOCK_UIDS} user ids of this node are in use")
        return self._free.popleft()

    def give_back(self, uid: int) -> None:
        """Take back a user id of which no process is left."""
        self._free.append(uid)

    def close(self) -> None:
        """Let another node have the block."""
        self._claim.close()
