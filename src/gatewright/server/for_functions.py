"""What functions reach of their node through the sockets in their sandboxes.

APIs and function URLs, as everybody does; the AWS APIs; the node's health; links to packages, which answer by their
signature; and where custom resources answer, which nobody guesses. On a hardened node the AWS APIs are refused as well:
requests are not authorized yet, so that through them a function could read and change all others.
"""

import orjson

from gatewright.base.messages import Handler, Request, Response, text_response
from gatewright.server import blob_links, stacks

_JSON = "application/json"
_SHOWN = ("/_gatewright/health", blob_links.PREFIX, stacks.RESPONSES)
_DENIED = "AccessDeniedException"
_REASON = "Functions on a hardened gatewright cannot call its AWS APIs: requests are not authorized yet."


class OwnPathsForFunctions:
    """Answers requests of functions below `/_gatewright/`."""

    def __init__(self, own: Handler) -> None:
        self._own = own

    async def handle(self, request: Request) -> Response:
        """Answer with what functions may see; 403 for everything else."""
        if request.path.startswith(_SHOWN):
            return await self._own(request)
        return text_response(403, b'{"message":"Forbidden"}', _JSON)


async def refuse_aws_call(_: Request) -> Response:
    """Answer an AWS API call of a function on a hardened node."""
    body = orjson.dumps({"__type": _DENIED, "message": _REASON})
    return text_response(403, body, _JSON, [("x-amzn-ErrorType", _DENIED)])
