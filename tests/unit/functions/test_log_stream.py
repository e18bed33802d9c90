"""Lines between a process and the sink."""

import asyncio
import contextlib
import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatewright.functions.log_stream import MAX_LINE_BYTES, LogStream, OutputPipe
from gatewright.observe.log_archive import GroupKey

from .fakes import FakeSink, until

GROUP = GroupKey("123456789012", "us-east-1", "group")


def stream(sink: FakeSink) -> LogStream:
    return LogStream(sink, GROUP, "stream")


def test_whole_lines_go_out_and_a_begun_one_waits() -> None:
    sink = FakeSink()
    log = stream(sink)
    log.add_output(b"one\ntw")
    log.flush(1.5)
    log.add_output(b"o\n")
    log.flush(2.0)
    assert sink.writes == [(GROUP, "stream", 1500, b"one\n"), (GROUP, "stream", 2000, b"two\n")]


def test_nothing_is_written_when_there_is_nothing() -> None:
    sink = FakeSink()
    stream(sink).flush(1.0)
    assert sink.writes == []


def test_a_line_of_the_platform_ends_what_was_begun() -> None:
    sink = FakeSink()
    log = stream(sink)
    log.add_output(b"no line feed")
    log.add_platform_lines(b"END\n")
    log.flush(1.0)
    assert sink.text == "no line feed\nEND\n"


def test_what_was_begun_may_wait_for_the_next_invocation() -> None:
    """As recorded (radkawar/stackd, testdata/aws/lambda/invocation_tails.json: partial, after-partial)."""
    sink = FakeSink()
    log = stream(sink)
    log.add_output(b"one\nbegun, ")
    log.add_platform_lines(b"END\n", ends_output=False)
    log.flush(1.0)
    log.add_platform_lines(b"START\n", ends_output=False)
    log.add_output(b"ended\n")
    log.flush(2.0)
    assert sink.text == "one\nEND\nSTART\nbegun, ended\n"


def test_what_belongs_to_no_invocation_can_be_claimed_once() -> None:
    log = stream(FakeSink())
    for number in range(3):
        log.add_output(b"%d" % number + b"x" * 3000 + b"\n")
        log.flush(1.0)
    claimed = log.claim()
    assert (len(claimed), claimed[-3002:-3000]) == (4096, b"2x")
    assert log.claim() == b""


@given(st.lists(st.binary(max_size=30), max_size=10))
def test_no_octet_is_lost_or_changed(pieces: list[bytes]) -> None:
    sink = FakeSink()
    log = stream(sink)
    for piece in pieces:
        log.add_output(piece)
    log.add_platform_lines(b"END\n")
    log.flush(1.0)
    printed = b"".join(pieces)
    expected = printed + (b"\n" if printed and not printed.endswith(b"\n") else b"") + b"END\n"
    assert b"".join(lines for *_, lines in sink.writes) == expected


@pytest.mark.parametrize("piece", [1 << 16, MAX_LINE_BYTES * 3])
def test_long_lines_are_cut(piece: int) -> None:
    sink = FakeSink()
    log = stream(sink)
    line = b"x" * (MAX_LINE_BYTES * 2 + 10) + b"\nshort\n"
    for start in range(0, len(line), piece):
        log.add_output(line[start : start + piece])
    log.flush(1.0)
    assert [len(cut) for cut in sink.lines] == [MAX_LINE_BYTES, MAX_LINE_BYTES, 10, 5]


async def test_a_pipe_brings_what_is_printed() -> None:
    sink = FakeSink()
    log = stream(sink)
    pipe = OutputPipe(log, lambda: log.flush(1.0))
    pipe.open()
    os.write(pipe.write_fd, b"hello\n")
    await until(lambda: sink.text == "hello\n")
    pipe.close()


async def test_draining_takes_all_that_was_printed_before() -> None:
    sink = FakeSink()
    log = stream(sink)
    pipe = OutputPipe(log, lambda: None)
    pipe.open()
    os.write(pipe.write_fd, b"x" * 50_000 + b"\n")
    pipe.drain()
    log.flush(1.0)
    assert len(sink.text) == 50_001
    pipe.close()
    pipe.close()


async def test_a_flood_is_held_back_by_the_pipe() -> None:
    """The process waits in its write: nothing grows here, and the loop goes on."""
    sink = FakeSink()
    log = stream(sink)
    pipe = OutputPipe(log, lambda: log.flush(1.0))
    pipe.open()
    os.set_blocking(pipe.write_fd, False)
    with contextlib.suppress(BlockingIOError):
        while True:
            os.write(pipe.write_fd, b"x" * 1023 + b"\n")
    await asyncio.sleep(0)
    assert sum(len(lines) for *_, lines in sink.writes) <= 1 << 16
    pipe.close()


def test_a_sink_that_fails_loses_lines_and_nothing_else() -> None:
    class Full(FakeSink):
        def write(self, group: GroupKey, stream: str, timestamp_ms: int, lines: bytes) -> None:
            raise OSError("No space left on device")

    log = LogStream(Full(), GROUP, "stream")
    log.add_platform_lines(b"END\n")
    log.flush(1.0)
