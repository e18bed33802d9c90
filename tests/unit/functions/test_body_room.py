"""Bodies that wait for room."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from gatewright.base.messages import Headers, Request, Response
from gatewright.functions.body_room import BodyRoom

MIB = 1 << 20


class Body:
    """A body that is still to come."""

    trailers = Headers()

    async def read(self) -> bytes:
        return b""

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield b""


class Handler:
    """Serves requests until it may answer, and knows how many it serves."""

    def __init__(self) -> None:
        self.served: list[str] = []
        self.may_answer = asyncio.Event()

    async def handle(self, request: Request) -> Response:
        self.served.append(request.path)
        await self.may_answer.wait()
        return Response(200, Headers())


def request(path: str, length: str | None) -> Request:
    fields = [] if length is None else [("content-length", length)]
    return Request("POST", path, "", Headers(fields), Body())


async def test_bodies_wait_in_order_and_small_requests_do_not() -> None:
    handler = Handler()
    serve = BodyRoom(96 * MIB, 70 * MIB).bounding(handler.handle)
    wanted = [("/1", str(60 * MIB)), ("/2", str(60 * MIB)), ("/3", "1"), ("/4", None)]
    tasks = [asyncio.create_task(serve(request(*each))) for each in wanted]
    tasks.append(asyncio.create_task(serve(Request("GET", "/5", "", Headers()))))
    await asyncio.sleep(0)
    assert handler.served == ["/1", "/5"]
    handler.may_answer.set()
    await asyncio.gather(*tasks)
    assert handler.served == ["/1", "/5", "/2", "/3", "/4"]


@pytest.mark.parametrize("length", [None, "x", str(1 << 40), str(70 * MIB)])
async def test_the_largest_body_finds_room(length: str | None) -> None:
    handler = Handler()
    handler.may_answer.set()
    serve = BodyRoom(70 * MIB, 70 * MIB).bounding(handler.handle)
    for _ in range(3):
        async with asyncio.timeout(1):
            await serve(request("/", length))


async def test_who_goes_away_gives_its_room_back() -> None:
    handler = Handler()
    serve = BodyRoom(MIB, MIB).bounding(handler.handle)
    first, second, third = (asyncio.create_task(serve(request(f"/{number}", None))) for number in range(3))
    await asyncio.sleep(0)
    second.cancel()
    first.cancel()
    await asyncio.gather(first, second, return_exceptions=True)
    handler.may_answer.set()
    async with asyncio.timeout(1):
        await third
    assert handler.served == ["/0", "/2"]
