"""Access key ids: `AKIA…` of users, `ASIA…` of sessions, with the account in them.

The sixteen characters after the prefix are base32 of ten octets; since 2019 the first of their bits is one, and the
forty after it are the account. GetAccessKeyInfo ("API Reference", STS) reads it back.
"""

import base64
import binascii
from typing import Final

from gatewright.base.ids import Entropy

USER_PREFIX: Final = "AKIA"
SESSION_PREFIX: Final = "ASIA"
_OCTETS: Final = 10
_LENGTH: Final = 20
_HAS_ACCOUNT: Final = 1 << 47


def access_key_id(prefix: str, account_id: str, distinction: bytes) -> str:
    """Return the id of an access key; `distinction` are five octets that tell it from the account's others."""
    head = _HAS_ACCOUNT | (int(account_id) << 7) | (distinction[0] & 0x7F)
    return prefix + base64.b32encode(head.to_bytes(6, "big") + distinction[1:5]).decode()


def account_of(access_key: str) -> str | None:
    """Return the account that an access key id names; None where it names none."""
    if len(access_key) != _LENGTH:
        return None
    try:
        octets = base64.b32decode(access_key[4:])
    except binascii.Error:
        return None
    head = int.from_bytes(octets[:6], "big")
    account = (head & (_HAS_ACCOUNT - 1)) >> 7
    return f"{account:012d}" if head & _HAS_ACCOUNT and account < 10**12 else None


def secret_access_key(entropy: Entropy) -> str:
    """Return forty characters that nobody can guess."""
    return base64.b64encode(entropy(30)).decode()
