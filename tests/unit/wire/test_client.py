"""The upstream client against real servers on the loopback interface, on the loop of asyncio and on uvloop."""

import asyncio
import datetime
import ipaddress
import socket
import ssl

import pytest
import uvloop
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from gatewright.base.errors import BodyTimeout
from gatewright.base.messages import Headers
from gatewright.wire.client import Client
from gatewright.wire.client_errors import (
    ConnectFailed,
    ConnectTimeout,
    NameUnresolved,
    RequestInvalid,
    ResponseBroken,
    ResponseTimeout,
    TlsFailed,
)
from gatewright.wire.client_limits import ClientLimits
from gatewright.wire.client_request import Origin, UpstreamRequest
from tests.unit.wire.client_network import origin_on_loopback, read_head

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"


@pytest.fixture(params=[asyncio.new_event_loop, uvloop.new_event_loop], ids=["asyncio", "uvloop"])
def run(request):
    """Run a coroutine to its end on one of the two loops."""
    with asyncio.Runner(loop_factory=request.param) as runner:
        yield lambda coroutine: runner.run(asyncio.wait_for(coroutine, 30))


def get(origin, target="/", method="GET", body=b"", headers=(), **more):
    return UpstreamRequest(method, origin, target, Headers(headers), body, **more)


async def collect(response):
    if isinstance(response.body, bytes):
        return response.body
    return b"".join([chunk async for chunk in response.body])


def answers(*octets, times=1000):
    """Serve connections on which every request gets the same octets, one write after the other."""

    async def serve(reader, writer):
        for _ in range(times):
            await read_head(reader)
            for part in octets:
                writer.write(part)
                await writer.drain()
                await asyncio.sleep(0)

    return serve


def test_a_small_response_comes_back_as_bytes_over_one_connection(run):
    async def scenario():
        async with origin_on_loopback(answers(OK)) as origin:
            client = Client()
            for _ in range(5):
                response = await client.send(get(origin))
                assert (response.status, response.body) == (200, b"ok")
                assert response.headers == [("Content-Length", "2")]
            assert client.open_connections == 1
            await client.close()

    run(scenario())


def test_a_small_response_in_two_parts_still_comes_back_as_bytes(run):
    async def scenario():
        async with origin_on_loopback(answers(OK[:-2], b"o", b"k")) as origin:
            client = Client()
            assert (await client.send(get(origin))).body == b"ok"
            await client.close()

    run(scenario())


@pytest.mark.parametrize("octets", [OK, CHUNKED + b"1\r\no\r\n1\r\nk\r\n0\r\n\r\n"], ids=["length", "chunked"])
def test_a_response_octet_by_octet(run, octets):
    async def scenario():
        async with origin_on_loopback(answers(*[octets[at : at + 1] for at in range(len(octets))])) as origin:
            client = Client(ClientLimits(small_body_bytes=0))
            for _ in range(2):
                assert await collect(await client.send(get(origin))) == b"ok"
            assert client.open_connections == 1
            await client.close()

    run(scenario())


def test_a_body_that_ends_with_the_connection(run):
    async def scenario():
        async with origin_on_loopback(answers(b"HTTP/1.1 200 OK\r\n\r\n", b"o", b"k", times=1)) as origin:
            client = Client()
            assert await collect(await client.send(get(origin))) == b"ok"
            assert client.open_connections == 0
            await client.close()

    run(scenario())


def test_a_large_body_streams_with_back_pressure(run):
    size, written = 64 * 1024 * 1024, []

    async def serve(reader, writer):
        await read_head(reader)
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % size)
        for _ in range(size // 65536):
            writer.write(b"x" * 65536)
            await writer.drain()
            written.append(65536)
        await reader.read()

    async def scenario():
        async with origin_on_loopback(serve) as origin:
            client = Client()
            response = await client.send(get(origin))
            before = -1
            while before != len(written):  # until the origin can write no more
                before = len(written)
                await asyncio.sleep(0.2)
            assert sum(written) < size / 2
            received = 0
            async for chunk in response.body:
                received += len(chunk)
                assert len(chunk) < 2 * 1024 * 1024
            assert received == size
            assert client.open_connections == 1
            await client.close()

    run(scenario())


def test_a_connection_closed_while_idle_is_replaced_before_anything_is_written(run):
    accepted = []

    async def serve(reader, writer):
        accepted.append(await read_head(reader))
        writer.write(OK)
        await writer.drain()

    async def scenario():
        async with origin_on_loopback(serve) as origin:
            client = Client()
            for number in range(20):
                assert (await client.send(get(origin, f"/{number}"))).body == b"ok"
                # Wait without the loop: the end is known to the kernel, not yet to the client.
                if number % 2:
                    await asyncio.sleep(0.02)
            await client.close()
        assert len(accepted) == 20

    run(scenario())


def test_only_the_kernel_knows_that_the_connection_ended(run):
    listener = socket.create_server(("127.0.0.1", 0))
    origin = Origin("http", "127.0.0.1", listener.getsockname()[1])

    def serve_one():
        accepted, _ = listener.accept()
        while b"\r\n\r\n" not in accepted.recv(65536):
            pass
        accepted.sendall(OK)
        return accepted

    async def scenario():
        client = Client()
        loop = asyncio.get_running_loop()
        first, accepted = await asyncio.gather(client.send(get(origin)), loop.run_in_executor(None, serve_one))
        assert first.body == b"ok"
        accepted.close()  # and without giving the loop a chance to notice
        second, accepted = await asyncio.gather(client.send(get(origin)), loop.run_in_executor(None, serve_one))
        assert second.body == b"ok"
        await client.close()
        accepted.close()

    with listener:
        run(scenario())


@pytest.mark.parametrize(
    ("octets", "reason"),
    [
        ((), "before it answered"),
        ((b"HTTP/1.1 200 O",), "before it answered"),
        ((b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nab",), "inside the response body"),
        ((b"HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n",), "101"),
        ((b"\x15\x03\x01\x00\x02\x02\x46",), "broken"),
    ],
)
def test_broken_responses(run, octets, reason):
    async def scenario():
        async with origin_on_loopback(answers(*octets, times=1)) as origin:
            client = Client()
            with pytest.raises(ResponseBroken, match=reason):
                await client.send(get(origin))
            assert client.open_connections == 0
            await client.close()

    run(scenario())


def test_a_streamed_body_that_breaks_off(run):
    async def scenario():
        async with origin_on_loopback(answers(CHUNKED, b"2\r\nok\r\n", times=1)) as origin:
            client = Client()
            response = await client.send(get(origin))
            with pytest.raises(ResponseBroken, match="inside the response body"):
                await collect(response)
            await client.close()

    run(scenario())


@pytest.mark.parametrize("octets", [(), (b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200",), (OK[:-1],)])
def test_an_origin_that_falls_silent(run, octets):
    async def serve(reader, writer):
        await read_head(reader)
        writer.writelines(octets)
        await reader.read()

    async def scenario():
        async with origin_on_loopback(serve) as origin:
            client = Client(ClientLimits(response_seconds=0.05, body_idle_seconds=0.05))
            with pytest.raises(ResponseTimeout):
                await client.send(get(origin))
            assert client.open_connections == 0
            await client.close()

    run(scenario())


@pytest.mark.parametrize("more", [{"response_seconds": 0.05}, {"deadline_seconds": 0.05}])
def test_a_request_brings_its_own_time_limits(run, more):
    async def serve(reader, writer):
        await reader.read()

    async def scenario():
        async with origin_on_loopback(serve) as origin:
            client = Client()
            with pytest.raises(ResponseTimeout, match="no response in time"):
                await client.send(get(origin, **more))
            await client.close()

    run(scenario())


def test_a_body_that_falls_silent_and_one_that_never_ends(run):
    async def drip(reader, writer):
        await read_head(reader)
        writer.write(CHUNKED)
        while True:
            writer.write(b"1\r\nx\r\n")
            await writer.drain()
            await asyncio.sleep(0.005)

    async def silent(reader, writer):
        await read_head(reader)
        writer.write(CHUNKED + b"1\r\nx\r\n")
        await reader.read()

    async def scenario():
        client = Client(ClientLimits(body_idle_seconds=0.1))
        async with origin_on_loopback(silent) as origin:
            response = await client.send(get(origin))
            with pytest.raises(ResponseTimeout, match="nothing more"):
                await collect(response)
            response = await Client().send(get(origin, body_idle_seconds=0.1))
            with pytest.raises(ResponseTimeout, match="nothing more"):
                await collect(response)
        async with origin_on_loopback(drip) as origin:
            response = await client.send(get(origin, deadline_seconds=0.3))
            with pytest.raises(ResponseTimeout):
                await collect(response)
        assert client.open_connections == 0
        await client.close()

    run(scenario())


# Request bodies


async def echo(reader, writer):
    """Answer each request with its own body, whichever framing it has."""
    while True:
        head = await read_head(reader)
        if b"Transfer-Encoding: chunked" in head:
            body = b""
            while size := int(await reader.readline(), 16):
                body += await reader.readexactly(size)
                await reader.readline()
            await reader.readline()
        else:
            length = head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0]
            body = await reader.readexactly(int(length or b"0"))
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body))
        await writer.drain()


async def chunks(*parts):
    for part in parts:
        await asyncio.sleep(0)
        yield part


@pytest.mark.parametrize(
    ("make_body", "headers", "expected"),
    [
        (lambda: b"", (), b""),
        (lambda: b"abc", (), b"abc"),
        (lambda: b"x" * 5_000_000, (), b"x" * 5_000_000),
        (lambda: chunks(b"ab", b"", b"c"), (), b"abc"),
        (chunks, (), b""),
        (lambda: chunks(*[b"y" * 100_000] * 50), (), b"y" * 5_000_000),
        (lambda: chunks(b"ab", b"c"), [("content-length", "3")], b"abc"),
    ],
)
def test_request_bodies_arrive(run, make_body, headers, expected):
    async def scenario():
        async with origin_on_loopback(echo, limit=2**20) as origin:
            client = Client()
            for _ in range(3):
                response = await client.send(get(origin, "/", "POST", make_body(), headers))
                assert await collect(response) == expected
            assert client.open_connections == 1
            await client.close()

    run(scenario())


@pytest.mark.parametrize("parts", [(b"ab", b"cd"), (b"ab",)])
def test_a_body_that_does_not_match_its_length(run, parts):
    async def scenario():
        async with origin_on_loopback(echo) as origin:
            client = Client()
            with pytest.raises(RequestInvalid, match="Content-Length"):
                await client.send(get(origin, "/", "POST", chunks(*parts), [("Content-Length", "3")]))
            assert client.open_connections == 0
            await client.close()

    run(scenario())


def test_what_the_source_of_a_body_raises_reaches_the_caller(run):
    async def failing():
        yield b"a"
        raise BodyTimeout("the client sent nothing more")

    async def scenario():
        async with origin_on_loopback(echo) as origin:
            client = Client()
            with pytest.raises(BodyTimeout):
                await client.send(get(origin, "/", "POST", failing()))
            assert client.open_connections == 0
            await client.close()

    run(scenario())


def test_an_answer_before_the_end_of_the_body_ends_the_sending(run):
    is_closed = []

    async def endless():
        try:
            while True:
                yield b"x" * 65536
                await asyncio.sleep(0)
        finally:
            is_closed.append(True)

    async def refuse(reader, writer):
        await read_head(reader)
        writer.write(b"HTTP/1.1 413 Content Too Large\r\nContent-Length: 2\r\n\r\nno")
        while await reader.read(65536):
            pass

    async def scenario():
        async with origin_on_loopback(refuse) as origin:
            client = Client()
            response = await client.send(get(origin, "/", "POST", endless()))
            assert (response.status, response.body) == (413, b"no")
            assert client.open_connections == 0
            while not is_closed:
                await asyncio.sleep(0.01)
            await client.close()

    run(scenario())


def test_an_origin_that_takes_no_more_of_the_body(run):
    async def deaf(reader, writer):
        await asyncio.get_running_loop().create_future()

    async def scenario():
        async with origin_on_loopback(deaf) as origin:
            client = Client(ClientLimits(body_idle_seconds=0.1))
            with pytest.raises(ResponseTimeout, match="not taken"):
                await client.send(get(origin, "/", "POST", chunks(*[b"x" * 1_000_000] * 100)))
            await client.close()

    run(scenario())


# Connecting


def test_a_port_where_nobody_listens(run):
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        origin = Origin("http", "127.0.0.1", bound.getsockname()[1])

        async def scenario():
            client = Client()
            with pytest.raises(ConnectFailed, match=f"http://127.0.0.1:{origin.port}"):
                await client.send(get(origin))
            await client.close()

        run(scenario())


@pytest.mark.parametrize("host", ["no-such-host.invalid", "a" * 64 + ".test", "a..b"])
def test_a_host_that_has_no_address(run, host):
    async def scenario():
        client = Client()
        with pytest.raises(ConnectFailed):
            await client.send(get(Origin("http", host, 80)))
        assert client.open_connections == 0
        await client.close()

    run(scenario())


# TLS


class Certificate:
    """A certificate that nobody but its own client trusts."""

    def __init__(self, directory, *names):
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "gatewright test")])
        now = datetime.datetime.now(datetime.UTC)
        alternatives = [
            x509.IPAddress(ipaddress.ip_address(one)) if one[0].isdigit() else x509.DNSName(one) for one in names
        ]
        certificate = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - datetime.timedelta(days=1))
            .not_valid_after(now + datetime.timedelta(days=1))
            .add_extension(x509.SubjectAlternativeName(alternatives), critical=False)
            .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
            .sign(key, hashes.SHA256())
        )
        self.file = directory / "certificate.pem"
        self.file.write_bytes(
            certificate.public_bytes(serialization.Encoding.PEM)
            + key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
        )

    def server(self):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.file)
        context.set_alpn_protocols(["h2", "http/1.1"])
        return context

    def trust(self):
        return ssl.create_default_context(cafile=str(self.file))


def test_tls_with_a_certificate_that_verifies(run, tmp_path):
    certificate = Certificate(tmp_path, "127.0.0.1")
    protocols = []

    async def serve(reader, writer):
        protocols.append(writer.get_extra_info("ssl_object").selected_alpn_protocol())
        await echo(reader, writer)

    async def scenario():
        async with origin_on_loopback(serve, ssl=certificate.server()) as origin:
            client = Client(tls=certificate.trust)
            for _ in range(3):
                response = await client.send(get(origin, "/", "POST", chunks(b"a" * 200_000)))
                assert await collect(response) == b"a" * 200_000
            assert protocols == ["http/1.1"]
            await client.close()

    run(scenario())


def test_tls_with_a_certificate_that_does_not(run, tmp_path):
    certificate = Certificate(tmp_path, "upstream.test")

    async def scenario():
        async with origin_on_loopback(echo, ssl=certificate.server()) as origin:
            client = Client()  # with the system's trust store, which does not know it
            with pytest.raises(TlsFailed, match="CERTIFICATE_VERIFY_FAILED"):
                await client.send(get(origin))
            await client.close()
            client = Client(tls=certificate.trust)  # trusted, but for another name
            with pytest.raises(TlsFailed, match="CERTIFICATE_VERIFY_FAILED"):
                await client.send(get(origin))
            named = Origin(origin.scheme, origin.host, origin.port, "upstream.test")
            assert (await client.send(get(named))).status == 200
            assert client.open_connections == 1
            await client.close()

    run(scenario())


def test_tls_with_a_certificate_that_nobody_verifies(run, tmp_path):
    certificate = Certificate(tmp_path, "upstream.test")

    async def scenario():
        async with origin_on_loopback(echo, ssl=certificate.server()) as origin:
            client = Client()
            unverified = Origin(origin.scheme, origin.host, origin.port, verifies_certificate=False)
            assert (await client.send(get(unverified))).status == 200
            with pytest.raises(TlsFailed, match="CERTIFICATE_VERIFY_FAILED"):
                await client.send(get(origin))
            await client.close()

    run(scenario())


def test_a_name_without_an_address(run):
    async def scenario():
        client = Client()
        with pytest.raises(NameUnresolved, match="has no address"):
            await client.send(get(Origin("http", "nowhere.invalid", 80)))
        assert client.open_connections == 0
        await client.close()

    run(scenario())


def test_tls_with_a_server_that_speaks_none(run):
    async def serve(reader, writer):
        await reader.read(1)
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")

    async def scenario():
        async with origin_on_loopback(serve) as origin:
            client = Client()
            with pytest.raises(ConnectFailed):
                await client.send(get(Origin("https", origin.host, origin.port)))
            assert client.open_connections == 0
            await client.close()

    run(scenario())


def test_a_handshake_that_is_not_answered(run):
    async def deaf(reader, writer):
        await asyncio.get_running_loop().create_future()

    async def scenario():
        async with origin_on_loopback(deaf) as origin:
            client = Client(ClientLimits(connect_seconds=0.2))
            with pytest.raises(ConnectTimeout):
                await client.send(get(Origin("https", origin.host, origin.port)))
            assert client.open_connections == 0
            await client.close()

    run(scenario())
