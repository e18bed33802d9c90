"""The same octets give the same messages, however they are cut: requests, bodies, refusals and where those come."""

from itertools import pairwise

from hypothesis import example, given, settings
from hypothesis import strategies as st

from gatewright.wire.errors import RequestRefused
from gatewright.wire.http11 import RequestReader
from gatewright.wire.limits import Limits

# Small, so that octets drawn at random reach them.
LIMITS = Limits(
    request_line_bytes=40,
    header_bytes=120,
    header_fields=4,
    body_bytes=30,
    chunk_line_bytes=20,
    chunk_extension_bytes=12,
    trailer_bytes=24,
)

Event = tuple[object, ...]


def read_all(reader: RequestReader, events: list[Event]) -> None:
    """Pull everything that can be pulled. Contents that follow each other are one event."""
    try:
        while True:
            if not reader.is_between_requests:
                content = reader.read_content()
                if content:
                    if events[-1][0] == "content":
                        content = events.pop()[1] + content  # type: ignore[operator]
                    events.append(("content", content))
                    continue
                if not reader.is_between_requests:
                    return
                events.append(("end",))
                continue
            head = reader.read_head()
            if head is None:
                return
            events.append(("head", head.method, head.path, head.query, tuple(head.headers), head.content_length))
    except RequestRefused as refusal:
        events.append(("refused", refusal.status))


def messages(pieces: list[bytes]) -> list[Event]:
    reader = RequestReader(LIMITS)
    events: list[Event] = []
    for piece in pieces:
        if events and events[-1][0] == "refused":
            break
        reader.receive(piece)
        read_all(reader, events)
    # Whether the end of a body was seen depends on when one looks, never on the octets.
    return [event for event in events if event != ("end",)]


def cut(octets: bytes, places: list[int]) -> list[bytes]:
    edges = [0, *sorted({place % (len(octets) + 1) for place in places}), len(octets)]
    return [octets[start:end] for start, end in pairwise(edges) if end > start]


PARTS = st.sampled_from(
    [
        b"GET / HTTP/1.1\r\n",
        b"POST /a?b HTTP/1.1\r\n",
        b"POST /a HTTP/1.0\r\n",
        b"GET http://h/x HTTP/1.1\r\n",
        b"CONNECT / HTTP/1.1\r\n",
        b"PRI * HTTP/2.0\r\n",
        b"Host: h\r\n",
        b"Host: h\n",
        b"X: y \r\n",
        b" folded\r\n",
        b"Content-Length: 5\r\n",
        b"Content-Length: 31\r\n",
        b"Transfer-Encoding: chunked\r\n",
        b"Transfer-Encoding: gzip, chunked\r\n",
        b"Connection: close\r\n",
        b"Expect: 100-continue\r\n",
        b"Expect: more\r\n",
        b"\r\n",
        b"\r",
        b"\n",
        b"hello",
        b"5\r\nhello\r\n",
        b"5;a=b\r\nhello\r\n",
        b"1f\r\n",
        b"0\r\n\r\n",
        b"0\r\nT: u\r\n\r\n",
        b"x" * 45,
        b"X: " + b"z" * 60 + b"\r\n",
    ]
)
WELL_FORMED = st.sampled_from(
    [
        b"GET /1 HTTP/1.1\r\nHost: h\r\n\r\n",
        b"POST /2 HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhello",
        b"POST /3 HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n5;x\r\nhello\r\n3\r\nabc\r\n0\r\nT:\r\n\r\n",
        b"\r\nGET /4 HTTP/1.0\r\n\r\n",
    ]
)
STREAMS = st.lists(PARTS | WELL_FORMED | st.binary(max_size=6), max_size=14).map(b"".join)


@given(STREAMS, st.lists(st.integers(min_value=0), max_size=12))
@settings(max_examples=1500, deadline=None)
@example(b"GET / HTTP/1.1\r\nHost: h\r\n" + b"X: " + b"z" * 200 + b"\n", [])
@example(b"x" * 43 + b"\n", [])
def test_pieces_do_not_matter(octets: bytes, places: list[int]) -> None:
    whole = messages([octets])
    assert messages(cut(octets, places)) == whole
    assert messages([octets[index : index + 1] for index in range(len(octets))]) == whole


@given(st.lists(WELL_FORMED, max_size=6), st.lists(st.integers(min_value=0), max_size=12))
@settings(max_examples=200, deadline=None)
def test_well_formed_requests_are_all_read(requests: list[bytes], places: list[int]) -> None:
    found = messages(cut(b"".join(requests), places))
    assert [event[0] for event in found if event[0] != "content"] == ["head"] * len(requests)
