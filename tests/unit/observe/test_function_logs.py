import io
import os
import select
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from gatewright.observe.function_logs import FunctionLogs
from gatewright.observe.kept_logs import LogFiles, LogTails

GROUP = "/aws/lambda/hello"
STREAM = "2026/11/23/[$LATEST]0123456789abcdef0123456789abcdef"
NOON_MS = 1_795_435_200_123


def wait_until(condition: Callable[[], object]) -> None:
    end = time.monotonic() + 5
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.005)


def test_lines_are_printed_with_the_name_of_the_function_and_kept_with_time_and_stream() -> None:
    output = io.BytesIO()
    logs = FunctionLogs(output, LogTails())
    logs.write(GROUP, STREAM, NOON_MS, b"one\ntwo\n")
    logs.close()
    assert output.getvalue() == b"[hello] one\n[hello] two\n"
    assert logs.tail(GROUP).decode().splitlines() == [
        f"2026-11-23T12:00:00.123Z {STREAM} one",
        f"2026-11-23T12:00:00.123Z {STREAM} two",
    ]


def test_tail_shows_what_was_written_a_moment_ago() -> None:
    logs = FunctionLogs(io.BytesIO(), LogTails())
    logs.write(GROUP, STREAM, NOON_MS, b"now\n")
    assert b"now" in logs.tail(GROUP)
    assert logs.tail("/aws/lambda/unknown") == b""
    logs.close()


def test_a_flood_is_dropped_and_counted() -> None:
    output = io.BytesIO()
    logs = FunctionLogs(output, LogTails(), buffer_bytes=0)
    logs.write(GROUP, STREAM, NOON_MS, b"kept\n")
    logs.write(GROUP, STREAM, NOON_MS, b"lost\nlost\n")
    logs.close()
    assert output.getvalue() == (
        b"[hello] kept\ngatewright: 2 log lines of functions were dropped, they came too fast\n"
    )


def test_a_flood_of_one_group_costs_nobody_else_a_line() -> None:
    output = io.BytesIO()
    logs = FunctionLogs(output, LogTails(), buffer_bytes=64 * 1024)
    for _ in range(1000):
        logs.write(GROUP, STREAM, NOON_MS, b"x" * 1024 + b"\n")
    logs.write("/aws/lambda/quiet", STREAM, NOON_MS, b"kept\n")
    logs.close()
    assert b"[quiet] kept\n" in output.getvalue()
    assert b"log lines of functions were dropped" in output.getvalue()


def test_an_output_that_nobody_reads_holds_up_nobody_who_writes_or_asks() -> None:
    read_fd, write_fd = os.pipe()
    with open(write_fd, "wb", buffering=0) as output:
        logs = FunctionLogs(output, LogTails())
        logs.write(GROUP, STREAM, NOON_MS, b"x" * 200_000 + b"\n")  # more than a pipe holds
        wait_until(lambda: select.select([read_fd], [], [], 0)[0])  # now the thread is in its write
        logs.write(GROUP, STREAM, NOON_MS, b"later\n")
        asked = threading.Thread(target=logs.tail, args=(GROUP,), daemon=True)
        asked.start()
        asked.join(timeout=5)
        assert not asked.is_alive()
        assert b"later" in logs.tail(GROUP)
        os.close(read_fd)  # and the write ends
        logs.close()


def test_a_flood_of_empty_lines_counts_with_what_is_put_before_them() -> None:
    class SizesOnly(LogTails):
        largest = 0

        def append(self, group: str, content: bytes) -> None:
            self.largest = max(self.largest, len(content))

    kept = SizesOnly()
    logs = FunctionLogs(io.BytesIO(), kept, buffer_bytes=1_000_000)
    for _ in range(200):
        logs.write(GROUP, STREAM, NOON_MS, b"\n" * 50_000)
    logs.close()
    assert 0 < kept.largest < 1_000_000 + 50_000 * 128


def test_a_closed_output_does_not_stop_the_keeping() -> None:
    output = io.BytesIO()
    output.close()
    logs = FunctionLogs(output, LogTails())
    logs.write(GROUP, STREAM, NOON_MS, b"one\n")
    logs.close()
    assert b"one" in logs.tail(GROUP)


def test_files_rotate_and_the_oldest_goes(tmp_path: Path) -> None:
    files = LogFiles(tmp_path / "logs", file_bytes=10)
    for number in range(6):
        files.append(GROUP, f"line-{number:03}\n".encode())
    names = sorted(path.name for path in (tmp_path / "logs").iterdir())
    assert names == ["aws.lambda.hello.log", *(f"aws.lambda.hello.log.{number}" for number in (1, 2, 3))]
    assert files.tail(GROUP) == b"line-005\n"
    assert (tmp_path / "logs" / "aws.lambda.hello.log.3").read_bytes() == b"line-002\n"


def test_no_group_leaves_the_folder(tmp_path: Path) -> None:
    LogFiles(tmp_path / "logs").append("/../../escape", b"x\n")
    assert [path.name for path in tmp_path.iterdir()] == ["logs"]


@pytest.mark.parametrize("group", ["/a/\0", "", "/", "..", "/" + "x" * 10_000])
def test_groups_that_there_cannot_be_have_no_lines(tmp_path: Path, group: str) -> None:
    assert LogFiles(tmp_path / "logs").tail(group) == LogTails().tail(group) == b""


def test_groups_of_similar_names_do_not_share_a_file(tmp_path: Path) -> None:
    files = LogFiles(tmp_path / "logs")
    groups = ["/a/b", "a/b", "a.b", "/a.b", "/x/" + "y" * 400, "/x/" + "y" * 401, GROUP, "aws.lambda.hello"]
    for group in groups:
        files.append(group, f"{group}\n".encode())
    assert [files.tail(group).decode() for group in groups] == [f"{group}\n" for group in groups]


def test_a_tail_in_memory_is_bounded() -> None:
    tails = LogTails(tail_bytes=10)
    for _ in range(100):
        tails.append(GROUP, b"12345\n")
    assert tails.tail(GROUP) == b"12345\n"


@pytest.mark.parametrize("lines_at_once", [1, 2, 3, 7, 100])
def test_a_tail_in_memory_is_as_long_however_its_lines_came(lines_at_once: int) -> None:
    tails = LogTails(tail_bytes=100)
    lines = [b"%05d\n" % number for number in range(700)]
    for start in range(0, len(lines), lines_at_once):
        tails.append(GROUP, b"".join(lines[start : start + lines_at_once]))
    kept = tails.tail(GROUP)
    assert kept.splitlines(keepends=True) == lines[-len(kept) // 6 :]
    assert 100 - 2 * 6 < len(kept) <= 100
