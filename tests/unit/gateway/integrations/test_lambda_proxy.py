"""`AWS_PROXY` integrations: what clients see of what functions do."""

import asyncio
import json
import logging
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from gatewright.base.errors import BodyBroken, BodyError, BodyTimeout, BodyTooLarge, GatewrightError
from gatewright.base.messages import Headers
from gatewright.functions.errors import CodeUnusable, EventTooLarge, FunctionGone, TooManyRequests
from gatewright.gateway.integrations.lambda_proxy import function_arn_of
from tests.unit.gateway.fakes import (
    FUNCTION_ARN,
    Gateway,
    http_api,
    integration,
    never,
    qualified_function,
    request,
    snapshot,
    stage,
)

INTERNAL_SERVER_ERROR = (500, b'{"message":"Internal Server Error"}')
SERVICE_UNAVAILABLE = (503, b'{"message":"Service Unavailable"}')
REQUEST_ENTITY_TOO_LARGE = (413, b'{"message":"Request Entity Too Large"}')


async def test_a_function_that_does_not_answer_in_time(caplog: pytest.LogCaptureFixture) -> None:
    """ "Maximum integration timeout: 30 seconds"; 503 beyond ("Quotas for … an HTTP API", issue 2)."""
    gateway = Gateway(never()).serve(stage("$default", target=integration(timeout_ms=50)))
    with caplog.at_level(logging.WARNING):
        response = await gateway.get("/")
    assert (response.status, response.body) == SERVICE_UNAVAILABLE
    assert f"function {FUNCTION_ARN} did not answer in 0.05 s" in caplog.text


async def test_the_invocation_is_told_of_nothing_when_the_client_goes() -> None:
    ended = asyncio.Event()

    async def run(*_: object) -> object:
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    gateway = Gateway(run).serve(stage("$default"))
    task = asyncio.create_task(gateway.get("/"))
    while not gateway.invoker.events:
        await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert ended.is_set(), "only the wait for the invocation ends: functions.invoke shields the rest"


async def test_a_function_error_is_a_500(caplog: pytest.LogCaptureFixture) -> None:
    gateway = Gateway({"errorMessage": "boom", "errorType": "Error"})
    gateway.invoker.function_error = "Unhandled"
    gateway.serve(stage("$default"))
    with caplog.at_level(logging.WARNING):
        response = await gateway.get("/")
    assert (response.status, response.body) == INTERNAL_SERVER_ERROR
    assert f"function {FUNCTION_ARN} failed: " in caplog.text
    assert "boom" in caplog.text


async def test_a_malformed_result_is_a_500(caplog: pytest.LogCaptureFixture) -> None:
    gateway = Gateway({"statusCode": "OK"}).serve(stage("$default"))
    with caplog.at_level(logging.WARNING):
        response = await gateway.get("/")
    assert (response.status, response.body) == INTERNAL_SERVER_ERROR
    assert response.headers.get("Content-Type") == "application/json"
    assert "statusCode is str 'OK'" in caplog.text


REFUSALS: list[tuple[GatewrightError, tuple[int, bytes]]] = [
    (TooManyRequests("ReservedFunctionConcurrentInvocationLimitExceeded"), SERVICE_UNAVAILABLE),
    (EventTooLarge("too large"), REQUEST_ENTITY_TOO_LARGE),
    (FunctionGone("gone"), INTERNAL_SERVER_ERROR),
    (CodeUnusable("broken"), INTERNAL_SERVER_ERROR),
]


@pytest.mark.parametrize(("error", "answer"), REFUSALS)
async def test_invocations_that_lambda_refuses(error: GatewrightError, answer: tuple[int, bytes]) -> None:
    gateway = Gateway(error).serve(stage("$default"))
    response = await gateway.get("/")
    assert (response.status, response.body) == answer


class BrokenBody:
    trailers = Headers()

    def __init__(self, error: BodyError) -> None:
        self._error = error

    async def read(self) -> bytes:
        raise self._error

    async def __aiter__(self) -> AsyncIterator[bytes]:
        raise self._error
        yield b""


@pytest.mark.parametrize(
    ("error", "answer"),
    [
        (BodyTooLarge("x"), REQUEST_ENTITY_TOO_LARGE),
        (BodyTimeout("x"), (408, b'{"message":"Request Timeout"}')),
        (BodyBroken("x"), (400, b'{"message":"Bad Request"}')),
    ],
)
async def test_bodies_that_do_not_arrive(error: BodyError, answer: tuple[int, bytes]) -> None:
    gateway = Gateway({"statusCode": 200}).serve(stage("$default"))
    sent = replace(request("POST", "/"), body=BrokenBody(error))
    response = await gateway.send(sent)
    assert (response.status, response.body) == answer
    assert gateway.invoker.events == []


async def test_an_error_of_ours_is_a_500_and_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    gateway = Gateway(RuntimeError("a mistake")).serve(stage("$default"))
    response = await gateway.get("/")
    assert (response.status, response.body) == INTERNAL_SERVER_ERROR
    assert response.headers.get("Apigw-Requestid")
    assert "a mistake" in caplog.text


async def test_no_function(caplog: pytest.LogCaptureFixture) -> None:
    gateway = Gateway()
    gateway.link(snapshot(http_api(stage("$default")), functions=[]))
    with caplog.at_level(logging.WARNING):
        response = await gateway.get("/")
    assert (response.status, response.body) == INTERNAL_SERVER_ERROR
    assert f"there is no function {FUNCTION_ARN}" in caplog.text


@pytest.mark.parametrize(
    ("uri", "reason"),
    [
        (f"{FUNCTION_ARN}:live", "no version or alias live"),
        ("${stageVariables.missing}", "names no function"),
        ("arn:aws:sqs:us-east-2:123456789012:queue", "names no function"),
    ],
)
async def test_uris_that_lead_nowhere(uri: str, reason: str, caplog: pytest.LogCaptureFixture) -> None:
    gateway = Gateway({"statusCode": 200}).serve(stage("$default", target=integration(integration_uri=uri)))
    with caplog.at_level(logging.WARNING):
        assert (await gateway.get("/")).status == 500
    assert reason in caplog.text


@pytest.mark.parametrize(
    "uri",
    [
        f"{FUNCTION_ARN}:$LATEST",
        FUNCTION_ARN.replace("my-function", "${stageVariables.function}"),
        "${stageVariables.arn}",
        f"arn:aws:apigateway:us-east-2:lambda:path/2015-03-31/functions/{FUNCTION_ARN}/invocations",
    ],
)
async def test_uris_of_the_function(uri: str) -> None:
    gateway = Gateway({"statusCode": 200})
    variables = {"function": "my-function", "arn": FUNCTION_ARN}
    gateway.serve(stage("$default", target=integration(integration_uri=uri), variables=variables))
    assert (await gateway.get("/")).status == 200
    assert [function.version.arn for function in gateway.invoker.functions] == [FUNCTION_ARN]


def test_the_function_of_a_uri() -> None:
    assert function_arn_of(FUNCTION_ARN) == (FUNCTION_ARN, None)
    assert function_arn_of(f"{FUNCTION_ARN}:7") == (FUNCTION_ARN, "7")
    invoked = "arn:aws:apigateway:us-east-2:lambda:path"
    assert function_arn_of(f"{invoked}/2015-03-31/functions/{FUNCTION_ARN}/invocations") == (FUNCTION_ARN, None)
    streamed = f"{invoked}/2021-11-15/functions/{FUNCTION_ARN}:7/response-streaming-invocations"
    assert function_arn_of(streamed) == (FUNCTION_ARN, "7")
    assert function_arn_of("my-function") is None
    assert function_arn_of("") is None
    assert function_arn_of("https://example.com") is None


async def test_the_function_of_the_snapshot_is_invoked() -> None:
    gateway = Gateway({"statusCode": 200})
    api = http_api(stage("$default"))
    for revision in ("r1", "r2"):
        gateway.link(snapshot(api, functions=[qualified_function(identity=revision)]))
        await gateway.get("/")
    assert [function.version.identity for function in gateway.invoker.functions] == ["r1", "r2"]


async def test_events_are_json_octets() -> None:
    seen = []

    async def run(_: object, event: bytes) -> object:
        seen.append(event)
        return {"statusCode": 200}

    gateway = Gateway(run).serve(stage("$default"))
    await gateway.get("/")
    assert json.loads(seen[0])["version"] == "2.0"


@pytest.mark.parametrize("version", ["3.0", ""])
async def test_unknown_payload_formats(version: str) -> None:
    gateway = Gateway().serve(stage("$default", target=integration(payload_format_version=version)))
    assert (await gateway.get("/")).status == 500
