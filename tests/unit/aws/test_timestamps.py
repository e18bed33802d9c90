"""Timestamps in the three formats."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatewright.aws.errors import Malformed
from gatewright.aws.timestamps import format_timestamp, parse_timestamp, to_datetime

MOMENT = datetime(2019, 12, 16, 23, 48, 18, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "timestamp_format", "moment"),
    [
        (1576540098, "unixtimestamp", MOMENT),
        (1576540098.5, "unixtimestamp", MOMENT + timedelta(milliseconds=500)),
        ("1576540098", "unixtimestamp", MOMENT),
        ("1.576540098E9", "unixtimestamp", MOMENT),
        (-1, "unixtimestamp", datetime(1969, 12, 31, 23, 59, 59, tzinfo=UTC)),
        ("2019-12-16T23:48:18Z", "iso8601", MOMENT),
        ("2019-12-16t23:48:18z", "iso8601", MOMENT),
        ("2019-12-17T00:48:18+01:00", "iso8601", MOMENT),
        ("2019-12-17T00:48:18+0100", "iso8601", MOMENT),
        ("2019-12-16T23:48:18.123456789Z", "iso8601", MOMENT + timedelta(microseconds=123456)),
        ("2019-12-16T23:48:18.1Z", "iso8601", MOMENT + timedelta(milliseconds=100)),
        ("Mon, 16 Dec 2019 23:48:18 GMT", "rfc822", MOMENT),
        ("Mon, 16 Dec 2019 23:48:18.123 GMT", "rfc822", MOMENT + timedelta(milliseconds=123)),
    ],
)
def test_parse(value: object, timestamp_format: str, moment: datetime) -> None:
    assert parse_timestamp(value, timestamp_format) == moment


@pytest.mark.parametrize(
    ("value", "timestamp_format"),
    [
        ("2019-12-16", "unixtimestamp"),
        ("1_0", "unixtimestamp"),
        ("nan", "unixtimestamp"),
        ("9" * 400, "unixtimestamp"),
        (1e300, "unixtimestamp"),
        (float("nan"), "unixtimestamp"),
        (float("inf"), "unixtimestamp"),
        (None, "unixtimestamp"),
        (True, "unixtimestamp"),
        (10**30, "unixtimestamp"),
        (5, "iso8601"),
        ("2019-12-16", "iso8601"),
        ("2019-12-16T23:48:18", "iso8601"),
        ("2019-13-16T23:48:18Z", "iso8601"),
        ("2019-12-16T25:48:18Z", "iso8601"),
        ("2019-12-16T23:48:18+99:00", "iso8601"),
        ("0001-01-01T00:00:00+10:00", "iso8601"),
        ("٢019-12-16T23:48:18Z", "iso8601"),
        ("16 Dec 2019 23:48:18", "rfc822"),
        ("Mon, 32 Dec 2019 23:48:18 GMT", "rfc822"),
        ("Mon, 16 Dez 2019 23:48:18 GMT", "rfc822"),
    ],
)
def test_what_is_none(value: object, timestamp_format: str) -> None:
    with pytest.raises(Malformed):
        parse_timestamp(value, timestamp_format)


@pytest.mark.parametrize(
    ("value", "timestamp_format", "written"),
    [
        (MOMENT, "unixtimestamp", 1576540098),
        (MOMENT + timedelta(milliseconds=5, microseconds=900), "unixtimestamp", 1576540098.005),
        (MOMENT, "iso8601", "2019-12-16T23:48:18Z"),
        (MOMENT + timedelta(milliseconds=5), "iso8601", "2019-12-16T23:48:18.005Z"),
        (MOMENT, "rfc822", "Mon, 16 Dec 2019 23:48:18 GMT"),
        (MOMENT.astimezone(timezone(timedelta(hours=5))), "iso8601", "2019-12-16T23:48:18Z"),
        ("2019-12-17T00:48:18+01:00", "unixtimestamp", 1576540098),
        (1576540098, "iso8601", "2019-12-16T23:48:18Z"),
        (datetime(987, 1, 2, tzinfo=UTC), "iso8601", "0987-01-02T00:00:00Z"),
        (datetime(1969, 12, 31, 23, 59, 59, tzinfo=UTC), "unixtimestamp", -1),
    ],
)
def test_format(value: Any, timestamp_format: str, written: Any) -> None:
    assert format_timestamp(value, timestamp_format) == written


@pytest.mark.parametrize("value", [datetime(2020, 1, 1), "2020-01-01", "yesterday"])  # noqa: DTZ001 — what is refused
def test_an_operation_must_say_the_zone(value: Any) -> None:
    with pytest.raises(ValueError):
        to_datetime(value)


@given(st.integers(-(30 * 10**9), 253 * 10**9), st.sampled_from(["unixtimestamp", "iso8601", "rfc822"]))
def test_what_is_written_is_read(seconds: int, timestamp_format: str) -> None:
    moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
    assert parse_timestamp(format_timestamp(moment, timestamp_format), timestamp_format) == moment
