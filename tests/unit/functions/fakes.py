"""Stand-ins at the seams of `functions`: time, the log, the sandbox with scripted runtimes, and a blob store."""

import asyncio
import contextlib
import hashlib
import io
import os
import socket
import zipfile
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from pathlib import Path

import orjson

from gatewright.base.ids import Ids
from gatewright.base.messages import Headers, Request, Response
from gatewright.functions.frames import PREFIX, FrameType, encode
from gatewright.functions.invoke import Functions
from gatewright.functions.runtimes.types import Code, Launch, Transport
from gatewright.functions.sandbox.types import IsolationReport, ProcessSpec, SandboxError, SandboxSpec
from gatewright.functions.settings import FunctionSettings
from gatewright.observe.log_archive import GroupKey
from gatewright.snapshot.types import Function, FunctionVersion, QualifiedFunction

MIB = 1 << 20
NOW = 1_795_400_000.0


class FakeClock:
    """Runs with the event loop's time, and jumps when a test says so."""

    def __init__(self) -> None:
        self.ahead = 0.0

    def now(self) -> float:
        return NOW + self.monotonic()

    def monotonic(self) -> float:
        return asyncio.get_running_loop().time() + self.ahead


class FakeSink:
    """Keeps what was logged."""

    def __init__(self) -> None:
        self.writes: list[tuple[GroupKey, str, int, bytes]] = []

    def write(self, group: GroupKey, stream: str, timestamp_ms: int, lines: bytes) -> None:
        assert lines.endswith(b"\n")
        self.writes.append((group, stream, timestamp_ms, lines))

    @property
    def text(self) -> str:
        return b"".join(lines for *_, lines in self.writes).decode()

    @property
    def lines(self) -> list[str]:
        return self.text.splitlines()


class RuntimeEnded(Exception):
    """The host closed the channel, or the process was killed."""


class ScriptedRuntime:
    """The runtime's side of a channel, for a script to use."""

    def __init__(self, process: "FakeProcess", spec: ProcessSpec) -> None:
        self.process = process
        self.spec = spec
        self._socket = socket.socket(fileno=os.dup(spec.inherited_fds[0])) if spec.inherited_fds else socket.socket()
        self._socket.setblocking(False)
        self._output = os.dup(spec.output_fd)

    async def send(self, octets: bytes) -> None:
        try:
            await asyncio.get_running_loop().sock_sendall(self._socket, octets)
        except OSError as error:
            raise RuntimeEnded from error

    async def receive(self) -> tuple[dict[str, object], bytes]:
        """Return the header and the event of an INVOKE."""
        length, kind, header_length = PREFIX.unpack(await self._exactly(PREFIX.size))
        assert kind == FrameType.INVOKE
        rest = await self._exactly(length - 5)
        return orjson.loads(rest[:header_length]), rest[header_length:]

    async def next(self) -> tuple[dict[str, object], bytes]:
        await self.send(encode(FrameType.NEXT, b"", b""))
        return await self.receive()

    async def result(self, request_id: object, body: bytes) -> None:
        await self.send(encode(FrameType.RESULT, orjson.dumps({"id": request_id}), body))

    async def error(self, request_id: object, body: bytes) -> None:
        await self.send(encode(FrameType.ERROR, orjson.dumps({"id": request_id}), body))

    async def stream_head(self, request_id: object, content_type: str = "application/octet-stream") -> None:
        await self.send(
            encode(FrameType.STREAM_HEAD, orjson.dumps({"id": request_id, "content_type": content_type}), b"")
        )

    async def stream_data(self, body: bytes) -> None:
        await self.send(encode(FrameType.STREAM_DATA, b"", body))

    async def stream_end(self, error: bytes = b"") -> None:
        await self.send(encode(FrameType.STREAM_END, b"", error))

    async def init_error(self, error_type: str, body: bytes) -> None:
        await self.send(encode(FrameType.INIT_ERROR, orjson.dumps({"type": error_type}), body))

    def print(self, octets: bytes) -> None:
        os.write(self._output, octets)

    def close(self) -> None:
        if self._socket.fileno() >= 0:
            self._socket.close()
            os.close(self._output)

    async def _exactly(self, count: int) -> bytes:
        octets = b""
        while len(octets) < count:
            try:
                piece = await asyncio.get_running_loop().sock_recv(self._socket, count - len(octets))
            except OSError as error:
                raise RuntimeEnded from error
            if not piece:
                raise RuntimeEnded
            octets += piece
        return octets


Script = Callable[[ScriptedRuntime], Awaitable[int]]
"""What a runtime does; returns its exit status."""


class FakeProcess:
    """A process that is a task. It can be stubborn about nothing: a kill ends it."""

    def __init__(self, pid: int, spec: ProcessSpec, script: Script, on_exit: Callable[[int], None]) -> None:
        self.pid = pid
        self.spec = spec
        self.memory = 20 * MIB
        self.signals: list[str] = []
        self._on_exit = on_exit
        self._status: int | None = None
        self._runtime = ScriptedRuntime(self, spec)
        self._task = asyncio.create_task(self._run(script))

    async def _run(self, script: Script) -> None:
        status = -9
        try:
            with contextlib.suppress(RuntimeEnded):
                status = await script(self._runtime)
        finally:
            self._runtime.close()
            asyncio.get_running_loop().call_soon(self._on_exit, status)

    def kill(self) -> None:
        self.signals.append("KILL")
        self._task.cancel()

    def terminate(self) -> None:
        self.signals.append("TERM")

    def freeze(self) -> None:
        self.signals.append("STOP")

    def thaw(self) -> None:
        self.signals.append("CONT")

    def memory_bytes(self) -> int:
        return self.memory

    def peak_memory_bytes(self) -> int:
        return self.memory


class FakeSandbox:
    """The place of one scripted process."""

    def __init__(self, isolation: "FakeIsolation", spec: SandboxSpec) -> None:
        self.spec = spec
        self.is_closed = False
        self.runtime_api = socket.create_server(("127.0.0.1", 0))
        self.endpoint: socket.socket | None = None
        self.task_root = str(spec.task_root)
        self.opt_root = str(spec.opt_root or "/opt")
        self._isolation = isolation

    def tcp_socket(self) -> socket.socket:
        return socket.socket(socket.AF_INET, socket.SOCK_STREAM)

    def spawn(self, spec: ProcessSpec, on_exit: Callable[[int], None]) -> FakeProcess:
        return self._isolation.spawn(spec, on_exit)

    async def close(self) -> None:
        self.is_closed = True
        self.runtime_api.close()


class FakeIsolation:
    """Starts scripts: the first process gets the first one, the last one goes on for all that follow."""

    def __init__(self, *scripts: Script) -> None:
        self.scripts = list(scripts)
        self.processes: list[FakeProcess] = []
        self.sandboxes: list[FakeSandbox] = []
        self.refuses: str | None = None
        self.report = IsolationReport("D", "shared", "watchdog")

    async def open(self, spec: SandboxSpec) -> FakeSandbox:
        self.sandboxes.append(FakeSandbox(self, spec))
        return self.sandboxes[-1]

    async def close(self) -> None:
        pass

    def spawn(self, spec: ProcessSpec, on_exit: Callable[[int], None]) -> FakeProcess:
        if self.refuses is not None:
            raise SandboxError(self.refuses)
        script = self.scripts.pop(0) if len(self.scripts) > 1 else self.scripts[0]
        process = FakeProcess(1000 + len(self.processes), spec, script, on_exit)
        self.processes.append(process)
        return process


class FakeRuntimes:
    """A machine with one runtime."""

    def __init__(
        self,
        *,
        problem: str | None = None,
        refusal: Exception | None = None,
        transport: Transport = Transport.CHANNEL,
    ) -> None:
        self._problem = problem
        self._refusal = refusal
        self._transport = transport

    def problem(self, runtime: str) -> str | None:
        return self._problem

    def launch(self, function: FunctionVersion, code: Code) -> Launch:
        if self._refusal is not None:
            raise self._refusal
        return Launch(("runtime",), {"FROM_LAUNCH": "1"}, (), self._transport, "python:3.11.7")


async def echo(runtime: ScriptedRuntime) -> int:
    """Answer every event with itself."""
    while True:
        header, event = await runtime.next()
        await runtime.result(header["id"], event)


def package(files: Mapping[str, str | bytes]) -> bytes:
    """Return a zip file."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as opened:
        for name, content in files.items():
            opened.writestr(name, content)
    return archive.getvalue()


def archive(*entries: tuple[str, bytes, int]) -> io.BytesIO:
    """Return an archive of (name, content, mode)."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as opened:
        for name, body, mode in entries:
            entry = zipfile.ZipInfo(name)
            entry.external_attr = mode << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            opened.writestr(entry, body)
    content.seek(0)
    return content


PACKAGE = package({"app.py": "def handler(event, context): return event"})


class Blobs:
    """A blob store that counts."""

    def __init__(self, *contents: bytes) -> None:
        self.contents = {hashlib.sha256(content).hexdigest(): content for content in contents}
        self.opened: list[str] = []

    def open(self, sha256: str) -> io.BytesIO:
        self.opened.append(sha256)
        return io.BytesIO(self.contents[sha256])


ARN = "arn:aws:lambda:us-east-1:123456789012:function:orders"


def function_version(**changes: object) -> FunctionVersion:
    """Return a function, changed as a test wants it."""
    fields: dict[str, object] = {
        "arn": ARN,
        "account_id": "123456789012",
        "region": "us-east-1",
        "name": "orders",
        "version": "$LATEST",
        "identity": "revision-1",
        "runtime": "python3.11",
        "handler": "app.handler",
        "code_sha256": hashlib.sha256(PACKAGE).hexdigest(),
        "memory_size_mb": 128,
        "timeout_seconds": 3,
        "ephemeral_storage_mb": 512,
        "environment": (),
        "role_arn": "arn:aws:iam::123456789012:role/lambda-role",
        "log_group": "/aws/lambda/orders",
        "log_format": "Text",
        "application_log_level": None,
        "system_log_level": None,
        "tracing_mode": "PassThrough",
    }
    return FunctionVersion(**{**fields, **changes})  # type: ignore[arg-type]


def qualified(version: FunctionVersion, qualifier: str | None = None, **changes: object) -> QualifiedFunction:
    """Return what invokes a version of a function."""
    arn = f"{version.arn}:{qualifier}" if qualifier else version.arn
    return QualifiedFunction(arn, qualifier, version, **changes)  # type: ignore[arg-type]


def whole_function(*versions: QualifiedFunction, **changes: object) -> Function:
    """Return a function that has these qualifiers, and the first one's version as `$LATEST`."""
    latest = versions[0].version
    by_qualifier = {"": qualified(latest), "$LATEST": qualified(latest, "$LATEST")}
    by_qualifier |= {each.qualifier or "": each for each in versions}
    return Function(latest.arn, latest.account_id, latest.region, latest.name, by_qualifier, **changes)  # type: ignore[arg-type]


async def no_endpoint(request: Request) -> Response:
    """Stand for the node's own endpoint."""
    return Response(200, Headers(), b"the endpoint")


class Node:
    """Functions with fakes at every seam."""

    def __init__(self, directory: Path, sandbox: FakeIsolation, runtimes: FakeRuntimes, **settings: object) -> None:
        self.clock = FakeClock()
        self.sink = FakeSink()
        self.sandbox = sandbox
        self.blobs = Blobs(PACKAGE)
        self.settings = FunctionSettings(
            endpoint_url="http://127.0.0.1:4566", code_directory=directory / "code", **settings
        )  # type: ignore[arg-type]
        self.functions = Functions(
            self.settings, self.clock, Ids(), self.blobs.open, runtimes, sandbox, self.sink, no_endpoint
        )


@contextlib.asynccontextmanager
async def running_node(
    directory: Path, *scripts: Script, runtimes: FakeRuntimes | None = None, **settings: object
) -> AsyncIterator[Node]:
    """Give a node whose processes run `scripts`; afterwards nothing of it is left."""
    node = Node(directory, FakeIsolation(*(scripts or (echo,))), runtimes or FakeRuntimes(), **settings)
    try:
        yield node
    finally:
        await node.functions.close()


async def until(is_so: Callable[[], object]) -> None:
    """Wait until something has come about."""
    async with asyncio.timeout(20):
        while not is_so():
            await asyncio.sleep(0.002)
