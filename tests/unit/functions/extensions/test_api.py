"""The Extensions API: requests and answers.

Checks, their order and bodies are those of aws/aws-lambda-runtime-interface-emulator.
"""

import asyncio
import uuid

import orjson
import pytest

from gatewright.base.errors import BodyBroken
from gatewright.base.messages import Body, BytesBody, Headers, Request, Response
from gatewright.functions.extensions.api import ExtensionApi
from gatewright.functions.extensions.extension import Extension, ExtensionState
from gatewright.functions.extensions.registry import Registry

ABOUT = {"functionName": "orders", "functionVersion": "$LATEST", "handler": "app.handler"}
NOBODY = "00000000-0000-4000-8000-000000000000"


class Served:
    """An API with its registry; hears its own events."""

    def __init__(self, *external: str) -> None:
        self.told: list[tuple[str, ...]] = []
        self.registry = Registry()
        for name in external:
            self.registry.add_external(name, str(uuid.uuid4()))
        self.api = ExtensionApi(self.registry, self, lambda: str(uuid.uuid4()), ABOUT, "123456789012")

    def progressed(self, extension: Extension) -> None:
        self.told.append((extension.state.value, extension.name))

    def failed(self, extension: Extension, error_type: str) -> None:
        self.told.append(("failed", extension.name, error_type))

    async def call(self, method: str, path: str, body: bytes | Body = b"", **headers: str) -> Response:
        fields = Headers([(name.replace("_", "-"), value) for name, value in headers.items()])
        content = BytesBody(body) if isinstance(body, bytes) else body
        return await self.api.handle(Request(method, f"/2020-01-01/extension/{path}", "", fields, content))

    async def register(self, name: str, *events: str, **headers: str) -> str:
        body = orjson.dumps({"events": events})
        response = await self.call("POST", "register", body, Lambda_Extension_Name=name, **headers)
        assert response.status == 200, response.body
        return response.headers.get("Lambda-Extension-Identifier") or ""


def error(response: Response) -> tuple[int, str, str]:
    assert isinstance(response.body, bytes)
    content = orjson.loads(response.body)
    return response.status, content["errorType"], content["errorMessage"]


async def test_registration() -> None:
    served = Served("watcher")
    response = await served.call(
        "POST",
        "register",
        b'{"events":["SHUTDOWN","INVOKE","INVOKE"]}',
        Lambda_Extension_Name="watcher",
        Lambda_Extension_Accept_Feature="other, accountId",
    )
    assert isinstance(response.body, bytes)
    assert orjson.loads(response.body) == {**ABOUT, "accountId": "123456789012"}
    [watcher] = served.registry
    assert response.headers.get("Lambda-Extension-Identifier") == watcher.identifier
    assert [event.value for event in watcher.events] == ["SHUTDOWN", "INVOKE"]
    assert served.told == [("Registered", "watcher")]


async def test_the_name_of_a_file_is_compared_by_its_octets() -> None:
    served = Served("wächter")
    await served.register("wächter".encode().decode("latin-1"), "SHUTDOWN")
    [watcher] = served.registry
    assert (watcher.is_external, watcher.state) == (True, ExtensionState.REGISTERED)


@pytest.mark.parametrize("body", [b"{}", b'{"events":null}', b"null", b'{"events":[],"configurationKeys":[]}'])
async def test_events_may_be_left_out(body: bytes) -> None:
    served = Served("watcher")
    response = await served.call("POST", "register", body, Lambda_Extension_Name="watcher")
    assert response.status == 200
    assert isinstance(response.body, bytes)
    assert "accountId" not in orjson.loads(response.body)


@pytest.mark.parametrize(
    ("name", "body", "error_type", "message"),
    [
        ("", b"{}", "Extension.InvalidExtensionName", "Empty extension name"),
        ("x" * 256, b"{}", "Extension.InvalidExtensionName", "Extension name is too long"),
        ("watcher", b"", "InvalidRequestFormat", "unexpected end of JSON input"),
        ("watcher", b"[", "InvalidRequestFormat", ""),
        ("watcher", b"[]", "InvalidRequestFormat", "json: cannot unmarshal the request body"),
        ("watcher", b'{"events":"INVOKE"}', "InvalidRequestFormat", "json: cannot unmarshal the request body"),
        ("watcher", b'{"events":[1]}', "InvalidRequestFormat", "json: cannot unmarshal the request body"),
        (
            "watcher",
            b'{"configurationKeys":["a"]}',
            "InvalidRequestFormat",
            "configurationKeys are deprecated; use environment variables instead",
        ),
        ("watcher", b" " * 1_048_577, "InvalidRequestFormat", "request body is too large"),
        ("watcher", b'{"events":["NO"]}', "Extension.InvalidEventType", "NO: ErrorInvalidEventType"),
        (
            "inner",
            b'{"events":["INVOKE","SHUTDOWN"]}',
            "Extension.InvalidEventType",
            "SHUTDOWN: ShutdownEventNotSupportedForInternalExtension",
        ),
    ],
)
async def test_registrations_that_are_refused(name: str, body: bytes, error_type: str, message: str) -> None:
    served = Served("watcher")
    status, named, said = error(await served.call("POST", "register", body, Lambda_Extension_Name=name))
    assert (status, named) == (403, error_type)
    assert said == message or not message
    assert served.told == []


async def test_a_registration_that_breaks_off() -> None:
    class Broken(BytesBody):
        async def __aiter__(self):  # type: ignore[no-untyped-def]
            yield b"{"
            raise BodyBroken("gone")

    served = Served("watcher")
    response = await served.call("POST", "register", Broken(), Lambda_Extension_Name="watcher")
    assert error(response)[:2] == (403, "InvalidRequestFormat")


async def test_registering_twice() -> None:
    served = Served("watcher")
    await served.register("watcher")
    await served.register("inner")
    again = await served.call("POST", "register", b"{}", Lambda_Extension_Name="watcher")
    message = "State transition from Registered to Registered failed for extension watcher. "
    assert error(again) == (
        403,
        "Extension.InvalidExtensionState",
        f"{message}Error: State transition is not allowed",
    )
    again = await served.call("POST", "register", b"{}", Lambda_Extension_Name="inner")
    assert error(again) == (
        403,
        "Extension.InvalidExtensionState",
        "Extension with this name already registered",
    )


async def test_registration_closes_for_internal_extensions() -> None:
    served = Served()
    served.registry.is_open = False
    response = await served.call("POST", "register", b"{}", Lambda_Extension_Name="inner")
    assert error(response) == (403, "Extension.RegistrationClosed", "Extension registration closed already")


async def test_the_eleventh_is_refused() -> None:
    served = Served(*(f"e{number}" for number in range(9)))
    await served.register("inner")
    response = await served.call("POST", "register", b"{}", Lambda_Extension_Name="another")
    assert error(response) == (403, "Extension.TooManyExtensions", "Extension limit (10) reached")


async def test_an_event_answers_the_poll() -> None:
    served = Served("watcher")
    identifier = await served.register("watcher", "INVOKE")
    poll = asyncio.create_task(served.call("GET", "event/next", Lambda_Extension_Identifier=identifier.upper()))
    await asyncio.sleep(0)
    [watcher] = served.registry
    assert (watcher.state, served.told[-1]) == (ExtensionState.READY, ("Ready", "watcher"))
    watcher.tell(b'{"eventType":"INVOKE"}')
    response = await poll
    assert (response.status, response.body, watcher.state) == (200, b'{"eventType":"INVOKE"}', ExtensionState.RUNNING)
    assert response.headers.get("Lambda-Extension-Identifier") == identifier
    assert uuid.UUID(response.headers.get("Lambda-Extension-Event-Identifier"))


async def test_an_event_waits_for_the_poll() -> None:
    served = Served("watcher")
    identifier = await served.register("watcher", "INVOKE")
    [watcher] = served.registry
    watcher.tell(b"{}")
    assert watcher.state is ExtensionState.REGISTERED
    response = await served.call("GET", "event/next", Lambda_Extension_Identifier=identifier)
    assert (response.body, watcher.state) == (b"{}", ExtensionState.RUNNING)


async def test_a_second_poll_is_refused() -> None:
    served = Served("watcher")
    identifier = await served.register("watcher")
    poll = asyncio.create_task(served.call("GET", "event/next", Lambda_Extension_Identifier=identifier))
    await asyncio.sleep(0)
    status, error_type, message = error(await served.call("GET", "event/next", Lambda_Extension_Identifier=identifier))
    assert (status, error_type) == (403, "Extension.InvalidExtensionState")
    assert message.startswith(f"State transition from Ready to Ready failed for extension {identifier}. ")
    poll.cancel()


@pytest.mark.parametrize(
    ("identifier", "error_type", "message"),
    [
        ("", "Extension.MissingExtensionIdentifier", "Missing Lambda-Extension-Identifier header"),
        ("watcher", "Extension.InvalidExtensionIdentifier", "Invalid Lambda-Extension-Identifier"),
        (NOBODY, "Extension.UnknownExtensionIdentifier", f"Unknown extension {NOBODY}"),
    ],
)
async def test_who_is_nobody(identifier: str, error_type: str, message: str) -> None:
    served = Served("watcher")
    await served.register("watcher")
    response = await served.call("GET", "event/next", Lambda_Extension_Identifier=identifier)
    assert error(response) == (403, error_type, message)


async def test_who_has_not_registered_is_nobody() -> None:
    served = Served("watcher")
    [watcher] = served.registry
    response = await served.call("GET", "event/next", Lambda_Extension_Identifier=watcher.identifier)
    assert error(response)[1] == "Extension.UnknownExtensionIdentifier"


@pytest.mark.parametrize(
    ("path", "state", "error_type"),
    [
        ("init/error", ExtensionState.INIT_ERROR, "Extension.InitError"),
        ("exit/error", ExtensionState.EXIT_ERROR, "Extension.ExitError"),
    ],
)
async def test_errors(path: str, state: ExtensionState, error_type: str) -> None:
    served = Served("watcher")
    who = {"Lambda_Extension_Identifier": await served.register("watcher")}
    missing = await served.call("POST", path, **who)
    assert error(missing) == (403, "Extension.MissingHeader", "Lambda-Extension-Function-Error-Type not found")
    unknown = await served.call(
        "POST", path, Lambda_Extension_Identifier=NOBODY, Lambda_Extension_Function_Error_Type="Extension.Odd"
    )
    assert error(unknown)[1:] == ("Extension.UnknownExtensionIdentifier", "Unknown Lambda-Extension-Identifier")
    for _ in range(2):  # the first one counts
        response = await served.call("POST", path, **who, Lambda_Extension_Function_Error_Type="Extension.Odd")
        assert (response.status, response.body) == (202, b'{"status":"OK"}')
    [watcher] = served.registry
    assert (watcher.state, watcher.error_type) == (state, "Extension.Odd")
    assert served.told[-1] == ("failed", "watcher", error_type)
    status, refusal, _ = error(await served.call("GET", "event/next", **who))
    assert (status, refusal) == (403, "Extension.InvalidExtensionState")


async def test_init_error_is_only_for_init() -> None:
    served = Served("watcher")
    who = {"Lambda_Extension_Identifier": await served.register("watcher")}
    poll = asyncio.create_task(served.call("GET", "event/next", **who))
    await asyncio.sleep(0)
    response = await served.call("POST", "init/error", **who, Lambda_Extension_Function_Error_Type="Extension.Odd")
    assert error(response)[1] == "Extension.InvalidExtensionState"
    poll.cancel()


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "register", 405), ("POST", "event/next", 405), ("GET", "nothing", 404), ("POST", "", 404)],
)
async def test_other_paths_and_methods(method: str, path: str, status: int) -> None:
    assert (await Served().call(method, path)).status == status
