"""The extensions of one environment as the environment sees them: their APIs, their events, their telemetry.

An environment has this from the start, since an extension may come from within its runtime; it is asked for nothing in
an invocation before one has come.
"""

import socket
from collections.abc import Callable
from typing import Protocol

import orjson

from gatewright.base.clock import Clock
from gatewright.base.ids import Ids
from gatewright.base.messages import Request, Response
from gatewright.functions import platform_records as records
from gatewright.functions.extensions import api as extension_api
from gatewright.functions.extensions.api import ExtensionApi
from gatewright.functions.extensions.extension import EventType, Extension, ExtensionState
from gatewright.functions.extensions.registry import Registry
from gatewright.functions.failure import Failure
from gatewright.functions.invocation import Invocation
from gatewright.functions.platform_records import Record, Report
from gatewright.functions.telemetry import api as telemetry_api
from gatewright.functions.telemetry.api import TelemetryApi
from gatewright.functions.telemetry.subscription import Dialect, Subscription
from gatewright.functions.telemetry.telemetry import Telemetry
from gatewright.snapshot.types import FunctionVersion


class ExtensionEvents(Protocol):
    """What the environment is told."""

    def extensions_progressed(self) -> None:
        """One of them came, registered or is ready: something may go on."""
        ...

    def extension_failed(self, failure: Failure) -> None:
        """One of them broke: the environment is of no use any more."""
        ...

    def subscribed(self, name: str, dialect: Dialect, types: tuple[str, ...]) -> None:
        """One of them subscribed to telemetry."""
        ...


class Extensions:
    """Used on the event loop only."""

    __slots__ = (
        "_answered_at",
        "_clock",
        "_events",
        "_external",
        "_failed_by",
        "_function",
        "_ids",
        "_is_initializing",
        "_is_runtime_done",
        "_responding_at",
        "_routes",
        "_sockets",
        "registry",
        "telemetry",
    )

    def __init__(
        self,
        function: FunctionVersion,
        clock: Clock,
        ids: Ids,
        events: ExtensionEvents,
        is_initializing: Callable[[], bool],
    ) -> None:
        """`is_initializing` until the runtime asks for its first invocation: so long extensions may come."""
        self.registry = Registry()
        self.telemetry = Telemetry(clock, parses_records=function.log_format == "JSON")
        self._responding_at = self._answered_at = 0.0
        self._is_runtime_done = True
        self._clock = clock
        self._function = function
        self._ids = ids
        self._events = events
        self._is_initializing = is_initializing
        self._external: list[Extension] = []
        self._failed_by: dict[str, str] = {}
        self._sockets: MakesSockets | None = None
        about = {"functionName": function.name, "functionVersion": function.version, "handler": function.handler}
        api = ExtensionApi(self.registry, self, ids.request_id, about, function.account_id)
        subscriptions = TelemetryApi(
            self.registry, self.telemetry, self._make_socket, is_initializing, self._subscribed
        )
        self._routes = (
            (extension_api.PREFIX, api.handle),
            *((path, subscriptions.handle) for path in telemetry_api.PATHS),
        )

    # From the processes

    async def handle(self, request: Request) -> Response | None:
        """Serve a request to one of the APIs of extensions; None when it is to another one."""
        for prefix, handler in self._routes:
            if request.path.startswith(prefix):
                self.registry.is_open = self._is_initializing()
                return await handler(request)
        return None

    def progressed(self, extension: Extension) -> None:
        """It registered, or asks for its next event."""
        self._events.extensions_progressed()

    def failed(self, extension: Extension, error_type: str) -> None:
        """It reported an error. Its end, which should follow, is then of this type."""
        self._failed_by.setdefault(extension.name, error_type)

    def exited(self, index: int, failure: Failure) -> None:
        """The process of an external extension ended, which it may in SHUTDOWN only."""
        extension = self._external[index]
        extension.has_exited = True
        extension.poll = None
        error_type = self._failed_by.get(extension.name, failure.error_type)
        self._events.extension_failed(Failure(error_type, failure.message))

    def _subscribed(self, extension: Extension, subscription: Subscription) -> None:
        kind = f"platform.{subscription.dialect.value.lower()}Subscription"
        self.telemetry.tell(kind, records.subscription(extension.name, subscription.types))
        self._events.subscribed(extension.name, subscription.dialect, subscription.types)

    def _make_socket(self) -> socket.socket:
        if self._sockets is None:
            raise OSError("the environment is not open")
        return self._sockets.tcp_socket()

    # From the environment

    def open(self, sockets: "MakesSockets") -> None:
        """Have telemetry go through these sockets."""
        self._sockets = sockets

    def expect(self, names: tuple[str, ...]) -> None:
        """Expect these external extensions to register."""
        for name in names:
            self._external.append(self.registry.add_external(name, self._ids.request_id()))
        self._events.extensions_progressed()

    def refuse(self, name: str, error_type: str) -> None:
        """Take note that the process of an external extension cannot be started."""
        extension = self.registry.add_external(name, self._ids.request_id())
        extension.state = ExtensionState.LAUNCH_ERROR
        extension.error_type = error_type
        self._events.extensions_progressed()

    def init_started(self, initialization_type: str, phase: str, runtime_version: str) -> None:
        """Remember for those who will subscribe that INIT has begun."""
        about = self._function
        record = {
            "initializationType": initialization_type,
            "phase": phase,
            **records.runtime_of(about, runtime_version),
            "functionName": about.name,
            "functionArn": about.arn,
            "functionVersion": about.version,
            "instanceMaxMemory": about.memory_size_mb << 20,
        }
        self.telemetry.remember("platform.initStart", record)

    def runtime_initialized(self, initialization_type: str, phase: str, failure: Failure | None = None) -> None:
        """Tell that the runtime's part of INIT is over."""
        done = records.init_runtime_done(initialization_type, phase, failure)
        self.telemetry.tell("platform.initRuntimeDone", done)

    def init_ended(
        self, initialization_type: str, phase: str, duration_ms: float, failure: Failure | None = None
    ) -> list[Record]:
        """Tell that INIT is over. Return the records of platform.extension for all."""
        extensions = self._describe()
        if self.telemetry:
            if failure is not None:
                self.runtime_initialized(initialization_type, phase, failure)
            for record in extensions:
                self.telemetry.tell("platform.extension", record)
            report = records.init_report(initialization_type, phase, duration_ms, failure)
            self.telemetry.tell("platform.initReport", report)
        return extensions

    def invoke(self, invocation: Invocation, deadline_ms: int, version: str) -> None:
        """Tell of an invocation that begins."""
        self._responding_at = 0.0
        self._is_runtime_done = False
        tracing = {"type": records.TRACING_TYPE, "value": invocation.trace_header}
        told = self.registry.told_of(EventType.INVOKE)
        if told:
            event = orjson.dumps(
                {
                    "eventType": "INVOKE",
                    "deadlineMs": deadline_ms,
                    "requestId": invocation.request_id,
                    "invokedFunctionArn": invocation.invoked_arn,
                    "tracing": tracing,
                }
            )
            for extension in told:
                extension.tell(event)
        if self.telemetry:
            record = {"requestId": invocation.request_id, "version": version, "tracing": tracing}
            self.telemetry.tell("platform.start", record)

    def responding(self, *, is_complete: bool) -> None:
        """Take note that the runtime has begun to answer, or has answered."""
        self._answered_at = self._clock.monotonic()
        if not is_complete or not self._responding_at:
            self._responding_at = self._answered_at

    def runtime_done(self, invocation: Invocation, payload: bytes, failure: Failure | None) -> None:
        """Tell that the runtime is done with an invocation."""
        self._is_runtime_done = True
        if self.telemetry:
            now = self._clock.monotonic()
            epoch = self._clock.now() - now
            latency_ms = (self._responding_at - invocation.begun_at) * 1000
            response_ms = (self._answered_at - self._responding_at) * 1000
            overhead_ms = (now - self._answered_at) * 1000
            record = records.runtime_done(invocation.request_id, (now - invocation.begun_at) * 1000, failure)
            streamed_bytes = 0 if invocation.response is None else invocation.response.produced_bytes
            record["metrics"]["producedBytes"] = streamed_bytes or len(payload)
            record["tracing"] = {"type": records.TRACING_TYPE, "value": invocation.trace_header}
            record["spans"] = [
                records.span("responseLatency", epoch + invocation.begun_at, latency_ms),
                records.span("responseDuration", epoch + self._responding_at, response_ms),
                records.span("runtimeOverhead", epoch + self._answered_at, overhead_ms),
            ]
            self.telemetry.tell("platform.runtimeDone", record)

    def reported(self, report: Report, invocation: Invocation) -> None:
        """Tell what an invocation came to."""
        if self.telemetry:
            if not self._is_runtime_done:
                done = records.runtime_done(report.request_id, report.duration_ms, report.failure)
                self.telemetry.tell("platform.runtimeDone", done)
            record = records.report(report)
            record["tracing"] = {"type": records.TRACING_TYPE, "value": invocation.trace_header}
            if report.failure is not None and not report.failure.is_timeout:
                fault = f"{report.failure.text(report.request_id)}\n{report.failure.error_type}\n"
                self.telemetry.tell("platform.fault", fault)
            self.telemetry.tell("platform.end", {"requestId": report.request_id})
            self.telemetry.tell("platform.report", record)

    def shut_down(self, reason: str, deadline_ms: int) -> list[Extension]:
        """Tell of SHUTDOWN. Return the external extensions that shall end by themselves."""
        event = orjson.dumps({"eventType": "SHUTDOWN", "deadlineMs": deadline_ms, "shutdownReason": reason})
        told = self.registry.told_of(EventType.SHUTDOWN)
        for extension in told:
            extension.tell(event)
        return told

    def _describe(self) -> list[Record]:
        return [
            {
                "name": extension.name,
                "state": extension.state.value,
                "events": [event.value for event in extension.events],
                **({"errorType": extension.error_type} if extension.error_type else {}),
            }
            for extension in self.registry
        ]

    async def close(self) -> None:
        """Send nothing any more."""
        await self.telemetry.close()


class MakesSockets(Protocol):
    """A sandbox, as far as telemetry needs it."""

    def tcp_socket(self) -> socket.socket:
        """Return a TCP socket in the network of its processes, connected to nothing. Raises `OSError`."""
        ...
