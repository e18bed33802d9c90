"""Parameter mapping of REST APIs, compiled.

Sources: "Parameter mapping source reference for REST APIs in API Gateway" and its examples, "Gateway response
customization". What goes wrong in a definition is said by `rest_mapping_checks`; here it is one `MappingError`.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import Enum
from types import MappingProxyType
from typing import Protocol

from gatewright.languages.jayway import MISSING, Path, PathError, compile_path, write_json

MappedValue = str | list[str] | None
"""A parameter's value, several of them, or None where there is none."""


class MappingError(ValueError):
    """An expression that is none, or that cannot stand where it stands."""


class Location(Enum):
    """Where a value goes."""

    HEADER = "header"
    QUERYSTRING = "querystring"
    PATH = "path"


class Source(Protocol):
    """What expressions read: a request, or an integration's response with its request."""

    def header(self, name: str) -> str | None: ...

    def multi_header(self, name: str) -> list[str]: ...

    def querystring(self, name: str) -> str | None: ...

    def multi_querystring(self, name: str) -> list[str]: ...

    def path_parameter(self, name: str) -> str | None: ...

    def body(self) -> bytes: ...

    def body_json(self) -> object:
        """Return the body as a document; one that begins like JSON and is none ends the request."""
        ...

    def select(self, path: Path) -> object:
        """Return what a path selects of that document, `MISSING` for nothing; too long a search ends the request."""
        ...

    def context(self, name: str) -> str | None: ...

    def stage_variable(self, name: str) -> str | None: ...


Read = Callable[[Source], MappedValue]


@dataclass(frozen=True, slots=True)
class Value:
    """A compiled expression."""

    expression: str
    read: Read


@dataclass(frozen=True, slots=True)
class Mapping:
    """A compiled line of a mapping: where to, under which name, and what."""

    location: Location
    name: str
    value: Value


def compile_request_mappings(parameters: Iterable[tuple[str, str]]) -> tuple[Mapping, ...]:
    """Compile `integration.request.header.x` → `method.request.querystring.y` and the like. Raises `MappingError`."""
    return tuple(
        Mapping(*_destination(to, "integration.request.", tuple(Location)), compile_request_value(expression))
        for to, expression in parameters
    )


def compile_response_mappings(parameters: Iterable[tuple[str, str]]) -> tuple[Mapping, ...]:
    """Compile `method.response.header.x` → `integration.response.body.y` and the like. Raises `MappingError`."""
    return tuple(
        Mapping(*_destination(to, "method.response.", (Location.HEADER,)), _value(expression, "integration.response."))
        for to, expression in parameters
    )


def compile_gateway_response_mappings(parameters: Iterable[tuple[str, str]]) -> tuple[Mapping, ...]:
    """Compile `gatewayresponse.header.x` → `method.request.path.y` and the like. Raises `MappingError`."""
    return tuple(
        Mapping(*_destination(to, "gatewayresponse.", (Location.HEADER,)), compile_request_value(expression))
        for to, expression in parameters
    )


def compile_request_value(expression: str) -> Value:
    """Compile what a request is read by. Raises `MappingError`."""
    return _value(expression, "method.request.")


def _destination(text: str, prefix: str, allowed: tuple[Location, ...]) -> tuple[Location, str]:
    place, _, name = text.removeprefix(prefix).partition(".")
    for location in allowed:
        if text.startswith(prefix) and place == location.value and name:
            return location, name
    raise MappingError(f"Invalid mapping expression parameter specified: {text}")


def _value(expression: str, prefix: str) -> Value:
    read = _literal(expression) or _variable(expression) or _of_message(expression, prefix)
    if read is None:
        raise MappingError(f"Invalid mapping expression specified: {expression}")
    return Value(expression, read)


def _literal(expression: str) -> Read | None:
    if len(expression) < 2 or not (expression.startswith("'") and expression.endswith("'")):
        return None
    text = expression[1:-1]
    return lambda _: text


def _variable(expression: str) -> Read | None:
    kind, _, name = expression.partition(".")
    if not name:
        return None
    if kind == "context":
        return lambda source: source.context(name)
    if kind == "stageVariables":
        return lambda source: source.stage_variable(name)
    return None


def _of_message(expression: str, prefix: str) -> Read | None:
    if not expression.startswith(prefix):
        return None
    rest = expression.removeprefix(prefix)
    kind, _, name = rest.partition(".")
    if kind == "body" or rest.startswith("body["):
        return _of_body(expression, rest.removeprefix("body"))
    reader = _READERS.get(kind) if name else None
    if reader is None or (prefix == "integration.response." and "header" not in kind):
        return None
    return lambda source: reader(source, name)


def _of_body(expression: str, path: str) -> Read:
    if not path:
        return _read_body
    try:
        compiled = compile_path(path.removeprefix("."))
    except PathError as error:
        raise MappingError(f"Invalid mapping expression specified: {expression}") from error
    return lambda source: _selected(compiled, source)


def _read_body(source: Source) -> str:
    # An absent body reads as "{}", and one that only begins like JSON ends the request even where it is taken whole
    # (both observed against AWS by localstack's tests of its mapper).
    source.body_json()
    return source.body().decode("utf-8", "replace") or "{}"


def _selected(path: Path, source: Source) -> str | None:
    value = source.select(path)
    if value is MISSING or value is None:
        return None
    return value if isinstance(value, str) else write_json(value)


def _read_header(source: Source, name: str) -> MappedValue:
    return source.header(name)


def _read_headers(source: Source, name: str) -> MappedValue:
    return ",".join(source.multi_header(name)) or None


def _read_path(source: Source, name: str) -> MappedValue:
    return source.path_parameter(name)


def _read_query(source: Source, name: str) -> MappedValue:
    return source.querystring(name)


def _read_queries(source: Source, name: str) -> MappedValue:
    return source.multi_querystring(name) or None


_READERS: MappingProxyType[str, Callable[[Source, str], MappedValue]] = MappingProxyType(
    {
        "header": _read_header,
        "multivalueheader": _read_headers,
        "path": _read_path,
        "querystring": _read_query,
        "multivaluequerystring": _read_queries,
    }
)
