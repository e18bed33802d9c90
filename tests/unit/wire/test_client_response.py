"""The response half of the upstream client: octets in, one response or one error out."""

import contextlib
import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatewright.wire.client_errors import ResponseBroken
from gatewright.wire.client_limits import ClientLimits
from gatewright.wire.client_response import ResponseReader, ResponseState, parse_keep_alive


@dataclasses.dataclass(frozen=True)
class Outcome:
    """What came of a response."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    keeps_alive: bool


DEFAULTS = ClientLimits()


def read(*parts: bytes, method: str = "GET", eof: bool = False, limits: ClientLimits = DEFAULTS) -> Outcome | None:
    """Feed the parts; None when the response is not complete. As on a connection, nothing is fed beyond its end."""
    reader = ResponseReader(method, limits)
    body = b""
    for part in parts:
        if reader.state is ResponseState.COMPLETE:
            break
        reader.feed(part)
        body += reader.take()
    if eof:
        reader.feed_eof()
        body += reader.take()
    if reader.state is not ResponseState.COMPLETE:
        return None
    return Outcome(reader.status, tuple(reader.headers), body, reader.keeps_alive)


OK = b"HTTP/1.1 200 OK\r\n"
EMPTY = b"Content-Length: 0\r\n\r\n"
INTERIM = b"HTTP/1.1 100 Continue\r\nX: y\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"

COMPLETE = [
    # (id, method, octets, status, body, keeps_alive)
    ("content-length", "GET", OK + b"Content-Length: 3\r\n\r\nabc", 200, b"abc", True),
    ("content-length zero", "GET", OK + b"Content-Length: 0\r\n\r\n", 200, b"", True),
    ("chunked", "GET", OK + b"Transfer-Encoding: chunked\r\n\r\n2\r\nab\r\n1\r\nc\r\n0\r\n\r\n", 200, b"abc", True),
    ("chunked, capital", "GET", OK + b"Transfer-Encoding: Chunked\r\n\r\n0\r\n\r\n", 200, b"", True),
    ("chunk extension", "GET", OK + b"Transfer-Encoding: chunked\r\n\r\n1;a=b\r\nx\r\n0\r\n\r\n", 200, b"x", True),
    ("trailers", "GET", OK + b"Transfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\nT: y\r\n\r\n", 200, b"x", True),
    ("no reason", "GET", b"HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n", 200, b"", True),
    ("unusual status", "GET", b"HTTP/1.1 799 X\r\nContent-Length: 0\r\n\r\n", 799, b"", True),
    ("close", "GET", OK + b"Connection: close\r\nContent-Length: 1\r\n\r\nx", 200, b"x", False),
    ("close wins", "GET", OK + b"Connection: close\r\nConnection: keep-alive\r\n" + EMPTY, 200, b"", False),
    ("close in a list", "GET", OK + b"Connection: TE , Close\r\nContent-Length: 0\r\n\r\n", 200, b"", False),
    ("http/1.0", "GET", b"HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\nx", 200, b"x", False),
    ("http/1.0 persistent", "GET", b"HTTP/1.0 200 OK\r\nConnection: Keep-Alive\r\n" + EMPTY, 200, b"", True),
    ("head", "HEAD", OK + b"Content-Length: 1000\r\n\r\n", 200, b"", True),
    ("head, chunked", "HEAD", OK + b"Transfer-Encoding: chunked\r\n\r\n", 200, b"", True),
    ("head, no length", "HEAD", OK + b"\r\n", 200, b"", True),
    ("204", "GET", b"HTTP/1.1 204 No Content\r\n\r\n", 204, b"", True),
    ("204 with a length", "GET", b"HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\n", 204, b"", False),
    ("304 with a length", "GET", b"HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n", 304, b"", True),
    ("interim", "GET", INTERIM + b"HTTP/1.1 201 Created\r\nContent-Length: 1\r\n\r\nx", 201, b"x", True),
    ("unknown interim", "GET", b"HTTP/1.1 150 ?\r\n\r\n" + OK + b"Content-Length: 1\r\n\r\nx", 200, b"x", True),
]  # fmt: skip


@pytest.mark.parametrize(
    ("method", "octets", "status", "body", "keeps_alive"),
    [case[1:] for case in COMPLETE],
    ids=[case[0] for case in COMPLETE],
)
def test_complete_responses_whole_and_octet_by_octet(method, octets, status, body, keeps_alive):
    for parts in ((octets,), [octets[at : at + 1] for at in range(len(octets))]):
        outcome = read(*parts, method=method)
        assert outcome is not None
        assert (outcome.status, outcome.body, outcome.keeps_alive) == (status, body, keeps_alive)


@given(case=st.sampled_from(COMPLETE), data=st.data())
def test_any_split_of_the_same_octets_gives_the_same_response(case, data):
    _, method, octets, *_ = case
    cuts = sorted(data.draw(st.sets(st.integers(1, len(octets) - 1), max_size=12)))
    parts = [octets[start:end] for start, end in zip([0, *cuts], [*cuts, len(octets)], strict=True)]
    assert read(*parts, method=method) == read(octets, method=method)


def test_header_fields_keep_case_order_and_octets():
    outcome = read(
        OK + b"x-A:  1 \t \r\nSet-Cookie: a\r\nSET-cookie: b\r\nX-Latin: caf\xe9\r\nE:\r\nContent-Length: 0\r\n\r\n"
    )
    assert outcome is not None
    assert outcome.headers[:3] == (("x-A", "1"), ("Set-Cookie", "a"), ("SET-cookie", "b"))
    assert outcome.headers[3:] == (("X-Latin", "caf\xe9"), ("E", ""), ("Content-Length", "0"))


def test_header_fields_of_interim_responses_and_trailers_stay_out():
    outcome = read(
        b"HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n"
        + OK
        + b"Transfer-Encoding: chunked\r\n\r\n0\r\nSet-Cookie: evil\r\n\r\n"
    )
    assert outcome is not None
    assert outcome.headers == (("Transfer-Encoding", "chunked"),)


BROKEN = [
    ("not http", b"SSH-2.0-OpenSSH_9.2\r\n\r\n"),
    ("http/2", b"HTTP/2.0 200 OK\r\nContent-Length: 0\r\n\r\n"),
    ("status below 100", b"HTTP/1.1 099 X\r\nContent-Length: 0\r\n\r\n"),
    ("status of four digits", b"HTTP/1.1 2000 X\r\nContent-Length: 0\r\n\r\n"),
    ("101", b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n"),
    ("101 without upgrade", b"HTTP/1.1 101 Switching Protocols\r\n\r\n"),
    ("length and chunked", OK + b"Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
    ("chunked and length", OK + b"Transfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n0\r\n\r\n"),
    ("two lengths", OK + b"Content-Length: 3\r\nContent-Length: 4\r\n\r\nabc"),
    ("the same length twice", OK + b"Content-Length: 3\r\nContent-Length: 3\r\n\r\nabc"),
    ("a list of lengths", OK + b"Content-Length: 3, 3\r\n\r\nabc"),
    ("signed length", OK + b"Content-Length: +3\r\n\r\nabc"),
    ("length beyond 64 bits", OK + b"Content-Length: 18446744073709551616\r\n\r\n"),
    ("unknown coding", OK + b"Transfer-Encoding: gzip\r\n\r\nabc"),
    ("coding before chunked", OK + b"Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n"),
    ("chunked twice", OK + b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
    ("chunked in http/1.0", b"HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
    ("chunk size no number", OK + b"Transfer-Encoding: chunked\r\n\r\nxyz\r\n"),
    ("chunk size negative", OK + b"Transfer-Encoding: chunked\r\n\r\n-1\r\n"),
    ("chunk longer than its size", OK + b"Transfer-Encoding: chunked\r\n\r\n1\r\nabc\r\n"),
    ("chunk size beyond 64 bits", OK + b"Transfer-Encoding: chunked\r\n\r\n10000000000000000\r\n"),
    ("obs-fold", OK + b"A: b\r\n c\r\nContent-Length: 0\r\n\r\n"),
    ("space before the colon", OK + b"A : b\r\nContent-Length: 0\r\n\r\n"),
    ("bare LF", OK + b"A: b\nContent-Length: 0\r\n\r\n"),
    ("bare CR", OK + b"A: b\rc\r\nContent-Length: 0\r\n\r\n"),
    ("NUL", OK + b"A: b\0\r\nContent-Length: 0\r\n\r\n"),
    ("no colon", OK + b"A\r\nContent-Length: 0\r\n\r\n"),
    ("interim with a body", b"HTTP/1.1 150 ?\r\nContent-Length: 1\r\n\r\nx" + OK + b"Content-Length: 0\r\n\r\n"),
]


@pytest.mark.parametrize("octets", [case[1] for case in BROKEN], ids=[case[0] for case in BROKEN])
def test_broken_responses_whole_and_octet_by_octet(octets):
    with pytest.raises(ResponseBroken):
        read(octets)
    with pytest.raises(ResponseBroken):
        read(*[octets[at : at + 1] for at in range(len(octets))])


@given(octets=st.binary(max_size=200), eof=st.booleans())
def test_no_octets_do_worse_than_break_the_response(octets, eof):
    for prefix in (b"", OK, OK + b"Transfer-Encoding: chunked\r\n\r\n"):
        with contextlib.suppress(ResponseBroken):
            read(prefix + octets, eof=eof)


EXCESS = [
    ("GET", OK + b"Content-Length: 1\r\n\r\nxy"),
    ("GET", OK + b"Content-Length: 1\r\n\r\nx" + OK + b"Content-Length: 1\r\n\r\nx"),
    ("GET", OK + b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n\0"),
    ("HEAD", OK + b"Content-Length: 1\r\n\r\nx"),
    ("GET", b"HTTP/1.1 204 No Content\r\n\r\nx"),
]


@pytest.mark.parametrize(("method", "octets"), EXCESS)
def test_octets_behind_a_response_end_the_use_of_the_connection(method, octets):
    outcome = read(octets, method=method)
    assert outcome is not None
    assert not outcome.keeps_alive
    assert outcome.body in (b"", b"x")


def test_a_body_without_framing_ends_with_the_connection():
    octets = OK + b"\r\nab"
    assert read(octets, b"c") is None
    assert read(octets, b"c", eof=True) == Outcome(200, (), b"abc", False)


@pytest.mark.parametrize(
    "octets",
    [
        b"",
        b"HTTP/1.1 200",
        OK + b"A: b",
        b"HTTP/1.1 100 Continue\r\n\r\n",
        OK + b"Content-Length: 3\r\n\r\nab",
        OK + b"Transfer-Encoding: chunked\r\n\r\n",
        OK + b"Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n",
        OK + b"Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n",
    ],
)
def test_an_early_end_breaks_the_response(octets):
    with pytest.raises(ResponseBroken, match="closed the connection"):
        read(*([octets] if octets else []), eof=True)


LIMITS = ClientLimits(response_head_bytes=1000)

TOO_LARGE = [
    ("one field", [OK + b"A: " + b"x" * 1000 + b"\r\nContent-Length: 0\r\n\r\n"]),
    ("many fields", [OK, *[b"A: bbbbbbbbbb\r\n"] * 80]),
    ("a field that never ends", [OK + b"A: ", *[b"x" * 100] * 20]),
    ("a reason that never ends", [b"HTTP/1.1 200 ", *[b"x" * 100] * 20]),
    ("interim responses that never end", [b"HTTP/1.1 100 Continue\r\n\r\n"] * 60),
    ("a trailer that never ends", [OK + b"Transfer-Encoding: chunked\r\n\r\n0\r\nA: ", *[b"x" * 100] * 20]),
    ("a chunk extension that never ends", [OK + b"Transfer-Encoding: chunked\r\n\r\n1;", *[b"x" * 100] * 20]),
]


@pytest.mark.parametrize("parts", [case[1] for case in TOO_LARGE], ids=[case[0] for case in TOO_LARGE])
def test_the_limit_on_what_is_not_body(parts):
    with pytest.raises(ResponseBroken, match="1000 octets"):
        read(*parts, limits=LIMITS)


def test_the_limit_does_not_count_the_body():
    body = b"x" * 5000
    assert read(OK + b"Content-Length: 5000\r\n\r\n" + body, limits=LIMITS).body == body
    chunks = [b"%x\r\n%b\r\n" % (len(body), body) for _ in range(3)]
    assert read(OK + b"Transfer-Encoding: chunked\r\n\r\n", *chunks, b"0\r\n\r\n", limits=LIMITS).body == body * 3


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("timeout=5", 5.0),
        ("Timeout=5, max=1000", 5.0),
        ("max=3", None),
        ("timeout=", None),
        ("timeout=-1", None),
        ("timeout=²", None),
        ("", None),
    ],
)
def test_keep_alive_time_outs(value, seconds):
    assert parse_keep_alive(value) == seconds
