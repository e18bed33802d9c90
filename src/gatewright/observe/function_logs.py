"""The log lines of functions: kept in the archive, and printed by `gatewright up`.

Lines arrive on the event loop, many thousands a second when a function is busy, so taking them is one append. One
thread writes them to the archive, in batches; another one prints them with the function's name in front. Whoever reads
standard output may stop to read it: that holds up the thread that prints, and nobody else.
"""

import logging
import queue
import sqlite3
import threading
import time
from collections import deque
from collections.abc import Sequence
from itertools import groupby
from typing import BinaryIO, Final

from gatewright.base.clock import Clock
from gatewright.observe.log_archive import GroupKey, Lines, LogArchive

_log = logging.getLogger(__name__)

_TICK_SECONDS: Final = 0.1
_STORE_SECONDS: Final = 0.5
_STORE_BYTES: Final = 1024 * 1024
"""So much is written without waiting for more."""
_UPKEEP_SECONDS: Final = 600.0
_BUFFER_BYTES: Final = 16 * 1024 * 1024
_GROUP_SHARE: Final = 4
"""One group may take a quarter of the buffer, so that a function that floods its log loses its own lines only."""
_LINE_BYTES: Final = 128
"""What a line counts for beside its octets: empty lines must not cost more memory than is counted for them."""


class FunctionLogs:
    """A `LogSink` that keeps and prints.

    When 16 MiB wait to be kept, or 4 of one group, further lines are dropped; when 16 MiB wait to be printed, further
    ones are kept but not printed. A line says how many.
    """

    def __init__(self, output: BinaryIO, archive: LogArchive, clock: Clock, buffer_bytes: int = _BUFFER_BYTES) -> None:
        self._archive = archive
        self._clock = clock
        self._buffer_bytes = buffer_bytes
        self._group_bytes = buffer_bytes // _GROUP_SHARE
        self._wake_bytes = min(_STORE_BYTES, self._group_bytes // 2)
        # Written by the event loop's thread only
        self._taken_bytes = 0
        self._dropped = 0
        self._taken_of_groups: dict[GroupKey, int] = {}
        # Written under the lock only
        self._storing = threading.Lock()
        self._stored_bytes = 0
        self._stored_of_groups: dict[GroupKey, int] = {}
        self._told_dropped = 0
        # Both ends of a deque are safe to use from two threads without a lock.
        self._waiting: deque[Lines] = deque()
        self._drained: list[Lines] = []
        self._drained_bytes = 0
        self._is_closing = False
        self._wake = threading.Event()
        self._printer = _Printer(output, buffer_bytes)
        self._thread = threading.Thread(target=self._run, name="function-logs", daemon=True)
        self._thread.start()

    def write(self, group: GroupKey, stream: str, timestamp_ms: int, lines: bytes) -> None:
        """Take one or more lines, each ending in a line feed."""
        count = lines.count(b"\n")
        taken = self._taken_of_groups.get(group, 0)
        waiting = self._taken_bytes - self._stored_bytes
        # No group has more waiting than all have together: mostly that settles it.
        if waiting > self._wake_bytes:
            self._wake.set()
            if waiting > self._group_bytes and (
                waiting > self._buffer_bytes or taken - self._stored_of_groups.get(group, 0) > self._group_bytes
            ):
                self._dropped += count
                return
        size = len(lines) + count * _LINE_BYTES
        self._taken_bytes += size
        self._taken_of_groups[group] = taken + size
        self._waiting.append((group, stream, timestamp_ms, lines, size))

    def store_waiting(self) -> None:
        """Keep what was written until now."""
        with self._storing:
            self._drain()
            self._store()

    def close(self) -> None:
        """Keep and print what is waiting, and stop."""
        self._is_closing = True
        self._wake.set()
        self._thread.join(timeout=5)
        self._printer.close()

    def _run(self) -> None:
        store_at = upkeep_at = 0.0
        while not self._is_closing:
            self._wake.wait(_TICK_SECONDS)
            self._wake.clear()
            now = time.monotonic()
            with self._storing:
                self._drain()
                if now >= store_at or self._drained_bytes >= self._wake_bytes:
                    self._store()
                    store_at = now + _STORE_SECONDS
            if now >= upkeep_at:
                self._keep_up()
                upkeep_at = now + _UPKEEP_SECONDS
        self.store_waiting()

    def _drain(self) -> None:
        """Take what waits; it is printed at once, and kept soon."""
        batch = [self._waiting.popleft() for _ in range(len(self._waiting))]
        if batch:
            self._drained += batch
            size = sum(lines[-1] for lines in batch)
            self._drained_bytes += size
            self._printer.take(batch, size)
        if self._told_dropped != self._dropped:
            dropped, self._told_dropped = self._dropped - self._told_dropped, self._dropped
            self._printer.say(f"gatewright: {dropped} log lines of functions were dropped, they came too fast\n")

    def _store(self) -> None:
        batch, size = self._drained, self._drained_bytes
        if not batch:
            return
        self._drained, self._drained_bytes = [], 0
        try:
            self._archive.events.append(batch, int(self._clock.now() * 1000))
            self._archive.delete_excess()
        except sqlite3.Error as error:
            _log.warning("cannot keep %d octets of the log lines of functions: %s", size, error)
        for lines in batch:
            self._stored_of_groups[lines[0]] = self._stored_of_groups.get(lines[0], 0) + lines[-1]
        self._stored_bytes += size

    def _keep_up(self) -> None:
        try:
            self._archive.delete_outdated(int(self._clock.now() * 1000))
        except sqlite3.Error as error:
            _log.warning("cannot delete what is older than its log group keeps it: %s", error)


class _Printer:
    """The thread that prints."""

    def __init__(self, output: BinaryIO, buffer_bytes: int) -> None:
        self._output = output
        self._buffer_bytes = buffer_bytes
        self._batches: queue.SimpleQueue[tuple[Sequence[Lines], int] | bytes | None] = queue.SimpleQueue()
        self._taken_bytes = 0
        self._printed_bytes = 0
        self._left_out = 0
        self._thread = threading.Thread(target=self._run, name="function-output", daemon=True)
        self._thread.start()

    def take(self, batch: Sequence[Lines], size: int) -> None:
        """Print lines, unless too many wait already."""
        if self._taken_bytes - self._printed_bytes > self._buffer_bytes:
            self._left_out += sum(lines[3].count(b"\n") for lines in batch)
            return
        if self._left_out:
            self.say(f"gatewright: {self._left_out} log lines of functions were not printed, they came too fast\n")
            self._left_out = 0
        self._taken_bytes += size
        self._batches.put((batch, size))

    def say(self, text: str) -> None:
        """Print a line of our own."""
        self._batches.put(text.encode())

    def close(self) -> None:
        """Print what is waiting and stop."""
        self._batches.put(None)
        self._thread.join(timeout=5)

    def _run(self) -> None:
        while (next_ := self._batches.get()) is not None:
            if isinstance(next_, bytes):
                self._print(next_)
            else:
                batch, size = next_
                self._print(_printed(batch))
                self._printed_bytes += size

    def _print(self, content: bytes) -> None:
        try:
            self._output.write(content)
            self._output.flush()
        except (OSError, ValueError):
            # Nobody reads standard output any more (a closed pipe or terminal); the kept copy goes on.
            return


def _printed(batch: Sequence[Lines]) -> bytes:
    """Return the lines with their function's name in front. Runs of one function's lines are prefixed together."""
    runs = groupby(batch, key=lambda lines: lines[0])
    return b"".join(
        _with_prefix(b"".join(lines[3] for lines in run), f"[{group.name.rsplit('/', 1)[-1]}] ".encode())
        for group, run in runs
    )


def _with_prefix(lines: bytes, prefix: bytes) -> bytes:
    """Put a prefix before each line."""
    return prefix + lines[:-1].replace(b"\n", b"\n" + prefix) + b"\n"
