"""The listener over real sockets, on the standard event loop and on uvloop."""

import asyncio
import gc
import socket
import ssl
import time
from collections.abc import AsyncIterator, Callable, Coroutine
from pathlib import Path

import pytest
import uvloop

from gatewright.base.errors import SettingsError
from gatewright.base.messages import Handler, Headers, Request, Response
from gatewright.wire.limits import Limits
from gatewright.wire.listener import Listener
from gatewright.wire.tls import server_context
from gatewright.wire.upgrade import Successor, switching_protocols
from tests.wire.certificates import make_certificate

GET = b"GET / HTTP/1.1\r\nHost: h\r\n\r\n"
PATIENCE = 20.0

RunOnLoop = Callable[[Coroutine[object, object, None]], None]


@pytest.fixture(params=["asyncio", "uvloop"])
def run(request: pytest.FixtureRequest) -> RunOnLoop:
    factory = uvloop.new_event_loop if request.param == "uvloop" else asyncio.new_event_loop

    def run_on_loop(coroutine: Coroutine[object, object, None]) -> None:
        with asyncio.Runner(loop_factory=factory) as runner:
            runner.run(asyncio.wait_for(coroutine, 60))

    return run_on_loop


async def hello(request: Request) -> Response:
    return Response(200, Headers(), b"hello " + await request.body.read())


async def listening(handler: Handler = hello, limits: Limits | None = None, **settings: object) -> Listener:
    listener = Listener(handler, limits or Limits(sweep_seconds=0.02))
    await listener.start("127.0.0.1", 0, **settings)  # type: ignore[arg-type]
    return listener


async def connect(listener: Listener) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    return await asyncio.open_connection("127.0.0.1", listener.port)


async def exchange(listener: Listener, octets: bytes) -> bytes:
    """Send, and read until the server closes."""
    reader, writer = await connect(listener)
    writer.write(octets)
    answer = await asyncio.wait_for(reader.read(), PATIENCE)
    writer.close()
    return answer


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not condition():
            await asyncio.sleep(0.005)


async def read_head(reader: asyncio.StreamReader) -> bytes:
    return await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), PATIENCE)


def test_requests_over_a_socket(run: RunOnLoop) -> None:
    async def scenario() -> None:
        listener = await listening()
        answer = await exchange(listener, GET + GET.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"))
        assert answer.count(b"200 OK") == 2
        await until(lambda: listener.connections == 0)
        await listener.drain()

    run(scenario())


def test_large_bodies_both_ways(run: RunOnLoop) -> None:
    async def scenario() -> None:
        listener = await listening(limits=Limits(body_bytes=30_000_000))
        body = bytes(range(256)) * 80_000
        head = b"POST / HTTP/1.1\r\nHost: h\r\nConnection: close\r\nContent-Length: %d\r\n\r\n" % len(body)
        answer = await exchange(listener, head + body)
        assert answer.partition(b"\r\n\r\n")[2] == b"hello " + body
        await listener.drain()

    run(scenario())


def test_the_answer_to_a_body_too_large_reaches_a_client_that_is_sending(run: RunOnLoop) -> None:
    async def scenario() -> None:
        listener = await listening(limits=Limits(body_bytes=1_000))
        answer = await exchange(
            listener, b"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 3000000\r\n\r\n" + b"x" * 3_000_000
        )
        assert answer.startswith(b"HTTP/1.1 413 ")
        await listener.drain()

    run(scenario())


def test_no_delay_and_peer_address(run: RunOnLoop) -> None:
    requests = []

    async def handler(request: Request) -> Response:
        requests.append(request)
        return Response(204, Headers())

    async def scenario() -> None:
        listener = await listening(handler)
        reader, writer = await connect(listener)
        writer.write(GET)
        await read_head(reader)
        local = writer.get_extra_info("sockname")
        assert (requests[0].peer_address, requests[0].peer_port) == local
        (connection,) = listener._scope.connections
        accepted = connection._transport.get_extra_info("socket")  # type: ignore[attr-defined]
        assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
        writer.close()
        await listener.drain()

    run(scenario())


def test_tls(run: RunOnLoop, tmp_path: Path) -> None:
    certificate, key = make_certificate(tmp_path)
    schemes = []

    async def handler(request: Request) -> Response:
        schemes.append(request.scheme)
        return Response(200, Headers(), await request.body.read())

    async def scenario() -> None:
        listener = await listening(
            handler, Limits(linger_seconds=0.1, sweep_seconds=0.02), ssl=server_context(certificate, key)
        )
        client = ssl.create_default_context(cafile=str(certificate))
        client.set_alpn_protocols(["h2", "http/1.1"])
        reader, writer = await asyncio.open_connection("localhost", listener.port, ssl=client, family=socket.AF_INET)
        assert writer.get_extra_info("ssl_object").selected_alpn_protocol() == "http/1.1"
        writer.write(
            b"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 300000\r\n\r\n" + b"x" * 300_000 + b"nonsense\r\n\r\n"
        )
        answer = await asyncio.wait_for(reader.read(), PATIENCE)
        assert answer.count(b"x" * 300_000) == 1
        assert b"HTTP/1.1 400 " in answer
        writer.close()
        await listener.drain()

    run(scenario())
    assert schemes == ["https"]


def test_a_farewell_of_tls_beside_the_request_costs_no_response(run: RunOnLoop, tmp_path: Path) -> None:
    """`close_notify` says that the client sends no more, not that it reads no more (RFC 8446 section 6.1)."""
    certificate, key = make_certificate(tmp_path)
    received, sent = ssl.MemoryBIO(), ssl.MemoryBIO()
    session = ssl.create_default_context(cafile=str(certificate)).wrap_bio(received, sent, server_hostname="localhost")

    async def scenario() -> None:
        listener = await listening(lambda _: Response(200, Headers(), b"hello"), ssl=server_context(certificate, key))
        reader, writer = await connect(listener)
        while not listener.connections:
            try:
                session.do_handshake()
                await asyncio.sleep(0.01)
            except ssl.SSLWantReadError:
                writer.write(sent.read())
                received.write(await asyncio.wait_for(reader.read(65_536), PATIENCE))
            writer.write(sent.read())
        session.write(GET)
        with pytest.raises(ssl.SSLWantReadError):
            session.unwrap()
        writer.write(sent.read())
        received.write(await asyncio.wait_for(reader.read(), PATIENCE))
        assert session.read().endswith(b"\r\n\r\nhello")
        writer.close()
        await listener.drain()

    run(scenario())


def test_a_given_socket_and_ipv6(run: RunOnLoop) -> None:
    if not socket.has_ipv6:
        pytest.skip("no IPv6 here")
    bound = socket.socket(socket.AF_INET6)
    try:
        bound.bind(("::1", 0))
    except OSError:
        bound.close()
        pytest.skip("no IPv6 here")

    async def scenario() -> None:
        listener = Listener(hello)
        await listener.start("::1", 0, sock=bound)
        assert listener.port == bound.getsockname()[1]
        reader, writer = await asyncio.open_connection("::1", listener.port)
        writer.write(GET)
        assert b"200 OK" in await read_head(reader)
        writer.close()
        await listener.drain()
        other = Listener(hello)
        await other.start("::1", 0)
        await other.drain()

    run(scenario())


def test_addresses_that_cannot_be_used(run: RunOnLoop) -> None:
    async def scenario() -> None:
        listener = await listening()
        with pytest.raises(SettingsError, match=r"cannot listen on 127\.0\.0\.1 port \d+: the port is in use"):
            await Listener(hello).start("127.0.0.1", listener.port)
        with pytest.raises(SettingsError, match=r"192\.0\.2\.1 port 0: this machine has no such address"):
            await Listener(hello).start("192.0.2.1", 0)
        with pytest.raises(SettingsError, match="port 70000"):
            await Listener(hello).start("127.0.0.1", 70_000)
        with pytest.raises(SettingsError, match=r"no\.such\.host\.invalid"):
            await Listener(hello).start("no.such.host.invalid", 0)
        await listener.drain()

    run(scenario())


def test_the_port_of_a_listener_that_does_not_listen() -> None:
    with pytest.raises(RuntimeError):
        _ = Listener(hello).port


def test_a_tls_handshake_has_the_time_of_a_header_section(run: RunOnLoop, tmp_path: Path) -> None:
    certificate, key = make_certificate(tmp_path)

    async def scenario() -> None:
        listener = await listening(limits=Limits(header_seconds=0.1), ssl=server_context(certificate, key))
        reader, writer = await connect(listener)
        assert await asyncio.wait_for(reader.read(), PATIENCE) == b""
        writer.close()
        await listener.drain()

    run(scenario())


def test_one_connection_too_many_gets_503(run: RunOnLoop, caplog: pytest.LogCaptureFixture) -> None:
    async def scenario() -> None:
        listener = await listening(limits=Limits(connections=2, sweep_seconds=0.02))
        open_connections = [await connect(listener) for _ in range(2)]
        await until(lambda: listener.connections == 2)
        assert (await exchange(listener, b"")).startswith(b"HTTP/1.1 503 ")
        await until(lambda: "connections away: 2 are open" in caplog.text)
        for _, writer in open_connections:
            writer.close()
        await until(lambda: listener.connections == 0)
        reader, writer = await connect(listener)
        writer.write(GET)
        assert b"200 OK" in await read_head(reader)
        writer.close()
        await listener.drain()

    run(scenario())


def test_a_disconnected_client_cancels_its_handler(run: RunOnLoop) -> None:
    events = []

    async def handler(request: Request) -> Response:
        events.append("begun")
        try:
            await asyncio.Event().wait()
        finally:
            events.append("ended")
        return Response(204, Headers())

    async def scenario() -> None:
        listener = await listening(handler)
        _, writer = await connect(listener)
        writer.write(GET)
        await until(lambda: events == ["begun"])
        writer.close()
        await until(lambda: events == ["begun", "ended"])
        await until(lambda: listener.connections == 0)
        await listener.drain()

    run(scenario())


def test_a_slow_reader_does_not_grow_memory(run: RunOnLoop) -> None:
    produced = 0

    async def pieces() -> AsyncIterator[bytes]:
        nonlocal produced
        for _ in range(2_000):
            produced += 1
            yield b"x" * 65_536

    async def handler(request: Request) -> Response:
        return Response(200, Headers(), pieces())

    async def scenario() -> None:
        listener = await listening(handler)
        client = socket.create_connection(("127.0.0.1", listener.port))
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65_536)
        client.sendall(GET)
        (connection,) = await connections_of(listener)
        await until(lambda: connection._writer.is_paused)  # type: ignore[attr-defined]
        await asyncio.sleep(0.05)
        # Of 125 MiB, the kernel's buffers and our high-water mark hold a few.
        assert produced < 400
        assert connection._transport.get_write_buffer_size() < 300_000  # type: ignore[attr-defined]
        client.close()
        await until(lambda: listener.connections == 0)
        await listener.drain()

    run(scenario())


async def connections_of(listener: Listener) -> tuple[object, ...]:
    await until(lambda: listener.connections > 0)
    return tuple(listener._scope.connections)


def test_a_client_that_pipelines_and_never_reads_is_not_served_on(run: RunOnLoop) -> None:
    served = 0

    async def handler(request: Request) -> Response:
        nonlocal served
        served += 1
        return Response(200, Headers(), b"x" * 10_000)

    async def scenario() -> None:
        listener = await listening(handler, Limits(write_stall_seconds=0.3, sweep_seconds=0.02))
        client = socket.create_connection(("127.0.0.1", listener.port))
        client.setblocking(False)
        sent = 0

        def send_until_full() -> bool:
            nonlocal sent
            try:
                sent += client.send(GET * 1_000)
            except BlockingIOError:
                return True
            except OSError:
                return True
            return False

        for _ in range(2_000):
            if send_until_full():
                break
            await asyncio.sleep(0)
        assert served * len(GET) < sent
        await until(lambda: listener.connections == 0)
        client.close()
        await listener.drain()

    run(scenario())


def test_time_outs_over_a_socket(run: RunOnLoop) -> None:
    async def scenario() -> None:
        limits = Limits(header_seconds=0.1, keep_alive_seconds=0.1, body_idle_seconds=0.1, sweep_seconds=0.02)
        listener = await listening(limits=limits)
        assert await exchange(listener, b"") == b""
        assert (await exchange(listener, b"GET / HT")).startswith(b"HTTP/1.1 408 ")
        assert (await exchange(listener, GET)).count(b"HTTP/1.1 ") == 1
        assert (await exchange(listener, b"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\n")).startswith(
            b"HTTP/1.1 408 "
        )
        await until(lambda: listener.connections == 0)
        await listener.drain()

    run(scenario())


def test_drain_lets_requests_finish_and_closes_what_is_idle(run: RunOnLoop) -> None:
    gate = asyncio.Event()
    begun = asyncio.Event()

    async def handler(request: Request) -> Response:
        if request.path == "/slow":
            begun.set()
            await gate.wait()
        return Response(200, Headers(), b"done")

    async def scenario() -> None:
        listener = await listening(handler)
        port = listener.port
        idle_reader, idle_writer = await connect(listener)
        idle_writer.write(GET)
        await read_head(idle_reader)
        fresh_reader, fresh_writer = await connect(listener)
        busy_reader, busy_writer = await connect(listener)
        busy_writer.write(GET.replace(b"/ ", b"/slow "))
        await begun.wait()
        await until(lambda: listener.connections == 3)
        draining = asyncio.ensure_future(listener.drain())
        assert await asyncio.wait_for(idle_reader.read(), PATIENCE) == b"done"
        assert await asyncio.wait_for(fresh_reader.read(), PATIENCE) == b""
        with pytest.raises(OSError):
            await asyncio.open_connection("127.0.0.1", port)
        assert not draining.done()
        gate.set()
        answer = await asyncio.wait_for(busy_reader.read(), PATIENCE)
        assert b"Connection: close" in answer
        assert answer.endswith(b"done")
        await asyncio.wait_for(draining, PATIENCE)
        assert listener.connections == 0
        for writer in (idle_writer, fresh_writer, busy_writer):
            writer.close()

    run(scenario())


def test_drain_answers_what_was_received_before_it(run: RunOnLoop) -> None:
    async def scenario() -> None:
        listener = await listening()
        reader, writer = await connect(listener)
        await until(lambda: listener.connections == 1)
        (connection,) = await connections_of(listener)
        connection.data_received(GET)  # type: ignore[attr-defined]
        await listener.drain()
        assert b"hello" in await asyncio.wait_for(reader.read(), PATIENCE)
        writer.close()

    run(scenario())


def test_clients_that_go_on_asking_lose_no_request_to_a_drain(run: RunOnLoop) -> None:
    async def client(listener: Listener, answers: list[bytes]) -> None:
        """Ask again and again on one connection, until a response says that it was the last."""
        reader, writer = await connect(listener)
        while not answers or b"Connection: close" not in answers[-1]:
            writer.write(GET)
            answers.append(await read_head(reader))
            await reader.readexactly(6)
        writer.close()

    async def scenario() -> None:
        listener = await listening(limits=Limits())
        answers: list[list[bytes]] = [[] for _ in range(8)]
        clients = [asyncio.ensure_future(client(listener, each)) for each in answers]
        await until(lambda: all(len(each) > 20 for each in answers))
        await listener.drain()
        await asyncio.wait_for(asyncio.gather(*clients), PATIENCE)
        assert [[answer[:15] for answer in each] for each in answers] == [
            [b"HTTP/1.1 200 OK"] * len(each) for each in answers
        ]

    run(scenario())


def test_drain_does_not_wait_for_who_has_not_asked_for_long(run: RunOnLoop) -> None:
    async def scenario() -> None:
        listener = await listening(limits=Limits(sweep_seconds=0.01))
        reader, writer = await connect(listener)
        writer.write(GET)
        await read_head(reader)
        await asyncio.sleep(0.05)
        began = time.monotonic()
        await listener.drain()
        assert time.monotonic() - began < 0.2
        assert await asyncio.wait_for(reader.read(), PATIENCE) == b"hello "
        writer.close()

    run(scenario())


def test_drain_cuts_off_what_takes_too_long(run: RunOnLoop) -> None:
    events = []

    async def handler(request: Request) -> Response:
        events.append("begun")
        try:
            await asyncio.Event().wait()
        finally:
            events.append("ended")
        return Response(204, Headers())

    async def scenario() -> None:
        listener = await listening(handler, Limits(drain_seconds=0.1))
        reader, writer = await connect(listener)
        writer.write(GET)
        await until(lambda: events == ["begun"])
        await listener.drain()
        assert events == ["begun", "ended"]
        assert listener.connections == 0
        try:
            assert await asyncio.wait_for(reader.read(), PATIENCE) == b""
        except ConnectionResetError:
            events.append("reset")
        writer.close()

    run(scenario())


def test_an_upgrade_over_a_socket(run: RunOnLoop) -> None:
    class Shout(Successor):
        def connection_made(self, transport: asyncio.BaseTransport) -> None:
            self.transport = transport

        def data_received(self, data: bytes) -> None:
            self.transport.write(data.upper())  # type: ignore[attr-defined]

        def drain(self) -> None:
            self.transport.close()

    async def handler(request: Request) -> Response:
        return switching_protocols(Headers([("Upgrade", "shout")]), Shout)

    async def scenario() -> None:
        listener = await listening(handler)
        reader, writer = await connect(listener)
        writer.write(GET + b"early")
        assert b"101 Switching Protocols" in await read_head(reader)
        assert await asyncio.wait_for(reader.readexactly(5), PATIENCE) == b"EARLY"
        writer.write(b"late")
        assert await asyncio.wait_for(reader.readexactly(4), PATIENCE) == b"LATE"
        await listener.drain()
        assert await asyncio.wait_for(reader.read(), PATIENCE) == b""
        assert listener.connections == 0
        writer.close()

    run(scenario())


def test_closed_connections_leave_nothing_behind(run: RunOnLoop) -> None:
    async def scenario() -> None:
        listener = await listening()
        for _ in range(20):
            await exchange(listener, GET.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"))
        await until(lambda: listener.connections == 0)
        await listener.drain()
        gc.collect()
        assert not [task for task in asyncio.all_tasks() if "ServerConnection" in repr(task)]

    run(scenario())
