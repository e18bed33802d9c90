"""Who gets which connection, and when: the client over a network in memory."""

import asyncio
import gc

import pytest

from gatewright.base.messages import Headers
from gatewright.wire.client import Client
from gatewright.wire.client_errors import (
    ClientClosed,
    ConnectFailed,
    ConnectionsExhausted,
    ConnectTimeout,
    ResponseBroken,
)
from gatewright.wire.client_limits import ClientLimits
from gatewright.wire.client_request import Origin, UpstreamRequest
from tests.unit.wire.client_network import FakeNetwork, FakeTransport, settle

A = Origin("http", "a.test", 80)
B = Origin("http", "b.test", 80)

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


class Bench:
    """A client, its network and the requests that are under way."""

    def __init__(self, **limits):
        self.network = FakeNetwork()
        self.client = Client(ClientLimits(**limits), connect=self.network)

    def send(self, origin=A, target="/", **more):
        request = UpstreamRequest("GET", origin, target, Headers(), **more)
        return asyncio.get_running_loop().create_task(self.client.send(request))

    async def get(self, origin=A, answer=OK):
        """Send one request and answer it, whichever connection it takes."""
        before = {transport: transport.written for transport in self.network.transports}
        task = self.send(origin)
        await settle()
        [transport] = [one for one in self.network.transports if one.written != before.get(one, b"")]
        transport.answer(answer)
        await task
        return transport

    def answer_all(self):
        """Answer every request that is still without an answer."""
        for transport in self.network.living:
            if transport.written.count(b"GET") > transport.answers:
                transport.answer(OK)


async def test_a_connection_is_used_again():
    bench = Bench()
    first = await bench.get()
    assert await bench.get() is first
    assert first.written == b"GET / HTTP/1.1\r\nHost: a.test\r\n\r\n" * 2
    assert bench.client.open_connections == 1


async def test_the_connection_used_last_is_used_first():
    bench = Bench()
    tasks = [bench.send(), bench.send()]
    await settle()
    older, newer = bench.network.transports
    newer.answer(OK)
    older.answer(OK)
    await asyncio.gather(*tasks)
    assert await bench.get() is older


async def test_origins_do_not_share_connections():
    bench = Bench()
    first = await bench.get(A)
    assert await bench.get(B) is not first
    assert await bench.get(Origin("http", "a.test", 81)) is not first
    assert await bench.get(Origin("http", "a.test", 80, "other.test")) is not first


async def test_a_connection_that_ended_while_idle_is_not_used():
    bench = Bench()
    first = await bench.get()
    first.protocol.eof_received()
    assert await bench.get() is not first
    assert first.is_closing()
    await settle()
    assert bench.client.open_connections == 1


async def test_a_connection_that_sent_what_nobody_asked_for_is_not_used():
    bench = Bench()
    first = await bench.get()
    first.answer(OK)
    assert first.is_aborted
    assert await bench.get() is not first


async def test_an_expired_connection_is_not_used():
    bench = Bench(idle_seconds=0.0)
    first = await bench.get()
    assert await bench.get() is not first
    bench = Bench()
    first = await bench.get(answer=b"HTTP/1.1 200 OK\r\nKeep-Alive: timeout=1\r\nContent-Length: 0\r\n\r\n")
    assert await bench.get() is not first


async def test_idle_connections_are_closed_after_their_time():
    bench = Bench(idle_seconds=0.02)
    first = await bench.get()
    async with asyncio.timeout(10):
        while bench.client.open_connections:
            await asyncio.sleep(0.01)
    assert first.is_closing()
    assert not first.is_aborted


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n",
        OK + b"excess",
    ],
)
async def test_a_connection_that_shall_not_be_used_again_is_closed(answer):
    bench = Bench()
    first = await bench.get(answer=answer)
    assert first.is_closing()
    assert await bench.get() is not first


async def test_a_request_that_was_written_is_not_sent_again():
    bench = Bench()
    transport = await bench.get()
    task = bench.send()
    await settle()
    transport.protocol.connection_lost(ConnectionResetError("reset"))
    with pytest.raises(ResponseBroken, match="reset"):
        await task
    assert len(bench.network.transports) == 1


async def test_waiting_requests_are_served_in_their_order():
    bench = Bench(connections_per_origin=1)
    tasks = [bench.send(target=f"/{number}") for number in range(4)]
    await settle()
    [transport] = bench.network.transports
    for number in range(4):
        assert transport.written.count(b"GET") == number + 1
        assert f"GET /{number} ".encode() in transport.written
        late = bench.send(target="/late") if number == 0 else None
        transport.answer(OK)
        await settle()
        if late is not None:
            tasks.append(late)
    transport.answer(OK)
    assert [(await task).status for task in tasks] == [200] * 5
    assert len(bench.network.transports) == 1


async def test_a_closed_connection_makes_room_for_who_waits():
    bench = Bench(connections_per_origin=1)
    first, second = bench.send(), bench.send()
    await settle()
    bench.network.transports[0].protocol.connection_lost(None)
    with pytest.raises(ResponseBroken):
        await first
    await settle()
    bench.network.transports[1].answer(OK)
    assert (await second).status == 200


async def test_a_failed_connection_makes_room_for_who_waits():
    bench = Bench(connections_per_origin=1)
    bench.network.gate = asyncio.Event()
    first, second = bench.send(), bench.send()
    await settle()
    first.cancel()
    await settle()
    bench.network.gate.set()
    await settle()
    bench.network.living[0].answer(OK)
    assert (await second).status == 200
    assert bench.client.open_connections == 1


async def test_the_queue_is_bounded():
    bench = Bench(connections_per_origin=1, waiting=1)
    served, waiting, refused = bench.send(), bench.send(), bench.send()
    await settle()
    with pytest.raises(ConnectionsExhausted, match="already wait"):
        await refused
    with pytest.raises(ConnectionsExhausted):
        await bench.send()
    bench.network.transports[0].answer(OK)
    await served
    await settle()
    bench.network.transports[0].answer(OK)
    await waiting


async def test_who_waits_too_long_is_refused_and_leaves_the_line():
    bench = Bench(connections_per_origin=1, connect_seconds=0.02)
    served = bench.send()
    await settle()
    with pytest.raises(ConnectionsExhausted, match="in time"):
        await bench.send()
    bench.network.transports[0].answer(OK)
    await served
    assert await bench.get() is bench.network.transports[0]


@pytest.mark.parametrize("moment", ["while waiting", "when granted"])
async def test_who_gives_up_waiting_does_not_take_the_connection_along(moment):
    bench = Bench(connections_per_origin=1)
    served, quitter, patient = bench.send(), bench.send(), bench.send()
    await settle()
    [transport] = bench.network.transports
    if moment == "while waiting":
        quitter.cancel()
        await settle()
        transport.answer(OK)
    else:
        transport.answer(OK)  # hands the connection to the quitter …
        quitter.cancel()  # … who is cancelled before it runs
    await settle()
    assert quitter.cancelled()
    transport.answer(OK)
    assert (await served).status == (await patient).status == 200
    assert transport.written.count(b"GET") == 2
    assert len(bench.network.transports) == 1


async def test_who_gives_up_when_granted_a_slot_passes_it_on():
    bench = Bench(connections_per_origin=1)
    first, quitter, patient = bench.send(), bench.send(), bench.send()
    await settle()
    bench.network.transports[0].protocol.connection_lost(None)  # frees the slot for the quitter
    quitter.cancel()
    with pytest.raises(ResponseBroken):
        await first
    await settle()
    bench.network.transports[1].answer(OK)
    assert (await patient).status == 200
    assert bench.client.open_connections == 1


async def test_the_total_limit_evicts_an_idle_connection_of_another_origin():
    bench = Bench(connections=2)
    idle = await bench.get(A)
    busy = bench.send(B)
    await settle()
    other = bench.send(Origin("http", "c.test", 80))
    await settle()
    assert idle.is_closing()
    assert bench.client.open_connections == 2
    for transport in bench.network.living:
        transport.answer(OK)
    await asyncio.gather(busy, other)


async def test_the_total_limit_lets_origins_wait_for_each_other():
    bench = Bench(connections=1)
    first = bench.send(A)
    await settle()
    second = bench.send(B)
    await settle()
    assert len(bench.network.transports) == 1
    bench.network.transports[0].answer(OK)
    await first
    await settle()
    bench.network.transports[1].answer(OK)
    assert (await second).status == 200
    assert bench.client.open_connections == 1


async def test_origins_leave_nothing_behind():
    bench = Bench(connections=4)
    for number in range(50):
        await bench.get(Origin("http", f"{number}.test", 80))
    await settle()
    assert len(bench.network.living) == 4
    assert len(bench.client._pool._origins) == 4


async def test_a_refused_connection_fails_the_request_and_frees_its_slot():
    bench = Bench(connections_per_origin=1)
    bench.network.failure = ConnectFailed("refused")
    with pytest.raises(ConnectFailed, match="refused"):
        await bench.send()
    assert bench.client.open_connections == 0
    bench.network.failure = None
    await bench.get()


async def test_a_connection_that_does_not_come_about_in_time():
    bench = Bench(connect_seconds=0.02)
    bench.network.gate = asyncio.Event()
    with pytest.raises(ConnectTimeout):
        await bench.send()
    assert bench.client.open_connections == 0


async def test_the_deadline_bounds_connecting():
    bench = Bench()
    bench.network.gate = asyncio.Event()
    with pytest.raises(ConnectTimeout):
        await bench.send(deadline_seconds=0.02)


async def test_a_cancelled_request_takes_its_connection_along():
    bench = Bench()
    task = bench.send()
    await settle()
    task.cancel()
    await settle()
    [transport] = bench.network.transports
    assert transport.is_aborted
    assert bench.client.open_connections == 0


async def test_a_request_cancelled_when_its_response_is_complete_leaves_the_connection_to_the_next():
    bench = Bench()
    quitter = bench.send()
    await settle()
    [transport] = bench.network.transports
    transport.answer(OK)  # the connection is idle again …
    quitter.cancel()
    patient = bench.send()  # … and used again before the cancellation arrives, or after
    await settle()
    assert quitter.cancelled()
    assert not transport.is_aborted
    transport.answer(OK)
    assert (await patient).status == 200
    assert len(bench.network.transports) == 1


async def test_a_body_that_is_not_read_to_its_end_takes_its_connection_along():
    bench = Bench()
    for end in ("aclose", "del", "cancel"):
        task = bench.send()
        await settle()
        transport = bench.network.living[0]
        transport.answer(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n")
        response = await task
        assert await anext(response.body) == b"x"
        if end == "aclose":
            await response.body.aclose()
            with pytest.raises(StopAsyncIteration):
                await anext(response.body)
        elif end == "cancel":
            reading = asyncio.get_running_loop().create_task(anext(response.body))
            await settle()
            reading.cancel()
            await settle()
            with pytest.raises(ResponseBroken, match="given up"):
                await anext(response.body)
        else:
            del response
            del task
            gc.collect()
        await settle()
        assert transport.is_aborted
        assert bench.client.open_connections == 0


async def test_reading_stops_above_the_high_water_mark():
    bench = Bench(high_water_bytes=1000, small_body_bytes=0)
    task = bench.send()
    await settle()
    [transport] = bench.network.transports
    transport.answer(b"HTTP/1.1 200 OK\r\nContent-Length: 3000\r\n\r\n" + b"a" * 900)
    response = await task
    assert not transport.is_reading_paused
    transport.answer(b"b" * 200)
    assert transport.is_reading_paused
    assert len(await anext(response.body)) == 1100
    assert not transport.is_reading_paused
    transport.answer(b"c" * 1900)  # the rest, above the mark again: complete, so that the next response can be read
    assert not transport.is_reading_paused
    assert await bench.get() is transport
    assert b"".join([chunk async for chunk in response.body]) == b"c" * 1900


@pytest.mark.parametrize("fields", [b"", b"Connection: close\r\n"])
async def test_an_answer_before_the_request_has_left_takes_the_connection_along(fields):
    bench = Bench()
    task = bench.send()
    await settle()
    [transport] = bench.network.transports
    transport.unsent_bytes = 1
    transport.answer(b"HTTP/1.1 200 OK\r\n" + fields + b"Content-Length: 0\r\n\r\n")
    assert (await task).status == 200
    assert transport.is_aborted


async def test_an_opening_that_is_cancelled_when_it_is_done_leaves_nothing_to_wait_for():
    """uvloop then closes the transport and calls `connection_lost` never."""

    class SilentTransport(FakeTransport):
        def close(self):
            self._is_closing = True

    async def connect(origin, protocol):
        protocol.connection_made(SilentTransport(protocol))
        await asyncio.get_running_loop().create_future()

    client = Client(connect=connect)
    task = asyncio.get_running_loop().create_task(client.send(UpstreamRequest("GET", A, "/", Headers())))
    await settle()
    task.cancel()
    await settle()
    assert client.open_connections == 0
    async with asyncio.timeout(10):
        await client.close()


async def test_closing_ends_everything():
    bench = Bench(connections_per_origin=2)
    idle = await bench.get(B)
    busy, streaming, waiting = bench.send(), bench.send(), bench.send()
    await settle()
    bench.network.transports[2].answer(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    response = await streaming
    await bench.client.close()
    for task in (busy, waiting):
        with pytest.raises(ClientClosed):
            await task
    with pytest.raises(ClientClosed):
        await anext(response.body)
    with pytest.raises(ClientClosed):
        await bench.send()
    assert idle.is_closing()
    assert not bench.network.living
    assert bench.client.open_connections == 0
    await bench.client.close()


async def test_closing_while_a_connection_is_being_opened():
    bench = Bench(connections_per_origin=1)
    bench.network.gate = asyncio.Event()
    opening, waiting = bench.send(), bench.send()
    await settle()
    await bench.client.close()
    bench.network.gate.set()
    await settle()
    with pytest.raises(ConnectFailed):
        await opening
    with pytest.raises(ClientClosed):
        await waiting
    assert not bench.network.living


async def test_cancellation_at_any_moment_leaves_a_working_pool():
    """Whatever moment a cancellation hits, slots are neither lost nor doubled."""
    for moment in range(12):
        bench = Bench(connections_per_origin=2)
        tasks = [bench.send() for _ in range(10)]
        for _ in range(moment):
            await asyncio.sleep(0)
            bench.answer_all()
        for task in tasks[::2]:
            task.cancel()
        for _ in range(60):
            await asyncio.sleep(0)
            bench.answer_all()
        assert all(task.done() for task in tasks)
        assert [task.result().status for task in tasks[1::2]] == [200] * 5
        assert bench.client.open_connections == len(bench.network.living) <= 2
        await bench.client.close()
