"""Streamed responses over the Runtime API ("Implementing response streaming in a custom runtime")."""

import asyncio
import base64
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import orjson
import pytest

from gatewright.functions.runtimes.types import Transport

from .fakes import (
    MIB,
    FakeRuntimes,
    Node,
    RuntimeEnded,
    ScriptedRuntime,
    function_version,
    qualified,
    running_node,
    until,
)

TARGET = qualified(function_version())
ERROR = b'{"errorType":"Error","errorMessage":"no"}'
ENCODED = base64.b64encode(ERROR).decode()


class Client:
    """The runtime's connection to its API."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer
        self.answers: list[tuple[int, bytes]] = []

    async def next(self) -> tuple[str, bytes]:
        self.writer.write(b"GET /2018-06-01/runtime/invocation/next HTTP/1.1\r\nHost: h\r\n\r\n")
        _, headers, body = await self._response()
        return headers["lambda-runtime-aws-request-id"], body

    def begin(self, request_id: str, content_type: str = "text/event-stream") -> None:
        self.writer.write(
            f"POST /2018-06-01/runtime/invocation/{request_id}/response HTTP/1.1\r\nHost: h\r\n"
            f"Lambda-Runtime-Function-Response-Mode: streaming\r\nContent-Type: {content_type}\r\n"
            "Transfer-Encoding: chunked\r\n"
            "Trailer: Lambda-Runtime-Function-Error-Type, Lambda-Runtime-Function-Error-Body\r\n\r\n".encode()
        )

    async def chunk(self, octets: bytes) -> None:
        self.writer.write(b"%x\r\n%b\r\n" % (len(octets), octets))
        await self.writer.drain()

    async def end(self, trailers: str = "") -> tuple[int, bytes]:
        self.writer.write(f"0\r\n{trailers}\r\n".encode())
        status, _, body = await self._response()
        self.answers.append((status, body))
        return status, body

    async def _response(self) -> tuple[int, dict[str, str], bytes]:
        head = (await self.reader.readuntil(b"\r\n\r\n")).decode()
        first, *lines = head.rstrip().split("\r\n")
        headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
        return int(first.split()[1]), headers, await self.reader.readexactly(int(headers["content-length"]))


def over_http(talk: Callable[[Client], Awaitable[int]]) -> Callable[[ScriptedRuntime], Awaitable[int]]:
    async def script(runtime: ScriptedRuntime) -> int:
        host, port = runtime.spec.environment["AWS_LAMBDA_RUNTIME_API"].rsplit(":", 1)
        reader, writer = await asyncio.open_connection(host, int(port))
        try:
            return await talk(Client(reader, writer))
        except (OSError, asyncio.IncompleteReadError) as error:
            raise RuntimeEnded from error
        finally:
            writer.close()

    return script


@contextlib.asynccontextmanager
async def talking(directory: Path, talk: Callable[[Client], Awaitable[int]]) -> AsyncIterator[Node]:
    async with running_node(directory, over_http(talk), runtimes=FakeRuntimes(transport=Transport.RUNTIME_API)) as node:
        yield node


async def test_a_response_is_streamed(tmp_path: Path) -> None:
    may_end = asyncio.Event()

    async def talk(client: Client) -> int:
        while True:
            request_id, event = await client.next()
            client.begin(request_id)
            await client.chunk(event)
            await may_end.wait()
            await client.chunk(b"last")
            assert await client.end() == (202, b'{"status":"OK"}')

    async with talking(tmp_path, talk) as node:
        streamed = await node.functions.invoke_streaming(TARGET, b'"first"')
        assert streamed.content_type == "text/event-stream"
        pieces = aiter(streamed)
        assert await anext(pieces) == b'"first"'
        may_end.set()
        assert await anext(pieces) == b"last"
        with pytest.raises(StopAsyncIteration):
            await anext(pieces)
        assert streamed.outcome is not None
        assert streamed.outcome.error_code is None
        assert (await node.functions.invoke(TARGET, b"1")).payload == b"1last"
        assert node.functions.environments == 1


async def test_trailers_that_tell_of_an_error_change_nothing(tmp_path: Path) -> None:
    """As recorded of `provided.al2023` (radkawar/stackd, testdata/aws/lambda/streaming.json)."""

    async def talk(client: Client) -> int:
        while True:
            request_id, _ = await client.next()
            client.begin(request_id)
            await client.chunk(b"so far")
            assert (await client.end(f"Lambda-Runtime-Function-Error-Body: {ENCODED}\r\n"))[0] == 202

    async with talking(tmp_path, talk) as node:
        streamed = await node.functions.invoke_streaming(TARGET, b"{}")
        assert b"".join([piece async for piece in streamed]) == b"so far"
        assert streamed.outcome is not None
        assert streamed.outcome.error_code is None
        result = await node.functions.invoke(TARGET, b"{}")
        assert (result.payload, result.function_error) == (b"so far", None)


@pytest.mark.parametrize("way", ["hang up", "malformed"])
async def test_a_response_that_breaks_off_is_truncated(tmp_path: Path, way: str) -> None:
    async def talk(client: Client) -> int:
        request_id, _ = await client.next()
        client.begin(request_id)
        await client.chunk(b"so far")
        await asyncio.sleep(0.05)
        if way == "malformed":
            client.writer.write(b"no chunk\r\n")
            assert b" 400 " in await client.reader.readline()
        client.writer.close()
        await asyncio.sleep(60)
        return 0

    async with talking(tmp_path, talk) as node:
        streamed = await node.functions.invoke_streaming(TARGET, b"{}", request_id="id-1")
        assert b"".join([piece async for piece in streamed]) == b"so far"
        assert streamed.outcome is not None
        assert streamed.outcome.error_code == "Runtime.TruncatedResponse"
        assert orjson.loads(streamed.outcome.result.payload)["errorType"] == "Runtime.TruncatedResponse"
        assert "Status: error\tError Type: Runtime.TruncatedResponse" in node.sink.text


async def test_a_caller_who_does_not_read_stops_the_runtime(tmp_path: Path) -> None:
    written = 0

    async def talk(client: Client) -> int:
        nonlocal written
        request_id, _ = await client.next()
        client.begin(request_id)
        for _ in range(512):
            await client.chunk(bytes(64 << 10))
            written += 64 << 10
        await client.end()
        await client.next()
        return 0

    async with talking(tmp_path, talk) as node:
        streamed = await node.functions.invoke_streaming(TARGET, b"{}")
        settled = -1
        while settled != written:
            settled = written
            await asyncio.sleep(0.1)
        assert written <= 12 * MIB  # of 32: what the kernel holds for two sockets of this machine, and our buffer
        assert sum([len(piece) async for piece in streamed]) == 32 * MIB


async def test_more_than_a_collected_response_may_have(tmp_path: Path) -> None:
    answers = []

    async def talk(client: Client) -> int:
        request_id, _ = await client.next()
        client.begin(request_id)
        for _ in range(7):
            await client.chunk(bytes(MIB))
        answers.append(await client.end())
        await client.next()
        return 0

    async with talking(tmp_path, talk) as node:
        result = await node.functions.invoke(TARGET, b"{}")
        assert b"Function.ResponseSizeTooLarge" in result.payload
        await until(lambda: answers)
        assert answers[0][0] == 413


async def test_an_error_cannot_be_posted_in_mid_stream(tmp_path: Path) -> None:
    refused = []

    async def talk(client: Client) -> int:
        request_id, _ = await client.next()
        client.begin(request_id)
        await client.chunk(b"x")
        await asyncio.sleep(0.05)
        peer = client.writer.get_extra_info("peername")
        reader, writer = await asyncio.open_connection(*peer)
        writer.write(
            f"POST /2018-06-01/runtime/invocation/{request_id}/error HTTP/1.1\r\nHost: h\r\n"
            "Content-Length: 2\r\n\r\n{}".encode()
        )
        other = Client(reader, writer)
        refused.append(await other._response())
        writer.close()
        await client.end()
        await client.next()
        return 0

    async with talking(tmp_path, talk) as node:
        streamed = await node.functions.invoke_streaming(TARGET, b"{}")
        assert [piece async for piece in streamed] == [b"x"]
    status, _, body = refused[0]
    assert status == 403
    assert b"State transition from InvocationResponse to InvocationErrorResponse failed" in body
