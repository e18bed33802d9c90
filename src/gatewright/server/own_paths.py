"""What a node says of itself, and what it is told, below `/_gatewright/`.

`health`, `blobs/…`, `packages/…`, `reset`, and `cloudformation/responses/…`, which takes answers for stacks that wait.
"""

from collections.abc import Callable

import orjson

from gatewright.base.messages import Handler, Request, Response, text_response
from gatewright.server import blob_links, packages, reset_path, stacks

_JSON = "application/json"


class OwnPaths:
    """Answers requests below `/_gatewright/`."""

    def __init__(
        self,
        health: Callable[[], dict[str, object]],
        blobs: Handler,
        packages: Handler,
        responses: Handler,
        reset: Handler,
    ) -> None:
        """All but `reset` answer below their paths."""
        self._health = health
        self._blobs = blobs
        self._packages = packages
        self._responses = responses
        self._reset = reset

    async def handle(self, request: Request) -> Response:
        """Answer one request: 404 for an unknown path, 405 for anything but GET and HEAD where only these are."""
        if request.path == reset_path.PATH:
            return await self._reset(request)
        if request.path.startswith(packages.PREFIX):
            return await self._packages(request)
        if request.path.startswith(stacks.RESPONSES):
            return await self._responses(request)
        if request.method not in ("GET", "HEAD"):
            return text_response(405, b'{"message":"Method Not Allowed"}', _JSON, [("Allow", "GET, HEAD")])
        if request.path == "/_gatewright/health":
            return text_response(200, orjson.dumps(self._health()), _JSON)
        if request.path.startswith(blob_links.PREFIX):
            return await self._blobs(request)
        return text_response(404, b'{"message":"Not Found"}', _JSON)
