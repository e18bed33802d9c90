"""The event stream encoding (`application/vnd.amazon.eventstream`), the server's side.

    u32 length of the whole message | u32 length of its headers | u32 CRC of these two
    headers: u8 length | name | u8 type, 7 for text | u16 length | value
    payload | u32 CRC of all before                                                        all big endian

Sources: "Amazon Event Stream Specification" (Smithy 2.0), "Event stream encoding" (Amazon Transcribe Developer Guide).
"""

import struct
from binascii import crc32
from collections.abc import AsyncIterator, Iterable, Mapping
from typing import Any, Final

import orjson

from gatewright.aws.protocols.json_values import build_members, build_value
from gatewright.aws.shapes import Member, ModelError
from gatewright.base.errors import AwsError

CONTENT_TYPE: Final = "application/vnd.amazon.eventstream"

_LENGTHS: Final = struct.Struct(">II")
_CRC: Final = struct.Struct(">I")
_VALUE_HEAD: Final = struct.Struct(">BH")
_TEXT: Final = 7
_FRAME_BYTES: Final = _LENGTHS.size + 2 * _CRC.size

Event = Mapping[str, Any]
"""One event of a result: the name of its member in the union, and its value."""


def encode_headers(headers: Iterable[tuple[str, str]]) -> bytes:
    """Return the headers of a message. Names take at most 255 octets, values 65,535."""
    parts = []
    for name, value in headers:
        octets = value.encode()
        parts += [bytes((len(name),)), name.encode(), _VALUE_HEAD.pack(_TEXT, len(octets)), octets]
    return b"".join(parts)


def encode_message(headers: bytes, payload: bytes) -> bytes:
    """Return one message with headers that `encode_headers` made."""
    lengths = _LENGTHS.pack(_FRAME_BYTES + len(headers) + len(payload), len(headers))
    message = b"".join((lengths, _CRC.pack(crc32(lengths)), headers, payload))
    return message + _CRC.pack(crc32(message))


class EventStream:
    """The body of a response whose events come one by one. `aclose` closes the iterator of events."""

    __slots__ = ("_events", "_has_failed", "_headers", "_union")

    def __init__(self, union: Member, events: AsyncIterator[Event]) -> None:
        self._union = union
        self._events = events
        self._headers: dict[str, bytes] = {}
        self._has_failed = False

    def __aiter__(self) -> AsyncIterator[bytes]:
        return self

    async def __anext__(self) -> bytes:
        """Return the message of the next event. An `AwsError` of the iterator becomes the last one."""
        if self._has_failed:
            raise StopAsyncIteration
        try:
            event = await anext(self._events)
        except AwsError as error:
            self._has_failed = True
            return self._failure(error)
        ((name, value),) = event.items()
        return self._message(self._union.shape.members[name], value)

    async def aclose(self) -> None:
        """Close the iterator of events, as far as it can be closed."""
        aclose = getattr(self._events, "aclose", None)
        if aclose is not None:
            await aclose()

    def _message(self, event: Member, value: Mapping[str, Any]) -> bytes:
        payload, content_type = _payload(event, value)
        headers = self._headers.get(event.name)
        if headers is None:
            headers = self._headers[event.name] = encode_headers(
                ((":event-type", event.name), (":content-type", content_type), (":message-type", "event"))
            )
        return encode_message(headers, payload)

    def _failure(self, error: AwsError) -> bytes:
        for member in self._union.shape.members.values():
            if member.shape.error is not None and member.shape.error.code == error.code:
                kind = ((":exception-type", member.name), (":content-type", "application/json"))
                values = {"message": error.message, "Message": error.message, **error.members}
                payload = orjson.dumps(build_members(member.shape.members.values(), values))
                return encode_message(encode_headers((*kind, (":message-type", "exception"))), payload)
        kind = ((":error-code", error.code), (":error-message", error.message))
        return encode_message(encode_headers((*kind, (":message-type", "error"))), b"")


def _payload(event: Member, value: Mapping[str, Any]) -> tuple[bytes, str]:
    """Return the payload of an event and its content type; all members are a JSON object unless one is the payload."""
    members = event.shape.members
    for member in members.values():
        if member.event_location == "header":
            raise ModelError(f"{event.name} has members in the headers of its message, which are not supported")
        if member.event_location == "payload":
            content = value.get(member.name)
            if member.type == "blob":
                return content or b"", "application/octet-stream"
            if member.type == "string":
                return (content or "").encode(), "text/plain"
            return orjson.dumps(build_value(member, content or {})), "application/json"
    return orjson.dumps(build_members(members.values(), value)), "application/json"
