"""The whole of `functions` with real processes: the plain sandbox, a worker on the channel, a bootstrap on the API."""

import asyncio
import contextlib
import os
import shutil
import signal
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path

import orjson
import pytest

from gatewright.base.clock import SystemClock
from gatewright.base.ids import Ids
from gatewright.functions.invoke import Functions
from gatewright.functions.runtimes.types import Code, Launch, Transport
from gatewright.functions.sandbox.plain import PlainIsolation
from gatewright.functions.settings import FunctionSettings
from gatewright.snapshot.types import FunctionVersion

from .fakes import PACKAGE, Blobs, FakeSink, function_version, no_endpoint, qualified, until

HERE = Path(__file__).parent
SETPRIV = shutil.which("setpriv")
FUNCTION = function_version()


class Runtimes:
    """Two runtimes of the tests' own."""

    def problem(self, runtime: str) -> str | None:
        return None

    def launch(self, function: FunctionVersion, code: Code) -> Launch:
        if function.handler == "own":
            return Launch(("./app.py",), {}, (), Transport.RUNTIME_API, "provided")
        if function.runtime.startswith("provided"):
            return Launch((sys.executable, str(HERE / "bootstrap.py")), {}, (), Transport.RUNTIME_API, "provided")
        return Launch((sys.executable, "-S", str(HERE / "worker.py")), {}, (), Transport.CHANNEL, "python")


class Node:
    """Functions with nothing faked but the runtimes."""

    def __init__(self, functions: Functions, sink: FakeSink) -> None:
        self.functions = functions
        self.sink = sink

    async def call(self, function: FunctionVersion = FUNCTION, /, **event: object) -> dict[str, object]:
        result = await self.functions.invoke(qualified(function), orjson.dumps(event))
        answer = orjson.loads(result.payload)
        return answer if isinstance(answer, dict) else {"answer": answer}


@contextlib.asynccontextmanager
async def running(directory: Path, **changes: object) -> AsyncIterator[Node]:
    settings = FunctionSettings(endpoint_url="http://127.0.0.1:4566", code_directory=directory / "code", **changes)  # type: ignore[arg-type]
    sink = FakeSink()
    isolation = PlainIsolation(Path(SETPRIV) if SETPRIV else None)
    functions = Functions(settings, SystemClock(), Ids(), Blobs(PACKAGE).open, Runtimes(), isolation, sink, no_endpoint)
    try:
        yield Node(functions, sink)
    finally:
        await functions.close()


def is_running(pid: int) -> bool:
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in ("Z", "X")
    return False


async def test_warm_state_and_output(tmp_path: Path) -> None:
    async with running(tmp_path) as node:
        for number in range(3):
            assert await node.call(print=f"number {number}\n") == {"print": f"number {number}\n"}
        assert [line for line in node.sink.lines if line.startswith("number")] == ["number 0", "number 1", "number 2"]
        assert node.sink.text.count("INIT_START") == 1
        assert all("\tMax Memory Used: 0 MB" not in line for line in node.sink.lines)


async def test_the_environment_of_a_process(tmp_path: Path) -> None:
    async with running(tmp_path) as node:
        variables = await node.call(function_version(environment=(("TABLE", "orders"),)), environ=True)
        assert variables["TABLE"] == "orders"
        root = Path(str(variables["LAMBDA_TASK_ROOT"]))
        assert (root / "app.py").exists()
        assert str(variables["AWS_LAMBDA_LOG_STREAM_NAME"]) == node.sink.writes[0][1]
        assert "HOME" not in variables


@pytest.mark.parametrize(
    ("event", "message"),
    [
        ({"exit": 0}, "Runtime exited without providing a reason"),
        ({"exit": 5}, "Runtime exited with error: exit status 5"),
        ({"signal": int(signal.SIGSEGV)}, "Runtime exited with error: signal: segmentation fault"),
        ({"signal": int(signal.SIGKILL)}, "Runtime exited with error: signal: killed"),
    ],
)
async def test_how_a_process_ends(tmp_path: Path, event: dict[str, object], message: str) -> None:
    async with running(tmp_path) as node:
        answer = await node.call(**event)
        assert answer["errorType"] == "Runtime.ExitError"
        assert str(answer["errorMessage"]).endswith(f" Error: {message}")
        assert await node.call(print="on\n") == {"print": "on\n"}


@pytest.mark.slow
async def test_time_out(tmp_path: Path) -> None:
    async with running(tmp_path) as node:
        begun = time.monotonic()
        answer = await node.call(function_version(timeout_seconds=1), spawn="1000", sleep=1000)
        assert answer != {}
        answer = await node.call(function_version(timeout_seconds=1), sleep=1000)
        assert answer["errorType"] == "Sandbox.Timedout"
        assert time.monotonic() - begun >= 1


async def test_too_much_memory(tmp_path: Path) -> None:
    async with running(tmp_path) as node:
        answer = await node.call(grow=200)
        assert str(answer["errorMessage"]).endswith("Runtime exited with error: signal: killed")
        assert "Max Memory Used: 128 MB" in node.sink.text


async def test_a_flood_of_output_holds_up_only_who_makes_it(tmp_path: Path) -> None:
    async with running(tmp_path) as node:
        flood = asyncio.create_task(node.call(function_version(timeout_seconds=60), flood=20_000))
        longest, last = 0.0, time.monotonic()
        while not flood.done():
            await asyncio.sleep(0)
            now = time.monotonic()
            longest, last = max(longest, now - last), now
        assert longest < 1
        assert await flood == {"flood": 20_000}
        assert sum(line == "x" * 1023 for line in node.sink.lines) == 20_000


async def test_what_a_function_starts_ends_with_its_environment(tmp_path: Path) -> None:
    async with running(tmp_path) as node:
        pid = int(str((await node.call(spawn=1000))["answer"]))
        assert is_running(pid)
    await until(lambda: not is_running(pid))


@pytest.mark.parametrize("init", ["crash"])
async def test_init_that_crashes(tmp_path: Path, init: str) -> None:
    async with running(tmp_path) as node:
        answer = await node.call(function_version(environment=(("INIT", init),)))
        assert str(answer["errorMessage"]).endswith("Runtime exited with error: signal: aborted")
        assert [line.split("\t")[1] for line in node.sink.lines if line.startswith("INIT_REPORT")] == [
            "Phase: init",
            "Phase: invoke",
        ]


@pytest.mark.slow
async def test_init_that_hangs(tmp_path: Path) -> None:
    async with running(tmp_path, init_seconds=0.2) as node:
        answer = await node.call(function_version(timeout_seconds=1, environment=(("INIT", "hang"),)))
        assert str(answer["errorMessage"]).endswith("Task timed out after 1.00 seconds")
        assert "Phase: init\tStatus: timeout" in node.sink.text


async def test_frozen_while_idle(tmp_path: Path) -> None:
    async with running(tmp_path, freeze_when_idle=True) as node:
        for _ in range(3):
            assert await node.call(print="x\n") == {"print": "x\n"}


async def test_nothing_is_left_behind(tmp_path: Path) -> None:
    fds = len(os.listdir("/proc/self/fd"))
    async with running(tmp_path) as node:
        await asyncio.gather(*(node.call(sleep=0.05) for _ in range(4)))
        await node.call(function_version(runtime="provided.al2023", identity="2", arn="arn:other"))
        assert node.functions.environments == 5
    assert node.functions.environments == 0
    assert len(os.listdir("/proc/self/fd")) == fds


async def test_a_custom_runtime(tmp_path: Path) -> None:
    function = function_version(runtime="provided.al2023")
    async with running(tmp_path) as node:
        for _ in range(2):
            assert await node.call(function, a=1) == {"a": 1}
        failed = await node.functions.invoke(qualified(function), b'"error"')
        assert (failed.payload, failed.function_error) == (b'{"errorType":"Odd"}', "Unhandled")
        large = await node.functions.invoke(qualified(function), b'"large"')
        assert orjson.loads(large.payload)["errorType"] == "Function.ResponseSizeTooLarge"
        assert node.sink.text.count("INIT_START") == 1
        ended = await node.functions.invoke(qualified(function), b'"exit"')
        assert orjson.loads(ended.payload)["errorMessage"].endswith("exit status 4")
        assert "413 " in node.sink.text


async def test_a_custom_runtime_that_cannot_start(tmp_path: Path) -> None:
    function = function_version(runtime="provided.al2023", environment=(("INIT", "error"),))
    async with running(tmp_path) as node:
        result = await node.functions.invoke(qualified(function), b"1")
        assert (result.payload, result.error_type) == (
            b'{"errorType":"Runtime.NoSuchHandler"}',
            "Runtime.NoSuchHandler",
        )


async def test_an_entry_point_that_the_kernel_does_not_run(tmp_path: Path) -> None:
    async with running(tmp_path) as node:
        answer = await node.call(function_version(runtime="provided.al2023", handler="own"))
        assert answer["errorType"] == "Runtime.InvalidEntrypoint"
        assert str(answer["errorMessage"]).endswith(" Error: fork/exec /var/task/app.py: permission denied")
