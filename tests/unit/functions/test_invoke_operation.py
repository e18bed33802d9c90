"""The Invoke and InvokeAsync operations ("Invoke" and "InvokeAsync", Lambda API Reference)."""

import base64
import dataclasses
from dataclasses import replace

import pytest

from gatewright.base.errors import AwsError, OperationNotImplemented
from gatewright.base.operations import Caller, Shape
from gatewright.functions.async_invoke.lineage import extend
from gatewright.functions.errors import EventTooLarge, FunctionGone, InvokeError, TooManyRequests
from gatewright.functions.invocation import InvocationResult
from gatewright.functions.invoke import OPERATIONS, InvokeContext
from gatewright.snapshot.types import QualifiedFunction

from .fakes import ARN, function_version, qualified, whole_function

CALLER = Caller("123456789012", "us-east-1", "request-1")


class FakeFunctions:
    """Remembers what it was asked and answers what it was told."""

    def __init__(self, outcome: InvocationResult | InvokeError) -> None:
        self.outcome = outcome
        self.asked: list[tuple[QualifiedFunction, bytes, dict[str, object]]] = []

    async def invoke(self, function: QualifiedFunction, event: bytes, **options: object) -> InvocationResult:
        self.asked.append((function, event, options))
        if isinstance(self.outcome, InvokeError):
            raise self.outcome
        return self.outcome


def result(function_error: str | None = None, log_tail: bytes = b"") -> InvocationResult:
    return InvocationResult("request-1", b'{"a":1}', function_error, log_tail, "$LATEST", 1.0, 1, 128, 40, None)


class FakeEvents:
    """Keeps events, or refuses them."""

    def __init__(self, refusal: InvokeError | None = None) -> None:
        self.refusal = refusal
        self.kept: list[tuple[QualifiedFunction, bytes, str, str | None]] = []

    async def submit(
        self, target: QualifiedFunction, event: bytes, *, request_id: str, trace_header: str | None = None
    ) -> None:
        if self.refusal is not None:
            raise self.refusal
        self.kept.append((target, event, request_id, trace_header))


def context_of(
    functions: FakeFunctions,
    events: FakeEvents | None = None,
    trace_header: str | None = None,
    recursive_loop: str = "Terminate",
) -> InvokeContext:
    function = whole_function(qualified(function_version()), recursive_loop=recursive_loop)
    caller = replace(CALLER, trace_header=trace_header)
    return InvokeContext(caller, functions, {ARN: function}.get, events or FakeEvents())


async def call(functions: FakeFunctions, **request: object) -> Shape:
    return await OPERATIONS["Invoke"](context_of(functions), {"FunctionName": "orders", **request})


def given(output: Shape) -> dict[str, object]:
    return {name: value for name, value in output.items() if value is not None}


async def test_a_success() -> None:
    functions = FakeFunctions(result())
    output = await call(functions, Payload=b'{"q":1}')
    assert given(output) == {"StatusCode": 200, "ExecutedVersion": "$LATEST", "Payload": b'{"a":1}'}
    assert functions.asked == [
        (
            qualified(function_version()),
            b'{"q":1}',
            {"request_id": "request-1", "trace_header": None, "client_context": None, "wants_log_tail": False},
        )
    ]


async def test_a_function_error_is_a_success_of_the_operation() -> None:
    assert given(await call(FakeFunctions(result("Unhandled"))))["FunctionError"] == "Unhandled"


async def test_the_log_tail() -> None:
    functions = FakeFunctions(result(log_tail=b"START\n"))
    output = await call(functions, LogType="Tail")
    assert base64.b64decode(output["LogResult"]) == b"START\n"
    assert given(await call(functions, LogType="None")).get("LogResult") is None


@pytest.mark.parametrize("payload", [None, b"", b"  \n"])
async def test_no_payload_is_an_empty_object(payload: bytes | None) -> None:
    functions = FakeFunctions(result())
    await call(functions, **({} if payload is None else {"Payload": payload}))
    assert functions.asked[0][1] == b"{}"


@pytest.mark.parametrize(
    ("name", "qualifier", "invoked_arn"),
    [
        ("orders", None, ARN),
        ("orders", "$LATEST", f"{ARN}:$LATEST"),
        ("orders:$LATEST", None, f"{ARN}:$LATEST"),
        ("123456789012:function:orders", None, ARN),
        (ARN, None, ARN),
        (f"{ARN}:$LATEST", "$LATEST", f"{ARN}:$LATEST"),
    ],
)
async def test_the_ways_to_name_a_function(name: str, qualifier: str | None, invoked_arn: str) -> None:
    functions = FakeFunctions(result())
    await call(functions, FunctionName=name, **({"Qualifier": qualifier} if qualifier else {}))
    assert functions.asked[0][0].arn == invoked_arn


@pytest.mark.parametrize(
    ("request_", "code", "message"),
    [
        ({"FunctionName": "absent"}, "ResourceNotFoundException", f"Function not found: {ARN[:-6]}absent:$LATEST"),
        ({"Qualifier": "7"}, "ResourceNotFoundException", f"Function not found: {ARN}:7"),
        ({"FunctionName": "orders:live"}, "ResourceNotFoundException", f"Function not found: {ARN}:live"),
        (
            {"FunctionName": ARN.replace("us-east-1", "eu-west-1")},
            "ResourceNotFoundException",
            "Functions from 'eu-west-1' are not reachable in this region ('us-east-1')",
        ),
        (
            {"FunctionName": ARN.replace("123456789012", "999999999999")},
            "ResourceNotFoundException",
            "Function not found: " + ARN.replace("123456789012", "999999999999") + ":$LATEST",
        ),
        (
            {"FunctionName": "orders:1", "Qualifier": "2"},
            "InvalidParameterValueException",
            "The derived qualifier from the function name does not match the specified qualifier.",
        ),
        ({"Payload": b"{"}, "InvalidRequestContentException", "Could not parse request body into json: "),
        ({"Payload": b"\xff"}, "InvalidRequestContentException", "Could not parse request body into json: "),
        ({"Payload": b"NaN"}, "InvalidRequestContentException", "Could not parse request body into json: "),
        (
            {"ClientContext": "%%%"},
            "InvalidRequestContentException",
            "Client context must be a valid Base64-encoded JSON",
        ),
        ({"ClientContext": "bm8ganNvbg=="}, "InvalidRequestContentException", "Client context must be"),
        (
            {"ClientContext": base64.b64encode(b"[" * 1000 + b"]" * 1000).decode()},
            "InvalidRequestContentException",
            "Client context must be a valid Base64-encoded JSON",
        ),
        ({"ClientContext": "x" * 3584}, "InvalidRequestContentException", "Client context must be smaller than 3583"),
    ],
)
async def test_what_is_wrong_with_a_request(request_: dict[str, object], code: str, message: str) -> None:
    functions = FakeFunctions(result())
    with pytest.raises(AwsError) as caught:
        await call(functions, **request_)
    assert caught.value.code == code
    assert caught.value.message.startswith(message)
    assert functions.asked == []


async def test_what_was_streamed_is_no_json() -> None:
    """As recorded (radkawar/stackd, testdata/aws/lambda/streaming.json: ordinary_throw_…)."""
    for payload, content_type in ((b"A\0\xff", "application/octet-stream"), (b"", None)):
        streamed = dataclasses.replace(result(), payload=payload, is_streamed=True, trace_header="Root=1-2-3;Sampled=0")
        output = await call(FakeFunctions(streamed))
        assert output["ContentType"] == content_type
        assert output["TraceHeader"] == "Root=1-2-3;Sampled=0"
    assert (await call(FakeFunctions(result())))["ContentType"] is None


async def test_a_character_that_was_cut_and_a_message_of_several_lines() -> None:
    """As recorded (radkawar/stackd, testdata/aws/lambda/invocation_tails.json: unicode, error)."""
    functions = FakeFunctions(result(log_tail="😀😀".encode()[3:] + b"[ERROR] a\rTraceback\r  b\nc\r\n"))
    output = await call(functions, LogType="Tail")
    shown = base64.b64decode(str(output["LogResult"])).decode()
    assert shown == "\ufffd😀[ERROR] a\nTraceback\n  b\nc\r\n"


async def test_client_context() -> None:
    functions = FakeFunctions(result())
    await call(functions, ClientContext=base64.b64encode('{"custom":\n{"ü":"b"}}'.encode()).decode())
    assert functions.asked[0][2]["client_context"] == '{"custom": {"\\u00fc": "b"}}'


async def test_a_dry_run_runs_nothing() -> None:
    functions = FakeFunctions(result())
    assert given(await call(functions, InvocationType="DryRun")) == {"StatusCode": 204}
    with pytest.raises(AwsError, match="Function not found"):
        await call(functions, InvocationType="DryRun", FunctionName="absent")
    assert functions.asked == []


@pytest.mark.parametrize(
    ("request_", "named"),
    [
        ({"TenantId": "t"}, "TenantId"),
        ({"DurableExecutionName": "d"}, "Durable"),
    ],
)
async def test_what_is_not_built_says_so(request_: dict[str, object], named: str) -> None:
    with pytest.raises(OperationNotImplemented, match=named):
        await call(FakeFunctions(result()), **request_)


@pytest.mark.parametrize(
    ("error", "code", "status"),
    [
        (EventTooLarge("7 byte payload"), "RequestTooLargeException", 413),
        (TooManyRequests("ConcurrentInvocationLimitExceeded"), "TooManyRequestsException", 429),
        (FunctionGone("gone"), "ResourceNotFoundException", 404),
    ],
)
async def test_refusals_become_errors_of_the_operation(error: InvokeError, code: str, status: int) -> None:
    with pytest.raises(AwsError) as caught:
        await call(FakeFunctions(error))
    assert (caught.value.code, caught.value.status) == (code, status)


class TestEvent:
    """InvocationType Event, and InvokeAsync."""

    async def test_an_event_is_kept_and_nothing_is_run(self) -> None:
        functions, events = FakeFunctions(result()), FakeEvents()
        request = {"FunctionName": "orders", "InvocationType": "Event", "Payload": b'{"q":1}', "LogType": "Tail"}
        output = await OPERATIONS["Invoke"](context_of(functions, events, "Root=1-2-3"), request)
        assert given(output) == {"StatusCode": 202}, "without a payload there is no Content-Type, as AWS has it"
        assert functions.asked == []
        (kept,) = events.kept
        assert (kept[0].arn, *kept[1:]) == (ARN, b'{"q":1}', "request-1", "Root=1-2-3")

    async def test_the_client_context_is_not_looked_at(self) -> None:
        """As recorded (radkawar/stackd, testdata/aws/lambda/event_invocation.json: async_invalid_client_context)."""
        request = {"FunctionName": "orders", "InvocationType": "Event", "ClientContext": "not-base64!"}
        output = await OPERATIONS["Invoke"](context_of(FakeFunctions(result()), FakeEvents()), request)
        assert output["StatusCode"] == 202

    async def test_no_payload_is_an_empty_object(self) -> None:
        events = FakeEvents()
        request = {"FunctionName": "orders", "InvocationType": "Event"}
        await OPERATIONS["Invoke"](context_of(FakeFunctions(result()), events), request)
        assert events.kept[0][1] == b"{}"

    async def test_the_older_operation_continues_no_trace(self) -> None:
        events = FakeEvents()
        request = {"FunctionName": "orders", "InvokeArgs": b"[1]"}
        output = await OPERATIONS["InvokeAsync"](context_of(FakeFunctions(result()), events, "Root=1-2-3"), request)
        assert output == {"Status": 202}
        assert events.kept[0][1:] == (b"[1]", "request-1", None)

    @pytest.mark.parametrize(
        ("operation", "request_", "limit"),
        [
            ("Invoke", {"InvocationType": "Event", "Payload": b'"' + b"x" * 1_048_575 + b'"'}, 1_048_576),
            ("InvokeAsync", {"InvokeArgs": b'"' + b"x" * 262_143 + b'"'}, 262_144),
        ],
    )
    async def test_events_are_smaller_than_those_of_synchronous_invocations(
        self, operation: str, request_: dict[str, object], limit: int
    ) -> None:
        events = FakeEvents()
        with pytest.raises(AwsError) as refused:
            await OPERATIONS[operation](
                context_of(FakeFunctions(result()), events), {"FunctionName": "orders"} | request_
            )
        # As recorded (radkawar/stackd, testdata/aws/lambda/invoke_async.json: over_limit).
        named = "RequestEntityTooLarge" if operation == "InvokeAsync" else "RequestTooLarge"
        assert (refused.value.code, refused.value.status) == (f"{named}Exception", 413)
        text = f"{limit + 1} byte payload is too large for the Event invocation type (limit {limit} bytes)"
        assert refused.value.message == text
        assert events.kept == []

    @pytest.mark.parametrize(
        ("request_", "code"),
        [
            ({"FunctionName": "absent"}, "ResourceNotFoundException"),
            ({"Payload": b"{"}, "InvalidRequestContentException"),
        ],
    )
    async def test_what_is_wrong_with_a_request_is_said_at_once(self, request_: dict[str, object], code: str) -> None:
        events = FakeEvents()
        request = {"FunctionName": "orders", "InvocationType": "Event", **request_}
        with pytest.raises(AwsError) as refused:
            await OPERATIONS["Invoke"](context_of(FakeFunctions(result()), events), request)
        assert refused.value.code == code
        assert events.kept == []

    async def test_an_event_that_cannot_be_kept_is_refused(self) -> None:
        events = FakeEvents(TooManyRequests("CallerRateLimitExceeded"))
        request = {"FunctionName": "orders", "InvocationType": "Event"}
        with pytest.raises(AwsError) as refused:
            await OPERATIONS["Invoke"](context_of(FakeFunctions(result()), events), request)
        assert (refused.value.code, refused.value.members["Reason"]) == (
            "TooManyRequestsException",
            "CallerRateLimitExceeded",
        )


class TestTrace:
    """The trace header of a call ("Use Lambda recursive loop detection to prevent infinite loops")."""

    async def test_the_function_continues_the_trace_of_its_caller(self) -> None:
        functions = FakeFunctions(result())
        context = context_of(functions, trace_header="Root=1-2-3;Parent=4;Sampled=1")
        await OPERATIONS["Invoke"](context, {"FunctionName": "orders"})
        assert functions.asked[0][2]["trace_header"] == extend("Root=1-2-3;Parent=4;Sampled=1", ARN).trace_header

    async def test_a_loop_of_synchronous_invocations_is_stopped(self) -> None:
        functions, trace_header = FakeFunctions(result()), "Root=1-2-3"
        for _ in range(16):
            await OPERATIONS["Invoke"](context_of(functions, trace_header=trace_header), {"FunctionName": "orders"})
            trace_header = str(functions.asked[-1][2]["trace_header"])
        with pytest.raises(AwsError) as stopped:
            await OPERATIONS["Invoke"](context_of(functions, trace_header=trace_header), {"FunctionName": "orders"})
        assert stopped.value.code == "RecursiveInvocationException"

    async def test_a_loop_may_be_allowed(self) -> None:
        functions = FakeFunctions(result())
        header = "Root=1-2-3"
        for _ in range(40):
            header = extend(header, ARN).trace_header
        context = context_of(functions, trace_header=header, recursive_loop="Allow")
        assert (await OPERATIONS["Invoke"](context, {"FunctionName": "orders"}))["StatusCode"] == 200
