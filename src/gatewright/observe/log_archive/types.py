"""What an archive of logs holds: groups, streams, events; and what can be missing or there already.

GatewrightError
└── LogArchiveError
    ├── GroupMissing
    ├── GroupExists
    ├── StreamMissing
    └── StreamExists
"""

from dataclasses import dataclass, field
from typing import NamedTuple

from gatewright.base.errors import GatewrightError


class LogArchiveError(GatewrightError):
    """Something cannot be done with a group or stream; the text is its name."""


class GroupMissing(LogArchiveError):
    """There is no such log group."""


class GroupExists(LogArchiveError):
    """There is such a log group already."""


class StreamMissing(LogArchiveError):
    """There is no such log stream."""


class StreamExists(LogArchiveError):
    """There is such a log stream already."""


class GroupKey(NamedTuple):
    """The name of a log group, and where it is. One is hashed for every invocation: a tuple."""

    account_id: str
    region: str
    name: str


@dataclass(frozen=True, slots=True)
class LogGroup:
    """A log group. Times are milliseconds since the epoch."""

    key: GroupKey
    created_ms: int
    retention_days: int | None = None
    """None keeps events for ever."""
    kms_key_id: str | None = None
    log_class: str = "STANDARD"
    is_protected: bool = False
    """Whether it cannot be deleted."""
    tags: dict[str, str] = field(default_factory=dict)
    stored_bytes: int = 0


@dataclass(frozen=True, slots=True)
class LogStream:
    """A log stream. Times are milliseconds since the epoch; those of events are None while there were none."""

    name: str
    created_ms: int
    first_event_ms: int | None = None
    last_event_ms: int | None = None
    last_ingested_ms: int | None = None


class Position(NamedTuple):
    """Where an event is among those of its group: positions sort as events are read."""

    timestamp_ms: int
    chunk: int
    number: int


class LogEvent(NamedTuple):
    """An event as it is read."""

    position: Position
    message: str
    ingested_ms: int
    stream: str


Lines = tuple[GroupKey, str, int, bytes, int]
"""Whole lines of a function, each ending in a line feed and an event of its own: group, stream, time, text, octets that
they count for while they wait. A tuple, since one is made for every invocation."""


class NewEvent(NamedTuple):
    """An event to be put."""

    timestamp_ms: int
    message: str
