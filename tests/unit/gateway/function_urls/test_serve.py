"""Requests to function URLs, from the request to the response."""

import logging
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest

from gatewright.base.errors import BodyBroken, BodyTooLarge
from gatewright.base.messages import Request
from gatewright.functions.errors import (
    CodeUnusable,
    FunctionGone,
    InvokeError,
    ServiceUnavailable,
    TooManyRequests,
    too_large,
)
from gatewright.gateway.function_urls.faults import MAX_BODY_BYTES
from tests.unit.gateway.fakes import read, request
from tests.unit.gateway.function_urls.fakes import URL_ID, Urls, fields, function_with_url

UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"


async def test_a_request_becomes_an_invocation() -> None:
    function = function_with_url()
    urls = Urls({"statusCode": 201, "headers": {"X-A": "b"}, "cookies": ["c=1"], "body": "made"}, function)
    response = await urls.send(request("POST", "/a?b=c", ("Content-Type", "text/plain"), body=b"text"))
    assert (response.status, await read(response)) == (201, b"made")
    own = fields(response)
    assert own == {"x-a": "b", "set-cookie": "c=1", "content-type": "application/json"}
    assert urls.invoker.functions == [function]
    event = urls.invoker.events[0]
    assert (event["rawPath"], event["rawQueryString"], event["body"]) == ("/a", "b=c", "text")
    # "You can use this ID to trace invocation logs related to your function."
    request_id = response.headers.get("x-amzn-requestid")
    assert [event["requestContext"]["requestId"]] == urls.invoker.request_ids == [request_id]
    trace = response.headers.get("x-amzn-trace-id")
    assert [event["headers"]["x-amzn-trace-id"]] == urls.invoker.trace_headers == [trace]


async def test_a_function_cannot_name_another_request() -> None:
    urls = Urls({"statusCode": 200, "headers": {"X-Amzn-RequestId": "mine", "x-amzn-trace-id": "mine"}})
    response = await urls.get()
    assert response.headers.get_all("x-amzn-requestid") == urls.invoker.request_ids
    assert response.headers.get_all("x-amzn-trace-id") == urls.invoker.trace_headers


async def test_a_clients_trace_goes_on() -> None:
    urls = Urls({})
    sent = "Root=1-5e6aa925-cc0123456789ae116148e52f;Sampled=1"
    response = await urls.get("/", ("X-Amzn-Trace-Id", sent))
    assert response.headers.get("x-amzn-trace-id") == sent
    assert urls.invoker.trace_headers == [sent]
    await urls.get("/", ("X-Amzn-Trace-Id", "nonsense"))
    assert str(urls.invoker.trace_headers[1]).startswith("Root=1-5e6a")


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS", "PUT", "PATCH", "DELETE", "POST", "PROPFIND"])
async def test_every_method_is_the_functions(method: str) -> None:
    urls = Urls({"statusCode": 200})
    assert (await urls.send(request(method, "/"))).status == 200
    assert urls.invoker.events[0]["requestContext"]["http"]["method"] == method


async def test_paths_stay_as_they_were_sent() -> None:
    urls = Urls({})
    await urls.get("/a%2Fb%20c%zz/?%41=%20&\u00c3\u00a4")
    event = urls.invoker.events[0]
    assert event["rawPath"] == event["requestContext"]["http"]["path"] == "/a%2Fb%20c%zz/"
    assert event["rawQueryString"] == "%41=%20&\u00e4"
    assert event["queryStringParameters"] == {"A": " ", "\u00e4": ""}


FAILURES: list[tuple[Any, str | None, int, bytes]] = [
    ({"errorMessage": "boom"}, "Unhandled", 502, b"Internal Server Error"),
    (b"{", None, 502, b"Internal Server Error"),
    ({"statusCode": 99}, None, 502, b"Internal Server Error"),
    (FunctionGone("gone"), None, 502, b"Internal Server Error"),
    (CodeUnusable("broken"), None, 502, b"Internal Server Error"),
    (ServiceUnavailable("stopping"), None, 502, b"Internal Server Error"),
    (ZeroDivisionError(), None, 502, b"Internal Server Error"),
    (
        TooManyRequests("ReservedFunctionConcurrentInvocationLimitExceeded"),
        None,
        429,
        b'{"Reason":"ReservedFunctionConcurrentInvocationLimitExceeded","Type":"User","message":"Rate Exceeded."}',
    ),
    (
        too_large(8_000_000),
        None,
        413,
        b'{"Message":"Request must be smaller than 6291456 bytes for the InvokeFunction operation"}',
    ),
]


@pytest.mark.parametrize(
    ("mode", "answer", "function_error", "status", "body"),
    # `test_stream` has the failures of functions that stream.
    [("BUFFERED", *failure) for failure in FAILURES]
    + [("RESPONSE_STREAM", *failure) for failure in FAILURES if isinstance(failure[0], Exception)],
)
async def test_failures(
    mode: str, answer: Any, function_error: str | None, status: int, body: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    urls = Urls(answer, function_with_url(mode=mode))
    urls.invoker.function_error = function_error
    with caplog.at_level(logging.WARNING):
        response = await urls.get()
    assert (response.status, response.body) == (status, body)
    assert fields(response)["content-type"] == "application/json"
    if isinstance(answer, InvokeError | ZeroDivisionError) or function_error:
        assert caplog.records, "the client does not see the reason, so the log must have it"
    assert b"boom" not in body


class BrokenBody:
    """A body that cannot be read."""

    def __init__(self, error: Exception) -> None:
        self._error = error

    async def read(self) -> bytes:
        raise self._error

    async def __aiter__(self) -> AsyncIterator[bytes]:
        raise self._error
        yield b""


@pytest.mark.parametrize(("error", "status"), [(BodyTooLarge("too large"), 413), (BodyBroken("cut"), 400)])
async def test_bodies_that_cannot_be_read(error: Exception, status: int) -> None:
    urls = Urls({})
    sent: Request = replace(request("POST", "/"), body=BrokenBody(error))
    assert (await urls.send(sent)).status == status
    assert urls.invoker.events == []


async def test_the_largest_body() -> None:
    urls = Urls({})
    text = ("Content-Type", "text/plain")
    assert (await urls.send(request("POST", "/", text, body=b"x" * MAX_BODY_BYTES))).status == 200
    assert (await urls.send(request("POST", "/", text, body=b"x" * (MAX_BODY_BYTES + 1)))).status == 413


async def test_what_is_forbidden_is_not_read() -> None:
    urls = Urls({}, function_with_url(auth_type="AWS_IAM"))
    sent: Request = replace(request("POST", "/"), body=BrokenBody(AssertionError("read")))
    assert (await urls.send(sent)).status == 403
    sent = replace(request("POST", "/"), body=BrokenBody(AssertionError("read")))
    assert (await urls.send(sent, URL_ID[::-1])).status == 403
