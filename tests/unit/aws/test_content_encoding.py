"""Encodings that only the transfer has."""

import gzip

import pytest

from gatewright.aws.content_encoding import MAXIMUM_DECODED_BYTES, gunzip, is_gzip, without_chunks
from gatewright.aws.errors import Malformed
from gatewright.base.messages import Headers


@pytest.mark.parametrize(
    ("encoding", "expected", "remaining"),
    [("gzip", True, None), ("GZIP", True, None), ("custom, gzip", True, "custom"), ("gzip, custom", False, None)],
)
def test_the_outermost_encoding_counts(encoding: str, expected: bool, remaining: str | None) -> None:
    headers = Headers([("content-encoding", encoding)])
    assert is_gzip(headers) is expected
    if expected:
        rest, body = gunzip(headers, gzip.compress(b"x"))
        assert (rest.get("Content-Encoding"), body) == (remaining, b"x")
        assert headers.get("Content-Encoding") == encoding


@pytest.mark.parametrize("body", [b"", b"x", gzip.compress(b"x" * 1000)[:-5]])
def test_what_is_no_gzip_is_refused(body: bytes) -> None:
    with pytest.raises(Malformed):
        gunzip(Headers([("Content-Encoding", "gzip")]), body)


def test_a_bomb_is_refused() -> None:
    with pytest.raises(Malformed, match="too large"):
        gunzip(Headers(), gzip.compress(bytes(MAXIMUM_DECODED_BYTES + 1)))


@pytest.mark.parametrize(
    ("encoding", "remaining"),
    [("aws-chunked", None), ("aws-chunked,gzip", "gzip"), ("gzip, AWS-chunked", "gzip"), ("gzip", "gzip")],
)
def test_chunks(encoding: str, remaining: str | None) -> None:
    assert without_chunks(Headers([("Content-Encoding", encoding)])).get("content-encoding") == remaining


def test_no_encoding() -> None:
    assert not is_gzip(Headers())
    assert without_chunks(Headers()) == []
