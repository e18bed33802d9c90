"""Programs that give a network namespace a way out through ordinary sockets of the host: slirp4netns and pasta.

Nothing of the host is forwarded in either direction: `none` for pasta's ports (its default forwards what listens on
the host's loopback interface), no gateway address that stands for the host. Sources: pasta(1), slirp4netns(1).
IPv4 only, which is what Lambda gives functions outside a VPC.
"""

from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network
from pathlib import Path
from typing import Final

NETWORK: Final = IPv4Network("192.0.2.0/24")
"""TEST-NET-1 (RFC 5737): a network that nobody has."""
GATEWAY: Final = IPv4Address("192.0.2.2")
RESOLVER: Final = IPv4Address("192.0.2.3")
"""Where DNS queries are taken and passed to the host's resolver. slirp4netns chooses the three, pasta is told."""
_ADDRESS: Final = IPv4Address("192.0.2.100")
_INTERFACE: Final = "tap0"
_MTU: Final = 65_520
NAMESPACE_FD: Final = 3
"""The descriptor under which the program inherits the network namespace. It runs in the user namespace that owns it."""


@dataclass(frozen=True, slots=True)
class UserModeProgram:
    """One such program."""

    name: str
    package: str
    """Debian's name of the package that has it, and most others'."""


PASTA: Final = UserModeProgram("pasta", "passt")
SLIRP4NETNS: Final = UserModeProgram("slirp4netns", "slirp4netns")
PROGRAMS: Final = (SLIRP4NETNS, PASTA)
"""By preference. Measured beside each other (Debian 12): slirp4netns holds 0.7 MiB of its own, pasta 21 MiB, which is
much beside a function; 0.8 ms for a small request by either, 0.8 and 1.1 GB/s; pasta passes no DNS over TCP."""


def arguments(program: UserModeProgram, path: Path) -> tuple[str, ...]:
    """Return how the program is started for the namespace that it inherits.

    `path` ends in its own name: passt is pasta by the name that it is called by.
    """
    build = _pasta if program is PASTA else _slirp4netns
    return (str(path), *build())


def _pasta() -> tuple[str, ...]:
    return (
        "--foreground",
        "--quiet",
        "--ipv4-only",
        "--config-net",
        *("--ns-ifname", _INTERFACE),
        *("--address", str(_ADDRESS)),
        *("--netmask", str(NETWORK.prefixlen)),
        *("--gateway", str(GATEWAY)),
        *("--dns-forward", str(RESOLVER)),
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


def _slirp4netns() -> tuple[str, ...]:
    return (
        "--configure",
        f"--mtu={_MTU}",
        f"--cidr={NETWORK}",
        "--disable-host-loopback",
        "--enable-sandbox",
        "--enable-seccomp",
        "--netns-type=path",
        f"/proc/self/fd/{NAMESPACE_FD}",
        _INTERFACE,
    )
