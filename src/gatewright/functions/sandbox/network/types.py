"""The seam between a sandbox and the network that its processes have.

Network              one for the node, chosen at start
└── NetworkSpace     one for each environment, used by no other before or after

A sandbox enters the space before it becomes anything else: `[*space.entry, "bwrap", …]`. It never tells bwrap
`--unshare-net`, in no kind of network: the listeners are in the space that it would leave.
"""

import socket
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol


@dataclass(frozen=True, slots=True)
class MountedFile:
    """A file of the host that the processes must find under another path, read-only."""

    source: Path
    target: str


class NetworkSpace(Protocol):
    """The network of one environment."""

    @property
    def runtime_api(self) -> socket.socket:
        """Return the listening socket of the Runtime API, at an address that only this space's processes reach.

        (In a `shared` network the whole host reaches it.) The space closes it.
        """
        ...

    @property
    def endpoint(self) -> socket.socket | None:
        """Return the listening socket by which its processes reach the node; None when they reach the node's own."""
        ...

    @property
    def entry(self) -> tuple[str, ...]:
        """Return the arguments that come before a program's own to have it run in the space; () to run it as it is.

        They name absolute paths, need no inherited descriptor, keep the process id (they execute the program without
        forking) and leave no descriptor open in it. For a node that is not root they also enter the user namespace
        that owns the space: the program is root there, with every capability over the space and none elsewhere, and
        must give that up (`bwrap --unshare-user --cap-drop ALL`) before it runs what nobody trusts.
        """
        ...

    @property
    def files(self) -> tuple[MountedFile, ...]:
        """Return what the processes must find of `/etc/resolv.conf` and `/etc/hosts`."""
        ...

    def tcp_socket(self) -> socket.socket:
        """Return a TCP socket of this network that is connected to nothing; the caller closes it.

        There are ten of them in a network that is not the host's. Raises `OSError` when none is left.
        """
        ...

    async def close(self) -> None:
        """Give everything back. Call it when the processes have ended. Harmless when done before."""
        ...


class Network(Protocol):
    """What functions on this node have of the network."""

    @property
    def name(self) -> str:
        """Return `outbound`, `none` or `shared`: `IsolationReport.network`."""
        ...

    @property
    def warnings(self) -> tuple[str, ...]:
        """Return one sentence for each thing that is weaker than it should be: part of `IsolationReport.warnings`."""
        ...

    async def open(self) -> NetworkSpace:
        """Return a space for one environment, at once where one is ready. Raises `SandboxError`."""
        ...

    async def close(self) -> None:
        """End what is not any space's own. Every space is closed before."""
        ...
