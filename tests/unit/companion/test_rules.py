"""What targets of rules get: "Amazon EventBridge input transformation" (Amazon EventBridge User Guide)."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

import pytest

from gatewright.companion.deliveries import is_function
from gatewright.companion.inputs import input_of, select, text_of
from gatewright.companion.rules import send, shown

EVENT: dict[str, Any] = {
    "source": "aws.ec2",
    "detail": {"instance-id": "i-01", "state": "stopping", "tags": [{"k": "a"}, {"k": "b"}], "n": 3},
}


def transformed(template: str, value: Any) -> dict[str, Any]:
    """Return a target with a template that names a value `<v>` of its event, and what the event has besides."""
    return {"InputTransformer": {"InputPathsMap": {"v": "$.v"}, "InputTemplate": template}, "of": {"v": value}}


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
        # A value in quotes is text, whatever is in it.
        (transformed('{"text": "<v>"}', 'a\n"b\\\tü'), {"text": 'a\n"b\\\tü'}),
        (transformed('{"text": "<v>"}', {"k": "a\nü"}), {"text": '{"k": "a\\nü"}'}),
        # InputTransformer in the "API Reference": quotes in a text are escaped.
        (transformed(r'"is in state \"<v>\""', "stopping"), 'is in state "stopping"'),
        (transformed(r'{"a": "\\", "b": <v>}', "stopping"), {"a": "\\", "b": "stopping"}),
    ],
)
def test_input(target: dict[str, Any], expected: Any) -> None:
    event = {**EVENT, **target.get("of", {})}
    assert input_of(target, event) == expected


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


FUNCTION = "arn:aws:lambda:us-east-1:123456789012:function:f"
JOBS = "arn:aws:batch:us-east-1:123456789012:job-queue/q"
ARCHIVE = "arn:aws:events:us-east-1:123456789012:"


class FakePattern:
    def get_pattern(self) -> str:
        return "{}"

    def matches_event(self, event: Any) -> bool:
        return event is not None


class FakeRule:
    """As moto's: it keeps what its constructor makes for ever."""

    kept: ClassVar[list[Any]] = []

    def __new__(cls, *_arguments: Any) -> "FakeRule":
        made = super().__new__(cls)
        cls.kept.append(made)
        return made

    def __init__(self, *arns: str) -> None:
        self.name = "r"
        self.state = "ENABLED"
        self.event_pattern = FakePattern()
        self.targets = [{"Arn": arn} for arn in arns]


@dataclass
class FakeDeliveries:
    made: list[str] = field(default_factory=list)

    def to_target(self, target: Mapping[str, Any], event: dict[str, Any]) -> bool:
        if is_function(target["Arn"]):
            self.made.append(target["Arn"])
        return is_function(target["Arn"])


def test_a_rule_keeps_its_targets_while_it_sends(caplog: pytest.LogCaptureFixture) -> None:
    """A second event may come in another thread at any moment; here it comes while moto sends the first."""
    rule, deliveries = FakeRule(FUNCTION, JOBS, ARCHIVE), FakeDeliveries()
    elsewhere: list[str] = []
    waiting = [EVENT]

    def send_elsewhere(alone: Any, event: Any, _transform_input: bool) -> None:
        if waiting:
            send(deliveries, send_elsewhere, rule, waiting.pop(), True)  # type: ignore[arg-type]
        for target in alone.targets:
            if target["Arn"] == JOBS:
                raise NotImplementedError
            elsewhere.append(target["Arn"])

    kept = len(FakeRule.kept)
    send(deliveries, send_elsewhere, rule, EVENT, True)  # type: ignore[arg-type]
    assert deliveries.made == [FUNCTION, FUNCTION]
    assert elsewhere == [ARCHIVE, ARCHIVE]
    assert [target["Arn"] for target in rule.targets] == [FUNCTION, JOBS, ARCHIVE]
    assert len(FakeRule.kept) == kept
    assert [record.getMessage() for record in caplog.records] == [f"rule r: nothing is delivered to {JOBS}"] * 2
