"""Binary media types, and what becomes of payloads between client and integration.

Sources: "Content type conversions in API Gateway", whose two tables are `convert_request` and `convert_response`, and
"Return binary media from a Lambda proxy integration in API Gateway". Where the pages leave something open, what
localstack recorded of AWS (test_apigateway_s3.py: TestApiGatewayS3BinarySupport, test_apigateway_lambda.py:
test_aws_proxy_binary_response): of Accept only the first media type counts and it is compared as it is written, so
`image/*` in Accept is no `image/png`; an entry with a wildcard on its left matches nothing unless it is `*/*`; the
Content-Type of a function's response plays no part.
"""

import base64
import binascii
from collections.abc import Iterable
from typing import Final

from gatewright.gateway.rest_apis.errors import API_CONFIGURATION_ERROR, RestError

CONVERT_TO_BINARY: Final = "CONVERT_TO_BINARY"
CONVERT_TO_TEXT: Final = "CONVERT_TO_TEXT"

# What a payload without a Content-Type is taken for ("Method request behavior for payloads without mapping templates").
_DEFAULT_CONTENT_TYPE: Final = "application/json"
_EVERYTHING: Final = "*/*"

Payload = tuple[bytes, bool]
"""A body, and whether it is binary: mapping templates can make nothing of it then (recorded of AWS: 500)."""


class BinaryMediaTypes:
    """The `binaryMediaTypes` of an API, compiled."""

    __slots__ = ("_families", "_types", "matches_everything")

    def __init__(self, media_types: Iterable[str]) -> None:
        """Take entries such as `image/png`, `image/*` and `*/*`."""
        entries = {_media_type(entry) for entry in media_types}
        self.matches_everything = _EVERYTHING in entries
        """Whether `*/*` is among the entries: then a header that is missing matches, too."""
        exact = {entry for entry in entries if not entry.startswith("*")}
        self._families = frozenset(entry[:-1] for entry in exact if entry.endswith("/*"))
        self._types = frozenset(exact)

    def __bool__(self) -> bool:
        """Tell whether the API has any that can match."""
        return self.matches_everything or bool(self._types)

    def match_content_type(self, content_type: str | None) -> bool:
        """Tell whether a Content-Type is binary; without one a payload is `application/json`."""
        if self.matches_everything:
            return True
        return bool(self._types) and self._match(_media_type(content_type or _DEFAULT_CONTENT_TYPE))

    def match_accept(self, accept: str | None) -> bool:
        """Tell whether the first media type of an Accept is binary; none is no match."""
        if self.matches_everything:
            return True
        if not self._types or accept is None:
            return False
        return self._match(_media_type(accept.partition(",")[0]))

    def _match(self, media_type: str) -> bool:
        if media_type in self._types:
            return True
        slash = media_type.find("/")
        return slash > 0 and media_type[: slash + 1] in self._families


def convert_request(
    types: BinaryMediaTypes, content_handling: str | None, content_type: str | None, body: bytes
) -> Payload:
    """Return the payload of the integration request. Raises `RestError` when text is not base64."""
    if types and types.match_content_type(content_type):
        if content_handling == CONVERT_TO_TEXT:
            return base64.b64encode(body), False
        return body, True
    if content_handling == CONVERT_TO_BINARY:
        return decode_base64(body), True
    return utf8(body), False


def convert_response(
    types: BinaryMediaTypes, content_handling: str | None, accept: str | None, content_type: str | None, body: bytes
) -> Payload:
    """Return the payload of the method response: `accept` is the client's, `content_type` the integration's.

    Raises `RestError` when text is not base64.
    """
    if not types and content_handling is None:
        return utf8(body), False
    is_binary = types.match_content_type(content_type)
    if content_handling == CONVERT_TO_TEXT:
        to_binary = False
    elif content_handling == CONVERT_TO_BINARY:
        to_binary = True
    else:
        to_binary = types.match_accept(accept)
    if is_binary:
        return (body, True) if to_binary else (base64.b64encode(body), False)
    return (decode_base64(body), True) if to_binary else (utf8(body), False)


def event_body(types: BinaryMediaTypes, content_type: str | None, body: bytes) -> tuple[str | None, bool]:
    """Return `body` and `isBase64Encoded` of a proxy integration's event."""
    if not body:
        return None, False
    if types.match_content_type(content_type):
        return base64.b64encode(body).decode("ascii"), True
    return body.decode("utf-8", "replace"), False


def result_body(types: BinaryMediaTypes, accept: str | None, body: bytes, *, is_base64: bool) -> bytes:
    """Return the body of a proxy integration's response; base64 that the client does not accept as binary stays text.

    Raises `RestError` when it is not base64 (recorded of AWS: 500, not 502).
    """
    if is_base64 and body and types.match_accept(accept):
        return decode_base64(body)
    return body


def decode_base64(text: bytes) -> bytes:
    """Return what a base64 text stands for.

    "If the conversion fails, it returns a 500 response indicating an API configuration error": raises `RestError`.
    Padding may be missing as a whole, nothing may be among the alphabet (RFC 4648 section 4).
    """
    missing = -len(text) % 4
    try:
        if missing and text.endswith(b"="):
            raise binascii.Error("incorrect padding")
        return base64.b64decode(text + b"=" * missing, validate=True)
    except binascii.Error as error:
        raise RestError(API_CONFIGURATION_ERROR, f"Unable to base64 decode the body: {error}") from error


def utf8(body: bytes) -> bytes:
    """Return a text's octets; what is no UTF-8 becomes U+FFFD, as in a Java string."""
    if body.isascii():
        return body
    try:
        body.decode()
    except UnicodeDecodeError:
        return body.decode("utf-8", "replace").encode()
    return body


def _media_type(value: str) -> str:
    return value.partition(";")[0].strip().lower()
