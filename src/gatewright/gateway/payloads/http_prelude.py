"""The head of a streamed HTTP response: JSON, then eight NULs, then the body.

That is what `awslambda.HttpResponseStream.from` writes, and the content type
`application/vnd.awslambda.http-integration-response` announces. Source: the Runtime Interface Client for Node.js, and
"Response streaming for Lambda proxy integrations" (API Gateway Developer Guide), which allows the head 16 KB.
"""

from typing import Final

import orjson

from gatewright.base.messages import Headers, Response
from gatewright.gateway.payloads.result import MalformedResult, build_response

CONTENT_TYPE: Final = "application/vnd.awslambda.http-integration-response"
MAX_PRELUDE_BYTES: Final = 16 * 1024

_DELIMITER: Final = b"\0" * 8
_DEFAULT_CONTENT_TYPE: Final = "application/octet-stream"


class HttpPrelude:
    """Finds the end of the prelude in a stream, however it is cut into pieces."""

    __slots__ = ("_octets", "rest")

    def __init__(self) -> None:
        self._octets = bytearray()
        self.rest = b""
        """What followed the prelude in its last piece: the beginning of the body."""

    @property
    def is_empty(self) -> bool:
        """Return whether nothing came so far."""
        return not self._octets

    def feed(self, octets: bytes) -> Response | None:
        """Take a piece; return the response without its body once the prelude is whole. Raises `MalformedResult`."""
        buffer = self._octets
        searched = max(len(buffer) - len(_DELIMITER) + 1, 0)
        buffer += octets
        end = buffer.find(_DELIMITER, searched)
        if end < 0 and len(buffer) < MAX_PRELUDE_BYTES + len(_DELIMITER):
            return None
        if end < 0 or end > MAX_PRELUDE_BYTES:
            raise MalformedResult(f"no end of the prelude within {MAX_PRELUDE_BYTES} bytes")
        self.rest = bytes(buffer[end + len(_DELIMITER) :])
        return parse_prelude(bytes(buffer[:end]))


def collected_response(octets: bytes) -> Response:
    """Return the response of a stream that was collected: that of its prelude, without a body, or else the octets.

    Raises `MalformedResult`.
    """
    end = octets.find(_DELIMITER, 0, MAX_PRELUDE_BYTES + len(_DELIMITER))
    if end > 0 and octets.startswith(b"{"):
        return parse_prelude(octets[:end])
    return Response(200, Headers([("Content-Type", _DEFAULT_CONTENT_TYPE)]), octets)


def parse_prelude(octets: bytes) -> Response:
    """Return the response that a prelude describes, without a body. Raises `MalformedResult`."""
    try:
        prelude = orjson.loads(octets)
    except orjson.JSONDecodeError as error:
        raise MalformedResult(f"the prelude is not JSON: {error}") from error
    if not isinstance(prelude, dict):
        raise MalformedResult("the prelude is no JSON object")
    status = prelude.get("statusCode")
    described = {"statusCode": 200 if status is None else status, "headers": prelude.get("headers")}
    return build_response(
        described,
        cookies=prelude.get("cookies"),
        multi_value_headers=prelude.get("multiValueHeaders"),
        default_content_type=_DEFAULT_CONTENT_TYPE,
    )
