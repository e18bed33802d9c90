"""What an extension asks for when it subscribes, checked.

Sources: "Lambda Telemetry API reference" and, for the older API that speaks another version of the same events, "Using
the Lambda Logs API", Lambda Developer Guide; limits and defaults of the buffer are those of "Accessing real-time
telemetry data for extensions using the Telemetry API".
"""

import enum
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final
from urllib.parse import urlsplit

import orjson

from gatewright.base.errors import GatewrightError


class Dialect(enum.Enum):
    """Which of the two APIs; the value begins its error types."""

    TELEMETRY = "Telemetry"
    LOGS = "Logs"


@dataclass(frozen=True, slots=True)
class Destination:
    """A listener inside the environment's network."""

    protocol: str
    """`HTTP` or `TCP`."""
    port: int
    target: str = "/"
    """HTTP: the request target."""
    authority: str = ""
    """HTTP: the value of Host."""
    method: str = "POST"


@dataclass(frozen=True, slots=True)
class Buffering:
    """When a batch is sent."""

    max_items: int = 10_000
    max_bytes: int = 262_144
    timeout_ms: int = 1000


@dataclass(frozen=True, slots=True)
class Subscription:
    """A valid request."""

    dialect: Dialect
    schema_version: str
    types: tuple[str, ...]
    destination: Destination
    buffering: Buffering


class InvalidSubscription(GatewrightError):
    """The request is refused; the text says all that is wrong with it."""


_VERSIONS: Final[Mapping[Dialect, tuple[str, ...]]] = MappingProxyType(
    {
        Dialect.TELEMETRY: ("2022-07-01", "2022-12-13", "2025-01-29"),
        Dialect.LOGS: ("2020-08-15", "2021-03-18"),
    }
)
_TYPES: Final = ("platform", "function", "extension")
_HOSTS: Final = frozenset({"sandbox.localdomain", "sandbox"})
_LIMITS: Final = (
    ("maxItems", "max_items", 1000, 10_000),
    ("maxBytes", "max_bytes", 262_144, 1_048_576),
    ("timeoutMs", "timeout_ms", 25, 30_000),
)
_METHODS: Final = ("POST", "PUT")


def parse_subscription(dialect: Dialect, body: bytes) -> Subscription:
    """Return what the body of a subscription asks for. Raises `InvalidSubscription`."""
    try:
        content = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise InvalidSubscription(f"failed to parse JSON: {error}") from error
    if not isinstance(content, dict):
        raise InvalidSubscription("request body should be an object")
    problems: list[str] = []
    version = _schema_version(dialect, content, problems)
    types = _types(content.get("types"), problems)
    destination = _destination(dialect, content.get("destination"), problems)
    buffering = _buffering(content.get("buffering"), problems)
    if problems or destination is None:
        raise InvalidSubscription("; ".join(problems))
    return Subscription(dialect, version, types, destination, buffering)


def _schema_version(dialect: Dialect, content: Mapping[str, Any], problems: list[str]) -> str:
    known = _VERSIONS[dialect]
    version = content.get("schemaVersion", known[0] if dialect is Dialect.LOGS else None)
    if version is None:
        problems.append("schemaVersion is not provided")
    elif version not in known:
        problems.append(f"schemaVersion should be one of {', '.join(known)}")
    return str(version)


def _types(types: object, problems: list[str]) -> tuple[str, ...]:
    if not isinstance(types, list) or not types:
        problems.append("types should not be empty")
        return ()
    if any(each not in _TYPES for each in types):
        problems.append(f"types should be of {', '.join(_TYPES)}")
        return ()
    return tuple(dict.fromkeys(types))


def _destination(dialect: Dialect, destination: object, problems: list[str]) -> Destination | None:
    if not isinstance(destination, dict):
        problems.append("destination is not provided")
        return None
    protocol = destination.get("protocol")
    if protocol == "TCP":
        port = destination.get("port")
        if isinstance(port, int) and not isinstance(port, bool) and 0 < port < 65_536:
            return Destination("TCP", port)
        problems.append("port is not provided")
    elif protocol == "HTTP":
        return _http_destination(dialect, destination, problems)
    else:
        problems.append("protocol should be HTTP or TCP")
    return None


def _http_destination(dialect: Dialect, destination: Mapping[str, Any], problems: list[str]) -> Destination | None:
    uri = destination.get("URI")
    if not isinstance(uri, str) or not uri:
        problems.append("URI is not provided")
        return None
    method = destination.get("method", "POST") if dialect is Dialect.LOGS else "POST"
    if method not in _METHODS:
        problems.append("method should be POST or PUT")
    try:
        parts = urlsplit(uri)
        port = parts.port
    except ValueError:
        problems.append("URI is malformed")
        return None
    if not uri.isascii() or not uri.isprintable() or " " in uri:
        problems.append("URI is malformed")
    if parts.scheme != "http":
        problems.append("URI scheme should be http")
    if parts.hostname not in _HOSTS:
        problems.append("URI host should be sandbox.localdomain")
    if not port:
        problems.append("URI port is not provided")
        return None
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Destination("HTTP", port, target, f"{parts.hostname}:{port}", str(method))


def _buffering(buffering: object, problems: list[str]) -> Buffering:
    if buffering is None:
        return Buffering()
    if not isinstance(buffering, dict):
        problems.append("buffering should be an object")
        return Buffering()
    values: dict[str, int] = {}
    for name, attribute, least, most in _LIMITS:
        value = buffering.get(name)
        if value is None:
            continue
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            problems.append(f"{name} should be between {least} and {most}")
        else:
            values[attribute] = value
    return Buffering(**values)
