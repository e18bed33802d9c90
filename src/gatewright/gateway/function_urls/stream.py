"""A function's streamed response as an HTTP response: invoke mode RESPONSE_STREAM.

Source: "Response streaming for Lambda functions" and "Invoking a response streaming enabled function using Lambda
function URLs". Octets go out as they come. Only a response that announces a prelude has a status and headers of its
own; any other is 200 with the content type that its runtime gave, and is not looked into.

A function that raised in mid-stream, or whose time was up, has ended its response by that. Lambda was recorded in
September 2026 (radkawar/stackd, testdata/aws/lambda/urls_http.json) to end it properly then; and to answer 200 when
nothing was written at all, with `application/octet-stream` also if a prelude was announced.
"""

from collections.abc import AsyncIterator, Callable

from gatewright.base.errors import ResponseBroken
from gatewright.base.messages import Headers, Response
from gatewright.gateway.function_urls.faults import FunctionFailed
from gatewright.gateway.function_urls.seams import StreamedInvocation
from gatewright.gateway.payloads.http_prelude import CONTENT_TYPE, HttpPrelude
from gatewright.gateway.payloads.result import MalformedResult

_OCTETS = "application/octet-stream"


Report = Callable[[str], None]
"""Takes the reason of a response that breaks off once its head is sent."""


class StreamedBody:
    """The body of a streamed response. Who does not read it to its end closes it."""

    __slots__ = ("_first", "_invocation", "_octets", "_report")

    def __init__(
        self, invocation: StreamedInvocation, octets: AsyncIterator[bytes], first: bytes, report: Report
    ) -> None:
        self._invocation = invocation
        self._octets = octets
        self._first = first
        self._report = report

    def __aiter__(self) -> AsyncIterator[bytes]:
        return self

    async def __anext__(self) -> bytes:
        """Return what comes next. Raises `ResponseBroken` when the function failed in mid-stream."""
        if self._first:
            first, self._first = self._first, b""
            return first
        try:
            return await anext(self._octets)
        except StopAsyncIteration:
            error = _error_of(self._invocation)
            if error is not None:
                reason = f"the function's response broke off: {error}"
                self._report(reason)
                raise ResponseBroken(reason) from None
            raise

    async def aclose(self) -> None:
        """Drop the rest of the response."""
        await self._invocation.aclose()


async def streamed_response(invocation: StreamedInvocation, report: Report, *, needs_prelude: bool = False) -> Response:
    """Return the response that an invocation has begun. Raises `FunctionFailed`; the invocation is closed then.

    With `needs_prelude` the response must have one, announced or not.
    """
    try:
        if invocation.failure is not None:
            shown = invocation.failure.payload[:300].decode(errors="replace")
            raise FunctionFailed(f"the function failed: {shown}")
        octets = aiter(invocation)
        if needs_prelude:
            return await _with_prelude(invocation, octets, report, may_be_empty=False)
        if invocation.content_type.partition(";")[0].strip().lower() == CONTENT_TYPE:
            return await _with_prelude(invocation, octets, report, may_be_empty=True)
        return await _without_prelude(invocation, octets, report)
    except BaseException:
        await invocation.aclose()
        raise


async def _without_prelude(invocation: StreamedInvocation, octets: AsyncIterator[bytes], report: Report) -> Response:
    """Return the response with the first piece: a function that fails before it can still be answered for."""
    first = await anext(octets, b"")
    if not first:
        reason = _error_of(invocation)
        if reason is not None:
            raise FunctionFailed(f"the function's response broke off before it began: {reason}")
    headers = Headers([("Content-Type", invocation.content_type or _OCTETS)])
    return Response(200, headers, StreamedBody(invocation, octets, first, report))


async def _with_prelude(
    invocation: StreamedInvocation, octets: AsyncIterator[bytes], report: Report, *, may_be_empty: bool
) -> Response:
    prelude = HttpPrelude()
    try:
        async for piece in octets:
            response = prelude.feed(piece)
            if response is not None:
                response.body = StreamedBody(invocation, octets, prelude.rest, report)
                return response
    except MalformedResult as error:
        raise FunctionFailed(f"the function gave no response: {error}") from error
    reason = _error_of(invocation)
    if reason is None and prelude.is_empty and may_be_empty:
        return Response(200, Headers([("Content-Type", _OCTETS)]), b"")
    reason = reason or "it has no prelude"
    raise FunctionFailed(f"the function's response ended within its prelude: {reason}")


def _error_of(invocation: StreamedInvocation) -> str | None:
    """Return what broke a response off; None when it is complete."""
    outcome = invocation.outcome
    return None if outcome is None else outcome.error_code
