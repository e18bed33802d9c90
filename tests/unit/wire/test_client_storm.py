"""Everything at once: origins that break off, dawdle and answer early, callers who give up.

Whatever happens, a response belongs to its own request, and in the end every connection is idle or gone.
"""

import asyncio
import gc
import random

import pytest
import uvloop

from gatewright.base.messages import Headers
from gatewright.wire.client import Client
from gatewright.wire.client_errors import UpstreamError
from gatewright.wire.client_limits import ClientLimits
from gatewright.wire.client_request import UpstreamRequest
from tests.unit.wire.client_network import origin_on_loopback, read_head

CALLERS = 24
REQUESTS = 25


def unreliable(chance):
    """Serve requests, each with its own target as the end of the response body, or not."""

    async def serve(reader, writer):
        while True:
            head = await read_head(reader)
            name = head.split(b" ")[1]
            if b"Transfer-Encoding" in head and chance.random() < 0.9:  # else answer before the body is here
                while size := int(await reader.readline(), 16):
                    await reader.readexactly(size + 2)
                await reader.readline()
            match chance.choice(["whole", "whole", "whole", "close", "stream", "stream", "late", "none", "half"]):
                case "whole":
                    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (len(name), name))
                case "close":
                    writer.write(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + name)
                    return writer.close()
                case "stream":
                    writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
                    for _ in range(chance.randrange(4)):
                        filling = b"x" * chance.randrange(1, 100_000)
                        writer.write(b"%x\r\n%b\r\n" % (len(filling), filling))
                        await writer.drain()
                    writer.write(b"%x\r\n%b\r\n0\r\n\r\n" % (len(name), name))
                case "late":
                    await asyncio.sleep(chance.random() * 0.01)
                    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (len(name), name))
                case "none":
                    return None
                case "half":
                    writer.write(b"HTTP/1.1 200 OK\r\nContent-Le")
                    return writer.close()
            await writer.drain()

    return serve


async def upload(chance):
    for _ in range(3):
        await asyncio.sleep(0)
        yield b"y" * chance.randrange(100_000)


async def call(client, origin, target, chance):
    """Send one request; return whether its response came whole."""
    body = upload(chance) if chance.random() < 0.2 else b""
    try:
        response = await client.send(UpstreamRequest("POST", origin, target, Headers(), body))
        if isinstance(response.body, bytes):
            received = response.body
        elif chance.random() < 0.2:
            await anext(response.body)
            return False  # and leave the rest, closed or not
        else:
            received = b"".join([chunk async for chunk in response.body])
    except (UpstreamError, StopAsyncIteration):
        return False
    assert received.endswith(target.encode())
    return True


@pytest.mark.parametrize("loop_factory", [asyncio.new_event_loop, uvloop.new_event_loop], ids=["asyncio", "uvloop"])
@pytest.mark.parametrize("seed", [1, 2])
def test_a_storm(loop_factory, seed):
    chance = random.Random(seed)

    async def caller(client, origins, number):
        whole = 0
        for turn in range(REQUESTS):
            one = asyncio.ensure_future(call(client, origins[number % 2], f"/{number}-{turn}", chance))
            if chance.random() < 0.15:
                await asyncio.sleep(chance.random() * 0.002)
                one.cancel()
            [outcome] = await asyncio.gather(one, return_exceptions=True)
            assert outcome in (True, False) or isinstance(outcome, asyncio.CancelledError), outcome
            whole += outcome is True
        return whole

    async def scenario():
        serve = unreliable(chance)
        async with origin_on_loopback(serve) as first, origin_on_loopback(serve) as second:
            client = Client(ClientLimits(connections=10, connections_per_origin=6))
            whole = sum(await asyncio.gather(*[caller(client, (first, second), number) for number in range(CALLERS)]))
            assert whole > CALLERS * REQUESTS / 3
            gc.collect()
            pool = client._pool
            async with asyncio.timeout(30):
                while pool._closing or client.open_connections != sum(len(one.idle) for one in pool._origins.values()):
                    await asyncio.sleep(0.01)
            assert pool._waiting == 0
            await client.close()

    with asyncio.Runner(loop_factory=loop_factory) as runner:
        runner.run(asyncio.wait_for(scenario(), 60))
