"""The platform's lines in a function's log.

Sources: "Understanding the Lambda execution environment lifecycle" and "Lambda Telemetry API Event schema reference",
Lambda Developer Guide.
"""

from dataclasses import replace
from typing import Any

import orjson
import pytest

from gatewright.functions.failure import Failure, exited, timed_out
from gatewright.functions.platform_log import (
    DebugJsonLog,
    JsonLog,
    QuietJsonLog,
    Report,
    TextLog,
    platform_log,
)

from .fakes import function_version

NOW = 1_795_400_000.123
TIME = "2026-11-23T02:13:20.123Z"
REPORT = Report("id-1", 1.2345, None, 128, 40, None)
TEXT = TextLog()


def events(lines: bytes) -> list[dict[str, Any]]:
    """Return the events of whole lines."""
    assert not lines or lines.endswith(b"}\n")
    return [orjson.loads(line) for line in lines.splitlines()]


def test_start() -> None:
    assert TEXT.start(NOW, "id-1", "an-arn", "$LATEST") == b"START RequestId: id-1 Version: $LATEST\n"


def test_init_start() -> None:
    assert TEXT.init_start(NOW, "python:3.11.7") == b"INIT_START Runtime Version: python:3.11.7\n"
    log = platform_log(function_version(runtime_version_arn="arn:aws:lambda:us-east-1::runtime:8eff"))
    assert log.init_start(NOW, "python:3.11.7") == (
        b"INIT_START Runtime Version: python:3.11.7\tRuntime Version ARN: arn:aws:lambda:us-east-1::runtime:8eff\n"
    )


def test_a_success() -> None:
    assert TEXT.end(NOW, REPORT).decode() == (
        "END RequestId: id-1\n"
        "REPORT RequestId: id-1\tDuration: 1.23 ms\tBilled Duration: 2 ms\t"
        "Memory Size: 128 MB\tMax Memory Used: 40 MB\t\n"
    )


def test_the_first_invocation_reports_and_bills_init() -> None:
    assert (
        TEXT.end(NOW, replace(REPORT, init_duration_ms=30.0))
        .decode()
        .endswith("Billed Duration: 32 ms\tMemory Size: 128 MB\tMax Memory Used: 40 MB\tInit Duration: 30.00 ms\t\n")
    )


def test_a_timeout() -> None:
    lines = TEXT.end(NOW, replace(REPORT, failure=timed_out(3))).decode().split("\n")
    assert lines[0] == "END RequestId: id-1", "no line says so any more (recorded in September 2026)"
    assert lines[1].endswith("\tStatus: timeout")


def test_a_crash() -> None:
    lines = TEXT.end(NOW, replace(REPORT, failure=exited(1))).decode().split("\n")
    assert lines[:3] == [
        "RequestId: id-1 Error: Runtime exited with error: exit status 1",
        "Runtime.ExitError",
        "END RequestId: id-1",
    ]
    assert lines[3].endswith("\tStatus: error\tError Type: Runtime.ExitError")


def test_a_failure_that_the_runtime_logged_itself_is_not_told_twice() -> None:
    failure = Failure("Runtime.ImportModuleError", "", body=b"{}")
    assert TEXT.end(NOW, replace(REPORT, failure=failure)).startswith(b"END RequestId: id-1\n")


@pytest.mark.parametrize(
    ("failure", "end"),
    [
        (timed_out(10), "Phase: init\tStatus: timeout\n"),
        (exited(-11), "Phase: init\tStatus: error\tError Type: Runtime.ExitError\n"),
    ],
)
def test_init_report(failure: Failure, end: str) -> None:
    line = TEXT.init_report(NOW, 1236.04, "init", failure).decode()
    assert line == f"INIT_REPORT Init Duration: 1236.04 ms\t{end}"


def test_json() -> None:
    log = JsonLog(function_version())
    assert orjson.loads(log.start(NOW, "id-1", "an-arn", "$LATEST")) == {
        "time": TIME,
        "type": "platform.start",
        "record": {"requestId": "id-1", "functionArn": "an-arn", "version": "$LATEST"},
    }
    [ended] = events(log.end(NOW, replace(REPORT, init_duration_ms=30.25)))
    assert ended == {
        "time": TIME,
        "type": "platform.report",
        "record": {
            "requestId": "id-1",
            "metrics": {
                "durationMs": 1.234,
                "billedDurationMs": 32,
                "memorySizeMB": 128,
                "maxMemoryUsedMB": 40,
                "initDurationMs": 30.25,
            },
            "status": "success",
        },
    }


def test_json_of_init() -> None:
    """As recorded (radkawar/stackd, testdata/aws/lambda/invocation_tails.json)."""
    arn = "arn:aws:lambda:us-east-1::runtime:8eff"
    log = JsonLog(function_version(runtime_version_arn=arn), instance_id="2026/09/22/[$LATEST]4f5f")
    assert list(orjson.loads(log.init_start(NOW, "python:3.11.7"))["record"].items()) == [
        ("initializationType", "on-demand"),
        ("phase", "init"),
        ("runtimeVersion", "python:3.11.7"),
        ("runtimeVersionArn", arn),
        ("functionName", "orders"),
        ("functionVersion", "$LATEST"),
        ("instanceId", "2026/09/22/[$LATEST]4f5f"),
        ("instanceMaxMemory", 134217728),
    ]


def test_json_of_what_failed() -> None:
    log = JsonLog(function_version())
    done, ended = events(log.end(NOW, replace(REPORT, failure=exited(1))))
    assert (done["type"], done["record"]) == (
        "platform.runtimeDone",
        {
            "requestId": "id-1",
            "status": "error",
            "errorType": "Runtime.ExitError",
            "metrics": {"durationMs": 1.234},
        },
    )
    assert (ended["record"]["status"], ended["record"]["errorType"]) == ("error", "Runtime.ExitError")
    done, report = events(log.init_report(NOW, 10.0, "invoke", timed_out(3)))
    assert (done["type"], done["record"]) == (
        "platform.initRuntimeDone",
        {"initializationType": "on-demand", "phase": "invoke", "status": "timeout"},
    )
    assert (report["type"], report["record"]) == (
        "platform.initReport",
        {
            "initializationType": "on-demand",
            "phase": "invoke",
            "status": "timeout",
            "metrics": {"durationMs": 10.0},
        },
    )


def test_json_at_debug_has_every_event() -> None:
    log = DebugJsonLog(function_version())
    kinds = [event["type"] for event in events(log.init_end(NOW, 10.0, "init") + log.end(NOW, REPORT))]
    assert kinds == ["platform.initRuntimeDone", "platform.initReport", "platform.runtimeDone", "platform.report"]


@pytest.mark.parametrize(("initialization_type", "count"), [("on-demand", 0), ("provisioned-concurrency", 1)])
def test_a_report_of_init_at_info(initialization_type: str, count: int) -> None:
    """ "Configuring advanced logging controls": initReport is INFO unless the type is on-demand, then DEBUG."""
    assert len(events(JsonLog(function_version(), initialization_type).init_end(NOW, 10.0, "init"))) == count


READY = {"name": "watcher", "state": "Ready", "events": ["INVOKE", "SHUTDOWN"]}
BROKEN = {"name": "br\noken", "state": "LaunchError", "events": [], "errorType": "PermissionDenied"}


def test_extensions_in_text() -> None:
    assert TEXT.extension(NOW, READY) == b"EXTENSION\tName: watcher\tState: Ready\tEvents: [INVOKE, SHUTDOWN]\n"
    assert TEXT.extension(NOW, BROKEN) == (
        b"EXTENSION\tName: br?oken\tState: LaunchError\tEvents: []\tError Type: PermissionDenied\n"
    )
    assert TEXT.subscription(NOW, "Telemetry", "watcher", ["platform", "function"]) == (
        b"TELEMETRY\tName: watcher\tState: Subscribed\tTypes: [Platform, Function]\n"
    )


def test_extensions_in_json() -> None:
    log = JsonLog(function_version())
    assert events(log.extension(NOW, READY)) == [{"time": TIME, "type": "platform.extension", "record": READY}]
    [subscribed] = events(log.subscription(NOW, "Logs", "watcher", ["platform"]))
    assert subscribed["type"] == "platform.logsSubscription"
    assert subscribed["record"] == {"name": "watcher", "state": "Subscribed", "types": ["platform"]}
    quiet = QuietJsonLog(function_version())
    assert quiet.extension(NOW, READY) == quiet.subscription(NOW, "Logs", "watcher", ["platform"]) == b""
    assert quiet.extension(NOW, BROKEN) != b""


@pytest.mark.parametrize(
    ("changes", "kind"),
    [
        ({}, TextLog),
        ({"log_format": "JSON"}, JsonLog),
        ({"log_format": "JSON", "system_log_level": "INFO"}, JsonLog),
        ({"log_format": "JSON", "system_log_level": "DEBUG"}, DebugJsonLog),
        ({"log_format": "JSON", "system_log_level": "WARN"}, QuietJsonLog),
    ],
)
def test_the_configuration_chooses(changes: dict[str, str], kind: type) -> None:
    assert type(platform_log(function_version(**changes))) is kind


def test_above_info_only_failures_are_logged() -> None:
    log = QuietJsonLog(function_version())
    assert log.start(NOW, "id-1", "an-arn", "$LATEST") == log.init_start(NOW, "x") == log.end(NOW, REPORT) == b""
    assert b"timeout" in log.end(NOW, replace(REPORT, failure=timed_out(1)))
