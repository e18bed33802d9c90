"""Compressed payloads, both ways.

Source: "Payload compression for REST APIs in API Gateway" with its pages "Enable payload compression for an API", "Call
an API method with a compressed payload" and "Receive an API response with a compressed payload". A decompressed
request keeps its Content-Encoding on the way to the integration (seen of AWS: dougmoscrop/serverless-http, issue 194).
"""

import asyncio
import zlib
from collections.abc import Awaitable
from types import MappingProxyType
from typing import Final

from gatewright.base.messages import Response
from gatewright.gateway.rest_apis.errors import REQUEST_TOO_LARGE, UNSUPPORTED_MEDIA_TYPE, RestError

MAX_PAYLOAD_BYTES: Final = 10 * 1024 * 1024
"""The payload size of "Quotas for configuring and running a REST API"; it holds for what was decompressed, too."""

# zlib's header and trailer (RFC 1950) for deflate, gzip's (RFC 1952) for gzip.
_WINDOW_BITS: Final = MappingProxyType({"deflate": 15, "gzip": 31})
_GZIP_MAGIC: Final = b"\x1f\x8b"
# Every member copies what follows it: a body of nothing but empty members would cost the square of its length.
_MAX_GZIP_MEMBERS: Final = 100
# 1.6 MB of JSON shrink to 14.7 % in 11 ms; level 6 would make 13.2 % of them, in 27 ms.
_LEVEL: Final = 3
# What may be coded at once, in 0.7 ms or so; more of it would keep other requests waiting and goes to a thread.
_INLINE_BYTES: Final = 64 * 1024


def accepted_coding(accept_encoding: str | None) -> str | None:
    """Return the coding that a response gets: `gzip`, `deflate` or None.

    "The highest-priority content encoding must be one supported by API Gateway. If it is not, compression is not
    applied"; neither is it without the header, or for `*`. Of codings with the same weight the first one counts.
    """
    if not accept_encoding:
        return None
    chosen, highest = None, 0.0
    for element in accept_encoding.split(","):
        name, _, parameters = element.partition(";")
        weight = _weight(parameters) if parameters else 1.0
        if weight > highest:
            chosen, highest = name.strip().lower(), weight
    return chosen if chosen in _WINDOW_BITS else None


def compress_response(minimum_bytes: int, accept_encoding: str | None, response: Response) -> Awaitable[Response]:
    """Return the response, its body compressed in place where AWS does that.

    Streams, responses with a Content-Encoding and those below `minimumCompressionSize` stay as they are.
    """
    body = response.body
    if not isinstance(body, bytes) or not body or len(body) < minimum_bytes:
        return response
    coding = accepted_coding(accept_encoding)
    if coding is None or response.headers.get("content-encoding") is not None:
        return response
    if len(body) > _INLINE_BYTES:
        return _compress_aside(response, body, coding)
    return _set_body(response, compress(body, coding), coding)


def compress(body: bytes, coding: str) -> bytes:
    """Return a body in a content coding: `gzip` or `deflate`."""
    encoder = zlib.compressobj(_LEVEL, zlib.DEFLATED, _WINDOW_BITS[coding])
    return encoder.compress(body) + encoder.flush()


def request_coding(content_encoding: str | None, body_bytes: int, minimum_bytes: int | None) -> str | None:
    """Return the coding of a request's body that is to be removed. Raises `RestError`.

    By default every body is decompressed; with `minimumCompressionSize`, "if the payload size is smaller than this
    value, compression or decompression are not applied".
    """
    if content_encoding is None or not body_bytes or (minimum_bytes is not None and body_bytes < minimum_bytes):
        return None
    coding = content_encoding.strip().lower()
    if coding in _WINDOW_BITS:
        return coding
    if coding in ("", "identity"):
        return None
    raise RestError(UNSUPPORTED_MEDIA_TYPE, f"Content-Encoding {content_encoding[:40]!r} is not supported")


async def decompress(body: bytes, coding: str) -> bytes:
    """Return a body without its content coding. Raises `RestError`: 415 when it has another one, 413 beyond 10 MiB."""
    decoder = zlib.decompressobj(_WINDOW_BITS[coding])
    try:
        beginning = decoder.decompress(body, _INLINE_BYTES)
        if decoder.eof and not decoder.unused_data:
            return beginning
        # A short body can become a very long one.
        return await asyncio.to_thread(_decompress_rest, decoder, beginning, coding)
    except zlib.error as error:
        raise _not_compressed(coding, str(error)) from error


def _decompress_rest(decoder: "zlib._Decompress", beginning: bytes, coding: str) -> bytes:
    parts, room = [beginning], MAX_PAYLOAD_BYTES - len(beginning)
    for _ in range(_MAX_GZIP_MEMBERS):
        parts.append(decoder.decompress(decoder.unconsumed_tail, room + 1))
        room -= len(parts[-1])
        if room < 0:
            raise RestError(REQUEST_TOO_LARGE, f"The payload decompresses to more than {MAX_PAYLOAD_BYTES} bytes")
        if not decoder.eof:
            raise _not_compressed(coding, "the data ends too early")
        following = decoder.unused_data
        if coding != "gzip" or not following.startswith(_GZIP_MAGIC):
            return b"".join(parts)
        # "A gzip file consists of a series of members" (RFC 1952 section 2.2).
        decoder = zlib.decompressobj(_WINDOW_BITS[coding])
        parts.append(decoder.decompress(following, room + 1))
        room -= len(parts[-1])
    raise _not_compressed(coding, f"there are more than {_MAX_GZIP_MEMBERS} members")


async def _compress_aside(response: Response, body: bytes, coding: str) -> Response:
    return _set_body(response, await asyncio.to_thread(compress, body, coding), coding)


def _set_body(response: Response, body: bytes, coding: str) -> Response:
    response.body = body
    response.headers.append(("Content-Encoding", coding))
    return response


def _weight(parameters: str) -> float:
    """Return a weight (RFC 9110 section 12.4.2); what is none counts as not acceptable."""
    name, _, value = parameters.partition("=")
    try:
        return float(value) if name.strip().lower() == "q" else 1.0
    except ValueError:
        return 0.0


def _not_compressed(coding: str, reason: str) -> RestError:
    return RestError(UNSUPPORTED_MEDIA_TYPE, f"The payload is not compressed with {coding}: {reason}")
