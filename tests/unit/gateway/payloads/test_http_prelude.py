"""The prelude of a streamed HTTP response, in pieces of every size."""

import pytest

from gatewright.base.messages import Response
from gatewright.gateway.payloads.http_prelude import MAX_PRELUDE_BYTES, HttpPrelude, parse_prelude
from gatewright.gateway.payloads.result import MalformedResult

NULS = b"\0" * 8
HEAD = b'{"statusCode":201,"headers":{"Content-Type":"text/html","X-A":"b"},"cookies":["c=1","d=2"]}'


def feed(stream: bytes, size: int) -> tuple[Response | None, bytes]:
    """Feed a stream in pieces; return the response and what is the body's."""
    prelude = HttpPrelude()
    for start in range(0, len(stream), size):
        response = prelude.feed(stream[start : start + size])
        if response is not None:
            return response, prelude.rest + stream[start + size :]
    return None, b""


@pytest.mark.parametrize("body", [b"", b"<p>", NULS, b"\0" + b"x", b"a" + NULS + b"b"])
@pytest.mark.parametrize("size", [1, 2, 3, 7, 8, 9, 64, 10_000])
def test_a_prelude_is_found_however_it_is_cut(size: int, body: bytes) -> None:
    response, rest = feed(HEAD + NULS + body, size)
    assert response is not None
    assert response.status == 201
    assert response.headers == [
        *(("Content-Type", "text/html"), ("X-A", "b")),
        *(("Set-Cookie", "c=1"), ("Set-Cookie", "d=2")),
    ]
    assert rest == body


@pytest.mark.parametrize("size", [1, 5, 1000])
@pytest.mark.parametrize("stream", [b"", b"{}", HEAD, HEAD + NULS[:7], b"{}\0\0\0\0\0\0\0x\0"])
def test_no_end(stream: bytes, size: int) -> None:
    assert feed(stream, size) == (None, b"")


def test_defaults() -> None:
    response = parse_prelude(b"{}")
    assert (response.status, response.headers) == (200, [("Content-Type", "application/octet-stream")])


@pytest.mark.parametrize("size", [1, 1000, MAX_PRELUDE_BYTES, 100_000])
def test_a_prelude_has_a_limit(size: int) -> None:
    filler = MAX_PRELUDE_BYTES - len(b'{"headers":{"a":""}}')
    longest = b'{"headers":{"a":"' + b"x" * filler + b'"}}'
    response, _ = feed(longest + NULS, size)
    assert response is not None
    with pytest.raises(MalformedResult, match="no end of the prelude within 16384 bytes"):
        feed(b" " + longest + NULS, size)
    with pytest.raises(MalformedResult):
        feed(b"x" * 200_000, size)


@pytest.mark.parametrize(
    "octets",
    [
        *(b"", b"[]", b"1", b"{", b"\xff", b'{"statusCode": 1}', b'{"statusCode": 101}', b'{"headers": 1}'),
        *(b'{"headers": {"a\\nb": "c"}}', b'{"headers": {"a": "b\\r\\nc: d"}}', b'{"cookies": "a"}'),
    ],
)
def test_malformed_preludes(octets: bytes) -> None:
    with pytest.raises(MalformedResult):
        parse_prelude(octets)


def test_framing_is_not_the_functions() -> None:
    response = parse_prelude(b'{"headers": {"Content-Length": "3", "Transfer-Encoding": "chunked", "a": "b"}}')
    assert response.headers == [("a", "b"), ("Content-Type", "application/octet-stream")]
