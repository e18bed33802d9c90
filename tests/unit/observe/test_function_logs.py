"""Lines of functions on their way to the archive and to standard output."""

import io
import os
import select
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from gatewright.base.clock import SystemClock
from gatewright.observe.function_logs import FunctionLogs
from gatewright.observe.log_archive import GroupKey, GroupMissing, LogArchive, NewEvent

GROUP = GroupKey("123456789012", "us-east-1", "/aws/lambda/hello")
QUIET = GROUP._replace(name="/aws/lambda/quiet")
STREAM = "2026/11/23/[$LATEST]0123456789abcdef0123456789abcdef"
NOON_MS = 1_795_435_200_123


def wait_until(condition: Callable[[], object]) -> None:
    end = time.monotonic() + 5
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.005)


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[LogArchive]:
    made = LogArchive(tmp_path / "logs.sqlite3", is_durable=False)
    yield made
    made.close()


def kept(archive: LogArchive, group: GroupKey = GROUP) -> Sequence[str]:
    try:
        with archive.reading(group) as reader:
            return [event.message for event in reader.forward(None, None, None)]
    except GroupMissing:
        return []


def test_lines_are_printed_with_the_name_of_the_function_and_kept(archive: LogArchive) -> None:
    output = io.BytesIO()
    logs = FunctionLogs(output, archive, SystemClock())
    logs.write(GROUP, STREAM, NOON_MS, b"one\ntwo\n")
    logs.close()
    assert output.getvalue() == b"[hello] one\n[hello] two\n"
    assert kept(archive) == ["one\n", "two\n"]
    [stream] = archive.streams.by_name(GROUP, limit=2)
    assert (stream.name, stream.first_event_ms) == (STREAM, NOON_MS)


def test_what_was_written_a_moment_ago_is_stored_for_whoever_asks(archive: LogArchive) -> None:
    logs = FunctionLogs(io.BytesIO(), archive, SystemClock())
    logs.write(GROUP, STREAM, NOON_MS, b"now\n")
    logs.store_waiting()
    assert kept(archive) == ["now\n"]
    logs.close()


def test_lines_come_out_by_themselves(archive: LogArchive) -> None:
    output = io.BytesIO()
    logs = FunctionLogs(output, archive, SystemClock())
    logs.write(GROUP, STREAM, NOON_MS, b"one\n")
    wait_until(lambda: output.getvalue() == b"[hello] one\n")
    wait_until(lambda: kept(archive) == ["one\n"])
    logs.close()


def test_a_flood_is_dropped_and_counted(archive: LogArchive) -> None:
    output = io.BytesIO()
    logs = FunctionLogs(output, archive, SystemClock(), buffer_bytes=0)
    with logs._storing:
        logs.write(GROUP, STREAM, NOON_MS, b"kept\n")
        logs.write(GROUP, STREAM, NOON_MS, b"lost\nlost\n")
    logs.close()
    assert kept(archive) == ["kept\n"]
    assert b"gatewright: 2 log lines of functions were dropped, they came too fast\n" in output.getvalue()


def test_a_flood_of_one_group_costs_nobody_else_a_line(archive: LogArchive) -> None:
    output = io.BytesIO()
    logs = FunctionLogs(output, archive, SystemClock(), buffer_bytes=64 * 1024)
    with logs._storing:
        for _ in range(1000):
            logs.write(GROUP, STREAM, NOON_MS, b"x" * 1024 + b"\n")
        logs.write(QUIET, STREAM, NOON_MS, b"kept\n")
    logs.close()
    assert kept(archive, QUIET) == ["kept\n"]
    assert 0 < len(kept(archive)) < 50
    assert b"log lines of functions were dropped" in output.getvalue()


def test_much_is_written_without_waiting(archive: LogArchive) -> None:
    """100 MB, as fast as a pipe is read: the lines of it are kept, and little is held meanwhile."""
    logs = FunctionLogs(io.BytesIO(), archive, SystemClock())
    text = (b"x" * 1023 + b"\n") * 64
    for _ in range(200):
        logs.write(GROUP, STREAM, NOON_MS, text)
        time.sleep(0.001)
    logs.close()
    assert archive.groups.get(GROUP).stored_bytes > 200 * 64 * 1024


def test_an_output_that_nobody_reads_holds_up_nobody_who_writes_or_asks(archive: LogArchive) -> None:
    read_fd, write_fd = os.pipe()
    with open(write_fd, "wb", buffering=0) as output:
        logs = FunctionLogs(output, archive, SystemClock(), buffer_bytes=1 << 20)
        logs.write(GROUP, STREAM, NOON_MS, b"x" * 200_000 + b"\n")  # more than a pipe holds
        wait_until(lambda: select.select([read_fd], [], [], 0)[0])  # now the thread is in its write
        for number in range(30):
            logs.write(GROUP, STREAM, NOON_MS, b"%d" % number + b"x" * 100_000 + b"\n")
            asked = threading.Thread(target=logs.store_waiting, daemon=True)
            asked.start()
            asked.join(timeout=5)
            assert not asked.is_alive()
        assert len(kept(archive)) == 31
        os.close(read_fd)  # and the write ends
        logs.close()


def test_what_was_not_printed_is_said(archive: LogArchive) -> None:
    read_fd, write_fd = os.pipe()
    with open(write_fd, "wb", buffering=0) as output:
        logs = FunctionLogs(output, archive, SystemClock(), buffer_bytes=100_000)
        for _ in range(3):
            logs.write(GROUP, STREAM, NOON_MS, b"x" * 200_000 + b"\n")
            logs.store_waiting()
        printed = b""
        while printed.count(b"\n") < 1:
            printed += os.read(read_fd, 1 << 16)
        wait_until(lambda: logs._printer._printed_bytes)
        logs.write(GROUP, STREAM, NOON_MS, b"again\n")
        while b"again" not in printed:
            printed += os.read(read_fd, 1 << 16)
        assert b"gatewright: 2 log lines of functions were not printed, they came too fast\n" in printed
        logs.close()
    os.close(read_fd)


def test_a_closed_output_does_not_stop_the_keeping(archive: LogArchive) -> None:
    output = io.BytesIO()
    output.close()
    logs = FunctionLogs(output, archive, SystemClock())
    logs.write(GROUP, STREAM, NOON_MS, b"one\n")
    logs.close()
    assert kept(archive) == ["one\n"]


def test_an_archive_that_cannot_be_written_loses_lines_and_nothing_else(
    archive: LogArchive, caplog: pytest.LogCaptureFixture
) -> None:
    output = io.BytesIO()
    logs = FunctionLogs(output, archive, SystemClock())
    archive.close()
    logs.write(GROUP, STREAM, NOON_MS, b"one\n")
    logs.store_waiting()
    logs.close()
    assert output.getvalue() == b"[hello] one\n"
    assert "cannot keep" in caplog.text


def test_what_is_older_than_its_group_keeps_it_is_deleted_at_start(archive: LogArchive) -> None:
    logs = FunctionLogs(io.BytesIO(), archive, SystemClock())
    logs.write(GROUP, STREAM, NOON_MS, b"x\n")
    logs.close()
    archive.groups.change(GROUP, lambda group: replace(group, retention_days=1))
    archive.events.put(GROUP, STREAM, [NewEvent(1000, "old")], NOON_MS)
    again = FunctionLogs(io.BytesIO(), archive, SystemClock())
    wait_until(lambda: "old" not in kept(archive))
    again.close()
