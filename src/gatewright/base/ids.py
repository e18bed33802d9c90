"""Identifiers in the forms that AWS gives them. Entropy is a dependency, so that tests can fix it."""

import binascii
import os
import struct
import uuid
from collections.abc import Callable

Entropy = Callable[[int], bytes]

_PIECE_BYTES = 16
_PAGE = struct.Struct(f"{_PIECE_BYTES}s" * 256)
_URL_SAFE = bytes.maketrans(b"+/", b"-_")
_API_ID_ALPHABET = "abcdefghijklmnopqrstuvwxyz0123456789"


class PooledEntropy:
    """`os.urandom`, a page at a time: a request needs three ids, and each would be a system call of its own.

    Safe from several threads: a list's `pop` gives every octet away once.
    """

    __slots__ = ("_pieces",)

    def __init__(self) -> None:
        self._pieces: list[bytes] = []

    def __call__(self, length: int) -> bytes:
        """Return random octets."""
        if length > _PIECE_BYTES:
            return os.urandom(length)
        while True:
            try:
                return self._pieces.pop()[:length]
            except IndexError:
                self._pieces += _PAGE.unpack(os.urandom(_PAGE.size))


class Ids:
    """Makes identifiers out of random octets."""

    __slots__ = ("_entropy",)

    def __init__(self, entropy: Entropy = os.urandom) -> None:
        self._entropy = entropy

    def octets(self, length: int) -> bytes:
        """Return random octets."""
        return self._entropy(length)

    def request_id(self) -> str:
        """Return an id such as `32998fea-1b2c-4268-8c72-16138d629356` (request, invocation, revision)."""
        # The bits of a version 4 UUID, without the cost of a UUID object: this runs for every invocation.
        text = self._entropy(16).hex()
        variant = "89ab"[int(text[16], 16) & 3]
        return f"{text[:8]}-{text[8:12]}-4{text[13:16]}-{variant}{text[17:20]}-{text[20:]}"

    def extended_request_id(self) -> str:
        """Return an id such as `JKJaXmPLvHcESHA=` (API Gateway's `Apigw-Requestid`, `x-amz-apigw-id`)."""
        return binascii.b2a_base64(self._entropy(11), newline=False).translate(_URL_SAFE).decode()

    def resource_id(self, length: int = 10) -> str:
        """Return an id such as `mnh1xmpli7` (an API, a deployment): lower-case letters and digits."""
        first, *rest = self._entropy(length)
        return _API_ID_ALPHABET[first % 26] + "".join(_API_ID_ALPHABET[octet % 36] for octet in rest)

    def short_id(self) -> str:
        """Return an id of seven characters such as `a1b2c3d` (a route, an integration)."""
        return self.resource_id(7)

    def uuid(self) -> uuid.UUID:
        """Return a version 4 UUID."""
        return uuid.UUID(bytes=self._entropy(16), version=4)

    def trace_root(self, now: float) -> str:
        """Return the Root part of an X-Ray trace id, such as `1-5e6aa925-cc0123456789ae116148e52f`."""
        # `hex` takes a third of the time of a format with `:08x`.
        return f"1-{hex(int(now))[2:].zfill(8)}-{self._entropy(12).hex()}"

    def trace_parent(self) -> str:
        """Return the Parent part of an X-Ray trace id, such as `5c9925637b7d89fa`."""
        return self._entropy(8).hex()
