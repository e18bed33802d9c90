"""GetLogEvents and FilterLogEvents.

Source: "API Reference" (CloudWatch Logs): a page has 10,000 events and 1 MB at most, and may have fewer though more are
there. GetLogEvents leaves out events at `endTime`, FilterLogEvents has them. At the end of a stream, GetLogEvents
returns the token that it was given.
"""

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from gatewright.aws.pagination import build_token, parse_token
from gatewright.base.operations import Shape
from gatewright.control.context import Context
from gatewright.control.logs.errors import invalid_parameter, invalid_token
from gatewright.control.logs.event_ids import event_id, parse_event_token, tokens
from gatewright.control.logs.names import archive, checked_name, group_of, now_ms
from gatewright.control.logs.patterns import compiled, matches
from gatewright.languages.filter_pattern import Filter
from gatewright.observe.log_archive import GroupKey, GroupReader, LogEvent, Position

_LARGEST_PAGE: Final = 10_000
_PAGE_BYTES: Final = 1_000_000
_DAY_MS: Final = 86_400_000
_LOOKING_SECONDS: Final = 2.0
"""How long one call looks for events that match; the next one goes on from there."""
_LOOKED_AT_ONCE: Final = 1000


def get_log_events(context: Context, request: Shape) -> Shape:
    """Return events of one stream."""
    key = group_of(context, request)
    token = request.get("nextToken")
    parsed = None if token is None else parse_event_token(token)
    if token is not None and parsed is None:
        raise invalid_token()
    is_forward, place = parsed or (bool(request.get("startFromHead")), None)
    start_ms = _start(context, key, request)
    end_ms = None if request.get("endTime") is None else request["endTime"] - 1
    with archive(context).reading(key) as reader:
        streams = frozenset((reader.stream(checked_name(request["logStreamName"])),))
        read = reader.forward if is_forward else reader.backward
        events = _page(read(streams, start_ms, end_ms, place), request.get("limit"))
    if not is_forward:
        events.reverse()
    nowhere = place or Position(start_ms, 0, 0)
    forward, backward = tokens(events[0].position if events else nowhere, events[-1].position if events else nowhere)
    return {
        "events": [
            {"timestamp": event.position.timestamp_ms, "message": event.message, "ingestionTime": event.ingested_ms}
            for event in events
        ],
        "nextForwardToken": forward,
        "nextBackwardToken": backward,
    }


def filter_log_events(context: Context, request: Shape) -> Shape:
    """Return events of a log group that match a pattern, whichever streams they are of, by their times."""
    key = group_of(context, request)
    names, prefix = request.get("logStreamNames"), request.get("logStreamNamePrefix")
    if names is not None and prefix is not None:
        raise invalid_parameter("logStreamNames and logStreamNamePrefix are mutually exclusive parameters.")
    pattern = compiled(request.get("filterPattern") or "", "Invalid filter pattern")
    listing = f"FilterLogEvents/{key.name}/{request.get('filterPattern')}/{names}/{prefix}"
    is_forward, place = _direction(request, listing)
    with archive(context).reading(key) as reader:
        streams = _streams(reader, names, prefix)
        read = reader.forward if is_forward else reader.backward
        found = _search(
            read(streams, _start(context, key, request), request.get("endTime"), place), pattern, request.get("limit")
        )
    token = None
    if found.stopped_at is not None:
        token = build_token(f"{'f' if is_forward else 'b'}/{event_id(found.stopped_at)}/s", listing)
    return {
        "events": [
            {
                "logStreamName": event.stream,
                "timestamp": event.position.timestamp_ms,
                "message": event.message,
                "ingestionTime": event.ingested_ms,
                "eventId": event_id(event.position),
            }
            for event in found.events
        ],
        "searchedLogStreams": [],
        "nextToken": token,
    }


@dataclass(slots=True)
class _Found:
    events: list[LogEvent]
    stopped_at: Position | None
    """The last event that was looked at, when there may be more."""


def _search(events: Iterator[LogEvent], pattern: Filter, limit: int | None) -> _Found:
    found: list[LogEvent] = []
    most = limit or _LARGEST_PAGE
    size = 0
    began = time.monotonic()
    last: Position | None = None
    for looked_at, event in enumerate(events):
        is_late = looked_at % _LOOKED_AT_ONCE == 0 and time.monotonic() - began > _LOOKING_SECONDS
        if len(found) >= most or size >= _PAGE_BYTES or is_late:
            return _Found(found, last)
        last = event.position
        if matches(pattern, event.message):
            found.append(event)
            size += len(event.message)
    return _Found(found, None)


def _page(events: Iterator[LogEvent], limit: int | None) -> list[LogEvent]:
    found: list[LogEvent] = []
    size = 0
    for event in events:
        size += len(event.message)
        if found and size > _PAGE_BYTES:
            break
        found.append(event)
        if len(found) >= (limit or _LARGEST_PAGE):
            break
    return found


def _direction(request: Shape, listing: str) -> tuple[bool, Position | None]:
    """Return whether to read from the oldest event, and from where: what the token says counts."""
    token = request.get("nextToken")
    if token is None:
        return request.get("startFromHead") is not False, None
    place = parse_event_token(parse_token(token, listing) or "")
    if place is None:
        raise invalid_token()
    return place


def _streams(reader: GroupReader, names: list[str] | None, prefix: str | None) -> frozenset[int] | None:
    if names is not None:
        return frozenset(reader.stream(checked_name(name)) for name in names)
    return None if prefix is None else reader.streams_with(prefix)


def _start(context: Context, key: GroupKey, request: Shape) -> int:
    """Return from when on events are shown: older ones may not be deleted yet."""
    days = archive(context).groups.get(key).retention_days
    kept_from = 0 if days is None else now_ms(context) - days * _DAY_MS
    return max(request.get("startTime") or 0, kept_from)


OPERATIONS: Mapping[str, Callable[[Context, Shape], Shape]] = MappingProxyType(
    {
        "GetLogEvents": get_log_events,
        "FilterLogEvents": filter_log_events,
    }
)
