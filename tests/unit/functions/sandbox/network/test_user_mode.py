from ipaddress import IPv4Address
from pathlib import Path

import pytest

from gatewright.functions.sandbox.network.user_mode import (
    PASTA,
    PROGRAMS,
    SLIRP4NETNS,
    arguments,
    descriptors,
    free_addresses,
)

ADDRESSES = free_addresses(())


@pytest.mark.parametrize(
    ("host", "network"),
    [
        ((), "192.0.2.0/24"),
        (("10.0.0.1", "192.0.2.2"), "198.51.100.0/24"),
        (("198.51.100.1", "192.0.2.2"), "203.0.113.0/24"),
        (("198.51.100.1", "192.0.2.2", "203.0.113.9"), "192.0.2.0/24"),
    ],
)
def test_a_space_has_addresses_that_the_host_has_not(host: tuple[str, ...], network: str) -> None:
    addresses = free_addresses(tuple(map(IPv4Address, host)))
    assert str(addresses.network) == network
    assert len({addresses.gateway, addresses.resolver, addresses.own}) == 3


def test_pasta_forwards_nothing_of_the_host() -> None:
    """Its defaults forward the ports of both loopback interfaces, and make the gateway stand for the host."""
    line = " ".join(arguments(PASTA, Path("/usr/bin/pasta"), ADDRESSES))
    for part in (
        "--tcp-ports none",
        "--udp-ports none",
        "--tcp-ns none",
        "--udp-ns none",
        "--no-map-gw",
        "--ipv4-only",
    ):
        assert f" {part} " in line
    assert line.startswith("/usr/bin/pasta --foreground ")
    assert f"--dns-forward {ADDRESSES.resolver} " in line
    assert line.endswith(" --netns /proc/self/fd/3")


def test_slirp4netns_does_not_reach_the_host_and_shuts_itself_in() -> None:
    command = arguments(SLIRP4NETNS, Path("/usr/bin/slirp4netns"), ADDRESSES)
    assert {"--disable-host-loopback", "--enable-sandbox", "--enable-seccomp", f"--cidr={ADDRESSES.network}"} <= set(
        command
    )
    assert "--enable-ipv6" not in command
    assert command[-3:] == ("--netns-type=path", "/proc/self/fd/3", "tap0")


def test_both_are_known() -> None:
    assert [(program.name, program.package) for program in PROGRAMS] == [
        ("slirp4netns", "slirp4netns"),
        ("pasta", "passt"),
    ]


@pytest.mark.parametrize(("program", "most"), [("/usr/bin/slirp4netns", 1100), ("/usr/bin/pasta", 4096)])
def test_how_many_descriptors_a_program_has(program: str, most: int) -> None:
    """slirp4netns takes memory of its own for each connection, pasta four descriptors."""
    assert descriptors((program, "--option")) == most
