"""The host's own network, for functions that need the host's services and are trusted with them."""

import socket
from pathlib import Path
from typing import Final

from gatewright.functions.sandbox.network.types import MountedFile
from gatewright.functions.sandbox.types import SandboxError

_LOOPBACK: Final = "127.0.0.1"
_FILES: Final = ("/etc/resolv.conf", "/etc/hosts")


class SharedSpace:
    """A Runtime API of its own on a port of the kernel's choice; all else is everybody's."""

    __slots__ = ("_runtime_api",)

    def __init__(self) -> None:
        self._runtime_api = socket.create_server((_LOOPBACK, 0))

    @property
    def runtime_api(self) -> socket.socket:
        """Return a socket on the host's loopback interface."""
        return self._runtime_api

    @property
    def endpoint(self) -> socket.socket | None:
        """Return None: the node's own listener is reachable."""
        return None

    @property
    def entry(self) -> tuple[str, ...]:
        """Return (): there is nothing to enter."""
        return ()

    @property
    def files(self) -> tuple[MountedFile, ...]:
        """Return the host's own files, as far as it has them."""
        return tuple(MountedFile(Path(path), path) for path in _FILES if Path(path).exists())

    def tcp_socket(self) -> socket.socket:
        """Return a socket of the host's network."""
        return socket.socket(socket.AF_INET, socket.SOCK_STREAM)

    async def close(self) -> None:
        """Close the socket."""
        self._runtime_api.close()


class SharedNetwork:
    """`shared`: functions reach what the node reaches, the host's loopback services and abstract sockets too."""

    __slots__ = ("_warnings",)

    def __init__(self, warnings: tuple[str, ...] = ()) -> None:
        """`warnings` say why it is this one, when nobody asked for it."""
        self._warnings = warnings

    @property
    def name(self) -> str:
        """Return `shared`."""
        return "shared"

    @property
    def warnings(self) -> tuple[str, ...]:
        """Return what the node found."""
        return self._warnings

    async def open(self) -> SharedSpace:
        """Listen. Raises `SandboxError`."""
        try:
            return SharedSpace()
        except OSError as error:
            raise SandboxError(f"no port for the Runtime API: {error}") from error

    async def close(self) -> None:
        """Nothing is held."""
