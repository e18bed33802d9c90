"""What every protocol offers."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from gatewright.aws.operation import Operation
from gatewright.aws.service import Service
from gatewright.base.errors import AwsError
from gatewright.base.messages import Headers, Response

Input = dict[str, Any]
"""An operation's input as plain Python, only with the members that were sent."""


# Not frozen: one is made for every call, and a frozen dataclass takes four times as long to construct.
@dataclass(slots=True)
class Incoming:
    """A request whose operation is known and whose body is here."""

    headers: Headers
    body: bytes
    query: list[tuple[str, str]]
    """Decoded."""
    labels: Mapping[str, str]
    """Decoded; empty where the protocol has no path labels."""


@dataclass(frozen=True, slots=True)
class Protocol:
    """One of AWS's protocols, the server's side.

    `parse` raises `Malformed`. `serialize` and `serialize_error` take the request id last.
    """

    name: str
    parse: Callable[[Operation, Incoming], Input]
    serialize: Callable[[Service, Operation, Mapping[str, Any], str], Response]
    serialize_error: Callable[[Service, AwsError, str], Response]
    malformed_error: str
    validation_error: str
