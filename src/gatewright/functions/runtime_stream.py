"""A response that a runtime streams over the Runtime API: a chunked POST, read as fast as its caller reads it.

Source: "Implementing response streaming in a custom runtime", Lambda Developer Guide.
"""

import asyncio
import base64
import binascii
import enum
from typing import Final

from gatewright.base.errors import BodyError
from gatewright.base.messages import Headers, Request
from gatewright.functions import error_types
from gatewright.functions.failure import Failure, error_object
from gatewright.functions.link import RuntimeEvents
from gatewright.functions.response_sink import ResponseSink

ERROR_TYPE: Final = "Lambda-Runtime-Function-Error-Type"
_ERROR_BODY: Final = "Lambda-Runtime-Function-Error-Body"
_CONTENT_TYPE: Final = "application/octet-stream"
_TRUNCATED: Final = Failure(error_types.TRUNCATED_RESPONSE, "The runtime did not finish its response")


class StreamEnding(enum.Enum):
    """How a streamed response came to its end."""

    COMPLETE = "its last chunk was read; the function may still have failed, which the trailers say"
    TRUNCATED = "what was read is no chunked body, or the runtime hung up"
    TOO_LARGE = "complete, but longer than a response may be"


async def receive_response(events: RuntimeEvents, request: Request, request_id: str) -> StreamEnding:
    """Read the response of the invocation that runs and tell the environment what it is. Only while BUSY."""
    response = events.runtime_responding(request_id, request.headers.get("Content-Type") or _CONTENT_TYPE)
    if response is None:
        return StreamEnding.TRUNCATED
    try:
        async for octets in request.body:
            response.write(octets)
            if response.is_full:
                await _wait_for_room(response)
    except (BodyError, asyncio.CancelledError) as error:
        events.response_ended(_TRUNCATED.payload(request_id), _TRUNCATED)
        if isinstance(error, asyncio.CancelledError):  # the runtime hung up
            raise
        return StreamEnding.TRUNCATED
    is_too_large = response.is_too_large
    events.response_ended(function_error(request.body.trailers))
    return StreamEnding.TOO_LARGE if is_too_large else StreamEnding.COMPLETE


def function_error(trailers: Headers) -> bytes | None:
    """Return the error object of a function that failed in mid-stream, or None when it did not."""
    error_type, encoded = trailers.get(ERROR_TYPE), trailers.get(_ERROR_BODY)
    if not error_type and not encoded:
        return None
    try:
        error = base64.b64decode(encoded or "", validate=True)
    except (binascii.Error, ValueError):
        error = b""
    return error or error_object(error_type or error_types.UNKNOWN, "")


async def _wait_for_room(response: ResponseSink) -> None:
    room: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    response.when_there_is_room(lambda: None if room.done() else room.set_result(None))
    await room
