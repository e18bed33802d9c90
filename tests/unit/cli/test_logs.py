"""`gatewright logs`, with a node that answers from lists."""

import io
from collections.abc import Mapping
from typing import Any

import pytest

from gatewright.base.errors import GatewrightError
from gatewright.cli import main
from gatewright.cli.calls import CallFailed
from gatewright.cli.logs import Tail, parse_since, show

MISSING = CallFailed("ResourceNotFoundException", "The specified log group does not exist.")


class Stopped(Exception):
    """Ends the following."""


class FakeNode:
    """Answers FilterLogEvents with the next of its pages; `waits` ends the following after the last one."""

    def __init__(
        self, *pages: Mapping[str, Any] | CallFailed, function_group: str | None = "/aws/lambda/hello"
    ) -> None:
        self.pages = list(pages)
        self.asked: list[Mapping[str, Any]] = []
        self.function_group = function_group
        self.groups = ["/aws/lambda/gone"]

    def __call__(self, service: str, operation: str, **parameters: Any) -> Mapping[str, Any]:
        if operation == "GetFunctionConfiguration":
            if self.function_group is None:
                raise CallFailed("ResourceNotFoundException", "Function not found")
            return {"LoggingConfig": {"LogGroup": self.function_group}}
        if operation == "DescribeLogGroups":
            return {"logGroups": [{"logGroupName": name} for name in self.groups]}
        assert (service, operation) == ("logs", "FilterLogEvents")
        self.asked.append(parameters)
        page = self.pages.pop(0)
        if isinstance(page, CallFailed):
            raise page
        return page

    def wait(self, seconds: float) -> None:
        if not self.pages:
            raise Stopped


def event(number: int, time_ms: int, message: str = "") -> dict[str, Any]:
    return {"eventId": str(number), "timestamp": time_ms, "logStreamName": "s", "message": message or f"{number}\n"}


def shown(node: FakeNode, **options: Any) -> list[str]:
    output = io.StringIO()
    tail = Tail(**{"name": "hello", "since_ms": 1000, "is_following": False, "pattern": None, **options})
    try:
        show(node, tail, output, node.wait)
    except Stopped:
        assert tail.is_following
    return output.getvalue().splitlines()


def test_events_are_shown_with_time_and_stream() -> None:
    node = FakeNode(
        {"events": [event(1, 1500), event(2, 1500, "no line feed")], "nextToken": "t"}, {"events": [event(3, 2000)]}
    )
    assert shown(node) == [
        "1970-01-01T00:00:01.500+00:00 s 1",
        "1970-01-01T00:00:01.500+00:00 s no line feed",
        "1970-01-01T00:00:02.000+00:00 s 3",
    ]
    assert [asked["logGroupName"] for asked in node.asked] == ["/aws/lambda/hello"] * 2
    assert node.asked[1]["nextToken"] == "t"


def test_each_event_is_shown_once_however_late_it_comes() -> None:
    node = FakeNode(
        {"events": [event(1, 2000), event(2, 9000)]},
        {"events": []},
        {"events": [event(3, 5000), event(2, 9000), event(4, 20_000)]},
        {"events": [event(4, 20_000)]},
    )
    assert [line.rpartition(" ")[2] for line in shown(node, is_following=True)] == ["1", "2", "3", "4"]
    assert [asked["startTime"] for asked in node.asked] == [1000, 4000, 4000, 15_000]


def test_a_group_that_is_not_there_yet_is_waited_for() -> None:
    assert len(shown(FakeNode(MISSING, MISSING, {"events": [event(1, 2000)]}), is_following=True)) == 1
    with pytest.raises(CallFailed):
        shown(FakeNode(MISSING))


@pytest.mark.parametrize(
    ("name", "function_group", "group"),
    [
        ("hello", "/shared", "/shared"),
        ("gone", None, "/aws/lambda/gone"),
        ("mine", None, "mine"),
        ("/aws/lambda/hello", "/never", "/aws/lambda/hello"),
    ],
)
def test_a_name_is_a_function_or_a_group(name: str, function_group: str | None, group: str) -> None:
    node = FakeNode({"events": []}, function_group=function_group)
    shown(node, name=name, pattern="ERROR")
    assert node.asked == [{"logGroupName": group, "startTime": 1000, "filterPattern": "ERROR"}]


@pytest.mark.parametrize(
    ("text", "expected"),
    [("10s", 990_000), ("1m", 940_000), ("1970-01-01T00:00:05+00:00", 5000), ("1970-01-01T00:00:05Z", 5000)],
)
def test_times(text: str, expected: int) -> None:
    assert parse_since(text, 1000.0) == expected


@pytest.mark.parametrize("text", ["", "10", "10y", "yesterday"])
def test_what_is_no_time(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["logs", "hello", "--since", text]) == 2
    assert "--since must be such as 10m" in capsys.readouterr().err


def test_a_node_that_does_not_answer(capsys: pytest.CaptureFixture[str]) -> None:
    assert issubclass(CallFailed, GatewrightError)
    assert main(["logs", "hello", "--url", "http://127.0.0.1:1"]) == 1
    assert capsys.readouterr().err.startswith("gatewright: no node answers at http://127.0.0.1:1 ")
