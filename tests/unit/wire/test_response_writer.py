import asyncio
import re

from gatewright.base.messages import Headers, ReceivedHeaders, Response
from gatewright.wire.request_head import RequestHead
from gatewright.wire.response_head import HeadRenderer
from gatewright.wire.response_writer import ResponseWriter
from gatewright.wire.turn import Turn
from tests.wire.fake_transport import FakeTransport, settle

HEAD = RequestHead("GET", "/", "", ReceivedHeaders(), "1.1", 0, True, False)


async def test_a_whole_response() -> None:
    transport = FakeTransport()
    writer = ResponseWriter(transport, HeadRenderer(), Turn(), 60.0)
    writer.write_whole(HEAD, Response(200, Headers([("A", "b")])), b"hello", True)
    writer.flush()
    assert re.sub(rb"Date: [^\r]+", b"Date: D", transport.written) == (
        b"HTTP/1.1 200 OK\r\nDate: D\r\nA: b\r\nContent-Length: 5\r\nConnection: keep-alive\r\n\r\nhello"
    )


async def test_room_is_waited_for_as_long_as_it_takes() -> None:
    writer = ResponseWriter(FakeTransport(), HeadRenderer(), Turn(), 60.0)
    await writer.wait_for_room()
    writer.pause()
    waiting = asyncio.ensure_future(writer.wait_for_room())
    for _ in range(3):
        await settle()
        assert not waiting.done()
        writer.resume()
        writer.pause()
    writer.resume()
    await waiting


async def test_a_stall_is_a_time_without_any_progress() -> None:
    transport = FakeTransport()
    writer = ResponseWriter(transport, HeadRenderer(), Turn(), 60.0)
    transport.waiting_bytes = 100
    assert not writer.has_stalled(0.0)
    assert not writer.has_stalled(59.0)
    transport.waiting_bytes = 99
    assert not writer.has_stalled(61.0)
    assert not writer.has_stalled(120.0)
    assert writer.has_stalled(121.0)


async def test_nothing_waiting_is_no_stall() -> None:
    writer = ResponseWriter(FakeTransport(), HeadRenderer(), Turn(), 60.0)
    assert not any(writer.has_stalled(now * 100.0) for now in range(5))
