"""The log lines of functions: printed by `gatewright up`, and kept.

Lines arrive on the event loop, many thousands a second when a function is busy, so taking them is one append. A
thread writes them out in batches: to standard output with the function's name in front, and to where they are kept.
"""

import logging
import threading
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import BinaryIO

from gatewright.observe.kept_logs import KeptLogs

_log = logging.getLogger(__name__)

_FLUSH_SECONDS = 0.1
_BUFFER_BYTES = 16 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class _Entry:
    group: str
    stream: str
    timestamp_ms: int
    lines: bytes


class FunctionLogs:
    """A `LogSink` that prints and keeps.

    When that cannot keep up and 16 MiB are waiting, further lines are dropped, and a line says how many.
    """

    def __init__(self, output: BinaryIO, kept: KeptLogs, buffer_bytes: int = _BUFFER_BYTES) -> None:
        self._output = output
        self._kept = kept
        self._buffer_bytes = buffer_bytes
        self._waiting: list[_Entry] = []
        self._waiting_bytes = 0
        self._dropped = 0
        self._lock = threading.Lock()
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._run, name="function-logs", daemon=True)
        self._thread.start()

    def write(self, group: str, stream: str, timestamp_ms: int, lines: bytes) -> None:
        """Take one or more lines, each ending in a line feed."""
        with self._lock:
            if self._waiting_bytes > self._buffer_bytes:
                self._dropped += lines.count(b"\n")
                return
            self._waiting.append(_Entry(group, stream, timestamp_ms, lines))
            self._waiting_bytes += len(lines)

    def tail(self, group: str) -> bytes:
        """Return the last lines of a log group, at most 1 MiB of them, with what was written until now."""
        self._flush()
        return self._kept.tail(group)

    def close(self) -> None:
        """Write what is waiting and stop."""
        self._closing.set()
        self._thread.join(timeout=5)

    def _run(self) -> None:
        is_last = False
        while not is_last:
            is_last = self._closing.wait(_FLUSH_SECONDS)
            self._flush()

    def _flush(self) -> None:
        with self._lock:
            entries, self._waiting, self._waiting_bytes = self._waiting, [], 0
            dropped, self._dropped = self._dropped, 0
        if not entries and not dropped:
            return
        self._keep(entries)
        printed = [_with_prefix(entry.lines, f"[{entry.group.rsplit('/', 1)[-1]}] ") for entry in entries]
        if dropped:
            printed.append(f"gatewright: {dropped} log lines of functions were dropped, they came too fast\n".encode())
        self._print(b"".join(printed))

    def _keep(self, entries: list[_Entry]) -> None:
        groups: dict[str, list[bytes]] = {}
        for entry in entries:
            time = datetime.fromtimestamp(entry.timestamp_ms / 1000, UTC).isoformat(timespec="milliseconds")
            line = _with_prefix(entry.lines, f"{time.removesuffix('+00:00')}Z {entry.stream} ")
            groups.setdefault(entry.group, []).append(line)
        for group, lines in groups.items():
            try:
                self._kept.append(group, b"".join(lines))
            except OSError as error:
                _log.warning("cannot keep the log lines of %s: %s", group, error.strerror)

    def _print(self, content: bytes) -> None:
        try:
            self._output.write(content)
            self._output.flush()
        except (OSError, ValueError):
            # Nobody reads standard output any more (a closed pipe or terminal); the kept copy goes on.
            return


def _with_prefix(lines: bytes, prefix: str) -> bytes:
    """Put a prefix before each line."""
    mark = prefix.encode()
    return mark + lines[:-1].replace(b"\n", b"\n" + mark) + b"\n"
