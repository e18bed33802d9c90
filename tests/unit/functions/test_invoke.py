"""Invocations through pool, environment and channel, against scripted runtimes.

Sources of the behaviour: "Troubleshoot invocation issues in Lambda", "Understanding the Lambda execution environment
lifecycle", "Lambda quotas" (Lambda Developer Guide) and "Invoke" (Lambda API Reference).
"""

import asyncio
import contextlib
import re
from dataclasses import replace
from pathlib import Path

import orjson
import pytest

from gatewright.functions.errors import (
    CodeUnusable,
    EventTooLarge,
    FunctionGone,
    RuntimeUnusable,
    ServiceUnavailable,
    TooManyRequests,
)
from gatewright.functions.frames import PREFIX, FrameType, encode
from gatewright.functions.runtimes.types import LaunchRefused

from .fakes import (
    ARN,
    MIB,
    FakeRuntimes,
    RuntimeEnded,
    Script,
    ScriptedRuntime,
    echo,
    function_version,
    qualified,
    running_node,
    until,
    whole_function,
)

FUNCTION = function_version()
KILLED = "Runtime exited with error: signal: killed"


def error_of(payload: bytes) -> tuple[str, str]:
    """Return error type and message without its request id."""
    error = orjson.loads(payload)
    return error["errorType"], error["errorMessage"].partition(" Error: ")[2] or error["errorMessage"]


async def test_a_stream_of_a_shared_log_group_names_its_function(tmp_path: Path) -> None:
    async with running_node(tmp_path, echo) as node:
        await node.functions.invoke(qualified(function_version(log_group="shared")), b"{}")
        assert {group.name for group, *_ in node.sink.writes} == {"shared"}
        names = {re.sub("[0-9a-f]{32}$", "id", stream)[10:] for _, stream, *_ in node.sink.writes}
        assert names == {"/orders[$LATEST]id"}


async def test_an_event_goes_in_and_the_answer_comes_out(tmp_path: Path) -> None:
    seen: list[dict[str, object]] = []

    async def runtime(runtime: ScriptedRuntime) -> int:
        while True:
            header, event = await runtime.next()
            seen.append(header)
            runtime.print(b"working on " + event + b"\n")
            await runtime.result(header["id"], b'{"answer": 42}')

    async with running_node(tmp_path, runtime) as node:
        result = await node.functions.invoke(
            qualified(FUNCTION), b'{"q":1}', request_id="id-1", trace_header="Root=1-2-3", client_context='{"c":1}'
        )
        again = await node.functions.invoke(qualified(FUNCTION, "$LATEST"), b"2")

    assert (result.payload, result.function_error, result.executed_version) == (b'{"answer": 42}', None, "$LATEST")
    assert result.init_duration_ms is not None
    assert again.init_duration_ms is None
    assert result.billed_duration_ms >= result.duration_ms + result.init_duration_ms
    assert (result.memory_size_mb, result.max_memory_used_mb) == (128, 20)
    deadline = seen[0].pop("deadline")
    assert isinstance(deadline, int)
    assert abs(deadline - (node.clock.now() + 3) * 1000) < 2000
    assert seen[0] == {"id": "id-1", "arn": ARN, "trace": "Root=1-2-3", "client_context": '{"c":1}'}
    assert seen[1]["arn"] == f"{ARN}:$LATEST"
    assert str(seen[1]["trace"]).startswith("Root=1-")
    assert len(node.sandbox.processes) == 1
    lines = node.sink.lines
    assert lines[:4] == [
        "INIT_START Runtime Version: python:3.11.7",
        "START RequestId: id-1 Version: $LATEST",
        'working on {"q":1}',
        "END RequestId: id-1",
    ]
    assert lines[4].startswith("REPORT RequestId: id-1\tDuration: ")
    assert len(node.sink.writes) == 3  # INIT_START, and one for each invocation
    assert {(group.name, stream[:10], stream[10:20]) for group, stream, *_ in node.sink.writes} == {
        ("/aws/lambda/orders", "2026/11/23", "/[$LATEST]")
    }


async def test_a_raised_error_is_the_functions_answer(tmp_path: Path) -> None:
    async def runtime(runtime: ScriptedRuntime) -> int:
        while True:
            header, _ = await runtime.next()
            await runtime.error(header["id"], b'{"errorType": "ValueError"}')

    async with running_node(tmp_path, runtime) as node:
        for _ in range(2):
            result = await node.functions.invoke(qualified(FUNCTION), b"{}")
            assert (result.payload, result.function_error) == (b'{"errorType": "ValueError"}', "Unhandled")
        assert len(node.sandbox.processes) == 1
        assert "Status" not in node.sink.text


@pytest.mark.parametrize(
    ("status", "message"),
    [
        (0, "Runtime exited without providing a reason"),
        (3, "Runtime exited with error: exit status 3"),
        (-11, "Runtime exited with error: signal: segmentation fault"),
    ],
)
async def test_a_process_that_ends_fails_its_invocation_only(tmp_path: Path, status: int, message: str) -> None:
    async def runtime(runtime: ScriptedRuntime) -> int:
        await runtime.next()
        runtime.print(b"last words")
        return status

    async with running_node(tmp_path, runtime, echo) as node:
        result = await node.functions.invoke(qualified(FUNCTION), b"{}")
        assert error_of(result.payload) == ("Runtime.ExitError", message)
        assert (result.function_error, result.error_type) == ("Unhandled", "Runtime.ExitError")
        assert (await node.functions.invoke(qualified(FUNCTION), b"1")).payload == b"1"
        assert "last words\nRequestId: " in node.sink.text
        assert "Status: error\tError Type: Runtime.ExitError" in node.sink.text


async def test_the_time_is_up(tmp_path: Path) -> None:
    async def runtime(runtime: ScriptedRuntime) -> int:
        await runtime.next()
        runtime.print(b"stuck\n")
        await asyncio.sleep(3600)
        return 0

    async with running_node(tmp_path, runtime, echo) as node:
        invocation = asyncio.create_task(node.functions.invoke(qualified(FUNCTION), b"{}", request_id="id-1"))
        await until(lambda: "stuck" in node.sink.text)  # a long invocation's lines are not held back
        node.clock.ahead += 3
        result = await invocation
        assert result.payload == (
            b'{"errorType":"Sandbox.Timedout",'
            b'"errorMessage":"RequestId: id-1 Error: Task timed out after 3.00 seconds"}'
        )
        assert result.function_error == "Unhandled"
        assert result.duration_ms == 3000
        assert node.sandbox.processes[0].signals[0] == "KILL"
        assert "stuck\nEND RequestId: id-1\nREPORT RequestId: id-1\tDuration: 3000.00 ms\t" in node.sink.text
        assert (await node.functions.invoke(qualified(FUNCTION), b"1")).payload == b"1"


async def test_an_answer_that_came_in_time_stands_whatever_follows(tmp_path: Path) -> None:
    """A runtime that does not ask for the next invocation is ended when the function's time is up."""

    async def runtime(runtime: ScriptedRuntime) -> int:
        header, event = await runtime.next()
        await runtime.result(header["id"], event)
        await asyncio.sleep(3600)
        return 0

    async with running_node(tmp_path, runtime, echo) as node:
        assert (await node.functions.invoke(qualified(FUNCTION), b"1")).payload == b"1"
        node.clock.ahead += 3
        await until(lambda: "KILL" in node.sandbox.processes[0].signals)
        assert (await node.functions.invoke(qualified(FUNCTION), b"2")).payload == b"2"


async def test_too_much_memory(tmp_path: Path) -> None:
    async def runtime(runtime: ScriptedRuntime) -> int:
        await runtime.next()
        runtime.process.memory = 128 * MIB + 1
        await asyncio.sleep(3600)
        return 0

    async with running_node(tmp_path, runtime, echo) as node:
        result = await node.functions.invoke(qualified(FUNCTION), b"{}")
        assert error_of(result.payload) == ("Runtime.ExitError", KILLED)
        assert result.max_memory_used_mb == 128
        assert (await node.functions.invoke(qualified(FUNCTION), b"1")).payload == b"1"


@pytest.mark.parametrize("size", [6_291_557, 20_000_000])
async def test_a_response_that_is_too_large(tmp_path: Path, size: int) -> None:
    async def runtime(runtime: ScriptedRuntime) -> int:
        header, _ = await runtime.next()
        await runtime.result(header["id"], b"x" * size)
        return await echo(runtime)

    async with running_node(tmp_path, runtime, echo) as node:
        result = await node.functions.invoke(qualified(FUNCTION), b"{}")
        assert error_of(result.payload) == (
            "Function.ResponseSizeTooLarge",
            "Response payload size exceeded maximum allowed payload size (6291556 bytes).",
        )
        assert (await node.functions.invoke(qualified(FUNCTION), b"1")).payload == b"1"
        assert "KILL" not in node.sandbox.processes[0].signals


async def test_the_largest_event_and_response_pass(tmp_path: Path) -> None:
    async with running_node(tmp_path) as node:
        event = b'"' + b"x" * (6_291_456 - 2) + b'"'
        assert (await node.functions.invoke(qualified(FUNCTION), event)).payload == event
        with pytest.raises(EventTooLarge, match="6291457 byte payload is too large for the RequestResponse"):
            await node.functions.invoke(qualified(FUNCTION), event + b" ")


# INIT


async def test_init_is_repeated_as_part_of_the_invocation(tmp_path: Path) -> None:
    async def fails(runtime: ScriptedRuntime) -> int:
        return 7

    async with running_node(tmp_path, fails, echo) as node:
        result = await node.functions.invoke(qualified(FUNCTION), b"1")
        assert (result.payload, result.init_duration_ms) == (b"1", None)
        assert node.sink.lines[1].endswith(" ms\tPhase: init\tStatus: error\tError Type: Runtime.ExitError")
        assert node.sink.text.count("INIT_START") == 1


async def test_init_that_fails_again_fails_the_invocation(tmp_path: Path) -> None:
    body = b'{"errorType": "Runtime.ImportModuleError", "errorMessage": "No module named x"}'

    async def fails(runtime: ScriptedRuntime) -> int:
        runtime.print(b"[ERROR] Runtime.ImportModuleError\n")
        await runtime.init_error("Runtime.ImportModuleError", body)
        return 1

    async with running_node(tmp_path, fails) as node:
        for count in (2, 4):  # and is tried again by the next invocation
            result = await node.functions.invoke(qualified(FUNCTION), b"1", request_id=f"id-{count}")
            assert (result.payload, result.function_error) == (body, "Unhandled")
            assert len(node.sandbox.processes) == count
        phases = [line.split("\t")[1] for line in node.sink.lines if line.startswith("INIT_REPORT")]
        assert phases == ["Phase: init", "Phase: invoke"] * 2
        assert "START RequestId: id-2 Version: $LATEST\nEND RequestId: id-2\nREPORT " in node.sink.text


async def test_init_has_ten_seconds_and_then_the_functions_own_time(tmp_path: Path) -> None:
    async def hangs(runtime: ScriptedRuntime) -> int:
        await asyncio.sleep(3600)
        return 0

    async with running_node(tmp_path, hangs) as node:
        invocation = asyncio.create_task(node.functions.invoke(qualified(replace(FUNCTION, timeout_seconds=60)), b"1"))
        await until(lambda: node.sandbox.processes)
        node.clock.ahead += 10
        await until(lambda: len(node.sandbox.processes) == 2)
        assert node.sink.lines[-1].endswith("Phase: init\tStatus: timeout")
        node.clock.ahead += 50
        await asyncio.sleep(0.1)
        assert not invocation.done()
        node.clock.ahead += 10
        result = await invocation
        assert error_of(result.payload) == ("Sandbox.Timedout", "Task timed out after 60.00 seconds")
        assert result.duration_ms >= 60_000


async def test_code_that_cannot_be_started(tmp_path: Path) -> None:
    refusal = LaunchRefused("Runtime.InvalidEntrypoint", "Couldn't find valid bootstrap(s): [/var/task/bootstrap]")
    async with running_node(tmp_path, runtimes=FakeRuntimes(refusal=refusal)) as node:
        result = await node.functions.invoke(qualified(FUNCTION), b"1")
        assert error_of(result.payload) == (refusal.error_type, refusal.message)
        assert result.function_error == "Unhandled"


# Refused


async def test_a_runtime_that_the_machine_lacks(tmp_path: Path) -> None:
    async with running_node(tmp_path, runtimes=FakeRuntimes(problem="No Node.js here.")) as node:
        with pytest.raises(RuntimeUnusable, match=r"No Node\.js here\."):
            await node.functions.invoke(qualified(FUNCTION), b"1")
        assert node.functions.running == 0


async def test_code_that_is_gone_or_no_zip(tmp_path: Path) -> None:
    async with running_node(tmp_path) as node:
        gone = replace(FUNCTION, code_sha256="0" * 64, identity="2")
        with pytest.raises(FunctionGone):
            await node.functions.invoke(qualified(gone), b"1")
        node.blobs.contents["1" * 64] = b"no zip"
        with pytest.raises(CodeUnusable):
            await node.functions.invoke(qualified(replace(FUNCTION, code_sha256="1" * 64, identity="3")), b"1")


async def test_a_sandbox_that_cannot_start_processes(tmp_path: Path) -> None:
    async with running_node(tmp_path) as node:
        node.sandbox.refuses = "cannot start runtime: Resource temporarily unavailable"
        results = await asyncio.gather(
            *(node.functions.invoke(qualified(FUNCTION), b"1") for _ in range(3)), return_exceptions=True
        )
        assert {type(result) for result in results} == {ServiceUnavailable}
        node.sandbox.refuses = None
        assert (await node.functions.invoke(qualified(FUNCTION), b"1")).payload == b"1"


async def test_the_accounts_concurrency(tmp_path: Path) -> None:
    gate = asyncio.Event()

    async def waits(runtime: ScriptedRuntime) -> int:
        while True:
            header, event = await runtime.next()
            await gate.wait()
            await runtime.result(header["id"], event)

    async with running_node(tmp_path, waits, account_concurrency=2) as node:
        running = [asyncio.create_task(node.functions.invoke(qualified(FUNCTION), b"1")) for _ in range(2)]
        await until(lambda: node.functions.running == 2)
        with pytest.raises(TooManyRequests) as caught:
            await node.functions.invoke(qualified(FUNCTION), b"1")
        error = caught.value.aws_error()
        assert (error.code, error.message, error.status) == ("TooManyRequestsException", "Rate Exceeded.", 429)
        assert error.members["Reason"] == "ConcurrentInvocationLimitExceeded"
        gate.set()
        await asyncio.gather(*running)
        assert (await node.functions.invoke(qualified(FUNCTION), b"1")).payload == b"1"


# Hostile runtimes


def hostile(*octets: bytes) -> Script:
    """Return a runtime that takes an invocation and then sends octets."""

    async def runtime(runtime: ScriptedRuntime) -> int:
        header, _ = await runtime.next()
        for piece in octets:
            await runtime.send(piece.replace(b"ID", str(header["id"]).encode()))
        await asyncio.sleep(3600)
        return 0

    return runtime


@pytest.mark.parametrize(
    "script",
    [
        pytest.param(hostile(b"x" * 100), id="no frames"),
        pytest.param(hostile(PREFIX.pack(5, 1, 0)), id="a frame of the host"),
        pytest.param(hostile(encode(FrameType.RESULT, b'{"id":"other"}', b"1")), id="another invocation"),
        pytest.param(hostile(encode(FrameType.RESULT, b"{}", b"1")), id="no invocation"),
        pytest.param(hostile(encode(FrameType.RESULT, b"\xff", b"1")), id="a header that is no JSON"),
        pytest.param(hostile(encode(FrameType.NEXT, b"", b"")), id="the next without an answer"),
        pytest.param(hostile(encode(FrameType.INIT_ERROR, b'{"type":"x"}', b"{}")), id="INIT once more"),
        pytest.param(hostile(encode(FrameType.INIT_ERROR, b'{"type":"x"}', b"x" * 7_000_000)), id="oversized"),
    ],
)
async def test_a_runtime_that_cannot_be_understood_is_killed(tmp_path: Path, script: Script) -> None:
    async with running_node(tmp_path, script, echo) as node:
        result = await node.functions.invoke(qualified(FUNCTION), b"1")
        assert error_of(result.payload) == ("Runtime.ExitError", KILLED)
        assert "KILL" in node.sandbox.processes[0].signals
        assert (await node.functions.invoke(qualified(FUNCTION), b"2")).payload == b"2"


@pytest.mark.parametrize(
    "extra",
    [
        encode(FrameType.RESULT, b'{"id":"id-1"}', b"2"),
        encode(FrameType.NEXT, b"", b"") * 2,
        encode(FrameType.NEXT, b"", b"") + encode(FrameType.RESULT, b'{"id":"id-1"}', b"2"),
    ],
    ids=["a second answer", "asks twice", "answers while idle"],
)
async def test_what_comes_after_the_answer_cannot_change_it(tmp_path: Path, extra: bytes) -> None:
    async def runtime(runtime: ScriptedRuntime) -> int:
        header, event = await runtime.next()
        await runtime.send(encode(FrameType.RESULT, orjson.dumps({"id": header["id"]}), event) + extra)
        await asyncio.sleep(3600)
        return 0

    async with running_node(tmp_path, runtime, echo) as node:
        assert (await node.functions.invoke(qualified(FUNCTION), b"1", request_id="id-1")).payload == b"1"
        await until(lambda: "KILL" in node.sandbox.processes[0].signals)
        assert (await node.functions.invoke(qualified(FUNCTION), b"2")).payload == b"2"


async def test_a_runtime_that_never_reads(tmp_path: Path) -> None:
    async def runtime(runtime: ScriptedRuntime) -> int:
        await runtime.send(encode(FrameType.NEXT, b"", b""))
        await asyncio.sleep(3600)
        return 0

    async with running_node(tmp_path, runtime, echo) as node:
        invocation = asyncio.create_task(node.functions.invoke(qualified(FUNCTION), b'"' + b"x" * 5_000_000 + b'"'))
        await until(lambda: "START" in node.sink.text)
        node.clock.ahead += 3
        assert error_of((await invocation).payload)[0] == "Sandbox.Timedout"
        assert (await node.functions.invoke(qualified(FUNCTION), b"2")).payload == b"2"


async def test_a_runtime_that_closes_its_end_and_stays_is_killed(tmp_path: Path) -> None:
    async def runtime(runtime: ScriptedRuntime) -> int:
        await runtime.next()
        runtime.close()
        with contextlib.suppress(RuntimeEnded):
            await asyncio.sleep(3600)
        return 0

    async with running_node(tmp_path, runtime, echo) as node:
        result = await node.functions.invoke(qualified(FUNCTION), b"1")
        assert error_of(result.payload) == ("Runtime.ExitError", KILLED)


# Callers that go away, and the end


async def test_an_invocation_runs_to_its_end_without_its_caller(tmp_path: Path) -> None:
    gate, ended = asyncio.Event(), asyncio.Event()

    async def runtime(runtime: ScriptedRuntime) -> int:
        while True:
            header, event = await runtime.next()
            await gate.wait()
            await runtime.result(header["id"], event)
            ended.set()

    async with running_node(tmp_path, runtime) as node:
        for wait_until_it_runs in (False, True):
            gate.clear()
            ended.clear()
            caller = asyncio.create_task(node.functions.invoke(qualified(FUNCTION), b"1"))
            if wait_until_it_runs:
                await until(lambda: node.functions.running == 1)
            await asyncio.sleep(0)
            caller.cancel()
            with pytest.raises(asyncio.CancelledError):
                await caller
            assert node.functions.running == 1
            gate.set()
            await ended.wait()
            await until(lambda: node.functions.running == 0)
        assert node.sink.text.count("REPORT") == 2
        assert len(node.sandbox.processes) == 1
        assert "KILL" not in node.sandbox.processes[0].signals


async def test_closing_waits_for_what_runs_and_refuses_what_comes(tmp_path: Path) -> None:
    gate = asyncio.Event()

    async def runtime(runtime: ScriptedRuntime) -> int:
        header, event = await runtime.next()
        await gate.wait()
        await runtime.result(header["id"], event)
        return 0

    async with running_node(tmp_path, runtime) as node:
        running = asyncio.create_task(node.functions.invoke(qualified(FUNCTION), b"1"))
        await until(lambda: node.functions.running == 1)
        closing = asyncio.create_task(node.functions.close())
        await asyncio.sleep(0)
        with pytest.raises(ServiceUnavailable):
            await node.functions.invoke(qualified(FUNCTION), b"2")
        assert not closing.done()
        gate.set()
        assert (await running).payload == b"1"
        await closing


async def test_closing_does_not_wait_for_ever(tmp_path: Path) -> None:
    async def runtime(runtime: ScriptedRuntime) -> int:
        await runtime.next()
        await asyncio.sleep(3600)
        return 0

    async with running_node(tmp_path, runtime, drain_seconds=0.05) as node:
        running = asyncio.create_task(node.functions.invoke(qualified(replace(FUNCTION, timeout_seconds=900)), b"1"))
        await until(lambda: node.functions.running == 1)
        await node.functions.close()
        assert error_of((await running).payload) == ("Runtime.ExitError", KILLED)


async def test_idle_environments_are_frozen_when_the_setting_says_so(tmp_path: Path) -> None:
    async with running_node(tmp_path, freeze_when_idle=True) as node:
        for _ in range(2):
            await node.functions.invoke(qualified(FUNCTION), b"1")
            await until(lambda: node.sandbox.processes[0].signals[-1:] == ["STOP"])
        assert node.sandbox.processes[0].signals == ["CONT", "STOP", "CONT", "STOP"] or node.sandbox.processes[
            0
        ].signals == ["STOP", "CONT", "STOP"]


async def test_the_log_tail_begins_with_what_init_printed(tmp_path: Path) -> None:
    """As recorded (radkawar/stackd, testdata/aws/lambda/invocation_tails.json: cold, partial, after-partial)."""

    async def runtime(runtime: ScriptedRuntime) -> int:
        runtime.print(b"init\n")
        while True:
            header, _ = await runtime.next()
            runtime.print(b"line\nbegun ")
            await runtime.result(header["id"], b"1")

    async with running_node(tmp_path, runtime) as node:
        tails = [
            (await node.functions.invoke(qualified(FUNCTION), b"1", wants_log_tail=True, request_id="i")).log_tail
            for _ in range(2)
        ]
        assert tails[0].startswith(b"init\nSTART RequestId: i Version: $LATEST\nline\nEND RequestId: i\nREPORT ")
        assert tails[1].startswith(b"START RequestId: i Version: $LATEST\nbegun line\nEND RequestId: i\nREPORT ")
    assert node.sink.text.endswith("begun \n"), "nothing is lost when the environment ends"


async def test_the_log_tail(tmp_path: Path) -> None:
    async def runtime(runtime: ScriptedRuntime) -> int:
        while True:
            header, event = await runtime.next()
            runtime.print(b"line\n" * int(event))
            await runtime.result(header["id"], event)

    async with running_node(tmp_path, runtime) as node:
        small = await node.functions.invoke(qualified(FUNCTION), b"1", wants_log_tail=True, request_id="id-1")
        assert small.log_tail.startswith(b"START RequestId: id-1 Version: $LATEST\nline\nEND RequestId: id-1\nREPORT ")
        large = await node.functions.invoke(qualified(FUNCTION), b"5000", wants_log_tail=True)
        assert len(large.log_tail) == 4096
        assert large.log_tail.endswith(b"\t\n")
        assert (await node.functions.invoke(qualified(FUNCTION), b"1")).log_tail == b""


async def test_changed_and_removed_functions(tmp_path: Path) -> None:
    gate = asyncio.Event()

    async def slow(runtime: ScriptedRuntime) -> int:
        while True:
            header, event = await runtime.next()
            await gate.wait()
            await runtime.result(header["id"], event)

    async with running_node(tmp_path, slow, echo) as node:
        node.functions.swap({ARN: whole_function(qualified(FUNCTION))})
        running = asyncio.create_task(node.functions.invoke(qualified(FUNCTION), b"old"))
        await until(lambda: "START" in node.sink.text)
        changed = replace(FUNCTION, identity="revision-2")
        node.functions.swap({ARN: whole_function(qualified(changed))})
        assert (await node.functions.invoke(qualified(changed), b"new")).payload == b"new"
        assert node.sandbox.processes[0].signals == []
        gate.set()
        assert (await running).payload == b"old"
        await until(lambda: node.sandbox.processes[0].signals)  # it ends when it is free
        assert (await node.functions.invoke(qualified(FUNCTION), b"3")).payload == b"3"
        node.functions.swap({ARN: whole_function(qualified(changed), reserved_concurrency=5)})
        assert (await node.functions.invoke(qualified(changed), b"4")).payload == b"4"
        count = len(node.sandbox.processes)
        node.functions.swap({})
        await until(lambda: all("KILL" in process.signals for process in node.sandbox.processes))
        assert len(node.sandbox.processes) == count


async def test_a_request_with_an_old_snapshot_does_not_disturb_the_new_one(tmp_path: Path) -> None:
    async with running_node(tmp_path) as node:
        changed = replace(FUNCTION, identity="revision-2")
        node.functions.swap({ARN: whole_function(qualified(changed))})
        await node.functions.invoke(qualified(changed), b"1")
        assert (await node.functions.invoke(qualified(FUNCTION), b"2")).payload == b"2"
        await until(lambda: node.sandbox.processes[1].signals)
        await node.functions.invoke(qualified(changed), b"3")
        assert len(node.sandbox.processes) == 2
