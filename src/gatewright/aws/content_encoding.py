"""Encodings of request bodies that only the transfer has: compression (Smithy: requestCompression), aws-chunked."""

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
    return _with_encoding(headers, (headers.get("content-encoding") or "").split(",")[:-1]), decoded


def without_chunks(headers: Headers) -> Headers:
    """Return the headers of a body whose chunks are decoded."""
    encodings = (headers.get("content-encoding") or "").split(",")
    return _with_encoding(headers, [encoding for encoding in encodings if encoding.strip().lower() != "aws-chunked"])


def _with_encoding(headers: Headers, encodings: list[str]) -> Headers:
    rest = Headers(headers)
    remaining = ",".join(encodings).strip()
    if remaining:
        rest.replace("Content-Encoding", remaining)
    else:
        rest.discard("Content-Encoding")
    return rest
