"""CloudWatch Logs by its API: boto3, the AWS CLI, Terraform; and what survives a node that is killed."""

import json
import time
import uuid
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.integration.deployed import fails
from tests.integration.nodes import Node, kill, running, start, stop
from tests.integration.terraformed import terraform
from tests.unit.languages.filter_pattern.recorded import MATCHES


def now_ms() -> int:
    return int(time.time() * 1000)


def new_group(node: Node) -> str:
    name = f"/test/{uuid.uuid4().hex}"
    client = node.client("logs")
    client.create_log_group(logGroupName=name)
    client.create_log_stream(logGroupName=name, logStreamName="main")
    return name


def put(node: Node, group: str, *messages: str) -> None:
    begin = now_ms() - 1000
    events = [{"timestamp": begin + number, "message": message} for number, message in enumerate(messages)]
    node.client("logs").put_log_events(logGroupName=group, logStreamName="main", logEvents=events)


def test_a_group_from_its_first_to_its_last_day(node: Node) -> None:
    client = node.client("logs")
    group = new_group(node)
    put(node, group, "one", "two", "🙀 - 参よ - 日本語")
    read = client.get_log_events(logGroupName=group, logStreamName="main", startFromHead=True)
    assert [event["message"] for event in read["events"]] == ["one", "two", "🙀 - 参よ - 日本語"]
    pages = client.get_paginator("filter_log_events").paginate(
        logGroupName=group, filterPattern="?one ?two", PaginationConfig={"PageSize": 1}
    )
    assert [event["message"] for page in pages for event in page["events"]] == ["one", "two"]
    client.put_retention_policy(logGroupName=group, retentionInDays=3)
    [described] = client.describe_log_groups(logGroupNamePrefix=group)["logGroups"]
    assert (described["retentionInDays"], described["arn"]) == (
        3,
        f"arn:aws:logs:us-east-1:123456789012:log-group:{group}:*",
    )
    assert client.describe_log_groups(logGroupNamePrefix=group + "x")["logGroups"] == []
    client.tag_resource(resourceArn=described["logGroupArn"], tags={"a": "1"})
    assert client.list_tags_for_resource(resourceArn=described["logGroupArn"])["tags"] == {"a": "1"}
    [stream] = client.describe_log_streams(logGroupName=group, orderBy="LastEventTime", descending=True)["logStreams"]
    assert stream["logStreamName"] == "main"
    client.delete_log_group(logGroupName=group)
    assert fails(client.get_log_events, logGroupName=group, logStreamName="main") == (
        400,
        "ResourceNotFoundException",
        "The specified log group does not exist.",
    )


def test_constraints_of_the_model_are_told_in_this_services_way(node: Node) -> None:
    """As recorded: localstack/localstack, tests/aws/services/logs."""
    client = node.client("logs", is_checking=False)
    assert fails(client.filter_log_events, logGroupName="g", limit=10001) == (
        400,
        "InvalidParameterException",
        (
            "1 validation error detected: Value '10001' at 'limit' failed to satisfy constraint: "
            "Member must have value less than or equal to 10000"
        ),
    )
    assert fails(client.create_log_group, logGroupName="a" * 513)[1:] == (
        "InvalidParameterException",
        "Invalid LogGroup or LogStream, both must have length less than or equal to 512.",
    )
    assert fails(client.create_log_group, logGroupName="a b")[1] == "InvalidParameterException"
    # It is a regular expression, of those that take no time.
    costly = fails(client.list_log_groups, logGroupNamePattern="(a+)+b")
    assert (costly[1], "regular expression pattern" in costly[2]) == ("InvalidParameterException", True)
    status, code, text = fails(
        client.start_query, logGroupName="g", startTime=0, endTime=1, queryString="fields @message"
    )
    assert (status, code, "StartQuery" in text) == (501, "NotImplemented", True)


def test_patterns_match_what_they_matched_on_aws(node: Node) -> None:
    """The recorded corpus once more, through PutLogEvents and FilterLogEvents."""
    client = node.client("logs")
    groups: dict[tuple[str, ...], str] = {}
    for messages, pattern, numbers in MATCHES:
        if messages not in groups:
            groups[messages] = new_group(node)
            put(node, groups[messages], *messages)
        found = client.filter_log_events(logGroupName=groups[messages], filterPattern=pattern)["events"]
        assert [event["message"] for event in found] == [messages[number - 1] for number in numbers], pattern


def test_acknowledged_events_survive_a_killed_node(tmp_path: Path) -> None:
    node = start("--data-dir", str(tmp_path / "data"))
    try:
        group = new_group(node)
        node.client("logs").put_retention_policy(logGroupName=group, retentionInDays=7)
        for number in range(20):
            put(node, group, f"event {number}")
    finally:
        kill(node)
    with running("--data-dir", str(tmp_path / "data")) as again:
        client = again.client("logs")
        assert client.describe_log_groups()["logGroups"][0]["retentionInDays"] == 7
        read = client.get_log_events(logGroupName=group, logStreamName="main")["events"]
        assert sorted(event["message"] for event in read) == sorted(f"event {number}" for number in range(20))


def test_regions_are_apart(node: Node) -> None:
    group = new_group(node)
    elsewhere = node.client("logs", "eu-west-1")
    with pytest.raises(ClientError, match="does not exist"):
        elsewhere.get_log_events(logGroupName=group, logStreamName="main")
    elsewhere.create_log_group(logGroupName=group)
    assert elsewhere.describe_log_streams(logGroupName=group)["logStreams"] == []


@pytest.mark.slow
def test_the_aws_cli(node: Node) -> None:
    group = f"/cli/{uuid.uuid4().hex}"
    stream = ("--log-group-name", group, "--log-stream-name", "main")
    node.aws("logs", "create-log-group", "--log-group-name", group, "--tags", "Owner=me")
    node.aws("logs", "create-log-stream", *stream)
    event = json.dumps([{"timestamp": now_ms(), "message": '{"level":"ERROR","code":500}'}])
    assert node.aws("logs", "put-log-events", *stream, "--log-events", event)["nextSequenceToken"]
    filtered = node.aws(
        *(
            "logs",
            "filter-log-events",
            "--log-group-name",
            group,
            "--filter-pattern",
            '{ $.level = "ERROR" && $.code >= 500 }',
        )
    )
    assert [event["logStreamName"] for event in filtered["events"]] == ["main"]
    assert node.aws("logs", "get-log-events", *stream, "--query", "events[].message") == [
        '{"level":"ERROR","code":500}'
    ]
    assert node.aws("logs", "list-tags-log-group", "--log-group-name", group) == {"tags": {"Owner": "me"}}
    tested: Any = node.aws(
        *("logs", "test-metric-filter", "--filter-pattern", "[w1=ERROR, w2]", "--log-event-messages", "ERROR it failed")
    )
    assert tested["matches"][0]["extractedValues"] == {"$w1": "ERROR", "$w2": "it failed"}
    node.aws("logs", "delete-log-group", "--log-group-name", group)


@pytest.mark.slow
@pytest.mark.timeout(480)
def test_terraform_makes_changes_and_destroys_a_group(tmp_path: Path) -> None:
    declared = terraform("logs.tf", tmp_path / "terraform")
    with running("--ephemeral") as node:
        releases = []
        for release, retention in (("1", 7), ("2", 0)):
            written = tmp_path / f"{release}.tfvars.json"
            written.write_text(json.dumps({"endpoint": node.url, "retention": retention, "release": release}))
            releases.append(written)
            assert declared.apply(written)["arn"] == "arn:aws:logs:us-east-1:123456789012:log-group:/app/one"
            [group] = node.client("logs").describe_log_groups(logGroupNamePrefix="/app/one")["logGroups"]
            assert group.get("retentionInDays", 0) == retention
            assert group["kmsKeyId"].endswith("1234567890ab")
        declared.destroy(releases[-1])
        assert node.client("logs").describe_log_groups()["logGroups"] == []


def test_a_node_stops_and_starts_with_what_it_kept(tmp_path: Path) -> None:
    node = start("--data-dir", str(tmp_path / "data"))
    group = new_group(node)
    put(node, group, "kept")
    assert stop(node) == 0
    with running("--data-dir", str(tmp_path / "data")) as again:
        read = again.client("logs").get_log_events(logGroupName=group, logStreamName="main")["events"]
        assert [event["message"] for event in read] == ["kept"]
