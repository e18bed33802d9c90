"""Streams and events.

What is refused, counted and paged as recorded: radkawar/stackd, testdata/aws/logs/ingestion.json, September 2026;
localstack/localstack, tests/aws/services/logs.
"""

from typing import Any

import pytest

from tests.unit.control.logs.calls import Calls

DAY_MS = 86_400_000
HOUR_MS = 3_600_000
ARN = "arn:aws:logs:us-east-1:123456789012:log-group:g"
INVALID = "InvalidParameterException"


def events(page: dict[str, Any]) -> list[str]:
    return [event["message"] for event in page["events"]]


def get(calls: Calls, **request: Any) -> dict[str, Any]:
    return calls("GetLogEvents", **{"logGroupName": "g", "logStreamName": "one", **request})


def search(calls: Calls, pattern: str = "", **request: Any) -> dict[str, Any]:
    return calls("FilterLogEvents", **{"logGroupName": "g", "filterPattern": pattern, **request})


def test_streams_before_and_after_events(calls: Calls, group: str) -> None:
    assert calls("DescribeLogStreams", logGroupName=group, logStreamNamePrefix="one")["logStreams"] == [
        {
            "logStreamName": "one",
            "creationTime": calls.now_ms,
            "arn": f"{ARN}:log-stream:one",
            "storedBytes": 0,
        }
    ]
    calls.put("one", (-20, "a"), (-10, "b"))
    [stream] = calls("DescribeLogStreams", logGroupIdentifier=ARN, logStreamNamePrefix="one")["logStreams"]
    assert stream["firstEventTimestamp"] == calls.now_ms - 20
    assert stream["lastEventTimestamp"] == calls.now_ms - 10
    assert stream["lastIngestionTime"] == calls.now_ms
    assert stream["uploadSequenceToken"]
    missing = ("ResourceNotFoundException", "The specified log stream does not exist.")
    assert calls.error("DeleteLogStream", logGroupName=group, logStreamName="none") == missing
    assert calls.error("GetLogEvents", logGroupName=group, logStreamName="none") == missing
    assert calls.error("FilterLogEvents", logGroupName=group, logStreamNames=["one", "none"]) == missing
    assert calls.error("CreateLogStream", logGroupName=group, logStreamName="one") == (
        "ResourceAlreadyExistsException",
        "The specified log stream already exists",
    )
    assert calls.error("DescribeLogStreams", logGroupName=group, logGroupIdentifier=ARN) == (
        "ValidationException",
        "LogGroup name and LogGroup ARN are mutually exclusive parameters.",
    )
    assert calls.error("DescribeLogStreams")[0] == INVALID
    calls("DeleteLogStream", logGroupName=group, logStreamName="one")
    assert [s["logStreamName"] for s in calls("DescribeLogStreams", logGroupName=group)["logStreams"]] == ["two"]


def test_streams_in_pages(calls: Calls) -> None:
    calls("CreateLogGroup", logGroupName="g")
    for number in range(5):
        calls("CreateLogStream", logGroupName="g", logStreamName=f"s{number}")
        calls.put(f"s{number}", (-number, "x"))

    def names(**request: Any) -> list[str]:
        found: list[str] = []
        token: dict[str, str] = {}
        while True:
            page = calls("DescribeLogStreams", logGroupName="g", limit=2, **request, **token)
            found += [stream["logStreamName"] for stream in page["logStreams"]]
            if "nextToken" not in page:
                return found
            token = {"nextToken": page["nextToken"]}

    assert names() == ["s0", "s1", "s2", "s3", "s4"]
    assert names(descending=True) == ["s4", "s3", "s2", "s1", "s0"]
    assert names(orderBy="LastEventTime") == ["s4", "s3", "s2", "s1", "s0"]
    assert names(orderBy="LastEventTime", descending=True) == ["s0", "s1", "s2", "s3", "s4"]
    assert calls.error("DescribeLogStreams", logGroupName="g", orderBy="LastEventTime", logStreamNamePrefix="s") == (
        INVALID,
        "Cannot order by LastEventTime with a logStreamNamePrefix.",
    )
    assert (
        calls.error("DescribeLogStreams", logGroupName="g", nextToken="x")[1] == "The specified nextToken is invalid."
    )


def test_sequence_tokens_are_ignored(calls: Calls, group: str) -> None:
    first = calls.put("one", (-3, "A"))
    assert len(first["nextSequenceToken"]) == 56
    for token in ("not-a-valid-sequence-token", first["nextSequenceToken"]):
        calls(
            "PutLogEvents",
            logGroupName=group,
            logStreamName="one",
            logEvents=[{"timestamp": calls.now_ms, "message": "D"}],
            sequenceToken=token,
        )
    assert events(get(calls)) == ["A", "D", "D"]


def test_batches_that_are_refused(calls: Calls, group: str) -> None:
    def refused(*given: tuple[int, str]) -> str:
        made = [{"timestamp": calls.now_ms + offset, "message": message} for offset, message in given]
        code, text = calls.error("PutLogEvents", logGroupName=group, logStreamName="one", logEvents=made)
        assert code == INVALID
        return text

    assert refused((0, "late"), (-1, "early")) == (
        "Log events in a single PutLogEvents request must be in chronological order."
    )
    assert refused((-DAY_MS - 1, "first"), (0, "last")) == (
        "The batch of log events in a single PutLogEvents request cannot span more than 24 hours."
    )
    assert refused((0, "é" * 524_276)) == "Log event too large: 1048578 bytes exceeds limit of 1048576"
    assert refused((0, "a" * 600_000), (0, "a" * 600_000)).startswith("Upload too large: 1200052 bytes")
    assert events(get(calls)) == []
    calls.put("one", (-DAY_MS, "first"), (0, "last"))
    calls.put("two", (0, "é" * 524_275))
    assert events(get(calls)) == ["first", "last"]


def test_events_that_are_too_old_too_new_or_expired(calls: Calls, group: str) -> None:
    calls("PutRetentionPolicy", logGroupName=group, retentionInDays=1)
    put = calls.put(
        "one",
        (-16 * DAY_MS, "too-old-0"),
        (-15 * DAY_MS, "too-old-1"),
        (-2 * DAY_MS, "retention-expired-2"),
        (-36 * HOUR_MS, "retention-expired-3"),
        (-2 * HOUR_MS, "valid-4"),
        (-HOUR_MS, "valid-5"),
        (3 * HOUR_MS, "too-new-6"),
        (4 * HOUR_MS, "too-new-7"),
    )
    assert put["rejectedLogEventsInfo"] == {
        "tooNewLogEventStartIndex": 6,
        "tooOldLogEventEndIndex": 2,
        "expiredLogEventEndIndex": 4,
    }
    assert events(get(calls)) == ["valid-4", "valid-5"]
    calls("DeleteRetentionPolicy", logGroupName=group)
    put = calls.put("two", (-15 * DAY_MS, "old"), (-23 * HOUR_MS, "first"), (0, "last"), (3 * HOUR_MS, "future"))
    assert put["rejectedLogEventsInfo"] == {"tooNewLogEventStartIndex": 3, "tooOldLogEventEndIndex": 1}
    assert "rejectedLogEventsInfo" not in calls.put("two", (0, "x"))


def test_an_entity_is_refused_and_the_events_are_kept(calls: Calls, group: str) -> None:
    put = calls(
        "PutLogEvents",
        logGroupName=group,
        logStreamName="one",
        logEvents=[{"timestamp": calls.now_ms, "message": "x"}],
        entity={"keyAttributes": {"Type": "Service"}},
    )
    assert put["rejectedEntityInfo"] == {"errorType": "UnsupportedLogGroupType"}
    assert events(get(calls)) == ["x"]


def test_events_beyond_the_retention_are_not_shown(calls: Calls, group: str) -> None:
    calls.put("one", (-2 * DAY_MS, "old"))
    calls.put("one", (0, "new"))
    calls("PutRetentionPolicy", logGroupName=group, retentionInDays=1)
    assert events(get(calls, startFromHead=True)) == ["new"]
    assert events(search(calls)) == ["new"]


def test_pages_forward_and_backward_as_recorded(calls: Calls, group: str) -> None:
    calls.put("one", (0, "A"), (1000, "B"), (2000, "C"))
    calls.put("one", (3000, "D"))
    calls.put("one", (4000, "E"))
    calls.put("one", (5000, "F"))
    calls.put("one", (0, "A"), (1000, "B"), (2000, "C"))
    bounds = {"limit": 3, "startTime": calls.now_ms, "endTime": calls.now_ms + 5001}
    pages = [get(calls, startFromHead=True, **bounds)]
    while events(pages[-1]):
        pages.append(get(calls, startFromHead=True, nextToken=pages[-1]["nextForwardToken"], **bounds))
    assert [events(page) for page in pages] == [["A", "A", "B"], ["B", "C", "C"], ["D", "E", "F"], []]
    assert pages[-1]["nextForwardToken"] == pages[-2]["nextForwardToken"]
    backward = [get(calls, **bounds)]
    while events(backward[-1]):
        backward.append(get(calls, nextToken=backward[-1]["nextBackwardToken"], **bounds))
    assert [events(page) for page in backward] == [["D", "E", "F"], ["B", "C", "C"], ["A", "A", "B"], []]
    assert backward[-1]["nextBackwardToken"] == backward[-2]["nextBackwardToken"]
    # The tokens of a page are the same from whichever side it was reached.
    assert backward[1]["nextForwardToken"] == pages[1]["nextForwardToken"]
    assert backward[1]["nextBackwardToken"] == pages[1]["nextBackwardToken"]
    assert pages[0]["nextForwardToken"].startswith("f/")
    assert len(pages[0]["nextForwardToken"]) == 60


def test_the_start_is_included_and_the_end_is_not(calls: Calls, group: str) -> None:
    calls.put("one", (0, "A"), (1, "B"), (2, "C"))
    now = calls.now_ms
    assert events(get(calls, startTime=now + 1, endTime=now + 2)) == ["B"]
    assert events(get(calls, startTime=now + 1, endTime=now + 1)) == []
    assert events(search(calls, startTime=now + 1, endTime=now + 2)) == ["B", "C"]


def test_a_token_of_an_empty_stream_finds_what_comes_later(calls: Calls, group: str) -> None:
    empty = get(calls)
    calls.put("one", (0, "A"))
    assert events(get(calls, nextToken=empty["nextForwardToken"])) == ["A"]
    assert events(get(calls, nextToken=empty["nextBackwardToken"])) == []


@pytest.mark.parametrize("token", ["invalid-token", "f/1/s", f"x/{'1' * 56}/s"])
def test_tokens_that_are_none(calls: Calls, group: str, token: str) -> None:
    error = (INVALID, "The specified nextToken is invalid.")
    assert calls.error("GetLogEvents", logGroupName=group, logStreamName="one", nextToken=token) == error
    assert calls.error("FilterLogEvents", logGroupName=group, nextToken=token) == error


def test_a_page_has_a_megabyte_at_most(calls: Calls, group: str) -> None:
    for offset in range(4):
        calls.put("one", (offset, f"{offset}" + "x" * 400_000))
    first = get(calls, startFromHead=True)
    assert [message[0] for message in events(first)] == ["0", "1"]
    assert [message[0] for message in events(get(calls, nextToken=first["nextForwardToken"]))] == ["2", "3"]
    found = search(calls)
    assert [message[0] for message in events(found)] == ["0", "1", "2"]
    assert [message[0] for message in events(search(calls, nextToken=found["nextToken"]))] == ["3"]


def test_a_group_is_searched_across_its_streams(calls: Calls, group: str) -> None:
    calls.put("one", (0, "hello"), (200, "hello world"), (400, "hello cruela"))
    calls.put("two", (100, "world"), (300, "goodbye world"), (500, "goodbye cruel world"))
    found = search(calls, "hello")
    assert events(found) == ["hello", "hello world", "hello cruela"]
    assert found["searchedLogStreams"] == []
    event = found["events"][0]
    assert (event["logStreamName"], event["timestamp"], event["ingestionTime"]) == ("one", calls.now_ms, calls.now_ms)
    assert len(event["eventId"]) == 56
    assert events(search(calls, "goodbye world")) == ["goodbye world", "goodbye cruel world"]
    assert events(search(calls, '"hello cruel"', interleaved=True)) == ["hello cruela"]
    assert events(search(calls, "world", logStreamNames=["one"])) == ["hello world"]
    assert events(search(calls, "world", logStreamNamePrefix="t")) == ["world", "goodbye world", "goodbye cruel world"]
    assert events(search(calls, "world", startFromHead=False))[0] == "goodbye cruel world"
    assert (
        calls.error("FilterLogEvents", logGroupName=group, logStreamNames=["one"], logStreamNamePrefix="o")[0]
        == INVALID
    )


@pytest.mark.parametrize("is_from_head", [True, False])
def test_pages_of_a_search_miss_nothing_and_repeat_nothing(calls: Calls, group: str, is_from_head: bool) -> None:
    for batch in range(10):
        calls.put("one" if batch % 2 else "two", *((offset, f"{batch}-{offset} {offset % 3}") for offset in range(20)))
    found: list[str] = []
    token: dict[str, str] = {}
    while True:
        page = search(calls, '" 1"', limit=7, startFromHead=is_from_head, **token)
        assert len(page["events"]) <= 7
        found += events(page)
        if "nextToken" not in page:
            break
        token = {"nextToken": page["nextToken"]}
    assert len(found) == len(set(found)) == 70
    times = [int(message.split("-")[1].split()[0]) for message in found]
    assert times == sorted(times, reverse=not is_from_head)
    first = search(calls, '" 1"', limit=7)
    assert calls.error("FilterLogEvents", logGroupName=group, filterPattern="other", nextToken=first["nextToken"]) == (
        INVALID,
        "The specified nextToken is invalid.",
    )


@pytest.mark.parametrize(
    ("pattern", "of_filter", "of_test"),
    [
        ("{ $.v == 1 }", "Invalid filter pattern", "Invalid metric filter pattern"),
        ("ERR*", "Invalid character(s) in term '*'", "Invalid character(s) in term '*'"),
    ],
)
def test_patterns_that_are_none(calls: Calls, group: str, pattern: str, of_filter: str, of_test: str) -> None:
    assert calls.error("FilterLogEvents", logGroupName=group, filterPattern=pattern) == (INVALID, of_filter)
    assert calls.error("TestMetricFilter", filterPattern=pattern, logEventMessages=["x"]) == (INVALID, of_test)


def test_a_pattern_that_takes_too_long_is_refused(calls: Calls, group: str) -> None:
    pattern = "%a*a*a*a*a*a*a*a*a*a*[bc]%"
    calls.put("one", (0, "a" * 5000))
    assert "takes too long" in calls.error("FilterLogEvents", logGroupName=group, filterPattern=pattern)[1]
    assert "takes too long" in calls.error("TestMetricFilter", filterPattern=pattern, logEventMessages=["a" * 5000])[1]


def test_a_metric_filter_is_tested(calls: Calls) -> None:
    """As recorded: radkawar/stackd, testdata/aws/logs/metric_filters.json."""
    messages = ["SPACE 13 A", "SPACE", 'SPACE "17.5" A']
    matches = calls("TestMetricFilter", filterPattern='[kind = "SPACE", value, bucket]', logEventMessages=messages)[
        "matches"
    ]
    assert matches == [
        {
            "eventNumber": 1,
            "eventMessage": "SPACE 13 A",
            "extractedValues": {"$bucket": "A", "$kind": "SPACE", "$value": "13"},
        },
        {
            "eventNumber": 3,
            "eventMessage": 'SPACE "17.5" A',
            "extractedValues": {"$bucket": "A", "$kind": "SPACE", "$value": "17.5"},
        },
    ]
    json_matches = calls("TestMetricFilter", filterPattern="{ $.a = * }", logEventMessages=['{"a":1}', "{}"])["matches"]
    assert json_matches == [{"eventNumber": 1, "eventMessage": '{"a":1}', "extractedValues": {}}]
