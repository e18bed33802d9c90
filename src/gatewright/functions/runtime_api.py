"""The Runtime API over HTTP, for `provided.*` and whatever else brings its own bootstrap.

Answers, states, error bodies and the order of checks are those of AWS: "Using the Lambda runtime API for custom
runtimes", Lambda Developer Guide, and the handlers of aws/aws-lambda-runtime-interface-emulator. As there, the paths
for restoring a snapshot (`restore/next`, `restore/error`) exist only where there is one: nowhere here.
"""

import asyncio
import re
from collections.abc import Awaitable, Callable, Mapping
from types import MappingProxyType
from typing import Final

import orjson

from gatewright.base.errors import BodyError, BodyTooLarge
from gatewright.base.messages import Body, BytesBody, Headers, Request, Response
from gatewright.functions import error_types
from gatewright.functions.failure import RESPONSE_TOO_LARGE, error_object
from gatewright.functions.invocation import Invocation
from gatewright.functions.link import RuntimeEvents
from gatewright.functions.runtime_stream import StreamEnding, receive_response
from gatewright.functions.settings import MAX_RESPONSE_BYTES
from gatewright.functions.states import State
from gatewright.functions.streaming import MAX_STREAMED_BYTES

_RUNTIME_STATES: Final[Mapping[State, str]] = MappingProxyType(
    {
        State.STARTING: "Started",
        State.STARTED: "Ready",
        State.IDLE: "Ready",
        State.BUSY: "Running",
        State.STREAMING: "InvocationResponse",
        State.ANSWERED: "ResponseSent",
        State.SETTLING: "Ready",
    }
)
_ERROR_TYPE: Final = re.compile(r"(Runtime|Function)\.[A-Z][a-zA-Z]+")
_READY: Final = frozenset({State.STARTED, State.IDLE, State.SETTLING})
"""States in which the runtime has asked already, and may ask again."""
_WITH_CAUSE: Final = "application/vnd.aws.lambda.error.cause+json"
"""An error object with its cause for X-Ray, which the caller does not get to see."""
_LINE_ENDS: Final = re.compile(r"[\r\n]+")
_PREFIX: Final = "/2018-06-01/runtime/"
_PING: Final = "/2018-06-01/ping"
_INVOCATION: Final = re.compile(r"invocation/([^/]+)/(response|error)")


class RuntimeApi:
    """The link to one runtime that asks for its invocations over HTTP."""

    __slots__ = ("_events", "_poll", "_reading", "_sent")

    def __init__(self, events: RuntimeEvents) -> None:
        self._events = events
        self._poll: asyncio.Future[Response] | None = None
        self._sent: tuple[Invocation, int] | None = None
        self._reading = asyncio.Lock()
        """Held while a body is collected: a runtime may have many connections, and a body on each."""

    @property
    def has_ended(self) -> bool:
        """Return True: what a runtime says is heard before it learns so."""
        return True

    async def open(self) -> None:
        """The environment listens for it."""

    def variables(self) -> Mapping[str, str]:
        """Return nothing: every environment says where its APIs are."""
        return {}

    def inherited_fds(self) -> tuple[int, ...]:
        """Return nothing: the runtime connects by itself."""
        return ()

    def spawned(self) -> None:
        """Nothing of the host's belongs to the process."""

    def send(self, invocation: Invocation, deadline_ms: int) -> None:
        """Answer the runtime's poll, or the next one if the runtime gave that up."""
        self._sent = invocation, deadline_ms
        if self._poll is not None and not self._poll.done():
            self._poll.set_result(_invocation_response(invocation, deadline_ms))

    async def close(self) -> None:
        """Answer who still waits."""
        self._give_up_poll()

    async def handle(self, request: Request) -> Response:
        """Serve one request of the runtime."""
        if request.path == _PING and request.method == "GET":
            return _text(200, "pong", end="")
        path = request.path.removeprefix(_PREFIX)
        route = _ROUTES.get(path)
        if route is not None:
            method, handler = route
            return await handler(self, request) if request.method == method else _text(405, "Method Not Allowed")
        match = _INVOCATION.fullmatch(path)
        if match is None or not request.path.startswith(_PREFIX):
            return _text(404, "404 page not found")
        if request.method != "POST":
            return _text(405, "Method Not Allowed")
        return await self._end_invocation(request, match[1], is_error=match[2] == "error")

    async def _next(self, request: Request) -> Response:
        state = self._events.state
        if state is State.BUSY and self._sent is not None:  # again, as often as it asks before it answers
            return _invocation_response(*self._sent)
        if state not in _READY and state not in (State.STARTING, State.ANSWERED):
            return self._wrong_state("Ready")
        self._give_up_poll()
        poll: asyncio.Future[Response] = asyncio.get_running_loop().create_future()
        self._poll = poll
        if state not in _READY:
            self._events.runtime_ready()
        return await poll

    def _give_up_poll(self) -> None:
        """Answer a poll that nobody should be waiting for any more."""
        if self._poll is not None and not self._poll.done():
            self._poll.set_result(self._wrong_state("Ready"))

    async def _end_invocation(self, request: Request, request_id: str, *, is_error: bool) -> Response:
        refusal = self._refusal(request_id, is_error=is_error)
        if refusal is not None:
            return refusal
        mode = None if is_error else request.headers.get("Lambda-Runtime-Function-Response-Mode")
        if mode not in (None, "", "streaming"):
            self._events.runtime_answered(request_id, error_object(error_types.INVALID_RESPONSE_MODE, ""), "Unhandled")
            return _error(400, "InvalidFunctionResponseMode", "Invalid function response mode")
        if mode:
            return await self._stream(request, request_id)
        try:
            body = await self._collect(request.body)
        except BodyError:
            return _error(400, "TruncatedHTTPRequest", "HTTP request detected as truncated")
        refusal = self._refusal(request_id, is_error=is_error)  # the time may have been up meanwhile
        if refusal is not None:
            return refusal
        if body is None:
            self._events.runtime_answered(request_id, RESPONSE_TOO_LARGE, "Unhandled")
            return _too_large(MAX_RESPONSE_BYTES)
        if is_error:
            body = _error_body(request, body)
        self._events.runtime_answered(request_id, body, "Unhandled" if is_error else None)
        return _accepted()

    async def _stream(self, request: Request, request_id: str) -> Response:
        ending = await receive_response(self._events, request, request_id)
        if ending is StreamEnding.TRUNCATED:
            return _error(400, "TruncatedHTTPRequest", "HTTP request detected as truncated")
        return _accepted() if ending is StreamEnding.COMPLETE else _too_large(MAX_STREAMED_BYTES)

    async def _init_error(self, request: Request) -> Response:
        if self._events.state is not State.STARTING:
            return self._wrong_state("InitError")
        error_type = _error_type(request)
        try:
            body = await self._collect(request.body)
        except BodyError:
            return _error(400, "TruncatedHTTPRequest", "HTTP request detected as truncated")
        self._events.init_failed(error_type, body or error_object(error_type, ""))
        return _accepted()

    async def _collect(self, body: Body) -> bytes | None:
        """Read a body; one that has not arrived yet after those that are being read."""
        if isinstance(body, BytesBody):
            return await _read(body)
        async with self._reading:
            return await _read(body)

    def _refusal(self, request_id: str, *, is_error: bool) -> Response | None:
        # The id is compared first, also with that of an invocation which the runtime has answered already.
        state, sent = self._events.state, self._sent
        if sent is None or state in _READY or state is State.STARTING or sent[0].request_id != request_id:
            return _error(400, "InvalidRequestID", "Invalid request ID")
        if state is not State.BUSY:
            return self._wrong_state("InvocationErrorResponse" if is_error else "InvocationResponse")
        return None

    def _wrong_state(self, wanted: str) -> Response:
        state = _RUNTIME_STATES.get(self._events.state, "Ended")
        return _error(
            403,
            "InvalidStateTransition",
            f"State transition from {state} to {wanted} failed for runtime. Error: State transition is not allowed",
        )


_Route = Callable[[RuntimeApi, Request], Awaitable[Response]]

_ROUTES: Final[Mapping[str, tuple[str, _Route]]] = MappingProxyType(
    {
        "invocation/next": ("GET", RuntimeApi._next),  # noqa: SLF001 (its own)
        "init/error": ("POST", RuntimeApi._init_error),  # noqa: SLF001
    }
)


def _invocation_response(invocation: Invocation, deadline_ms: int) -> Response:
    headers = Headers(
        [
            ("Content-Type", "application/json"),
            ("Lambda-Runtime-Aws-Request-Id", invocation.request_id),
            ("Lambda-Runtime-Deadline-Ms", str(deadline_ms)),
            ("Lambda-Runtime-Invoked-Function-Arn", invocation.invoked_arn),
            ("Lambda-Runtime-Trace-Id", invocation.trace_header),
        ]
    )
    if invocation.client_context is not None:
        headers.add("Lambda-Runtime-Client-Context", _LINE_ENDS.sub(" ", invocation.client_context))
    return Response(200, headers, invocation.event)


async def _read(body: Body) -> bytes | None:
    """Return the body, or None when it is larger than a response may be; then it is read and dropped."""
    kept = bytearray()
    try:
        async for piece in body:
            if len(kept) <= MAX_RESPONSE_BYTES:
                kept += piece
    except BodyTooLarge:
        return None
    return bytes(kept) if len(kept) <= MAX_RESPONSE_BYTES else None


def _error_type(request: Request) -> str:
    """Return the type that the runtime names, if it is of the form that Lambda lets through."""
    named = request.headers.get("Lambda-Runtime-Function-Error-Type") or ""
    if _ERROR_TYPE.search(named):  # anywhere in it
        return named
    return error_types.FUNCTION_UNKNOWN if named.startswith("Function.") else error_types.UNKNOWN


def _error_body(request: Request, body: bytes) -> bytes:
    """Return the error object for the caller."""
    if request.headers.get("Content-Type") != _WITH_CAUSE:
        return body or error_object(_error_type(request), "")
    try:
        content = orjson.loads(body)
        shown = {name: content.get(name) or "" for name in ("errorMessage", "errorType")}
        if content.get("stackTrace"):
            shown["stackTrace"] = content["stackTrace"]
        return orjson.dumps(shown)
    except (orjson.JSONDecodeError, orjson.JSONEncodeError, AttributeError):  # nested deeper than can be written
        return b'"Invalid error body"'


def _too_large(limit_bytes: int) -> Response:
    return _error(413, "RequestEntityTooLarge", f"Exceeded maximum allowed payload size ({limit_bytes} bytes).")


def _accepted() -> Response:
    return _json(202, {"status": "OK"})


def _error(status: int, error_type: str, message: str) -> Response:
    return _json(status, {"errorMessage": message, "errorType": error_type})


def _json(status: int, content: Mapping[str, str]) -> Response:
    return Response(status, Headers([("Content-Type", "application/json")]), orjson.dumps(content))


def _text(status: int, content: str, end: str = "\n") -> Response:
    return Response(status, Headers([("Content-Type", "text/plain; charset=utf-8")]), f"{content}{end}".encode())
