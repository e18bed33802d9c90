"""Events and deliveries as items of the queue."""

import pytest

from gatewright.functions.async_invoke.encoding import (
    decode_delivery,
    decode_event,
    encode_delivery,
    encode_event,
    new_delivery,
    new_event,
)
from gatewright.functions.async_invoke.types import AsyncEvent, Delivery, Handling, LastResponse
from tests.unit.functions.async_invoke.events import NOW, QUEUE, accepted
from tests.unit.functions.fakes import ARN

DELIVERY = Delivery(
    QUEUE, f"{ARN}:1", "request-1", NOW, is_success=False, attributes=(("ErrorCode", "Number", "200"),), failures=3
)


@pytest.mark.parametrize(
    "event",
    [
        accepted(),
        accepted(qualifier="live", trace_header="Root=1-2-3", attempts=2, setbacks=7),
        accepted(handling=Handling(0, 60, QUEUE, QUEUE, QUEUE)),
        accepted(last_response=LastResponse(200, "$LATEST", "Unhandled", '{"errorMessage":"é"}'.encode())),
        accepted(last_response=LastResponse(429, message="Rate Exceeded.")),
    ],
)
def test_an_event_comes_back_as_it_was(event: AsyncEvent) -> None:
    assert decode_event(encode_event(event)) == event


def test_a_delivery_comes_back_as_it_was() -> None:
    assert decode_delivery(encode_delivery(DELIVERY)) == DELIVERY


def test_what_a_custom_runtime_answers_need_not_be_text() -> None:
    event = decode_event(encode_event(accepted(last_response=LastResponse(200, payload=b"\xff\xfe"))))
    assert event.last_response == LastResponse(200, payload="\ufffd\ufffd".encode())


def test_a_large_response_is_not_kept_while_the_event_waits() -> None:
    event = decode_event(encode_event(accepted(last_response=LastResponse(200, "1", "Unhandled", b"x" * 300_000))))
    assert event.last_response == LastResponse(200, "1", "Unhandled", None)


def test_functions_and_destinations_have_lanes_of_their_own() -> None:
    assert new_event(accepted(qualifier="live"), b"{}", NOW).lane == ARN
    assert new_delivery(DELIVERY, b"{}", NOW).lane == f"to {QUEUE}"
