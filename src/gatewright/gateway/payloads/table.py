"""The payload format versions. A new one is a module, and a line here."""

from collections.abc import Callable
from dataclasses import dataclass
from types import MappingProxyType
from typing import Protocol

from gatewright.base.messages import Response
from gatewright.gateway.call import Call, RouteFacts
from gatewright.gateway.payloads import v1, v2
from gatewright.languages.times import ClfClock


class EventEncoder(Protocol):
    """Encodes the events of one route."""

    def encode(self, call: Call, body: bytes) -> bytes:
        """Return the event in JSON."""
        ...


@dataclass(frozen=True, slots=True)
class PayloadFormat:
    """What a payload format version consists of."""

    event: Callable[[RouteFacts, ClfClock], EventEncoder]
    parse_result: Callable[[bytes], Response]
    """Raises `MalformedResult`."""


PAYLOAD_FORMATS = MappingProxyType(
    {
        "1.0": PayloadFormat(v1.EventV1, v1.parse_result),
        "2.0": PayloadFormat(v2.EventV2, v2.parse_result),
    }
)
