"""Configurations of asynchronous invocation.

AWS documentation: "Configuring error handling settings for asynchronous invocations", "Capturing records of Lambda
asynchronous invocations".
"""

from typing import Any

import pytest

from gatewright.control.context import Context
from tests.unit.control.contexts import Contexts
from tests.unit.control.lambda_.calls import ARN, call, create, failure

QUEUE = "arn:aws:sqs:us-east-1:123456789012:failures"
TOPIC = "arn:aws:sns:us-east-1:123456789012:successes"
BUS = "arn:aws:events:us-east-1:123456789012:event-bus/default"
OTHER = "arn:aws:lambda:us-east-1:123456789012:function:other"
GONE = ("ResourceNotFoundException", "The function doesn't exist.")


@pytest.fixture
def published(context: Context) -> Context:
    """A function with version 1 and its alias `live`, and another function."""
    create(context, Publish=True)
    call(context, "CreateAlias", FunctionName="my-function", Name="live", FunctionVersion="1")
    create(context, "other", Publish=True)
    return context


def put(context: Context, **members: Any) -> dict[str, Any]:
    return call(context, "PutFunctionEventInvokeConfig", **{"FunctionName": "my-function", **members})


def put_failure(context: Context, **members: Any) -> tuple[str, str]:
    return failure(context, "PutFunctionEventInvokeConfig", **{"FunctionName": "my-function", **members})


def get(context: Context, **members: Any) -> dict[str, Any]:
    return call(context, "GetFunctionEventInvokeConfig", **{"FunctionName": "my-function", **members})


def test_what_is_answered_and_kept(contexts: Contexts, published: Context) -> None:
    contexts.clock.advance(0.5)
    config = put(
        published,
        MaximumRetryAttempts=0,
        MaximumEventAgeInSeconds=60,
        DestinationConfig={"OnSuccess": {"Destination": TOPIC}, "OnFailure": {"Destination": QUEUE}},
    )
    assert config == {
        "LastModified": "2026-01-01T00:00:00.500000+00:00",
        "FunctionArn": f"{ARN}:$LATEST",
        "MaximumRetryAttempts": 0,
        "MaximumEventAgeInSeconds": 60,
        "DestinationConfig": {"OnSuccess": {"Destination": TOPIC}, "OnFailure": {"Destination": QUEUE}},
    }
    assert get(published) == config
    assert contexts.document("lambda", "event-invoke-config", "my-function/$LATEST") == config


def test_put_replaces_and_update_changes(published: Context) -> None:
    put(published, MaximumEventAgeInSeconds=60, DestinationConfig={"OnFailure": {"Destination": QUEUE}})
    updated = call(published, "UpdateFunctionEventInvokeConfig", FunctionName="my-function", MaximumRetryAttempts=1)
    assert updated["MaximumEventAgeInSeconds"] == 60
    assert updated["MaximumRetryAttempts"] == 1
    assert updated["DestinationConfig"] == {"OnSuccess": {}, "OnFailure": {"Destination": QUEUE}}
    replaced = put(published, MaximumRetryAttempts=2)
    assert "MaximumEventAgeInSeconds" not in replaced
    assert replaced["DestinationConfig"] == {"OnSuccess": {}, "OnFailure": {}}
    assert get(published) == replaced


def test_an_update_leaves_the_destinations_it_does_not_name(published: Context) -> None:
    """As AWS was recorded to (radkawar/stackd, testdata/aws/lambda/outcomes_admission.json)."""

    def update(**members: Any) -> dict[str, Any]:
        return dict(call(published, "UpdateFunctionEventInvokeConfig", FunctionName="my-function", **members))

    success, failed = {"Destination": TOPIC}, {"Destination": QUEUE}
    put(published, DestinationConfig={"OnSuccess": success})
    both = {"OnSuccess": success, "OnFailure": failed}
    assert update(DestinationConfig={"OnFailure": failed})["DestinationConfig"] == both
    assert update(DestinationConfig={"OnFailure": {}})["DestinationConfig"] == both
    assert update(DestinationConfig={}, MaximumRetryAttempts=1)["DestinationConfig"] == both
    cleared = update(DestinationConfig={"OnSuccess": {"Destination": ""}})["DestinationConfig"]
    assert cleared["OnFailure"] == failed
    assert not cleared["OnSuccess"].get("Destination")


@pytest.mark.parametrize(
    ("members", "qualifier"),
    [
        ({}, "$LATEST"),
        ({"Qualifier": "$LATEST"}, "$LATEST"),
        ({"Qualifier": "1"}, "1"),
        ({"FunctionName": f"{ARN}:live"}, "live"),
        ({"FunctionName": "my-function:live", "Qualifier": "live"}, "live"),
    ],
)
def test_each_qualifier_has_its_own(published: Context, members: dict[str, str], qualifier: str) -> None:
    config = put(published, MaximumRetryAttempts=1, **members)
    assert config["FunctionArn"] == f"{ARN}:{qualifier}"
    listed = call(published, "ListFunctionEventInvokeConfigs", FunctionName="my-function")
    assert listed["FunctionEventInvokeConfigs"] == [config]
    assert call(published, "DeleteFunctionEventInvokeConfig", **{"FunctionName": "my-function", **members}) == {}
    expected = ("ResourceNotFoundException", f"The function {ARN}:{qualifier} doesn't have an EventInvokeConfig")
    for operation in ("Get", "Delete"):
        request = {"FunctionName": "my-function", **members}
        assert failure(published, f"{operation}FunctionEventInvokeConfig", **request) == expected


def test_pages(published: Context) -> None:
    for qualifier in ("live", "1", "$LATEST"):
        put(published, MaximumRetryAttempts=1, Qualifier=qualifier)
    found, request = [], {}
    while True:
        page = call(published, "ListFunctionEventInvokeConfigs", FunctionName="my-function", MaxItems=1, **request)
        found += [config["FunctionArn"] for config in page["FunctionEventInvokeConfigs"]]
        if page["NextMarker"] is None:
            break
        request = {"Marker": page["NextMarker"]}
    assert found == [f"{ARN}:{qualifier}" for qualifier in ("$LATEST", "1", "live")]


def test_functions_that_are_not_there(context: Context) -> None:
    assert put_failure(context, MaximumRetryAttempts=1) == GONE
    update = {"FunctionName": "my-function", "MaximumRetryAttempts": 1}
    assert failure(context, "UpdateFunctionEventInvokeConfig", **update) == GONE
    assert failure(context, "ListFunctionEventInvokeConfigs", FunctionName="my-function") == GONE
    no_config = ("ResourceNotFoundException", f"The function {ARN}:$LATEST doesn't have an EventInvokeConfig")
    for operation in ("GetFunctionEventInvokeConfig", "DeleteFunctionEventInvokeConfig"):
        assert failure(context, operation, FunctionName="my-function") == no_config
    create(context)
    for qualifier in ("1", "live"):
        assert put_failure(context, MaximumRetryAttempts=1, Qualifier=qualifier) == GONE
    assert failure(context, "UpdateFunctionEventInvokeConfig", **update) == no_config


@pytest.mark.parametrize("operation", ["PutFunctionEventInvokeConfig", "UpdateFunctionEventInvokeConfig"])
def test_something_must_be_set(published: Context, operation: str) -> None:
    assert failure(published, operation, FunctionName="my-function") == (
        "InvalidParameterValueException",
        "You must specify at least one of error handling or destination setting.",
    )


@pytest.mark.parametrize("destination", [QUEUE, TOPIC, BUS, OTHER, f"{OTHER}:1", f"{OTHER}:$LATEST", ""])
def test_destinations(published: Context, destination: str) -> None:
    config = put(published, DestinationConfig={"OnSuccess": {"Destination": destination}})
    expected = {"Destination": destination} if destination else {}
    assert config["DestinationConfig"] == {"OnSuccess": expected, "OnFailure": {}}


@pytest.mark.parametrize(
    "destination",
    [
        "arn:aws:iam::123456789012:role/x",
        "arn:aws:s3:::bucket",  # of failures only
        f"{QUEUE}.fifo",
        f"{TOPIC}.fifo",
        "kafka://topic",
    ],
)
def test_services_that_are_no_destination(published: Context, destination: str) -> None:
    assert put_failure(published, DestinationConfig={"OnSuccess": {"Destination": destination}}) == (
        "InvalidParameterValueException",
        (
            f"The provided destination config DestinationConfig(onSuccess=OnSuccess(destination={destination}), "
            "onFailure=null) is invalid."
        ),
    )


@pytest.mark.parametrize(
    "destination",
    [f"{OTHER}-absent", f"{OTHER}:7", f"{OTHER}:alias", "arn:aws:lambda:us-east-1:123456789012:layer:x"],
)
def test_functions_that_cannot_be_a_destination(published: Context, destination: str) -> None:
    refused = put_failure(published, DestinationConfig={"OnFailure": {"Destination": destination}})
    assert refused == ("InvalidParameterValueException", f"The destination ARN {destination} is invalid.")


def test_a_function_is_no_destination_of_its_own(published: Context) -> None:
    for arn in (ARN, f"{ARN}:live"):
        refused = put_failure(published, Qualifier="1", DestinationConfig={"OnSuccess": {"Destination": arn}})
        assert refused == (
            "InvalidParameterValueException",
            "You can't specify the function as a destination for itself.",
        )


def test_a_bucket_takes_records_of_failures(published: Context) -> None:
    config = {"OnFailure": {"Destination": "arn:aws:s3:::bucket"}}
    made = put(published, DestinationConfig=config)
    assert made["DestinationConfig"]["OnFailure"] == {"Destination": "arn:aws:s3:::bucket"}
