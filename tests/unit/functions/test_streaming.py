"""Streamed responses from a scripted runtime to their caller ("Response streaming for Lambda functions")."""

import asyncio
from pathlib import Path

import pytest

from gatewright.functions.errors import TooManyRequests
from gatewright.functions.response_sink import CollectedResponse
from gatewright.functions.settings import MAX_RESPONSE_BYTES
from gatewright.functions.streaming import BUFFER_BYTES, ResponseStream, StreamedInvocation

from .fakes import MIB, ScriptedRuntime, echo, function_version, qualified, running_node, until

TARGET = qualified(function_version())
ERROR = b'{"errorType":"Error","errorMessage":"no","trace":[]}'
TOO_LARGE = b"""{
  "errorMessage": "Response payload size exceeded maximum allowed payload size (6291556 bytes).",
  "errorType": "Function.ResponseSizeTooLarge"
}"""
"""Octet for octet as recorded (radkawar/stackd, testdata/aws/lambda/streaming.json: seven_mib_ordinary)."""


async def two_pieces(runtime: ScriptedRuntime) -> int:
    """Stream the event back in two pieces."""
    while True:
        header, event = await runtime.next()
        await runtime.stream_head(header["id"], "text/event-stream")
        await runtime.stream_data(event[:3])
        await runtime.stream_data(event[3:])
        await runtime.stream_end()


async def whole(streamed: StreamedInvocation) -> bytes:
    return b"".join([piece async for piece in streamed])


async def test_a_response_is_streamed(tmp_path: Path) -> None:
    async with running_node(tmp_path, two_pieces) as node:
        for _ in range(2):
            streamed = await node.functions.invoke_streaming(TARGET, b'{"n":1}', request_id="id-1")
            assert (streamed.content_type, streamed.executed_version) == ("text/event-stream", "$LATEST")
            assert streamed.request_id == "id-1"
            assert streamed.failure is None
            assert await whole(streamed) == b'{"n":1}'
            outcome = streamed.outcome
            assert outcome is not None
            assert outcome.error_code is None
            assert outcome.result.payload == b""
        assert node.functions.environments == 1
        assert node.sink.text.count("REPORT RequestId: id-1") == 2


async def test_the_first_piece_arrives_before_the_last_is_written(tmp_path: Path) -> None:
    may_end = asyncio.Event()

    async def script(runtime: ScriptedRuntime) -> int:
        header, _ = await runtime.next()
        await runtime.stream_head(header["id"])
        await runtime.stream_data(b"first")
        await may_end.wait()
        await runtime.stream_data(b"last")
        await runtime.stream_end()
        await runtime.next()
        return 0

    async with running_node(tmp_path, script) as node:
        streamed = await node.functions.invoke_streaming(TARGET, b"{}", request_id="id-1")
        pieces = aiter(streamed)
        assert await anext(pieces) == b"first"
        assert streamed.outcome is None
        assert "END RequestId" not in node.sink.text
        may_end.set()
        assert await anext(pieces) == b"last"
        with pytest.raises(StopAsyncIteration):
            await anext(pieces)
        assert streamed.outcome is not None
        assert "END RequestId: id-1" in node.sink.text


async def test_a_whole_answer_is_a_stream_of_one_piece(tmp_path: Path) -> None:
    async with running_node(tmp_path, echo) as node:
        streamed = await node.functions.invoke_streaming(TARGET, b'{"n":1}')
        assert streamed.content_type == "application/json"
        assert [piece async for piece in streamed] == [b'{"n":1}']
        assert streamed.outcome is not None
        assert streamed.outcome.error_code is None
        assert streamed.failure is None


async def test_an_error_before_the_response_is_the_stream(tmp_path: Path) -> None:
    async def script(runtime: ScriptedRuntime) -> int:
        header, _ = await runtime.next()
        await runtime.error(header["id"], ERROR)
        await runtime.next()
        return 0

    async with running_node(tmp_path, script) as node:
        streamed = await node.functions.invoke_streaming(TARGET, b"{}")
        assert streamed.failure is not None
        assert streamed.failure.function_error == "Unhandled"
        assert await whole(streamed) == ERROR
        assert streamed.outcome is not None
        assert streamed.outcome.error_code is None


@pytest.mark.parametrize("ends_by", ["STREAM_END", "ERROR"])
async def test_an_error_in_mid_stream_lets_the_response_stand(tmp_path: Path, ends_by: str) -> None:
    """As recorded (radkawar/stackd, testdata/aws/lambda/streaming.json: throw_after, ordinary_throw_after)."""

    async def script(runtime: ScriptedRuntime) -> int:
        while True:
            header, _ = await runtime.next()
            await runtime.stream_head(header["id"])
            await runtime.stream_data(b"so far")
            if ends_by == "ERROR":
                await runtime.error(header["id"], ERROR)
            else:
                await runtime.stream_end(ERROR)

    async with running_node(tmp_path, script) as node:
        streamed = await node.functions.invoke_streaming(TARGET, b"{}")
        assert await whole(streamed) == b"so far"
        assert streamed.failure is None
        assert streamed.outcome is not None
        assert streamed.outcome.error_code is None
        collected = await node.functions.invoke(TARGET, b"{}")
        assert (collected.function_error, collected.payload, collected.is_streamed) == (None, b"so far", True)
        assert node.functions.environments == 1


async def test_a_time_out_in_mid_stream_lets_the_response_stand(tmp_path: Path) -> None:
    """As recorded (radkawar/stackd, testdata/aws/lambda/streaming.json: timeout_after_…; invocation_tails.json)."""

    async def script(runtime: ScriptedRuntime) -> int:
        header, _ = await runtime.next()
        await runtime.stream_head(header["id"])
        await runtime.stream_data(b"so far")
        await asyncio.sleep(60)
        return 0

    async with running_node(tmp_path, script) as node:
        streamed = await node.functions.invoke_streaming(TARGET, b"{}", request_id="id-1")
        pieces = aiter(streamed)
        assert await anext(pieces) == b"so far"
        node.clock.ahead += 10
        with pytest.raises(StopAsyncIteration):
            await anext(pieces)
        assert streamed.outcome is not None
        assert streamed.outcome.error_code is None
        assert streamed.outcome.result.error_type == "Sandbox.Timedout"
        assert "Status: timeout" in node.sink.text
        begun = node.sandbox.processes
        collecting = asyncio.create_task(node.functions.invoke(TARGET, b"{}"))
        await until(lambda: len(begun) == 2)
        await asyncio.sleep(0.2)
        node.clock.ahead += 10
        collected = await collecting
        assert (collected.payload, collected.function_error) == (b"so far", None)


async def test_a_time_out_before_the_response(tmp_path: Path) -> None:
    async def script(runtime: ScriptedRuntime) -> int:
        await runtime.next()
        await asyncio.sleep(60)
        return 0

    async with running_node(tmp_path, script) as node:
        waiting = asyncio.create_task(node.functions.invoke_streaming(TARGET, b"{}", request_id="id-1"))
        await until(lambda: "START" in node.sink.text or node.functions.running)
        await asyncio.sleep(0.05)
        node.clock.ahead += 10
        streamed = await waiting
        assert streamed.failure is not None
        assert streamed.failure.error_type == "Sandbox.Timedout"
        assert b"Task timed out after 3.00 seconds" in await whole(streamed)


async def test_a_crash_in_mid_stream_truncates_the_response(tmp_path: Path) -> None:
    # ErrorCode Runtime.TruncatedResponse without details is what callers of Lambda report to have seen.
    async def script(runtime: ScriptedRuntime) -> int:
        header, _ = await runtime.next()
        await runtime.stream_head(header["id"])
        await runtime.stream_data(b"so far")
        return 3

    async with running_node(tmp_path, script) as node:
        streamed = await node.functions.invoke_streaming(TARGET, b"{}")
        assert await whole(streamed) == b"so far"
        assert streamed.outcome is not None
        assert streamed.outcome.error_code == "Runtime.TruncatedResponse"
        assert "Error Type: Runtime.ExitError" in node.sink.text


async def test_a_caller_who_does_not_read_stops_the_function(tmp_path: Path) -> None:
    written = 0

    async def script(runtime: ScriptedRuntime) -> int:
        nonlocal written
        header, _ = await runtime.next()
        await runtime.stream_head(header["id"])
        for _ in range(512):
            await runtime.stream_data(bytes(16 << 10))
            written += 16 << 10
        await runtime.stream_end()
        await runtime.next()
        return 0

    async with running_node(tmp_path, script) as node:
        streamed = await node.functions.invoke_streaming(TARGET, b"{}")
        settled = -1
        while settled != written:
            settled = written
            await asyncio.sleep(0.1)
        assert written <= 2 * MIB  # of 8: our buffer and the socket's
        assert sum([len(piece) async for piece in streamed]) == 8 * MIB
        assert streamed.outcome is not None
        assert streamed.outcome.error_code is None


async def test_a_caller_who_goes_away_does_not_stop_the_function(tmp_path: Path) -> None:
    async def script(runtime: ScriptedRuntime) -> int:
        while True:
            header, _ = await runtime.next()
            await runtime.stream_head(header["id"])
            for _ in range(128):
                await runtime.stream_data(bytes(64 << 10))
            await runtime.stream_end()
            runtime.print(b"done\n")

    async with running_node(tmp_path, script) as node:
        streamed = await node.functions.invoke_streaming(TARGET, b"{}")
        assert await anext(aiter(streamed))
        await streamed.aclose()
        await until(lambda: not node.functions.running)
        assert [piece async for piece in streamed] == []
        streamed = await node.functions.invoke_streaming(TARGET, b"{}")
        assert len(await whole(streamed)) == 8 * MIB
        assert node.functions.environments == 1


async def test_a_caller_who_goes_away_before_the_response(tmp_path: Path) -> None:
    may_begin = asyncio.Event()

    async def script(runtime: ScriptedRuntime) -> int:
        while True:
            header, _ = await runtime.next()
            await may_begin.wait()
            await runtime.stream_head(header["id"])
            for _ in range(64):
                await runtime.stream_data(bytes(64 << 10))
            await runtime.stream_end()

    async with running_node(tmp_path, script) as node:
        waiting = asyncio.create_task(node.functions.invoke_streaming(TARGET, b"{}"))
        await until(lambda: node.functions.running)
        await asyncio.sleep(0.05)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        may_begin.set()
        await until(lambda: not node.functions.running)
        assert "REPORT" in node.sink.text


async def test_a_refused_invocation(tmp_path: Path) -> None:
    async with running_node(tmp_path, account_concurrency=0) as node:
        with pytest.raises(TooManyRequests):
            await node.functions.invoke_streaming(TARGET, b"{}")


@pytest.mark.parametrize(
    ("size", "function_error"), [(MAX_RESPONSE_BYTES, None), (MAX_RESPONSE_BYTES + 1, "Unhandled")]
)
async def test_a_caller_without_a_stream_gets_it_collected(
    tmp_path: Path, size: int, function_error: str | None
) -> None:
    async def script(runtime: ScriptedRuntime) -> int:
        header, _ = await runtime.next()
        await runtime.stream_head(header["id"])
        for start in range(0, size, 64 << 10):
            await runtime.stream_data(bytes(min(64 << 10, size - start)))
        await runtime.stream_end()
        await runtime.next()
        return 0

    async with running_node(tmp_path, script) as node:
        result = await node.functions.invoke(TARGET, b"{}")
        assert result.function_error == function_error
        assert result.payload == (TOO_LARGE if function_error else bytes(size))


@pytest.mark.parametrize(
    "out_of_turn",
    [
        "long content type",
        "data without head",
        "end without head",
        "another id",
        "two heads",
        "next in mid-stream",
        "result in mid-stream",
    ],
)
async def test_a_runtime_that_streams_out_of_turn_is_killed(tmp_path: Path, out_of_turn: str) -> None:
    async def script(runtime: ScriptedRuntime) -> int:
        header, _ = await runtime.next()
        request_id = header["id"]
        if out_of_turn == "another id":
            request_id = "id-2"
        if out_of_turn not in ("data without head", "end without head"):
            await runtime.stream_head(request_id, "x" * (5000 if out_of_turn == "long content type" else 9))
        match out_of_turn:
            case "data without head":
                await runtime.stream_data(b"data")
            case "two heads":
                await runtime.stream_head(request_id)
            case "next in mid-stream":
                await runtime.next()
            case "result in mid-stream":
                await runtime.result(request_id, b"{}")
            case _:
                await runtime.stream_end()
        await asyncio.sleep(60)
        return 0

    async with running_node(tmp_path, script) as node:
        streamed = await node.functions.invoke_streaming(TARGET, b"{}", request_id="id-1")
        await whole(streamed)
        assert streamed.outcome is not None
        assert streamed.outcome.result.error_type == "Runtime.ExitError"
        assert node.sandbox.processes[0].signals == ["KILL"]


async def test_what_is_more_than_lambda_allows_is_dropped() -> None:
    stream = ResponseStream()
    stream.begin("text/plain", "1")
    octets = bytes(MIB)
    passed = 0
    for _ in range(201):
        stream.write(octets)
        passed += len(await anext(stream))
    stream.write(octets)
    assert passed == 209_715_201, "as recorded (radkawar/stackd, testdata/aws/lambda/streaming.json)"
    assert stream.conclude(None) == (b"", None)


async def test_who_is_full_says_when_there_is_room() -> None:
    stream = ResponseStream()
    told: list[str] = []
    stream.write(bytes(BUFFER_BYTES))
    assert not stream.is_full
    stream.when_there_is_room(lambda: told.append("at once"))
    stream.write(b"1")
    assert stream.is_full
    stream.when_there_is_room(lambda: told.append("when read"))
    assert told == ["at once"]
    await anext(stream)
    assert told == ["at once", "when read"]
    stream.write(bytes(BUFFER_BYTES + 1))
    stream.when_there_is_room(lambda: told.append("when discarded"))
    stream.discard()
    assert told[-1] == "when discarded"
    stream.write(bytes(BUFFER_BYTES + 1))
    assert not stream.is_full


async def test_a_collected_response_knows_how_much_was_produced() -> None:
    response = CollectedResponse()
    for _ in range(8):
        response.write(bytes(MIB))
    assert response.produced_bytes == 8 * MIB
    assert response.is_too_large
