"""`gatewright logs`: the log of a function or of any log group of a running node, as `aws logs tail` shows it.

It asks FilterLogEvents, as anybody can, and needs no credentials.
"""

import re
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any, Final, TextIO

from gatewright.cli.calls import Call, CallFailed

_POLL_SECONDS: Final = 0.5
_LATE_MS: Final = 5000
_SINCE: Final = re.compile(r"(\d{1,9})([smhdw])")
_UNIT_SECONDS: Final = MappingProxyType({"s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800})


@dataclass(frozen=True, slots=True)
class Tail:
    """What to show."""

    name: str
    """A function, or a log group."""
    since_ms: int
    is_following: bool
    pattern: str | None
    """A filter pattern."""


def parse_since(text: str, now: float) -> int:
    """Return a time in milliseconds: `10m` (s, m, h, d, w) before now, or an ISO 8601 time. Raises `ValueError`."""
    relative = _SINCE.fullmatch(text)
    if relative is not None:
        return int((now - int(relative[1]) * _UNIT_SECONDS[relative[2]]) * 1000)
    moment = datetime.fromisoformat(text)
    return int((moment if moment.tzinfo else moment.astimezone()).timestamp() * 1000)


def show(call: Call, tail: Tail, output: TextIO, wait: Callable[[float], None] = time.sleep) -> int:
    """Print events, and when it follows, those that come, until it is interrupted. Return the exit status."""
    group = _group(call, tail)
    for event in _events(call, group, tail, wait):
        moment = datetime.fromtimestamp(event["timestamp"] / 1000, UTC).isoformat(timespec="milliseconds")
        message = event["message"]
        output.write(f"{moment} {event['logStreamName']} {message}" + ("" if message.endswith("\n") else "\n"))
        output.flush()
    return 0


def _events(call: Call, group: str, tail: Tail, wait: Callable[[float], None]) -> Iterator[Mapping[str, Any]]:
    """Yield each event once. Those of the last seconds are asked for again: an event may come later than its time."""
    newest_ms, shown = tail.since_ms, dict[str, int]()
    pattern = {} if tail.pattern is None else {"filterPattern": tail.pattern}
    while True:
        start_ms = max(tail.since_ms, newest_ms - _LATE_MS)
        shown = {event_id: time_ms for event_id, time_ms in shown.items() if time_ms >= start_ms}
        token: dict[str, str] = {}
        while True:
            page = _page(call, group, start_ms, pattern | token, is_following=tail.is_following)
            for event in page["events"]:
                if event["eventId"] not in shown:
                    newest_ms = max(newest_ms, event["timestamp"])
                    shown[event["eventId"]] = event["timestamp"]
                    yield event
            if not page.get("nextToken"):
                break
            token = {"nextToken": page["nextToken"]}
        if not tail.is_following:
            return
        wait(_POLL_SECONDS)


def _page(
    call: Call, group: str, start_ms: int, options: Mapping[str, str], *, is_following: bool
) -> Mapping[str, Any]:
    try:
        return call("logs", "FilterLogEvents", logGroupName=group, startTime=start_ms, **options)
    except CallFailed as error:
        if is_following and error.code == "ResourceNotFoundException":  # until its first line there is no group
            return {"events": []}
        raise


def _group(call: Call, tail: Tail) -> str:
    """Return the log group of a name: that of the function, or the group of this name."""
    if "/" not in tail.name:
        try:
            logging_config: Mapping[str, str] = call("lambda", "GetFunctionConfiguration", FunctionName=tail.name)[
                "LoggingConfig"
            ]
            return logging_config["LogGroup"]
        except CallFailed as error:
            if error.code not in ("ResourceNotFoundException", "ValidationException"):
                raise
        of_function = f"/aws/lambda/{tail.name}"
        groups = call("logs", "DescribeLogGroups", logGroupNamePrefix=of_function)["logGroups"]
        if any(group["logGroupName"] == of_function for group in groups):  # of a function that was deleted
            return of_function
    return tail.name
