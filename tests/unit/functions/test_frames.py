"""The frames of the channel, without I/O."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatewright.functions.frames import PREFIX, Frame, FrameError, FrameReader, FrameType, OversizedFrame, encode

RESULT = encode(FrameType.RESULT, b'{"id":"a"}', b'{"ok":true}')
NEXT = encode(FrameType.NEXT, b"", b"")


def test_a_frame_is_what_the_contract_draws() -> None:
    assert bytes.fromhex("0000001a110000000a") + b'{"id":"a"}{"ok":true}' == RESULT
    assert bytes.fromhex("000000051000000000") == NEXT


def test_one_arrival_may_hold_several_frames() -> None:
    frames = FrameReader(1000).feed(RESULT + NEXT)
    assert frames == [Frame(17, b'{"id":"a"}', b'{"ok":true}'), Frame(16, b"", b"")]


@given(st.lists(st.binary(max_size=40), max_size=6), st.lists(st.integers(1, 50), max_size=20), st.integers(0, 60))
def test_any_split_gives_the_same_frames(bodies: list[bytes], cuts: list[int], limit: int) -> None:
    octets = b"".join(encode(FrameType.RESULT, b"{}" * (len(body) % 3), body) + NEXT for body in bodies)
    whole = FrameReader(limit).feed(octets)
    reader = FrameReader(limit)
    pieces, position = [], 0
    for cut in itertools.chain(cuts, itertools.repeat(1)):
        if position >= len(octets):
            break
        pieces += reader.feed(octets[position : position + cut])
        position += cut
    assert pieces == whole
    assert len(whole) == 2 * len(bodies)


def test_a_body_over_the_limit_is_told_and_skipped() -> None:
    reader = FrameReader(10)
    large = encode(FrameType.RESULT, b'{"id":"a"}', b"x" * 5_000)
    frames = reader.feed(large[:100])
    assert frames == [OversizedFrame(Frame(17, b'{"id":"a"}', b""), 5_000)]
    assert reader.feed(large[100:4_000]) == []
    assert reader.feed(large[4_000:] + NEXT) == [Frame(16, b"", b"")]


@pytest.mark.parametrize(
    "octets",
    [
        pytest.param(PREFIX.pack(5, 99, 0), id="unknown type"),
        pytest.param(PREFIX.pack(5, 1, 0), id="a type that only the host sends"),
        pytest.param(PREFIX.pack(4, 17, 0), id="shorter than a frame can be"),
        pytest.param(PREFIX.pack(0, 17, 0), id="no length"),
        pytest.param(PREFIX.pack(20, 17, 16), id="header longer than the frame"),
        pytest.param(PREFIX.pack(0xFFFFFFFF, 17, 0xFFFFFFF0), id="header of four gigabytes"),
        pytest.param(b"Traceback (most recent call last):", id="text"),
    ],
)
def test_what_is_no_frame_is_refused_at_once(octets: bytes) -> None:
    with pytest.raises(FrameError):
        FrameReader(1000).feed(octets)


@pytest.mark.parametrize("header", [b"", b"[]", b"{", b"{}", b'{"id":1}', b'{"id":null}', b"\xff"])
def test_a_header_without_its_field_is_refused(header: bytes) -> None:
    with pytest.raises(FrameError):
        Frame(17, header, b"").field("id")


def test_a_field_is_read() -> None:
    assert Frame(17, b'{"x":1,"id":"a-b"}', b"").field("id") == "a-b"
