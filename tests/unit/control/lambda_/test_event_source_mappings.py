"""Event source mappings of SQS queues.

AWS documentation: CreateEventSourceMapping and its like ("API reference", AWS Lambda), "Using Lambda with Amazon SQS".
Recorded of AWS: localstack, tests/aws/services/lambda_/event_source_mapping/*.snapshot.json.
"""

import dataclasses
from collections.abc import Mapping
from typing import Any

import pytest

from gatewright.base.arn import Arn
from gatewright.base.errors import AwsError
from gatewright.control.context import Context
from tests.unit.control.contexts import Contexts
from tests.unit.control.lambda_.calls import ARN, call, create, failure

QUEUE = "arn:aws:sqs:us-east-1:123456789012:orders"
FIFO = f"{QUEUE}.fifo"


def attributes(queue: Arn) -> Mapping[str, str]:
    if queue.resource == "gone":
        raise AwsError("AWS.SimpleQueueService.NonExistentQueue", "The specified queue does not exist.")
    return {"VisibilityTimeout": "5" if queue.resource == "hasty" else "30"}


@pytest.fixture
def mapped(contexts: Contexts) -> Context:
    """A node whose companion has queues, and two functions."""
    context = contexts.context()
    context = dataclasses.replace(context, node=dataclasses.replace(context.node, queue_attributes=attributes))
    create(context, Timeout=10, Publish=True)
    call(context, "CreateAlias", FunctionName="my-function", Name="live", FunctionVersion="1")
    create(context, "other")
    return context


def create_mapping(context: Context, **members: Any) -> dict[str, Any]:
    request = {"FunctionName": "my-function", "EventSourceArn": QUEUE, **members}
    return call(context, "CreateEventSourceMapping", **request)


def refused(context: Context, **members: Any) -> tuple[str, str]:
    request = {"FunctionName": "my-function", "EventSourceArn": QUEUE, **members}
    return failure(context, "CreateEventSourceMapping", **request)


def test_what_is_answered_and_kept(mapped: Context) -> None:
    created = create_mapping(mapped)
    uuid = created["UUID"]
    assert created == {
        "UUID": uuid,
        "BatchSize": 10,
        "MaximumBatchingWindowInSeconds": 0,
        "EventSourceArn": QUEUE,
        "FunctionArn": ARN,
        "LastModified": "2026-01-01T00:00:00+00:00",
        "State": "Creating",
        "StateTransitionReason": "USER_INITIATED",
        "FunctionResponseTypes": [],
        "EventSourceMappingArn": f"arn:aws:lambda:us-east-1:123456789012:event-source-mapping:{uuid}",
    }
    assert call(mapped, "GetEventSourceMapping", UUID=uuid) == {**created, "State": "Enabled"}


def test_a_mapping_that_begins_disabled(mapped: Context) -> None:
    """localstack/localstack, test_lambda_integration_sqs.snapshot.json (test_fifo_message_group_parallelism)."""
    created = create_mapping(mapped, Enabled=False)
    assert created["State"] == "Disabled"
    assert call(mapped, "GetEventSourceMapping", UUID=created["UUID"]) == created
    assert call(mapped, "UpdateEventSourceMapping", UUID=created["UUID"], Enabled=True)["State"] == "Enabling"


def test_all_that_a_queue_can_have(mapped: Context) -> None:
    created = create_mapping(
        mapped,
        FunctionName=f"{ARN}:live",
        BatchSize=100,
        MaximumBatchingWindowInSeconds=5,
        FunctionResponseTypes=["ReportBatchItemFailures"],
        ScalingConfig={"MaximumConcurrency": 2},
        FilterCriteria={"Filters": [{"Pattern": '{"body": {"a": [1]}}'}]},
        Tags={"a": "b"},
    )
    assert created["FunctionArn"] == f"{ARN}:live"
    assert (created["BatchSize"], created["MaximumBatchingWindowInSeconds"]) == (100, 5)
    assert created["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    assert created["ScalingConfig"] == {"MaximumConcurrency": 2}
    assert created["FilterCriteria"] == {"Filters": [{"Pattern": '{"body": {"a": [1]}}'}]}
    assert call(mapped, "ListTags", Resource=created["EventSourceMappingArn"]) == {"Tags": {"a": "b"}}


def test_updates_and_their_states(mapped: Context, contexts: Contexts) -> None:
    uuid = create_mapping(mapped)["UUID"]
    contexts.clock.advance(1)
    updated = call(mapped, "UpdateEventSourceMapping", UUID=uuid, BatchSize=5, FunctionName="other")
    assert (updated["State"], updated["BatchSize"], updated["FunctionArn"]) == ("Updating", 5, f"{ARN[:-11]}other")
    assert updated["LastModified"] == "2026-01-01T00:00:01+00:00"
    assert call(mapped, "UpdateEventSourceMapping", UUID=uuid, Enabled=False)["State"] == "Disabling"
    assert call(mapped, "GetEventSourceMapping", UUID=uuid)["State"] == "Disabled"
    assert call(mapped, "UpdateEventSourceMapping", UUID=uuid, Enabled=True)["State"] == "Enabling"


def test_an_update_takes_filters_and_limits_away(mapped: Context) -> None:
    uuid = create_mapping(
        mapped, ScalingConfig={"MaximumConcurrency": 2}, FilterCriteria={"Filters": [{"Pattern": '{"a": [1]}'}]}
    )["UUID"]
    updated = call(mapped, "UpdateEventSourceMapping", UUID=uuid, ScalingConfig={}, FilterCriteria={})
    assert "ScalingConfig" not in updated
    assert "FilterCriteria" not in updated


def test_deletion(mapped: Context) -> None:
    created = create_mapping(mapped, Tags={"a": "b"})
    assert call(mapped, "DeleteEventSourceMapping", UUID=created["UUID"])["State"] == "Deleting"
    gone = ("ResourceNotFoundException", "The resource you requested does not exist.")
    for operation in ("GetEventSourceMapping", "UpdateEventSourceMapping", "DeleteEventSourceMapping"):
        assert failure(mapped, operation, UUID=created["UUID"]) == gone


def test_listings(mapped: Context) -> None:
    first = create_mapping(mapped)["UUID"]
    second = create_mapping(mapped, FunctionName="other")["UUID"]
    third = create_mapping(mapped, FunctionName="other", EventSourceArn=FIFO)["UUID"]

    def listed(**members: Any) -> set[str]:
        return {each["UUID"] for each in call(mapped, "ListEventSourceMappings", **members)["EventSourceMappings"]}

    assert listed() == {first, second, third}
    assert listed(FunctionName="other") == {second, third}
    assert listed(EventSourceArn=QUEUE) == {first, second}
    assert listed(FunctionName="other", EventSourceArn=QUEUE) == {second}
    # AWS does not ask for the function: localstack, test_lambda_api.py (test_event_source_mapping_exceptions).
    assert listed(FunctionName="doesnotexist") == set()
    page = call(mapped, "ListEventSourceMappings", MaxItems=2)
    rest = call(mapped, "ListEventSourceMappings", Marker=page["NextMarker"])
    assert len(page["EventSourceMappings"]) == 2
    assert len(rest["EventSourceMappings"]) == 1


def test_one_mapping_of_a_queue_and_a_function(mapped: Context) -> None:
    uuid = create_mapping(mapped)["UUID"]
    text = (
        f'An event source mapping with SQS arn (" {QUEUE} ") and function (" my-function ") already exists. '
        f"Please update or delete the existing mapping with UUID {uuid}"
    )
    assert refused(mapped) == ("ResourceConflictException", text)


REFUSALS: list[tuple[dict[str, Any], str, str]] = [
    ({"FunctionName": "none"}, "InvalidParameterValueException", "Function does not exist"),
    ({"EventSourceArn": None}, "InvalidParameterValueException", "Unrecognized event source."),
    (
        {"EventSourceArn": "arn:aws:kinesis:us-east-1:123456789012:stream/s"},
        "NotImplemented",
        "Lambda: an event source mapping of kinesis is not implemented by gatewright.",
    ),
    (
        {"StartingPosition": "LATEST"},
        "InvalidParameterValueException",
        "StartingPosition is not valid for SQS event sources.",
    ),
    (
        {"BatchSize": 11},
        "InvalidParameterValueException",
        "Maximum batch window in seconds must be greater than 0 if maximum batch size is greater than 10",
    ),
    (
        {"EventSourceArn": FIFO, "MaximumBatchingWindowInSeconds": 1},
        "InvalidParameterValueException",
        "Batching window is not supported for FIFO queues.",
    ),
    (
        {"FilterCriteria": {"Filters": [{"Pattern": "nonsense"}]}},
        "InvalidParameterValueException",
        "Invalid filter pattern definition.",
    ),
    (
        {"EventSourceArn": f"{QUEUE[:-6]}hasty"},
        "InvalidParameterValueException",
        "Queue visibility timeout: 5 seconds is less than Function timeout: 10 seconds",
    ),
    (
        {"EventSourceArn": f"{QUEUE[:-6]}gone"},
        "InvalidParameterValueException",
        (
            "Error occurred while ReceiveMessage. SQS Error Code: AWS.SimpleQueueService.NonExistentQueue. "
            "SQS Error Message: The specified queue does not exist."
        ),
    ),
    (
        {"SelfManagedEventSource": {"Endpoints": {"KAFKA_BOOTSTRAP_SERVERS": ["a"]}}},
        "NotImplemented",
        "Lambda: SelfManagedEventSource of an event source mapping is not implemented by gatewright.",
    ),
]


@pytest.mark.parametrize(("members", "code", "text"), REFUSALS)
def test_refusals(mapped: Context, members: dict[str, Any], code: str, text: str) -> None:
    found, said = refused(mapped, **members)
    assert said == text
    assert found.startswith(code)
    assert call(mapped, "ListEventSourceMappings")["EventSourceMappings"] == []


def test_without_a_companion(context: Context) -> None:
    create(context)
    assert "needs a companion" in refused(context)[1]
