"""The log stream of one environment: what its process prints, between the lines of the platform.

Lines are collected and handed to the sink together, as a rule once for each invocation. A process that prints faster
than that is read one pipe's worth at a time, so the pipe holds it back and the event loop stays free.
"""

import asyncio
import logging
import os
import select
from collections.abc import Callable
from typing import Final

from gatewright.functions.descriptors import out_of_the_way
from gatewright.functions.invocation import Invocation
from gatewright.functions.settings import LOG_TAIL_BYTES
from gatewright.observe.log_archive.types import GroupKey
from gatewright.observe.logs import LogSink

_logger = logging.getLogger(__name__)

MAX_LINE_BYTES: Final = 256 * 1024
"""Longer lines are cut, as CloudWatch Logs cuts events ("CloudWatch Logs quotas")."""
_FLUSH_BYTES: Final = 64 * 1024
_READ_BYTES: Final = 64 * 1024
_DRAIN_READS: Final = 16
"""A pipe holds 64 KiB unless the process enlarges it, to 1 MiB at most: enough for all that was printed before."""


class LogStream:
    """Collects the lines of one environment."""

    __slots__ = ("_lines", "_partial", "_sink", "_unclaimed", "group", "name")

    def __init__(self, sink: LogSink, group: GroupKey, name: str) -> None:
        self._sink = sink
        self.group = group
        self.name = name
        self._lines = bytearray()
        self._partial = bytearray()
        self._unclaimed = b""

    def beside(self) -> "LogStream":
        """Return another one of the same name, for a process whose lines must not be joined with those of this one."""
        return LogStream(self._sink, self.group, self.name)

    def add_platform_lines(self, lines: bytes, *, ends_output: bool = True) -> None:
        """Add whole lines after all that was printed so far, or else only after the whole lines of it.

        What was printed without an end of the line belongs to the line that is printed next, be it by the next
        invocation: recorded of AWS in September 2026 (radkawar/stackd, testdata/aws/lambda/invocation_tails.json).
        """
        if self._partial and ends_output:
            self._end_line()
        self._lines += lines

    def add_output(self, octets: bytes) -> None:
        """Add what the process printed."""
        head, newline, rest = octets.rpartition(b"\n")
        if newline:
            if self._partial or len(head) > MAX_LINE_BYTES:
                self._add_cut(head)
            else:
                self._lines += head
                self._lines += b"\n"
        self._partial += rest
        while len(self._partial) >= MAX_LINE_BYTES:
            self._lines += self._partial[:MAX_LINE_BYTES] + b"\n"
            del self._partial[:MAX_LINE_BYTES]

    def is_large(self) -> bool:
        """Return whether so much was collected that it should not wait for the end of the invocation."""
        return len(self._lines) >= _FLUSH_BYTES

    def flush(self, now: float, invocation: Invocation | None = None) -> None:
        """Hand the whole lines to the sink; they also count for the invocation's tail."""
        if not self._lines:
            return
        lines = bytes(self._lines)
        self._lines.clear()
        if invocation is not None:
            invocation.keep_tail(lines)
        else:
            self._unclaimed = (self._unclaimed + lines[-LOG_TAIL_BYTES:])[-LOG_TAIL_BYTES:]
        try:
            self._sink.write(self.group, self.name, int(now * 1000), lines)
        except OSError as error:  # a full disk must not fail the invocation as well
            _logger.error("%s: %d octets of the log are lost: %s", self.group.name, len(lines), error)

    def claim(self) -> bytes:
        """Return the end of what was handed over since the last call and belonged to no invocation."""
        unclaimed, self._unclaimed = self._unclaimed, b""
        return unclaimed

    def _add_cut(self, head: bytes) -> None:
        for line in head.split(b"\n"):
            self._partial += line
            while len(self._partial) > MAX_LINE_BYTES:
                self._lines += self._partial[:MAX_LINE_BYTES] + b"\n"
                del self._partial[:MAX_LINE_BYTES]
            self._end_line()

    def _end_line(self) -> None:
        self._lines += self._partial
        self._lines += b"\n"
        self._partial.clear()


class OutputPipe:
    """The pipe that is a process's standard output and standard error."""

    __slots__ = ("_loop", "_on_output", "_poll", "_read_fd", "_stream", "_write_fd", "tap")

    def __init__(self, stream: LogStream, on_output: Callable[[], None]) -> None:
        self._stream = stream
        self._on_output = on_output
        self._loop = asyncio.get_running_loop()
        self._read_fd = self._write_fd = -1
        self._poll = select.poll()
        self.tap: Callable[[bytes], None] | None = None
        """Is given whatever is printed, as it is read."""

    def open(self) -> None:
        """Make the pipe. Raises `OSError` when there are no descriptors left."""
        self._read_fd, write_fd = os.pipe2(os.O_CLOEXEC)
        self._write_fd = out_of_the_way(write_fd)
        os.set_blocking(self._read_fd, False)
        self._poll.register(self._read_fd, select.POLLIN)
        self._loop.add_reader(self._read_fd, self._readable)

    @property
    def write_fd(self) -> int:
        """Return the end for the process; close it with `close_write_end` once the process has it."""
        return self._write_fd

    def close_write_end(self) -> None:
        """Give up this process's own copy of the write end, so that the pipe ends when the process does."""
        if self._write_fd >= 0:
            os.close(self._write_fd)
            self._write_fd = -1

    def drain(self) -> None:
        """Take what was printed until now, without waiting."""
        # Asked after every invocation, most of which print nothing: 0.2 µs, against 0.7 for a read that raises.
        if self._poll.poll(0):
            for _ in range(_DRAIN_READS):
                if self._read() < _READ_BYTES:
                    return

    def close(self) -> None:
        """Take what is left and close both ends."""
        self.drain()
        self.close_write_end()
        self._close_read_end()

    def _readable(self) -> None:
        self._read()
        self._on_output()

    def _read(self) -> int:
        if self._read_fd < 0:
            return 0
        try:
            octets = os.read(self._read_fd, _READ_BYTES)
        except BlockingIOError:
            return 0
        if not octets:
            self._close_read_end()
            return 0
        self._stream.add_output(octets)
        if self.tap is not None:
            self.tap(octets)
        return len(octets)

    def _close_read_end(self) -> None:
        if self._read_fd >= 0:
            self._loop.remove_reader(self._read_fd)
            self._poll.unregister(self._read_fd)
            os.close(self._read_fd)
            self._read_fd = -1
