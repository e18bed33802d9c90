"""Invoke mode RESPONSE_STREAM ("Response streaming for Lambda functions")."""

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest

from gatewright.base.errors import ResponseBroken
from gatewright.gateway.function_urls.stream import StreamedBody
from gatewright.gateway.payloads.http_prelude import CONTENT_TYPE
from gatewright.snapshot.types import Cors
from tests.unit.gateway.fakes import FakeInvocation, read, request
from tests.unit.gateway.function_urls.fakes import FakeStream, Urls, fields, function_with_url

NULS = b"\0" * 8


def streaming(stream: FakeStream, **members: Any) -> Urls:
    return Urls(stream, function_with_url(mode="RESPONSE_STREAM", **members))


def with_prelude(*pieces: bytes, prelude: Any = None, error_code: str | None = None) -> FakeStream:
    head = json.dumps({"statusCode": 201, "headers": {"X-A": "b"}} if prelude is None else prelude).encode()
    return FakeStream(head, NULS, *pieces, content_type=CONTENT_TYPE, error_code=error_code)


@pytest.mark.parametrize(
    ("content_type", "answered"),
    [("text/event-stream", "text/event-stream"), ("application/json", "application/json"), ("", None)],
)
async def test_a_plain_stream_goes_through_as_it_is(content_type: str, answered: str | None) -> None:
    stream = FakeStream(b'{"statusCode": 201, ', b'"body": "x"}', content_type=content_type)
    urls = streaming(stream)
    response = await urls.send(request("POST", "/a", body=b"x"))
    assert response.status == 200
    assert fields(response) == {"content-type": answered or "application/octet-stream"}
    assert await read(response) == b'{"statusCode": 201, "body": "x"}'
    assert urls.invoker.events[0]["rawPath"] == "/a"
    assert urls.invoker.request_ids == [response.headers.get("x-amzn-requestid")]


async def test_a_prelude_makes_the_head() -> None:
    prelude = {"statusCode": 418, "headers": {"Content-Type": "text/html"}, "cookies": ["a=1", "b=2"]}
    response = await streaming(with_prelude(b"<p>", b"tea", prelude=prelude)).get()
    assert response.status == 418
    assert response.headers.get_all("set-cookie") == ["a=1", "b=2"]
    assert response.headers.get("content-type") == "text/html"
    assert await read(response) == b"<p>tea"


async def test_the_content_type_of_the_prelude_may_have_parameters() -> None:
    stream = FakeStream(b'{"statusCode": 201}' + NULS + b"a", content_type=f"{CONTENT_TYPE.upper()} ; x=y")
    response = await streaming(stream).get()
    assert (response.status, await read(response)) == (201, b"a")


async def test_what_came_with_the_prelude_comes_first() -> None:
    stream = FakeStream(b"{}" + NULS + b"first", b" second", content_type=CONTENT_TYPE)
    assert await read(await streaming(stream).get()) == b"first second"


async def test_octets_go_out_before_the_function_ends() -> None:
    stream = with_prelude(b"first", b"second")
    response = await streaming(stream).get()
    body = response.body
    assert not isinstance(body, bytes)
    assert await anext(body) == b"first"
    assert (stream.pieces, stream.outcome) == ([b"second"], None)


async def test_a_stream_of_nothing() -> None:
    response = await streaming(FakeStream()).get()
    assert (response.status, await read(response)) == (200, b"")


async def test_cors_decorates_streams() -> None:
    cors = Cors(("*",), (), (), (), None, False)
    response = await streaming(with_prelude(b"x"), cors=cors).get("/", ("Origin", "https://a.example"))
    assert response.headers.get("access-control-allow-origin") == "https://a.example"


@pytest.mark.parametrize(
    "stream",
    [
        FakeStream(b'{"errorMessage": "boom"}', failure=FakeInvocation(b'{"errorMessage": "boom"}', "Unhandled")),
        FakeStream(error_code="Runtime.TruncatedResponse"),
        FakeStream(b"no prelude", content_type=CONTENT_TYPE),
        FakeStream(b'{"statusCode": 1}' + NULS, content_type=CONTENT_TYPE),
        FakeStream(b"x" * 20_000, b"never read", content_type=CONTENT_TYPE),
        FakeStream(b'{"stat', content_type=CONTENT_TYPE, error_code="Runtime.TruncatedResponse"),
    ],
)
async def test_failures_before_the_first_octet(stream: FakeStream) -> None:
    response = await streaming(stream).get()
    assert (response.status, response.body) == (502, b"Internal Server Error")
    assert stream.is_closed, "who does not read on must say so, or the function waits for him"


@pytest.mark.parametrize("content_type", ["application/octet-stream", CONTENT_TYPE])
async def test_a_response_of_nothing(content_type: str) -> None:
    """As recorded (radkawar/stackd, testdata/aws/lambda/urls_http.json: stream_throw_before; urls_http_empty.json)."""
    response = await streaming(FakeStream(content_type=content_type)).get()
    body = response.body if isinstance(response.body, bytes) else b"".join([each async for each in response.body])
    assert (response.status, response.headers.get("Content-Type"), body) == (200, "application/octet-stream", b"")


@pytest.mark.parametrize("stream", [FakeStream(b"a", error_code="X"), with_prelude(b"a", error_code="X")])
async def test_failures_in_mid_stream_cut_the_connection(stream: FakeStream, caplog: pytest.LogCaptureFixture) -> None:
    response = await streaming(stream).get()
    body = response.body
    assert not isinstance(body, bytes)
    assert await anext(body) == b"a"
    with pytest.raises(ResponseBroken, match="broke off: X"):
        await anext(body)
    assert "my-function: the function's response broke off: X" in caplog.text


async def test_closing_the_body_lets_the_function_go_on() -> None:
    stream = with_prelude(b"a", b"b")
    body = (await streaming(stream).get()).body
    assert isinstance(body, StreamedBody)
    await body.aclose()
    assert stream.is_closed


async def test_a_client_that_goes_away_while_the_prelude_is_awaited() -> None:
    class Gone(FakeStream):
        async def __aiter__(self) -> AsyncIterator[bytes]:
            yield b"{"
            raise KeyboardInterrupt

    stream = Gone(content_type=CONTENT_TYPE)
    with pytest.raises(KeyboardInterrupt):
        await streaming(stream).get()
    assert stream.is_closed
