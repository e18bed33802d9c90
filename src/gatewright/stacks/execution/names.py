"""Random parts of names."""

from typing import Final

from gatewright.base.ids import Ids

_ALPHABET: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"


def random_part(ids: Ids, length: int = 12) -> str:
    """Return what makes the name of a resource unlike all others, such as `ijoJmdBJP4re`."""
    octets = ids.uuid().bytes + ids.uuid().bytes
    return "".join(_ALPHABET[octet % len(_ALPHABET)] for octet in octets[:length])


def secret(ids: Ids) -> str:
    """Return a part of a URL that nobody guesses: 244 random bits."""
    return ids.uuid().hex + ids.uuid().hex
