"""Log streams.

Source: CreateLogStream, DeleteLogStream, DescribeLogStreams ("API Reference", CloudWatch Logs). `storedBytes` of a
stream is always 0 there, too.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from gatewright.aws.pagination import build_token, parse_token
from gatewright.base.operations import Shape
from gatewright.control.context import Context
from gatewright.control.logs.errors import invalid_parameter, invalid_token
from gatewright.control.logs.event_ids import event_id
from gatewright.control.logs.names import archive, checked_name, group_arn, group_key, group_of, now_ms
from gatewright.observe.log_archive import GroupKey, LogStream, Position

_LARGEST_PAGE = 50


def create_log_stream(context: Context, request: Shape) -> Shape:
    """Create a log stream."""
    key = group_key(context, request["logGroupName"])
    archive(context).streams.create(key, checked_name(request["logStreamName"]), now_ms(context))
    return {}


def delete_log_stream(context: Context, request: Shape) -> Shape:
    """Delete a log stream with its events."""
    key = group_key(context, request["logGroupName"])
    archive(context).streams.delete(key, checked_name(request["logStreamName"]))
    return {}


def describe_log_streams(context: Context, request: Shape) -> Shape:
    """List the streams of a log group by their names or by the times of their last events."""
    key = group_of(context, request)
    by_time = request.get("orderBy") == "LastEventTime"
    prefix = request.get("logStreamNamePrefix") or ""
    if by_time and prefix:
        raise invalid_parameter("Cannot order by LastEventTime with a logStreamNamePrefix.")
    is_descending = bool(request.get("descending"))
    limit = request.get("limit") or _LARGEST_PAGE
    listing = f"DescribeLogStreams/{key.name}/{by_time}/{is_descending}/{prefix}"
    after = _after(request.get("nextToken"), listing)
    streams = archive(context).streams
    if by_time:
        last = None if after is None else (after[0], after[1])
        found = streams.by_last_event(key, after=last, is_descending=is_descending, limit=limit + 1)
    else:
        name = "" if after is None else after[1]
        found = streams.by_name(key, prefix=prefix, after=name, is_descending=is_descending, limit=limit + 1)
    shown = found[:limit]
    token = None
    if len(found) > limit:
        token = build_token(f"{shown[-1].last_event_ms or 0}/{shown[-1].name}", listing)
    return {"logStreams": [_described(context, key, stream) for stream in shown], "nextToken": token}


def _after(token: str | None, listing: str) -> tuple[int, str] | None:
    """Return the time of the last event and the name of the stream that a token names."""
    if token is None:
        return None
    last = parse_token(token, listing)
    if last is None:
        raise invalid_token()
    time, _, name = last.partition("/")
    return int(time), name


def _described(context: Context, key: GroupKey, stream: LogStream) -> Shape:
    described: dict[str, object] = {
        "logStreamName": stream.name,
        "creationTime": stream.created_ms,
        "arn": f"{group_arn(context, key)}:log-stream:{stream.name}",
        "storedBytes": 0,
    }
    if stream.last_event_ms is not None:
        described |= {
            "firstEventTimestamp": stream.first_event_ms,
            "lastEventTimestamp": stream.last_event_ms,
            "lastIngestionTime": stream.last_ingested_ms,
            "uploadSequenceToken": event_id(Position(stream.last_ingested_ms or 0, 0, 0)),
        }
    return described


OPERATIONS: Mapping[str, Callable[[Context, Shape], Shape]] = MappingProxyType(
    {
        "CreateLogStream": create_log_stream,
        "DeleteLogStream": delete_log_stream,
        "DescribeLogStreams": describe_log_streams,
    }
)
