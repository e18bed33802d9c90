import pytest

from gatewright.wire.chunked import ChunkedDecoder
from gatewright.wire.errors import RequestRefused
from gatewright.wire.limits import Limits


def decode(octets: bytes, *, limits: Limits | None = None, content_limit: int = 1_000_000) -> tuple[bytes, int, bool]:
    decoder = ChunkedDecoder(limits or Limits(), content_limit)
    content, position = decoder.decode(octets, 0)
    return content, position, decoder.has_ended


def refusal(octets: bytes, **settings: object) -> int:
    decoder = ChunkedDecoder(Limits(**settings), 100)  # type: ignore[arg-type]
    _, position = decoder.decode(octets, 0) if octets[:1] in b"16" else (b"", 0)
    with pytest.raises(RequestRefused) as refused:
        decoder.decode(octets, position)
    return refused.value.status


def test_chunks_are_joined_and_what_follows_is_left() -> None:
    octets = b"3\r\nabc\r\n00A\r\n0123456789\r\n0\r\n\r\nGET"
    assert decode(octets) == (b"abc0123456789", len(octets) - 3, True)


def test_nothing_is_used_twice_or_lost_when_octets_are_missing() -> None:
    octets = b"3\r\nabc\r\n2;x=y\r\nde\r\n0\r\nT: u\r\n\r\n"
    for end in range(len(octets)):
        decoder = ChunkedDecoder(Limits(), 100)
        first, position = decoder.decode(octets[:end], 0)
        assert not decoder.has_ended
        second, position = decoder.decode(octets, position)
        assert (first + second, position, decoder.has_ended) == (b"abcde", len(octets), True)


def test_trailer_fields_are_kept_as_they_are() -> None:
    decoder = ChunkedDecoder(Limits(), 100)
    decoder.decode(b"1\r\na\r\n0\r\nT-One: u v \r\nt-two:\r\nT-One:\t\xe9\r\n\r\n", 0)
    assert decoder.trailers == [("T-One", "u v"), ("t-two", ""), ("T-One", "é")]


def test_content_before_a_fault_is_not_lost() -> None:
    decoder = ChunkedDecoder(Limits(), 100)
    octets = b"3\r\nabc\r\nzz\r\n"
    content, position = decoder.decode(octets, 0)
    assert content == b"abc"
    with pytest.raises(RequestRefused):
        decoder.decode(octets, position)


def test_content_limit_counts_all_chunks() -> None:
    assert decode(b"3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n", content_limit=5)[2]
    assert refusal(b"60\r\n" + b"x" * 96 + b"\r\n5\r\nabcde\r\n") == 413


def test_a_chunk_too_large_is_refused_before_it_arrives() -> None:
    assert refusal(b"fffffff\r\n") == 413


def test_a_size_line_may_not_be_endless() -> None:
    assert refusal(b"5;" + b"a" * 30, chunk_line_bytes=20) == 400
    assert refusal(b"5;" + b"a" * 30 + b"\r\n", chunk_line_bytes=20) == 400
    assert decode(b"5;" + b"a" * 16 + b"\r\nhello", limits=Limits(chunk_line_bytes=20))[0] == b"hello"


def test_extensions_of_all_chunks_are_counted() -> None:
    assert refusal(b"1;aaaa\r\nx\r\n" * 5, chunk_extension_bytes=24) == 400
    assert decode(b"1;aaaa\r\nx\r\n" * 5, limits=Limits(chunk_extension_bytes=25))[0] == b"xxxxx"


def test_the_trailer_section_is_limited() -> None:
    assert refusal(b"0\r\n" + b"A: bcdef\r\n" * 3, trailer_bytes=25) == 431
    assert refusal(b"0\r\nA: " + b"b" * 30, trailer_bytes=25) == 431


def test_ten_thousand_chunks_of_one_octet() -> None:
    content, _, has_ended = decode(b"1\r\nx\r\n" * 10_000 + b"0\r\n\r\n")
    assert (len(content), has_ended) == (10_000, True)
