"""What a request says about its signature: in the Authorization header field, or in a presigned query."""

import re
from dataclasses import dataclass
from urllib.parse import parse_qsl

from gatewright.aws.scope import CredentialScope, parse_credential
from gatewright.aws.sigv4.canonical import ALGORITHM
from gatewright.aws.sigv4.errors import Dialect, Refusal, SignatureError
from gatewright.base.messages import Request

_TIMESTAMP = re.compile(r"[0-9]{8}T[0-9]{6}Z")
_LONGEST_EXPIRY_SECONDS = 7 * 24 * 60 * 60
_PARTS = ("Credential", "Signature", "SignedHeaders")


@dataclass(frozen=True, slots=True)
class Authorization:
    """A signature and what it was made with."""

    scope: CredentialScope
    signed_headers: tuple[str, ...]
    signature: str
    timestamp: str
    session_token: str | None
    expires_seconds: int | None
    """How long a presigned request is good for; None when the signature is in the header."""


def parse_authorization(request: Request, dialect: Dialect) -> Authorization:
    """Return the signature of a request. Raises `SignatureError`."""
    header = request.headers.get("authorization")
    query = dict(parse_qsl(request.query, keep_blank_values=True)) if "X-Amz-" in request.query else {}
    if header is None:
        if "X-Amz-Algorithm" in query or "X-Amz-Signature" in query:
            return _parse_query(query, dialect)
        raise SignatureError(Refusal.MISSING, dialect, "Missing Authentication Token")
    if "X-Amz-Signature" in query:
        raise SignatureError(
            Refusal.QUERY_MALFORMED,
            dialect,
            "Only one auth mechanism allowed; only the X-Amz-Algorithm query parameter, Signature query string "
            "parameter or the Authorization header should be specified",
        )
    return _parse_header(request, header, dialect)


def _parse_header(request: Request, header: str, dialect: Dialect) -> Authorization:
    algorithm, _, rest = header.partition(" ")
    if algorithm != ALGORITHM:
        raise SignatureError(
            Refusal.INCOMPLETE, dialect, f"Unsupported AWS 'algorithm': '{algorithm}'. Authorization={header}"
        )
    parts = {}
    for part in rest.split(","):
        name, separator, value = part.strip().partition("=")
        if separator and name in _PARTS and name not in parts:
            parts[name] = value
    timestamp = request.headers.get("x-amz-date") or request.headers.get("date")
    missing = [f"Authorization header requires '{name}' parameter." for name in _PARTS if not parts.get(name)]
    if timestamp is None:
        missing.append("Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header.")
    if missing:
        raise SignatureError(Refusal.INCOMPLETE, dialect, f"{' '.join(missing)} Authorization={header}")
    return Authorization(
        scope=_scope(parts["Credential"], Refusal.INCOMPLETE, dialect),
        signed_headers=_signed_headers(parts["SignedHeaders"], Refusal.INCOMPLETE, dialect),
        signature=parts["Signature"],
        timestamp=_timestamp(timestamp or "", Refusal.INCOMPLETE, dialect),
        session_token=request.headers.get("x-amz-security-token"),
        expires_seconds=None,
    )


def _parse_query(query: dict[str, str], dialect: Dialect) -> Authorization:
    wanted = ("X-Amz-Algorithm", "X-Amz-Credential", "X-Amz-Signature", "X-Amz-Date", "X-Amz-SignedHeaders")
    missing = [name for name in wanted if not query.get(name)]
    if missing:
        names = ", ".join(missing)
        raise SignatureError(
            Refusal.QUERY_MALFORMED,
            dialect,
            f"Query-string authentication version 4 requires the {', '.join(wanted)}, and X-Amz-Expires parameters. "
            f"Missing: {names}.",
        )
    if query["X-Amz-Algorithm"] != ALGORITHM:
        raise SignatureError(Refusal.QUERY_MALFORMED, dialect, f'X-Amz-Algorithm only supports "{ALGORITHM}"')
    return Authorization(
        scope=_scope(query["X-Amz-Credential"], Refusal.QUERY_MALFORMED, dialect),
        signed_headers=_signed_headers(query["X-Amz-SignedHeaders"], Refusal.QUERY_MALFORMED, dialect),
        signature=query["X-Amz-Signature"],
        timestamp=_timestamp(query["X-Amz-Date"], Refusal.QUERY_MALFORMED, dialect),
        session_token=query.get("X-Amz-Security-Token"),
        expires_seconds=_expiry(query.get("X-Amz-Expires"), dialect),
    )


def _scope(credential: str, refusal: Refusal, dialect: Dialect) -> CredentialScope:
    parts = credential.split("/")
    if len(parts) < 5:
        raise SignatureError(
            refusal,
            dialect,
            "Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, "
            f"got '{credential}'",
        )
    scope = parse_credential(credential)
    if scope is None or not scope.region:
        raise SignatureError(
            refusal,
            dialect,
            f"Credential should be scoped with a valid terminator: 'aws4_request', not '{parts[-1]}'.",
        )
    return scope


def _signed_headers(text: str, refusal: Refusal, dialect: Dialect) -> tuple[str, ...]:
    names = tuple(text.lower().split(";"))
    if "host" not in names and ":authority" not in names:
        raise SignatureError(
            refusal, dialect, "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization."
        )
    return names


def _timestamp(text: str, refusal: Refusal, dialect: Dialect) -> str:
    if not _TIMESTAMP.fullmatch(text):
        raise SignatureError(
            refusal,
            dialect,
            f"Date must be in ISO-8601 'basic format'. Got '{text}'. See http://en.wikipedia.org/wiki/ISO_8601",
        )
    return text


def _expiry(text: str | None, dialect: Dialect) -> int:
    if text is None:
        if dialect is Dialect.S3:
            raise SignatureError(Refusal.QUERY_MALFORMED, dialect, "X-Amz-Expires is missing")
        # Outside S3 a presigned request without X-Amz-Expires (an RDS token, say) is good for as long as any other.
        return 15 * 60
    if not (text.isascii() and text.lstrip("-").isdigit() and len(text) < 12):
        raise SignatureError(Refusal.QUERY_MALFORMED, dialect, "X-Amz-Expires should be a number")
    seconds = int(text)
    if seconds < 0:
        raise SignatureError(Refusal.QUERY_MALFORMED, dialect, "X-Amz-Expires must be non-negative")
    if seconds > _LONGEST_EXPIRY_SECONDS:
        raise SignatureError(
            Refusal.QUERY_MALFORMED,
            dialect,
            f"X-Amz-Expires must be less than a week (in seconds) that is {_LONGEST_EXPIRY_SECONDS}",
        )
    return seconds
