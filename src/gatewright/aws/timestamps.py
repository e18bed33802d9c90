"""The three timestamp formats of AWS's models: `unixtimestamp`, `iso8601` and `rfc822` (Smithy: epoch-seconds,
date-time and http-date)."""

import re
from datetime import UTC, datetime, timedelta

from gatewright.aws.errors import Malformed

Timestamp = datetime | str | int | float
"""What an operation may return for a timestamp: an aware datetime, ISO 8601 text, or seconds since the epoch."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DATE_TIME = re.compile(r"(\d{4}-\d{2}-\d{2})[Tt](\d{2}:\d{2}:\d{2})(\.\d{1,9})?([Zz]|[+-]\d{2}:?\d{2})", re.ASCII)
_HTTP_DATE = re.compile(
    r"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), (\d{2}) (\w{3}) (\d{4}) (\d{2}):(\d{2}):(\d{2})(\.\d{1,9})? GMT", re.ASCII
)
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_EPOCH_TEXT = re.compile(r"-?\d{1,15}(?:\.\d{1,9})?(?:[eE]\+?\d{1,2})?", re.ASCII)


def parse_timestamp(value: object, timestamp_format: str) -> datetime:
    """Parse text or a JSON number. Raises `Malformed`."""
    try:
        if timestamp_format == "unixtimestamp":
            return _parse_epoch(value)
        if not isinstance(value, str):
            raise Malformed("NUMBER_VALUE can not be converted to a timestamp")
        return _parse_date_time(value) if timestamp_format == "iso8601" else _parse_http_date(value)
    except (ValueError, OverflowError) as error:
        raise Malformed("Timestamp is out of range or not a date") from error


def format_timestamp(value: Timestamp, timestamp_format: str) -> str | int | float:
    """Return the value as the wire has it: a number for `unixtimestamp`, text for the others."""
    moment = to_datetime(value)
    if timestamp_format == "unixtimestamp":
        seconds = (moment - _EPOCH) // timedelta(seconds=1)
        # AWS answers in milliseconds at most.
        return seconds + (moment.microsecond // 1000) / 1000 if moment.microsecond >= 1000 else seconds
    if timestamp_format == "iso8601":
        text = moment.strftime("%m-%dT%H:%M:%S")
        fraction = f".{moment.microsecond // 1000:03d}" if moment.microsecond >= 1000 else ""
        return f"{moment.year:04d}-{text}{fraction}Z"
    day, month = _DAYS[moment.weekday()], _MONTHS[moment.month - 1]
    return f"{day}, {moment.day:02d} {month} {moment.year:04d} {moment:%H:%M:%S} GMT"


def to_datetime(value: Timestamp) -> datetime:
    """Return a timestamp of a result as a datetime in UTC. Raises `ValueError` for what is none."""
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise ValueError(f"{value!r} says no time zone")
        return value.astimezone(UTC)
    if isinstance(value, str):
        try:
            return _parse_date_time(value)
        except Malformed as error:
            raise ValueError(str(error)) from error
    return _EPOCH + timedelta(seconds=value)


def _parse_epoch(value: object) -> datetime:
    if isinstance(value, str):
        if not _EPOCH_TEXT.fullmatch(value):
            raise Malformed("STRING_VALUE can not be converted to milliseconds since epoch")
        value = float(value)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise Malformed("Value can not be converted to milliseconds since epoch")
    return _EPOCH + timedelta(seconds=value)


def _parse_date_time(text: str) -> datetime:
    match = _DATE_TIME.fullmatch(text)
    if match is None:
        raise Malformed("STRING_VALUE can not be converted to a timestamp")
    date, time, fraction, offset = match.groups()
    microseconds = (fraction or ".0")[:7]
    return datetime.fromisoformat(f"{date}T{time}{microseconds:0<7}{offset.upper()}").astimezone(UTC)


def _parse_http_date(text: str) -> datetime:
    match = _HTTP_DATE.fullmatch(text)
    if match is None or match[2] not in _MONTHS:
        raise Malformed("STRING_VALUE can not be converted to a timestamp")
    day, _, year, hour, minute, second, fraction = match.groups()
    microsecond = int(float(fraction) * 1_000_000) if fraction else 0
    return datetime(
        int(year), _MONTHS.index(match[2]) + 1, int(day), int(hour), int(minute), int(second), microsecond, UTC
    )
