"""A request on its way through an API: what is known once its route is found."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from gatewright.base.messages import Request, Response


@dataclass(frozen=True, slots=True)
class RouteFacts:
    """What every request of a route has in common."""

    partition: str
    account_id: str
    region: str
    api_id: str
    stage_name: str
    route_key: str
    resource_path: str
    """The path of the route key, such as `/pets/{petId}`; `$default` for the default route."""
    stage_variables: Mapping[str, str]


# Not frozen: one is made for every request, and a frozen dataclass takes four times as long to construct.
@dataclass(slots=True)
class Call:
    """One request with its route. Phases that change it make a new one."""

    request: Request
    """As the integration shall see it: the client's, or with the parameter mapping applied."""
    facts: RouteFacts
    path_parameters: dict[str, str]
    """Decoded."""
    path: str
    """Decoded, without the stage."""
    raw_path: str
    """Decoded, with the stage where its name is part of the path: `rawPath` of an event."""
    domain_name: str
    request_id: str
    trace_header: str
    """`X-Amzn-Trace-Id`."""
    target_path: str | None = None
    """What `overwrite:path` puts in the place of the integration's path."""


RequestPhase = Callable[[Call], Call | Awaitable[Call]]
"""A phase before the integration. It raises `GatewayError` to answer in its place.

One that has nothing to wait for returns the call itself: a coroutine less is 0.3 µs of every request.
"""

Integration = Callable[[Call], Awaitable[Response]]
"""Calls what is behind a route. Raises `GatewayError`."""

ResponsePhase = Callable[[Call, Response], Awaitable[Response]]
"""A phase between the integration and the client."""
