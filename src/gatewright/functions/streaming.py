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
from gatewright.functions.failure import error_object
from gatewright.functions.invocation import InvocationResult
from gatewright.functions.response_sink import Ending

MAX_STREAMED_BYTES: Final = 200 << 20
"""Largest streamed response ("Lambda quotas"). Lambda's 2 MBps beyond the first 6 MB are not imitated."""
BUFFER_BYTES: Final = 64 << 10
"""How much may wait for the caller before the runtime is read no further."""
JSON: Final = "application/json"
_STREAM_TOO_LARGE: Final = error_object(
    error_types.RESPONSE_TOO_LARGE,
    f"Response payload size exceeded maximum allowed payload size ({MAX_STREAMED_BYTES} bytes).",
)


@dataclass(frozen=True, slots=True)
class StreamOutcome:
    """How a streamed invocation ended: the figures, and the error as InvokeWithResponseStream names it."""

    result: InvocationResult
    """Its payload is only the error object: what the function wrote went through the stream."""
    error_code: str | None
    error_details: str | None


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
        """Return only what went wrong: the caller has the rest."""
        if error is not None:
            return error, "Unhandled"
        return (_STREAM_TOO_LARGE, "Unhandled") if self.is_too_large else (b"", None)

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
            outcome = _outcome(result)
        else:
            if result.function_error is not None:
                self.failure = result
            self.begin(JSON, result.executed_version)
            self.write(result.payload)
            details = None if result.function_error is None else result.payload.decode(errors="replace")
            outcome = StreamOutcome(result, result.function_error, details)
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


def _outcome(result: InvocationResult) -> StreamOutcome:
    """Return how a response ended that had begun.

    A runtime that is gone in mid-stream has left its response truncated, and Lambda says no more than that; the log has
    the reason.
    """
    if result.function_error is None:
        return StreamOutcome(result, None, None)
    if result.error_type in (error_types.EXIT_ERROR, error_types.TRUNCATED_RESPONSE):
        return StreamOutcome(result, error_types.TRUNCATED_RESPONSE, None)
    code = error_types.RESPONSE_TOO_LARGE if result.payload is _STREAM_TOO_LARGE else result.error_type
    return StreamOutcome(result, code or result.function_error, result.payload.decode(errors="replace"))


class StreamedInvocation:
    """An invocation whose response has begun. Iterate it once; close it if not to the end."""

    __slots__ = ("_stream", "request_id")

    def __init__(self, request_id: str, stream: ResponseStream) -> None:
        self.request_id = request_id
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
