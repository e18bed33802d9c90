"""PutLogEvents.

Source: PutLogEvents ("API Reference", CloudWatch Logs): sequence tokens are ignored; which events of a batch are too
old, too new or beyond the retention is told, and the others are kept. What is checked when, and the texts, as others
recorded them (radkawar/stackd, testdata/aws/logs/ingestion.json, September 2026).
"""

from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from types import MappingProxyType
from typing import Final

from gatewright.base.operations import Shape
from gatewright.control.context import Context
from gatewright.control.logs.errors import invalid_parameter
from gatewright.control.logs.event_ids import event_id
from gatewright.control.logs.names import archive, checked_name, group_key, now_ms
from gatewright.observe.log_archive import NewEvent, Position

_BATCH_BYTES: Final = 1_048_576
_EVENT_OVERHEAD_BYTES: Final = 26
_DAY_MS: Final = 86_400_000
_OLDEST_MS: Final = 14 * _DAY_MS
_NEWEST_MS: Final = 2 * 3_600_000


def put_log_events(context: Context, request: Shape) -> Shape:
    """Keep events; they are durable when this returns."""
    key = group_key(context, request["logGroupName"])
    stream = checked_name(request["logStreamName"])
    events = [NewEvent(event["timestamp"], event["message"]) for event in request["logEvents"]]
    _check(events)
    now = now_ms(context)
    logs = archive(context)
    retention_days = logs.groups.get(key).retention_days
    first, end, rejected = _accepted(events, now, retention_days)
    kept = events[first:end]
    if kept and kept[-1].timestamp_ms - kept[0].timestamp_ms > _DAY_MS:
        raise invalid_parameter(
            "The batch of log events in a single PutLogEvents request cannot span more than 24 hours."
        )
    logs.events.put(key, stream, kept, now)
    return {
        "nextSequenceToken": event_id(Position(now, 0, 0)),
        "rejectedLogEventsInfo": rejected or None,
        # What an entity would be for is not built: it is refused, and the events are kept, as with a wrong one.
        "rejectedEntityInfo": {"errorType": "UnsupportedLogGroupType"} if request.get("entity") else None,
    }


def _check(events: Sequence[NewEvent]) -> None:
    """Refuse a batch that is out of order or too large."""
    if any(later.timestamp_ms < earlier.timestamp_ms for earlier, later in pairwise(events)):
        raise invalid_parameter("Log events in a single PutLogEvents request must be in chronological order.")
    total = 0
    for event in events:
        size = len(event.message.encode("utf-8", "replace")) + _EVENT_OVERHEAD_BYTES
        total += size
        if size > _BATCH_BYTES:
            raise invalid_parameter(f"Log event too large: {size} bytes exceeds limit of {_BATCH_BYTES}")
    if total > _BATCH_BYTES:
        raise invalid_parameter(f"Upload too large: {total} bytes exceeds limit of {_BATCH_BYTES}")


def _accepted(events: Sequence[NewEvent], now: int, retention_days: int | None) -> tuple[int, int, dict[str, int]]:
    """Return the first and the end of the events to keep, and what is told of the others."""
    rejected: dict[str, int] = {}
    first = sum(event.timestamp_ms < now - _OLDEST_MS for event in events)
    if first:
        rejected["tooOldLogEventEndIndex"] = first
    if retention_days is not None:
        expired = sum(event.timestamp_ms < now - retention_days * _DAY_MS for event in events)
        if expired > first:
            rejected["expiredLogEventEndIndex"] = first = expired
    end = sum(event.timestamp_ms <= now + _NEWEST_MS for event in events)
    if end < len(events):
        rejected["tooNewLogEventStartIndex"] = end
    return first, end, rejected


OPERATIONS: Mapping[str, Callable[[Context, Shape], Shape]] = MappingProxyType({"PutLogEvents": put_log_events})
