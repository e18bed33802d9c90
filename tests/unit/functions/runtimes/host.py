"""A host in small: starts what a `Launch` says and speaks frames with it, independently of gatewright's own channel."""

import fcntl
import json
import os
import socket
import struct
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gatewright.functions.runtimes.discovery import SearchPlaces
from gatewright.functions.runtimes.table import RuntimeDirectory
from gatewright.functions.runtimes.types import Code, Launch
from gatewright.snapshot.types import FunctionVersion

INVOKE, NEXT, RESULT, ERROR, INIT_ERROR = 1, 16, 17, 18, 19
STREAM_HEAD, STREAM_DATA, STREAM_END = 32, 33, 34
REQUEST_ID = "8476a536-e9f4-11e8-9739-2dfe598c3fcd"
ARN = "arn:aws:lambda:us-east-2:123456789012:function:my-function"
TRACE = "Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700;Parent=9a9197af755a6419;Sampled=1"
LIMIT_SECONDS = 60
NO_CHANGES: Mapping[str, str] = {}


@dataclass(frozen=True)
class Frame:
    type: int
    header: dict[str, Any]
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)


@dataclass(frozen=True)
class Ending:
    """What came instead of NEXT: the frames until the end of the connection, and the exit status."""

    frames: tuple[Frame, ...]
    status: int


def function(runtime: str, handler: str = "app.handler", **changes: Any) -> FunctionVersion:
    """Return a function as the snapshot has it."""
    fields: dict[str, Any] = {
        "arn": ARN,
        "account_id": "123456789012",
        "region": "us-east-2",
        "name": "my-function",
        "version": "$LATEST",
        "identity": "1",
        "code_sha256": "0" * 64,
        "memory_size_mb": 128,
        "timeout_seconds": 3,
        "ephemeral_storage_mb": 512,
        "environment": (),
        "role_arn": "arn:aws:iam::123456789012:role/lambda-role",
        "log_group": "/aws/lambda/my-function",
        "log_format": "Text",
        "application_log_level": None,
        "system_log_level": None,
        "tracing_mode": "PassThrough",
    }
    return FunctionVersion(runtime=runtime, handler=handler, **(fields | changes))


def places() -> SearchPlaces:
    """Return where this machine may have interpreters."""
    return SearchPlaces(tuple(Path(part) for part in os.environ["PATH"].split(os.pathsep)), Path.home())


def variables(version: FunctionVersion, task_root: Path) -> dict[str, str]:
    """Return the variables that the host sets ("Working with Lambda environment variables")."""
    return {
        "PATH": "/usr/local/bin:/usr/bin:/bin",
        "LANG": "en_US.UTF-8",
        "_HANDLER": version.handler,
        "AWS_EXECUTION_ENV": f"AWS_Lambda_{version.runtime}",
        "AWS_LAMBDA_FUNCTION_NAME": version.name,
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(version.memory_size_mb),
        "AWS_LAMBDA_FUNCTION_VERSION": version.version,
        "AWS_LAMBDA_LOG_GROUP_NAME": version.log_group,
        "AWS_LAMBDA_LOG_STREAM_NAME": "2026/01/01/[$LATEST]0123456789abcdef",
        "AWS_LAMBDA_RUNTIME_API": "127.0.0.1:9001",
        "LAMBDA_TASK_ROOT": str(task_root),
    }


@dataclass(frozen=True)
class Streamed:
    """A streamed response: the header of its first frame, its data, and the body of its last frame."""

    header: dict[str, Any]
    pieces: tuple[bytes, ...]
    error: bytes

    @property
    def content(self) -> bytes:
        return b"".join(self.pieces)


class Environment:
    """A started process and the host's end of its channel."""

    def __init__(self, launch: Launch, task_root: Path, environment: Mapping[str, str]) -> None:
        self._socket, theirs = socket.socketpair()
        self._socket.settimeout(LIMIT_SECONDS)
        self._received = b""
        self._output, writing = os.pipe()
        os.set_blocking(self._output, False)
        fcntl.fcntl(self._output, fcntl.F_SETPIPE_SZ, 1 << 20)
        self.process = subprocess.Popen(
            launch.argv,
            cwd=task_root,
            env={**launch.environment, **environment, "_GATEWRIGHT_CHANNEL_FD": str(theirs.fileno())},
            pass_fds=(theirs.fileno(),),
            stdin=subprocess.DEVNULL,
            stdout=writing,
            stderr=writing,
        )
        theirs.close()
        os.close(writing)

    def hang_up(self) -> int:
        """Go away, as the host does when it dies; return the exit status of the process, which has to end by itself."""
        self._socket.close()
        return self.process.wait(LIMIT_SECONDS)

    def close(self) -> None:
        """Free everything, whatever became of the process."""
        self._socket.close()
        self.process.kill()
        self.process.wait()
        os.close(self._output)

    def stop_waiting_after(self, seconds: float) -> None:
        """Let `receive` raise `TimeoutError` when nothing comes for so long."""
        self._socket.settimeout(seconds)

    def receive(self) -> Frame | None:
        """Return the next frame, or None at the end of the connection."""
        while len(self._received) < 9 or len(self._received) < 4 + int.from_bytes(self._received[:4]):
            try:
                octets = self._socket.recv(1 << 20)
            except ConnectionResetError:
                octets = b""
            if not octets:
                assert self._received == b"", "the connection ended inside a frame"
                return None
            self._received += octets
        length, kind, header_length = struct.unpack_from(">IBI", self._received)
        header = self._received[9 : 9 + header_length]
        body = self._received[9 + header_length : 4 + length]
        self._received = self._received[4 + length :]
        return Frame(kind, json.loads(header) if header else {}, body)

    def send(self, event: bytes, *, pieces: int = 1, **header: Any) -> None:
        """Send INVOKE, in several writes if told so."""
        deadline = int(time.time() * 1000) + 3000
        known = {"id": REQUEST_ID, "deadline": deadline, "arn": ARN, "trace": TRACE} | header
        encoded = json.dumps(known).encode()
        frame = struct.pack(">IBI", 5 + len(encoded) + len(event), INVOKE, len(encoded)) + encoded + event
        size = -(-len(frame) // pieces)
        for start in range(0, len(frame), size):
            self._socket.sendall(frame[start : start + size])

    def invoke(self, event: object = None, **header: Any) -> Frame:
        """Send INVOKE and return the answer; NEXT has followed it."""
        self.send(json.dumps(event).encode(), **header)
        answer = self.receive()
        assert answer is not None, self.output()
        following = self.receive()
        assert following is not None, (answer, self.output())
        assert following.type == NEXT
        return answer

    def stream(self, event: object = None) -> Streamed:
        """Send INVOKE and return the response that is streamed; NEXT has followed it."""
        self.send(json.dumps(event).encode())
        frames = []
        while not frames or frames[-1].type != NEXT:
            frame = self.receive()
            assert frame is not None, (frames, self.output())
            frames.append(frame)
        head, *data, end, _ = frames
        assert (head.type, end.type) == (STREAM_HEAD, STREAM_END), frames
        assert {frame.type for frame in data} <= {STREAM_DATA}
        return Streamed(head.header, tuple(frame.body for frame in data), end.body)

    def ending(self) -> Ending:
        """Return what the process still sends, and how it ends."""
        frames = []
        while (frame := self.receive()) is not None:
            frames.append(frame)
        return Ending(tuple(frames), self.process.wait(LIMIT_SECONDS))

    def output(self) -> str:
        """Return what is in the pipe of standard output and standard error now."""
        parts = []
        try:
            while octets := os.read(self._output, 1 << 20):
                parts.append(octets)
        except BlockingIOError:
            pass
        return b"".join(parts).decode()


@dataclass(frozen=True)
class Runner:
    """Starts environments of functions written in a test."""

    directory: RuntimeDirectory
    task_root: Path

    @property
    def opt_root(self) -> Path:
        """Return where a test that writes layers has them."""
        return self.task_root.with_name(f"{self.task_root.name}-opt")

    def write(self, files: Mapping[str, str]) -> None:
        _write(self.task_root, files)

    def write_layers(self, files: Mapping[str, str]) -> None:
        _write(self.opt_root, files)

    @contextmanager
    def starting(
        self, version: FunctionVersion, files: Mapping[str, str], more: Mapping[str, str] = NO_CHANGES
    ) -> Iterator[Environment]:
        """Start an environment and wait for nothing."""
        self.write(files)
        opt_root = self.opt_root if self.opt_root.exists() else None
        launch = self.directory.launch(version, Code(self.task_root, opt_root))
        launch = launch.seen_at(str(self.task_root), str(opt_root or "/opt"))
        environment = Environment(
            launch, self.task_root, {**dict(version.environment), **variables(version, self.task_root), **more}
        )
        try:
            yield environment
        finally:
            environment.close()

    @contextmanager
    def ready(
        self, version: FunctionVersion, files: Mapping[str, str], more: Mapping[str, str] = NO_CHANGES
    ) -> Iterator[Environment]:
        """Start an environment and wait for the end of INIT."""
        with self.starting(version, files, more) as environment:
            first = environment.receive()
            assert first is not None, environment.output()
            assert first.type == NEXT, (first, environment.output())
            yield environment


def _write(root: Path, files: Mapping[str, str]) -> None:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


RUNNING_RUNTIME = f"python3.{sys.version_info.minor}"
