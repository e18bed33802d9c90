"""Log groups, log streams and log events, kept in a file of their own.

archive    the whole of it: `LogArchive`                chunks     events as they are kept, many at a time
groups     log groups                                   writing    how events come in
streams    log streams                                  reading    how they are read, merged by time
database   the SQLite file and its connections          known      ids that need no look-up
"""

from gatewright.observe.log_archive.archive import GroupReader, LogArchive
from gatewright.observe.log_archive.types import (
    GroupExists,
    GroupKey,
    GroupMissing,
    Lines,
    LogEvent,
    LogGroup,
    LogStream,
    NewEvent,
    Position,
    StreamExists,
    StreamMissing,
)

__all__ = [
    "GroupExists",
    "GroupKey",
    "GroupMissing",
    "GroupReader",
    "Lines",
    "LogArchive",
    "LogEvent",
    "LogGroup",
    "LogStream",
    "NewEvent",
    "Position",
    "StreamExists",
    "StreamMissing",
]
