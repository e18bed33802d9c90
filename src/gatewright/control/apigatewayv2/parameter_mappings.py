"""Checks of the request and response parameters of an integration: what may be mapped, and from what.

A mapping is a pair such as (`append:header.x`, `$request.querystring.q`): action and destination, and a value made
of static text and selection expressions. API Gateway reports all that is wrong with a set of mappings in one message.
What passes must also compile, or the data plane could not serve the API: so it is compiled last.

Source: "Transform API requests and responses for HTTP APIs in API Gateway" (API Gateway Developer Guide).
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from gatewright.control.apigatewayv2.errors import bad_request
from gatewright.languages.parameter_mapping import (
    MappingError,
    compile_request_mappings,
    compile_response_mappings,
    is_reserved_header,
)

_ACTIONS = frozenset(("append", "overwrite", "remove"))
_REQUEST_LOCATIONS = frozenset(("header", "querystring", "path"))
_RESPONSE_LOCATIONS = frozenset(("header", "statuscode"))
# The whole path and the status code have no name, and can only be overwritten.
_NAMELESS = frozenset(("path", "statuscode"))

_NAME = re.compile(r"[a-zA-Z0-9._$-]+")

# A value in pieces: `${…}` up to the first closing brace; `$…` as far as names go; a brace; other text.
_PIECES = re.compile(r"\$\{(?P<block>[^}]*)\}|\$(?P<bare>[A-Za-z0-9._\-\[\]'*]*)|(?P<brace>[{}])|[^${}]+")
# The names within `${…}` are free; without braces they end where the alphabet of names ends.
_ANY_NAME = r"\..+"
_BARE_NAME = r"\.[A-Za-z0-9._-]+"
_SHARED_SOURCES = r"context\.[A-Za-z0-9._]+|stageVariables\.[A-Za-z0-9_]+"
# JSON paths without recursive descent (`..`) and filters (`?(…)`).
_BODY = r"body(?:(?=[.\[])(?:(?!\.\.|\?\().)+)?"


@dataclass(frozen=True, slots=True)
class _Message:
    """The message whose parts a mapping may change, and its sources of values within and without braces."""

    title: str
    locations: frozenset[str]
    block: re.Pattern[str]
    bare: re.Pattern[str]


_REQUEST = _Message(
    "Request",
    _REQUEST_LOCATIONS,
    re.compile(rf"request\.(?:(?:header|querystring){_ANY_NAME}|path(?:{_ANY_NAME})?|{_BODY})|{_SHARED_SOURCES}"),
    re.compile(rf"request\.(?:(?:header|querystring){_BARE_NAME}|path(?:{_BARE_NAME})?|{_BODY})|{_SHARED_SOURCES}"),
)
_RESPONSE = _Message(
    "Response",
    _RESPONSE_LOCATIONS,
    re.compile(rf"response\.(?:header{_ANY_NAME}|{_BODY})|{_SHARED_SOURCES}"),
    re.compile(rf"response\.(?:header{_BARE_NAME}|{_BODY})|{_SHARED_SOURCES}"),
)


@dataclass(frozen=True, slots=True)
class _Destination:
    action: str
    location: str
    name: str

    @property
    def label(self) -> str:
        """What names the destination in messages; two mappings must not share it."""
        # Query string names are case-sensitive, header names are not. `path.` has its dot in AWS's messages too.
        return f"{self.location}.{self.name if self.location == 'querystring' else self.name.lower()}"


def check_request_parameters(parameters: Mapping[str, str]) -> None:
    """Raise BadRequestException with all that is wrong with an integration's request parameters."""
    _report(list(_mapping_errors(_REQUEST, parameters)))
    try:
        compile_request_mappings(without_empty(parameters).items())
    except MappingError as error:
        _report([str(error)])


def check_response_parameters(parameters: Mapping[str, Mapping[str, str]]) -> None:
    """Raise BadRequestException with all that is wrong with response parameters, by status code."""
    _report(list(_response_errors(parameters)))
    try:
        for mappings in parameters.values():
            compile_response_mappings(without_empty(mappings).items())
    except MappingError as error:
        _report([str(error)])


def is_request_value(value: str) -> bool:
    """Tell whether a text is a value that a request can be mapped from: static text, selections, both."""
    return _is_expression(_REQUEST, value)


def without_empty(mappings: Mapping[str, str]) -> dict[str, str]:
    """Return mappings without those that an empty value takes away."""
    return {key: value for key, value in mappings.items() if value}


def _response_errors(parameters: Mapping[str, Mapping[str, str]]) -> Iterator[str]:
    for status_code, mappings in parameters.items():
        if not _is_status_code(status_code, lowest=200):
            yield f"Status Code {status_code} is not valid."
        yield from _mapping_errors(_RESPONSE, mappings)


def _mapping_errors(message: _Message, mappings: Mapping[str, str]) -> Iterator[str]:
    labels: set[str] = set()
    for key, value in mappings.items():
        destination = _parse_destination(message, key)
        if destination is None:
            yield f"Invalid {message.title} Actioned Parameter destination specified: {key}"
            continue
        # An empty value takes a mapping away, whatever else is mapped.
        if value:
            yield from _value_errors(message, destination, value)
        yield from _destination_errors(destination)
        if value and destination.label in labels:
            yield f"Parameter {destination.label} is not unique"
        if value:
            labels.add(destination.label)


def _parse_destination(message: _Message, key: str) -> _Destination | None:
    action, _, target = key.partition(":")
    location, dot, name = target.partition(".")
    location = location.lower()
    if action not in _ACTIONS or location not in message.locations:
        return None
    if bool(dot) == (location in _NAMELESS) or (dot and not name):
        return None
    return _Destination(action, location, name)


def _destination_errors(destination: _Destination) -> Iterator[str]:
    if destination.location in _NAMELESS:
        if destination.action != "overwrite":
            yield f"Action {destination.action} is not supported on {destination.label}"
        return
    if not _NAME.fullmatch(destination.name):
        yield f"Parameter name should match the following regular expression: ^{_NAME.pattern}$"
    if destination.location == "header" and is_reserved_header(destination.name):
        yield f"Operations on header {destination.name.lower()} are restricted"


def _value_errors(message: _Message, destination: _Destination, value: str) -> Iterator[str]:
    if destination.action == "remove" and destination.location not in _NAMELESS:
        if value != "''":
            yield f"Remove action has improper source {value}"
    elif not _is_expression(message, value):
        yield f"Invalid mapping expression specified: {value}"
    elif destination.location == "statuscode" and "$" not in value and not _is_status_code(value, lowest=100):
        yield f"Invalid StatusCode Provided: {value}"


def _is_expression(message: _Message, value: str) -> bool:
    for piece in _PIECES.finditer(value):
        if piece["brace"]:
            return False
        if piece["block"] is not None and not message.block.fullmatch(piece["block"]):
            return False
        # `$` with nothing or one character after it is static text.
        if piece["bare"] is not None and len(piece["bare"]) > 1 and not message.bare.fullmatch(piece["bare"]):
            return False
    return True


def _is_status_code(text: str, *, lowest: int) -> bool:
    return len(text) == 3 and text.isascii() and text.isdigit() and lowest <= int(text) <= 599


def _report(errors: list[str]) -> None:
    if errors:
        raise bad_request(
            f"Invalid mapping expression specified: Validation Result: warnings : [], errors : [{', '.join(errors)}]"
        )
