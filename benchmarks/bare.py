"""The yardstick: the least that an HTTP API in front of a Python function can do, in Python.

httptools on uvloop parses the request, one orjson-encoded event of payload format 2.0 goes to a worker process as a
frame over a Unix socket, the worker's answer becomes the response. No routing, no permissions, no limits, no logs,
no time-outs, no function lifecycle. `python -m benchmarks.bare PORT WORKERS`.
"""

import asyncio
import os
import socket
import subprocess
import sys
import time
from collections import deque
from typing import Any, cast

import httptools
import orjson
import uvloop

_API_ID = "bare000000"
_REASONS = {200: b"OK"}


class Worker(asyncio.Protocol):
    """The host's end of one worker."""

    def __init__(self, pool: "Pool") -> None:
        self.pool = pool
        self.connection: Connection | None = None
        self.buffer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)

    def invoke(self, connection: "Connection", event: bytes) -> None:
        self.connection = connection
        self.transport.write(len(event).to_bytes(4, "big") + event)

    def data_received(self, data: bytes) -> None:
        buffer = self.buffer + data if self.buffer else data
        if len(buffer) < 4 or len(buffer) < 4 + int.from_bytes(buffer[:4], "big"):
            self.buffer = buffer
            return
        self.buffer = b""
        connection = cast("Connection", self.connection)
        self.pool.release(self)
        connection.answer(orjson.loads(buffer[4:]))


class Pool:
    """Idle workers, last used first; requests beyond them wait in order."""

    def __init__(self) -> None:
        self.idle: list[Worker] = []
        self.waiting: deque[tuple[Connection, bytes]] = deque()

    def invoke(self, connection: "Connection", event: bytes) -> None:
        if self.idle:
            self.idle.pop().invoke(connection, event)
        else:
            self.waiting.append((connection, event))

    def release(self, worker: Worker) -> None:
        if self.waiting:
            worker.invoke(*self.waiting.popleft())
        else:
            self.idle.append(worker)


class Connection(asyncio.Protocol):
    """One client connection."""

    def __init__(self, pool: Pool) -> None:
        self.pool = pool
        self.parser: Any = httptools.HttpRequestParser(self)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)
        self.source_ip = transport.get_extra_info("peername")[0]

    def data_received(self, data: bytes) -> None:
        self.parser.feed_data(data)

    def connection_lost(self, exc: Exception | None) -> None:
        self.parser = None

    def on_message_begin(self) -> None:
        self.headers: dict[str, str] = {}
        self.body = b""

    def on_url(self, url: bytes) -> None:
        self.url = url

    def on_header(self, name: bytes, value: bytes) -> None:
        key = name.decode("latin-1").lower()
        text = value.decode("latin-1")
        self.headers[key] = f"{self.headers[key]},{text}" if key in self.headers else text

    def on_body(self, body: bytes) -> None:
        self.body += body

    def on_message_complete(self) -> None:
        self.pool.invoke(self, self.event())

    def event(self) -> bytes:
        path, _, query = self.url.decode("latin-1").partition("?")
        method = self.parser.get_method().decode()
        now = time.time()
        event = {
            "version": "2.0",
            "routeKey": "$default",
            "rawPath": path,
            "rawQueryString": query,
            "headers": self.headers,
            "requestContext": {
                "accountId": "000000000000",
                "apiId": _API_ID,
                "domainName": self.headers.get("host", ""),
                "domainPrefix": _API_ID,
                "http": {
                    "method": method,
                    "path": path,
                    "protocol": "HTTP/1.1",
                    "sourceIp": self.source_ip,
                    "userAgent": self.headers.get("user-agent", ""),
                },
                "requestId": os.urandom(8).hex(),
                "routeKey": "$default",
                "stage": "$default",
                "time": time.strftime("%d/%b/%Y:%H:%M:%S +0000", time.gmtime(now)),
                "timeEpoch": int(now * 1000),
            },
            "isBase64Encoded": False,
        }
        if query:
            event["queryStringParameters"] = dict(pair.partition("=")[::2] for pair in query.split("&"))
        if self.body:
            event["body"] = self.body.decode()
        return orjson.dumps(event)

    def answer(self, result: dict[str, Any]) -> None:
        if self.parser is None:
            return
        body = result["body"].encode()
        status = result["statusCode"]
        fields = "".join([f"{name}: {value}\r\n" for name, value in result["headers"].items()])
        self.transport.write(
            b"HTTP/1.1 %d %b\r\n%bContent-Length: %d\r\n\r\n%b"
            % (status, _REASONS.get(status, b""), fields.encode("latin-1"), len(body), body)
        )


async def serve(port: int, workers: int) -> None:
    """Start the workers, listen, and stay."""
    loop = asyncio.get_running_loop()
    pool = Pool()
    for _ in range(workers):
        ours, theirs = socket.socketpair()
        subprocess.Popen(
            [sys.executable, "-m", "benchmarks.bare_worker", str(theirs.fileno())], pass_fds=(theirs.fileno(),)
        )  # which ends when our end of its socket closes, however that comes about
        theirs.close()
        ours.setblocking(False)
        _, worker = await loop.create_unix_connection(lambda: Worker(pool), sock=ours)
        pool.idle.append(worker)
    server = await loop.create_server(lambda: Connection(pool), "127.0.0.1", port)
    await server.serve_forever()


if __name__ == "__main__":
    uvloop.run(serve(int(sys.argv[1]), int(sys.argv[2])))
