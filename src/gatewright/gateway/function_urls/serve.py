"""From a function URL's id and a request to the response.

    preflight      answered by the URL's CORS configuration
    authorize      the caller of a signed request (AWS_IAM); the function's policy
    invoke         the event, and the function's result as a response: whole or streamed
    CORS           the configured headers, on every response

Source: "Invoking Lambda function URLs", "Control access to Lambda function URLs".
"""

import logging
from functools import partial

from gatewright.base.clock import Clock
from gatewright.base.errors import BodyError
from gatewright.base.ids import Ids
from gatewright.base.messages import BytesBody, Request, Response
from gatewright.functions.invoke import InvokeError
from gatewright.gateway.fault_log import FaultLog
from gatewright.gateway.function_urls.callers import CallerRefused, Identify, UrlCaller
from gatewright.gateway.function_urls.faults import (
    MAX_BODY_BYTES,
    Forbidden,
    FunctionFailed,
    RequestTooLarge,
    UrlFault,
    body_fault,
    invoke_fault,
)
from gatewright.gateway.function_urls.linked import NO_URLS, LinkedUrl, LinkedUrls
from gatewright.gateway.function_urls.seams import UrlInvoker
from gatewright.gateway.function_urls.stream import streamed_response
from gatewright.gateway.path import octets_to_text
from gatewright.gateway.payloads.function_url import parse_result, parse_streamed
from gatewright.gateway.payloads.result import MalformedResult


class FunctionUrls:
    """Serves function URLs. `swap` replaces all of them at once; requests in flight keep what they started with."""

    __slots__ = ("_clock", "_faults", "_identify", "_ids", "_invoker", "_log", "_urls")

    def __init__(self, invoker: UrlInvoker, identify: Identify, *, clock: Clock, ids: Ids, log: logging.Logger) -> None:
        self._invoker = invoker
        self._identify = identify
        self._clock = clock
        self._ids = ids
        self._log = log
        self._faults = FaultLog(log, clock)
        self._urls = NO_URLS

    def swap(self, urls: LinkedUrls) -> None:
        """Serve other function URLs from the next request on."""
        self._urls = urls

    async def handle(self, request: Request, url_id: str, path: str, domain_name: str) -> Response:
        """Serve a request to a function URL. `path` is undecoded and begins with a slash."""
        if not request.received_at:
            request.received_at = self._clock.now()
        request_id, trace_header = self._ids.request_id(), self._trace_header(request)
        url = self._urls.by_id.get(url_id)
        try:
            if url is None:
                # Recorded of AWS: nothing tells an unknown URL from a forbidden one but the missing message.
                raise Forbidden(message=None)
            response = url.cors.preflight(request) if url.cors is not None else None
            if response is None:
                response = await self._serve(url, request, path, domain_name, request_id, trace_header)
                if url.cors is not None:
                    url.cors.decorate(request, response)
        except UrlFault as error:
            response = self._answer(error, url, request, request_id)
        except Exception:
            log = self._log
            log.exception("%s function URL %s: unexpected error", request_id, url_id)
            response = self._answer(FunctionFailed(), url, request, request_id)
        response.headers.replace("x-amzn-RequestId", request_id)
        response.headers.replace("X-Amzn-Trace-Id", trace_header)
        return response

    def _answer(self, error: UrlFault, url: LinkedUrl | None, request: Request, request_id: str) -> Response:
        response = error.response()
        if url is not None:
            if error.reason:
                self._report(url, request_id, error.reason)
            if url.cors is not None:
                url.cors.decorate(request, response)
        return response

    def _report(self, url: LinkedUrl, request_id: str, reason: str) -> None:
        self._faults.write(request_id, f"function URL of {url.function.arn}", reason)

    async def _serve(
        self, url: LinkedUrl, request: Request, path: str, domain_name: str, request_id: str, trace_header: str
    ) -> Response:
        caller = self._admitted(url, request)
        body = request.body
        try:
            content = body.content if isinstance(body, BytesBody) else await body.read()
        except BodyError as error:
            raise body_fault(error) from error
        if len(content) > MAX_BODY_BYTES:
            raise RequestTooLarge
        if not path.isascii():
            path = octets_to_text(path)
        if not request.query.isascii():
            request.query = octets_to_text(request.query)
        event = url.event.encode(request, path, domain_name, content, request_id, trace_header, caller)
        try:
            if url.is_streamed:
                streamed = await self._invoker.invoke_streaming(
                    url.function, event, request_id=request_id, trace_header=trace_header
                )
                return await streamed_response(streamed, partial(self._report, url, request_id))
            invocation = await self._invoker.invoke(
                url.function, event, request_id=request_id, trace_header=trace_header
            )
        except InvokeError as error:
            raise invoke_fault(error) from error
        if invocation.function_error is not None:
            shown = invocation.payload[:300].decode(errors="replace")
            raise FunctionFailed(f"the function failed: {shown}")
        try:
            return (parse_streamed if invocation.is_streamed else parse_result)(invocation.payload)
        except MalformedResult as error:
            raise FunctionFailed(f"the function gave no response: {error}") from error

    def _admitted(self, url: LinkedUrl, request: Request) -> UrlCaller | None:
        """Return who calls, None for anybody. Raises `Forbidden`."""
        caller = None
        if url.access.needs_caller:
            try:
                caller = self._identify(request)
            except CallerRefused as error:
                raise Forbidden(str(error)) from error
            if caller is None:
                raise Forbidden("the request is not signed")
        if not url.access.admits(request, caller):
            raise Forbidden("the function's resource-based policy does not allow it")
        return caller

    def _trace_header(self, request: Request) -> str:
        """Return the client's trace header when it names a root, else a new one."""
        sent = request.headers.get("x-amzn-trace-id")
        if sent is not None and "Root=" in sent:
            return sent
        return f"Root={self._ids.trace_root(request.received_at)}"
