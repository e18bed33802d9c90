"""Subscribing over HTTP. Source: "Lambda Telemetry API reference"; the emulator's handler `runtimelogs`."""

import socket
import uuid

import orjson
import pytest

from gatewright.base.messages import BytesBody, Headers, Request, Response
from gatewright.functions.extensions.extension import Extension
from gatewright.functions.extensions.registry import Registry
from gatewright.functions.telemetry.api import TelemetryApi
from gatewright.functions.telemetry.subscription import Subscription
from gatewright.functions.telemetry.telemetry import Telemetry
from tests.unit.functions.fakes import FakeClock

TELEMETRY = "/2022-07-01/telemetry"
LOGS = "/2020-08-15/logs"
TCP = {"schemaVersion": "2022-07-01", "types": ["platform"], "destination": {"protocol": "TCP", "port": 1}}
OLDER = {**TCP, "schemaVersion": "2020-08-15"}


class Served:
    """The API with one extension that has registered."""

    def __init__(self) -> None:
        registry = Registry()
        self.identifier = str(uuid.uuid4())
        registry.register("watcher", ["INVOKE"], self.identifier)
        self.is_open = True
        self.sockets = 2
        self.subscribed: list[tuple[str, tuple[str, ...]]] = []
        self.telemetry = Telemetry(FakeClock(), parses_records=False)
        self.api = TelemetryApi(registry, self.telemetry, self.make_socket, lambda: self.is_open, self.note)

    def make_socket(self) -> socket.socket:
        if not self.sockets:
            raise OSError("none left")
        self.sockets -= 1
        return socket.socket()

    def note(self, extension: Extension, subscription: Subscription) -> None:
        self.subscribed.append((extension.name, subscription.types))

    async def put(self, path: str, content: object, identifier: str | None = None, method: str = "PUT") -> Response:
        fields = Headers([("Lambda-Extension-Identifier", self.identifier if identifier is None else identifier)])
        return await self.api.handle(Request(method, path, "", fields, BytesBody(orjson.dumps(content))))


def error(response: Response) -> tuple[int, str]:
    assert isinstance(response.body, bytes)
    return response.status, orjson.loads(response.body)["errorType"]


@pytest.mark.parametrize(("path", "content"), [(TELEMETRY, TCP), (f"{TELEMETRY}/", TCP), (LOGS, OLDER)])
async def test_a_subscription(path: str, content: object) -> None:
    served = Served()
    for _ in range(2):  # the same again is no other one
        response = await served.put(path, content)
        assert (response.status, response.body) == (200, b'"OK"')
    assert served.subscribed == [("watcher", ("platform",))]
    await served.telemetry.close()


@pytest.mark.parametrize(("path", "error_type"), [(TELEMETRY, "ValidationError"), (LOGS, "Logs.ValidationError")])
async def test_an_invalid_one(path: str, error_type: str) -> None:
    assert error(await Served().put(path, {})) == (400, error_type)


@pytest.mark.parametrize(
    ("path", "error_type"), [(TELEMETRY, "Telemetry.SubscriptionClosed"), (LOGS, "Logs.SubscriptionClosed")]
)
async def test_after_init(path: str, error_type: str) -> None:
    served = Served()
    served.is_open = False
    assert error(await served.put(path, TCP)) == (403, error_type)


async def test_only_one_of_the_apis() -> None:
    served = Served()
    await served.put(TELEMETRY, TCP)
    assert error(await served.put(LOGS, OLDER)) == (400, "Logs.ValidationError")
    await served.telemetry.close()


async def test_a_network_without_sockets() -> None:
    served = Served()
    served.sockets = 0
    assert error(await served.put(TELEMETRY, TCP)) == (400, "ValidationError")


@pytest.mark.parametrize(
    ("identifier", "error_type"),
    [
        ("", "Extension.MissingExtensionIdentifier"),
        ("x", "Extension.InvalidExtensionIdentifier"),
        ("00000000-0000-4000-8000-000000000000", "Extension.UnknownExtensionIdentifier"),
    ],
)
async def test_who_is_nobody(identifier: str, error_type: str) -> None:
    assert error(await Served().put(TELEMETRY, TCP, identifier)) == (403, error_type)


@pytest.mark.parametrize(("path", "method", "status"), [(TELEMETRY, "POST", 405), (f"{TELEMETRY}/x", "PUT", 404)])
async def test_other_paths_and_methods(path: str, method: str, status: int) -> None:
    assert (await Served().put(path, TCP, method=method)).status == status


async def test_a_body_that_is_too_large() -> None:
    assert error(await Served().put(TELEMETRY, "x" * 1_048_577)) == (400, "ValidationError")
