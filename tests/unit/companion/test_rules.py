"""What targets of rules get: "Amazon EventBridge input transformation" (Amazon EventBridge User Guide)."""

import json
from typing import Any

import pytest

from gatewright.companion.deliveries import is_function
from gatewright.companion.inputs import input_of, select, text_of
from gatewright.companion.rules import shown

EVENT: dict[str, Any] = {
    "source": "aws.ec2",
    "detail": {"instance-id": "i-01", "state": "stopping", "tags": [{"k": "a"}, {"k": "b"}], "n": 3},
}


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        ({}, EVENT),
        ({"Input": '{"a": 1}'}, {"a": 1}),
        ({"InputPath": "$.detail"}, EVENT["detail"]),
        ({"InputPath": "$.none"}, None),
        (
            {"InputTransformer": {"InputPathsMap": {"i": "$.detail.instance-id"}, "InputTemplate": '"instance <i>"'}},
            "instance i-01",
        ),
        (
            {
                "InputTransformer": {
                    "InputPathsMap": {"i": "$.detail.instance-id", "n": "$.detail.n", "t": "$.detail.tags"},
                    "InputTemplate": '{"id": <i>, "number": <n>, "tags": <t>, "text": "<i> is <n>"}',
                }
            },
            {"id": "i-01", "number": 3, "tags": [{"k": "a"}, {"k": "b"}], "text": "i-01 is 3"},
        ),
        ({"InputTransformer": {"InputTemplate": '{"all": <aws.events.event>}'}}, {"all": EVENT}),
        ({"InputTransformer": {"InputTemplate": "no JSON <x>"}}, "no JSON "),
    ],
)
def test_input(target: dict[str, Any], expected: Any) -> None:
    assert input_of(target, EVENT) == expected


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        ({"InputPath": "$.detail.state"}, '"stopping"'),
        ({"Input": '{"a":  1}'}, '{"a":  1}'),
        ({"InputPath": "$.detail.tags"}, '[{"k":"a"},{"k":"b"}]'),
        (
            {"InputTransformer": {"InputPathsMap": {"s": "$.detail.state"}, "InputTemplate": '"is <s>"'}},
            '"is stopping"',
        ),
    ],
)
def test_the_text_of_an_input(target: dict[str, Any], expected: str) -> None:
    assert text_of(target, EVENT) == expected


@pytest.mark.parametrize(
    ("path", "expected"),
    [("$", EVENT), ("$.detail.tags[1].k", "b"), ("$.detail['instance-id']", "i-01"), ("$.detail.tags[7]", None)],
)
def test_paths(path: str, expected: Any) -> None:
    assert select(EVENT, path) == expected


def test_which_targets_are_functions() -> None:
    assert is_function("arn:aws:lambda:us-east-1:123456789012:function:f")
    assert is_function("arn:aws:lambda:us-east-1:123456789012:function:f:live")
    assert not is_function("arn:aws:sqs:us-east-1:123456789012:q")


def test_an_event_as_it_is_written() -> None:
    written = shown({"source": "s", "time": 1767225600.5, "ingestion-time": 1.0})
    assert json.dumps(written) == '{"source": "s", "time": "2026-01-01T00:00:00Z"}'


def test_members_are_in_the_order_of_the_documentation() -> None:
    event = {"detail": {}, "resources": [], "source": "s", "id": "1", "version": "0", "replay-name": "r"}
    assert list(shown(event)) == ["version", "id", "source", "resources", "detail", "replay-name"]
