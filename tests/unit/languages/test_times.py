"""Time formats of events and documents."""

import pytest

from gatewright.languages.times import ClfClock, format_clf, format_iso, parse_iso

# "Create AWS Lambda proxy integrations for HTTP APIs in API Gateway" shows the first form; the last lines are edges.
CLF = [
    (1584039838.0, "12/Mar/2020:19:03:58 +0000"),
    (1584039838.999, "12/Mar/2020:19:03:58 +0000"),
    (0, "01/Jan/1970:00:00:00 +0000"),
    (4102444799, "31/Dec/2099:23:59:59 +0000"),
]


@pytest.mark.parametrize(("seconds", "text"), CLF)
def test_clf(seconds: float, text: str) -> None:
    assert format_clf(seconds) == text


def test_the_clock_follows_the_second_in_both_directions() -> None:
    clock = ClfClock()
    for seconds in (1584039838.1, 1584039838.9, 1584039839.0, 1584039837.5, 0):
        assert clock.format(seconds) == format_clf(seconds)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (1584039838.39, "2020-03-12T19:03:58.390Z"),
        (0, "1970-01-01T00:00:00.000Z"),
        (1.9996, "1970-01-01T00:00:01.999Z"),
    ],
)
def test_iso(seconds: float, text: str) -> None:
    assert format_iso(seconds) == text
    assert parse_iso(text) == pytest.approx(seconds, abs=0.001)


def test_iso_without_an_offset_is_utc() -> None:
    assert parse_iso("1970-01-01T00:01:00") == 60
    assert parse_iso("1970-01-01T01:01:00+01:00") == 60


def test_what_is_no_time_is_refused() -> None:
    with pytest.raises(ValueError):
        parse_iso("yesterday")
