"""Where a request goes: the table "Where a request goes" of ARCHITECTURE.md, by dictionary look-ups.

Host `{apiId}.execute-api.{anything}`                         the API
Host `{urlId}.lambda-url.{anything}`                          the function URL
path `/_aws/execute-api/{apiId}/{stage}/…`                    the API and stage
path `/_aws/lambda-url/{urlId}/…`                             the function URL
path `/restapis/{apiId}/{stage}/_user_request_/…`             the API and stage, as other emulators have it
path `/_gatewright/…`                                         this node: health, metrics, console
anything else                                                 the AWS APIs
"""

from collections.abc import Awaitable, Callable
from functools import lru_cache
from types import MappingProxyType
from typing import Final
from urllib.parse import unquote

from gatewright.base.messages import Handler, Request, Response
from gatewright.gateway.execute_api import ExecuteApi
from gatewright.gateway.function_urls.serve import FunctionUrls

EXECUTE_API: Final = "execute-api"
LAMBDA_URL: Final = "lambda-url"

_OWN_SEGMENT = "_gatewright"
_REMEMBERED_HOSTS = 256


class Endpoint:
    """The handler of a public listener."""

    __slots__ = ("_aws", "_execute_api", "_function_urls", "_host", "_own")

    def __init__(self, execute_api: ExecuteApi, function_urls: FunctionUrls, aws: Handler, own: Handler) -> None:
        self._execute_api = execute_api
        self._function_urls = function_urls
        self._aws = aws
        self._own = own
        # Clients name few hosts, and each many times: 0.1 instead of 0.4 µs of every request.
        self._host = lru_cache(_REMEMBERED_HOSTS)(_parse_host)

    def handle(self, request: Request) -> Awaitable[Response]:
        """Serve a request."""
        host, resource_id, plane = self._host(request.headers.get("host") or "")
        if plane == EXECUTE_API:
            return self._execute_api.handle(request, resource_id, None, request.path, host)
        if plane == LAMBDA_URL:
            return self._function_urls.handle(request, resource_id, request.path, host)
        first = request.path[1:].partition("/")[0]
        if first == _OWN_SEGMENT:
            return self._own(request)
        door = _DOORS.get(first)
        address = door(request.path) if door is not None else None
        if address is None:
            return self._aws(request)
        plane, resource_id, stage, path = address
        # The event names the domain that the API has in its own right; no name stands below an address.
        parent = "localhost" if not host or host[-1].isdigit() or host[-1] == "]" else host
        domain_name = f"{resource_id}.{plane}.{parent}"
        if plane == LAMBDA_URL:
            return self._function_urls.handle(request, resource_id, path, domain_name)
        return self._execute_api.handle(request, resource_id, stage, path, domain_name)


def destination_of(host: str, path: str) -> tuple[str | None, str]:
    """Return the plane that a request goes to, `EXECUTE_API`, `LAMBDA_URL` or None, and the id that it has there."""
    _, resource_id, plane = _parse_host(host)
    if plane is not None:
        return plane, resource_id
    door = _DOORS.get(path[1:].partition("/")[0])
    address = door(path) if door is not None else None
    return (None, "") if address is None else address[:2]


def domain_of(host: str) -> str:
    """Return the host of a Host field in lower case, without its port (RFC 9110 section 7.2)."""
    if host.startswith("["):
        return host.partition("]")[0].lower() + "]"
    return host.partition(":")[0].lower()


def _parse_host(host: str) -> tuple[str, str, str | None]:
    """Return the domain of a Host field, its first label, and the plane whose resource that label names."""
    domain = domain_of(host)
    resource_id, _, rest = domain.partition(".")
    label = rest.partition(".")[0]
    plane = EXECUTE_API if label == EXECUTE_API else LAMBDA_URL if label == LAMBDA_URL else None
    return domain, resource_id, plane


_Address = tuple[str, str, str, str]
"""Plane, id of the API or function URL, stage name, path below."""


def _below_aws(path: str) -> _Address | None:
    """Take `/_aws/execute-api/{apiId}/{stage}/…` or `/_aws/lambda-url/{urlId}/…` apart; more is below `/_aws/`."""
    parts = path.split("/", 5)
    if len(parts) >= 5 and parts[2] == EXECUTE_API:
        return _stage_address(parts[3], parts[4], parts[5:])
    if len(parts) >= 4 and parts[2] == LAMBDA_URL:
        return LAMBDA_URL, parts[3].lower(), "", "/" + "/".join(parts[4:])
    return None


def _below_restapis(path: str) -> _Address | None:
    """Take `/restapis/{apiId}/{stage}/_user_request_/…` apart; the rest are operations on REST APIs."""
    parts = path.split("/", 5)
    if len(parts) < 5 or parts[4] != "_user_request_":
        return None
    return _stage_address(parts[2], parts[3], parts[5:])


def _stage_address(api_id: str, stage: str, rest: list[str]) -> _Address:
    return EXECUTE_API, api_id.lower(), unquote(stage), "/" + "".join(rest)


_DOORS: MappingProxyType[str, Callable[[str], _Address | None]] = MappingProxyType(
    {"_aws": _below_aws, "restapis": _below_restapis}
)
