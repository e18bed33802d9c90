"""A response that a runtime streams over the Runtime API: a chunked POST, read as fast as its caller reads it.

Source: "Implementing response streaming in a custom runtime", Lambda Developer Guide. Runtimes tell in trailers that
the function raised in mid-stream. Lambda was recorded in September 2026 (radkawar/stackd, testdata/aws/lambda,
streaming.json) to tell nobody of them: what was written is the response.
"""

import asyncio
import enum
from typing import Final

from gatewright.base.errors import BodyError
from gatewright.base.messages import Request
from gatewright.functions import error_types
from gatewright.functions.failure import Failure
from gatewright.functions.link import RuntimeEvents
from gatewright.functions.response_sink import ResponseSink

ERROR_TYPE: Final = "Lambda-Runtime-Function-Error-Type"
_CONTENT_TYPE: Final = "application/octet-stream"
_TRUNCATED: Final = Failure(error_types.TRUNCATED_RESPONSE, "The runtime did not finish its response")


class StreamEnding(enum.Enum):
    """How a streamed response came to its end."""

    COMPLETE = "its last chunk was read"
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
        events.response_ended(_TRUNCATED)
        if isinstance(error, asyncio.CancelledError):  # the runtime hung up
            raise
        return StreamEnding.TRUNCATED
    is_too_large = response.is_too_large
    events.response_ended()
    return StreamEnding.TOO_LARGE if is_too_large else StreamEnding.COMPLETE


async def _wait_for_room(response: ResponseSink) -> None:
    room: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    response.when_there_is_room(lambda: None if room.done() else room.set_result(None))
    await room
