"""`POST /_gatewright/reset`: forget everything. For suites of tests, on nodes that keep nothing anyway."""

from collections.abc import Awaitable, Callable
from typing import Final

import orjson

from gatewright.base.messages import Headers, Request, Response, text_response
from gatewright.settings import Settings

PATH: Final = "/_gatewright/reset"
_JSON: Final = "application/json"
_KEEPS: Final = "This node keeps what is stored in it: only a node that was started with --ephemeral can be reset."
_HARDENED: Final = "A hardened node cannot be reset."
# As for AWS API calls (`aws.endpoint`): a page of any site may POST to this machine.
_FROM_A_BROWSER: Final = "Requests from a browser (with an Origin header) cannot reset a node."


class ResetPath:
    """Answers requests of the path."""

    def __init__(self, settings: Settings, reset: Callable[[], Awaitable[None]]) -> None:
        self._reset = reset
        self._refusal = _HARDENED if settings.is_hardened else None if settings.is_ephemeral else _KEEPS

    async def handle(self, request: Request) -> Response:
        """Answer 204 when the node is empty; 403 where that must not be, 405 for anything but POST."""
        if request.method != "POST":
            return text_response(405, b'{"message":"Method Not Allowed"}', _JSON, [("Allow", "POST")])
        refusal = self._refusal if request.headers.get("origin") is None else _FROM_A_BROWSER
        if refusal is not None:
            return text_response(403, orjson.dumps({"message": refusal}), _JSON)
        await self._reset()
        return Response(204, Headers())
