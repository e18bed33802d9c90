"""Where a request goes: the table "Where a request goes" of ARCHITECTURE.md, by dictionary look-ups.

Host `{apiId}.execute-api.{anything}`                         the API
path `/_aws/execute-api/{apiId}/{stage}/…`                    the API and stage
path `/restapis/{apiId}/{stage}/_user_request_/…`             the same, as other emulators have it
path `/_gatewright/…`                                         this node: health, metrics, console
anything else                                                 the AWS APIs
"""

from collections.abc import Awaitable, Callable
from functools import lru_cache
from types import MappingProxyType
from urllib.parse import unquote

from gatewright.base.messages import Handler, Request, Response
from gatewright.gateway.execute_api import ExecuteApi

_OWN_SEGMENT = "_gatewright"
_REMEMBERED_HOSTS = 256


class Endpoint:
    """The handler of a public listener."""

    __slots__ = ("_aws", "_execute_api", "_host", "_own")

    def __init__(self, execute_api: ExecuteApi, aws: Handler, own: Handler) -> None:
        self._execute_api = execute_api
        self._aws = aws
        self._own = own
        # Clients name few hosts, and each many times: 0.1 instead of 0.4 µs of every request.
        self._host = lru_cache(_REMEMBERED_HOSTS)(_parse_host)

    def handle(self, request: Request) -> Awaitable[Response]:
        """Serve a request."""
        host, api_id, is_api = self._host(request.headers.get("host") or "")
        if is_api:
            return self._execute_api.handle(request, api_id, None, request.path, host)
        first = request.path[1:].partition("/")[0]
        if first == _OWN_SEGMENT:
            return self._own(request)
        door = _DOORS.get(first)
        address = door(request.path) if door is not None else None
        if address is None:
            return self._aws(request)
        api_id, stage, path = address
        # The event names the domain that the API has in its own right; no name stands below an address.
        parent = "localhost" if not host or host[-1].isdigit() or host[-1] == "]" else host
        domain_name = f"{api_id}.execute-api.{parent}"
        return self._execute_api.handle(request, api_id, stage, path, domain_name)


def names_an_api(host: str, path: str) -> bool:
    """Tell whether a request with this Host field and this path goes to an API."""
    if _parse_host(host)[2]:
        return True
    door = _DOORS.get(path[1:].partition("/")[0])
    return door is not None and door(path) is not None


def domain_of(host: str) -> str:
    """Return the host of a Host field in lower case, without its port (RFC 9110 section 7.2)."""
    if host.startswith("["):
        return host.partition("]")[0].lower() + "]"
    return host.partition(":")[0].lower()


def _parse_host(host: str) -> tuple[str, str, bool]:
    """Return the domain of a Host field, its first label, and whether that is the id of an API."""
    domain = domain_of(host)
    api_id, _, rest = domain.partition(".")
    return domain, api_id, rest.startswith("execute-api.") or rest == "execute-api"


_Address = tuple[str, str, str]
"""API id, stage name, path below the stage."""


def _below_aws(path: str) -> _Address | None:
    """Take `/_aws/execute-api/{apiId}/{stage}/…` apart; there is more below `/_aws/`."""
    parts = path.split("/", 5)
    if len(parts) < 5 or parts[2] != "execute-api":
        return None
    return _address(parts[3], parts[4], parts[5:])


def _below_restapis(path: str) -> _Address | None:
    """Take `/restapis/{apiId}/{stage}/_user_request_/…` apart; the rest are operations on REST APIs."""
    parts = path.split("/", 5)
    if len(parts) < 5 or parts[4] != "_user_request_":
        return None
    return _address(parts[2], parts[3], parts[5:])


def _address(api_id: str, stage: str, rest: list[str]) -> _Address:
    return api_id.lower(), unquote(stage), "/" + "".join(rest)


_DOORS: MappingProxyType[str, Callable[[str], _Address | None]] = MappingProxyType(
    {"_aws": _below_aws, "restapis": _below_restapis}
)
