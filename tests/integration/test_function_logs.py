"""What functions write, in CloudWatch Logs: groups, streams, events, and `gatewright logs`.

The names of groups and streams, and what an event is: "Sending Lambda function logs to CloudWatch Logs" (Lambda
Developer Guide); the line feed at the end of a line's event as its sample output (`get-logs.sh`) has it.
"""

import json
import re
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.integration.deployed import Function, function
from tests.integration.nodes import BIN, Node, kill, running, start, wait_until

STREAM = re.compile(r"\d{4}/\d\d/\d\d/\[\$LATEST\][0-9a-f]{32}")


def messages(node: Node, group: str, **request: Any) -> list[str]:
    pages = node.client("logs").get_paginator("filter_log_events").paginate(logGroupName=group, **request)
    return [event["message"] for page in pages for event in page["events"]]


def test_a_functions_lines_are_events_of_its_group(node: Node) -> None:
    made = function(node, "print('one'); print('two\\nthree'); return os.environ['AWS_LAMBDA_LOG_STREAM_NAME']")
    group = f"/aws/lambda/{made.name}"
    client = node.client("logs")
    assert client.describe_log_groups(logGroupNamePrefix=group)["logGroups"] == []
    before = int(time.time() * 1000)
    stream = made.invoke()
    [described] = client.describe_log_groups(logGroupNamePrefix=group)["logGroups"]
    assert "retentionInDays" not in described
    [found] = client.describe_log_streams(logGroupName=group)["logStreams"]
    assert found["logStreamName"] == stream
    assert STREAM.fullmatch(stream)
    events = client.get_log_events(logGroupName=group, logStreamName=stream, startFromHead=True)["events"]
    assert all(before <= event["timestamp"] <= time.time() * 1000 for event in events)
    lines = [event["message"] for event in events]
    assert [line.split(" ")[0] for line in lines] == [
        "INIT_START",
        "START",
        "one\n",
        "two\n",
        "three\n",
        "END",
        "REPORT",
    ]
    assert all(line.endswith("\n") for line in lines)
    arn = r"arn:aws:lambda:us-east-1::runtime:[0-9a-f]{64}"
    assert re.fullmatch(rf"INIT_START Runtime Version: python:3[0-9.]+\tRuntime Version ARN: {arn}\n", lines[0])
    request_id = re.fullmatch(r"START RequestId: (\S+) Version: \$LATEST\n", lines[1])
    assert request_id is not None
    assert messages(node, group, filterPattern=f'"{request_id[1]}"') == [lines[1], lines[5], lines[6]]
    assert messages(node, group, filterPattern="[kind=REPORT, ...]") == [lines[6]]


def test_the_group_outlives_the_function(node: Node) -> None:
    made = function(node, "print('was here')")
    made.invoke()
    made.client.delete_function(FunctionName=made.name)
    assert "was here\n" in messages(node, f"/aws/lambda/{made.name}")
    node.client("logs").delete_log_group(logGroupName=f"/aws/lambda/{made.name}")
    assert node.logs(made.name) == ""


def test_a_deleted_group_comes_back_with_the_next_line(node: Node) -> None:
    made = function(node, "print(event)")
    made.invoke("first")
    node.client("logs").delete_log_group(logGroupName=f"/aws/lambda/{made.name}")
    made.invoke("second")
    lines = messages(node, f"/aws/lambda/{made.name}")
    assert ("first\n" in lines, "second\n" in lines) == (False, True)


def test_a_group_that_was_made_before_keeps_what_it_was_given(node: Node) -> None:
    group = "/shared/of-many"
    client = node.client("logs")
    client.create_log_group(logGroupName=group, tags={"a": "1"})
    client.put_retention_policy(logGroupName=group, retentionInDays=3)
    names = []
    for _ in range(2):
        made = function(node, "print('hello'); return os.environ['AWS_LAMBDA_LOG_GROUP_NAME']")
        made.client.update_function_configuration(FunctionName=made.name, LoggingConfig={"LogGroup": group})
        assert made.invoke() == group
        names.append(made.name)
    assert messages(node, group, filterPattern="hello") == ["hello\n"] * 2
    streams = [stream["logStreamName"] for stream in client.describe_log_streams(logGroupName=group)["logStreams"]]
    assert {re.sub(r".*/(.*)\[.*", r"\1", stream) for stream in streams} == set(names)
    assert client.describe_log_groups(logGroupNamePrefix=group)["logGroups"][0]["retentionInDays"] == 3


def test_json_lines_are_found_by_their_members(node: Node) -> None:
    made = function(node, "import logging; logging.getLogger().error('it broke', extra={'code': 7})")
    made.client.update_function_configuration(FunctionName=made.name, LoggingConfig={"LogFormat": "JSON"})
    made.invoke()
    group = f"/aws/lambda/{made.name}"
    [record] = messages(node, group, filterPattern='{ $.level = "ERROR" && $.code = 7 }')
    assert json.loads(record)["message"] == "it broke"
    [report] = messages(node, group, filterPattern='{ $.type = "platform.report" && $.record.status = "success" }')
    assert json.loads(report)["record"]["metrics"]["memorySizeMB"] == 128


def test_lines_of_a_long_invocation_are_there_before_its_end(node: Node) -> None:
    made = function(node, "print('begun', flush=True); time.sleep(event); return 1", Timeout=30)
    caller = threading.Thread(target=made.invoke, args=(3,))
    caller.start()
    wait_until(lambda: "begun" in node.logs(made.name), "the line is there")
    assert "END RequestId" not in node.logs(made.name)
    caller.join(30)


def test_lines_survive_a_killed_node(tmp_path: Path) -> None:
    node = start("--data-dir", str(tmp_path / "data"))
    try:
        made = function(node, "print('number', event)")
        for number in range(5):
            made.invoke(number)
        time.sleep(1.2)  # what is lost is less than a second's
    finally:
        kill(node)
    with running("--data-dir", str(tmp_path / "data")) as again:
        assert messages(again, f"/aws/lambda/{made.name}", filterPattern="number") == [
            f"number {number}\n" for number in range(5)
        ]


@contextmanager
def following(node: Node, *arguments: str) -> Iterator[Callable[[], str]]:
    """Run `gatewright logs --follow`; yield what returns its output so far."""
    command = [str(BIN / "gatewright"), "logs", "--url", node.url, "--region", "us-east-1", "--follow", *arguments]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    lines: list[str] = []
    reader = threading.Thread(target=lambda: lines.extend(process.stdout or ()), daemon=True)
    reader.start()
    try:
        yield lambda: "".join(lines)
    finally:
        process.send_signal(signal.SIGINT)
        assert process.wait(10) == 130
        reader.join(5)
        process.stdout.close()


def shown(node: Node, *arguments: str) -> str:
    command = [str(BIN / "gatewright"), "logs", "--url", node.url, "--region", "us-east-1", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def greeter(node: Node) -> Function:
    return function(node, "print('hello', event)")


@pytest.mark.slow
def test_gatewright_logs(node: Node, greeter: Function) -> None:
    with following(node, greeter.name) as output:
        greeter.invoke("one")
        wait_until(lambda: "hello one\n" in output(), "the line is shown")
        greeter.invoke("two")
        wait_until(lambda: "hello two\n" in output(), "the next line is shown")
        time.sleep(1)
        assert output().count("hello") == 2
    text = shown(node, greeter.name)
    assert re.search(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+00:00 \S+ hello two$", text, re.MULTILINE)
    assert shown(node, f"/aws/lambda/{greeter.name}", "--filter-pattern", "hello").count("\n") == 2
    time.sleep(2.1)
    assert shown(node, greeter.name, "--since", "2s") == ""


@pytest.mark.slow
def test_the_tail_of_the_aws_cli(node: Node, greeter: Function) -> None:
    """As version 2 of the AWS CLI does it with `aws logs tail --follow` (aws/aws-cli, customizations/logs/tail.py).

    FilterLogEvents again and again, from the time of the last event on, with the ids of those that were shown.
    """
    client = node.client("logs")
    arguments: dict[str, Any] = {"logGroupName": f"/aws/lambda/{greeter.name}", "interleaved": True}
    arguments["startTime"] = int(time.time() * 1000) - 600_000
    lines: list[str] = []
    ids: set[str] = set()
    greeter.invoke("before")
    for round_ in range(6):
        page = client.filter_log_events(**arguments)
        for event in page["events"]:
            if event["eventId"] not in ids:
                lines.append(event["message"])
                ids.add(event["eventId"])
                arguments["startTime"] = event["timestamp"]
        if "nextToken" in page:
            arguments["nextToken"] = page["nextToken"]
        else:
            arguments.pop("nextToken", None)
        greeter.invoke(f"round {round_}")
    assert [line for line in lines if "round" in line] == [f"hello round {number}\n" for number in range(5)]
    assert len([line for line in lines if line.startswith("START")]) >= 6
    assert sum(line.startswith("START") for line in lines) == sum(line.startswith("REPORT") for line in lines)


@pytest.mark.slow
@pytest.mark.timeout(180)
def test_a_node_stays_small_beside_a_function_that_prints_100_megabytes() -> None:
    with running("--ephemeral") as node:
        made = function(
            node, "line = 'x' * 1023 + '\\n'", "for _ in range(100): sys.stdout.write(line * 1024)", Timeout=120
        )
        before = memory_mb(node.process.pid)
        made.invoke()
        after = memory_mb(node.process.pid)
        assert after - before < 150
        [group] = node.client("logs").describe_log_groups(logGroupNamePrefix=f"/aws/lambda/{made.name}")["logGroups"]
        assert group["storedBytes"] > 10 << 20
        first = node.client("logs").filter_log_events(logGroupName=group["logGroupName"], filterPattern="-x")["events"]
        assert first[0]["message"].startswith("INIT_START")


def memory_mb(pid: int) -> int:
    text = Path(f"/proc/{pid}/status").read_text()
    found = re.search(r"VmHWM:\s+(\d+) kB", text)
    assert found is not None
    return int(found[1]) // 1024
