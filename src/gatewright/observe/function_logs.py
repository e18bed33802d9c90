"""The log lines of functions: printed by `gatewright up`, and kept.

Lines arrive on the event loop, many thousands a second when a function is busy, so taking them is one append. A
thread writes them out in batches: to standard output with the function's name in front, and to where they are kept.
"""

import logging
import threading
from collections import deque
from datetime import UTC, datetime
from itertools import groupby
from operator import itemgetter
from typing import BinaryIO

from gatewright.observe.kept_logs import KeptLogs

_log = logging.getLogger(__name__)

_FLUSH_SECONDS = 0.1
_BUFFER_BYTES = 16 * 1024 * 1024
_GROUP_SHARE = 4
"""One group may take a quarter of the buffer, so that a function that floods its log loses its own lines only."""
_PREFIX_BYTES = 128
"""What is put before a line, at most about: empty lines must not cost more memory than is counted for them."""

_Entry = tuple[str, str, int, bytes, int]
"""Log group, log stream, milliseconds since the epoch, lines, octets that they take with their prefixes: a tuple, since
one is made for every invocation."""


class FunctionLogs:
    """A `LogSink` that prints and keeps.

    When that cannot keep up and 16 MiB are waiting, or 4 of one group, further lines are dropped, and a line says how
    many. Whoever reads standard output may stop to read it: that holds up the thread that prints, and nobody else.
    """

    def __init__(self, output: BinaryIO, kept: KeptLogs, buffer_bytes: int = _BUFFER_BYTES) -> None:
        self._output = output
        self._kept = kept
        self._buffer_bytes = buffer_bytes
        # Written by the event loop's thread only
        self._taken_bytes = 0
        self._dropped = 0
        self._group_bytes = buffer_bytes // _GROUP_SHARE
        self._taken_of_groups: dict[str, int] = {}
        # Written by the thread that prints only
        self._done_bytes = 0
        self._done_of_groups: dict[str, int] = {}
        self._told_dropped = 0
        # Both ends of a deque are safe to use from two threads without a lock.
        self._waiting: deque[_Entry] = deque()
        self._unprinted: deque[_Entry] = deque()
        self._keeping = threading.Lock()
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._run, name="function-logs", daemon=True)
        self._thread.start()

    def write(self, group: str, stream: str, timestamp_ms: int, lines: bytes) -> None:
        """Take one or more lines, each ending in a line feed."""
        count = lines.count(b"\n")
        taken = self._taken_of_groups.get(group, 0)
        waiting = self._taken_bytes - self._done_bytes
        # No group has more waiting than all have together: mostly that settles it.
        if waiting > self._group_bytes and (
            waiting > self._buffer_bytes or taken - self._done_of_groups.get(group, 0) > self._group_bytes
        ):
            self._dropped += count
            return
        size = len(lines) + count * _PREFIX_BYTES
        self._taken_bytes += size
        self._taken_of_groups[group] = taken + size
        self._waiting.append((group, stream, timestamp_ms, lines, size))

    def tail(self, group: str) -> bytes:
        """Return the last lines of a log group, at most 1 MiB of them, with what was written until now."""
        self._keep_waiting()
        return self._kept.tail(group)

    def close(self) -> None:
        """Write what is waiting and stop."""
        self._closing.set()
        self._thread.join(timeout=5)

    def _run(self) -> None:
        is_last = False
        while not is_last:
            is_last = self._closing.wait(_FLUSH_SECONDS)
            self._keep_waiting()
            self._print_kept()

    def _keep_waiting(self) -> None:
        with self._keeping:
            entries = _taken(self._waiting)
            if entries:
                self._keep(entries)
                self._unprinted.extend(entries)

    def _print_kept(self) -> None:
        entries = _taken(self._unprinted)
        if entries:
            self._print(_printed(entries))
            self._done_bytes += sum(entry[4] for entry in entries)
            for group, *_, size in entries:
                self._done_of_groups[group] = self._done_of_groups.get(group, 0) + size
        if self._told_dropped != self._dropped:
            dropped, self._told_dropped = self._dropped - self._told_dropped, self._dropped
            self._print(f"gatewright: {dropped} log lines of functions were dropped, they came too fast\n".encode())

    def _keep(self, entries: list[_Entry]) -> None:
        clock = _IsoClock()
        groups: dict[str, list[bytes]] = {}
        for group, stream, timestamp_ms, lines, _ in entries:
            line = _with_prefix(lines, f"{clock.format(timestamp_ms)} {stream} ".encode())
            groups.setdefault(group, []).append(line)
        for group, parts in groups.items():
            try:
                self._kept.append(group, b"".join(parts))
            except OSError as error:
                _log.warning("cannot keep the log lines of %s: %s", group, error.strerror)

    def _print(self, content: bytes) -> None:
        try:
            self._output.write(content)
            self._output.flush()
        except (OSError, ValueError):
            # Nobody reads standard output any more (a closed pipe or terminal); the kept copy goes on.
            return


def _taken(entries: deque[_Entry]) -> list[_Entry]:
    return [entries.popleft() for _ in range(len(entries))]


class _IsoClock:
    """Formats milliseconds since the epoch; what is the same for a whole second is made once."""

    def __init__(self) -> None:
        self._second = -1
        self._text = ""

    def format(self, timestamp_ms: int) -> str:
        """Return a time such as `2026-11-23T12:00:00.123Z`."""
        second, ms = divmod(timestamp_ms, 1000)
        if second != self._second:
            self._second = second
            self._text = datetime.fromtimestamp(second, UTC).strftime("%Y-%m-%dT%H:%M:%S")
        return f"{self._text}.{ms:03}Z"


def _printed(entries: list[_Entry]) -> bytes:
    """Return the lines with their function's name in front. Runs of one function's lines are prefixed together."""
    runs = groupby(entries, key=itemgetter(0))
    return b"".join(
        _with_prefix(b"".join(entry[3] for entry in run), f"[{group.rsplit('/', 1)[-1]}] ".encode())
        for group, run in runs
    )


def _with_prefix(lines: bytes, prefix: bytes) -> bytes:
    """Put a prefix before each line."""
    return prefix + lines[:-1].replace(b"\n", b"\n" + prefix) + b"\n"
