from ipaddress import IPv4Address, IPv4Network, collapse_addresses
from pathlib import Path

from gatewright.functions.sandbox.network.host_addresses import (
    FIB_TRIE,
    NOT_OF_THE_WORLD,
    local_addresses,
    unreachable_networks,
)

# As Linux prints it: a main table with routes, and a local one.
TRIE = """Main:
  +-- 0.0.0.0/0 3 0 5
     |-- 0.0.0.0
        /0 universe UNICAST
     +-- 10.77.0.0/24 2 0 2
        |-- 10.77.0.0
           /24 link UNICAST
Local:
  +-- 0.0.0.0/0 3 0 5
     +-- 10.77.0.0/24 2 0 2
        |-- 10.77.0.0
           /24 link UNICAST
        |-- 10.77.0.1
           /32 host LOCAL
        |-- 10.77.0.255
           /32 link BROADCAST
     +-- 127.0.0.0/8 2 0 2
        |-- 127.0.0.0
           /8 host LOCAL
        |-- 127.0.0.1
           /32 host LOCAL
"""


def test_the_host_has_its_addresses_and_the_loopback_network() -> None:
    assert local_addresses(TRIE) == {IPv4Address("10.77.0.1"), IPv4Address("127.0.0.0"), IPv4Address("127.0.0.1")}


def test_no_table_has_no_address() -> None:
    assert local_addresses("") == frozenset()


def test_this_machine_has_a_loopback_address() -> None:
    assert IPv4Address("127.0.0.1") in local_addresses(Path(FIB_TRIE).read_text())


def test_what_is_unreachable() -> None:
    networks = unreachable_networks(local_addresses(TRIE), ("169.254.0.0/16",))
    assert sorted(networks) == sorted(
        collapse_addresses(map(IPv4Network, ("10.77.0.1/32", "169.254.0.0/16", *NOT_OF_THE_WORLD)))
    )


def test_blocked_networks_may_overlap_and_cover_all() -> None:
    networks = unreachable_networks(local_addresses(TRIE), ("10.0.0.0/8", "10.77.0.0/16"))
    assert [network for network in networks if network.overlaps(IPv4Network("10.0.0.0/8"))] == [
        IPv4Network("10.0.0.0/8")
    ]
