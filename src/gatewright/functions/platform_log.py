"""The lines that Lambda itself writes into a function's log, in both of its formats.

Sources: "Understanding the Lambda execution environment lifecycle" and "Log and monitor" (text); "Lambda Telemetry API
Event schema reference" and "Configuring advanced logging controls" (JSON), Lambda Developer Guide.
"""

import math
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, Protocol

import orjson

from gatewright.functions.failure import Failure
from gatewright.functions.variables import ON_DEMAND
from gatewright.snapshot.types import FunctionVersion

_QUIET_LEVELS: Final = frozenset({"WARN", "ERROR", "FATAL"})


# Not frozen: one is made for every invocation.
@dataclass(slots=True)
class Report:
    """The figures of a REPORT line. Nobody changes it."""

    request_id: str
    duration_ms: float
    init_duration_ms: float | None
    memory_size_mb: int
    max_memory_used_mb: int
    failure: Failure | None

    @property
    def billed_duration_ms(self) -> int:
        """Return the duration with INIT, rounded up ("AWS Lambda pricing")."""
        return math.ceil(self.duration_ms + (self.init_duration_ms or 0.0))

    @property
    def status(self) -> str:
        """Return Lambda's word for how it went."""
        if self.failure is None:
            return "success"
        return "timeout" if self.failure.is_timeout else "error"


class PlatformLog(Protocol):
    """Writes the platform's lines; each method returns whole lines, or nothing."""

    def init_start(self, now: float, runtime_version: str) -> bytes:
        """Return what is written when an environment starts."""
        ...

    def init_report(self, now: float, duration_ms: float, phase: str, failure: Failure) -> bytes:
        """Return what is written when INIT failed; `phase` is `init` or `invoke`."""
        ...

    def start(self, now: float, request_id: str, version: str) -> bytes:
        """Return what is written before an invocation."""
        ...

    def end(self, now: float, report: Report) -> bytes:
        """Return what is written after an invocation."""
        ...


class TextLog:
    """LogFormat `Text`."""

    __slots__ = ()

    def init_start(self, now: float, runtime_version: str) -> bytes:
        """Return the INIT_START line."""
        return f"INIT_START Runtime Version: {runtime_version}\n".encode()

    def init_report(self, now: float, duration_ms: float, phase: str, failure: Failure) -> bytes:
        """Return the INIT_REPORT line."""
        status = "timeout" if failure.is_timeout else f"error\tError Type: {failure.error_type}"
        return f"INIT_REPORT Init Duration: {duration_ms:.2f} ms\tPhase: {phase}\tStatus: {status}\n".encode()

    def start(self, now: float, request_id: str, version: str) -> bytes:
        """Return the START line."""
        return f"START RequestId: {request_id} Version: {version}\n".encode()

    def end(self, now: float, report: Report) -> bytes:
        """Return the END and REPORT lines, before them what went wrong."""
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
            return f"{_iso(now)} {request_id} {failure.message}\n{line}Status: timeout\n".encode()
        said = "" if failure.body else f"{failure.text(request_id)}\n{failure.error_type}\n"
        return f"{said}{line}Status: error\tError Type: {failure.error_type}\n".encode()


class JsonLog:
    """LogFormat `JSON`, at the system log level DEBUG or INFO."""

    __slots__ = ("_runtime",)

    def __init__(self, function: FunctionVersion, initialization_type: str = ON_DEMAND) -> None:
        self._runtime = {
            "initializationType": initialization_type,
            "functionName": function.name,
            "functionVersion": function.version,
        }

    def init_start(self, now: float, runtime_version: str) -> bytes:
        """Return platform.initStart."""
        return _event(now, "platform.initStart", {"phase": "init", "runtimeVersion": runtime_version, **self._runtime})

    def init_report(self, now: float, duration_ms: float, phase: str, failure: Failure) -> bytes:
        """Return platform.initReport."""
        record: dict[str, Any] = {"initializationType": self._runtime["initializationType"], "phase": phase}
        record |= _status(failure) | {"metrics": {"durationMs": round(duration_ms, 3)}}
        return _event(now, "platform.initReport", record)

    def start(self, now: float, request_id: str, version: str) -> bytes:
        """Return platform.start."""
        return _event(now, "platform.start", {"requestId": request_id, "version": version})

    def end(self, now: float, report: Report) -> bytes:
        """Return platform.report."""
        metrics: dict[str, Any] = {
            "durationMs": round(report.duration_ms, 3),
            "billedDurationMs": report.billed_duration_ms,
            "memorySizeMB": report.memory_size_mb,
            "maxMemoryUsedMB": report.max_memory_used_mb,
        }
        if report.init_duration_ms is not None:
            metrics["initDurationMs"] = round(report.init_duration_ms, 3)
        record = {"requestId": report.request_id, "metrics": metrics} | _status(report.failure)
        return _event(now, "platform.report", record)


class QuietJsonLog(JsonLog):
    """LogFormat `JSON` at the system log levels above INFO: only what failed."""

    __slots__ = ()

    def init_start(self, now: float, runtime_version: str) -> bytes:
        """Return nothing."""
        return b""

    def start(self, now: float, request_id: str, version: str) -> bytes:
        """Return nothing."""
        return b""

    def end(self, now: float, report: Report) -> bytes:
        """Return platform.report of a failure."""
        return b"" if report.failure is None else super().end(now, report)


def platform_log(function: FunctionVersion, initialization_type: str = ON_DEMAND) -> PlatformLog:
    """Return the log writer that the function's logging configuration asks for."""
    if function.log_format != "JSON":
        return TextLog()
    log = QuietJsonLog if function.system_log_level in _QUIET_LEVELS else JsonLog
    return log(function, initialization_type)


def _iso(now: float) -> str:
    return datetime.fromtimestamp(now, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _status(failure: Failure | None) -> dict[str, Any]:
    if failure is None:
        return {"status": "success"}
    if failure.is_timeout:
        return {"status": "timeout"}
    return {"status": "error", "errorType": failure.error_type}


def _event(now: float, kind: str, record: dict[str, Any]) -> bytes:
    return orjson.dumps({"time": _iso(now), "type": kind, "record": record}, option=orjson.OPT_APPEND_NEWLINE)
