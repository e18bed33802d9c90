"""The Runtime API ("Using the Lambda runtime API for custom runtimes", Lambda Developer Guide).

States and error bodies are those that aws/aws-lambda-runtime-interface-emulator answers with.
"""

import asyncio

import orjson
import pytest

from gatewright.base.errors import BodyBroken
from gatewright.base.messages import BytesBody, Headers, Request, Response
from gatewright.functions.failure import RESPONSE_TOO_LARGE, Failure
from gatewright.functions.invocation import Invocation
from gatewright.functions.response_sink import CollectedResponse
from gatewright.functions.runtime_api import RuntimeApi
from gatewright.functions.states import State

from .fakes import ARN

ROOT = "/2018-06-01/runtime"


class FakeEnvironment:
    """The environment as the API sees it."""

    def __init__(self, state: State = State.STARTING) -> None:
        self.state = state
        self.invocation: Invocation | None = None
        self.told: list[tuple[object, ...]] = []
        self.response = CollectedResponse()
        self.api = RuntimeApi(self)

    def begin(self, invocation: Invocation) -> None:
        self.state, self.invocation = State.BUSY, invocation
        self.api.send(invocation, 1_795_400_003_000)

    def runtime_ready(self) -> None:
        self.told.append(("ready",))
        self.state = State.IDLE

    def runtime_answered(self, request_id: str, payload: bytes, function_error: str | None) -> None:
        self.told.append(("answered", request_id, payload, function_error))
        self.state, self.invocation = State.ANSWERED, None

    def runtime_responding(self, request_id: str, content_type: str) -> CollectedResponse:
        self.told.append(("responding", request_id, content_type))
        self.state = State.STREAMING
        self.response = CollectedResponse()
        return self.response

    def response_ended(self, failure: Failure | None = None) -> None:
        broken_off = None if failure is None else failure.payload("id-1")
        self.told.append(("response ended", self.response.conclude(broken_off), failure))
        self.state, self.invocation = State.ANSWERED, None

    def init_failed(self, error_type: str, error: bytes) -> None:
        self.told.append(("init failed", error_type, error))
        self.state = State.FAILED

    def protocol_broken(self, reason: str) -> None:
        raise AssertionError(reason)

    def link_ended(self) -> None:
        self.told.append(("ended",))

    async def call(self, method: str, path: str, body: bytes = b"", **headers: str) -> Response:
        fields = Headers([(name.replace("_", "-"), value) for name, value in headers.items()])
        return await self.api.handle(Request(method, ROOT + path, "", fields, BytesBody(body)))


def invocation(request_id: str = "id-1", client_context: str | None = None) -> Invocation:
    future = asyncio.get_running_loop().create_future()
    return Invocation(request_id, ARN, b'{"q":1}', "Root=1-2-3;Sampled=0", client_context, False, future, 0.0)


def content(response: Response) -> object:
    assert isinstance(response.body, bytes)
    return orjson.loads(response.body)


async def test_next_waits_for_an_invocation() -> None:
    environment = FakeEnvironment()
    poll = asyncio.create_task(environment.call("GET", "/invocation/next"))
    await asyncio.sleep(0)
    assert environment.told == [("ready",)]
    environment.begin(invocation(client_context='{"c":1}'))
    response = await poll
    assert (response.status, response.body) == (200, b'{"q":1}')
    assert list(response.headers) == [
        ("Content-Type", "application/json"),
        ("Lambda-Runtime-Aws-Request-Id", "id-1"),
        ("Lambda-Runtime-Deadline-Ms", "1795400003000"),
        ("Lambda-Runtime-Invoked-Function-Arn", ARN),
        ("Lambda-Runtime-Trace-Id", "Root=1-2-3;Sampled=0"),
        ("Lambda-Runtime-Client-Context", '{"c":1}'),
    ]


async def test_an_invocation_that_is_there_already_is_answered_at_once() -> None:
    class Eager(FakeEnvironment):
        def runtime_ready(self) -> None:
            super().runtime_ready()
            self.begin(invocation())

    assert (await Eager().call("GET", "/invocation/next")).status == 200


async def test_a_runtime_that_gave_up_its_poll_may_ask_again() -> None:
    environment = FakeEnvironment()
    first = asyncio.create_task(environment.call("GET", "/invocation/next"))
    await asyncio.sleep(0)
    second = asyncio.create_task(environment.call("GET", "/invocation/next"))
    assert (await first).status == 403
    environment.begin(invocation())
    assert (await second).status == 200
    assert environment.told == [("ready",)]


async def test_an_invocation_is_not_lost_when_the_poll_broke_off() -> None:
    environment = FakeEnvironment()
    first = asyncio.create_task(environment.call("GET", "/invocation/next"))
    await asyncio.sleep(0)
    first.cancel()
    with pytest.raises(asyncio.CancelledError):
        await first
    environment.begin(invocation())
    assert (await environment.call("GET", "/invocation/next")).status == 200


@pytest.mark.parametrize(("suffix", "error"), [("response", None), ("error", "Unhandled")])
async def test_an_answer(suffix: str, error: str | None) -> None:
    environment = FakeEnvironment(State.IDLE)
    environment.begin(invocation())
    response = await environment.call("POST", f"/invocation/id-1/{suffix}", b'{"a":1}')
    assert (response.status, content(response)) == (202, {"status": "OK"})
    assert environment.told == [("answered", "id-1", b'{"a":1}', error)]


async def test_an_error_without_a_body_has_the_type_of_the_header() -> None:
    environment = FakeEnvironment(State.IDLE)
    environment.begin(invocation())
    await environment.call("POST", "/invocation/id-1/error", Lambda_Runtime_Function_Error_Type="Function.Odd")
    assert environment.told == [("answered", "id-1", b'{"errorType":"Function.Odd","errorMessage":""}', "Unhandled")]


@pytest.mark.parametrize(
    ("mode", "told"),
    [
        ("streaming", [("responding", "id-1", "application/octet-stream"), ("response ended", (b"x", None), None)]),
        ("", [("answered", "id-1", b"x", None)]),
    ],
)
async def test_a_response_is_streamed_when_its_mode_says_so(mode: str, told: list[tuple[object, ...]]) -> None:
    environment = FakeEnvironment(State.IDLE)
    environment.begin(invocation())
    response = await environment.call(
        "POST", "/invocation/id-1/response", b"x", Lambda_Runtime_Function_Response_Mode=mode
    )
    assert response.status == 202
    assert environment.told == told


@pytest.mark.parametrize(
    ("state", "method", "path", "status", "error_type", "message"),
    [
        (State.STREAMING, "GET", "/invocation/next", 403, "InvalidStateTransition", "InvocationResponse to Ready"),
        (State.FAILED, "GET", "/invocation/next", 403, "InvalidStateTransition", "from Ended to Ready"),
        (State.STARTING, "POST", "/invocation/id-1/response", 400, "InvalidRequestID", "Invalid request ID"),
        (State.IDLE, "POST", "/invocation/id-1/error", 400, "InvalidRequestID", "Invalid request ID"),
        (State.ANSWERED, "POST", "/invocation/id-1/response", 403, "InvalidStateTransition", "from ResponseSent to"),
        (State.ANSWERED, "POST", "/invocation/id-1/error", 403, "InvalidStateTransition", "InvocationErrorResponse"),
        (State.ANSWERED, "POST", "/invocation/id-2/error", 400, "InvalidRequestID", "Invalid request ID"),
        (State.SETTLING, "POST", "/invocation/id-1/response", 400, "InvalidRequestID", "Invalid request ID"),
        (State.BUSY, "POST", "/invocation/id-2/response", 400, "InvalidRequestID", "Invalid request ID"),
        (State.BUSY, "POST", "/invocation/id-2/error", 400, "InvalidRequestID", "Invalid request ID"),
        (State.IDLE, "POST", "/init/error", 403, "InvalidStateTransition", "from Ready to InitError"),
    ],
)
async def test_what_is_out_of_turn(
    state: State, method: str, path: str, status: int, error_type: str, message: str
) -> None:
    environment = FakeEnvironment()
    environment.begin(invocation())
    environment.state = state
    response = await environment.call(method, path, b"{}")
    error = content(response)
    assert isinstance(error, dict)
    assert (response.status, error["errorType"]) == (status, error_type)
    assert message in error["errorMessage"]
    assert environment.told == []


async def test_an_unknown_response_mode() -> None:
    environment = FakeEnvironment(State.IDLE)
    environment.begin(invocation())
    response = await environment.call(
        "POST", "/invocation/id-1/response", Lambda_Runtime_Function_Response_Mode="buffered"
    )
    assert (response.status, content(response)) == (
        400,
        {"errorMessage": "Invalid function response mode", "errorType": "InvalidFunctionResponseMode"},
    )
    assert environment.told == [
        ("answered", "id-1", b'{"errorType":"Runtime.InvalidResponseModeHeader","errorMessage":""}', "Unhandled")
    ]


async def test_an_invocation_is_given_again_until_it_is_answered() -> None:
    environment = FakeEnvironment()
    environment.begin(invocation())
    answers = [await environment.call("GET", "/invocation/next") for _ in range(2)]
    assert [answer.headers.get("Lambda-Runtime-Aws-Request-Id") for answer in answers] == ["id-1", "id-1"]


@pytest.mark.parametrize("state", [State.STARTED, State.SETTLING])
async def test_a_runtime_may_ask_again_while_extensions_are_waited_for(state: State) -> None:
    environment = FakeEnvironment(state)
    poll = asyncio.create_task(environment.call("GET", "/invocation/next"))
    await asyncio.sleep(0)
    assert environment.told == []
    environment.begin(invocation())
    assert (await poll).status == 200


@pytest.mark.parametrize(
    ("body", "shown"),
    [
        (
            b'{"errorMessage":"m","errorType":"T","stackTrace":["l"],"errorCause":{"working_directory":"/"}}',
            b'{"errorMessage":"m","errorType":"T","stackTrace":["l"]}',
        ),
        (b"{}", b'{"errorMessage":"","errorType":""}'),
        (b"[]", b'"Invalid error body"'),
        (b"no JSON", b'"Invalid error body"'),
        (b'{"stackTrace":' + b"[" * 600 + b"]" * 600 + b"}", b'"Invalid error body"'),
    ],
)
async def test_the_cause_of_an_error_is_not_for_the_caller(body: bytes, shown: bytes) -> None:
    environment = FakeEnvironment(State.IDLE)
    environment.begin(invocation())
    kind = "application/vnd.aws.lambda.error.cause+json"
    response = await environment.call("POST", "/invocation/id-1/error", body, Content_Type=kind)
    assert response.status == 202
    assert environment.told == [("answered", "id-1", shown, "Unhandled")]


async def test_ping() -> None:
    response = await FakeEnvironment().api.handle(Request("GET", "/2018-06-01/ping", "", Headers()))
    assert (response.status, response.body) == (200, b"pong")


async def test_a_response_that_is_too_large() -> None:
    environment = FakeEnvironment(State.IDLE)
    environment.begin(invocation())
    response = await environment.call("POST", "/invocation/id-1/response", b"x" * 6_291_557)
    assert (response.status, content(response)) == (
        413,
        {
            "errorMessage": "Exceeded maximum allowed payload size (6291556 bytes).",
            "errorType": "RequestEntityTooLarge",
        },
    )
    assert environment.told == [("answered", "id-1", RESPONSE_TOO_LARGE, "Unhandled")]


async def test_a_response_that_breaks_off() -> None:
    class Broken(BytesBody):
        async def __aiter__(self):  # type: ignore[no-untyped-def]
            yield b"x"
            raise BodyBroken("gone")

    environment = FakeEnvironment(State.IDLE)
    environment.begin(invocation())
    request = Request("POST", f"{ROOT}/invocation/id-1/response", "", Headers(), Broken())
    response = await environment.api.handle(request)
    assert (response.status, content(response)) == (
        400,
        {"errorMessage": "HTTP request detected as truncated", "errorType": "TruncatedHTTPRequest"},
    )
    assert environment.told == []


@pytest.mark.parametrize(
    ("named", "error_type"),
    [
        ("Runtime.NoSuchHandler", "Runtime.NoSuchHandler"),
        ("nonsense", "Runtime.Unknown"),
        ("", "Runtime.Unknown"),
        ("Function.odd", "Function.Unknown"),
        ("My.Function.Odd!", "My.Function.Odd!"),
    ],
)
async def test_init_error(named: str, error_type: str) -> None:
    environment = FakeEnvironment()
    response = await environment.call("POST", "/init/error", b"{}", Lambda_Runtime_Function_Error_Type=named)
    assert response.status == 202
    assert environment.told == [("init failed", error_type, b"{}")]


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/nothing", 404),
        ("GET", "/invocation/a/b/response", 404),
        ("POST", "/invocation/next", 405),
        ("GET", "/invocation/id-1/response", 405),
        ("GET", "/init/error", 405),
        ("HEAD", "/invocation/next", 405),
        ("GET", "/restore/next", 404),
        ("POST", "/restore/error", 404),
    ],
)
async def test_other_paths_and_methods(method: str, path: str, status: int) -> None:
    assert (await FakeEnvironment().call(method, path)).status == status


async def test_the_version_belongs_to_the_path() -> None:
    response = await FakeEnvironment().api.handle(Request("GET", "/runtime/invocation/next", "", Headers()))
    assert response.status == 404


async def test_a_poll_that_waits_ends_when_the_environment_does() -> None:
    environment = FakeEnvironment()
    await environment.api.open()
    poll = asyncio.create_task(environment.call("GET", "/invocation/next"))
    await asyncio.sleep(0)
    environment.state = State.STOPPING
    await environment.api.close()
    assert (await poll).status == 403


async def test_a_client_context_stays_one_field() -> None:
    environment = FakeEnvironment()
    environment.begin(invocation(client_context='{"a":\r\n"b"}'))
    response = await environment.call("GET", "/invocation/next")
    assert response.headers.get("Lambda-Runtime-Client-Context") == '{"a": "b"}'
