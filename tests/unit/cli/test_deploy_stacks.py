"""Deployments, with a node that answers from lists; what it is shown; and what a saved file is to it."""

import io
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from gatewright.base.errors import SettingsError
from gatewright.cli.calls import CallFailed
from gatewright.cli.deploy.artifacts import Artifact, Kind
from gatewright.cli.deploy.command import parse_parameters
from gatewright.cli.deploy.errors import DeployFailed
from gatewright.cli.deploy.package_store import PackageStore
from gatewright.cli.deploy.packaging import FunctionCode, Packaged
from gatewright.cli.deploy.progress import Progress
from gatewright.cli.deploy.stacks import Deployment
from gatewright.cli.deploy.watch import sort_out

STACK_ID = "arn:aws:cloudformation:us-east-1:123456789012:stack/app/1"
NESTED_ID = "arn:aws:cloudformation:us-east-1:123456789012:stack/app-Child/2"


def event(
    number: int, logical_id: str, status: str, reason: str = "", kind: str = "AWS::SQS::Queue", physical_id: str = ""
) -> dict[str, Any]:
    is_root = logical_id == "app"
    return {
        "EventId": f"event-{number}",
        "StackId": STACK_ID,
        "LogicalResourceId": logical_id,
        "PhysicalResourceId": STACK_ID if is_root else physical_id or f"physical-{logical_id}",
        "ResourceType": "AWS::CloudFormation::Stack" if is_root else kind,
        "ResourceStatus": status,
        "ResourceStatusReason": reason,
        "Timestamp": datetime(2026, 11, 30, 12, 0, number, tzinfo=UTC),
    }


class FakeNode:
    """One stack: its status before and after, and the events of what is done to it."""

    def __init__(self, status: str | None = None, after: str = "CREATE_COMPLETE", *events: Mapping[str, Any]) -> None:
        self.status = status
        self.after = after
        self.events = list(events)
        self.nested: list[Mapping[str, Any]] = []
        self.refused: str | None = None
        self.calls: list[tuple[str, Mapping[str, Any]]] = []

    def __call__(self, service: str, operation: str, **request: Any) -> Mapping[str, Any]:
        self.calls.append((operation, request))
        match operation:
            case "DescribeStacks":
                if self.status is None:
                    raise CallFailed("ValidationError", "Stack with id app does not exist")
                parameters = [{"ParameterKey": "Kept", "ParameterValue": "1"}]
                stack = {"StackName": "app", "StackId": STACK_ID, "StackStatus": self.status, "Parameters": parameters}
                return {"Stacks": [stack]}
            case "CreateChangeSet":
                return {"Id": "change-set", "StackId": STACK_ID}
            case "DescribeChangeSet":
                if self.refused is not None:
                    return {"Status": "FAILED", "StatusReason": self.refused}
                return {"Status": "CREATE_COMPLETE", "Changes": [{"ResourceChange": {"LogicalResourceId": "A"}}]}
            case "ExecuteChangeSet":
                self.status = self.after
            case "DescribeStackEvents" if request["StackName"] == NESTED_ID:
                return {"StackEvents": self.nested}
            case "DescribeStackEvents":
                return {"StackEvents": self.events[::-1] if self.status == self.after else self.events[:1]}
            case "DeleteStack":
                self.status = "DELETE_COMPLETE"
        return {}

    def request(self, operation: str) -> Mapping[str, Any]:
        return next(request for name, request in self.calls if name == operation)

    @property
    def operations(self) -> list[str]:
        return [name for name, _ in self.calls]


def deployment(node: FakeNode) -> Deployment:
    return Deployment(node, PackageStore("http://127.0.0.1:1"), "app")


def silent(text: str) -> None:
    pass


def deploy(node: FakeNode) -> list[Mapping[str, Any]]:
    """Return the events that were told."""
    told: list[Mapping[str, Any]] = []
    plan = deployment(node).plan("{}", {}, {}, silent)
    assert plan is not None
    deployment(node).execute(plan, told.append)
    return told


def test_a_new_stack() -> None:
    node = FakeNode(
        None,
        "CREATE_COMPLETE",
        event(0, "app", "REVIEW_IN_PROGRESS"),
        event(1, "app", "CREATE_IN_PROGRESS"),
        event(2, "A", "CREATE_COMPLETE"),
        event(3, "app", "CREATE_COMPLETE"),
    )
    assert [each["EventId"] for each in deploy(node)] == ["event-1", "event-2", "event-3"]
    assert node.request("CreateChangeSet")["ChangeSetType"] == "CREATE"


def test_parameters_that_are_not_given_are_kept() -> None:
    node = FakeNode("UPDATE_COMPLETE")
    deployment(node).plan("{}", {"Kept": {}, "Given": {}, "New": {}}, {"Given": "2"}, silent)
    request = node.request("CreateChangeSet")
    assert request["ChangeSetType"] == "UPDATE"
    assert request["Parameters"] == [
        {"ParameterKey": "Given", "ParameterValue": "2"},
        {"ParameterKey": "Kept", "UsePreviousValue": True},
    ]


@pytest.mark.parametrize(
    "reason",
    [
        "The submitted information didn't contain changes. Submit different information to create a change set.",
        "No updates are to be performed.",
    ],
)
def test_no_changes(reason: str) -> None:
    node = FakeNode("CREATE_COMPLETE")
    node.refused = reason
    assert deployment(node).plan("{}", {}, {}, silent) is None
    assert node.operations[-1] == "DeleteChangeSet"


def test_a_refused_template_leaves_no_empty_stack() -> None:
    node = FakeNode(None)
    node.refused = "Template error"
    with pytest.raises(DeployFailed, match="stack app: Template error"):
        deployment(node).plan("{}", {}, {}, silent)
    assert node.operations[-1] == "DeleteStack"


def test_what_is_left_of_a_failed_creation_is_deleted() -> None:
    node, said = FakeNode("ROLLBACK_COMPLETE"), list[str]()
    deployment(node).plan("{}", {}, {}, said.append)
    assert node.operations[:3] == ["DescribeStacks", "DeleteStack", "DescribeStacks"]
    assert node.request("CreateChangeSet")["ChangeSetType"] == "CREATE"
    assert "what is left of it is deleted" in said[0]


def test_a_stack_that_is_worked_on() -> None:
    with pytest.raises(DeployFailed, match="stack app is UPDATE_IN_PROGRESS: wait for it"):
        deployment(FakeNode("UPDATE_IN_PROGRESS")).plan("{}", {}, {}, silent)


def test_a_failure_is_told_with_its_reasons() -> None:
    """Not those that follow from another, and those of nested stacks as well."""
    kind = "AWS::CloudFormation::Stack"
    node = FakeNode(
        "CREATE_COMPLETE",
        "UPDATE_ROLLBACK_COMPLETE",
        event(0, "app", "CREATE_COMPLETE"),
        event(1, "app", "UPDATE_IN_PROGRESS"),
        event(2, "Child", "CREATE_FAILED", "Embedded stack was not created", kind, NESTED_ID),
        event(3, "B", "CREATE_FAILED", "Resource creation cancelled"),
        event(4, "app", "UPDATE_ROLLBACK_IN_PROGRESS"),
        event(5, "app", "UPDATE_ROLLBACK_COMPLETE"),
    )
    node.nested = [event(6, "Deep", "CREATE_FAILED", "it is too deep")]
    with pytest.raises(DeployFailed) as raised:
        deploy(node)
    assert str(raised.value).splitlines() == [
        "stack app is UPDATE_ROLLBACK_COMPLETE",
        "  Child (AWS::CloudFormation::Stack): Embedded stack was not created",
        "    Deep (AWS::SQS::Queue): it is too deep",
    ]


EVENTS = (
    event(1, "app", "CREATE_IN_PROGRESS", "User Initiated"),
    event(2, "A", "CREATE_IN_PROGRESS"),
    event(3, "A", "CREATE_IN_PROGRESS", "Resource creation Initiated"),
    event(4, "A", "CREATE_COMPLETE"),
    event(5, "B", "CREATE_FAILED", "no room"),
)


def test_progress_in_lines() -> None:
    output = io.StringIO()
    progress = Progress(output, 2, is_terminal=False)
    for each in EVENTS:
        progress.show(each)
    progress.end()
    lines = [line.split(maxsplit=1)[1].split() for line in output.getvalue().splitlines()]
    assert lines == [
        ["CREATE_IN_PROGRESS", "app", "AWS::CloudFormation::Stack", "User", "Initiated"],
        ["CREATE_IN_PROGRESS", "A", "AWS::SQS::Queue"],
        ["CREATE_COMPLETE", "A", "AWS::SQS::Queue"],
        ["CREATE_FAILED", "B", "AWS::SQS::Queue", "no", "room"],
    ]


def screen_of(written: str) -> list[str]:
    """Return the lines of a terminal after what was written: those that were cleared are gone."""
    lines: list[str] = []
    for part in written.split("\x1b["):
        if part and "F" in part[:3] and part[0].isdigit():
            del lines[len(lines) - int(part.split("F")[0]) :]
            continue
        lines += part.removeprefix("J").split("\n")[:-1]
    return lines


def test_progress_on_a_terminal() -> None:
    output = io.StringIO()
    progress = Progress(output, 2, is_terminal=True, has_color=False)
    for each in EVENTS[:3]:
        progress.show(each)
    shown = screen_of(output.getvalue())
    assert shown[0] == "  create A (AWS::SQS::Queue)"
    assert shown[1].endswith("░] 0/2")
    for each in EVENTS[3:]:
        progress.show(each)
    shown = screen_of(output.getvalue())
    assert shown[:3] == [
        "✓ A (AWS::SQS::Queue)  CREATE_COMPLETE",
        "✗ B (AWS::SQS::Queue)  CREATE_FAILED",
        "    no room",
    ]
    assert shown[3].endswith("█] 2/2")
    progress.end()
    assert screen_of(output.getvalue()) == shown[:3]


def test_a_failure_is_red() -> None:
    output = io.StringIO()
    Progress(output, 2, is_terminal=True).show(EVENTS[4])
    assert "\x1b[31m✗ B (AWS::SQS::Queue)  CREATE_FAILED\n    no room\x1b[0m" in output.getvalue()


def test_parameters() -> None:
    assert parse_parameters(["A=1", "B=x=y", "ParameterKey=C,ParameterValue=a,b", "D="]) == {
        "A": "1",
        "B": "x=y",
        "C": "a,b",
        "D": "",
    }
    for text in ("A", "=1"):
        with pytest.raises(SettingsError, match="is not NAME=VALUE"):
            parse_parameters([text])


def test_what_a_saved_file_is() -> None:
    def code(name: str) -> FunctionCode:
        path = Path("/app") / name
        return FunctionCode((name,), Artifact(Kind.ARCHIVE, path, lambda key: None, name, is_function=True), "key")

    a, b = code("a"), code("b")
    packaged = Packaged(functions=[a, b], others=[Path("/app/template.yaml"), Path("/app/layer")])

    def saved(*names: str) -> tuple[list[str], bool]:
        found = sort_out({Path("/app") / name for name in names}, packaged)
        return [each.logical_ids[0] for each in found.functions], found.changes_stack

    assert saved("a/app.py") == (["a"], False)
    assert saved("a/deep/er.py", "b/app.py") == (["a", "b"], False)
    assert saved("template.yaml") == ([], True)
    assert saved("layer/python/x.py", "a/app.py") == (["a"], True)
    assert saved("README.md", "a.py") == ([], False)
    assert saved("a/__pycache__/app.pyc", "a/.git/index", "layer/.git/index") == ([], False)
