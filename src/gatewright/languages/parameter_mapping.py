"""Parameter mapping of HTTP APIs, compiled: `append|overwrite|remove:location` to a value.

Source: "Transform API requests and responses for HTTP APIs in API Gateway" (API Gateway Developer Guide).

    value        static text, `$request.header.x`, `$request.querystring.x`, `$request.body.json.path`, `$request.path`,
                 `$request.path.x`, `$response.header.x`, `$response.body.x`, `$context.x`, `$stageVariables.x`;
                 several of them, and text between, as `${request.path.a}-${context.requestId}`
    MappingError a mapping that cannot be compiled

Every value reads the message as it came, so a header can be renamed by one `append` and one `remove`. A value that
selects nothing changes nothing; within text it is empty.
"""

import enum
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Protocol

import orjson

from gatewright.languages.json_path import MISSING, JsonPathError, compile_json_path

# "When you specify a JSON path, API Gateway truncates the request body at 100 KB and then applies the selection
# expression." What is cut off is no longer JSON and selects nothing.
BODY_LIMIT_BYTES = 100 * 1024

_KEY = re.compile(
    r"(?P<action>append|overwrite|remove):(?P<location>header|querystring|path|statuscode)(?:\.(?P<name>.+))?"
)
_HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_SELECTION = re.compile(r"\$(?P<expression>(?:request|response|context|stageVariables)(?:[.\[][^\s${}]*)?)")
_EMBEDDED = re.compile(r"\$\{(?P<expression>[^{}]*)\}")

_RESERVED_PREFIXES = ("access-control-", "apigw-", "x-amz-", "x-amzn-")
_RESERVED_HEADERS = frozenset(
    {
        "authorization",
        "connection",
        "content-encoding",
        "content-length",
        "content-location",
        "forwarded",
        "keep-alive",
        "origin",
        "proxy-authenticate",
        "proxy-authorization",
        "te",
        "trailers",
        "transfer-encoding",
        "upgrade",
        "x-forwarded-for",
        "x-forwarded-host",
        "x-forwarded-proto",
        "via",
    }
)


class MappingError(ValueError):
    """A mapping that API Gateway would refuse, in one sentence."""


class Source(Protocol):
    """What the values of a mapping read. Every method returns None for what is not there."""

    def header(self, name: str) -> str | None:
        """Return a header's values joined with commas; `name` is in lower case."""
        ...

    def querystring(self, name: str) -> str | None:
        """Return a query parameter's decoded values joined with commas."""
        ...

    def body(self) -> bytes:
        """Return the whole body."""
        ...

    def path(self) -> str:
        """Return the request's path, without the stage."""
        ...

    def path_parameter(self, name: str) -> str | None:
        """Return a decoded path parameter."""
        ...

    def context(self, name: str) -> str | None:
        """Return a context variable, such as `identity.sourceIp`."""
        ...

    def stage_variable(self, name: str) -> str | None:
        """Return a stage variable."""
        ...


Selection = Callable[[Source], str | None]


class Action(enum.Enum):
    """What a mapping does to its location."""

    APPEND = "append"
    OVERWRITE = "overwrite"
    REMOVE = "remove"


class Location(enum.Enum):
    """What a mapping changes."""

    HEADER = "header"
    QUERYSTRING = "querystring"
    PATH = "path"
    STATUS_CODE = "statuscode"


@dataclass(frozen=True, slots=True)
class Value:
    """The value of a mapping, compiled: parts to be read and joined."""

    parts: tuple[str | Selection, ...]
    reads_body: bool
    is_selection: bool
    """One selection alone: it yields None where it selects nothing."""

    def read(self, source: Source) -> str | None:
        """Return the value, or None for nothing."""
        if self.is_selection:
            selection = self.parts[0]
            return selection if isinstance(selection, str) else selection(source)
        return "".join([part if isinstance(part, str) else part(source) or "" for part in self.parts])


@dataclass(frozen=True, slots=True)
class Mapping:
    """One line of a parameter mapping, compiled. A header's `name` is as written; look-ups ignore its case."""

    action: Action
    location: Location
    name: str
    value: Value


def compile_request_mappings(parameters: Iterable[tuple[str, str]]) -> tuple[Mapping, ...]:
    """Compile RequestParameters. Raises `MappingError`."""
    locations = (Location.HEADER, Location.QUERYSTRING, Location.PATH)
    return tuple(_compile_mapping(key, value, locations, ("request",)) for key, value in parameters)


def compile_response_mappings(parameters: Iterable[tuple[str, str]]) -> tuple[Mapping, ...]:
    """Compile the ResponseParameters of one status code. Raises `MappingError`."""
    # The page's table writes `$request.header.name` for responses, later editions `$response.header.name`.
    roots = ("request", "response")
    return tuple(
        _compile_mapping(key, value, (Location.HEADER, Location.STATUS_CODE), roots) for key, value in parameters
    )


def is_reserved_header(name: str) -> bool:
    """Tell whether no mapping may touch a header ("Reserved headers")."""
    lowered = name.lower()
    return lowered in _RESERVED_HEADERS or lowered.startswith(_RESERVED_PREFIXES)


def _compile_mapping(key: str, value: str, locations: tuple[Location, ...], roots: tuple[str, ...]) -> Mapping:
    match = _KEY.fullmatch(key)
    if match is None:
        raise MappingError(f"Invalid mapping expression specified: {key}")
    action, location, name = Action(match["action"]), Location(match["location"]), match["name"] or ""
    needs_name = location in (Location.HEADER, Location.QUERYSTRING)
    if location not in locations or needs_name is not bool(name):
        raise MappingError(f"Invalid mapping expression specified: {key}")
    if not needs_name and action is not Action.OVERWRITE:
        raise MappingError(f"Only overwrite is supported for {location.value}: {key}")
    if location is Location.HEADER:
        if _HEADER_NAME.fullmatch(name) is None:
            raise MappingError(f"Invalid header name: {key}")
        if is_reserved_header(name):
            raise MappingError(f"Operations on header {name.lower()} are restricted")
    compiled = _text("") if action is Action.REMOVE else compile_value(value, roots)
    return Mapping(action, location, name, compiled)


def compile_value(value: str, roots: tuple[str, ...]) -> Value:
    """Compile a value; `roots` are the messages it may read. Raises `MappingError`."""
    match = _SELECTION.fullmatch(value)
    if match is not None:
        selection, reads_body = _compile_selection(match["expression"], roots)
        return Value((selection,), reads_body, is_selection=True)
    parts: list[str | Selection] = []
    reads_body = False
    position = 0
    for embedded in _EMBEDDED.finditer(value):
        selection, reads = _compile_selection(embedded["expression"], roots)
        parts += [value[position : embedded.start()], selection]
        reads_body = reads_body or reads
        position = embedded.end()
    parts.append(value[position:])
    kept = tuple(part for part in parts if part != "")
    # A lone ${…} is a selection like its form without braces.
    is_selection = len(kept) == 1 and not isinstance(kept[0], str)
    return Value(kept, reads_body, is_selection)


def _text(text: str) -> Value:
    return Value((text,), reads_body=False, is_selection=False)


def _compile_selection(expression: str, roots: tuple[str, ...]) -> tuple[Selection, bool]:
    root, _, rest = expression.partition(".")
    if root == "context" and rest:
        return lambda source: source.context(rest), False
    if root == "stageVariables" and rest:
        return lambda source: source.stage_variable(rest), False
    if root in roots:
        return _compile_message_selection(expression, rest)
    raise MappingError(f"Invalid mapping expression specified: ${expression}")


def _compile_message_selection(expression: str, rest: str) -> tuple[Selection, bool]:
    part, _, name = rest.partition(".")
    if part == "header" and name:
        lowered = name.lower()
        return lambda source: source.header(lowered), False
    if part == "querystring" and name:
        return lambda source: source.querystring(name), False
    if rest == "path":
        return lambda source: source.path(), False
    if part == "path" and name:
        return lambda source: source.path_parameter(name), False
    if rest == "body":
        return lambda source: source.body().decode(errors="replace"), True
    if rest.startswith(("body.", "body[")):
        return _compile_body_path(rest.removeprefix("body")), True
    raise MappingError(f"Invalid mapping expression specified: ${expression}")


def _compile_body_path(text: str) -> Selection:
    try:
        path = compile_json_path(text)
    except JsonPathError as error:
        raise MappingError(str(error)) from error

    def select(source: Source) -> str | None:
        try:
            root = orjson.loads(source.body()[:BODY_LIMIT_BYTES])
        except orjson.JSONDecodeError:
            return None
        selected = path.select(root)
        if selected is MISSING or selected is None:
            return None
        return selected if isinstance(selected, str) else orjson.dumps(selected).decode()

    return select
