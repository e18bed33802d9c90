"""What the host makes of what a runtime sends, in one piece or many. The octets are drawn in `frames`."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

import pytest

from gatewright.functions.channel import Channel
from gatewright.functions.failure import Failure
from gatewright.functions.frames import FrameType, encode
from gatewright.functions.invocation import Invocation
from gatewright.functions.response_sink import CollectedResponse
from gatewright.functions.settings import MAX_RESPONSE_BYTES
from gatewright.functions.states import State

NEXT = encode(FrameType.NEXT, b"", b"")


class Events:
    """Writes down what it is told."""

    state = State.BUSY
    invocation: Invocation | None = None

    def __init__(self) -> None:
        self.told: list[tuple[object, ...]] = []
        self.response = CollectedResponse()

    def runtime_ready(self) -> None:
        self.told.append(("ready",))

    def runtime_answered(self, request_id: str, payload: bytes, function_error: str | None) -> None:
        self.told.append((request_id, payload, function_error))

    def runtime_responding(self, request_id: str, content_type: str) -> CollectedResponse | None:
        self.told.append((request_id, content_type))
        self.response = CollectedResponse()
        return self.response if request_id == "id-1" else None

    def response_ended(self, failure: Failure | None = None) -> None:
        self.told.append(("response", *self.response.conclude(None if failure is None else failure.payload("id-1"))))

    def init_failed(self, error_type: str, error: bytes) -> None:
        self.told.append((error_type, error))

    def protocol_broken(self, reason: str) -> None:
        self.told.append(("broken",))

    def link_ended(self) -> None:
        self.told.append(("ended",))


@contextlib.asynccontextmanager
async def opened(events: Events) -> AsyncIterator[Channel]:
    """A channel through which `id-1` was sent, or could have been."""
    channel = Channel(events)
    try:
        future = asyncio.get_running_loop().create_future()
        channel.send(Invocation("id-1", "arn", b"{}", "Root=1", None, False, future, 0.0), 1)
        yield channel
    finally:
        await channel.close()


def result(header: bytes = b'{"id":"id-1"}', body: bytes = b"{}") -> bytes:
    return encode(FrameType.RESULT, header, body)


HEAD = encode(FrameType.STREAM_HEAD, b'{"id":"id-1","content_type":"text/plain"}', b"")
BEGUN = ("id-1", "text/plain")


def data(body: bytes) -> bytes:
    return encode(FrameType.STREAM_DATA, b"", body)


def end(error: bytes = b"") -> bytes:
    return encode(FrameType.STREAM_END, b"", error)


ANSWERS = [
    (HEAD + data(b"a") + data(NEXT) + end() + NEXT, [BEGUN, ("response", b"a" + NEXT, None), ("ready",)]),
    (
        HEAD + end() + NEXT + result() + NEXT,
        [BEGUN, ("response", b"", None), ("ready",), ("id-1", b"{}", None), ("ready",)],
    ),
    (HEAD + data(b"a") + end(b"{}") + NEXT, [BEGUN, ("response", b"a", None), ("ready",)]),
    (HEAD + encode(FrameType.ERROR, b'{"id":"id-1"}', b"{}"), [BEGUN, ("response", b"", None)]),
    (HEAD + encode(FrameType.ERROR, b'{"id":"id-2"}', b"{}"), [BEGUN, ("id-2", b"{}", "Unhandled")]),
    (HEAD + result() + NEXT, [BEGUN, ("id-1", b"{}", None), ("ready",)]),
    (HEAD.replace(b"id-1", b"id-2") + data(b"a"), [("id-2", "text/plain"), ("broken",)]),
    (data(b"a"), [("broken",)]),
    (end(), [("broken",)]),
    (HEAD + end() + end(), [BEGUN, ("response", b"", None), ("broken",)]),
    (encode(FrameType.STREAM_HEAD, b'{"id":"id-1"}', b""), [("broken",)]),
    (HEAD + data(bytes(MAX_RESPONSE_BYTES + 1)), [BEGUN, ("broken",)]),
    (result() + NEXT, [("id-1", b"{}", None), ("ready",)]),
    (result(b'{"id": "id-1"}') + NEXT, [("id-1", b"{}", None), ("ready",)]),
    (result(b'{"id":"id-2"}') + NEXT, [("id-2", b"{}", None), ("ready",)]),
    (result(body=b"") + NEXT, [("id-1", b"", None), ("ready",)]),
    (result(body=NEXT) + NEXT, [("id-1", NEXT, None), ("ready",)]),
    (result(body=b"1" + NEXT), [("id-1", b"1" + NEXT, None)]),
    (result() + NEXT + NEXT, [("id-1", b"{}", None), ("ready",), ("ready",)]),
    (result() + result() + NEXT, [("id-1", b"{}", None), ("id-1", b"{}", None), ("ready",)]),
    (encode(FrameType.ERROR, b'{"id":"id-1"}', b"{}") + NEXT, [("id-1", b"{}", "Unhandled"), ("ready",)]),
]


async def test_a_flood_of_tiny_frames_is_refused() -> None:
    events = Events()
    async with opened(events) as channel:
        channel.data_received(HEAD + data(b"a") * 5000)
    assert events.told == [("broken",)]


@pytest.mark.parametrize("position", range(1, 40))
@pytest.mark.parametrize(("octets", "told"), ANSWERS)
async def test_answers_mean_the_same_in_one_piece_and_in_two(
    octets: bytes, told: list[tuple[object, ...]], position: int
) -> None:
    for pieces in ((octets,), (octets[:position], octets[position:])):
        events = Events()
        async with opened(events) as channel:
            for piece in pieces:
                channel.data_received(piece)
        assert events.told == told
