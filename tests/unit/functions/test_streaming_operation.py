"""The InvokeWithResponseStream operation ("InvokeWithResponseStream", Lambda API Reference)."""

import asyncio
import base64
from collections.abc import Mapping
from typing import Any

import pytest

from gatewright.base.errors import AwsError, OperationNotImplemented
from gatewright.base.operations import Caller, Shape
from gatewright.functions.async_invoke.lineage import extend
from gatewright.functions.errors import InvokeError, TooManyRequests
from gatewright.functions.invocation import InvocationResult
from gatewright.functions.invoke import OPERATIONS, InvokeContext
from gatewright.functions.streaming import ResponseStream, StreamedInvocation

from .fakes import ARN, function_version, qualified, whole_function

ERROR = b'{"errorType":"Odd"}'


class FakeFunctions:
    """Begins a response of these pieces, which has ended already."""

    def __init__(self, *pieces: bytes, error: bytes | None = None, refusal: InvokeError | None = None) -> None:
        self.pieces = pieces
        self.error = error
        self.refusal = refusal
        self.asked: list[dict[str, object]] = []
        self.stream: ResponseStream | None = None

    async def invoke_streaming(self, target: object, event: bytes, **options: object) -> StreamedInvocation:
        self.asked.append({"event": event, **options})
        if self.refusal is not None:
            raise self.refusal
        stream = self.stream = ResponseStream()
        stream.begin("text/plain", "7")
        for piece in self.pieces:
            stream.write(piece)
        payload, function_error = stream.conclude(self.error)
        future: asyncio.Future[InvocationResult] = asyncio.get_running_loop().create_future()
        future.set_result(InvocationResult("id-1", payload, function_error, b"log\n", "7", 1.0, 1, 128, 40, None))
        stream.settle(future)
        return StreamedInvocation("id-1", "Root=1-2-3;Sampled=0", stream)


async def run(functions: FakeFunctions, trace_header: str | None = None, **request: object) -> Shape:
    function = whole_function(qualified(function_version()))
    caller = Caller("123456789012", "us-east-1", "request-1", trace_header=trace_header)
    context = InvokeContext(caller, functions, lambda arn: function if arn == ARN else None, None)  # type: ignore[arg-type]
    return await OPERATIONS["InvokeWithResponseStream"](context, {"FunctionName": "orders", **request})


async def events(answer: Shape) -> list[Mapping[str, Any]]:
    return [event async for event in answer["EventStream"]]


async def test_chunks_and_then_the_completion() -> None:
    functions = FakeFunctions(b"ab", b"c")
    answer = await run(functions, Payload=b'{"n":1}')
    stream = answer.pop("EventStream")  # type: ignore[attr-defined]
    assert answer == {
        "StatusCode": 200,
        "ExecutedVersion": "7",
        "ResponseStreamContentType": "text/plain",
        "TraceHeader": "Root=1-2-3;Sampled=0",
    }
    assert [event async for event in stream] == [
        {"PayloadChunk": {"Payload": b"abc"}},
        {"InvokeComplete": {"ErrorCode": None, "LogResult": None}},
    ]
    assert functions.asked[0]["event"] == b'{"n":1}'
    assert functions.asked[0]["request_id"] == "request-1"


async def test_chunks_are_bounded() -> None:
    *chunks, _ = await events(await run(FakeFunctions(bytes(150_000))))
    assert [len(chunk["PayloadChunk"]["Payload"]) for chunk in chunks] == [65_536, 65_536, 18_928]


async def test_that_the_response_broke_off_and_the_log_are_in_the_completion() -> None:
    *_, last = await events(await run(FakeFunctions(b"ab", error=ERROR), LogType="Tail"))
    assert last == {
        "InvokeComplete": {
            "ErrorCode": "Runtime.TruncatedResponse",
            "LogResult": base64.b64encode(b"log\n").decode(),
        }
    }


async def test_closing_drops_the_rest() -> None:
    functions = FakeFunctions(bytes(150_000))
    stream = (await run(functions))["EventStream"]
    await anext(stream)
    await stream.aclose()
    assert functions.stream is not None
    functions.stream.write(bytes(1_000_000))
    assert not functions.stream.is_full


@pytest.mark.parametrize("invocation_type", ["DryRun", "Event", "RequestResponse"])
async def test_the_invocation_type_is_not_looked_at(invocation_type: str) -> None:
    """As recorded (radkawar/stackd, testdata/aws/lambda/streaming.json: dry_run, invalid_event_type)."""
    functions = FakeFunctions(b"ab")
    answer = await run(functions, InvocationType=invocation_type)
    assert answer["StatusCode"] == 200
    assert (await events(answer))[0] == {"PayloadChunk": {"Payload": b"ab"}}


async def test_refusals() -> None:
    with pytest.raises(AwsError, match="Rate Exceeded") as refused:
        await run(FakeFunctions(refusal=TooManyRequests("x")))
    assert refused.value.code == "TooManyRequestsException"
    with pytest.raises(AwsError) as refused:
        await run(FakeFunctions(), Payload=b"{")
    assert refused.value.code == "InvalidRequestContentException"
    with pytest.raises(OperationNotImplemented):
        await run(FakeFunctions(), TenantId="a")


async def test_a_loop_of_functions_is_stopped() -> None:
    functions = FakeFunctions()
    await run(functions, trace_header="Root=1-2-3;Sampled=0")
    header = functions.asked[0]["trace_header"]
    assert header == extend("Root=1-2-3;Sampled=0", ARN).trace_header
    assert isinstance(header, str)
    for _ in range(40):
        header = extend(header, ARN).trace_header
    with pytest.raises(AwsError) as refused:
        await run(functions, trace_header=header)
    assert refused.value.code == "RecursiveInvocationException"
