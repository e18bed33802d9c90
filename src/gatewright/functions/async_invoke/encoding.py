"""Events and deliveries as items of the queue: the header is JSON, the payload what is handed on as it is."""

from dataclasses import asdict
from typing import Final

import orjson

from gatewright.base.event_queue import NewItem
from gatewright.functions.async_invoke.types import AsyncEvent, Delivery, Handling, LastResponse

DELIVERY_LANE: Final = "to "
"""Begins the names of the lanes to destinations; those of functions are their ARNs."""
_MAX_KEPT_RESPONSE_BYTES: Final = 256 * 1024
"""A larger response of a failed attempt is not kept for a record that may be made after a further one."""


def new_event(event: AsyncEvent, payload: bytes, due: float) -> NewItem:
    """Return an event as an item of its function's lane."""
    return NewItem(event.function_arn, due, encode_event(event), payload)


def encode_event(event: AsyncEvent) -> bytes:
    """Return the header of an event. What is as usual is left out: most events are seen only once."""
    header: dict[str, object] = {"id": event.request_id, "arn": event.function_arn, "at": event.accepted_at}
    if event.qualifier is not None:
        header["qualifier"] = event.qualifier
    if event.trace_header is not None:
        header["trace"] = event.trace_header
    if event.handling != Handling():
        header["handling"] = asdict(event.handling)
    if event.attempts:
        header["attempts"] = event.attempts
    if event.setbacks:
        header["setbacks"] = event.setbacks
    if event.last_response is not None:
        header["last"] = _encode_response(event.last_response)
    return orjson.dumps(header)


def _encode_response(response: LastResponse) -> dict[str, object]:
    payload = response.payload
    if payload is not None and len(payload) > _MAX_KEPT_RESPONSE_BYTES:
        payload = None
    return {
        "status": response.status,
        "version": response.executed_version,
        "error": response.function_error,
        # As text: what a custom runtime answers need not be JSON.
        "payload": None if payload is None else payload.decode("utf-8", "replace"),
        "message": response.message,
    }


def decode_event(header: bytes) -> AsyncEvent:
    """Return the event that `encode_event` made a header of."""
    values = orjson.loads(header)
    last = values.get("last")
    return AsyncEvent(
        request_id=values["id"],
        function_arn=values["arn"],
        qualifier=values.get("qualifier"),
        accepted_at=values["at"],
        handling=Handling(**values.get("handling", {})),
        trace_header=values.get("trace"),
        attempts=values.get("attempts", 0),
        setbacks=values.get("setbacks", 0),
        last_response=None if last is None else _decode_response(last),
    )


def _decode_response(values: dict[str, object]) -> LastResponse:
    status, payload = values["status"], values["payload"]
    version, error, message = values["version"], values["error"], values["message"]
    return LastResponse(
        status if isinstance(status, int) else 0,
        version if isinstance(version, str) else None,
        error if isinstance(error, str) else None,
        payload.encode() if isinstance(payload, str) else None,
        message if isinstance(message, str) else None,
    )


def new_delivery(delivery: Delivery, body: bytes, due: float) -> NewItem:
    """Return a delivery as an item of its destination's lane."""
    return NewItem(DELIVERY_LANE + delivery.target_arn, due, encode_delivery(delivery), body)


def encode_delivery(delivery: Delivery) -> bytes:
    """Return the header of a delivery."""
    return orjson.dumps(asdict(delivery))


def decode_delivery(header: bytes) -> Delivery:
    """Return the delivery that `encode_delivery` made a header of."""
    values = orjson.loads(header)
    values["attributes"] = tuple((name, kind, value) for name, kind, value in values["attributes"])
    return Delivery(**values)
