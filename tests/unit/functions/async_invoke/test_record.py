"""Invocation records and dead letters ("Capturing records of Lambda asynchronous invocations")."""

import orjson
import pytest

from gatewright.functions.async_invoke.record import dead_letter_attributes, invocation_record
from gatewright.functions.async_invoke.rules import Condition
from gatewright.functions.async_invoke.types import AsyncEvent, LastResponse
from tests.unit.functions.async_invoke.events import NOW, QUEUE, TOPIC, accepted
from tests.unit.functions.fakes import ARN

ERROR = b'{"errorMessage":"no","errorType":"ValueError"}'


def record(
    event: AsyncEvent, condition: Condition, target: str = QUEUE, payload: bytes = b'{"q":1}'
) -> dict[str, object]:
    found: dict[str, object] = orjson.loads(invocation_record(event, payload, condition, NOW + 0.5, target))
    return found


def test_the_record_of_a_success() -> None:
    event = accepted(qualifier="live", attempts=1, last_response=LastResponse(200, "7", None, b'{"a":1}'))
    assert record(event, Condition.SUCCESS) == {
        "version": "1.0",
        "timestamp": "2026-11-23T02:13:20.500Z",
        "requestContext": {
            "requestId": "request-1",
            "functionArn": f"{ARN}:live",
            "condition": "Success",
            "approximateInvokeCount": 1,
        },
        "requestPayload": {"q": 1},
        "responseContext": {"statusCode": 200, "executedVersion": "7"},
        "responsePayload": {"a": 1},
    }


def test_the_record_of_a_failure() -> None:
    event = accepted(attempts=3, last_response=LastResponse(200, "$LATEST", "Unhandled", ERROR))
    found = record(event, Condition.RETRIES_EXHAUSTED)
    assert found["requestContext"] == {
        "requestId": "request-1",
        "functionArn": f"{ARN}:$LATEST",
        "condition": "RetriesExhausted",
        "approximateInvokeCount": 3,
    }
    assert found["responseContext"] == {"statusCode": 200, "executedVersion": "$LATEST", "functionError": "Unhandled"}
    assert found["responsePayload"] == {"errorMessage": "no", "errorType": "ValueError"}


def test_an_event_that_never_ran_has_no_response() -> None:
    found = record(accepted(), Condition.ZERO_RESERVED_CONCURRENCY)
    assert sorted(found) == ["requestContext", "requestPayload", "timestamp", "version"]


def test_an_event_that_was_throttled_to_its_end() -> None:
    found = record(accepted(last_response=LastResponse(429)), Condition.EVENT_AGE_EXCEEDED)
    assert found["responseContext"] == {"statusCode": 429}
    assert "responsePayload" not in found


def test_a_response_that_is_no_json_is_told_of() -> None:
    found = record(accepted(last_response=LastResponse(200, "1", None, b"<html>")), Condition.SUCCESS)
    assert "responsePayload" not in found
    assert found["deliveryError"]["errorCode"] == "InvalidRequestContentException"  # type: ignore[index]


@pytest.mark.parametrize(
    ("target", "limit"),
    [
        (QUEUE, 1_048_576),
        (TOPIC, 262_144),
        ("arn:aws:events:us-east-1:123456789012:event-bus/default", 262_144),
    ],
)
def test_a_record_fits_its_destination(target: str, limit: int) -> None:
    big = orjson.dumps("x" * (limit - 1000))
    event = accepted(last_response=LastResponse(200, "1", None, big))
    assert len(invocation_record(event, b"{}", Condition.SUCCESS, NOW, target)) <= limit
    assert "responsePayload" not in record(event, Condition.SUCCESS, target, payload=big)
    without = record(event, Condition.SUCCESS, target, payload=orjson.dumps("x" * limit))
    assert "requestPayload" not in without
    assert "responsePayload" not in without
    assert without["requestContext"]


def test_a_bucket_takes_everything() -> None:
    event = accepted(last_response=LastResponse(200, "1", None, orjson.dumps("x" * 6_000_000)))
    assert "responsePayload" in record(event, Condition.SUCCESS, "arn:aws:s3:::records")


@pytest.mark.parametrize(
    ("event", "condition", "attributes"),
    [
        (
            accepted(last_response=LastResponse(200, "1", "Unhandled", ERROR)),
            Condition.RETRIES_EXHAUSTED,
            {"ErrorCode": "200", "ErrorMessage": "no"},
        ),
        (
            accepted(last_response=LastResponse(429, message="Rate Exceeded.")),
            Condition.EVENT_AGE_EXCEEDED,
            {"ErrorCode": "429", "ErrorMessage": "Rate Exceeded."},
        ),
        (
            accepted(),
            Condition.ZERO_RESERVED_CONCURRENCY,
            {"ErrorMessage": "Function not invoked. Function isconfigured with zero reserved concurrent executions"},
        ),
        (accepted(), Condition.EVENT_AGE_EXCEEDED, {}),
        (
            accepted(last_response=LastResponse(200, "1", "Unhandled", b"not json")),
            Condition.RETRIES_EXHAUSTED,
            {"ErrorCode": "200", "ErrorMessage": "not json"},
        ),
        (
            accepted(last_response=LastResponse(200, "1", "Unhandled", b'["no message"]')),
            Condition.RETRIES_EXHAUSTED,
            {"ErrorCode": "200"},
        ),
    ],
)
def test_the_attributes_of_a_dead_letter(event: AsyncEvent, condition: Condition, attributes: dict[str, str]) -> None:
    found = dead_letter_attributes(event, condition)
    assert {name: value for name, _, value in found} == {"RequestID": "request-1", **attributes}
    assert {name: kind for name, kind, _ in found if kind == "Number"} == (
        {"ErrorCode": "Number"} if "ErrorCode" in attributes else {}
    )


def test_an_error_message_is_cut_after_a_kilobyte_and_has_only_characters_that_sqs_takes() -> None:
    payload = orjson.dumps({"errorMessage": "\x00\x1b" + "é" * 1000})
    event = accepted(last_response=LastResponse(200, "1", "Unhandled", payload))
    message = {name: value for name, _, value in dead_letter_attributes(event, Condition.RETRIES_EXHAUSTED)}
    assert message["ErrorMessage"] == "  " + "é" * 511


def test_a_success_counts_one_attempt_however_many_there_were() -> None:
    """As recorded of failures that were followed by a success (radkawar/stackd, docs/lambda.md)."""
    event = accepted(attempts=2, last_response=LastResponse(200, "1", None, b"1"))
    record = orjson.loads(invocation_record(event, b"{}", Condition.SUCCESS, 0.0, "arn:aws:sqs:us-east-1:1:q"))
    assert record["requestContext"]["approximateInvokeCount"] == 1
