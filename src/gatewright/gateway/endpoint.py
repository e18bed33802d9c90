"""Where a request goes: the table "Where a request goes" of ARCHITECTURE.md, by dictionary look-ups.

Host `{apiId}.execute-api.{anything}`                         the API
path `/_aws/execute-api/{apiId}/{stage}/…`                    the API and stage
path `/restapis/{apiId}/{stage}/_user_request_/…`             the same, as other emulators have it
path `/_gatewright/…`                                         this node: health, metrics, console
anything else                                                 the AWS APIs
"""

from collections.abc import Awaitable, Callable
from urllib.parse import unquote

from gatewright.base.messages import Handler, Request, Response
from gatewright.gateway.execute_api import ExecuteApi

_Door = Callable[[Request, str], Awaitable[Response]]


class Endpoint:
    """The handler of a public listener."""

    __slots__ = ("_aws", "_doors", "_execute_api", "_own")

    def __init__(self, execute_api: ExecuteApi, aws: Handler, own: Handler) -> None:
        self._execute_api = execute_api
        self._aws = aws
        self._own = own
        self._doors: dict[str, _Door] = {
            "_aws": self._to_api,
            "_gatewright": self._to_own,
            "restapis": self._to_user_request,
        }

    def handle(self, request: Request) -> Awaitable[Response]:
        """Serve a request."""
        host = domain_of(request.headers.get("host") or "")
        api_id, _, rest = host.partition(".")
        if rest.startswith("execute-api.") or rest == "execute-api":
            return self._execute_api.handle(request, api_id, None, request.path, host)
        door = self._doors.get(request.path[1:].partition("/")[0])
        return self._aws(request) if door is None else door(request, host)

    def _to_own(self, request: Request, _: str) -> Awaitable[Response]:
        return self._own(request)

    def _to_api(self, request: Request, host: str) -> Awaitable[Response]:
        """`/_aws/execute-api/{apiId}/{stage}/…`; anything else below `/_aws/` is an AWS API's."""
        parts = request.path.split("/", 5)
        if len(parts) < 5 or parts[2] != "execute-api":
            return self._aws(request)
        return self._to_stage(request, parts[3], parts[4], parts[5] if len(parts) > 5 else "", host)

    def _to_user_request(self, request: Request, host: str) -> Awaitable[Response]:
        """`/restapis/{apiId}/{stage}/_user_request_/…`; anything else there is an operation on REST APIs."""
        parts = request.path.split("/", 5)
        if len(parts) < 5 or parts[4] != "_user_request_":
            return self._aws(request)
        return self._to_stage(request, parts[2], parts[3], parts[5] if len(parts) > 5 else "", host)

    def _to_stage(self, request: Request, api_id: str, stage: str, rest: str, host: str) -> Awaitable[Response]:
        api_id = api_id.lower()
        # The event names the domain that the API has in its own right.
        domain_name = f"{api_id}.execute-api.{host or 'localhost'}"
        return self._execute_api.handle(request, api_id, unquote(stage), f"/{rest}", domain_name)


def domain_of(host: str) -> str:
    """Return the host of a Host field in lower case, without its port (RFC 9110 section 7.2)."""
    if host.startswith("["):
        return host.partition("]")[0].lower() + "]"
    return host.partition(":")[0].lower()
