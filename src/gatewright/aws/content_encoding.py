"""Compressed request bodies (Smithy: requestCompression), which SDKs send for metrics and the like."""

import zlib

from gatewright.aws.errors import Malformed
from gatewright.base.messages import Headers

MAXIMUM_DECODED_BYTES = 64 * 1024 * 1024
_GZIP_WINDOW = 16 + zlib.MAX_WBITS


def is_gzip(headers: Headers) -> bool:
    """Say whether gzip is the outermost encoding of a body."""
    encoding = headers.get("content-encoding")
    return encoding is not None and encoding.rpartition(",")[2].strip().lower() == "gzip"


def gunzip(headers: Headers, body: bytes) -> tuple[Headers, bytes]:
    """Return headers and body without the outermost encoding, which is gzip. Raises `Malformed`."""
    decompressor = zlib.decompressobj(_GZIP_WINDOW)
    try:
        decoded = decompressor.decompress(body, MAXIMUM_DECODED_BYTES)
    except zlib.error as error:
        raise Malformed("The request body is not gzip, as its Content-Encoding says") from error
    if not decompressor.eof:
        raise Malformed("The request body ends early or is too large when it is decompressed")
    remaining = (headers.get("content-encoding") or "").rpartition(",")[0].strip()
    rest = Headers(headers)
    if remaining:
        rest.replace("Content-Encoding", remaining)
    else:
        rest.discard("Content-Encoding")
    return rest, decoded
