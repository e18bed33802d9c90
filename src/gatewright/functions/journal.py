"""What one environment writes into its log stream, and the results that belong to it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from gatewright.base.clock import Clock
from gatewright.functions.failure import Failure
from gatewright.functions.invocation import Invocation, InvocationResult
from gatewright.functions.log_stream import LogStream
from gatewright.functions.platform_log import PlatformLog
from gatewright.functions.platform_records import Record, Report

_FLUSH_SECONDS: Final = 0.25
"""How long lines of an invocation that is still running are held back."""


@dataclass(frozen=True, slots=True)
class Journal:
    """The log of one environment: the platform's lines and the output of the process between them."""

    log: PlatformLog
    stream: LogStream
    clock: Clock
    version: str
    initialization_type: str
    """`on-demand` or `provisioned-concurrency`."""

    def init_started(self, runtime_version: str) -> None:
        """Write that INIT begins."""
        now = self.clock.now()
        self.stream.add_platform_lines(self.log.init_start(now, runtime_version))
        self.stream.flush(now)
        if not self.log.is_json:  # LogType=Tail shows what INIT printed, but not this line; the event of JSON it does
            self.stream.claim()

    def init_ended(self, duration_ms: float, phase: str, extensions: Sequence[Record]) -> None:
        """Write that INIT succeeded, and what extensions take part."""
        now = self.clock.now()
        self._add_extensions(now, extensions)
        self.stream.add_platform_lines(self.log.init_end(now, duration_ms, phase))

    def init_failed(
        self,
        duration_ms: float,
        phase: str,
        failure: Failure,
        invocation: Invocation | None,
        extensions: Sequence[Record],
    ) -> None:
        """Write that INIT failed; `phase` is `init`, or `invoke` when it was repeated as part of an invocation."""
        now = self.clock.now()
        self._add_extensions(now, extensions)
        self.stream.add_platform_lines(self.log.init_report(now, duration_ms, phase, failure))
        self.stream.flush(now, invocation)

    def subscribed(self, name: str, api: str, types: Sequence[str]) -> None:
        """Write that an extension subscribed to the Telemetry or the Logs API."""
        now = self.clock.now()
        self.stream.add_platform_lines(self.log.subscription(now, api, name, types))
        self.stream.flush(now)

    def _add_extensions(self, now: float, extensions: Sequence[Record]) -> None:
        for record in extensions:
            self.stream.add_platform_lines(self.log.extension(now, record))

    def begin(self, invocation: Invocation) -> None:
        """Write that an invocation begins. What was printed before it is written first, and is part of its tail."""
        now = self.clock.now()
        stream = self.stream
        stream.flush(now)
        invocation.keep_tail(stream.claim())
        lines = self.log.start(now, invocation.request_id, invocation.invoked_arn, self.version)
        stream.add_platform_lines(lines, ends_output=False)

    def end(self, invocation: Invocation, report: Report, payload: bytes, function_error: str | None) -> None:
        """Write the end of an invocation and answer it."""
        now = self.clock.now()
        self.stream.add_platform_lines(self.log.end(now, report), ends_output=report.failure is not None)
        self.stream.flush(now, invocation)
        self.answer(invocation, report, payload, function_error)

    def answer(self, invocation: Invocation, report: Report, payload: bytes, function_error: str | None) -> None:
        """Answer an invocation, unless it was answered before."""
        result = InvocationResult(
            invocation.request_id,
            payload,
            function_error,
            invocation.log_tail,
            self.version,
            report.duration_ms,
            report.billed_duration_ms,
            report.memory_size_mb,
            report.max_memory_used_mb,
            report.init_duration_ms,
            None if report.failure is None else report.failure.error_type,
            invocation.trace_header,
            invocation.response is not None and function_error is None,
        )
        invocation.resolve(result)

    def process_ended(self) -> None:
        """Pass on what is left: nothing completes a line any more."""
        self.stream.add_platform_lines(b"")
        self.stream.flush(self.clock.now())

    def printed(self, invocation: Invocation | None) -> None:
        """Pass on what should not wait for the end of an invocation: there is none, or it is much."""
        if invocation is None or self.stream.is_large():
            self.stream.flush(self.clock.now(), invocation)

    def show_progress(self, invocation: Invocation, monotonic: float) -> None:
        """Pass on what an invocation wrote that runs for longer than a moment."""
        if monotonic - invocation.begun_at > _FLUSH_SECONDS:
            self.stream.flush(self.clock.now(), invocation)
