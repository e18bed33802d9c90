"""Event streams, read back by botocore's own parser ("Amazon Event Stream Specification", Smithy 2.0)."""

from collections.abc import AsyncIterator, Iterable
from datetime import UTC, datetime
from typing import Any

import orjson
import pytest
from botocore.eventstream import EventStreamBuffer, EventStreamMessage
from hypothesis import given
from hypothesis import strategies as st

from gatewright.aws.protocols import PROTOCOLS
from gatewright.aws.protocols.event_stream import encode_headers, encode_message
from gatewright.aws.shapes import ModelError
from gatewright.aws.unmodeled import unmodeled_members
from gatewright.base.errors import AwsError
from gatewright.base.messages import Response
from tests.unit.aws.models import operation, service


def response(events: AsyncIterator[Any] | None, **members: object) -> Response:
    of = service("rest-json")
    listen = of.operation("Listen")
    assert listen is not None
    result = {"Stream": events, **members}
    assert unmodeled_members(listen, result) == []
    return PROTOCOLS["rest-json"].serialize(of, listen, result, "id")


async def stream(*events: dict[str, Any], error: AwsError | None = None) -> AsyncIterator[dict[str, Any]]:
    for event in events:
        yield event
    if error is not None:
        raise error


async def messages(answer: Response) -> list[EventStreamMessage]:
    """Return what botocore makes of a body, octet by octet; it checks lengths and checksums."""
    assert not isinstance(answer.body, bytes)
    buffer = EventStreamBuffer()
    found = []
    async for piece in answer.body:
        for octet in piece:
            buffer.add_data(bytes((octet,)))
            found += list(buffer)
    return found


def read(octets: bytes) -> EventStreamMessage:
    buffer = EventStreamBuffer()
    buffer.add_data(octets)
    (message,) = buffer
    return message


NAMES = st.text(st.characters(codec="ascii", categories=("L", "N", "P")), min_size=1, max_size=40)


@given(
    st.dictionaries(NAMES, st.text(st.characters(codec="utf-8"), max_size=300), max_size=5), st.binary(max_size=5000)
)
def test_botocore_reads_any_message(headers: dict[str, str], payload: bytes) -> None:
    message = read(encode_message(encode_headers(headers.items()), payload))
    assert message.headers == headers
    assert message.payload == payload


def test_a_message_as_lambda_sends_it() -> None:
    # The octets with which the aws-lambda plugin of Kong is tested.
    headers: Iterable[tuple[str, str]] = (
        (":event-type", "InvokeComplete"),
        (":content-type", "application/json"),
        (":message-type", "event"),
    )
    recorded = bytes.fromhex(
        "00000066000000541f56c8690b3a6576656e742d7479706507000e496e766f6b65436f6d706c6574650d3a636f6e74656e742d7479706507"
        "00106170706c69636174696f6e2f6a736f6e0d3a6d6573736167652d747970650700056576656e747b7d7006d467"
    )
    assert encode_message(encode_headers(headers), b"{}") == recorded


async def test_events_are_written_as_the_model_has_them() -> None:
    answer = response(
        stream(
            {"Chunk": {"Data": b"\x00\xff"}},
            {"Chunk": {}},
            {"Note": {"Said": "é"}},
            {"Thing": {"It": {"Text": "a", "Blob": b"b"}}},
            {"Done": {"Count": 1, "When": datetime(2026, 1, 1, tzinfo=UTC)}},
            {"Done": {}},
        )
    )
    assert answer.status == 200
    assert list(answer.headers) == [("Content-Type", "application/vnd.amazon.eventstream"), ("x-amzn-RequestId", "id")]
    found = await messages(answer)
    assert [(each.headers[":event-type"], each.headers[":content-type"], each.payload) for each in found] == [
        ("Chunk", "application/octet-stream", b"\x00\xff"),
        ("Chunk", "application/octet-stream", b""),
        ("Note", "text/plain", "é".encode()),
        ("Thing", "application/json", b'{"Text":"a","Blob":"Yg=="}'),
        ("Done", "application/json", b'{"Count":1,"When":1767225600}'),
        ("Done", "application/json", b"{}"),
    ]
    assert {each.headers[":message-type"] for each in found} == {"event"}


async def test_the_content_type_of_the_result_gives_way() -> None:
    # Seen in answers of InvokeWithResponseStream.
    answer = response(stream(), Type="text/event-stream")
    assert answer.headers.get_all("Content-Type") == ["application/vnd.amazon.eventstream"]
    assert answer.headers.get("X-Amzn-Remapped-Content-Type") == "text/event-stream"
    assert await messages(answer) == []


async def test_no_stream_is_no_body() -> None:
    assert response(None).body == b""


async def test_an_exception_of_the_model_is_the_last_message() -> None:
    error = AwsError("NoSuchThing", "It is gone.", members={"Name": "x"})
    first, last = await messages(response(stream({"Done": {}}, error=error)))
    assert first.headers[":message-type"] == "event"
    assert last.headers == {
        ":exception-type": "Gone",
        ":content-type": "application/json",
        ":message-type": "exception",
    }
    assert orjson.loads(last.payload) == {"Message": "It is gone.", "Name": "x"}


async def test_another_error_is_the_last_message() -> None:
    (last,) = await messages(response(stream(error=AwsError("ServiceException", "Internal error."))))
    assert last.headers == {
        ":error-code": "ServiceException",
        ":error-message": "Internal error.",
        ":message-type": "error",
    }


async def test_an_event_that_cannot_be_written_breaks_the_stream_off() -> None:
    with pytest.raises(ModelError):
        await messages(response(stream({"Located": {"Id": "a"}})))


async def test_closing_the_body_closes_the_events() -> None:
    closed = []

    async def events() -> AsyncIterator[dict[str, Any]]:
        try:
            while True:
                yield {"Done": {}}
        finally:
            closed.append(True)

    body = response(events()).body
    assert not isinstance(body, bytes)
    await anext(aiter(body))
    await body.aclose()  # type: ignore[attr-defined]
    assert closed == [True]


def test_where_members_of_events_are() -> None:
    output = operation("rest-json", "Listen").output
    assert output is not None
    events = output.shape.members["Stream"].shape.members
    assert events["Chunk"].shape.members["Data"].event_location == "payload"
    assert events["Located"].shape.members["Id"].event_location == "header"
    assert events["Done"].shape.members["Count"].event_location is None
