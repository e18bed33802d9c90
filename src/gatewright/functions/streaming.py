"""Responses on their way from a function to its caller, piece by piece.

    runtime ──▶ link ──▶ ResponseSink ──▶ caller

The link writes, and stops reading the runtime while the sink is full; so a caller that does not read stops the
function's own writes. A caller that goes away stops nothing: the function runs on and the rest is dropped.
Source: "Response streaming for Lambda functions", Lambda Developer Guide.
"""

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from gatewright.functions import error_types
from gatewright.functions.invocation import InvocationResult
from gatewright.functions.response_sink import Ending

MAX_STREAMED_BYTES: Final = (200 << 20) + 1
"""How much of a streamed response is passed on: Lambda's 200 MiB ("Lambda quotas"), and one octet more, by which it
shows that something was dropped (recorded in 2026). Lambda's 2 MBps beyond the first 6 MB are not imitated."""
BUFFER_BYTES: Final = 64 << 10
"""How much may wait for the caller before the runtime is read no further."""
JSON: Final = "application/json"


@dataclass(frozen=True, slots=True)
class StreamOutcome:
    """How a streamed invocation ended."""

    result: InvocationResult
    """Its payload is only the error object: what the function wrote went through the stream."""
    error_code: str | None
    """The `ErrorCode` of InvokeComplete: set when the runtime went away before the end of its response.

    Nothing else is told there. For a function that raised, in mid-stream or before, whose time was up, or whose
    response was too large, Lambda was recorded in September 2026 to send InvokeComplete without members
    (radkawar/stackd, testdata/aws/lambda: streaming.json, invocation_tails.json).
    """


class ResponseStream:
    """A response between a link, which writes, and one caller, who reads: a sink to the one, an iterator to the other.

    No more than `BUFFER_BYTES` and one write wait in between.
    """

    __slots__ = (
        "_arrival",
        "_begun",
        "_chunks",
        "_held_bytes",
        "_is_discarded",
        "_outcome",
        "_resume",
        "content_type",
        "executed_version",
        "failure",
        "produced_bytes",
    )

    def __init__(self) -> None:
        self.content_type = ""
        self.executed_version = ""
        self.failure: InvocationResult | None = None
        """Set when the function failed before it began to respond; the stream is the error object then."""
        self.produced_bytes = 0
        self._begun: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._arrival: asyncio.Future[None] | None = None
        self._resume: Callable[[], None] | None = None
        self._chunks: deque[bytes] = deque()
        self._held_bytes = 0
        self._is_discarded = False
        self._outcome: StreamOutcome | None = None

    # The writer's side

    @property
    def is_full(self) -> bool:
        """Return whether the caller has enough to read."""
        return self._held_bytes > BUFFER_BYTES

    @property
    def is_too_large(self) -> bool:
        """Return whether something was dropped because it was too much."""
        return self.produced_bytes > MAX_STREAMED_BYTES

    def begin(self, content_type: str, executed_version: str) -> None:
        """Tell the caller that a response comes."""
        self.content_type = content_type
        self.executed_version = executed_version
        if not self._begun.done():
            self._begun.set_result(None)

    def write(self, octets: bytes) -> None:
        """Pass octets on, as far as a response may be long and somebody wants them."""
        room = MAX_STREAMED_BYTES - self.produced_bytes
        self.produced_bytes += len(octets)
        if len(octets) > room:
            octets = octets[: max(room, 0)]
        if octets and not self._is_discarded and self._outcome is None:
            self._chunks.append(octets)
            self._held_bytes += len(octets)
            self._wake()

    def when_there_is_room(self, resume: Callable[[], None]) -> None:
        """Call `resume` once the caller has read, or has gone away."""
        if self.is_full:
            self._resume = resume
        else:
            resume()

    def conclude(self, error: bytes | None) -> Ending:
        """Return only what broke the response off: the caller has the rest."""
        return (b"", None) if error is None else (error, "Unhandled")

    def settle(self, invocation: "asyncio.Future[InvocationResult]") -> None:
        """End with an invocation: refused, failed or answered. A whole answer is a stream of one piece."""
        if invocation.cancelled():
            self._begun.cancel()
            self.discard()
            return
        error = invocation.exception()
        if error is not None:
            if not self._begun.done():
                self._begun.set_exception(error)
            return
        result = invocation.result()
        if self._begun.done():
            gone = None if result.function_error is None else error_types.TRUNCATED_RESPONSE
            outcome = StreamOutcome(result, gone)
        else:
            if result.function_error is not None:
                self.failure = result
            self.begin(JSON, result.executed_version)
            self.write(result.payload)
            outcome = StreamOutcome(result, None)
        self._outcome = outcome
        self._wake()

    # The caller's side

    async def wait_until_begun(self) -> None:
        """Wait until the function begins to respond or ends. Raises `InvokeError` when the invocation was refused."""
        await self._begun

    @property
    def outcome(self) -> StreamOutcome | None:
        """Return how it ended, or None while it has not."""
        return self._outcome

    def discard(self) -> None:
        """Drop what comes from now on: nobody reads it."""
        self._is_discarded = True
        self._chunks.clear()
        self._held_bytes = 0
        self._let_write()
        self._wake()

    def __aiter__(self) -> "ResponseStream":
        return self

    async def __anext__(self) -> bytes:
        """Return all that waits, as one piece."""
        while not self._chunks:
            if self._outcome is not None or self._is_discarded:
                raise StopAsyncIteration
            self._arrival = asyncio.get_running_loop().create_future()
            await self._arrival
        octets = self._chunks[0] if len(self._chunks) == 1 else b"".join(self._chunks)
        self._chunks.clear()
        self._held_bytes = 0
        self._let_write()
        return octets

    def _let_write(self) -> None:
        resume, self._resume = self._resume, None
        if resume is not None:
            resume()

    def _wake(self) -> None:
        arrival, self._arrival = self._arrival, None
        if arrival is not None and not arrival.done():
            arrival.set_result(None)


class StreamedInvocation:
    """An invocation whose response has begun. Iterate it once; close it if not to the end."""

    __slots__ = ("_stream", "request_id", "trace_header")

    def __init__(self, request_id: str, trace_header: str, stream: ResponseStream) -> None:
        self.request_id = request_id
        self.trace_header = trace_header
        self._stream = stream

    @property
    def executed_version(self) -> str:
        """Return the version that an alias or its weights led to."""
        return self._stream.executed_version

    @property
    def content_type(self) -> str:
        """Return what the runtime says that the octets are; `application/json` of a function that does not stream.

        `application/vnd.awslambda.http-integration-response` stands for an HTTP response with a prelude.
        """
        return self._stream.content_type

    @property
    def failure(self) -> InvocationResult | None:
        """Return the result of a function that failed before it began to respond. The stream is its error object."""
        return self._stream.failure

    @property
    def outcome(self) -> StreamOutcome | None:
        """Return how it ended: None before the iteration has ended, and after `aclose` perhaps still."""
        return self._stream.outcome

    def __aiter__(self) -> ResponseStream:
        return self._stream

    async def aclose(self) -> None:
        """Stop reading. The function runs on, and what it still writes is dropped."""
        self._stream.discard()
