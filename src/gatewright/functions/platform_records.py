"""The platform's events as records: for the log in LogFormat `JSON`, and for extensions that subscribed to telemetry.

Source: "Lambda Telemetry API Event schema reference", Lambda Developer Guide; field names also from the types of
aws/aws-lambda-runtime-interface-emulator.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from gatewright.functions.failure import Failure
from gatewright.snapshot.types import FunctionVersion

Record = Mapping[str, Any]
TRACING_TYPE: Final = "X-Amzn-Trace-Id"


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


def status(failure: Failure | None) -> dict[str, Any]:
    """Return how something went."""
    if failure is None:
        return {"status": "success"}
    if failure.is_timeout:
        return {"status": "timeout"}
    return {"status": "error", "errorType": failure.error_type}


def runtime_of(function: FunctionVersion, version: str) -> Record:
    """Return what platform.initStart says of the runtime."""
    named = {"runtimeVersionArn": function.runtime_version_arn} if function.runtime_version_arn else {}
    return {"runtimeVersion": version, **named}


def init_start(function: FunctionVersion, initialization_type: str, runtime_version: str, instance_id: str) -> Record:
    """Return platform.initStart. What is not on the page is as recorded (radkawar/stackd, invocation_tails.json)."""
    return {
        "initializationType": initialization_type,
        "phase": "init",
        **runtime_of(function, runtime_version),
        "functionName": function.name,
        "functionVersion": function.version,
        "instanceId": instance_id,
        "instanceMaxMemory": function.memory_size_mb << 20,
    }


def init_runtime_done(initialization_type: str, phase: str, failure: Failure | None) -> Record:
    """Return platform.initRuntimeDone."""
    return {"initializationType": initialization_type, "phase": phase, **status(failure)}


def init_report(initialization_type: str, phase: str, duration_ms: float, failure: Failure | None) -> Record:
    """Return platform.initReport."""
    metrics = {"durationMs": round(duration_ms, 3)}
    return {"initializationType": initialization_type, "phase": phase, **status(failure), "metrics": metrics}


def runtime_done(request_id: str, duration_ms: float, failure: Failure | None) -> dict[str, Any]:
    """Return platform.runtimeDone."""
    return {"requestId": request_id, **status(failure), "metrics": {"durationMs": round(duration_ms, 3)}}


def span(name: str, start: float, duration_ms: float) -> Record:
    """Return a part of the time that an event is about; `start` is seconds since the epoch."""
    return {"name": name, "start": iso_time(start), "durationMs": round(duration_ms, 3)}


def iso_time(now: float) -> str:
    """Return a time as events have it, such as `2022-10-12T00:00:15.064Z`."""
    return datetime.fromtimestamp(now, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def report(figures: Report) -> dict[str, Any]:
    """Return platform.report."""
    metrics: dict[str, Any] = {
        "durationMs": round(figures.duration_ms, 3),
        "billedDurationMs": figures.billed_duration_ms,
        "memorySizeMB": figures.memory_size_mb,
        "maxMemoryUsedMB": figures.max_memory_used_mb,
    }
    if figures.init_duration_ms is not None:
        metrics["initDurationMs"] = round(figures.init_duration_ms, 3)
    return {"requestId": figures.request_id, "metrics": metrics, **status(figures.failure)}


def subscription(name: str, types: Sequence[str]) -> Record:
    """Return platform.telemetrySubscription, which is also platform.logsSubscription."""
    return {"name": name, "state": "Subscribed", "types": list(types)}
