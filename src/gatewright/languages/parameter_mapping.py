"""Parameter mapping of HTTP APIs, compiled: `append|overwrite|remove:location` to a value.

Source: "Transform API requests and responses for HTTP APIs in API Gateway" (API Gateway Developer Guide).

    value        static text, `$request.header.x`, `$request.querystring.x`, `$request.body.json.path`, `$request.path`,
                 `$request.path.x`, `$response.header.x`, `$response.body.x`, `$context.x`, `$stageVariables.x`;
                 several of them with text between, also in braces: `${request.path.a}-${context.requestId}`
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
    r"(?P<action>append|overwrite|remove):(?P<location>(?i:header|querystring|path|statuscode))(?:\.(?P<name>.+))?"
)
_HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")

# A selection is `${…}` up to the first closing brace, or `$` and what a name may consist of.
_SELECTION = re.compile(r"\$\{(?P<block>[^}]*)\}|\$(?P<bare>[A-Za-z0-9._\-\[\]'*]*)")

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

    def read(self, source: Source) -> str | None:
        """Return the value; None where one selection alone selects nothing."""
        if len(self.parts) == 1:
            part = self.parts[0]
            return part if isinstance(part, str) else part(source)
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
    return _compile_mappings(parameters, (Location.HEADER, Location.QUERYSTRING, Location.PATH), "request")


def compile_response_mappings(parameters: Iterable[tuple[str, str]]) -> tuple[Mapping, ...]:
    """Compile the ResponseParameters of one status code. Raises `MappingError`."""
    return _compile_mappings(parameters, (Location.HEADER, Location.STATUS_CODE), "response")


def is_reserved_header(name: str) -> bool:
    """Tell whether no mapping may touch a header ("Reserved headers")."""
    lowered = name.lower()
    return lowered in _RESERVED_HEADERS or lowered.startswith(_RESERVED_PREFIXES)


def _compile_mappings(
    parameters: Iterable[tuple[str, str]], locations: tuple[Location, ...], root: str
) -> tuple[Mapping, ...]:
    # "Remove configured parameter mappings": an empty value takes a mapping away.
    return tuple(_compile_mapping(key, value, locations, root) for key, value in parameters if value)


def _compile_mapping(key: str, value: str, locations: tuple[Location, ...], root: str) -> Mapping:
    match = _KEY.fullmatch(key)
    if match is None:
        raise MappingError(f"Invalid mapping expression specified: {key}")
    action, location, name = Action(match["action"]), Location(match["location"].lower()), match["name"] or ""
    needs_name = location in (Location.HEADER, Location.QUERYSTRING)
    if location not in locations or needs_name is not bool(name):
        raise MappingError(f"Invalid mapping expression specified: {key}")
    if not needs_name and action is not Action.OVERWRITE:
        raise MappingError(f"Action {action.value} is not supported on {location.value}: {key}")
    if location is Location.HEADER:
        if _HEADER_NAME.fullmatch(name) is None:
            raise MappingError(f"Invalid header name: {key}")
        if is_reserved_header(name):
            raise MappingError(f"Operations on header {name.lower()} are restricted")
    compiled = Value(("",), reads_body=False) if action is Action.REMOVE else compile_value(value, root)
    return Mapping(action, location, name, compiled)


def compile_value(value: str, root: str) -> Value:
    """Compile a value; `root` is the message that it may read (`request`, `response`). Raises `MappingError`."""
    parts: list[str | Selection] = []
    reads_body = False
    position = 0
    for match in _SELECTION.finditer(value):
        bare = match["bare"]
        # `$` with nothing or one character after it is static text.
        if bare is not None and len(bare) < 2:
            continue
        selection, reads = _compile_selection(bare if bare is not None else match["block"], root)
        parts += [value[position : match.start()], selection]
        reads_body = reads_body or reads
        position = match.end()
    parts.append(value[position:])
    return Value(tuple(part for part in parts if part != ""), reads_body)


def _compile_selection(expression: str, message: str) -> tuple[Selection, bool]:
    root, _, rest = expression.partition(".")
    if root == "context" and rest:
        return lambda source: source.context(rest), False
    if root == "stageVariables" and rest:
        return lambda source: source.stage_variable(rest), False
    selection = None
    if root == message:
        selection = _compile_body_selection(rest) or _compile_head_selection(message, rest)
    if selection is None:
        raise MappingError(f"Invalid mapping expression specified: ${expression}")
    return selection, rest.startswith("body")


def _compile_head_selection(message: str, rest: str) -> Selection | None:
    part, _, name = rest.partition(".")
    if part == "header" and name:
        lowered = name.lower()
        return lambda source: source.header(lowered)
    if message != "request":
        return None
    if part == "querystring" and name:
        return lambda source: source.querystring(name)
    if part == "path" and name:
        return lambda source: source.path_parameter(name)
    return (lambda source: source.path()) if rest == "path" else None


def _compile_body_selection(rest: str) -> Selection | None:
    if rest == "body":
        return lambda source: source.body().decode(errors="replace")
    if not rest.startswith(("body.", "body[")):
        return None
    try:
        path = compile_json_path(rest.removeprefix("body"))
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
