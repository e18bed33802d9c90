"""Why a signature is refused, in the words of three kinds of services.

The same refusal has another code in the JSON protocols (`InvalidSignatureException`), in the query protocol
(`SignatureDoesNotMatch`, "Common Error Types") and in S3 ("Error responses", Amazon S3 API Reference).
"""

from collections.abc import Mapping
from enum import Enum
from types import MappingProxyType

from gatewright.base.errors import AwsError


class Dialect(Enum):
    """Whose error codes to use."""

    JSON = "json"
    QUERY = "query"
    S3 = "s3"


class Refusal(Enum):
    """Why a request is not authenticated."""

    MISSING = "there is no signature"
    INCOMPLETE = "the signature lacks a part or a part is malformed"
    QUERY_MALFORMED = "a parameter of a presigned request is malformed"
    UNKNOWN_KEY = "nobody has this access key"
    BAD_TOKEN = "the session token is not the one of the credentials"  # noqa: S105 — a reason, no password
    MISMATCH = "the signature is another one"
    SKEWED = "the time of the request is too far from ours"
    EXPIRED = "the presigned request is too old"
    UNSIGNED_HEADERS = "headers that change the meaning of the request are not signed"
    PAYLOAD_MISMATCH = "the body is not the one that was signed"
    INCOMPLETE_BODY = "the body is not what its framing says"


_CODES: Mapping[Refusal, tuple[str, str, str]] = MappingProxyType(
    {
        Refusal.MISSING: ("MissingAuthenticationTokenException", "MissingAuthenticationToken", "AccessDenied"),
        Refusal.INCOMPLETE: ("IncompleteSignatureException", "IncompleteSignature", "AuthorizationHeaderMalformed"),
        Refusal.QUERY_MALFORMED: (
            "IncompleteSignatureException",
            "IncompleteSignature",
            "AuthorizationQueryParametersError",
        ),
        Refusal.UNKNOWN_KEY: ("UnrecognizedClientException", "InvalidClientTokenId", "InvalidAccessKeyId"),
        Refusal.BAD_TOKEN: ("UnrecognizedClientException", "InvalidClientTokenId", "InvalidToken"),
        Refusal.MISMATCH: ("InvalidSignatureException", "SignatureDoesNotMatch", "SignatureDoesNotMatch"),
        Refusal.SKEWED: ("InvalidSignatureException", "SignatureDoesNotMatch", "RequestTimeTooSkewed"),
        Refusal.EXPIRED: ("RequestExpired", "RequestExpired", "AccessDenied"),
        Refusal.UNSIGNED_HEADERS: ("InvalidSignatureException", "SignatureDoesNotMatch", "AccessDenied"),
        Refusal.PAYLOAD_MISMATCH: (
            "InvalidSignatureException",
            "SignatureDoesNotMatch",
            "XAmzContentSHA256Mismatch",
        ),
        Refusal.INCOMPLETE_BODY: ("IncompleteBody", "IncompleteBody", "IncompleteBody"),
    }
)
_COLUMNS = (Dialect.JSON, Dialect.QUERY, Dialect.S3)
_BAD_REQUESTS = frozenset({Refusal.QUERY_MALFORMED, Refusal.PAYLOAD_MISMATCH, Refusal.INCOMPLETE_BODY})


class SignatureError(AwsError):
    """A request that is not authenticated; `refusal` says why."""

    def __init__(self, refusal: Refusal, dialect: Dialect, message: str) -> None:
        is_bad_request = refusal in _BAD_REQUESTS or (dialect is Dialect.S3 and refusal is Refusal.INCOMPLETE)
        super().__init__(_CODES[refusal][_COLUMNS.index(dialect)], message, status=400 if is_bad_request else 403)
        self.refusal = refusal
