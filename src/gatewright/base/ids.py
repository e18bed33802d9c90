"""Identifiers in the forms that AWS gives them. Entropy is a dependency, so that tests can fix it."""

import binascii
import os
import uuid
from collections.abc import Callable
from typing import Final

Entropy = Callable[[int], bytes]

_URL_SAFE: Final = bytes.maketrans(b"+/", b"-_")
_VARIANT: Final = bytes.maketrans(b"0123456789abcdef", b"89ab" * 4)
_API_ID_ALPHABET: Final = "abcdefghijklmnopqrstuvwxyz0123456789"
# Where the 32 digits of a UUID stand in its text; the digits of the version and the variant are not random as a whole.
_UUID_PLACES: Final = tuple(
    (digit, place)
    for digit, place in enumerate(place for place in range(36) if place not in (8, 13, 18, 23))
    if place not in (14, 19)
)


class Ids:
    """Makes identifiers out of random octets.

    Those of a request are made `ahead` at a time: one by one, each costs five times as much. Safe from several threads:
    a list's `pop` gives every one away once.
    """

    __slots__ = ("_ahead", "_entropy", "_extended_request_ids", "_request_ids", "_trace_parents", "_trace_roots")

    def __init__(self, entropy: Entropy = os.urandom, ahead: int = 1) -> None:
        self._entropy = entropy
        self._ahead = ahead
        self._request_ids: list[str] = []
        self._extended_request_ids: list[str] = []
        self._trace_roots: list[str] = []
        self._trace_parents: list[str] = []

    def octets(self, length: int) -> bytes:
        """Return random octets."""
        return self._entropy(length)

    def request_id(self) -> str:
        """Return an id such as `32998fea-1b2c-4268-8c72-16138d629356` (request, invocation, revision)."""
        while True:
            try:
                return self._request_ids.pop()
            except IndexError:
                self._request_ids += self._uuids()

    def _uuids(self) -> list[str]:
        """Return version 4 UUIDs: digit by digit for all of them, without the cost of UUID objects."""
        digits = self._entropy(16 * self._ahead).hex().encode()
        page = bytearray(b"-") * (36 * self._ahead)
        for digit, place in _UUID_PLACES:
            page[place::36] = digits[digit::32]
        page[14::36] = b"4" * self._ahead
        page[19::36] = digits[16::32].translate(_VARIANT)
        return _pieces(page.decode(), 36)

    def extended_request_id(self) -> str:
        """Return an id such as `JKJaXmPLvHcESHA=` (API Gateway's `Apigw-Requestid`, `x-amz-apigw-id`)."""
        while True:
            try:
                return self._extended_request_ids.pop()
            except IndexError:
                self._extended_request_ids += self._base64_of_11_octets()

    def _base64_of_11_octets(self) -> list[str]:
        octets = self._entropy(11 * self._ahead)
        # With a twelfth octet, each id begins where one of base64's groups does.
        page = bytearray(12 * self._ahead)
        for index in range(11):
            page[index::12] = octets[index::11]
        text = bytearray(binascii.b2a_base64(page, newline=False).translate(_URL_SAFE))
        text[15::16] = b"=" * self._ahead
        return _pieces(text.decode(), 16)

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
        while True:
            try:
                # `hex` takes a third of the time of a format with `:08x`.
                return f"1-{hex(int(now))[2:].zfill(8)}-{self._trace_roots.pop()}"
            except IndexError:
                self._trace_roots += _pieces(self._entropy(12 * self._ahead).hex(), 24)

    def trace_parent(self) -> str:
        """Return the Parent part of an X-Ray trace id, such as `5c9925637b7d89fa`."""
        while True:
            try:
                return self._trace_parents.pop()
            except IndexError:
                self._trace_parents += _pieces(self._entropy(8 * self._ahead).hex(), 16)


def _pieces(text: str, length: int) -> list[str]:
    return [text[start : start + length] for start in range(0, len(text), length)]
