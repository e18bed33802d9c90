"""Pagination tokens: opaque to the caller, and naming the last key of a page rather than a position.

Because a token says "what comes after this key", items that appear or go away between two calls move nothing: every
item that exists throughout is listed exactly once. A token carries a checksum over itself and over the listing it
belongs to, so that an edited token, or one of another listing, is refused instead of silently listing the wrong
things. It is no secret and grants nothing: the listing starts from the caller's own account and region either way.
"""

import base64
import binascii
from collections.abc import Callable
from hashlib import blake2b
from typing import TypeVar

from gatewright.base.errors import AwsError

Item = TypeVar("Item")

Fetch = Callable[[str, int], list[tuple[str, Item]]]
"""`(after, limit) -> (key, item) pairs`, in key order, keys greater than `after` ("" starts), at most `limit`."""

_CHECKSUM_BYTES = 9
_LONGEST_TOKEN = 8192


def page(
    fetch: Fetch[Item],
    token: str | None,
    limit: int,
    *,
    listing: str = "",
    error_code: str = "InvalidParameterValueException",
    error_message: str = "The pagination token is not valid.",
) -> tuple[list[Item], str | None]:
    """Return one page of a listing and the token of the next one, None when this is the last.

    `listing` names what is listed (`ListFunctions`, `GetRoutes/mnh1xmpli7`). Raises `AwsError` with `error_code` when
    the token is none of this listing's.
    """
    after = ""
    if token:
        key = parse_token(token, listing)
        if key is None:
            raise AwsError(error_code, error_message)
        after = key
    # One more than asked for: a page that ends exactly at the end of the listing has no next token.
    found = fetch(after, limit + 1)
    shown = found[:limit]
    following = build_token(shown[-1][0], listing) if len(found) > limit and shown else None
    return [item for _, item in shown], following


def build_token(last_key: str, listing: str = "") -> str:
    """Return the token of the page that starts after `last_key`."""
    key = last_key.encode("utf-8", "surrogateescape")
    return base64.urlsafe_b64encode(_checksum(key, listing) + key).decode().rstrip("=")


def parse_token(token: str, listing: str = "") -> str | None:
    """Return the key that a token of this listing names, or None when it is none of its tokens."""
    if len(token) > _LONGEST_TOKEN:
        return None
    try:
        octets = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return None
    checksum, key = octets[:_CHECKSUM_BYTES], octets[_CHECKSUM_BYTES:]
    if checksum != _checksum(key, listing):
        return None
    return key.decode("utf-8", "surrogateescape")


def _checksum(key: bytes, listing: str) -> bytes:
    return blake2b(key, digest_size=_CHECKSUM_BYTES, key=blake2b(listing.encode(), digest_size=32).digest()).digest()
