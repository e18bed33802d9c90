"""Which network functions have: what was asked for, or the best that really works on this machine.

outbound  a namespace with a way out by slirp4netns or pasta
none      a namespace without one
shared    the host's own
auto      `outbound` where it works, else `shared` with a warning
"""

import logging
import os
import shutil
import stat
from dataclasses import dataclass
from ipaddress import IPv4Address
from pathlib import Path
from typing import Final

from gatewright.base.errors import SettingsError
from gatewright.functions.sandbox.network.host_addresses import current_addresses
from gatewright.functions.sandbox.network.isolated import IsolatedNetwork
from gatewright.functions.sandbox.network.plan import Plan
from gatewright.functions.sandbox.network.proof import prove
from gatewright.functions.sandbox.network.shared import SharedNetwork
from gatewright.functions.sandbox.network.types import MountedFile, Network
from gatewright.functions.sandbox.network.user_mode import PROGRAMS, arguments, free_addresses
from gatewright.functions.sandbox.types import SandboxError

_logger = logging.getLogger(__name__)

AUTO: Final = "auto"
OUTBOUND: Final = "outbound"
NONE: Final = "none"
SHARED: Final = "shared"
INSTALL: Final = "install slirp4netns or passt"
_RUNTIME_API_PORT: Final = 9001
_OTHER_RUNTIME_API_PORT: Final = 9002
_NOBODY: Final = 65_534
_TUN: Final = Path("/dev/net/tun")
_HOSTS: Final = b"127.0.0.1 localhost sandbox.localdomain sandbox\n::1 localhost ip6-localhost ip6-loopback\n"
_RESOLV_CONF: Final = Path("/etc/resolv.conf")


@dataclass(frozen=True, slots=True)
class NetworkWishes:
    """What the choice depends on."""

    mode: str
    """What the setting `functions.network` says."""
    blocked: tuple[str, ...]
    """Networks that no function reaches."""
    endpoint_port: int
    """Where the node listens: functions find it at the same port of their own 127.0.0.1."""
    search_path: str
    """Where programs are looked for: PATH."""
    directory: Path
    """For the files that functions see below `/etc`."""


async def choose_network(wishes: NetworkWishes, tier: str) -> Network:
    """Return the network of functions, tried. Raises `SettingsError` when what was asked for cannot be had."""
    if wishes.mode == SHARED:
        return SharedNetwork()
    if tier not in ("A", "B"):
        return _without(wishes, f"functions have no namespaces on tier {tier}")
    nsenter = shutil.which("nsenter", path=wishes.search_path)
    if nsenter is None:
        return _without(wishes, "nsenter is missing: install util-linux")
    if wishes.mode == NONE:
        network = IsolatedNetwork(NONE, plan_of(wishes, ()), Path(nsenter), _files(wishes.directory, b""))
        problem = await _problem(network)
        return network if problem is None else _without(wishes, problem)
    return await _outbound(wishes, Path(nsenter))


async def _outbound(wishes: NetworkWishes, nsenter: Path) -> Network:
    problems: list[str] = []
    addresses = free_addresses(current_addresses())
    host = _RESOLV_CONF.read_text() if _RESOLV_CONF.exists() else ""
    files = _files(wishes.directory, resolv_conf(host, addresses.resolver))
    for program in PROGRAMS:
        path = shutil.which(program.name, path=wishes.search_path)
        if path is None:
            continue
        plan = plan_of(wishes, arguments(program, Path(path), addresses))
        network = IsolatedNetwork(OUTBOUND, plan, nsenter, files, host_addresses=current_addresses)
        problem = await _problem(network, addresses.gateway)
        if problem is None:
            _logger.debug("functions have a way out of their networks by %s", program.name)
            return network
        problems.append(f"{program.name} does not work here: {problem}")
    return _without(wishes, "; ".join(problems) or f"no program for a way out is installed: {INSTALL}")


async def _problem(network: IsolatedNetwork, gateway: IPv4Address | None = None) -> str | None:
    """Try a network. Close it and return what is wrong with it, or None."""
    try:
        await prove(network, gateway)
    except (SandboxError, OSError) as error:
        await network.close()
        return str(error)
    except BaseException:
        await network.close()
        raise
    return None


def _without(wishes: NetworkWishes, reason: str) -> Network:
    if wishes.mode != AUTO:
        raise SettingsError(f'functions.network = "{wishes.mode}" cannot be had: {reason}')
    return SharedNetwork(
        (f"functions share the host's network and reach its loopback services and abstract sockets ({reason})",)
    )


def plan_of(wishes: NetworkWishes, helper: tuple[str, ...]) -> Plan:
    """Return how spaces are made for this node."""
    is_taken = wishes.endpoint_port == _RUNTIME_API_PORT
    uid, gid = _identity(bool(helper))
    return Plan(
        helper=helper,
        uid=uid,
        gid=gid,
        runtime_api_port=_OTHER_RUNTIME_API_PORT if is_taken else _RUNTIME_API_PORT,
        endpoint_port=wishes.endpoint_port,
        blocked=wishes.blocked,
    )


def _identity(needs_tun: bool) -> tuple[int, int]:
    """Return whom the spawner and the helpers run as: for root, nobody, where nobody may open the tunnel device."""
    if os.geteuid() != 0:
        return os.geteuid(), os.getegid()
    is_for_all = stat.S_IROTH | stat.S_IWOTH
    if needs_tun and not (_TUN.exists() and _TUN.stat().st_mode & is_for_all == is_for_all):
        return 0, 0
    return _NOBODY, _NOBODY


def resolv_conf(of_the_host: str, resolver: IPv4Address) -> bytes:
    """Return the resolver's file of a space: the host's, with one server, which passes queries to the host's."""
    kept = [line for line in of_the_host.splitlines() if line.split()[:1] in (["search"], ["domain"], ["options"])]
    return "\n".join([f"nameserver {resolver}", *kept, ""]).encode()


def _files(directory: Path, resolver: bytes) -> tuple[MountedFile, ...]:
    files = []
    for name, content in (("resolv.conf", resolver), ("hosts", _HOSTS)):
        source = directory / name
        source.write_bytes(content)
        source.chmod(0o644)
        files.append(MountedFile(source, f"/etc/{name}"))
    return tuple(files)
