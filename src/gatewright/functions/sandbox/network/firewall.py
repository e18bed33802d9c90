"""What a space must not reach, as rules of its own kernel firewall (nf_tables), put there before anything runs in it.

Routes cannot say it: a process without any privilege chooses its interface (SO_BINDTODEVICE, IP_PKTINFO), and where
no route is found for that interface the kernel takes the address to be on the link. Spoken to directly, by netlink,
because `nft` is not everywhere installed. Sources: linux/netfilter/nf_tables.h, nfnetlink.h; libnftnl's examples.

The rules, in the language of nft(8):

    table inet gatewright { chain output { type filter hook output priority 0;
        oifname "lo" accept
        meta nfproto ipv6 reject with icmpx admin-prohibited
        ip daddr NETWORK reject with icmpx admin-prohibited     # one for each network
    } }
"""

import socket
import struct
from collections.abc import Iterable
from ipaddress import IPv4Network
from typing import Final

_NETLINK_NETFILTER: Final = 12
_NLM_F_REQUEST: Final = 0x1
_NLM_F_ACK: Final = 0x4
_NLM_F_CREATE: Final = 0x400
_NLM_F_APPEND: Final = 0x800
_NLMSG_ERROR: Final = 2
_NESTED: Final = 0x8000
_BATCH_BEGIN: Final = 0x10
_BATCH_END: Final = 0x11
_NF_TABLES: Final = 10
_NEW_TABLE: Final = _NF_TABLES << 8
_NEW_CHAIN: Final = _NF_TABLES << 8 | 3
_NEW_RULE: Final = _NF_TABLES << 8 | 6
_FAMILY_INET: Final = 1
_HOOK_OUTPUT: Final = 3
_REGISTER: Final = 1
_TO_VERDICT: Final = 0
_ACCEPT: Final = 1
_META_OUTPUT_NAME: Final = 7
_META_FAMILY: Final = 15
_FAMILY_IPV6: Final = 10
_NETWORK_HEADER: Final = 1
_DESTINATION: Final = (16, 4)
_REJECT_ICMPX: Final = 2
_ADMIN_PROHIBITED: Final = 3
_NAME_BYTES: Final = 16
_TABLE: Final = b"gatewright\0"
_CHAIN: Final = b"output\0"
_REPLY_BYTES: Final = 1 << 16


def install(networks: Iterable[IPv4Network]) -> None:
    """Add the rules to the network namespace of the calling process. Raises `OSError` where the kernel cannot."""
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, _NETLINK_NETFILTER) as sock:
        sock.settimeout(5)
        sock.bind((0, 0))
        sock.send(batch(networks))
        number = _first_error(sock)
    if number:
        raise OSError(number, "nf_tables refused the rules of a function's network")


def batch(networks: Iterable[IPv4Network]) -> bytes:
    """Return the transaction; its last command asks for an acknowledgement."""
    rules = [_accept_loopback(), _reject_ipv6(), *map(_reject_network, networks)]
    commands = [
        (_NEW_TABLE, _NLM_F_CREATE, _text(1, _TABLE)),
        (_NEW_CHAIN, _NLM_F_CREATE, _text(1, _TABLE) + _text(3, _CHAIN) + _hook() + _text(7, b"filter\0")),
        *((_NEW_RULE, _NLM_F_CREATE | _NLM_F_APPEND, rule) for rule in rules),
    ]
    messages = [_message(_BATCH_BEGIN, 0, 0, 0, _NF_TABLES)]
    for sequence, (kind, flags, body) in enumerate(commands, 1):
        is_last = sequence == len(commands)
        messages.append(_message(kind, flags | (_NLM_F_ACK if is_last else 0), sequence, _FAMILY_INET, 0, body))
    messages.append(_message(_BATCH_END, 0, len(commands) + 1, 0, _NF_TABLES))
    return b"".join(messages)


def _first_error(sock: socket.socket) -> int:
    """Return the number of the error; 0 for an acknowledgement. Either comes first: nothing else was asked for."""
    reply = sock.recv(_REPLY_BYTES)
    kind, code = struct.unpack_from("=4xH10xi", reply)
    return -code if kind == _NLMSG_ERROR else 0


def _hook() -> bytes:
    return _nest(4, _number(1, _HOOK_OUTPUT) + _number(2, 0))


def _rule(*expressions: bytes) -> bytes:
    return _text(1, _TABLE) + _text(2, _CHAIN) + _nest(4, b"".join(expressions))


def _accept_loopback() -> bytes:
    return _rule(_meta(_META_OUTPUT_NAME), _is(b"lo".ljust(_NAME_BYTES, b"\0")), _accept())


def _reject_ipv6() -> bytes:
    return _rule(_meta(_META_FAMILY), _is(bytes([_FAMILY_IPV6])), _reject())


def _reject_network(network: IPv4Network) -> bytes:
    offset, length = _DESTINATION
    load = _number(1, _REGISTER) + _number(2, _NETWORK_HEADER) + _number(3, offset) + _number(4, length)
    mask = _nest(4, _text(1, network.netmask.packed)) + _nest(5, _text(1, bytes(length)))
    masked = _number(1, _REGISTER) + _number(2, _REGISTER) + _number(3, length) + mask
    return _rule(
        _expression(b"payload", load),
        _expression(b"bitwise", masked),
        _is(network.network_address.packed),
        _reject(),
    )


def _meta(key: int) -> bytes:
    return _expression(b"meta", _number(1, _REGISTER) + _number(2, key))


def _is(value: bytes) -> bytes:
    return _expression(b"cmp", _number(1, _REGISTER) + _number(2, 0) + _nest(3, _text(1, value)))


def _accept() -> bytes:
    return _expression(b"immediate", _number(1, _TO_VERDICT) + _nest(2, _nest(2, _number(1, _ACCEPT))))


def _reject() -> bytes:
    return _expression(b"reject", _number(1, _REJECT_ICMPX) + _text(2, bytes([_ADMIN_PROHIBITED])))


def _expression(name: bytes, content: bytes) -> bytes:
    return _nest(1, _text(1, name + b"\0") + _nest(2, content))


def _text(kind: int, value: bytes) -> bytes:
    padding = bytes(-len(value) % 4)
    return struct.pack("=HH", 4 + len(value), kind) + value + padding


def _nest(kind: int, content: bytes) -> bytes:
    return _text(kind | _NESTED, content)


def _number(kind: int, value: int) -> bytes:
    return _text(kind, struct.pack(">i", value))


def _message(kind: int, flags: int, sequence: int, family: int, resource: int, body: bytes = b"") -> bytes:
    head = struct.pack("=IHHII", 20 + len(body), kind, _NLM_F_REQUEST | flags, sequence, 0)
    return head + struct.pack(">BBH", family, 0, resource) + body
