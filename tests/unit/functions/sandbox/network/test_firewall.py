"""The messages are read back as the kernel's headers lay them out; test_function_networks shows that they work."""

import struct
from ipaddress import IPv4Network

from gatewright.functions.sandbox.network.firewall import batch

NETWORKS = (IPv4Network("10.77.0.1/32"), IPv4Network("169.254.0.0/16"))


def messages(data: bytes) -> list[tuple[int, int, int, bytes]]:
    """Return type, flags, sequence number and attributes of each message."""
    found = []
    while data:
        length, kind, flags, sequence, _ = struct.unpack_from("=IHHII", data)
        assert length % 4 == 0
        found.append((kind, flags, sequence, data[20:length]))
        data = data[length:]
    return found


def attributes(data: bytes) -> list[tuple[int, bytes]]:
    found = []
    while data:
        length, kind = struct.unpack_from("=HH", data)
        found.append((kind & 0x7FFF, data[4:length]))
        data = data[(length + 3) & ~3 :]
    return found


def expressions(rule: bytes) -> list[tuple[str, dict[int, bytes]]]:
    """Return the name and the attributes of each expression of a rule."""
    listed = attributes(dict(attributes(rule))[4])
    return [
        (dict(attributes(one))[1].rstrip(b"\0").decode(), dict(attributes(dict(attributes(one))[2])))
        for _, one in listed
    ]


def value(attribute: bytes) -> bytes:
    return dict(attributes(attribute))[1]


def test_it_is_one_transaction_that_asks_for_one_answer() -> None:
    sent = messages(batch(NETWORKS))
    assert [kind & 0xFF for kind, _, _, _ in sent] == [0x10, 0, 3, 6, 6, 6, 6, 0x11]
    assert [bool(flags & 4) for _, flags, _, _ in sent] == [False] * 6 + [True, False]
    assert [sequence for _, _, sequence, _ in sent] == list(range(8))


def test_the_chain_sees_what_is_sent() -> None:
    chain = dict(attributes(messages(batch(NETWORKS))[2][3]))
    assert dict(attributes(chain[4])) == {1: struct.pack(">i", 3), 2: struct.pack(">i", 0)}
    assert chain[7] == b"filter\0"


def test_loopback_is_let_through_first_and_ipv6_is_not() -> None:
    rules = [expressions(body) for kind, _, _, body in messages(batch(NETWORKS)) if kind & 0xFF == 6]
    (meta, name), (compare, loopback), (verdict, _) = rules[0]
    assert (meta, compare, verdict) == ("meta", "cmp", "immediate")
    assert (name[2], value(loopback[3])) == (struct.pack(">i", 7), b"lo".ljust(16, b"\0"))
    (_, family), (_, six), (reject, _) = rules[1]
    assert (family[2], value(six[3]), reject) == (struct.pack(">i", 15), bytes([10]), "reject")


def test_each_network_is_compared_under_its_mask() -> None:
    rules = [expressions(body) for kind, _, _, body in messages(batch(NETWORKS)) if kind & 0xFF == 6][2:]
    for network, rule in zip(NETWORKS, rules, strict=True):
        (payload, load), (bitwise, masked), (compare, address), (reject, how) = rule
        assert (payload, bitwise, compare, reject) == ("payload", "bitwise", "cmp", "reject")
        assert (load[2], load[3], load[4]) == tuple(struct.pack(">i", number) for number in (1, 16, 4))
        assert value(masked[4]) == network.netmask.packed
        assert value(address[3]) == network.network_address.packed
        assert (how[1], how[2]) == (struct.pack(">i", 2), bytes([3]))
