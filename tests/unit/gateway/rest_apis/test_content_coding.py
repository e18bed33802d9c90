"""Compressed payloads: "Payload compression for REST APIs in API Gateway"."""

import gzip
import zlib
from collections.abc import AsyncIterator

import pytest

from gatewright.base.messages import Headers, Response
from gatewright.gateway.rest_apis.content_coding import (
    MAX_PAYLOAD_BYTES,
    accepted_coding,
    compress_response,
    decompress,
    request_coding,
)
from gatewright.gateway.rest_apis.errors import REQUEST_TOO_LARGE, UNSUPPORTED_MEDIA_TYPE, RestError

PETS = b'[{"id": 1, "type": "dog", "price": 249.99}, {"id": 2, "type": "cat", "price": 124.99}]'


@pytest.mark.parametrize(
    ("accept_encoding", "coding"),
    [
        # The formats that "Content codings supported by API Gateway" lists.
        ("deflate,gzip", "deflate"),
        ("", None),
        ("*", None),
        ("deflate;q=0.5,gzip;q=1.0", "gzip"),
        ("gzip;q=1.0,identity;q=0.5,*;q=0", "gzip"),
        # "Receive an API response with a compressed payload".
        (None, None),
        ("gzip, deflate, br", "gzip"),
        # "The highest-priority content encoding must be one supported by API Gateway."
        ("br;q=1.0, gzip;q=0.8", None),
        ("identity, gzip;q=0.5", None),
        ("identity;q=0.1, GZIP ; Q=0.5", "gzip"),
        ("gzip;q=0", None),
        ("gzip;q=x", None),
        ("gzip;q=nan", None),
        ("gzip;level=1", "gzip"),
        (",,", None),
    ],
)
def test_coding_that_a_response_gets(accept_encoding: str | None, coding: str | None) -> None:
    assert accepted_coding(accept_encoding) == coding


async def compressed(response: Response, *, minimum: int = 0, accept: str | None = "gzip") -> Response:
    waiting = compress_response(minimum, accept, response)
    if waiting is not None:
        await waiting
    return response


@pytest.mark.parametrize("repeated", [1, 1000])
async def test_responses_are_compressed(repeated: int) -> None:
    """ "Receive an API response with a compressed payload"."""
    body = PETS * repeated
    response = await compressed(Response(200, Headers([("Content-Type", "application/json")]), body))
    assert isinstance(response.body, bytes)
    assert gzip.decompress(response.body) == body
    assert response.headers == [("Content-Type", "application/json"), ("Content-Encoding", "gzip")]


async def test_deflate_is_zlib() -> None:
    """RFC 9110 section 8.4.1.2."""
    response = await compressed(Response(200, Headers(), PETS), accept="deflate")
    assert isinstance(response.body, bytes)
    assert zlib.decompress(response.body) == PETS


@pytest.mark.parametrize(
    ("headers", "body", "minimum", "accept"),
    [
        ([], PETS, len(PETS) + 1, "gzip"),
        ([], PETS, 0, None),
        ([], PETS, 0, "br"),
        ([("content-encoding", "br")], PETS, 0, "gzip"),
        ([("Content-Encoding", "")], PETS, 0, "gzip"),
        ([], b"", 0, "gzip"),
    ],
)
async def test_responses_that_stay(headers: list[tuple[str, str]], body: bytes, minimum: int, accept: str) -> None:
    """The conditions of "Receive an API response with a compressed payload"."""
    response = await compressed(Response(200, Headers(headers), body), minimum=minimum, accept=accept)
    assert response == Response(200, Headers(headers), body)


async def test_minimum_is_included_and_streams_stay() -> None:
    """ "Greater than or equal to the specified minimumCompressionSize value"."""
    assert (await compressed(Response(200, Headers(), PETS), minimum=len(PETS))).body != PETS

    async def stream() -> AsyncIterator[bytes]:
        yield PETS

    streamed = stream()
    assert (await compressed(Response(200, Headers(), streamed))).body is streamed


@pytest.mark.parametrize(
    ("content_encoding", "size", "minimum", "coding"),
    [
        (None, 10, None, None),
        ("gzip", 10, None, "gzip"),
        (" GZip ", 10, None, "gzip"),
        ("deflate", 10, None, "deflate"),
        ("identity", 10, None, None),
        ("", 10, None, None),
        ("deflate", 0, None, None),
        ("br", 0, None, None),
        # "If the payload size is smaller than this value, compression or decompression are not applied."
        ("gzip", 9, 10, None),
        ("gzip", 10, 10, "gzip"),
    ],
)
def test_coding_of_requests(content_encoding: str | None, size: int, minimum: int | None, coding: str | None) -> None:
    """ "Call an API method with a compressed payload"; an empty body passes with any coding (recorded of AWS)."""
    assert request_coding(content_encoding, size, minimum) == coding


@pytest.mark.parametrize("content_encoding", ["br", "compress", "x-gzip", "gzip, deflate", "zstd"])
def test_codings_that_are_not_supported(content_encoding: str) -> None:
    """ "If the specified coding isn't supported", 415."""
    with pytest.raises(RestError) as caught:
        request_coding(content_encoding, 10, None)
    assert caught.value.kind is UNSUPPORTED_MEDIA_TYPE


@pytest.mark.parametrize("body", [b"", PETS, PETS * 2000])
async def test_requests_are_decompressed(body: bytes) -> None:
    """ "Call an API method with a compressed payload"."""
    assert await decompress(gzip.compress(body), "gzip") == body
    assert await decompress(zlib.compress(body), "deflate") == body


async def test_members_of_gzip_follow_each_other() -> None:
    """RFC 1952 section 2.2."""
    assert await decompress(gzip.compress(PETS) + gzip.compress(b"more") + gzip.compress(b""), "gzip") == PETS + b"more"
    assert await decompress(gzip.compress(PETS) + b"\0\0", "gzip") == PETS


@pytest.mark.parametrize(
    ("body", "coding"),
    [
        (PETS, "gzip"),
        (PETS, "deflate"),
        (zlib.compress(PETS), "gzip"),
        (gzip.compress(PETS), "deflate"),
        (gzip.compress(PETS)[:-1], "gzip"),
        (gzip.compress(PETS)[:5], "gzip"),
        (gzip.compress(PETS * 2000)[:-20], "gzip"),
        (gzip.compress(PETS)[:-8] + b"\0" * 8, "gzip"),
        (gzip.compress(PETS) + gzip.compress(PETS)[:-9], "gzip"),
        (gzip.compress(PETS) + b"\x1f\x8b\xff", "gzip"),
        (gzip.compress(b"") * 101, "gzip"),
    ],
)
async def test_payloads_that_are_not_compressed(body: bytes, coding: str) -> None:
    """ "If … the supplied payload isn't compressed with specified coding", 415."""
    with pytest.raises(RestError) as caught:
        await decompress(body, coding)
    assert caught.value.kind is UNSUPPORTED_MEDIA_TYPE


async def test_payloads_that_become_too_large() -> None:
    """ "Quotas for configuring and running a REST API in API Gateway": payload size 10 MB."""
    at_limit = bytes(MAX_PAYLOAD_BYTES)
    assert await decompress(gzip.compress(at_limit), "gzip") == at_limit
    for bomb in (gzip.compress(at_limit + b"x"), gzip.compress(at_limit) + gzip.compress(b"x")):
        with pytest.raises(RestError) as caught:
            await decompress(bomb, "gzip")
        assert caught.value.kind is REQUEST_TOO_LARGE
