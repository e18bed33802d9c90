"""The bounded buffer of one subscriber."""

from gatewright.functions.telemetry.buffer import EventBuffer
from gatewright.functions.telemetry.subscription import Buffering


def test_events_are_taken_in_order() -> None:
    buffer = EventBuffer(Buffering())
    buffer.add(b"1")
    buffer.add(b"2")
    assert len(buffer) == 2
    assert buffer.take() == [b"1", b"2"]
    assert len(buffer) == 0
    assert buffer.take_dropped() == (0, 0)


def test_what_finds_no_room_is_counted() -> None:
    buffer = EventBuffer(Buffering(max_items=2))
    for event in (b"1", b"22", b"333", b"4444"):
        buffer.add(event)
    assert buffer.is_full
    assert buffer.take() == [b"1", b"22"]
    assert not buffer.is_full
    assert buffer.take_dropped() == (2, 7)
    assert buffer.take_dropped() == (0, 0)


def test_octets_are_bounded_too() -> None:
    buffer = EventBuffer(Buffering(max_bytes=10))
    buffer.add(b"x" * 10)
    assert buffer.is_full
    buffer.add(b"y")
    assert buffer.take() == [b"x" * 10]
    assert buffer.take_dropped() == (1, 1)
