"""Extensions with real processes: the plain sandbox, a runtime on the channel, extensions from a layer.

Sources: "Using the Lambda Extensions API to create extensions" and "Understanding the Lambda execution environment
lifecycle", Lambda Developer Guide.
"""

import asyncio
import contextlib
import hashlib
import io
import sys
import time
import zipfile
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path

import orjson
import pytest

from gatewright.base.clock import SystemClock
from gatewright.base.ids import Ids
from gatewright.functions.invoke import Functions
from gatewright.functions.sandbox.plain import PlainIsolation
from gatewright.functions.settings import FunctionSettings
from gatewright.snapshot.types import FunctionVersion, Layer
from tests.unit.functions.fakes import PACKAGE, Blobs, FakeSink, function_version, no_endpoint, qualified, until
from tests.unit.functions.test_processes import SETPRIV, Runtimes

PROGRAM = f"#!{sys.executable} -S\n{(Path(__file__).parent / 'program.py').read_text()}"


def layer(*names: str, mode: int = 0o755, content: str = PROGRAM) -> bytes:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as opened:
        for name in names:
            member = zipfile.ZipInfo(f"extensions/{name}")
            member.external_attr = mode << 16
            opened.writestr(member, content)
        opened.writestr("extensions/directory/file", "no extension")
    return archive.getvalue()


class Node:
    """A node of which a function has extensions."""

    def __init__(self, directory: Path, content: bytes, **settings: object) -> None:
        self.sink = FakeSink()
        self.layer = Layer("arn:aws:lambda:us-east-1:123456789012:layer:e:1", hashlib.sha256(content).hexdigest())
        configuration = FunctionSettings(
            endpoint_url="http://127.0.0.1:4566", code_directory=directory / "code", **settings
        )  # type: ignore[arg-type]
        self.functions = Functions(
            configuration,
            SystemClock(),
            Ids(),
            Blobs(PACKAGE, content).open,
            Runtimes(),
            PlainIsolation(SETPRIV and Path(SETPRIV)),
            self.sink,
            no_endpoint,
        )

    def function(self, **changes: object) -> FunctionVersion:
        environment = (("HOME_MADE", "1"), *changes.pop("environment", ()))  # type: ignore[misc]
        return function_version(layers=(self.layer,), environment=environment, **changes)

    async def call(self, function: FunctionVersion, **event: object) -> dict[str, object]:
        result = await self.functions.invoke(qualified(function), orjson.dumps(event))
        answer = orjson.loads(result.payload)
        return answer if isinstance(answer, dict) else {"answer": answer}

    def said(self, name: str, what: str) -> list[str]:
        """Return what an extension printed that begins so."""
        start = f"{name}: {what}"
        return [line.removeprefix(start).strip() for line in self.sink.lines if line.startswith(start)]

    def index(self, text: str) -> int:
        """Return where a line begins so."""
        return next(number for number, line in enumerate(self.sink.lines) if line.startswith(text))


@contextlib.asynccontextmanager
async def running(directory: Path, content: bytes, **settings: object) -> AsyncIterator[Node]:
    node = Node(directory, content, **settings)
    try:
        async with asyncio.timeout(20):
            yield node
    finally:
        await node.functions.close()


async def test_the_life_of_an_extension(tmp_path: Path) -> None:
    async with running(tmp_path, layer("watcher")) as node:
        function = node.function()
        assert await node.call(function, print="hello\n") == {"print": "hello\n"}
        await node.functions.close()
    assert node.said("watcher", "variables") == ["AWS_REGION HOME_MADE"]
    [registered] = node.said("watcher", "registered 200")
    assert orjson.loads(registered) == {
        "functionName": "orders",
        "functionVersion": "$LATEST",
        "handler": "app.handler",
        "accountId": "123456789012",
    }
    invoke, shutdown = (orjson.loads(line) for line in node.said("watcher", "event 200"))
    assert invoke.pop("deadlineMs") > time.time() * 1000
    assert shutdown.pop("deadlineMs") > time.time() * 1000 - 5000
    assert invoke["tracing"].pop("value").startswith("Root=1-")
    assert len(invoke.pop("requestId")) == 36
    assert invoke == {
        "eventType": "INVOKE",
        "invokedFunctionArn": function.arn,
        "tracing": {"type": "X-Amzn-Trace-Id"},
    }
    assert shutdown == {"eventType": "SHUTDOWN", "shutdownReason": "spindown"}
    assert node.said("watcher", "goodbye") == [""]
    assert node.index("INIT_START") < node.index("EXTENSION\tName: watcher\tState: Ready\tEvents: [INVOKE, SHUTDOWN]")
    assert node.index("EXTENSION") < node.index("START")


async def test_the_answer_comes_before_the_extensions_are_done(tmp_path: Path) -> None:
    """AWS Compute Blog: "Performance and functionality improvements for AWS Lambda extensions"."""
    async with running(tmp_path, layer("watcher")) as node:
        function = node.function(environment=(("EXTENSION_WATCHER", "slow"),))
        await node.call(function)
        assert not node.said("watcher", "done")
        assert not any(line.startswith("REPORT") for line in node.sink.lines)
        assert node.functions.running == 1
        await until(lambda: any(line.startswith("REPORT") for line in node.sink.lines))
        assert node.functions.running == 0
        assert node.said("watcher", "done") == [""]
        [report] = (line for line in node.sink.lines if line.startswith("REPORT"))
        assert float(report.split("\tDuration: ")[1].split()[0]) >= 300


async def test_a_stream_ends_before_the_extensions_are_done(tmp_path: Path) -> None:
    async with running(tmp_path, layer("watcher")) as node:
        function = node.function(environment=(("EXTENSION_WATCHER", "slow telemetry"),))
        for _ in range(2):
            streamed = await node.functions.invoke_streaming(qualified(function), b'{"stream":["a","bc"]}')
            assert b"".join([piece async for piece in streamed]) == b"abc"
            assert streamed.outcome is not None
            assert streamed.outcome.error_code is None
            assert node.functions.running == 1
            await until(lambda: node.functions.running == 0)
        assert node.functions.environments == 1
        await node.functions.close()
    events = [orjson.loads(line) for line in node.said("watcher", "telemetry")]
    done = [event["record"] for event in events if event["type"] == "platform.runtimeDone"]
    assert [record["metrics"]["producedBytes"] for record in done] == [3, 3]


async def test_an_extension_without_invoke_delays_nothing(tmp_path: Path) -> None:
    async with running(tmp_path, layer("watcher")) as node:
        await node.call(node.function(environment=(("EXTENSION_WATCHER", "no-invoke slow"),)))
        await until(lambda: any(line.startswith("REPORT") for line in node.sink.lines))
        assert node.said("watcher", "event") == []


async def test_extensions_count_against_the_time_out(tmp_path: Path) -> None:
    async with running(tmp_path, layer("watcher")) as node:
        function = node.function(environment=(("EXTENSION_WATCHER", "slow"),), timeout_seconds=0.2)
        assert await node.call(function, print="hi") == {"print": "hi"}
        await until(lambda: any("Status: timeout" in line for line in node.sink.lines))
        await until(lambda: len(node.said("watcher", "event")) == 2)
        assert orjson.loads(node.said("watcher", "event 200")[1])["shutdownReason"] == "timeout"


async def test_telemetry(tmp_path: Path) -> None:
    async with running(tmp_path, layer("listener", "other")) as node:
        function = node.function(environment=(("EXTENSION_LISTENER", "telemetry"),))
        await node.call(function, print="one line\n")
        await node.functions.close()
    events = [orjson.loads(line) for line in node.said("listener", "telemetry")]
    kinds = [event["type"] for event in events]
    assert node.said("listener", "subscribed") == ["200 OK"]
    assert kinds[:2] == ["platform.initStart", "platform.telemetrySubscription"]
    assert [kind for kind in kinds if kind.startswith("platform")] == [
        "platform.initStart",
        "platform.telemetrySubscription",
        "platform.initRuntimeDone",
        "platform.extension",
        "platform.extension",
        "platform.initReport",
        "platform.start",
        "platform.runtimeDone",
        "platform.report",
    ]
    assert [event["record"] for event in events if event["type"] == "function"] == ["one line"]
    by_kind = {event["type"]: event["record"] for event in events}
    assert by_kind["platform.report"]["status"] == "success"
    assert by_kind["platform.report"]["metrics"]["durationMs"] > 0
    assert by_kind["platform.runtimeDone"]["metrics"]["producedBytes"] == len(b'{"print": "one line\\n"}')
    spans = [span["name"] for span in by_kind["platform.runtimeDone"]["spans"]]
    assert spans == ["responseLatency", "responseDuration", "runtimeOverhead"]
    assert "TELEMETRY\tName: listener\tState: Subscribed\tTypes: [Platform, Function, Extension]" in node.sink.lines


async def test_the_older_logs_api(tmp_path: Path) -> None:
    """ "Using the Lambda Logs API", Lambda Developer Guide."""
    async with running(tmp_path, layer("listener")) as node:
        await node.call(node.function(environment=(("EXTENSION_LISTENER", "logs"),)), exit=7)
        await until(lambda: node.said("listener", "goodbye"))
    events = [orjson.loads(line) for line in node.said("listener", "telemetry")]
    assert [event["type"] for event in events] == [
        "platform.logsSubscription",
        "platform.extension",
        "platform.start",
        "platform.runtimeDone",
        "platform.fault",
        "platform.end",
        "platform.report",
    ]
    [fault] = (event["record"] for event in events if event["type"] == "platform.fault")
    assert fault.endswith(" Error: Runtime exited with error: exit status 7\nRuntime.ExitError\n")
    assert "LOGS\tName: listener\tState: Subscribed\tTypes: [Platform, Function, Extension]" in node.sink.lines


async def test_telemetry_of_what_fails(tmp_path: Path) -> None:
    async with running(tmp_path, layer("listener")) as node:
        await node.call(node.function(environment=(("EXTENSION_LISTENER", "telemetry"),)), exit=7)
        await until(lambda: node.said("listener", "goodbye"))
    events = [orjson.loads(line) for line in node.said("listener", "telemetry")]
    [done] = (event["record"] for event in events if event["type"] == "platform.runtimeDone")
    [report] = (event["record"] for event in events if event["type"] == "platform.report")
    assert done["status"] == report["status"] == "error"
    assert done["errorType"] == report["errorType"] == "Runtime.ExitError"


@pytest.mark.parametrize(
    ("habit", "error_type", "message"),
    [
        ("crash-early", "Extension.Crash", "exit status 3"),
        ("init-error", "Extension.InitError", "exit status 1"),
        ("crash", "Extension.Crash", "signal: aborted"),
    ],
)
async def test_an_extension_that_breaks_ends_the_environment(
    tmp_path: Path, habit: str, error_type: str, message: str
) -> None:
    async with running(tmp_path, layer("broken", "watcher")) as node:
        answer = await node.call(node.function(environment=(("EXTENSION_BROKEN", habit),)), sleep=1)
        assert answer["errorType"] == error_type
        assert str(answer["errorMessage"]).endswith(f" Error: {message}")
        assert f"\tStatus: error\tError Type: {error_type}" in node.sink.text
        if habit == "crash":
            await until(lambda: node.said("watcher", "goodbye"))
            assert orjson.loads(node.said("watcher", "event 200")[-1])["shutdownReason"] == "failure"


async def test_a_runtime_that_breaks_lets_extensions_know(tmp_path: Path) -> None:
    async with running(tmp_path, layer("watcher")) as node:
        answer = await node.call(node.function(), exit=7)
        assert answer["errorType"] == "Runtime.ExitError"
        assert str(answer["errorMessage"]).endswith("Runtime exited with error: exit status 7")
        await until(lambda: node.said("watcher", "goodbye"))
        assert orjson.loads(node.said("watcher", "event 200")[-1])["shutdownReason"] == "failure"


async def test_an_extension_that_never_registers_runs_into_the_limit_of_init(tmp_path: Path) -> None:
    async with running(tmp_path, layer("hanging"), init_seconds=0.3) as node:
        function = node.function(environment=(("EXTENSION_HANGING", "hang-early"),), timeout_seconds=1)
        answer = await node.call(function)
        assert answer["errorType"] == "Sandbox.Timedout"
        assert "Phase: init\tStatus: timeout" in node.sink.text
        assert "EXTENSION\tName: hanging\tState: Started\tEvents: []" in node.sink.lines


async def test_an_extension_that_never_ends_is_killed_after_two_seconds(tmp_path: Path) -> None:
    async with running(tmp_path, layer("hanging")) as node:
        await node.call(node.function(environment=(("EXTENSION_HANGING", "hang-late"),)))
        began = time.monotonic()
        await node.functions.close()
        assert 1.5 < time.monotonic() - began < 3.5
        assert node.said("hanging", "goodbye") == []


async def test_more_than_ten_are_refused(tmp_path: Path) -> None:
    async with running(tmp_path, layer(*(f"e{number:02}" for number in range(11)))) as node:
        assert (await node.call(node.function()))["errorType"] == "Extension.LaunchError"
        assert "EXTENSION\tName: e10\tState: LaunchError\tEvents: []\tError Type: TooManyExtensions" in node.sink.lines


async def test_a_runtime_that_cannot_run_beside_extensions(tmp_path: Path) -> None:
    async with running(tmp_path, layer("watcher")) as node:
        answer = await node.call(node.function(handler="own"))  # app.py, which is not executable
        assert answer["errorType"] == "Runtime.InvalidEntrypoint"
        assert str(answer["errorMessage"]).endswith("fork/exec /var/task/app.py: permission denied")


@pytest.mark.parametrize(("habit", "frozen"), [("", True), ("telemetry", False)])
async def test_only_without_listeners_idle_environments_are_frozen(tmp_path: Path, habit: str, frozen: bool) -> None:
    async with running(tmp_path, layer("watcher"), freeze_when_idle=True) as node:
        function = node.function(environment=(("EXTENSION_WATCHER", habit),))
        for _ in range(2):
            pid = (await node.call(function, pid=1))["answer"]
            await until(lambda: node.functions.running == 0)
            await until(partial(_is_frozen, pid, frozen))
        await node.functions.close()
        assert node.said("watcher", "goodbye") == [""]


def _is_frozen(pid: object, wanted: bool) -> bool:
    return (Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "T") is wanted


@pytest.mark.parametrize(
    ("mode", "content", "message", "error_type"),
    [
        (0o644, PROGRAM, "permission denied", "PermissionDenied"),
        (0o755, "#!/nowhere/python\n", "no such file or directory", "UnknownError"),
        (0o755, "no program", "exec format error", "UnknownError"),
    ],
)
async def test_a_file_that_cannot_run(tmp_path: Path, mode: int, content: str, message: str, error_type: str) -> None:
    async with running(tmp_path, layer("watcher", mode=mode, content=content)) as node:
        answer = await node.call(node.function())
        assert answer["errorType"] == "Extension.LaunchError"
        assert str(answer["errorMessage"]).endswith(f"fork/exec /opt/extensions/watcher: {message}")
        assert f"State: LaunchError\tEvents: []\tError Type: {error_type}" in node.sink.text
