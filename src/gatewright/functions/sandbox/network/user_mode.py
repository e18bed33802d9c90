"""Programs that give a network namespace a way out through ordinary sockets of the host: slirp4netns and pasta.

Nothing of the host is forwarded in either direction: `none` for pasta's ports (its default forwards what listens on
the host's loopback interface), no gateway address that stands for the host. Sources: pasta(1), slirp4netns(1).
IPv4 only, which is what Lambda gives functions outside a VPC.
"""

import os.path
from collections.abc import Collection
from ipaddress import IPv4Address, IPv4Network
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from pathlib import Path

_NETWORKS: Final = tuple(map(IPv4Network, ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24")))
"""TEST-NET-1 to 3 (RFC 5737): networks that hardly anybody has."""
_INTERFACE: Final = "tap0"
_MTU: Final = 65_520
NAMESPACE_FD: Final = 3
"""The descriptor under which the program inherits the network namespace. It runs in the user namespace that owns it."""


class Addresses(NamedTuple):
    """Who is who in the network between a space and its helper: as slirp4netns chooses, and as pasta is told."""

    network: IPv4Network

    @property
    def gateway(self) -> IPv4Address:
        """Return the next hop to everywhere."""
        return self.network[2]

    @property
    def resolver(self) -> IPv4Address:
        """Return where DNS queries are taken, to be passed to the host's resolver."""
        return self.network[3]

    @property
    def own(self) -> IPv4Address:
        """Return the address of the space."""
        return self.network[100]


def free_addresses(host: Collection[IPv4Address]) -> Addresses:
    """Return addresses in a network that the host has no address in: it could not be told from the space's own."""
    free = (network for network in _NETWORKS if not any(address in network for address in host))
    return Addresses(next(free, _NETWORKS[0]))


class UserModeProgram(NamedTuple):
    """One such program."""

    name: str
    package: str
    """Debian's name of the package that has it, and most others'."""
    descriptors: int
    """How many it may have. A function has 1,024 ("Lambda quotas"); in many processes it has more, and memory of the
    program for each connection, which is not counted as its own: 0.1 to 0.4 MB with slirp4netns."""


PASTA: Final = UserModeProgram("pasta", "passt", 4096)
SLIRP4NETNS: Final = UserModeProgram("slirp4netns", "slirp4netns", 1100)
PROGRAMS: Final = (SLIRP4NETNS, PASTA)
"""By preference. Measured beside each other (Debian 12): slirp4netns holds 0.5 MiB (PSS), pasta 19, which is
much beside a function; 0.8 ms for a small request by either, 0.8 and 1.1 GB/s; pasta passes no DNS over TCP."""


def descriptors(helper: tuple[str, ...]) -> int:
    """Return how many descriptors a program may have, by what it is started with."""
    return next(program.descriptors for program in PROGRAMS if os.path.basename(helper[0]) == program.name)


def arguments(program: UserModeProgram, path: "Path", addresses: Addresses) -> tuple[str, ...]:
    """Return how the program is started for the namespace that it inherits.

    `path` ends in its own name: passt is pasta by the name that it is called by.
    """
    build = _pasta if program is PASTA else _slirp4netns
    return (str(path), *build(addresses))


def _pasta(addresses: Addresses) -> tuple[str, ...]:
    return (
        "--foreground",
        "--quiet",
        "--ipv4-only",
        "--config-net",
        *("--ns-ifname", _INTERFACE),
        *("--address", str(addresses.own)),
        *("--netmask", str(addresses.network.prefixlen)),
        *("--gateway", str(addresses.gateway)),
        *("--dns-forward", str(addresses.resolver)),
        *("--mtu", str(_MTU)),
        "--no-map-gw",
        "--no-dhcp",
        "--no-dhcpv6",
        "--no-ndp",
        "--no-ra",
        *("--tcp-ports", "none"),
        *("--udp-ports", "none"),
        *("--tcp-ns", "none"),
        *("--udp-ns", "none"),
        "--no-netns-quit",
        *("--netns", f"/proc/self/fd/{NAMESPACE_FD}"),
    )


def _slirp4netns(addresses: Addresses) -> tuple[str, ...]:
    return (
        "--configure",
        f"--mtu={_MTU}",
        f"--cidr={addresses.network}",
        "--disable-host-loopback",
        "--enable-sandbox",
        "--enable-seccomp",
        "--netns-type=path",
        f"/proc/self/fd/{NAMESPACE_FD}",
        _INTERFACE,
    )
