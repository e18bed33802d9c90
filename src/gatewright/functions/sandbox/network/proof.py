"""Whether a network really holds on this machine: tried once, when the node starts."""

import asyncio
import contextlib
import json
import socket
import sys
import uuid
from collections.abc import Iterator
from contextlib import ExitStack
from ipaddress import IPv4Address
from pathlib import Path
from typing import Final

from gatewright.functions.sandbox.network.host_addresses import current_addresses
from gatewright.functions.sandbox.network.types import Network
from gatewright.functions.sandbox.types import SandboxError

_PROBE: Final = Path(__file__).with_name("probe.py")
_PROBE_SECONDS: Final = 15.0
_LOOPBACK: Final = "127.0.0.1"


async def prove(network: Network, gateway: IPv4Address | None = None) -> None:
    """Open a space and try to get out of it. Raises `SandboxError`, which says how it failed.

    `gateway` is an address in its own network that may stand for the host.
    """
    space = await network.open()
    try:
        with _bait(gateway) as targets:
            wanted = targets | {"needed": space.runtime_api.getsockname()[:2]}
            process = await asyncio.create_subprocess_exec(
                *space.entry,
                *(sys.executable, "-I", "-S", str(_PROBE), json.dumps(wanted)),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.STDOUT,
            )
            output = await _output(process)
    finally:
        await space.close()
    if output or process.returncode:
        lines = output.decode(errors="replace").split("\n")
        raise SandboxError("; ".join(filter(None, lines)) or f"the probe ended with status {process.returncode}")


async def _output(process: asyncio.subprocess.Process) -> bytes:
    try:
        async with asyncio.timeout(_PROBE_SECONDS):
            return (await process.communicate())[0]
    except TimeoutError as error:
        raise SandboxError(f"the probe did not end within {_PROBE_SECONDS:.0f} s") from error
    finally:
        if process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()


@contextlib.contextmanager
def _bait(gateway: IPv4Address | None) -> Iterator[dict[str, object]]:
    """Listen on the host's loopback interface, on one other address of its own, and under an abstract name."""
    with ExitStack() as listeners:
        loopback = listeners.enter_context(socket.create_server((_LOOPBACK, 0)))
        port = loopback.getsockname()[1]
        forbidden = [(_LOOPBACK, port)]
        if gateway is not None:
            forbidden.append((str(gateway), port))
        names = {address: "the host's loopback interface" for address, _ in forbidden}
        for address in sorted(current_addresses()):
            if not address.is_loopback:
                with contextlib.suppress(OSError):
                    other = listeners.enter_context(socket.create_server((str(address), 0)))
                    forbidden.append((str(address), other.getsockname()[1]))
                    names[str(address)] = "the host"
                    break
        abstract = f"gatewright-{uuid.uuid4()}"
        unix = listeners.enter_context(socket.socket(socket.AF_UNIX))
        unix.bind("\0" + abstract)
        unix.listen()
        yield {"forbidden": forbidden, "names": names, "abstract": abstract}
