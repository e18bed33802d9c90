"""The Extensions API over HTTP: `/2020-01-01/extension/…` on the listener of the Runtime API.

Paths, checks, their order, status codes and bodies are those of aws/aws-lambda-runtime-interface-emulator (its handlers
`agentregister`, `agentnext`, `agentiniterror`, `agentexiterror` and its middleware); what they mean is in "Using the
Lambda Extensions API to create extensions", Lambda Developer Guide.
"""

import uuid
from collections.abc import Awaitable, Callable, Mapping
from types import MappingProxyType
from typing import Final, Protocol

import orjson

from gatewright.base.errors import BodyError
from gatewright.base.messages import Headers, Request, Response, text_response
from gatewright.functions.extensions.extension import Extension, ExtensionRefused, ExtensionState
from gatewright.functions.extensions.registry import Registry

PREFIX: Final = "/2020-01-01/extension/"
IDENTIFIER: Final = "Lambda-Extension-Identifier"
_NAME: Final = "Lambda-Extension-Name"
_ERROR_TYPE: Final = "Lambda-Extension-Function-Error-Type"
_FEATURES: Final = "Lambda-Extension-Accept-Feature"
_ACCOUNT_ID: Final = "accountId"
_JSON: Final = "application/json"
_MAX_BODY_BYTES: Final = 1 << 20
_MAX_NAME_CHARACTERS: Final = 255
"""Of a file name."""


class ExtensionApiEvents(Protocol):
    """What the API tells of."""

    def progressed(self, extension: Extension) -> None:
        """It registered, or asks for its next event."""
        ...

    def failed(self, extension: Extension, error_type: str) -> None:
        """It reported an error; `error_type` is Lambda's. Its process should be ending."""
        ...


class ExtensionApi:
    """Serves the extensions of one environment."""

    __slots__ = ("_account_id", "_events", "_function", "_make_identifier", "_registry")

    def __init__(
        self,
        registry: Registry,
        events: ExtensionApiEvents,
        make_identifier: Callable[[], str],
        function: Mapping[str, str],
        account_id: str,
    ) -> None:
        """`function` is what the answer to a registration says of the function."""
        self._registry = registry
        self._events = events
        self._make_identifier = make_identifier
        self._function = function
        self._account_id = account_id

    async def handle(self, request: Request) -> Response:
        """Serve one request."""
        route = _ROUTES.get(request.path.removeprefix(PREFIX))
        if route is None:
            return text_response(404, "404 page not found\n", "text/plain; charset=utf-8")
        method, handler = route
        if request.method != method:
            return Response(405, Headers())
        try:
            return await handler(self, request)
        except ExtensionRefused as refusal:
            return refused(refusal)

    async def _register(self, request: Request) -> Response:
        name = _file_name(request.headers.get(_NAME) or "")
        if not name:
            raise ExtensionRefused("Extension.InvalidExtensionName", "Empty extension name")
        if len(name) > _MAX_NAME_CHARACTERS:
            raise ExtensionRefused("Extension.InvalidExtensionName", "Extension name is too long")
        events = _events(await _body(request))
        extension = self._registry.register(name, events, self._make_identifier())
        content = dict(self._function)
        features = (request.headers.get(_FEATURES) or "").split(",")
        if _ACCOUNT_ID in (feature.strip() for feature in features):
            content[_ACCOUNT_ID] = self._account_id
        self._events.progressed(extension)
        headers = Headers([(IDENTIFIER, extension.identifier), ("Content-Type", _JSON)])
        return Response(200, headers, orjson.dumps(content))

    async def _next(self, request: Request) -> Response:
        extension = identified(self._registry, request)
        extension.enter(ExtensionState.READY, extension.identifier)
        self._events.progressed(extension)
        event = await extension.next_event()
        headers = Headers(
            [
                (IDENTIFIER, extension.identifier),
                ("Lambda-Extension-Event-Identifier", self._make_identifier()),
                ("Content-Type", _JSON),
            ]
        )
        return Response(200, headers, event)

    async def _init_error(self, request: Request) -> Response:
        return await self._report(request, ExtensionState.INIT_ERROR, "Extension.InitError")

    async def _exit_error(self, request: Request) -> Response:
        return await self._report(request, ExtensionState.EXIT_ERROR, "Extension.ExitError")

    async def _report(self, request: Request, state: ExtensionState, error_type: str) -> Response:
        identifier_of(request)
        named = request.headers.get(_ERROR_TYPE) or ""
        if not named:
            raise ExtensionRefused("Extension.MissingHeader", f"{_ERROR_TYPE} not found")
        extension = identified(self._registry, request, unknown=f"Unknown {IDENTIFIER}")
        extension.enter(state, extension.identifier)
        extension.error_type = extension.error_type or named[:_MAX_NAME_CHARACTERS]
        self._events.failed(extension, error_type)
        return Response(202, Headers([("Content-Type", _JSON)]), b'{"status":"OK"}')


_Route = Callable[[ExtensionApi, Request], Awaitable[Response]]
_ROUTES: Final[Mapping[str, tuple[str, _Route]]] = MappingProxyType(
    {
        "register": ("POST", ExtensionApi._register),  # noqa: SLF001 (its own)
        "event/next": ("GET", ExtensionApi._next),  # noqa: SLF001
        "init/error": ("POST", ExtensionApi._init_error),  # noqa: SLF001
        "exit/error": ("POST", ExtensionApi._exit_error),  # noqa: SLF001
    }
)


def identifier_of(request: Request) -> str:
    """Return the identifier that a request names. Raises `ExtensionRefused` when it has the wrong form."""
    identifier = request.headers.get(IDENTIFIER) or ""
    if not identifier:
        raise ExtensionRefused("Extension.MissingExtensionIdentifier", f"Missing {IDENTIFIER} header")
    try:
        return str(uuid.UUID(identifier))
    except ValueError:
        raise ExtensionRefused("Extension.InvalidExtensionIdentifier", f"Invalid {IDENTIFIER}") from None


def identified(registry: Registry, request: Request, *, unknown: str | None = None) -> Extension:
    """Return the extension that sends a request. Raises `ExtensionRefused`."""
    identifier = identifier_of(request)
    extension = registry.of(identifier)
    if extension is None or extension.state is ExtensionState.STARTED:
        raise ExtensionRefused("Extension.UnknownExtensionIdentifier", unknown or f"Unknown extension {identifier}")
    return extension


def refused(refusal: ExtensionRefused) -> Response:
    """Return the answer to a request that is refused."""
    content = {"errorMessage": str(refusal), "errorType": refusal.error_type}
    return Response(403, Headers([("Content-Type", _JSON)]), orjson.dumps(content))


def _file_name(value: str) -> str:
    """Return the octets of a field's value as the name of a file."""
    return value.encode("latin-1", "replace").decode("utf-8", "replace")


async def _body(request: Request) -> bytes:
    content = bytearray()
    try:
        async for piece in request.body:
            if len(content) <= _MAX_BODY_BYTES:
                content += piece
    except BodyError as error:
        raise ExtensionRefused("InvalidRequestFormat", str(error)) from error
    if len(content) > _MAX_BODY_BYTES:
        raise ExtensionRefused("InvalidRequestFormat", "request body is too large")
    return bytes(content)


def _events(body: bytes) -> list[str]:
    """Return the events that the body of a registration names. Raises `ExtensionRefused`."""
    if not body:
        raise ExtensionRefused("InvalidRequestFormat", "unexpected end of JSON input")
    try:
        content = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise ExtensionRefused("InvalidRequestFormat", str(error)) from error
    content = {} if content is None else content
    events = content.get("events") if isinstance(content, dict) else None
    events = [] if events is None else events
    if not isinstance(content, dict) or not isinstance(events, list) or not all(isinstance(e, str) for e in events):
        raise ExtensionRefused("InvalidRequestFormat", "json: cannot unmarshal the request body")
    if content.get("configurationKeys"):
        message = "configurationKeys are deprecated; use environment variables instead"
        raise ExtensionRefused("InvalidRequestFormat", message)
    return events
