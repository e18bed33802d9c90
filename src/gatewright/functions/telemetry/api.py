"""Subscribing over HTTP: `PUT /2022-07-01/telemetry`, and `PUT /2020-08-15/logs` of the older Logs API.

Checks, their order and the answers of 403 are those of aws/aws-lambda-runtime-interface-emulator (`runtimelogs`), the
answers of 400 those of "Lambda Telemetry API reference".
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

import orjson

from gatewright.base.errors import BodyError
from gatewright.base.messages import Headers, Request, Response, text_response
from gatewright.functions.extensions.api import identified, refused
from gatewright.functions.extensions.extension import Extension, ExtensionRefused
from gatewright.functions.extensions.registry import Registry
from gatewright.functions.telemetry.delivery import Delivery, MakeSocket
from gatewright.functions.telemetry.subscription import (
    Dialect,
    InvalidSubscription,
    Subscription,
    parse_subscription,
)
from gatewright.functions.telemetry.telemetry import Telemetry

_JSON: Final = "application/json"
_MAX_BODY_BYTES: Final = 1 << 20
_ERROR_TYPES: Final[Mapping[Dialect, str]] = MappingProxyType(
    {Dialect.TELEMETRY: "ValidationError", Dialect.LOGS: "Logs.ValidationError"}
)
PATHS: Final[Mapping[str, Dialect]] = MappingProxyType(
    {
        "/2022-07-01/telemetry": Dialect.TELEMETRY,
        "/2022-07-01/telemetry/": Dialect.TELEMETRY,  # as the reference writes it
        "/2020-08-15/logs": Dialect.LOGS,
    }
)


class TelemetryApi:
    """Serves the extensions of one environment."""

    __slots__ = ("_is_open", "_make_socket", "_registry", "_subscribed", "_telemetry")

    def __init__(
        self,
        registry: Registry,
        telemetry: Telemetry,
        make_socket: MakeSocket,
        is_open: Callable[[], bool],
        subscribed: Callable[[Extension, Subscription], None],
    ) -> None:
        """Subscribing is possible while `is_open`: during INIT."""
        self._registry = registry
        self._telemetry = telemetry
        self._make_socket = make_socket
        self._is_open = is_open
        self._subscribed = subscribed

    async def handle(self, request: Request) -> Response:
        """Serve one request."""
        dialect = PATHS.get(request.path)
        if dialect is None:
            return text_response(404, "404 page not found\n", "text/plain; charset=utf-8")
        if request.method != "PUT":
            return Response(405, Headers())
        try:
            extension = identified(self._registry, request)
            body = await _body(request)
            self._check_open(dialect)
            subscription = parse_subscription(dialect, body)
            await self._subscribe(extension, subscription)
        except ExtensionRefused as refusal:
            return refused(refusal)
        except InvalidSubscription as problem:
            content = {"errorType": _ERROR_TYPES[dialect], "errorMessage": str(problem)}
            return Response(400, Headers([("Content-Type", _JSON)]), orjson.dumps(content))
        return Response(200, Headers([("Content-Type", _JSON)]), b'"OK"')

    async def _subscribe(self, extension: Extension, subscription: Subscription) -> None:
        present = self._telemetry.subscription_of(extension.name)
        if present == subscription:
            return
        if present is not None and present.dialect is not subscription.dialect:
            raise InvalidSubscription(f"the extension has subscribed to the {present.dialect.value} API already")
        try:
            delivery = Delivery(self._make_socket, subscription.destination)
        except OSError as error:
            raise InvalidSubscription(f"Invalid destination: {error}") from error
        await self._telemetry.subscribe(extension.name, subscription, delivery)
        self._subscribed(extension, subscription)

    def _check_open(self, dialect: Dialect) -> None:
        if not self._is_open():
            message = f"{dialect.value} API subscription is closed"
            raise ExtensionRefused(f"{dialect.value}.SubscriptionClosed", message)


async def _body(request: Request) -> bytes:
    content = bytearray()
    try:
        async for piece in request.body:
            if len(content) <= _MAX_BODY_BYTES:
                content += piece
    except BodyError as error:
        raise InvalidSubscription(f"Failed to read request body: {error}") from error
    if len(content) > _MAX_BODY_BYTES:
        raise InvalidSubscription("request body is too large")
    return bytes(content)
