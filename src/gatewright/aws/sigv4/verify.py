"""Verification of a signed request.

`SignatureVerifier.verify` checks everything that the head of a request says and returns how its body is bound to the
signature; `check_body` or a `ChunkDecoder` then checks the body.
"""

import hashlib
import hmac
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from gatewright.aws.scope import CredentialScope
from gatewright.aws.sigv4.authorization import Authorization, parse_authorization
from gatewright.aws.sigv4.canonical import (
    EMPTY_SHA256,
    UNSIGNED_PAYLOAD,
    canonical_request,
    signature,
    signing_key,
    string_to_sign,
)
from gatewright.aws.sigv4.errors import Dialect, Refusal, SignatureError
from gatewright.base.clock import Clock
from gatewright.base.messages import Request

STREAMING_PREFIX = "STREAMING-"
STREAMING_SIGNED = frozenset({"STREAMING-AWS4-HMAC-SHA256-PAYLOAD", "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER"})
STREAMING_UNSIGNED = "STREAMING-UNSIGNED-PAYLOAD-TRAILER"

_CLOCK_SKEW = timedelta(minutes=5)
_S3_CLOCK_SKEW = timedelta(minutes=15)
_FORMAT = "%Y%m%dT%H%M%SZ"


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a signature is checked against."""

    secret_access_key: str
    session_token: str | None = None
    """Of temporary credentials; a request must carry it."""


@dataclass(frozen=True, slots=True)
class VerifiedHead:
    """The head of a request whose signature is right, and how the body hangs on it."""

    scope: CredentialScope
    payload_hash: str
    """The SHA-256 that the body must have, `UNSIGNED-PAYLOAD`, or one of the `STREAMING-…` values."""
    timestamp: str
    signature: str
    """The seed of the signatures of the chunks."""
    key: bytes
    dialect: Dialect


class SignatureVerifier:
    """Verifies signatures against the credentials that `find` returns for an access key id (None: nobody's)."""

    def __init__(self, find: Callable[[str], Credentials | None], clock: Clock) -> None:
        self._find = find
        self._clock = clock

    def verify(self, request: Request, body: bytes | None, *, service: str, dialect: Dialect) -> VerifiedHead:
        """Verify the head of a request to a service (its name in credential scopes).

        `body` is the whole body where it is here already; it may be None for S3, which states the body's hash in a
        header. Raises `SignatureError`.
        """
        authorization = parse_authorization(request, dialect)
        self._check_time(authorization, dialect)
        _check_scope(authorization, service, dialect)
        credentials = self._find(authorization.scope.access_key_id)
        if credentials is None:
            raise _unknown_key(dialect)
        _check_token(authorization, credentials, dialect)
        if dialect is Dialect.S3:
            _check_signed_headers(request, authorization)
        payload_hash = _payload_hash(request, authorization, body, dialect)
        scope = authorization.scope
        key = signing_key(credentials.secret_access_key, scope.date, scope.region, scope.service)
        canonical = canonical_request(request, authorization.signed_headers, payload_hash, is_s3=dialect is Dialect.S3)
        text = string_to_sign(authorization.timestamp, scope, canonical)
        if not hmac.compare_digest(signature(key, text).encode(), authorization.signature.encode()):
            raise _mismatch(dialect, canonical, text)
        return VerifiedHead(scope, payload_hash, authorization.timestamp, authorization.signature, key, dialect)

    def _check_time(self, authorization: Authorization, dialect: Dialect) -> None:
        now = datetime.fromtimestamp(self._clock.now(), UTC)
        try:
            signed_at = datetime.strptime(authorization.timestamp, _FORMAT).replace(tzinfo=UTC)
        except ValueError as error:
            raise SignatureError(Refusal.INCOMPLETE, dialect, "The date of the signature is no date.") from error
        skew = _S3_CLOCK_SKEW if dialect is Dialect.S3 else _CLOCK_SKEW
        if signed_at - now > skew:
            raise _skewed(dialect, signed_at, now, skew, is_early=True)
        if authorization.expires_seconds is None:
            if now - signed_at > skew:
                raise _skewed(dialect, signed_at, now, skew, is_early=False)
        elif now - signed_at > timedelta(seconds=authorization.expires_seconds):
            text = "Request has expired" if dialect is Dialect.S3 else "Request has expired."
            raise SignatureError(Refusal.EXPIRED, dialect, text)


def check_body(head: VerifiedHead, body: bytes) -> None:
    """Check that a body is the one which was signed. Raises `SignatureError`."""
    if head.payload_hash == UNSIGNED_PAYLOAD:
        return
    if not hmac.compare_digest(hashlib.sha256(body).hexdigest(), head.payload_hash):
        raise SignatureError(
            Refusal.PAYLOAD_MISMATCH,
            head.dialect,
            "The provided 'x-amz-content-sha256' header does not match what was computed.",
        )


def _check_scope(authorization: Authorization, service: str, dialect: Dialect) -> None:
    scope = authorization.scope
    refusal = Refusal.INCOMPLETE if authorization.expires_seconds is None else Refusal.QUERY_MALFORMED
    if scope.date != authorization.timestamp[:8]:
        raise SignatureError(
            refusal if dialect is Dialect.S3 else Refusal.MISMATCH,
            dialect,
            "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: "
            f"'{scope.date}' != '{authorization.timestamp[:8]}', from '{authorization.timestamp}'.",
        )
    if scope.service != service:
        raise SignatureError(
            refusal if dialect is Dialect.S3 else Refusal.MISMATCH,
            dialect,
            f"Credential should be scoped to correct service: '{service}'. ",
        )


def _check_token(authorization: Authorization, credentials: Credentials, dialect: Dialect) -> None:
    wanted, given = credentials.session_token, authorization.session_token
    if wanted is None and given is None:
        return
    if wanted is None or given is None or not hmac.compare_digest(wanted.encode(), given.encode()):
        if dialect is Dialect.S3:
            raise SignatureError(Refusal.BAD_TOKEN, dialect, "The provided token is malformed or otherwise invalid.")
        raise SignatureError(Refusal.BAD_TOKEN, dialect, "The security token included in the request is invalid.")


def _check_signed_headers(request: Request, authorization: Authorization) -> None:
    """S3 wants every `x-amz-` header signed: each of them changes what a request does."""
    names = {name.lower() for name, _ in request.headers}
    unsigned = sorted(name for name in names if name.startswith("x-amz-") and name not in authorization.signed_headers)
    if authorization.expires_seconds is not None:
        unsigned = [name for name in unsigned if name != "x-amz-content-sha256"]
    if unsigned:
        raise SignatureError(
            Refusal.UNSIGNED_HEADERS,
            Dialect.S3,
            f"There were headers present in the request which were not signed: {', '.join(unsigned)}",
        )


def _payload_hash(request: Request, authorization: Authorization, body: bytes | None, dialect: Dialect) -> str:
    """Return the hash that goes into the canonical request."""
    stated = request.headers.get("x-amz-content-sha256")
    if dialect is Dialect.S3:
        if stated is None and authorization.expires_seconds is not None:
            return UNSIGNED_PAYLOAD
        if stated is None:
            raise SignatureError(
                Refusal.INCOMPLETE, dialect, "Missing required header for this request: x-amz-content-sha256"
            )
        return stated
    if stated == UNSIGNED_PAYLOAD:
        return stated
    return EMPTY_SHA256 if not body else hashlib.sha256(body).hexdigest()


def _unknown_key(dialect: Dialect) -> SignatureError:
    if dialect is Dialect.S3:
        text = "The AWS Access Key Id you provided does not exist in our records."
    else:
        text = "The security token included in the request is invalid."
    return SignatureError(Refusal.UNKNOWN_KEY, dialect, text)


def _mismatch(dialect: Dialect, canonical: bytes, text: str) -> SignatureError:
    message = "The request signature we calculated does not match the signature you provided. "
    if dialect is Dialect.S3:
        return SignatureError(Refusal.MISMATCH, dialect, message + "Check your key and signing method.")
    message += (
        "Check your AWS Secret Access Key and signing method. Consult the service documentation for details."
        # AWS shows both strings too: they hold nothing that the caller has not sent.
        f"\n\nThe Canonical String for this request should have been\n'{canonical.decode('latin-1')}'"
        f"\n\nThe String-to-Sign should have been\n'{text}'\n"
    )
    return SignatureError(Refusal.MISMATCH, dialect, message)


def _skewed(dialect: Dialect, signed_at: datetime, now: datetime, skew: timedelta, *, is_early: bool) -> SignatureError:
    if dialect is Dialect.S3:
        text = "The difference between the request time and the current time is too large."
        return SignatureError(Refusal.SKEWED, dialect, text)
    minutes = skew // timedelta(minutes=1)
    edge = now + skew if is_early else now - skew
    sign = "+" if is_early else "-"
    opening = "Signature not yet current" if is_early else "Signature expired"
    comparison = "still later" if is_early else "now earlier"
    return SignatureError(
        Refusal.SKEWED,
        dialect,
        f"{opening}: {signed_at:{_FORMAT}} is {comparison} than {edge:{_FORMAT}} "
        f"({now:{_FORMAT}} {sign} {minutes} min.)",
    )
