"""The lines that Lambda itself writes into a function's log, in both of its formats.

Sources: "Understanding the Lambda execution environment lifecycle" and "Log and monitor" (text); "Lambda Telemetry API
Event schema reference" and "Configuring advanced logging controls" with its table of the events' levels (JSON), Lambda
Developer Guide.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final, Protocol

import orjson

from gatewright.functions import platform_records as records
from gatewright.functions.failure import Failure
from gatewright.functions.platform_records import Record, Report, iso_time
from gatewright.functions.variables import ON_DEMAND
from gatewright.snapshot.types import FunctionVersion

__all__ = ["PlatformLog", "Report", "platform_log"]

_QUIET_LEVELS: Final = frozenset({"WARN", "ERROR", "FATAL"})
_READY: Final = "Ready"


class PlatformLog(Protocol):
    """Writes the platform's lines; each method returns whole lines, or nothing."""

    @property
    def is_json(self) -> bool:
        """Return whether the lines are events in JSON."""
        ...

    def init_start(self, now: float, runtime_version: str) -> bytes:
        """Return what is written when an environment starts."""
        ...

    def init_end(self, now: float, duration_ms: float, phase: str) -> bytes:
        """Return what is written when INIT succeeded; `phase` is `init` or `invoke`."""
        ...

    def init_report(self, now: float, duration_ms: float, phase: str, failure: Failure) -> bytes:
        """Return what is written when INIT failed."""
        ...

    def extension(self, now: float, record: Record) -> bytes:
        """Return what is written of an extension at the end of INIT."""
        ...

    def subscription(self, now: float, api: str, name: str, types: Sequence[str]) -> bytes:
        """Return what is written when an extension subscribes; `api` is `Telemetry` or `Logs`."""
        ...

    def start(self, now: float, request_id: str, invoked_arn: str, version: str) -> bytes:
        """Return what is written before an invocation."""
        ...

    def end(self, now: float, report: Report) -> bytes:
        """Return what is written after an invocation."""
        ...


class TextLog:
    """LogFormat `Text`."""

    __slots__ = ("_runtime_version_arn",)

    is_json = False

    def __init__(self, runtime_version_arn: str = "") -> None:
        self._runtime_version_arn = runtime_version_arn

    def init_start(self, now: float, runtime_version: str) -> bytes:
        """Return the INIT_START line."""
        arn = f"\tRuntime Version ARN: {self._runtime_version_arn}" if self._runtime_version_arn else ""
        return f"INIT_START Runtime Version: {runtime_version}{arn}\n".encode()

    def init_end(self, now: float, duration_ms: float, phase: str) -> bytes:
        """Return nothing: the REPORT line of the first invocation says it."""
        return b""

    def init_report(self, now: float, duration_ms: float, phase: str, failure: Failure) -> bytes:
        """Return the INIT_REPORT line."""
        status = "timeout" if failure.is_timeout else f"error\tError Type: {failure.error_type}"
        return f"INIT_REPORT Init Duration: {duration_ms:.2f} ms\tPhase: {phase}\tStatus: {status}\n".encode()

    def extension(self, now: float, record: Record) -> bytes:
        """Return the EXTENSION line."""
        error = f"\tError Type: {_in_line(record['errorType'])}" if "errorType" in record else ""
        events = ", ".join(record["events"])
        line = f"EXTENSION\tName: {_in_line(record['name'])}\tState: {record['state']}\tEvents: [{events}]{error}\n"
        return line.encode("utf-8", "replace")

    def subscription(self, now: float, api: str, name: str, types: Sequence[str]) -> bytes:
        """Return the TELEMETRY or LOGS line."""
        listed = ", ".join(each.capitalize() for each in types)
        return f"{api.upper()}\tName: {_in_line(name)}\tState: Subscribed\tTypes: [{listed}]\n".encode(
            "utf-8", "replace"
        )

    def start(self, now: float, request_id: str, invoked_arn: str, version: str) -> bytes:
        """Return the START line."""
        return f"START RequestId: {request_id} Version: {version}\n".encode()

    def end(self, now: float, report: Report) -> bytes:
        """Return the END and REPORT lines, before them what went wrong.

        Of a time-out only the status tells: the line "Task timed out after …" was not there any more in what others
        recorded in September 2026 (radkawar/stackd, testdata/aws/lambda/invocation_tails.json).
        """
        request_id = report.request_id
        failure = report.failure
        line = (
            f"END RequestId: {request_id}\n"
            f"REPORT RequestId: {request_id}\tDuration: {report.duration_ms:.2f} ms\t"
            f"Billed Duration: {report.billed_duration_ms} ms\tMemory Size: {report.memory_size_mb} MB\t"
            f"Max Memory Used: {report.max_memory_used_mb} MB\t"
        )
        if report.init_duration_ms is not None:
            line = f"{line}Init Duration: {report.init_duration_ms:.2f} ms\t"
        if failure is None:
            return f"{line}\n".encode()
        if failure.is_timeout:
            return f"{line}Status: timeout\n".encode()
        said = "" if failure.body else f"{failure.text(request_id)}\n{failure.error_type}\n"
        return f"{said}{line}Status: error\tError Type: {failure.error_type}\n".encode()


class JsonLog:
    """LogFormat `JSON`, at the system log level INFO."""

    __slots__ = ("_function", "_initialization_type", "_instance_id")

    is_json = True

    def __init__(self, function: FunctionVersion, initialization_type: str = ON_DEMAND, instance_id: str = "") -> None:
        self._function = function
        self._initialization_type = initialization_type
        self._instance_id = instance_id

    def init_start(self, now: float, runtime_version: str) -> bytes:
        """Return platform.initStart."""
        record = records.init_start(self._function, self._initialization_type, runtime_version, self._instance_id)
        return _event(now, "platform.initStart", record)

    def init_end(self, now: float, duration_ms: float, phase: str) -> bytes:
        """Return platform.initReport, unless INIT came with the first request."""
        if self._initialization_type == ON_DEMAND:
            return b""
        return self._init_report(now, duration_ms, phase, None)

    def init_report(self, now: float, duration_ms: float, phase: str, failure: Failure) -> bytes:
        """Return platform.initRuntimeDone and platform.initReport."""
        done = records.init_runtime_done(self._initialization_type, phase, failure)
        return _event(now, "platform.initRuntimeDone", done) + self._init_report(now, duration_ms, phase, failure)

    def extension(self, now: float, record: Record) -> bytes:
        """Return platform.extension."""
        return _event(now, "platform.extension", record)

    def subscription(self, now: float, api: str, name: str, types: Sequence[str]) -> bytes:
        """Return platform.telemetrySubscription or platform.logsSubscription."""
        return _event(now, f"platform.{api.lower()}Subscription", records.subscription(name, types))

    def start(self, now: float, request_id: str, invoked_arn: str, version: str) -> bytes:
        """Return platform.start."""
        record = {"requestId": request_id, "functionArn": invoked_arn, "version": version}
        return _event(now, "platform.start", record)

    def end(self, now: float, report: Report) -> bytes:
        """Return platform.report, and platform.runtimeDone of a failure."""
        done = b"" if report.failure is None else _runtime_done(now, report)
        return done + _event(now, "platform.report", records.report(report))

    def _init_report(self, now: float, duration_ms: float, phase: str, failure: Failure | None) -> bytes:
        record = records.init_report(self._initialization_type, phase, duration_ms, failure)
        return _event(now, "platform.initReport", record)


class DebugJsonLog(JsonLog):
    """LogFormat `JSON` at the system log level DEBUG: every event."""

    __slots__ = ()

    def init_end(self, now: float, duration_ms: float, phase: str) -> bytes:
        """Return platform.initRuntimeDone and platform.initReport."""
        done = records.init_runtime_done(self._initialization_type, phase, None)
        return _event(now, "platform.initRuntimeDone", done) + self._init_report(now, duration_ms, phase, None)

    def end(self, now: float, report: Report) -> bytes:
        """Return platform.runtimeDone and platform.report."""
        return _runtime_done(now, report) + _event(now, "platform.report", records.report(report))


class QuietJsonLog(JsonLog):
    """LogFormat `JSON` at the system log levels above INFO: only what failed."""

    __slots__ = ()

    def init_start(self, now: float, runtime_version: str) -> bytes:
        """Return nothing."""
        return b""

    def init_end(self, now: float, duration_ms: float, phase: str) -> bytes:
        """Return nothing."""
        return b""

    def extension(self, now: float, record: Record) -> bytes:
        """Return platform.extension of one that is not ready."""
        return b"" if record["state"] == _READY else super().extension(now, record)

    def subscription(self, now: float, api: str, name: str, types: Sequence[str]) -> bytes:
        """Return nothing."""
        return b""

    def start(self, now: float, request_id: str, invoked_arn: str, version: str) -> bytes:
        """Return nothing."""
        return b""

    def end(self, now: float, report: Report) -> bytes:
        """Return the events of a failure."""
        return b"" if report.failure is None else super().end(now, report)


def platform_log(function: FunctionVersion, initialization_type: str = ON_DEMAND, instance_id: str = "") -> PlatformLog:
    """Return the log writer that the function's logging configuration asks for; `instance_id` names the log stream."""
    if function.log_format != "JSON":
        return TextLog(function.runtime_version_arn)
    if function.system_log_level in _QUIET_LEVELS:
        return QuietJsonLog(function, initialization_type, instance_id)
    log = DebugJsonLog if function.system_log_level == "DEBUG" else JsonLog
    return log(function, initialization_type, instance_id)


def _runtime_done(now: float, report: Report) -> bytes:
    record = records.runtime_done(report.request_id, report.duration_ms, report.failure)
    return _event(now, "platform.runtimeDone", record)


def _in_line(name: str) -> str:
    """Return a name that somebody else chose, for a line of text."""
    return "".join(character if character.isprintable() else "?" for character in name)


def _event(now: float, kind: str, record: Mapping[str, Any]) -> bytes:
    return orjson.dumps({"time": iso_time(now), "type": kind, "record": record}, option=orjson.OPT_APPEND_NEWLINE)
