"""Canonical request, string to sign, signing key and signature.

S3 encodes a path once and takes it as it is; every other service removes dot segments and doubled slashes and encodes
the encoded path once more.
"""

import hashlib
import hmac
import re
from collections.abc import Iterable
from functools import lru_cache
from urllib.parse import quote, unquote_to_bytes

from gatewright.aws.scope import CredentialScope
from gatewright.base.messages import Headers, Request

ALGORITHM = "AWS4-HMAC-SHA256"
UNSIGNED_PAYLOAD = "UNSIGNED-PAYLOAD"
EMPTY_SHA256 = hashlib.sha256(b"").hexdigest()

_BLANKS = re.compile(r"\s+")


def canonical_request(request: Request, signed_headers: Iterable[str], payload_hash: str, *, is_s3: bool) -> bytes:
    """Return the canonical request. `signed_headers` are in lower case and sorted."""
    names = list(signed_headers)
    lines = [
        request.method,
        canonical_path(request.path, is_s3=is_s3),
        canonical_query(request.query),
        *(f"{name}:{_header(request.headers, name)}" for name in names),
        "",
        ";".join(names),
        payload_hash,
    ]
    # Field values are octets held as ISO-8859-1; everything else is ASCII.
    return "\n".join(lines).encode("latin-1", "replace")


def canonical_path(path: str, *, is_s3: bool) -> str:
    """Return the path as it is signed; `path` is as sent."""
    octets = path.encode("latin-1", "replace")
    if is_s3:
        return quote(unquote_to_bytes(octets), safe="/~") or "/"
    return quote(_without_dot_segments(octets.decode("latin-1")).encode("latin-1"), safe="/~")


def canonical_query(query: str) -> str:
    """Return the parameters in order, encoded the one way; a presigned request's own signature is left out."""
    pairs = []
    for part in query.split("&"):
        name, _, value = part.partition("=")
        if part and name != "X-Amz-Signature":
            pairs.append((_reencoded(name), _reencoded(value)))
    return "&".join(f"{name}={value}" for name, value in sorted(pairs))


def string_to_sign(timestamp: str, scope: CredentialScope, canonical: bytes) -> str:
    """Return the string to sign. `timestamp` is like `20150830T123600Z`."""
    return "\n".join([ALGORITHM, timestamp, str(scope), hashlib.sha256(canonical).hexdigest()])


@lru_cache(maxsize=1024)
def signing_key(secret_access_key: str, date: str, region: str, service: str) -> bytes:
    """Return the key of one day, region and service."""
    key = f"AWS4{secret_access_key}".encode()
    for part in (date, region, service, "aws4_request"):
        key = hmac.digest(key, part.encode(), "sha256")
    return key


def signature(key: bytes, text: str) -> str:
    """Return the signature of a string to sign, in hex."""
    return hmac.digest(key, text.encode(), "sha256").hex()


def _header(headers: Headers, name: str) -> str:
    return ",".join(_BLANKS.sub(" ", value.strip()) for value in headers.get_all(name))


def _reencoded(text: str) -> str:
    # A plus is a blank here, as SDKs that form-encode their query mean it.
    return quote(unquote_to_bytes(text.replace("+", " ").encode("latin-1", "replace")), safe="~")


def _without_dot_segments(path: str) -> str:
    """Remove dot segments (RFC 3986 section 5.2.4) and empty ones."""
    kept: list[str] = []
    segments = path.split("/")
    for segment in segments:
        if segment == "..":
            if kept:
                kept.pop()
        elif segment not in {"", "."}:
            kept.append(segment)
    ends_with_slash = bool(kept) and segments[-1] in {"", ".", ".."}
    return "/" + "/".join(kept) + ("/" if ends_with_slash else "")
