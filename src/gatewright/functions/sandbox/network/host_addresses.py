"""Which addresses are the host's own, and which networks no function shall reach."""

from collections.abc import Iterable
from ipaddress import IPv4Address, IPv4Network, collapse_addresses
from typing import Final

NOT_OF_THE_WORLD: Final = ("0.0.0.0/8", "127.0.0.0/8", "224.0.0.0/4", "240.0.0.0/4")
"""Loopback and multicast: what user-mode networking sends there is delivered to the host itself. RFC 6890."""
FIB_TRIE: Final = "/proc/net/fib_trie"


def local_addresses(fib_trie: str) -> frozenset[IPv4Address]:
    """Return the addresses that the kernel delivers to this host, from the text of `/proc/net/fib_trie`.

    An address is a line `|-- 192.0.2.1`; what it is follows: `/32 host LOCAL`.
    """
    found: set[IPv4Address] = set()
    address = ""
    for line in fib_trie.splitlines():
        words = line.split()
        if words[:1] == ["|--"]:
            address = words[1]
        elif words[1:] == ["host", "LOCAL"]:
            found.add(IPv4Address(address))
    return frozenset(found)


def current_addresses() -> frozenset[IPv4Address]:
    """Return the addresses of this process's network."""
    with open(FIB_TRIE) as fib_trie:
        return local_addresses(fib_trie.read())


def unreachable_networks(addresses: Iterable[IPv4Address], blocked: Iterable[str]) -> tuple[IPv4Network, ...]:
    """Return what a space must not reach: the host by any of its addresses, and what the operator blocks."""
    host = map(IPv4Network, addresses)
    return tuple(collapse_addresses([*host, *map(IPv4Network, NOT_OF_THE_WORLD), *map(IPv4Network, blocked)]))
