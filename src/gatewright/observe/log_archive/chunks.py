"""Events in the form in which they are kept: many in one chunk, which is written and read as a whole.

A record is a time, a length and octets; those are one event, or lines of which each is one. A chunk holds records of
one stream in the order of their times, and spans at most a minute, so that a range of times is found by where chunks
begin.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from struct import Struct
from typing import Final

from gatewright.observe.log_archive.types import Lines, NewEvent

SPAN_MS: Final = 60_000
CHUNK_BYTES: Final = 256 * 1024
_HEADER = Struct(">qI")
_LINES: Final = 1 << 31
"""In the length of a record: it holds lines."""


@dataclass(slots=True)
class Chunk:
    """A chunk to be written."""

    first_ms: int
    last_ms: int
    parts: list[bytes]
    size: int = 0

    def takes(self, timestamp_ms: int) -> bool:
        """Return whether a record of that time can be its next one."""
        return self.last_ms <= timestamp_ms <= self.first_ms + SPAN_MS and self.size < CHUNK_BYTES

    def add(self, timestamp_ms: int, octets: bytes, flag: int) -> None:
        """Add a record that it takes."""
        self.last_ms = timestamp_ms
        self.parts += (_HEADER.pack(timestamp_ms, len(octets) | flag), octets)
        self.size += _HEADER.size + len(octets)


def chunks_of_lines(lines: Iterable[Lines]) -> list[Chunk]:
    """Return the chunks of lines of one stream. A clock that was set back begins a new one."""
    chunks: list[Chunk] = []
    for _, _, timestamp_ms, text, _ in lines:
        _chunk_for(chunks, timestamp_ms).add(timestamp_ms, text, _LINES)
    return chunks


def chunks_of_events(events: Iterable[NewEvent]) -> list[Chunk]:
    """Return the chunks of events of one stream, which are in the order of their times."""
    chunks: list[Chunk] = []
    for event in events:
        _chunk_for(chunks, event.timestamp_ms).add(event.timestamp_ms, event.message.encode("utf-8", "replace"), 0)
    return chunks


def _chunk_for(chunks: list[Chunk], timestamp_ms: int) -> Chunk:
    if not chunks or not chunks[-1].takes(timestamp_ms):
        chunks.append(Chunk(timestamp_ms, timestamp_ms, []))
    return chunks[-1]


def events_of(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield the times and messages of a chunk's events, in their order."""
    position = 0
    while position < len(data):
        timestamp_ms, length = _HEADER.unpack_from(data, position)
        position += _HEADER.size
        end = position + (length & ~_LINES)
        if length & _LINES:
            for line in _lines(data[position:end]):
                yield timestamp_ms, line
        else:
            yield timestamp_ms, data[position:end]
        position = end


def _lines(text: bytes) -> list[bytes]:
    """Split at line feeds only: a carriage return within a line is how runtimes put many lines into one event."""
    lines = text.split(b"\n")
    lines.pop()
    return [line + b"\n" for line in lines]
